"""What clients have written: the lists that operations of a resource read and change.

The rules of a contract say which operation lists, makes, reads, updates, merges and deletes, and
what an item's id, owner and times are called. A list begins as the fixture of its instance has it,
and is kept in memory until a reset.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from find_webhook_kit.mock_server.answers.endpoint import Endpoint, Item, Parameters
from find_webhook_kit.mock_server.answers.errors import StoreFull, UnknownItem
from find_webhook_kit.mock_server.answers.fixtures import (
    Fixture,
    FixturesById,
    Listed,
    NamedExample,
    shown_at,
)
from find_webhook_kit.mock_server.answers.making import Maker, taken_by, timed
from find_webhook_kit.mock_server.answers.size import encoded
from find_webhook_kit.mock_server.answers.write_lies import WRITE_LIES, Items, Written, answers_part
from find_webhook_kit.spec import Json
from find_webhook_kit.spec.reach import properties

MAX_ITEMS: Final = 10_000
MAX_SIZE: Final = 64 * 1024 * 1024
"""Items that clients may make until a reset, and bytes that they may send."""

WRITTEN: Final = Path("memory")
"""What stands for the file of a list that was written."""


@dataclass(frozen=True, slots=True)
class ItemRequest:
    """One request of an operation: whose list, which item, and what is to be in it.

    `visits` counts how often the list was asked for before, `check` refuses a change of what is not
    as the client thinks it is.
    """

    endpoint: Endpoint
    instance: str
    parameters: Parameters
    body: Item = field(default_factory=dict)
    lie: str | None = None
    visits: int = 0
    check: Callable[[Json], None] | None = None


@dataclass(frozen=True, slots=True)
class Done:
    """What an operation has done: the item that it answers with, or the status of an error.

    `lie` is the one that was told of it, if any; `status` takes the place of the documented one.
    """

    item: Item | None
    status: int | None = None
    lie: str = ""


class Collection:
    """The lists that were written, by their instances."""

    def __init__(
        self,
        maker: Maker,
        listing: Endpoint | None,
        *,
        takes_writes: Callable[[str], bool],
        changed: Callable[[], None],
    ) -> None:
        """Keep lists; `takes_writes` tells of an instance whether it is ours to change."""
        self._maker = maker
        self._rules = maker.rules
        self._listing = listing
        self._takes_writes = takes_writes
        self._changed = changed
        self._written: dict[str, Fixture] = {}
        self._before: dict[str, Fixture] = {}
        self._deleted: dict[str, Json] = {}
        self._shown: tuple[FixturesById, FixturesById] | None = None
        self.made = self.size = 0

    @property
    def written(self) -> Mapping[str, Fixture]:
        """The lists as they are now."""
        return self._written

    def before(self, instance: str) -> Fixture | None:
        """Return what an instance had before it was written to the last time."""
        return self._before.get(instance)

    def over(self, by_id: FixturesById) -> FixturesById:
        """Return the fixtures as clients have changed them."""
        if not self._written:
            return by_id
        if self._shown is None or self._shown[0] is not by_id:
            self._shown = by_id, {**by_id, **self._written}
        return self._shown[1]

    def reset(self) -> None:
        """Forget all that was written, and count from the start."""
        for kept in (self._written, self._before, self._deleted):
            kept.clear()
        self._maker.reset()
        self._shown = None
        self.made = self.size = 0
        self._changed()

    def act(self, change: ItemRequest, by_id: FixturesById) -> Done:
        """Do what an operation does to the list of an instance.

        A fixture that answers with an error answers every operation so.
        """
        state = self._state(change, self.over(by_id))
        if isinstance(state, NamedExample):
            return Done(None, self._status(state))
        if change.endpoint.writes:
            return self._write(change, state.items, by_id)
        return Done(state.items[self._index(change, state.items)])

    @staticmethod
    def _state(change: ItemRequest, by_id: FixturesById) -> Listed | NamedExample:
        """Return what an instance shows now: of a sequence, what was listed last."""
        fixture = by_id.get(change.instance)
        if fixture is None:
            return Listed(())
        state = shown_at(max(change.visits - 1, 0), fixture, by_id).state
        return state if isinstance(state, Listed | NamedExample) else Listed(())

    def _status(self, state: NamedExample) -> int:
        examples = self._listing.examples if self._listing else ()
        return next(status for status, example in examples if example.name == state.example)

    def _index(self, change: ItemRequest, items: Items) -> int:
        """Return where the item is that a request names; raise `UnknownItem` for none."""
        names = [name for name in change.endpoint.parameters if name != self._rules.tenant]
        wanted = [change.parameters[name] for name in names]
        for index, item in enumerate(items):
            if [str(item.get(self._rules.identity))] == wanted:
                return index
        raise UnknownItem(names[0] if names else "", change.endpoint.refusal_status)

    # Writing

    def _write(self, change: ItemRequest, items: Items, by_id: FixturesById) -> Done:
        if change.check is not None:
            creates = change.endpoint.part == "create"
            change.check(list(items) if creates else items[self._index(change, items)])
        write = self._written_so(change, items, by_id)
        self._make_room(change)
        lie = WRITE_LIES.get(change.lie or "")
        bent = lie.tell(write) if lie and lie.suits(change.endpoint) else None
        told = change.lie if bent is not None and bent != write else ""
        write = bent or write
        self._save({change.instance: write.after, **write.elsewhere}, by_id)
        if change.endpoint.part == "delete":
            self._deleted[change.instance] = write.answered.get(self._rules.identity)
        refused = write.status is not None and write.status >= REFUSAL
        return Done(None if refused else write.answered, write.status, told or "")

    def _make_room(self, change: ItemRequest) -> None:
        """Count what is made and sent; raise `StoreFull` for more than the mock keeps."""
        made = self.made + (change.endpoint.part == "create")
        size = self.size + len(encoded(change.body))
        if made > MAX_ITEMS or size > MAX_SIZE:
            raise StoreFull(MAX_ITEMS, MAX_SIZE, change.endpoint.refusal_status)
        self.made, self.size = made, size

    def _written_so(self, change: ItemRequest, items: Items, by_id: FixturesById) -> Written:
        """Do what an operation does, and return what comes of it."""
        after, answered = _CHANGES[change.endpoint.part](self, change, items)
        return Written(
            change.endpoint,
            change.instance,
            items,
            after,
            answered,
            self._sent(change),
            self._maker,
            self._neighbour(change.instance, by_id),
            self._deleted.get(change.instance),
        )

    def _neighbour(self, instance: str, by_id: FixturesById) -> str:
        """Name another instance with a list that takes writes, if there is one."""
        shown = self.over(by_id)
        others = (name for name, fixture in shown.items() if isinstance(fixture.state, Listed))
        asked = (name for name in (f"{instance}-too", *others) if name != instance)
        return next(filter(self._takes_writes, asked), "")

    def _save(self, lists: Mapping[str, Items], by_id: FixturesById) -> None:
        """Keep lists in place of what their instances had."""
        shown = self.over(by_id)
        for instance, items in lists.items():
            nothing = Fixture(instance, WRITTEN, "Written by clients", Listed(()))
            known = shown.get(instance, nothing)
            self._before[instance] = known
            self._written[instance] = replace(known, path=WRITTEN, state=Listed(items))
        self._shown = None
        self._changed()

    def _create(self, change: ItemRequest, items: Items) -> tuple[Items, Item]:
        taken = taken_by(change.endpoint)
        made = self._maker.item(change.instance, self._sent(change), taken)
        return (*items, made), made

    def _update(self, change: ItemRequest, items: Items) -> tuple[Items, Item]:
        index = self._index(change, items)
        now = self._maker.now(change.instance, items[index].get(self._rules.updated))
        changed = timed({**items[index], **self._sent(change)}, self._rules.updated, now)
        return _with(items, index, changed), changed

    def _merge(self, change: ItemRequest, items: Items) -> tuple[Items, Item]:
        index = self._index(change, items)
        item, maker = items[index], self._maker
        part, updated = maker.part_name, maker.part_names.get("updated", "")
        found = item.get(part)
        old = found if isinstance(found, dict) else {}
        # One write has one time, later than those of the item and of its part.
        now = maker.now(change.instance, item.get(self._rules.updated), old.get(updated))
        before = old or maker.part(change.instance, now)
        merged = timed({**before, **self._sent(change)}, updated, now)
        changed = timed({**item, part: merged}, self._rules.updated, now)
        return _with(items, index, changed), merged if answers_part(change.endpoint) else changed

    def _delete(self, change: ItemRequest, items: Items) -> tuple[Items, Item]:
        index = self._index(change, items)
        return (*items[:index], *items[index + 1 :]), items[index]

    def _sent(self, change: ItemRequest) -> Item:
        """Return what a body says of properties that the contract documents for it.

        What the mock alone gives is left out, and what no answer shows.
        """
        ours = self._maker.own if change.endpoint.part == "merge" else self._maker.assigned
        return {
            name: change.body[name]
            for name, each in properties(taken_by(change.endpoint)).items()
            if name in change.body and name not in ours and each.value.get("writeOnly") is not True
        }


REFUSAL: Final = 400
_CHANGES: Final[Mapping[str, Callable[[Collection, ItemRequest, Items], tuple[Items, Item]]]] = {
    "create": Collection._create,  # noqa: SLF001 - the table is a part of the class
    "update": Collection._update,  # noqa: SLF001
    "merge": Collection._merge,  # noqa: SLF001
    "delete": Collection._delete,  # noqa: SLF001
}


def _with(items: Items, index: int, item: Item) -> Items:
    return (*items[:index], item, *items[index + 1 :])
