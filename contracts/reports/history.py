"""Compares reports with those before them: which findings are new, gone, or still there."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, field, replace
from itertools import groupby
from pathlib import Path
from typing import Any, Final

from find_webhook_kit.contracts.finding import Severity
from find_webhook_kit.contracts.mask import SHOWN_LENGTH, Mask
from find_webhook_kit.contracts.usage import UsageError
from find_webhook_kit.contracts.wire.plain_file import is_folder
from find_webhook_kit.contracts.wording import counted, numbered

NAME: Final = "report.json"
PLAIN: Final = Mask("")
"""Hides no token: a report holds none. It keeps what stands in a file from steering a terminal."""

MAX_BYTES: Final = 64 * 1024 * 1024
TIME: Final = re.compile(r"\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}Z")
DATE: Final = re.compile(r"\d{4}-?\d{2}-?\d{2}")

FindingKey = tuple[str, str]
"""What makes a finding the same in another report: its clause and its message."""


@dataclass(frozen=True, slots=True)
class PastFinding:
    """A finding, as the reports after it remember it; `since` is the time of the first of them."""

    clause: str
    severity: str
    message: str
    since: str

    @property
    def key(self) -> FindingKey:
        return self.clause, self.message

    def __str__(self) -> str:
        return f"{self.severity}: {self.message} [{self.clause}]"


@dataclass(frozen=True, slots=True)
class Snapshot:
    """What one report has to say to the next: its findings, and the clauses that it could judge.

    Where it was not `whole`, a finding that it lacks may still be there. `unseen` are findings of
    reports before it that it could not look for.
    """

    started: str
    environment: str
    target: str
    verdict: str
    counts: Mapping[str, int]
    whole: bool
    exercised: frozenset[str]
    findings: tuple[PastFinding, ...]
    unseen: tuple[PastFinding, ...] = ()

    @property
    def series(self) -> tuple[str, str]:
        """What must be the same in two reports that can be compared."""
        return self.environment, "" if self.environment else self.target


@dataclass(frozen=True, slots=True)
class Changes:
    """What became of findings since the last report, whose time is `since`."""

    since: str
    new: tuple[PastFinding, ...] = ()
    gone: tuple[PastFinding, ...] = ()
    still: tuple[PastFinding, ...] = ()
    unseen: tuple[PastFinding, ...] = ()
    first_seen: Mapping[FindingKey, str] = field(default_factory=dict)

    @property
    def words(self) -> str:
        """Say it in one line."""
        number = len(self.new)
        weights = [(name, sum(item.severity == name for item in self.new)) for name in Severity]
        told = counted((name, count) for name, count in weights if count)
        new = numbered(number, "new finding") if number else "no new findings"
        rows = (
            f"{new} since {self.since[:10]}" + (f" ({told})" if told else ""),
            f"{len(self.gone)} gone",
            f"{len(self.still)} still there",
            *([f"{len(self.unseen)} not looked for"] if self.unseen else []),
        )
        return ", ".join(rows)


def compared(last: Snapshot, now: Snapshot) -> Changes:
    """Compare a report with the one before it."""
    known = {item.key: item for item in (*last.unseen, *last.findings)}
    met = {item.key: item for item in reversed(now.findings)}  # the heaviest one counts
    lost = [item for key, item in known.items() if key not in met]
    seen = {item.key for item in lost if now.whole and item.clause in now.exercised}
    return Changes(
        since=last.started,
        new=tuple(item for key, item in met.items() if key not in known),
        gone=tuple(item for item in lost if item.key in seen),
        still=tuple(
            replace(item, since=known[key].since) for key, item in met.items() if key in known
        ),
        unseen=tuple(item for item in lost if item.key not in seen),
        first_seen={key: known[key].since for key in met if key in known},
    )


def after(changes: Changes, now: Snapshot) -> Snapshot:
    """Return a report that remembers what the comparison has found."""
    return replace(now, findings=(*changes.new, *changes.still), unseen=changes.unseen)


def previous(folder: Path, now: Snapshot) -> Snapshot | None:
    """Find the report before this one: in its folder, or in those beside it that have a date.

    These are looked at where the folder's own name has a date, such as `reports/2026-11-28`.
    """
    here = _comparable([folder / NAME], now)
    if here is not None or DATE.search(folder.name) is None:
        return here
    with suppress(OSError):
        beside = (path for path in folder.parent.iterdir() if DATE.search(path.name))
        return _comparable([path / NAME for path in beside], now)
    return None


def _comparable(paths: Iterable[Path], now: Snapshot) -> Snapshot | None:
    """Return the newest of these reports that is about the same target; others do not matter."""
    found = []
    for path in paths:
        try:
            snapshot = read(path)
        except UsageError:
            continue
        if snapshot.series == now.series and snapshot.started <= now.started:
            found.append(snapshot)
    return max(found, key=lambda item: item.started, default=None)


def read(path: Path) -> Snapshot:
    """Read a report; raise `UsageError` with the file for what is none, or is of an older kit."""
    try:
        if not path.is_file() or path.stat().st_size > MAX_BYTES:
            raise UsageError(f"{path}: is no report, but something else or too much")
        return _snapshot(json.loads(path.read_bytes()))
    except OSError as error:
        raise UsageError(f"{path}: {error.strerror}") from None
    except (ValueError, RecursionError):
        raise UsageError(f"{path}: is not JSON") from None
    except (KeyError, TypeError, AttributeError):
        raise UsageError(
            f"{path}: is no report of contract-test, or one of an older version"
        ) from None


def _snapshot(value: Mapping[str, Any]) -> Snapshot:
    cut = value["stopped"] or value["unreachable"] or value["diagnosis"] or value["omitted"]
    history = value["history"] or {"unseen": []}
    return Snapshot(
        started=_time(value["started"]),
        environment=_text(value["environment"]),
        target=_text(value["target"]),
        verdict=_text(value["verdict"]),
        counts={str(severity): int(value["counts"][severity]) for severity in Severity},
        whole=not cut,
        exercised=frozenset(
            _text(item["id"]) for item in value["clauses"] if item["status"] in {"passed", "failed"}
        ),
        findings=tuple(map(_seen, value["findings"])),
        unseen=tuple(map(_seen, history["unseen"])),
    )


def _seen(value: Mapping[str, Any]) -> PastFinding:
    clause, severity, message = (_text(value[name]) for name in ("clause", "severity", "message"))
    return PastFinding(clause, Severity(severity).value, message, _time(value["since"]))


def _text(value: object) -> str:
    if not isinstance(value, str):
        raise TypeError
    return PLAIN.line(value, SHOWN_LENGTH)


def _time(value: object) -> str:
    if TIME.fullmatch(_text(value)) is None:
        raise TypeError
    return _text(value)


def history(folders: Sequence[Path], say: Callable[[str], None]) -> int:
    """Tell of the reports in these folders, and those below them, how each differs from the last.

    Return an exit code: 0, since what was found has had its own.
    """
    snapshots = sorted(map(read, _reports(folders)), key=lambda item: (item.series, item.started))
    for number, (series, group) in enumerate(groupby(snapshots, key=lambda item: item.series)):
        lines = _told(list(group))
        for line in ([""] if number else []) + [" ".join(filter(None, series)), *lines]:
            say(PLAIN.words(line))
    return 0


def _reports(folders: Sequence[Path]) -> list[Path]:
    """List the reports, each once, by whatever way it is reached."""
    found: dict[Path, None] = {}
    for folder in folders:
        if not is_folder(folder):
            raise UsageError(f"{folder}: is no folder")
        below = sorted(folder.rglob(NAME))
        if not below:
            raise UsageError(f"{folder}: holds no {NAME}; --report-dir {folder} writes one")
        found |= dict.fromkeys(path.resolve() for path in below)
    return list(found)


def _told(series: Sequence[Snapshot]) -> Iterator[str]:
    last, *others = series
    yield f"{last.started}  {last.verdict:16}  {counted(last.counts.items())}"
    changes = Changes(last.started)
    for now in others:
        changes = compared(last, now)
        last = after(changes, now)
        yield f"{now.started}  {now.verdict:16}  {counted(now.counts.items())}; {changes.words}"
    if others:
        for name in ("new", "gone", "still", "unseen"):
            for item in getattr(changes, name):
                yield f"  {name:6}  {item}, since {item.since[:10]}"
