"""The file of what a run created, written before and behind each request: a crash loses nothing.

One line of JSON for each thing that happens, on the disk before the run goes on. It holds the URL,
the instance and the names of what was created; no token, ever.
"""

from __future__ import annotations

import json
import os
import sys
from collections.abc import Iterator
from contextlib import suppress
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, Any, Final

from find_webhook_kit.contracts.usage import UsageError

PREFIX: Final = "contract-test-writes-"
SUFFIX: Final = ".jsonl"


def folder(report_dir: Path | None) -> Path:
    """Return where journals are kept: with the reports, else where a user's programs keep state."""
    if report_dir is not None:
        return report_dir
    named = os.environ.get("XDG_STATE_HOME") or os.environ.get("LOCALAPPDATA")
    return (Path(named) if named else Path.home() / ".local" / "state") / "contract-test"


@dataclass(frozen=True, slots=True)
class PastRun:
    """What a journal says: where a run wrote, the word in all that it made, and what it has seen.

    `sent` counts the requests that may have created something, `ids` are those that were answered;
    `settled` says that all was put back.
    """

    path: Path
    url: str
    instance: str
    word: str
    sent: int
    ids: tuple[str, ...]
    settled: bool


@dataclass(eq=False)
class WriteJournal:
    """The journal of one run, locked as long as it is written."""

    path: Path
    file: IO[str] = field(repr=False)

    def sending(self, label: str) -> None:
        """Say that something may be created next; raise `OSError` where that cannot be kept."""
        self._add({"event": "sending", "label": label})

    def answered(self, label: str, status: int, identity: str | None) -> None:
        """Say what was answered, and which id was seen."""
        self._add({"event": "answered", "label": label, "status": status, "id": identity})

    def settled(self, left: list[str]) -> None:
        """Close the journal, and take it away where nothing is left to be put back."""
        with suppress(OSError, ValueError):
            self._add({"event": "settled", "left": left})
            if not left:
                self.path.unlink(missing_ok=True)
        self.close()

    def close(self) -> None:
        with suppress(OSError, ValueError):
            self.file.close()

    def _add(self, entry: dict[str, Any]) -> None:
        entry = {"at": datetime.now(UTC).isoformat(timespec="milliseconds"), **entry}
        self.file.write(json.dumps(entry) + "\n")
        self.file.flush()
        os.fsync(self.file.fileno())


def begin(where: Path, *, url: str, instance: str, word: str) -> WriteJournal:
    """Begin the journal of a run; raise `UsageError`, since nothing is written without one."""
    path = where / f"{PREFIX}{word}{SUFFIX}"
    try:
        where.mkdir(parents=True, exist_ok=True)
        file = path.open("x", encoding="utf-8")
        _lock(file)
        journal = WriteJournal(path, file)
        journal._add({"event": "begin", "url": url, "instance": instance, "word": word})  # noqa: SLF001 - its own kind
        _keep(where)
    except OSError as error:
        told = "without a journal of what is created nothing is written; see --report-dir"
        raise UsageError(f"--writes: {path}: {error.strerror}: {told}") from None
    return journal


def resume(path: Path) -> WriteJournal | None:
    """Open a journal to add to it; None where the run that writes it is still under way."""
    file = path.open("a", encoding="utf-8")
    try:
        _lock(file)
    except OSError:
        file.close()
        return None
    return WriteJournal(path, file)


def logs(where: Path) -> Iterator[PastRun]:
    """Read the journals of a folder, the oldest first; what is none is left alone."""
    with suppress(OSError):
        paths = sorted(where.glob(f"{PREFIX}*{SUFFIX}"), key=lambda path: path.stat().st_mtime)
        for path in paths:
            log = read(path)
            if log is not None:
                yield log


def read(path: Path) -> PastRun | None:
    """Read a journal; its last line may have been cut off by a crash."""
    try:
        entries = list(_entries(path.read_text(encoding="utf-8", errors="replace")))
    except OSError:
        return None
    first = entries[0] if entries else {}
    texts = [first.get(name) for name in ("url", "instance", "word")]
    if not all(isinstance(text, str) and text for text in texts):
        return None
    ids = [each.get("id") for each in entries if each.get("event") == "answered"]
    url, instance, word = map(str, texts)
    return PastRun(
        path,
        url,
        instance,
        word,
        sum(each.get("event") == "sending" for each in entries),
        tuple(dict.fromkeys(each for each in ids if isinstance(each, str) and each)),
        any(each.get("event") == "settled" and not each.get("left") for each in entries),
    )


def _entries(text: str) -> Iterator[dict[str, Any]]:
    for line in text.splitlines():
        with suppress(ValueError):
            entry = json.loads(line)
            if isinstance(entry, dict):
                yield entry


def _lock(file: IO[str]) -> None:
    """Lock a file until its process ends, however it does; raise `OSError` where somebody has."""
    if sys.platform != "win32":
        import fcntl  # noqa: PLC0415 - not on every system

        fcntl.flock(file, fcntl.LOCK_EX | fcntl.LOCK_NB)


def _keep(where: Path) -> None:
    """Have the name of a new file on the disk, too, where the system can."""
    with suppress(OSError):
        number = os.open(where, os.O_RDONLY)
        try:
            os.fsync(number)
        finally:
            os.close(number)
