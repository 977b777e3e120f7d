"""What clients have written: the lists that operations of a resource read and change.

The rules of a contract say which operation lists, makes, reads, updates, merges and deletes, and
what an item's id, owner and times are called. A list begins as the fixture of its instance has it,
and is kept in memory until a reset. Ids are a function of a seed, the instance and a count.
"""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Final
from uuid import NAMESPACE_OID, uuid5

from find_webhook_kit.mock_server.answers.endpoint import Endpoint, Item, Parameters
from find_webhook_kit.mock_server.answers.errors import StoreFull, UnknownItem
from find_webhook_kit.mock_server.answers.fixtures import (
    Answer,
    Fixture,
    FixturesById,
    Listed,
    Steps,
)
from find_webhook_kit.spec import Json, Schema
from find_webhook_kit.spec.date_time import moment
from find_webhook_kit.spec.meaning import Rules

MAX_ITEMS: Final = 1_000
"""Items that all written lists together may make."""

EPOCH: Final = datetime(2024, 6, 1, tzinfo=UTC)
"""The time of a clock that stands."""

WRITTEN: Final = "memory"
"""What stands for the file of a list that was written."""


@dataclass(frozen=True, slots=True)
class Change:
    """One request of an operation: whose list, which item, and what is to be in it."""

    endpoint: Endpoint
    instance: str
    parameters: Parameters
    body: Item = field(default_factory=dict)
    lie: str | None = None
    visits: int = 0
    check: Callable[[Json], None] | None = None
    """Refuses a change of what is not as the client thinks it is."""


class Collection:
    """The lists that were written, by their instances."""

    def __init__(
        self,
        rules: Rules,
        listing: Endpoint | None,
        *,
        clock: str,
        seed: int,
        changed: Callable[[], None],
    ) -> None:
        self._rules = rules
        self._listing = listing
        self._clock = clock
        self._seed = seed
        self._changed = changed
        self._written: dict[str, Fixture] = {}
        self._made: Counter[str] = Counter()
        self._total = 0
        self._changes = 0

    @property
    def written(self) -> Mapping[str, Fixture]:
        """The lists as they are now."""
        return self._written

    def over(self, by_id: FixturesById) -> FixturesById:
        """Return the fixtures as clients have changed them."""
        return {**by_id, **self._written} if self._written else by_id

    def reset(self) -> None:
        """Forget all that was written, and count from the start."""
        self._written.clear()
        self._made.clear()
        self._total = self._changes = 0
        self._changed()

    def act(self, change: Change, by_id: FixturesById) -> Item | int:
        """Do what an operation does to the list of an instance; return an item, or an error status.

        A fixture that answers with an error answers every operation so.
        """
        state = self._state(change, self.over(by_id))
        if isinstance(state, Answer):
            return self._status(state)
        if change.endpoint.writes:
            return self.change(change, by_id)
        return state.items[self._index(change, state.items)]

    @staticmethod
    def _state(change: Change, by_id: FixturesById) -> Listed | Answer:
        """Return what an instance shows now: of a sequence, what was listed last."""
        fixture = by_id.get(change.instance)
        state = fixture.state if fixture else Listed(())
        if isinstance(state, Steps):
            step = min(max(change.visits - 1, 0), len(state.instances) - 1)
            state = by_id[state.instances[step]].state
        return state if isinstance(state, Listed | Answer) else Listed(())

    def _status(self, state: Answer) -> int:
        examples = self._listing.examples if self._listing else ()
        return next(status for status, example in examples if example.name == state.example)

    # Finding

    def _index(self, change: Change, items: tuple[Item, ...]) -> int:
        """Return where the item is that a request names; raise `UnknownItem` for none."""
        names = [name for name in change.endpoint.parameters if name != self._rules.tenant]
        wanted = [change.parameters[name] for name in names]
        for index, item in enumerate(items):
            if [item.get(self._rules.identity)] == wanted:
                return index
        raise UnknownItem(names[0] if names else "", change.endpoint.refusal_status)

    # Writing

    def change(self, change: Change, by_id: FixturesById) -> Item:
        """Do what an operation does, and return what it answers with."""
        before = self.items(change.instance, by_id)
        if change.check is not None:
            of_one = change.endpoint.part != "create"
            change.check(before[self._index(change, before)] if of_one else list(before))
        items, answered = _CHANGES[change.endpoint.part](self, change, before)
        if change.lie not in _UNSAVED:
            self._save(change.instance, items, by_id)
        if change.lie == "wrong-instance":
            self._save(f"{change.instance}-too", items, by_id)
        return answered

    def items(self, instance: str, by_id: FixturesById) -> tuple[Item, ...]:
        """Return what an instance has; one that nobody knows has nothing."""
        fixture = self.over(by_id).get(instance)
        return fixture.state.items if fixture and isinstance(fixture.state, Listed) else ()

    def _save(self, instance: str, items: tuple[Item, ...], by_id: FixturesById) -> None:
        known = self.over(by_id).get(instance)
        fixture = known or Fixture(instance, Path(WRITTEN), "Written by clients.", Listed(()))
        self._written[instance] = replace(fixture, state=Listed(items))
        self._changed()

    def _create(self, change: Change, items: tuple[Item, ...]) -> tuple[tuple[Item, ...], Item]:
        made = self._new(change)
        more = (self._new(change),) if change.lie == "double-create" else ()
        return (*items, made, *more), made

    def _update(self, change: Change, items: tuple[Item, ...]) -> tuple[tuple[Item, ...], Item]:
        index = self._index(change, items)
        changed = {**items[index], **self._sent(change)}
        changed = self._touched(changed, self._rules.updated, items[index])
        return _with(items, index, changed), changed

    def _merge(self, change: Change, items: tuple[Item, ...]) -> tuple[tuple[Item, ...], Item]:
        index = self._index(change, items)
        resource, item = self._rules.resource, items[index]
        part = resource.part if resource else ""
        old = item.get(part)
        before = dict(old) if isinstance(old, dict) else self._new_part(change)
        kept = before
        if change.lie == "replacing-merge":
            own = set(resource.part_names.values()) if resource else set()
            kept = {name: value for name, value in before.items() if name in own}
        updated = resource.part_names.get("updated", "") if resource else ""
        merged = self._touched({**kept, **self._sent(change)}, updated, before)
        changed = self._touched({**item, part: merged}, self._rules.updated, item)
        return _with(items, index, changed), merged

    def _delete(self, change: Change, items: tuple[Item, ...]) -> tuple[tuple[Item, ...], Item]:
        index = self._index(change, items)
        return (*items[:index], *items[index + 1 :]), items[index]

    # Items

    def _new(self, change: Change) -> Item:
        """Make an item, in the order of the contract."""
        if self._total >= MAX_ITEMS:
            raise StoreFull(MAX_ITEMS)
        self._total += 1
        rules, resource = self._rules, self._rules.resource
        now = self._now()
        made: Item = {
            **_defaults(_body(change.endpoint)),
            **self._sent(change),
            rules.identity: self._id(change.instance, rules.identity),
            rules.created: now,
            rules.updated: now,
            rules.owner: change.instance,
        }
        if resource and resource.part:
            made[resource.part] = self._new_part(change, now)
        return _inverted(change, _ordered(made, self._item_schema()))

    def _new_part(self, change: Change, now: str = "") -> Item:
        resource, schema = self._rules.resource, self._item_schema()
        if resource is None or schema is None or resource.part not in schema.properties:
            return {}
        now = now or self._now()
        names = resource.part_names
        own = {"identity": self._id(change.instance, resource.part), "created": now, "updated": now}
        kind = schema.properties[resource.part]
        return _ordered(_defaults(kind) | {names[key]: own[key] for key in names}, kind)

    def _item_schema(self) -> Schema | None:
        schema = self._listing.schema if self._listing else None
        return schema.items if schema else None

    def _sent(self, change: Change) -> Item:
        """Return what a body says of properties that the contract documents for it."""
        schema = _body(change.endpoint)
        known = schema.properties if schema else {}
        return {name: value for name, value in change.body.items() if name in known}

    def _touched(self, item: Item, name: str, before: Item) -> Item:
        """Move a time forward."""
        return {**item, name: self._now(after=before.get(name))} if name else item

    def _id(self, instance: str, kind: str) -> str:
        self._made[kind + "/" + instance] += 1
        count = self._made[kind + "/" + instance]
        return str(uuid5(NAMESPACE_OID, f"{self._seed}/{instance}/{kind}/{count}"))

    def _now(self, after: Json = None) -> str:
        """Return the time of the clock, later than another one."""
        self._changes += 1
        fixed = EPOCH + timedelta(seconds=self._changes)
        now = fixed if self._clock == "fixed" else datetime.fromtimestamp(time.time(), UTC)
        before = moment(after)
        if before is not None and now - before < timedelta(milliseconds=1):
            now = before + timedelta(milliseconds=1)
        return now.isoformat(timespec="milliseconds").replace("+00:00", "Z")


_UNSAVED: Final = frozenset({"lost-write"})

Changed = tuple[tuple[Item, ...], Item]
_CHANGES: Final[Mapping[str, Callable[[Collection, Change, tuple[Item, ...]], Changed]]] = {
    "create": Collection._create,  # noqa: SLF001 - the table is a part of the class
    "update": Collection._update,  # noqa: SLF001
    "merge": Collection._merge,  # noqa: SLF001
    "delete": Collection._delete,  # noqa: SLF001
}


def takes_writes(fixture: Fixture | None) -> bool:
    """Tell whether a list can be changed: one that an unknown id has can, a sequence cannot."""
    return fixture is None or not isinstance(fixture.state, Steps)


def _body(endpoint: Endpoint) -> Schema | None:
    """Return the schema of what a request of an operation carries."""
    documented = endpoint.operation.request_body
    return next((each.schema for each in documented.content.values()), None) if documented else None


def _defaults(schema: Schema | None) -> Item:
    properties = schema.properties if schema else {}
    return {
        name: each.value["default"] for name, each in properties.items() if "default" in each.value
    }


def _inverted(change: Change, item: Item) -> Item:
    """Turn round what nobody has sent, where that is the lie."""
    if change.lie != "inverted-defaults":
        return item
    return {
        name: not value if isinstance(value, bool) and name not in change.body else value
        for name, value in item.items()
    }


def _ordered(item: Item, schema: Schema | None) -> Item:
    names = list(schema.properties) if schema else []
    return {name: item[name] for name in names if name in item} | item


def _with(items: tuple[Item, ...], index: int, item: Item) -> tuple[Item, ...]:
    return (*items[:index], item, *items[index + 1 :])
