"""Fixtures: what each instance answers, put together from files, and what is wrong with those."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Hashable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from itertools import zip_longest
from pathlib import Path
from typing import Final

from find_webhook_kit.mock_server.answers.endpoint import Item
from find_webhook_kit.mock_server.answers.standing import NOTHING, Standing
from find_webhook_kit.spec import Json, printable
from find_webhook_kit.spec.json_places import cut

BUILT_IN: Final = Path(__file__).with_name("built_in")


@dataclass(frozen=True, slots=True)
class Listed:
    """The instance answers 200 with these items."""

    items: tuple[Item, ...]


@dataclass(frozen=True, slots=True)
class NamedExample:
    """The instance answers with a named example of the contract."""

    example: str


@dataclass(frozen=True, slots=True)
class Steps:
    """The instance answers as these others do, in turn; `lines` says where each is named."""

    instances: tuple[str, ...]
    lines: tuple[int, ...] = ()

    def index(self, visit: int) -> int:
        """Return which step comes after so many visits: behind the last one, that again."""
        return min(visit, len(self.instances) - 1)


@dataclass(frozen=True, slots=True)
class Fixture:
    """One instance: what it answers, and the file that says so.

    `prefer` holds for each request for it that says nothing else. `saved` is another one when the
    file was saved once more, whatever is in it.
    """

    instance: str
    path: Path
    description: str
    state: Listed | NamedExample | Steps
    prefer: Standing = NOTHING
    saved: Hashable = None
    writable: bool = False
    """Whether writes change it, in a mock that takes none elsewhere."""

    @property
    def file(self) -> str:
        return self.path.name


FixturesById = Mapping[str, Fixture]
"""Fixtures by instance; one whose file has an accent in its name stands under both its spellings.

A disk may spell `é` as one character or as two (Unicode's NFC and NFD), and a client the other way.
"""


def shown_at(visit: int, fixture: Fixture, by_id: FixturesById) -> Fixture:
    """Return the fixture that one shows after so many visits: itself, or a step of it."""
    state = fixture.state
    return by_id[state.instances[state.index(visit)]] if isinstance(state, Steps) else fixture


def instances(by_id: FixturesById) -> list[Fixture]:
    """List each fixture once."""
    return [fixture for name, fixture in by_id.items() if name == fixture.instance]


@dataclass(frozen=True, slots=True)
class Issue:
    """One thing wrong with one fixture: the file, the line (1-based), the place and the reason."""

    path: Path
    line: int | None
    pointer: str
    reason: str

    def __str__(self) -> str:
        line = f", line {self.line}" if self.line else ""
        place = f" {cut(self.pointer)}" if self.pointer else ""
        # A name on a disk may be any bytes; what is told about it is a text.
        return printable(f"{self.path}{line}:{_item(self.pointer)}{place} {self.reason}")


@dataclass(eq=False)
class FixtureError(Exception):
    """Fixtures that cannot be served, with everything that is wrong with them.

    `unread` is true where the system did not let the mock read a file, so that it may be good.
    """

    issues: tuple[Issue, ...]
    unread: bool = False

    def __str__(self) -> str:
        return "\n".join(map(str, self.issues))


PASSED_OVER: Final = FixtureError(())
"""What a reader raises of a file that is none of its own."""


def fixtures_by_id(
    folders: Iterable[Iterable[Fixture]], before: FixturesById
) -> tuple[FixturesById, tuple[Issue, ...]]:
    """Put fixtures together, and list the issues of what does not fit.

    An instance of a later folder takes the place of an earlier one of the same id. What was there
    `before` stays where what is new does not fit.
    """
    by_id: dict[str, Fixture] = {}
    issues: list[Issue] = []
    for fixtures in folders:
        found: dict[str, Fixture] = {}
        for fixture in sorted(fixtures, key=lambda one: _rank(one, before)):
            other = found.setdefault(fixture.instance, fixture)
            if other is not fixture:
                taken = f"{other.file} already is the instance {shown(fixture.instance)}"
                issues.append(Issue(fixture.path, None, "", taken))
        by_id |= {name: fixture for fixture in found.values() for name in _names(fixture)}
    lost = tuple(_lost_steps(by_id))
    for path in {issue.path for issue in lost}:
        _restore(path, by_id, before)
    return by_id, (*issues, *lost)


def _rank(fixture: Fixture, before: FixturesById) -> tuple[bool, str]:
    """Sort by file, who had an instance before first."""
    holder = before.get(fixture.instance)
    return holder is None or holder.path != fixture.path, fixture.file


def _names(fixture: Fixture) -> tuple[str, ...]:
    if fixture.instance.isascii() or fixture.instance != composed(fixture.path.stem):
        return (fixture.instance,)
    return fixture.instance, unicodedata.normalize("NFD", fixture.instance)


def composed(name: str) -> str:
    """Spell a name as Unicode composes it (NFC)."""
    return unicodedata.normalize("NFC", name)


def _restore(path: Path, by_id: dict[str, Fixture], before: FixturesById) -> None:
    """Let a sequence that leads nowhere be what it was before, with all that it showed then."""
    for name in [name for name, fixture in by_id.items() if fixture.path == path]:
        del by_id[name]
        fixture = before.get(name)
        if fixture is None:
            continue
        by_id[name] = fixture
        for step in fixture.state.instances if isinstance(fixture.state, Steps) else ():
            if step not in by_id or isinstance(by_id[step].state, Steps):
                by_id[step] = before[step]


def _lost_steps(by_id: FixturesById) -> Iterator[Issue]:
    """List the steps of sequences that lead nowhere, or into another sequence."""
    for fixture in by_id.values():
        if not isinstance(fixture.state, Steps):
            continue
        steps = zip_longest(fixture.state.instances, fixture.state.lines)
        for index, (step, line) in enumerate(steps):
            found = by_id.get(step)
            if found is None or isinstance(found.state, Steps):
                told = f"must be an instance that is no sequence, not {shown(step)}"
                yield Issue(fixture.path, line, f"/sequence/{index}", told)


def shown(value: Json) -> str:
    """Write a value, and not all of it."""
    return cut(repr(value))


def _item(where: str) -> str:
    """Name the item that a pointer leads into, counted as people count."""
    number = next((part for part in where.split("/") if re.fullmatch("[0-9]{1,9}", part)), None)
    return f" item {int(number) + 1}" if number else ""
