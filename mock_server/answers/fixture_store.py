"""The fixtures as they are on disk now, or as they last were when they were good."""

from __future__ import annotations

import logging
import threading
import time
from collections.abc import Collection, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from functools import lru_cache, partial
from itertools import chain, islice
from pathlib import Path
from typing import Final, cast

from find_webhook_kit.mock_server.answers.endpoint import (
    Endpoint,
    Item,
    endpoints,
    with_fixtures,
)
from find_webhook_kit.mock_server.answers.fixture_file import MAX_ISSUES, document_of, read_fixture
from find_webhook_kit.mock_server.answers.fixture_folder import FixtureFolder, Stamp
from find_webhook_kit.mock_server.answers.fixtures import (
    BUILT_IN,
    PASSED_OVER,
    Fixture,
    FixtureError,
    Issue,
    fixtures_by_id,
    instances,
)
from find_webhook_kit.mock_server.answers.operation_fixtures import Filed, clashes, read_filed
from find_webhook_kit.spec import Contract

INTERVAL: Final = 0.2
"""Seconds for which a look at the disk counts as now."""

SHARE: Final = 0.1
"""The part of a processor that looking at a large folder may take."""

FIRST: Final = BUILT_IN / "demo.yaml"

logger = logging.getLogger(__name__)


def _fixture_folders(
    folder: Path | None, endpoint: Endpoint | None, rooms: Collection[str]
) -> Iterator[FixtureFolder[Fixture]]:
    """List the folders, where the contract has an operation that fixtures are for."""
    if endpoint is not None:
        reader = _read_built_in if _is_ours(endpoint) else _read_general
        yield FixtureFolder(BUILT_IN, partial(reader, endpoint=endpoint))
        if folder is not None:
            yield FixtureFolder(folder, partial(_read, endpoint=endpoint), rooms)
    elif folder is not None:
        if not any((folder / name).is_dir() for name in rooms):
            _refuse(folder, folder, rooms)
        yield FixtureFolder(folder, partial(_refuse, rooms=rooms), rooms)


def _read(path: Path, within: Path, endpoint: Endpoint) -> Fixture:
    saved = Stamp.of(path)  # before it is read: a save in between is seen later
    return replace(read_fixture(path, within, endpoint), saved=saved)


def _read_built_in(path: Path, within: Path, endpoint: Endpoint) -> Fixture:
    return _read_once(path, within, endpoint, Stamp.of(path))


def _is_ours(endpoint: Endpoint) -> bool:
    """Say whether the states that come with the kit are about a contract: they list its things."""
    return endpoint.rules.items in cast("Item", document_of(FIRST, BUILT_IN).value)


def _read_general(path: Path, within: Path, endpoint: Endpoint) -> Fixture:
    """Read what is about no contract, and pass over the others."""
    try:
        fixture = _read_built_in(path, within, endpoint)
    except FixtureError:
        raise PASSED_OVER from None
    if not fixture.writable:
        raise PASSED_OVER
    return fixture


@lru_cache(maxsize=256)
def _read_once(path: Path, within: Path, endpoint: Endpoint, saved: Stamp | None) -> Fixture:
    """Read what comes with the kit once for each contract, however many mocks serve it."""
    return replace(read_fixture(path, within, endpoint), saved=saved)


def _refuse(path: Path, _: Path, rooms: Collection[str]) -> Fixture:
    told = (
        "no operation of the contract lists what one instance has: fixtures go into a folder "
        f"that is named after an operation ({', '.join(rooms) or 'there is none'})"
    )
    raise FixtureError((Issue(path, None, "", told),))


class FixtureStore:
    """Reads the fixtures again when they were saved; a broken save changes nothing but `issues`.

    A request that comes to a mock without a server looks at the disk by itself. Under a server a
    thread does (`watching`), so that no request waits for a file.
    """

    def __init__(self, folder: Path | None, contract: Contract) -> None:
        """Read the built-in fixtures and a folder that adds to them, or takes their place.

        Raise `FixtureError` if they are bad from the start. Each operation may have a folder of its
        own in the folder.
        """
        self._folder, self._operations = folder, endpoints(contract)
        listing = with_fixtures(self._operations)
        self._fixture_folders = list(_fixture_folders(folder, listing, self._operations))
        self._rooms: dict[str, FixtureFolder[Filed]] = {}
        self._find_rooms()
        for one in self._folders():
            one.fill()
        self.filed = self._filed()
        self.by_id, lost = fixtures_by_id((one.fixtures for one in self._fixture_folders), {})
        self.issues: tuple[Issue, ...] = (*lost, *self._clashes())
        if self.issues:
            raise FixtureError(self.issues)
        self.contract_changed = False
        self._contract_path = contract.path
        self._contract = Stamp.of(contract.path)
        self._looked = time.monotonic()
        self._watched = False
        self.notes: tuple[str, ...] = ()
        self._tell_notes()

    def _find_rooms(self) -> None:
        """Know the folders that are named after an operation, as far as they are there."""
        if self._folder is None:
            return
        for name, endpoint in self._operations.items():
            path = self._folder / name
            if not path.is_dir():
                self._rooms.pop(name, None)
            elif name not in self._rooms:
                self._rooms[name] = FixtureFolder(path, partial(read_filed, endpoint=endpoint))

    def _folders(self) -> Iterator[FixtureFolder[Fixture] | FixtureFolder[Filed]]:
        yield from self._fixture_folders
        yield from self._rooms.values()

    def _filed(self) -> Mapping[str, tuple[Filed, ...]]:
        return {name: tuple(room.fixtures) for name, room in self._rooms.items()}

    def _clashes(self) -> Iterator[Issue]:
        return chain.from_iterable(clashes(files) for files in self.filed.values())

    @property
    def stale(self) -> bool:
        return bool(self.issues)

    def look(self) -> None:
        """Look at the disk, unless that was done a moment ago or is done by a thread."""
        if self._watched:
            return
        now = time.monotonic()
        if now - self._looked < INTERVAL:
            return
        self._looked = now
        self._look()

    @contextmanager
    def watching(self) -> Iterator[None]:
        """Look at the disk in a thread while the block lasts."""
        end = threading.Event()
        thread = threading.Thread(target=self._watch, args=(end,), name="fixtures", daemon=True)
        self._watched = True
        thread.start()
        try:
            yield
        finally:
            end.set()
            thread.join(timeout=1)
            self._watched = False

    def _watch(self, end: threading.Event) -> None:
        pause = INTERVAL / 2
        while not end.wait(pause):
            began, changed = time.thread_time(), False
            try:
                changed = self._look()
            except Exception:
                logger.exception("The mock failed to look at its fixtures.")
            # What it takes to read files does not come again.
            took = 0 if changed else time.thread_time() - began
            pause = max(INTERVAL / 2, took / SHARE)

    def _look(self) -> bool:
        """Look at the disk; say whether something was read."""
        rooms = [*self._rooms]
        self._find_rooms()
        changes = [one.look() for one in self._folders()]
        changes.append(rooms != [*self._rooms])
        if any(changes):
            self._take()
        if not self.contract_changed and Stamp.of(self._contract_path) != self._contract:
            self.contract_changed = True
            logger.warning("The contract has changed; restart the mock to serve it.")
        return any(changes)

    def _take(self) -> None:
        """Serve what is good, and tell what is not."""
        by_id, lost = fixtures_by_id((one.fixtures for one in self._fixture_folders), self.by_id)
        filed, before = self._filed(), self.filed
        self.filed = filed
        told = chain.from_iterable(one.issues for one in self._folders())
        found = chain(told, lost, self._clashes())
        issues: tuple[Issue, ...] = tuple(islice(found, MAX_ISSUES + 1))
        if (by_id, filed) != (self.by_id, before):
            self.by_id = by_id  # a new one, by which a cache sees that something changed
            logger.warning("The fixtures were read again: %d instances.", len(instances(by_id)))
        if issues != self.issues:
            self.issues = issues
            if issues:
                logger.warning(
                    "%s\nThe mock goes on with these files as they were.", FixtureError(issues)
                )
            else:
                logger.warning("The fixtures are good again.")
        self._tell_notes()

    def _tell_notes(self) -> None:
        notes = tuple(islice(chain.from_iterable(one.notes for one in self._folders()), MAX_ISSUES))
        if notes != self.notes:
            self.notes = notes
            if notes:
                logger.warning("%s", "\n".join(notes))
