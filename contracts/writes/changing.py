"""The steps that change: what was sent is there, all else is as it was, and the times tell it."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from copy import deepcopy
from datetime import datetime
from functools import partial
from typing import Final

from find_webhook_kit.contracts.wire.exchange import Exchange
from find_webhook_kit.contracts.writes.answers import agrees, judge_success
from find_webhook_kit.contracts.writes.bodies import accepted, least, properties, written
from find_webhook_kit.contracts.writes.creating import read_as
from find_webhook_kit.contracts.writes.defaults import may_lack
from find_webhook_kit.contracts.writes.stage import (
    Mismatch,
    Observation,
    Stage,
    Thing,
    succeeded,
)
from find_webhook_kit.contracts.writes.values import ABSENT, Difference, differences
from find_webhook_kit.spec import Json
from find_webhook_kit.spec.date_time import moment

TICK: Final = 1.1
"""Seconds behind which a clock that counts whole seconds has moved."""


def update(stage: Stage, thing: str, unique: str) -> None:
    """Change a thing, change it in the same way again, and change it back."""
    operation = stage.requests.operations["update"]
    changed = accepted(operation, stage.changed(unique))
    made = accepted(operation, stage.made(unique))
    if not write(stage, "update", thing, changed):
        return
    again(stage, "update", thing, changed)
    write(stage, "update", thing, made)


def leave_out(stage: Stage, thing: str, unique: str) -> None:
    """Send nothing but what is required, and its label; what this loses is put back."""
    operation, label = stage.requests.operations["update"], stage.requests.resource.label
    made = accepted(operation, stage.made(unique))
    sent = {label: made[label], **least(operation, made)} if label in made else made
    if not stage.ledger.has("update.partial") or sent == made:
        return
    if write(stage, "update", thing, sent):
        stage.ledger.kept("update.partial")
        if any(differences(made, dict(stage.things.get(thing, {})))):
            write(stage, "update", thing, made)


def merge(stage: Stage, thing: str) -> dict[str, Json]:
    """Change one member after the other: the first stays, and so does all that was not named.

    Returns what puts them back.
    """
    resource = stage.requests.resource
    names = [name for name in resource.merged if name]
    start = _part(stage, thing)
    turned = {name: _other(start.get(name), resource.merged[name]) for name in names}
    done = True
    for name in names:
        done = done and write(stage, "merge", thing, {name: turned[name]})
    if not done or not names:
        return {}
    again(stage, "merge", thing, {names[-1]: turned[names[-1]]})
    back = {name: start[name] for name in names if name in start}
    return back or {names[0]: resource.merged[names[0]]}


def write(stage: Stage, part: str, thing: str, sent: Mapping[str, Json]) -> bool:
    """Send one change and judge what came of it; tell whether it was answered with success."""
    before = stage.things.get(thing)
    if before is None or not _write(stage, part, thing, sent):
        return False
    if stage.rules.updated and thing in stage.things:
        _judge_times(stage, part, thing, before, sent)
    return True


def _write(stage: Stage, part: str, thing: str, sent: Mapping[str, Json]) -> bool:
    before = stage.things.get(thing, {})
    exchange = _ask(stage, part, thing, sent)
    if not judge_success(stage, part, exchange, sent):
        return False
    names = tuple(f"{part}.{name}" for name in ("listed", "found", "rest", "others"))
    more = ("merge.keeps",) if part == "merge" else ()
    checks = (
        partial(_changed, stage, part, thing, before, sent),
        stage.unchanged(f"{part}.others", but=thing),
    )
    seen = stage.observe((*names, *more, "created"), checks, thing)
    agrees(stage, part, exchange, dict(seen.things.get(thing, {})))
    return True


def _ask(stage: Stage, part: str, thing: str, sent: Mapping[str, Json]) -> Exchange:
    return stage.session.ask(stage.requests.probe(part, thing=thing, content=written(dict(sent))))


def _changed(  # noqa: PLR0913, PLR0917 - what was, what was sent, and what was seen
    stage: Stage,
    part: str,
    thing: str,
    before: Thing,
    sent: Mapping[str, Json],
    seen: Observation,
) -> Iterator[Mismatch]:
    """Check that a thing is what it was, but for what was sent and the times of a change."""
    inside = (stage.requests.resource.part,) if part == "merge" else ()
    item = seen.things.get(thing)
    if item is None:
        yield seen.lacks(f"{part}.listed", thing)
        return
    for found in differences(_with(dict(before), inside, sent), dict(item)):
        clause = _clause(stage, part, found, inside, sent)
        if clause and not may_lack(stage.requests, found):
            yield Mismatch(clause, seen.listing, found, seen.place(thing, found.pointer))
    wanted: Mapping[str, Json] = {inside[0]: dict(sent)} if inside else sent
    yield from read_as(stage, f"{part}.found", thing, wanted, seen)


def _clause(
    stage: Stage, part: str, found: Difference, inside: tuple[str, ...], sent: Mapping[str, Json]
) -> str:
    """Name the clause that a difference breaks; the times of a change are judged elsewhere."""
    if found.name == stage.rules.updated:
        return ""
    operation = stage.requests.operations[part]
    if part == "update" and found.path[0] in properties(operation) - sent.keys():
        return "update.partial"
    within = found.path[: len(inside)] == inside
    if within and (len(found.path) == len(inside) or found.path[len(inside)] in sent):
        return f"{part}.listed"
    if found.name == stage.rules.created:
        return "created"
    return "merge.keeps" if within and part == "merge" else f"{part}.rest"


def again(stage: Stage, part: str, thing: str, sent: Mapping[str, Json]) -> None:
    """Send what was sent before: it succeeds, and nothing but the time of the change differs."""
    name = f"{part}.again"
    before = stage.things.get(thing)
    if before is None or not stage.ledger.has(name):
        return
    exchange = _ask(stage, part, thing, sent)
    if not succeeded(exchange.answer):
        status = exchange.status
        words = f"{exchange.probe.method} sent twice is answered {status}"
        stage.ledger.broken(name, exchange, message=words, expected="the same", got=status)

    def check(seen: Observation) -> Iterator[Mismatch]:
        for found in differences(dict(before), dict(seen.things.get(thing, {}))):
            if found.name != stage.rules.updated:
                yield Mismatch(name, seen.listing, found, seen.place(thing, found.pointer))

    stage.observe((name,), (check, stage.unchanged(name, but=thing)), thing)


def _judge_times(
    stage: Stage, part: str, thing: str, before: Thing, sent: Mapping[str, Json]
) -> None:
    """Judge whether the time of a change moves forward; one of a coarse clock is waited for."""
    after = stage.things[thing]
    moved = _moved(stage, part, before, after)
    if moved == 0:
        stage.session.sleep(TICK)
        _write(stage, part, thing, sent)
        after = stage.things.get(thing) or after
        moved = _moved(stage, part, before, after)
    if moved is None:
        return
    stage.ledger.kept("updated")
    if moved <= 0:
        name, exchange = stage.rules.updated, stage.look().listing
        told = "moves it backwards" if moved else "does not move it"
        words = f"{stage.requests.operations[part].method} {told}"
        later, got = f"later than {before.get(name)}", after.get(name, ABSENT)
        stage.ledger.broken("updated", exchange, message=words, expected=later, got=got)


def _moved(stage: Stage, part: str, before: Thing, after: Thing) -> int | None:
    """Tell which way the time of a change went: that of the thing, or of the part that changed."""
    pairs = list(_times(stage, part, before, after))
    if not pairs:
        return None
    if any(late < early for early, late in pairs):
        return -1
    return int(any(late > early for early, late in pairs))


def _times(
    stage: Stage, part: str, before: Thing, after: Thing
) -> Iterator[tuple[datetime, datetime]]:
    holders: list[tuple[Json, Json]] = [(dict(before), dict(after))]
    if part == "merge":
        inner = stage.requests.resource.part
        holders.append((before.get(inner), after.get(inner)))
    for one, other in holders:
        if isinstance(one, dict) and isinstance(other, dict):
            early, late = (moment(each.get(stage.rules.updated)) for each in (one, other))
            if early is not None and late is not None:
                yield early, late


def _with(thing: dict[str, Json], inside: tuple[str, ...], sent: Mapping[str, Json]) -> Json:
    """Return a thing with what was sent in the place where it belongs."""
    found = deepcopy(thing)
    if not inside:
        return {**found, **sent}
    inner = found.get(inside[0])
    found[inside[0]] = {**(inner if isinstance(inner, dict) else {}), **sent}
    return found


def _part(stage: Stage, thing: str) -> Mapping[str, Json]:
    found = stage.things.get(thing, {}).get(stage.requests.resource.part)
    return found if isinstance(found, dict) else {}


def _other(value: Json, given: Json) -> Json:
    """Return a value that is not the one that is there."""
    return not value if isinstance(value, bool) else given
