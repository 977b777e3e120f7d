"""What must be refused, and changes nothing: broken bodies, unknown ids, and who may not write."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from find_webhook_kit.contracts.plan.credentials import JUNK_TOKEN
from find_webhook_kit.contracts.plan.ids import NO_SUCH_NUMBER
from find_webhook_kit.contracts.wire.exchange import Exchange
from find_webhook_kit.contracts.wire.probe import NONE, Credentials
from find_webhook_kit.contracts.writes.answers import UNAUTHORIZED, judge_refusal, refused
from find_webhook_kit.contracts.writes.bodies import accepted, broken, written
from find_webhook_kit.contracts.writes.stage import Stage, succeeded
from find_webhook_kit.spec import Json, Operation

OTHERS: Final = frozenset({401, 403, 404, 405, 429})
"""Refusals that say something else than that a body is broken."""


def refuse_bodies(stage: Stage, part: str, thing: str = "") -> None:
    """Send bodies that break the contract, each in one way."""
    operation = stage.requests.operations[part]
    first = stage.unique()
    for bad in broken(operation, _good(stage, part, first)):
        unique = stage.unique()
        content = bad.content.replace(first.encode(), unique.encode())
        exchange = send(stage, part, unique, content, thing, why=bad.name)
        judge_refusal(stage, f"{part}.invalid", exchange, bad.name, *_documented(operation))
        _look_behind(stage, part, exchange)


def refuse_unknown(stage: Stage, part: str, thing: str) -> None:
    """Name a thing that does not exist."""
    nobody = unknown(thing, stage.ever)
    unique = stage.unique()
    writes = part in {"update", "merge"}
    content = written(_good(stage, part, unique)) if writes else None
    exchange = send(stage, part, unique, content, nobody, why="an unknown id")
    judge_refusal(stage, f"{part}.unknown", exchange, "an unknown id")
    if part != "read":
        _look_behind(stage, part, exchange)


def refuse_strangers(stage: Stage, part: str, thing: str = "") -> None:
    """Ask for one thing, or write, without credentials, with junk, and as somebody else."""
    if stage.requests.operations[part].anonymous:
        return
    for credentials in _strangers(stage):
        if thing and thing not in stage.things:
            return
        unique = stage.unique()
        content = None if part in {"read", "delete"} else written(_good(stage, part, unique))
        why = credentials.name
        exchange = send(stage, part, unique, content, thing, why=why, credentials=credentials)
        if credentials in {NONE, JUNK_TOKEN}:
            judge_refusal(stage, f"{part}.credentials", exchange, why, UNAUTHORIZED)
        else:
            judge_refusal(stage, "foreign", exchange, why)
        if part != "read":
            _look_behind(stage, part, exchange)


def _strangers(stage: Stage) -> Iterator[Credentials]:
    yield from (NONE, JUNK_TOKEN)
    if stage.requests.target.other is not None:
        yield stage.requests.target.other.credentials


def send(  # noqa: PLR0913 - what a request is made of
    stage: Stage,
    part: str,
    unique: str,
    content: bytes | None,
    thing: str,
    *,
    why: str,
    credentials: Credentials | None = None,
) -> Exchange:
    """Send a request; one that may create something stands in the journal before."""
    how = {"thing": thing, "why": why} | ({"credentials": credentials} if credentials else {})
    if part in {"create", "update"}:
        return stage.create(content or b"", unique, part, **how)
    probe = stage.requests.probe(part, content=content, **how)  # type: ignore[arg-type]
    return stage.session.ask(probe)


def _look_behind(stage: Stage, part: str, exchange: Exchange) -> None:
    """Look whether a refused write has changed something; a taken one has, and is told already."""
    name = f"{part}.refused"
    if refused(exchange.answer) or not succeeded(exchange.answer):
        stage.observe((name,), (stage.unchanged(name),))
    else:
        stage.observe((), ())


def _good(stage: Stage, part: str, unique: str) -> dict[str, Json]:
    """Return a body that the contract allows."""
    if part == "merge":
        return dict(stage.requests.resource.merged)
    return accepted(stage.requests.operations[part], stage.changed(unique) or stage.made(unique))


def _documented(operation: Operation) -> tuple[int, ...]:
    return tuple(it for it in operation.responses if 400 <= it < 500 and it not in OTHERS)  # noqa: PLR2004


def unknown(thing: str, ever: set[str]) -> str:
    """Return an id in the form of one that exists, which nothing has."""
    if thing.isascii() and thing.isdecimal():
        return NO_SUCH_NUMBER
    turned = re.sub(r"\d", lambda digit: str(9 - int(digit[0])), thing)
    return turned if turned not in {thing, *ever} else f"{thing}0"
