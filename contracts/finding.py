"""What the judge reports: one kind of deviation, where it was met first and how often."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final


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


ANY: Final = "*"
"""Stands for each item of an array."""


@dataclass(frozen=True, slots=True, order=True)
class Deviation:
    """What makes one deviation different from another, wherever in an array it is met."""

    clause: str
    message: str
    place: str
    instance: str


@dataclass(frozen=True, slots=True)
class Finding:
    """One deviation. `instance` is the id that was asked for, `pointer` the place in the body.

    `count` tells how often it was met. Where the same request was answered rightly at other times,
    `of` tells how often it was asked, and `count` how many of the answers were wrong. `request` is
    the number of the request in the run, from 1; 0 where no single one is to blame.
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
    request: int = 0

    @property
    def deviation(self) -> Deviation:
        """What makes this finding different from others; `/0/url` stands for `/*/url`."""
        parts = (ANY if part.isdecimal() else part for part in self.pointer.split("/"))
        return Deviation(self.clause, self.message, "/".join(parts), self.instance)


def folded(
    findings: Iterable[Finding], asked: Mapping[str, int] | None = None
) -> tuple[Finding, ...]:
    """Fold findings that say the same into the first, count them, and put the heaviest first.

    `asked` tells how often the request of each curl line was sent.
    """
    groups: defaultdict[tuple[str, ...], list[Finding]] = defaultdict(list)
    for finding in findings:
        groups[finding.severity, finding.kind, finding.clause, finding.message].append(finding)
    found = (_first(group, asked or {}) for group in groups.values())
    return tuple(sorted(found, key=lambda finding: finding.severity.weight))


def _first(group: Sequence[Finding], asked: Mapping[str, int]) -> Finding:
    """Return the first of some findings that say the same, with their count."""
    wrong = {finding.request for finding in group}
    times = sum(asked.get(curl, 0) for curl in {finding.curl for finding in group})
    if 0 not in wrong and times > len(wrong):
        return replace(group[0], count=len(wrong), of=times)
    return replace(group[0], count=sum(finding.count for finding in group))
