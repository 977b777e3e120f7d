"""A folder of fixtures: what each of its files says now, or said when it was last good."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Collection, Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, Generic, NamedTuple, TypeVar

from find_webhook_kit.mock_server.answers.fixture_file import (
    MAX_ISSUES,
    SUFFIXES,
    is_fixture,
    names_in,
)
from find_webhook_kit.mock_server.answers.fixtures import PASSED_OVER, FixtureError, Issue
from find_webhook_kit.spec import printable

_MORE: Final = "may have more issues: mend these first"

F = TypeVar("F")

TICK: Final = 0.1
"""Seconds in which a second save may look like the first one: clocks of disks are coarse."""


class Stamp(NamedTuple):
    """What changes when a file is saved; the change time also where a program sets the others."""

    modified: int
    changed: int
    size: int
    inode: int

    @classmethod
    def of(cls, path: Path | str) -> Stamp | None:
        """Look at a file; return None where there is none."""
        try:
            status = os.stat(path)  # noqa: PTH116 - a path is slow to make for each look
        except OSError:
            return None
        return cls(status.st_mtime_ns, status.st_ctime_ns, status.st_size, status.st_ino)

    def is_fresh(self) -> bool:
        """Say whether another save could come that cannot be told from this one."""
        return 0 <= time.time() - self.changed / 1e9 < TICK


@dataclass(frozen=True, slots=True)
class _Entry(Generic[F]):
    """A file as it was read: when, the last good fixture in it, and what is wrong with it now."""

    stamp: Stamp | None
    settled: bool
    fixture: F | None = None
    issues: tuple[Issue, ...] = ()
    note: str = ""


class FixtureFolder(Generic[F]):
    """The files of a folder; only those that were saved are read again.

    `read` makes a fixture of a file and its folder; `rooms` are folders in it that others read.
    """

    def __init__(
        self, folder: Path, read: Callable[[Path, Path], F], rooms: Collection[str] = ()
    ) -> None:
        self._folder = folder
        self._read_file = read
        self._rooms = rooms
        self._entries: Mapping[str, _Entry[F]] = {}
        self._refusal: tuple[Issue, ...] = ()

    @property
    def fixtures(self) -> Iterator[F]:
        return (entry.fixture for entry in self._entries.values() if entry.fixture is not None)

    @property
    def issues(self) -> Iterator[Issue]:
        yield from self._refusal
        for entry in self._entries.values():
            yield from entry.issues

    @property
    def notes(self) -> Iterator[str]:
        """What is passed over, though somebody may have meant it to be read."""
        used = any(is_fixture(name) or name in self._rooms for name in self._entries)
        if not self._refusal and not used:
            yield f"{self._folder}: holds no fixture ({', '.join(SUFFIXES)}) yet"
        for entry in self._entries.values():
            if entry.note:
                yield printable(entry.note)

    def fill(self) -> None:
        """Read all of the folder for the first time; raise `FixtureError` for the first issues."""
        issues: list[Issue] = []
        entries: dict[str, _Entry[F]] = {}
        for name in names_in(self._folder):
            entries[name] = entry = self._read(name, None)
            issues += entry.issues
            if len(issues) >= MAX_ISSUES:
                if len(issues) < MAX_ISSUES + 1:  # a file that says so already
                    issues.append(Issue(self._folder, None, "", _MORE))
                break
        if issues:
            raise FixtureError(tuple(issues))
        self._entries = entries

    def look(self) -> bool:
        """Read what was saved since; say whether that may have changed anything."""
        before, refusal = self._entries, self._refusal
        try:
            names = names_in(self._folder)
        except FixtureError as error:
            self._refusal = error.issues
            return refusal != error.issues
        self._refusal = ()
        self._entries = {name: self._entry(name, before.get(name)) for name in names}
        # An entry that was not read again is the same one.
        return bool(refusal) or [*map(id, before.values())] != [*map(id, self._entries.values())]

    def _entry(self, name: str, before: _Entry[F] | None) -> _Entry[F]:
        if before is not None and before.settled and before.stamp == self._stamp(name):
            return before
        return self._read(name, before)

    def _stamp(self, name: str) -> Stamp | None:
        return Stamp.of(f"{self._folder}{os.sep}{name}")

    def _read(self, name: str, before: _Entry[F] | None) -> _Entry[F]:
        stamp = self._stamp(name)  # before it is read: a save in between is seen later
        settled = stamp is None or not stamp.is_fresh()
        path = self._folder / name
        if not is_fixture(name):
            return _Entry(stamp, settled, note=_note(path, self._rooms))
        try:
            return _Entry(stamp, settled, self._read_file(path, self._folder))
        except FixtureError as error:
            if error is PASSED_OVER:
                return _Entry(stamp, settled)
            settled = settled and not error.unread  # else it is tried again
            return _Entry(stamp, settled, before.fixture if before else None, error.issues)


def _note(path: Path, rooms: Collection[str]) -> str:
    """Say of a folder in the folder that what it holds is not read."""
    if path.name.startswith(".") or path.name in rooms:
        return ""
    try:
        meant = any(map(is_fixture, names_in(path)))
    except FixtureError:  # is no folder
        return ""
    there_is = f", or name it after an operation: {', '.join(sorted(rooms))}" if rooms else ""
    return f"{path}: is not read, nor what it holds: move the files up{there_is}" if meant else ""
