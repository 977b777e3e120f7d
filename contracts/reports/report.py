"""What every report shows: a verdict, fit to be read by anybody and cut to a readable size."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import astuple, dataclass
from itertools import groupby, islice
from typing import Final

from contracts.finding import Finding, Severity
from contracts.reports.mask import Mask
from contracts.reports.promise import Promise, promise
from contracts.reports.supply import supply
from contracts.verdict import Exit, Outcome, Status, Verdict

MAX_FINDINGS: Final = 1_000
MAX_LETTERS: Final = 500_000
"""Findings that a report holds, and letters in them: the first of each clause; others count."""

MEANING: Final = {
    Exit.CONFORMS: "the target keeps the contract",
    Exit.DOES_NOT_CONFORM: "the target breaks the contract",
    Exit.NOT_PROVEN: "too little was seen to tell",
    Exit.UNREACHABLE: "no request was ever answered",
}


@dataclass(frozen=True, slots=True)
class Line:
    """A clause in a report; `supply` says what would prove it, where it is not proven."""

    id: str
    source: str
    promise: Promise
    required: bool
    evidence: int
    status: Status
    supply: str
    found: int  # findings, also those that the report does not hold


@dataclass(frozen=True, slots=True)
class Gap:
    """Clauses that one and the same thing would prove."""

    required: bool
    supply: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """A verdict without secrets. `findings` are the first ones, `counts` counts all of them."""

    exit_code: Exit
    target: str
    seed: int
    requests: int
    seconds: float
    stopped: str
    unreachable: str
    skipped: int
    counts: Mapping[Severity, int]
    clauses: tuple[Line, ...]
    findings: tuple[Finding, ...]

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    @property
    def meaning(self) -> str:
        return MEANING[self.exit_code]

    @property
    def counted(self) -> str:
        """Count the findings in words: `1 error, 2 warnings, 0 notes`."""
        return ", ".join(
            f"{count} {severity}{'' if count == 1 else 's'}"
            for severity, count in self.counts.items()
        )

    @property
    def facts(self) -> str:
        """Say what was judged, and at which price."""
        return f"{self.target}, {self.requests} requests in {self.seconds:.1f} s, seed {self.seed}"

    @property
    def gaps(self) -> tuple[Gap, ...]:
        """What was not proven, by what would prove it; what must be proven comes first."""
        lines = sorted(
            (line for line in self.clauses if line.status is Status.NOT_PROVEN),
            key=lambda line: (not line.required, line.supply),
        )
        return tuple(
            Gap(required, supply, tuple(group))
            for (required, supply), group in groupby(
                lines, key=lambda line: (line.required, line.supply)
            )
        )

    def promise(self, finding: Finding) -> Promise:
        """Return the promise that a finding is about."""
        found = (line.promise for line in self.clauses if line.id == finding.clause)
        return next(found, promise(finding.clause))


def report(verdict: Verdict, mask: Mask) -> Report:
    """Make the report of a verdict; no renderer sees more than this."""
    found = Counter(finding.severity for finding in verdict.findings)
    return Report(
        exit_code=verdict.exit_code,
        target=mask.line(verdict.target.url),
        seed=verdict.seed,
        requests=verdict.requests,
        seconds=verdict.seconds,
        stopped=mask.line(verdict.stopped),
        unreachable=mask.line(verdict.unreachable),
        skipped=verdict.skipped,
        counts={severity: found[severity] for severity in Severity},
        clauses=tuple(_line(outcome, verdict) for outcome in verdict.outcomes),
        findings=tuple(_held(map(mask.finding, ranked(verdict.findings)))),
    )


def _held(findings: Iterable[Finding]) -> Iterator[Finding]:
    letters = 0
    for finding in islice(findings, MAX_FINDINGS):
        letters += sum(len(text) for text in astuple(finding) if isinstance(text, str))
        if letters > MAX_LETTERS:
            return
        yield finding


def _line(outcome: Outcome, verdict: Verdict) -> Line:
    return Line(
        id=outcome.id,
        source=outcome.source,
        promise=promise(outcome.source),
        required=outcome.required,
        evidence=outcome.evidence,
        status=outcome.status,
        supply=supply(outcome, verdict),
        found=len(outcome.findings),
    )


def ranked(findings: Iterable[Finding]) -> list[Finding]:
    """Put the heaviest first, and the first of each clause before the second of any."""
    turns: Counter[tuple[str, str]] = Counter()
    order = []
    for finding in findings:
        order.append((finding.severity.weight, turns[finding.severity, finding.clause], finding))
        turns[finding.severity, finding.clause] += 1
    return [finding for *_, finding in sorted(order, key=lambda item: item[:2])]
