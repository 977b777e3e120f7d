"""The last steps: what is deleted is gone, stays gone, and nothing gets its id."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial

from find_webhook_kit.contracts.finding import Kind, Severity
from find_webhook_kit.contracts.wire.exchange import Exchange
from find_webhook_kit.contracts.writes.answers import FAILED, NOT_OFFERED, judge_refusal, refused
from find_webhook_kit.contracts.writes.bodies import accepted, written
from find_webhook_kit.contracts.writes.clauses import UNDOCUMENTED_NOTE
from find_webhook_kit.contracts.writes.refusing import send
from find_webhook_kit.contracts.writes.stage import Mismatch, Observation, Stage, succeeded
from find_webhook_kit.contracts.writes.values import ABSENT, Difference


def delete(stage: Stage, thing: str) -> bool:
    """Delete a thing; tell whether the server offers that at all."""
    ledger = stage.ledger
    if thing not in stage.things:
        return False
    exchange = stage.session.ask(stage.requests.probe("delete", thing=thing))
    if exchange.answer is None or exchange.answer.status in NOT_OFFERED:
        _not_offered(stage, exchange)
        return False
    if not _succeeded(stage, exchange):
        return True
    checks = (partial(_gone, thing), stage.unchanged("delete.others", but=thing))
    stage.observe(("delete.gone", "delete.others"), checks, thing)
    stage.deleted.add(thing)
    stage.things.pop(thing, None)
    second = stage.session.ask(stage.requests.probe("delete", thing=thing, why="again"))
    ledger.kept("delete.again")
    if not succeeded(second.answer) and not refused(second.answer):
        status = second.status
        words = f"DELETE sent twice is answered {status}"
        ledger.broken("delete.again", second, message=words, expected="2xx or 4xx", got=status)
    stage.observe((), (stage.unchanged("delete.again"),))
    _use(stage, thing)
    return True


def _not_offered(stage: Stage, exchange: Exchange) -> None:
    """Note that nothing can be deleted: no page of a vendor need promise it."""
    status = exchange.status
    words = f"{exchange.probe.method} of what exists is answered {status or 'with nothing'}"
    weight = (Severity.NOTE if status else Severity.ERROR, Kind.ASSUMPTION)
    stage.ledger.broken(
        "delete.status", exchange, message=words, expected="2xx", got=status, weight=weight
    )
    stage.ledger.seen["delete.status"] = 0


def _succeeded(stage: Stage, exchange: Exchange) -> bool:
    """Judge the answer to a delete: any success will do, with a body or without."""
    answer, operation, status = exchange.answer, exchange.probe.operation, exchange.status
    stage.ledger.kept("delete.status")
    if not succeeded(answer) or (answer is not None and answer.faults):
        words = f"{exchange.probe.method} is answered {status}"
        stage.ledger.broken("delete.status", exchange, message=words, expected="2xx", got=status)
        return False
    if operation is not None and operation.response(status) is None:
        words = f"{exchange.probe.method} is answered {status}, which is not documented"
        stage.ledger.broken(
            "delete.status", exchange, message=words, got=status, weight=UNDOCUMENTED_NOTE
        )
    return True


def _gone(thing: str, seen: Observation) -> Iterator[Mismatch]:
    if thing in seen.things:
        there = Difference((), ABSENT, thing)
        yield Mismatch(
            "delete.gone", seen.listing, there, seen.place(thing), "the list still has it"
        )
    reading = seen.reading
    if reading is not None and reading.answer is not None and not refused(reading.answer):
        told = Difference((), "4xx", reading.status)
        yield Mismatch("delete.gone", reading, told, message="it can still be read")


def _use(stage: Stage, thing: str) -> None:
    """Change what is gone: that is refused, and does not bring it back."""
    for part in ("update", "merge"):
        if not stage.requests.has(part):
            continue
        if part == "update":
            unique = stage.unique()
            body = accepted(stage.requests.operations[part], stage.made(unique))
        else:
            unique, body = "", dict(stage.requests.resource.merged)
        exchange = send(stage, part, unique, written(body), thing, why="of what is gone")
        judge_refusal(stage, f"{part}.unknown", exchange, "the id of what is gone")
        status = exchange.answer.status if exchange.answer else FAILED
        name = f"{part}.refused" if refused(exchange.answer) else "delete.gone"
        if status < FAILED:
            stage.observe((), (stage.unchanged(name),))
