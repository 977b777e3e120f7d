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
from find_webhook_kit.mock_server.answers.sample import TooComplexError, sample
from find_webhook_kit.mock_server.answers.shape import NoValueError
from find_webhook_kit.spec import Json, Schema
from find_webhook_kit.spec.date_time import moment
from find_webhook_kit.spec.meaning import Rules

EPOCH: Final = datetime(2024, 6, 1, tzinfo=UTC)
"""The time of a clock that stands still; each write is a second later."""

LARGEST: Final = 10**9
"""The largest first id that is a number: with as many again it fits into 32 bits."""

STEP: Final = timedelta(milliseconds=1)
"""The least by which a time moves forward."""


class Maker:
    """Makes the items of a resource; counts for each instance what it has made."""

    def __init__(self, rules: Rules, listing: Endpoint | None, *, clock: str, seed: int) -> None:
        self.rules = rules
        listed = listing.schema if listing else None
        self.schema = listed.items if listed else None
        self._clock = clock
        self._seed = seed
        self._made: Counter[tuple[str, str]] = Counter()

    def reset(self) -> None:
        """Count from the start."""
        self._made.clear()

    def item(self, instance: str, sent: Item, taken: Schema | None) -> Item:
        """Make an item of what was sent, with the defaults of what was not."""
        rules, resource = self.rules, self.rules.resource
        now = self.now(instance)
        made: Item = {
            **defaults(taken),
            **sent,
            rules.identity: self.identity(instance),
            rules.created: now,
            rules.updated: now,
            rules.owner: instance,
        }
        made.pop("", None)  # what the rules have no name for
        if resource and resource.part:
            made[resource.part] = self.part(instance, now)
        return completed(made, self.schema)

    def part(self, instance: str, now: str = "") -> Item:
        """Make the part of an item that has an id and times of its own, where there is one."""
        resource = self.rules.resource
        kind = self.schema.properties.get(resource.part) if self.schema and resource else None
        if resource is None or kind is None:
            return {}
        now = now or self.now(instance)
        values = {"identity": self.part_identity(instance), "created": now, "updated": now}
        named = {name: values[key] for key, name in resource.part_names.items()}
        return completed(defaults(kind) | named, kind)

    def identity(self, instance: str) -> Json:
        """Return an id that no item had before."""
        name = self.rules.identity
        return self._id(instance, name, self.schema.properties.get(name) if self.schema else None)

    def part_identity(self, instance: str) -> Json:
        """Return an id that no part of an item had before."""
        resource = self.rules.resource
        if resource is None:
            return None
        kind = self.schema.properties.get(resource.part) if self.schema else None
        name = resource.part_names.get("identity", "")
        return self._id(instance, resource.part, kind.properties.get(name) if kind else None)

    def _id(self, instance: str, kind: str, of: Schema | None) -> Json:
        count = self._next(instance, kind)
        if of is not None and of.type == "integer":
            first = uuid5(NAMESPACE_OID, f"{self._seed}/{instance}/{kind}").int
            return first % LARGEST + count
        return str(uuid5(NAMESPACE_OID, f"{self._seed}/{instance}/{kind}/{count}"))

    def _next(self, instance: str, kind: str) -> int:
        self._made[instance, kind] += 1
        return self._made[instance, kind]

    def now(self, instance: str, after: Json = None) -> str:
        """Return the time of a write, later than another one."""
        now = datetime.fromtimestamp(time.time(), UTC)
        if self._clock == "fixed":
            now = EPOCH + timedelta(seconds=self._next(instance, ""))
        before = moment(after)
        if before is not None and now - before < STEP:
            now = before + STEP
        return now.isoformat(timespec="milliseconds").replace("+00:00", "Z")

    def touched(self, instance: str, item: Item, name: str) -> Item:
        """Move a time of an item forward."""
        return {**item, name: self.now(instance, after=item.get(name))} if name else item

    @property
    def own(self) -> frozenset[str]:
        """What a part has of its own, and nobody sends."""
        resource = self.rules.resource
        return frozenset(resource.part_names.values()) if resource else frozenset()


def taken_by(endpoint: Endpoint) -> Schema | None:
    """Return the schema of what a request of an operation carries."""
    documented = endpoint.operation.request_body
    return next((each.schema for each in documented.content.values()), None) if documented else None


def defaults(schema: Schema | None) -> Item:
    """List what properties are where nobody says it."""
    found = schema.properties if schema else {}
    return {name: each.value["default"] for name, each in found.items() if "default" in each.value}


def completed(item: Item, schema: Schema | None) -> Item:
    """Add what the contract asks for and nobody has said, in the order of the contract."""
    made: Item = {}
    for name in schema.required if schema else ():
        if name not in item and schema is not None and name in schema.properties:
            with suppress(NoValueError, TooComplexError):
                made[name] = sample(schema.properties[name])
    return ordered(item | made, schema)


def ordered(item: Mapping[str, Json], schema: Schema | None) -> Item:
    """Put properties into the order of the contract, and others behind them."""
    names = list(schema.properties) if schema else []
    return {name: item[name] for name in names if name in item} | dict(item)
