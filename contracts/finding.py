"""What the judge reports: one kind of deviation, where it was met first and how often."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from enum import StrEnum


class Severity(StrEnum):
    """How much a finding weighs, in the words of SARIF."""

    ERROR = "error"
    WARNING = "warning"
    NOTE = "note"

    @property
    def weight(self) -> int:
        """Sorts the heaviest first."""
        return list(Severity).index(self)


class Kind(StrEnum):
    """What a finding means for somebody who relies on the contract."""

    BREAKING = "breaking"
    RENAMED = "renamed"
    UNDOCUMENTED = "undocumented"
    ADDITIVE = "additive"
    MEANING = "meaning"
    HTTP = "http"
    ASSUMPTION = "assumption"


@dataclass(frozen=True, slots=True)
class Finding:
    """One deviation. `instance` is the id that was asked for, `pointer` the place in the body.

    `count` tells how often it was met; `of` how many answers to this same request there were,
    where some of them were right (0: not known, or all of them were wrong).
    """

    severity: Severity
    kind: Kind
    message: str
    expected: str = ""
    got: str = ""
    pointer: str = ""
    instance: str = ""
    curl: str = ""
    clause: str = ""
    count: int = 1
    of: int = 0


def folded(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    """Fold findings that say the same into the first, count them, and put the heaviest first."""
    first: dict[tuple[str, ...], Finding] = {}
    for finding in findings:
        key = (finding.severity, finding.kind, finding.clause, finding.message)
        known = first.get(key)
        first[key] = finding if known is None else replace(known, count=known.count + finding.count)
    return tuple(sorted(first.values(), key=lambda finding: finding.severity.weight))
