"""The fixtures as they are on disk now, or as they last were when they were good."""

from __future__ import annotations

import logging
import time
from collections.abc import Mapping
from pathlib import Path
from typing import Final

from mock_server.fixtures import BUILT_IN, Catalogue, FixtureError, Flaw, load
from spec import PATH, Operation

INTERVAL: Final = 0.2
"""Seconds for which a look at the disk counts as now."""

TICK: Final = 0.1
"""Seconds in which a second save may look like the first one: clocks of disks are coarse."""

Fingerprint = Mapping[Path, tuple[int, int, int]]

logger = logging.getLogger(__name__)


class Library:
    """Reads the fixtures again when they were saved; a broken save changes nothing but `flaws`."""

    def __init__(self, folder: Path | None, operation: Operation) -> None:
        """Read the fixtures; raise `FixtureError` if they are bad from the start."""
        self._folder = folder
        self._operation = operation
        self._seen = self._fingerprint()  # before the load: a save in between is seen later
        self._unsettled = _is_fresh(self._seen)
        self.catalogue: Catalogue = load(folder, operation)
        self.flaws: tuple[Flaw, ...] = ()
        self.contract_changed = False
        self._contract = _stamp(PATH)
        self._looked = time.monotonic()

    @property
    def stale(self) -> bool:
        return bool(self.flaws)

    def look(self) -> None:
        """Look at the disk, unless that was done a moment ago."""
        now = time.monotonic()
        if now - self._looked < INTERVAL:
            return
        self._looked = now
        fingerprint = self._fingerprint()
        if fingerprint != self._seen or self._unsettled:
            self._seen = fingerprint
            self._unsettled = _is_fresh(fingerprint)
            self._read()
        if not self.contract_changed and _stamp(PATH) != self._contract:
            self.contract_changed = True
            logger.warning("The contract has changed; restart the mock to serve it.")

    def _read(self) -> None:
        try:
            catalogue = load(self._folder, self._operation)
        except FixtureError as error:
            if error.flaws != self.flaws:
                self.flaws = error.flaws
                logger.warning("%s\nThe mock goes on with the fixtures as they were.", error)
            return
        if self.flaws or catalogue != self.catalogue:
            self.catalogue, self.flaws = catalogue, ()
            logger.warning("The fixtures were read again: %d instances.", len(catalogue))

    def _fingerprint(self) -> Fingerprint:
        folders = [BUILT_IN, self._folder] if self._folder else [BUILT_IN]
        return {
            path: stamp
            for folder in folders
            for path in _files(folder)
            if (stamp := _stamp(path)) is not None
        }


def _files(folder: Path) -> list[Path]:
    try:
        return [folder, *folder.iterdir()]
    except OSError:
        return []


def _stamp(path: Path) -> tuple[int, int, int] | None:
    """Return what changes when a file is saved, or None where there is none."""
    try:
        status = path.stat()
    except OSError:
        return None
    return status.st_mtime_ns, status.st_size, status.st_ino


def _is_fresh(fingerprint: Fingerprint) -> bool:
    """Say whether a file was saved so lately that another save could not be told from it."""
    now = time.time()
    return any(0 <= now - saved / 1e9 < TICK for saved, _, _ in fingerprint.values())
