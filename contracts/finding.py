"""What the judge reports: one kind of deviation, where it was met first and how often."""

from __future__ import annotations

from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from http import HTTPStatus
from itertools import chain, islice
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


Weight = tuple[Severity, Kind]
"""How much a finding weighs, and what it means."""

BROKEN: Final = (Severity.ERROR, Kind.BREAKING)
UNDOCUMENTED: Final = (Severity.ERROR, Kind.UNDOCUMENTED)
UNTRUE: Final = (Severity.ERROR, Kind.MEANING)
ASSUMED: Final = (Severity.WARNING, Kind.ASSUMPTION)
HTTP_ERROR: Final = (Severity.ERROR, Kind.HTTP)
HTTP_WARNING: Final = (Severity.WARNING, Kind.HTTP)
HTTP_NOTE: Final = (Severity.NOTE, Kind.HTTP)

UNJUDGED: Final = "could not be judged: this program failed on the answer"
"""The message of a finding that is no deviation: a clause failed, and nobody knows of one."""

ANY: Final = "*"
"""Stands for each item of an array."""

NOBODY: Final = "(none that exists)"
"""Stands for each id that no instance has: which of them are asked for hangs on the run."""

MAX_OCCURRENCES: Final = 1_000
"""Of one folded finding; more are counted only."""


@dataclass(frozen=True, slots=True, order=True)
class Deviation:
    """What makes one deviation different from another, wherever in an array it is met."""

    clause: str
    message: str
    place: str
    instance: str


@dataclass(frozen=True, slots=True)
class Evidence:
    """What came: status, headers, the start of the body as a text, and its size in bytes."""

    status: int
    headers: tuple[tuple[str, str], ...]
    body: str
    size: int

    @property
    def location(self) -> str:
        """Where a redirect leads; nothing for any other answer."""
        redirect = HTTPStatus.MULTIPLE_CHOICES <= self.status < HTTPStatus.BAD_REQUEST
        return next((value for name, value in self.headers if redirect and name == "location"), "")


@dataclass(frozen=True, slots=True)
class Occurrence:
    """Where a deviation was met once: for which instance, at which place, in which request."""

    instance: str
    pointer: str
    request: int


@dataclass(frozen=True, slots=True)
class Finding:
    """One deviation. `instance` is the id that was asked for, `pointer` the place in the body.

    `whose` says what people call what has that id.

    `message` is what makes it the same in another run, so it holds nothing that hangs on a run;
    `hint` is what helps to understand it in this one. `known` says that the instance exists.

    `count` tells how often it was met. Where the same request was answered rightly at other times,
    `of` tells how often it was asked, and `count` how many of the answers were wrong. `request` is
    the number of the request in the run, from 1; 0 where no single one is to blame. `occurrences`
    tell where else it was met, the first of each instance first.
    """

    severity: Severity
    kind: Kind
    message: str
    expected: str = ""
    got: str = ""
    pointer: str = ""
    instance: str = ""
    whose: str = "id"
    curl: str = ""
    clause: str = ""
    count: int = 1
    of: int = 0
    request: int = 0
    hint: str = ""
    known: bool = True
    came: Evidence | None = None
    occurrences: tuple[Occurrence, ...] = ()

    @property
    def instances(self) -> tuple[str, ...]:
        """Every instance for which it was met."""
        return tuple(dict.fromkeys(item.instance for item in self.occurrences if item.instance))

    @property
    def deviation(self) -> Deviation:
        """What makes this finding different from others; `/0/url` stands for `/*/url`."""
        parts = (ANY if part.isdecimal() else part for part in self.pointer.split("/"))
        instance = self.instance if self.known else NOBODY
        return Deviation(self.clause, self.message, "/".join(parts), instance)


def folded(
    findings: Iterable[Finding], alike: Mapping[int, int] | None = None
) -> tuple[Finding, ...]:
    """Fold findings that say the same into the first, count them, and put the heaviest first.

    `alike` tells of each request, by its number, which was the first that asked the same.
    """
    groups: defaultdict[tuple[str, ...], list[Finding]] = defaultdict(list)
    for finding in findings:
        groups[finding.severity, finding.kind, finding.clause, finding.message].append(finding)
    known = alike or {}
    asked = Counter(known.values())
    found = (_first(group, known, asked) for group in groups.values())
    return tuple(sorted(found, key=lambda finding: finding.severity.weight))


def _first(group: Sequence[Finding], alike: Mapping[int, int], asked: Mapping[int, int]) -> Finding:
    """Return the first of some findings that say the same, with their count and their places."""
    first = replace(group[0], occurrences=tuple(_occurrences(group)))
    wrong = {finding.request for finding in group}
    times = sum(asked[first] for first in {alike[number] for number in wrong & alike.keys()})
    if 0 not in wrong and times > len(wrong):
        return replace(first, count=len(wrong), of=times)
    return replace(first, count=sum(finding.count for finding in group))


def _occurrences(group: Sequence[Finding]) -> Iterator[Occurrence]:
    """List where findings were met, the first of each instance first."""
    listed = dict.fromkeys(Occurrence(it.instance, it.pointer, it.request) for it in group)
    firsts = {item.instance: item for item in reversed(listed)}
    rest = (item for item in listed if firsts[item.instance] is not item)
    ordered = chain(sorted(firsts.values(), key=lambda item: item.request), rest)
    return islice((item for item in ordered if item != Occurrence("", "", 0)), MAX_OCCURRENCES)
