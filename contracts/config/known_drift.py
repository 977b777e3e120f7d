"""Deviations that a team has accepted: read from a reviewed file, matched one by one.

An entry hides the one deviation that it names, at its place and instance, and nothing beside it.
"""

from __future__ import annotations

import json
from collections.abc import Collection, Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, fields, replace
from datetime import UTC, date, datetime, timedelta
from functools import lru_cache
from pathlib import Path
from typing import Any, Final

from find_webhook_kit.contracts.finding import ANY, Deviation, Finding, Kind, Severity
from find_webhook_kit.contracts.mask import Mask
from find_webhook_kit.contracts.usage import UsageError, unknown
from find_webhook_kit.contracts.verdict import Verdict
from find_webhook_kit.contracts.whole_file import replace_file
from find_webhook_kit.contracts.wire.plain_file import Unreadable, toml

NO_SECRET: Final = Mask("")
LENGTH: Final = 10_000
"""Characters of a message or a place; a name in an answer may be long."""

DAYS: Final = 90
"""For how long a deviation is accepted, unless somebody says otherwise."""

HEADER: Final = """\
# Deviations from the contract that we know of and have accepted, for a while.
#
# An entry hides one deviation: this clause, these words, this place, this instance ("*": any).
# In a place, "*" stands for each item of an array. Fill in every `reason` and `owner`; nothing is
# accepted from an entry without them, nor after the day in `expires`.
"""


@dataclass(frozen=True, slots=True)
class Accepted:
    """An entry of the file."""

    deviation: Deviation
    reason: str
    owner: str
    expires: date

    def covers(self, deviation: Deviation, mask: Mask) -> bool:
        """Tell whether this is the deviation that the entry is about, but for secrets in it."""
        mine, deviation = shown(self.deviation, mask), shown(deviation, mask)
        anywhere = replace(mine, instance=deviation.instance)
        return anywhere == deviation and mine.instance in {ANY, deviation.instance}

    @property
    def words(self) -> str:
        """Say who accepted it, why, and for how long."""
        return f"accepted until {self.expires} by {self.owner}: {self.reason}"


@dataclass(frozen=True, slots=True)
class KnownDrift:
    """The entries of a file, and the day on which they are read.

    The mask hides what the file must not hold, and so what its entries cannot tell apart.
    """

    path: Path
    entries: tuple[Accepted, ...]
    today: date
    mask: Mask

    def entry(self, deviation: Deviation) -> Accepted | None:
        """Return the entry that accepts a deviation today."""
        valid = (item for item in self.entries if not self.expired(item))
        return next((item for item in valid if item.covers(deviation, self.mask)), None)

    def expired(self, entry: Accepted) -> bool:
        return entry.expires < self.today

    def softened(self, finding: Finding) -> Finding:
        """Return the finding, as a note where it was accepted."""
        entry = self.entry(finding.deviation) if finding.severity is not Severity.NOTE else None
        if entry is None:
            return finding
        hint = "; ".join(filter(None, (entry.words, finding.hint)))
        return replace(finding, severity=Severity.NOTE, hint=hint)

    def remarks(self, met: Collection[Deviation], seen: Container[str]) -> Iterator[Finding]:
        """Tell of entries that have expired, and of those that were not met where they could be.

        `met` are the deviations of the run, `seen` the clauses that something exercised.
        """
        for entry in self.entries:
            about = entry.deviation
            if self.expired(entry):
                words = f"an accepted deviation has expired on {entry.expires} ({entry.owner})"
                yield self._remark(Severity.WARNING, words, about)
            elif about.clause in seen and not any(
                entry.covers(deviation, self.mask) for deviation in met
            ):
                words = f"an accepted deviation no longer occurs: remove it ({entry.owner})"
                yield self._remark(Severity.NOTE, words, about)

    def _remark(self, severity: Severity, words: str, about: Deviation) -> Finding:
        return Finding(
            severity,
            Kind.ASSUMPTION,
            f"{words}: {about.message}",
            expected="an entry that is needed and valid",
            got=f"{about.clause} at {about.place or '/'}",
            instance=about.instance,
        )


@lru_cache(maxsize=20_000)  # each entry is compared with each deviation
def shown(deviation: Deviation, mask: Mask) -> Deviation:
    """Return a deviation as it stands in the file: without tokens, keys and URLs."""
    return Deviation(*(mask.body(getattr(deviation, it.name), LENGTH) for it in fields(Deviation)))


def _is_there(path: Path) -> bool:
    """Say whether a file has this name; one that no file can have is nobody's."""
    try:
        return path.exists()
    except (OSError, ValueError):
        return False


def read_known_drift(path: Path, today: date | None = None, mask: Mask = NO_SECRET) -> KnownDrift:
    """Read the file; raise `UsageError` with the entry and the key for what is wrong."""
    try:
        document = toml(path)
    except Unreadable as error:
        hint = "" if _is_there(path) else "; --update-known-drift beside it makes the file"
        raise UsageError(f"--known-drift {path}: {error}{hint}") from None
    listed = document.pop("accepted", [])
    if document or not isinstance(listed, list):
        raise UsageError(f"--known-drift {path}: holds entries [[accepted]] and nothing else")
    entries = tuple(_entry(path, number, item) for number, item in enumerate(listed, 1))
    return KnownDrift(path, entries, today or datetime.now(UTC).date(), mask)


NAMES: Final = (*(field.name for field in fields(Deviation)), "reason", "owner", "expires")


def _entry(path: Path, number: int, item: Mapping[str, Any]) -> Accepted:
    where = f"--known-drift {path}: entry {number}"
    if not isinstance(item, dict):
        raise UsageError(f"{where}: must be a table, [[accepted]]")
    for name in item:
        if name not in NAMES:
            raise UsageError(f"{where}: {name} {unknown(name, NAMES)}")
    missing = [name for name in NAMES if name not in item]
    if missing:
        raise UsageError(f"{where}: {missing[0]} is missing")
    expires = item["expires"]
    if not isinstance(expires, date) or isinstance(expires, datetime):
        raise UsageError(f"{where}: expires must be a date such as 2027-01-31, without quotes")
    for name in NAMES[:-1]:
        if not isinstance(item[name], str):
            raise UsageError(f"{where}: {name} must be a text in quotes")
    for name in ("reason", "owner"):
        if not item[name].strip():
            raise UsageError(f"{where}: {name} is empty: say why, and who answers for it")
    deviation = Deviation(*(item[field.name] for field in fields(Deviation)))
    return Accepted(deviation, item["reason"], item["owner"], expires)


def update_known_drift(path: Path, verdict: Verdict, today: date | None = None) -> None:
    """Write the file again: what still holds, what could not be seen, and what is new."""
    today = today or datetime.now(UTC).date()
    mask = Mask.of(verdict.target, show_values=False)
    met = [shown(deviation, mask) for deviation in verdict.deviations]
    known = read_known_drift(path, today).entries if _is_there(path) else ()
    seen = {outcome.id for outcome in verdict.outcomes if outcome.evidence}
    kept = [
        entry
        for entry in known
        if entry.deviation.clause not in seen or any(entry.covers(it, mask) for it in met)
    ]
    replace_file(path.resolve(), written(met, kept, today, mask).encode())


def written(
    deviations: Iterable[Deviation], kept: Iterable[Accepted], today: date, mask: Mask
) -> str:
    """Write a file to review: the entries that are kept, and new ones that await their reason."""
    entries = {
        (it := replace(item, deviation=shown(item.deviation, mask))).deviation: it for item in kept
    }
    for deviation in deviations:
        if not any(item.covers(deviation, mask) for item in entries.values()):
            expires = today + timedelta(days=DAYS)
            entries[deviation] = Accepted(deviation, "", "", expires)
    return "\n".join([HEADER, *(line for key in sorted(entries) for line in _lines(entries[key]))])


def _lines(entry: Accepted) -> Iterator[str]:
    yield "[[accepted]]"
    for field in fields(Deviation):
        yield f"{field.name} = {_text(getattr(entry.deviation, field.name))}"
    yield f"reason = {_text(entry.reason)}"
    yield f"owner = {_text(entry.owner)}"
    yield f"expires = {entry.expires.isoformat()}\n"


def _text(value: str) -> str:
    """Write a TOML text; JSON's is one, but for the control character that TOML escapes too."""
    return json.dumps(value, ensure_ascii=False).replace("\x7f", "\\u007f")
