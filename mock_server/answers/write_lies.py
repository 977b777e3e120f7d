"""Lies about writes: what is kept, or told of it, is not what the contract promises.

Each is told of one write, behind an honest one: it changes what the write would leave behind, or
what its answer says. No lie reaches a list that takes no writes.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from find_webhook_kit.mock_server.answers.endpoint import Endpoint, Item
from find_webhook_kit.mock_server.answers.making import Maker, defaults, taken_by
from find_webhook_kit.spec import Json
from find_webhook_kit.spec.reach import properties

Items = tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class Written:
    """A write as it was done: what was there, what is there now, and what is answered.

    `sent` is what the client said of documented properties. `neighbour` is another instance that
    takes writes, or empty, and `deleted` the id that was deleted last. `elsewhere` is what becomes
    of other instances; a `status` is answered in place of the documented one.
    """

    endpoint: Endpoint
    instance: str
    before: Items
    after: Items
    answered: Item
    sent: Item
    maker: Maker
    neighbour: str = ""
    deleted: Json = None
    elsewhere: Mapping[str, Items] = field(default_factory=dict)
    status: int | None = None

    @property
    def identity(self) -> str:
        return self.maker.rules.identity

    @property
    def part(self) -> str:
        return self.maker.part_name

    def changed(self, change: Callable[[Item, Item], Item]) -> Written:
        """Change what the write has made or changed, given what it was before, also in the answer.

        What is answered of a part changes with its item.
        """
        were = {str(item.get(self.identity)): item for item in self.before}
        as_before = {id(item) for item in self.before}
        after, answered = list(self.after), self.answered
        for index, item in enumerate(self.after):
            if id(item) not in as_before:
                after[index] = change(item, were.get(str(item.get(self.identity)), {}))
                answered = self.of(after[index])
        return replace(self, after=tuple(after), answered=answered)

    def of(self, item: Item) -> Item:
        """Return what is answered of an item: all of it, or the part that a merge is about."""
        part = item.get(self.part)
        return part if isinstance(part, dict) and answers_part(self.endpoint) else item


def answers_part(endpoint: Endpoint) -> bool:
    """Say whether a merge answers with what it is about, and not with the item around that."""
    known = properties(endpoint.schema)
    return endpoint.part == "merge" and endpoint.rules.identity not in known


Tell = Callable[[Written], Written | None]
"""Bend a write; one that comes out as it was, or None, had nothing to bend."""


@dataclass(frozen=True, slots=True)
class WriteLie:
    """A named way to break what a write promises, and the parts of a resource that can tell it."""

    name: str
    description: str
    parts: tuple[str, ...]
    tell: Tell
    group: str = "writes"

    def told_by(self, _: Endpoint) -> str:
        """Say what is wrong, in the words of any operation."""
        return self.description

    @property
    def needs(self) -> str:
        """What an operation must do, so that it can tell the lie."""
        return f"an operation that can {' or '.join(self.parts)} what an instance has"

    def suits(self, endpoint: Endpoint) -> bool:
        """Say whether an operation can tell the lie."""
        if self.name == AS_200 and endpoint.status == GOOD:
            return False
        return endpoint.part in self.parts


def _unsaved(write: Written) -> Written:
    return replace(write, after=write.before)


def _inverted(write: Written) -> Written:
    """Turn round what nobody has sent."""

    def bend(item: Item, _: Item) -> Item:
        part = item.get(write.part)
        bent = _turned(item, write.sent)
        return {**bent, write.part: _turned(part, {})} if isinstance(part, dict) else bent

    return write.changed(bend)


def _turned(item: Item, sent: Item) -> Item:
    return {
        name: not value if isinstance(value, bool) and name not in sent else value
        for name, value in item.items()
    }


def _double(write: Written) -> Written:
    twin = {**write.answered, write.identity: write.maker.identity(write.instance)}
    part, name = write.answered.get(write.part), write.maker.part_names.get("identity")
    if isinstance(part, dict) and name:
        twin[write.part] = {**part, name: write.maker.part_identity(write.instance)}
    return replace(write, after=(*write.after, twin))


def _reused(write: Written) -> Written | None:
    """Give the id that was deleted last, else that of the first item."""
    first = write.before[0].get(write.identity) if write.before else None
    old = write.deleted if write.deleted is not None else first
    if old is None:
        return None
    made = {**write.answered, write.identity: old}
    return replace(write, after=(*write.before, made), answered=made)


def _replaced(write: Written) -> Written:
    """Put what was not sent back to its default, as a PUT of all would; what has none stays."""
    reset = {
        name: value
        for name, value in defaults(taken_by(write.endpoint)).items()
        if name not in write.sent
    }
    inner = defaults(write.maker.part_schema)

    def bend(item: Item, _: Item) -> Item:
        part = item.get(write.part)
        whole = {write.part: {**part, **inner}} if isinstance(part, dict) else {}
        return {**item, **reset, **whole}

    return write.changed(bend)


def _replaced_part(write: Written) -> Written:
    """Keep of a part what was sent, and what it has of its own."""
    kept = write.maker.own | set(write.sent)

    def bend(item: Item, _: Item) -> Item:
        part = item.get(write.part)
        if not isinstance(part, dict):
            return item
        return {**item, write.part: {key: part[key] for key in part if key in kept}}

    return write.changed(bend)


def _created_moves(write: Written) -> Written:
    name = write.maker.rules.created
    moved = write.maker.now(write.instance)
    return write.changed(lambda item, _: {**item, name: moved} if name in item else item)


def _as_it_was(was: Json) -> Json:
    return was


def _long_ago(_: Json) -> Json:
    return "1999-01-01T00:00:00.000Z"


def _updated(move: Callable[[Json], Json]) -> Tell:
    """Change the time of a write, and that of the part that it is about."""

    def tell(write: Written) -> Written:
        rules, inner = write.maker.rules, write.maker.part_names.get("updated", "")

        def bend(item: Item, was: Item) -> Item:
            bent = {**item}
            if rules.updated:
                bent[rules.updated] = move(was.get(rules.updated))
            part, old = item.get(write.part), was.get(write.part)
            if inner and isinstance(part, dict) and isinstance(old, dict) and part != old:
                bent[write.part] = {**part, inner: move(old.get(inner))}
            return bent

        return write.changed(bend)

    return tell


def _everything(write: Written) -> Written | None:
    """Change all items in the same way, as an UPDATE without a WHERE would."""
    whose = write.answered.get(write.identity)
    if len(write.after) == 1:
        return None
    others = tuple(
        item if item.get(write.identity) == whose else {**item, **write.sent}
        for item in write.after
    )
    return replace(write, after=others)


def _elsewhere(write: Written) -> Written | None:
    return replace(write, elsewhere={write.neighbour: write.after}) if write.neighbour else None


def _before(write: Written) -> Written:
    """Answer with what was there before."""
    index = next(i for i, item in enumerate(write.before) if item is not write.after[i])
    return replace(write, answered=write.of(write.before[index]))


def _emptied(write: Written) -> Written:
    return replace(write, after=())


def _nothing(_: Written) -> None:
    """Leave a write alone: this one is told by whoever lists."""


def _status(status: int) -> Tell:
    return lambda write: replace(write, status=status)


AS_200: Final = "write-as-200"
GOOD: Final = 200
STALE: Final = "stale-list"
REFUSED: Final = 400

CREATE: Final = ("create",)
UPDATE: Final = ("update",)
MERGE: Final = ("merge",)
DELETE: Final = ("delete",)
CHANGE: Final = (*UPDATE, *MERGE)
ANY: Final = (*CREATE, *CHANGE, *DELETE)

_ALL: Final = (
    WriteLie("echo-without-saving", "a create is answered and not kept", CREATE, _unsaved),
    WriteLie("double-create", "one create makes two", CREATE, _double),
    WriteLie("inverted-defaults", "what was not sent is not its default", CREATE, _inverted),
    WriteLie("id-reused", "a create gets an id that was given before", CREATE, _reused),
    WriteLie("lost-update", "a change is answered and not kept", CHANGE, _unsaved),
    WriteLie("replacing-update", "an update resets what was not sent", UPDATE, _replaced),
    WriteLie("replacing-merge", "a merge throws away what was not sent", MERGE, _replaced_part),
    WriteLie("old-echo", "a change is answered with what was before", CHANGE, _before),
    WriteLie("changes-all", "an update changes all that there is", UPDATE, _everything),
    WriteLie("created-moves", "a change moves the time of the making", CHANGE, _created_moves),
    WriteLie("updated-stands", "a change does not move its time", CHANGE, _updated(_as_it_was)),
    WriteLie("updated-runs-back", "a change moves its time back", CHANGE, _updated(_long_ago)),
    WriteLie(AS_200, "a write is answered 200 where another is documented", ANY, _status(GOOD)),
    WriteLie("refused-and-kept", "a write is answered 400 and kept", ANY, _status(REFUSED)),
    WriteLie("wrong-instance", "another instance has what was written, too", ANY, _elsewhere),
    WriteLie("kept-on-delete", "a deletion is answered and not done", DELETE, _unsaved),
    WriteLie("deletes-all", "a deletion takes all that there is", DELETE, _emptied),
    WriteLie(STALE, "the list is as it was before the last write", ("list",), _nothing),
)

WRITE_LIES: Final[Mapping[str, WriteLie]] = {lie.name: lie for lie in _ALL}
