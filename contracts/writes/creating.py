"""The first steps: what is there before, and that what is created is there, once and as sent."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial

from find_webhook_kit.contracts.writes.answers import agrees, judge_success
from find_webhook_kit.contracts.writes.bodies import accepted, least, written
from find_webhook_kit.contracts.writes.defaults import defaults, may_lack
from find_webhook_kit.contracts.writes.session import Ended
from find_webhook_kit.contracts.writes.stage import Mismatch, Observation, Stage, Thing
from find_webhook_kit.contracts.writes.values import Difference, differences, holds, same
from find_webhook_kit.spec import Json


def open_stage(stage: Stage) -> None:
    """Look at what is there, twice: reading moves nothing."""
    seen = stage.look()
    stage.things = stage.start = seen.things
    stage.ever = set(seen.things)
    stage.observe(("untouched",), (stage.unchanged("untouched"),))


def create(stage: Stage) -> str:
    """Create a thing, and return its id; raise `Ended` where it is not known which it is."""
    operation, unique = stage.requests.operations["create"], stage.unique()
    return _create(stage, unique, accepted(operation, stage.made(unique)))


def create_least(stage: Stage) -> str:
    """Create a thing of what is required alone: the rest must be what is documented as default."""
    operation, unique = stage.requests.operations["create"], stage.unique()
    made = accepted(operation, stage.made(unique))
    needed = least(operation, made)
    telling = {name: value for name, value in made.items() if holds(value, unique)}
    sent = {**telling, **needed}
    identity = _create(stage, unique, sent)
    _judge_defaults(stage, stage.things.get(identity, {}), sent)
    return identity


def _create(stage: Stage, unique: str, sent: Mapping[str, Json]) -> str:
    known = set(stage.ever)
    exchange = stage.create(written(dict(sent)), unique)
    good = judge_success(stage, "create", exchange, sent)
    identity = stage.identity(exchange.answer)
    if not good or identity is None:
        shown = f"no {stage.rules.identity} to go on with"
        raise Ended(f"{exchange.probe.name}: {shown if good else 'nothing could be created'}")
    if identity in known:
        stage.ledger.broken("create.fresh", exchange, expected="an id of its own", got=identity)
        raise Ended("the id of what was created belongs to something else: nothing more is written")
    stage.ledger.kept("create.fresh")
    checks = (
        partial(_listed, stage, identity, sent),
        partial(_once, identity, unique),
        partial(read_as, stage, "create.found", identity, sent),
        stage.unchanged("create.others", but=identity, new=unique),
    )
    names = ("create.listed", "create.once", "create.found", "create.others")
    seen = stage.observe(names, checks, identity)
    shown_as = seen.things.get(identity, seen.read)
    if not isinstance(shown_as, Mapping) or not holds(dict(shown_as), unique):
        raise Ended("what was created is not found under its id: nothing more is written")
    agrees(stage, "create", exchange, dict(shown_as))
    return identity


def _listed(
    stage: Stage, identity: str, sent: Mapping[str, Json], seen: Observation
) -> Iterator[Mismatch]:
    item = seen.things.get(identity)
    if item is None:
        yield seen.lacks("create.listed", identity)
        return
    for found in differences(dict(sent), item):
        if not may_lack(stage.requests, found):
            at = seen.place(identity, found.pointer)
            yield Mismatch("create.listed", seen.listing, found, at)


def _once(identity: str, unique: str, seen: Observation) -> Iterator[Mismatch]:
    named = [key for key, item in seen.listed if holds(dict(item), unique) or key == identity]
    if len(named) > 1:
        yield Mismatch("create.once", seen.listing, Difference((), 1, len(named)))


def read_as(
    stage: Stage, clause: str, identity: str, sent: Mapping[str, Json], seen: Observation
) -> Iterator[Mismatch]:
    """List where the thing that was read is not what was sent, nor what the list shows."""
    reading, read, item = seen.reading, seen.read, seen.things.get(identity)
    if reading is None:
        return
    if not isinstance(read, dict):
        gone = Difference((), identity, reading.status)
        yield Mismatch(clause, reading, gone, message="it cannot be read by its id")
        return
    for found in differences(dict(sent), read):
        if not may_lack(stage.requests, found):
            yield Mismatch(clause, reading, found, found.pointer)
    for found in differences(item or {}, read, shared=True):
        if found.name not in sent:
            told = "the list and the thing itself differ"
            yield Mismatch(clause, reading, found, found.pointer, told)


def _judge_defaults(stage: Stage, item: Thing, sent: Mapping[str, Json]) -> None:
    """Compare what was not sent with its documented default, where the thing shows it."""
    exchange = stage.look().listing
    for path, default in defaults(stage.requests).items():
        value: Json = dict(item)
        for name in path:
            if not isinstance(value, dict) or name not in value:
                break
            value = value[name]
        else:
            if path[0] in sent:
                continue
            stage.ledger.kept("create.defaults")
            if not same(default, value):
                at = Difference(path, default, value).pointer
                stage.ledger.broken("create.defaults", exchange, expected=default, got=value, at=at)
