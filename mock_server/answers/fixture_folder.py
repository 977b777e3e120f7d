"""A folder of fixtures: what each of its files says now, or said when it was last good."""

from __future__ import annotations

import os
import time
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final, NamedTuple

from find_webhook_kit.mock_server.answers.endpoint import Endpoint
from find_webhook_kit.mock_server.answers.fixtures import (
    MAX_ISSUES,
    SUFFIXES,
    Fixture,
    FixtureError,
    Issue,
    is_fixture,
    names_in,
    read_fixture,
)
from find_webhook_kit.spec import printable

_MORE: Final = "may have more issues: mend these first"

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
class _Entry:
    """A file as it was read: when, the last good fixture in it, and what is wrong with it now."""

    stamp: Stamp | None
    settled: bool
    fixture: Fixture | None = None
    issues: tuple[Issue, ...] = ()
    note: str = ""


class FixtureFolder:
    """The files of a folder; only those that were saved are read again."""

    def __init__(self, folder: Path, endpoint: Endpoint) -> None:
        self._folder = folder
        self._endpoint = endpoint
        self._entries: Mapping[str, _Entry] = {}
        self._refusal: tuple[Issue, ...] = ()

    @property
    def fixtures(self) -> Iterator[Fixture]:
        return (entry.fixture for entry in self._entries.values() if entry.fixture is not None)

    @property
    def issues(self) -> Iterator[Issue]:
        yield from self._refusal
        for entry in self._entries.values():
            yield from entry.issues

    @property
    def notes(self) -> Iterator[str]:
        """What is passed over, though somebody may have meant it to be read."""
        if not self._refusal and not any(map(is_fixture, self._entries)):
            yield f"{self._folder}: holds no fixture ({', '.join(SUFFIXES)}) yet"
        for entry in self._entries.values():
            if entry.note:
                yield printable(entry.note)

    def fill(self) -> None:
        """Read all of the folder for the first time; raise `FixtureError` for the first issues."""
        issues: list[Issue] = []
        entries: dict[str, _Entry] = {}
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

    def _entry(self, name: str, before: _Entry | None) -> _Entry:
        if before is not None and before.settled and before.stamp == self._stamp(name):
            return before
        return self._read(name, before)

    def _stamp(self, name: str) -> Stamp | None:
        return Stamp.of(f"{self._folder}{os.sep}{name}")

    def _read(self, name: str, before: _Entry | None) -> _Entry:
        stamp = self._stamp(name)  # before it is read: a save in between is seen later
        settled = stamp is None or not stamp.is_fresh()
        path = self._folder / name
        if not is_fixture(name):
            return _Entry(stamp, settled, note=_note(path))
        try:
            return _Entry(stamp, settled, read_fixture(path, self._folder, self._endpoint))
        except FixtureError as error:
            settled = settled and not error.unread  # else it is tried again
            return _Entry(stamp, settled, before.fixture if before else None, error.issues)


def _note(path: Path) -> str:
    """Say of a folder in the folder that what it holds is not read."""
    if path.name.startswith("."):
        return ""
    try:
        meant = any(map(is_fixture, names_in(path)))
    except FixtureError:  # is no folder
        return ""
    return f"{path}: is not read, nor what it holds: move the files up" if meant else ""
