"""Makes what clients write into items: defaults, ids and times, in the order of the contract.

Ids are a function of a seed, the instance and how many it has had; so are the times of a clock that
stands still.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Mapping
from contextlib import suppress
from datetime import UTC, datetime, timedelta
from typing import Final
from uuid import NAMESPACE_OID, uuid5

from find_webhook_kit.mock_server.answers.endpoint import Endpoint, Item
from find_webhook_kit.mock_server.answers.sample import sample
from find_webhook_kit.mock_server.answers.shape import NoValueError
from find_webhook_kit.spec import Json, Schema
from find_webhook_kit.spec.date_time import moment
from find_webhook_kit.spec.meaning import Rules
from find_webhook_kit.spec.reach import properties, types_of

EPOCH: Final = datetime(2024, 6, 1, tzinfo=UTC)
"""The time of a clock that stands still; each write is a second later."""

LARGEST: Final = 10**9
"""The largest first id that is a number: with as many again it fits into 32 bits."""

STEP: Final = timedelta(milliseconds=1)
"""The least by which a time moves forward."""

LAST: Final = datetime.max.replace(tzinfo=UTC)
"""The last time that RFC 3339 can write, give or take."""


class Maker:
    """Makes the items of a resource; counts for each instance what it has made."""

    def __init__(self, rules: Rules, listing: Endpoint | None, *, clock: str, seed: int) -> None:
        self.rules = rules
        self.part_name = rules.resource.part if rules.resource else ""
        self.part_names = rules.resource.part_names if rules.resource else {}
        self.schema = listing.item if listing else None
        self._clock = clock
        self._seed = seed
        self._made: Counter[tuple[str, str]] = Counter()

    def reset(self) -> None:
        """Count from the start."""
        self._made.clear()

    def item(self, instance: str, sent: Item, taken: Schema | None) -> Item:
        """Make an item of what was sent, with the defaults of what was not."""
        rules, now = self.rules, self.now(instance)
        made: Item = {
            **defaults(taken),
            **sent,
            rules.identity: self.identity(instance),
            rules.created: now,
            rules.updated: now,
            rules.owner: instance,
        }
        made.pop("", None)  # what the rules have no name for
        if self.part_name:
            made[self.part_name] = self.part(instance, now)
        return completed(made, self.schema)

    @property
    def part_schema(self) -> Schema | None:
        """The schema of the part of an item that has an id and times of its own."""
        return properties(self.schema).get(self.part_name)

    def part(self, instance: str, now: str) -> Item:
        """Make that part, where the contract has one."""
        kind = self.part_schema
        if kind is None:
            return {}
        values = {"identity": self.part_identity(instance), "created": now, "updated": now}
        named = {name: values[key] for key, name in self.part_names.items()}
        return completed(defaults(kind) | named, kind)

    def identity(self, instance: str) -> Json:
        """Return an id that no item had before."""
        name = self.rules.identity
        return self._id(instance, name, properties(self.schema).get(name))

    def part_identity(self, instance: str) -> Json:
        """Return an id that no part of an item had before."""
        of = properties(self.part_schema).get(self.part_names.get("identity", ""))
        return self._id(instance, self.part_name, of)

    def _id(self, instance: str, kind: str, of: Schema | None) -> Json:
        count = self._next(instance, kind)
        if of is not None and "integer" in types_of(of):
            first = uuid5(NAMESPACE_OID, f"{self._seed}/{instance}/{kind}").int
            return first % LARGEST + count
        return str(uuid5(NAMESPACE_OID, f"{self._seed}/{instance}/{kind}/{count}"))

    def _next(self, instance: str, kind: str) -> int:
        self._made[instance, kind] += 1
        return self._made[instance, kind]

    def now(self, instance: str, *after: Json) -> str:
        """Return the time of a write, later than other ones; the end of all time stays it."""
        now = datetime.fromtimestamp(time.time(), UTC)
        if self._clock == "fixed":
            now = EPOCH + timedelta(seconds=self._next(instance, ""))
        for before in filter(None, map(moment, after)):
            if now - before < STEP:
                now = before + STEP if before <= LAST - STEP else before
        return now.isoformat(timespec="milliseconds").replace("+00:00", "Z")

    @property
    def assigned(self) -> frozenset[str]:
        """What an item has of its own, which the mock gives it."""
        rules = self.rules
        return frozenset({rules.identity, rules.created, rules.updated, rules.owner})

    @property
    def own(self) -> frozenset[str]:
        """What a part has of its own, and nobody sends."""
        return frozenset(self.part_names.values())


def taken_by(endpoint: Endpoint) -> Schema | None:
    """Return the schema of what a request of an operation carries."""
    documented = endpoint.operation.request_body
    return next((each.schema for each in documented.content.values()), None) if documented else None


def defaults(schema: Schema | None) -> Item:
    """List what properties are where nobody says it."""
    found = properties(schema).items()
    return {name: each.value["default"] for name, each in found if "default" in each.value}


def completed(item: Item, schema: Schema | None) -> Item:
    """Add what the contract asks for and nobody has said, in the order of the contract."""
    made: Item = {}
    needed = schema.needed() if schema else frozenset()
    for name, each in properties(schema).items():
        if name in needed and name not in item:
            with suppress(NoValueError):
                made[name] = sample(each)
    return ordered(item | made, schema)


def timed(item: Item, name: str, now: str) -> Item:
    """Give an item the time of a write, where the rules have a name for it."""
    return {**item, name: now} if name else item


def ordered(item: Mapping[str, Json], schema: Schema | None) -> Item:
    """Put properties into the order of the contract, and others behind them."""
    return {name: item[name] for name in properties(schema) if name in item} | dict(item)
