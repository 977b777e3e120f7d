"""What every report shows: a verdict, fit to be read by anybody and cut to a readable size."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from datetime import UTC
from itertools import groupby, islice
from typing import Final

from find_webhook_kit.contracts.exit_code import Exit
from find_webhook_kit.contracts.finding import Finding, Severity
from find_webhook_kit.contracts.mask import Mask
from find_webhook_kit.contracts.reports.evidence import masked, size
from find_webhook_kit.contracts.reports.facts import Latency, Versions, latency, versions
from find_webhook_kit.contracts.reports.history import Changes, PastFinding, Snapshot
from find_webhook_kit.contracts.reports.promise import Promise, promise
from find_webhook_kit.contracts.verdict import Created, Outcome, Status, Taken, Verdict
from find_webhook_kit.contracts.wording import counted
from find_webhook_kit.spec import Contract

MAX_FINDINGS: Final = 1_000
MAX_BYTES: Final = 500_000
"""Findings that a report holds, and bytes of their texts; of the others it tells the number."""

MAX_EVIDENCE: Final = 150_000
MAX_OCCURRENCES: Final = 4_000
"""Letters of what came with them, and places where they were met; the heaviest have theirs."""

TEXTS: Final = ("message", "hint", "expected", "got", "pointer", "instance", "curl", "clause")

MEANING: Final = {
    Exit.CONFORMS: "the target keeps the contract",
    Exit.DOES_NOT_CONFORM: "the target breaks the contract",
    Exit.NOT_PROVEN: "too little was seen to tell",
    Exit.UNREACHABLE: "the API was never reached",
}


@dataclass(frozen=True, slots=True)
class ReportedClause:
    """A clause in a report; `hint` says what would prove it, where it is not proven."""

    id: str
    source: str
    promise: Promise
    required: bool
    evidence: int
    status: Status
    hint: str
    found: int  # findings, also those that the report does not hold


@dataclass(frozen=True, slots=True)
class Gap:
    """Clauses that one and the same thing would prove."""

    required: bool
    hint: str
    clauses: tuple[ReportedClause, ...]


@dataclass(frozen=True, slots=True)
class Report:
    """A verdict without secrets. `findings` are the first ones, `counts` counts all of them.

    `started` is a time of UTC, `changes` what is new since the last report, where there is one;
    `created` is what the run has created, and what became of it.
    """

    exit_code: Exit
    started: str
    environment: str
    diagnosis: str
    versions: Versions
    latency: Latency | None
    target: str
    seed: int
    requests: int
    seconds: float
    stopped: str
    unreachable: str
    left_out: Mapping[str, int]
    counts: Mapping[Severity, int]
    clauses: tuple[ReportedClause, ...]
    findings: tuple[Finding, ...]
    changes: Changes | None = None
    taken: tuple[Taken, ...] = ()
    created: tuple[Created, ...] = ()
    contract: Contract = field(kw_only=True, repr=False)

    @property
    def total(self) -> int:
        return sum(self.counts.values())

    @property
    def meaning(self) -> str:
        return MEANING[self.exit_code]

    @property
    def counted(self) -> str:
        """Count the findings in words: `1 error, 2 warnings, 0 notes`."""
        return counted(self.counts.items())

    @property
    def facts(self) -> str:
        """Say what was judged, and at which price."""
        named = f"{self.environment} at " if self.environment else ""
        return (
            f"{named}{self.target}, {self.requests} requests in {self.seconds:.1f} s,"
            f" seed {self.seed}"
        )

    @property
    def provenance(self) -> str:
        """Say when it was made, by what, and how fast the target was."""
        return "; ".join(map(str, filter(None, (self.started, self.versions, self.latency))))

    @property
    def causes(self) -> tuple[str, ...]:
        """Why the run ended early, each cause once."""
        return tuple(dict.fromkeys(filter(None, (self.unreachable, self.stopped))))

    @property
    def snapshot(self) -> Snapshot:
        """What the next report must know of this one."""
        return Snapshot(
            started=self.started,
            environment=self.environment,
            target=self.target,
            verdict=self.exit_code.words,
            counts={str(severity): count for severity, count in self.counts.items()},
            whole=not self.causes and not self.diagnosis and self.total == len(self.findings),
            exercised=frozenset(
                clause.id
                for clause in self.clauses
                if clause.status in {Status.PASSED, Status.FAILED}
            ),
            findings=tuple(
                PastFinding(item.clause, item.severity.value, item.message, self.started)
                for item in self.findings
            ),
            unseen=self.changes.unseen if self.changes else (),
        )

    def since(self, finding: Finding) -> str:
        """Return the time of the first report that has a finding."""
        first_seen = self.changes.first_seen if self.changes else {}
        return first_seen.get((finding.clause, finding.message), self.started)

    @property
    def gaps(self) -> tuple[Gap, ...]:
        """What was not proven, by what would prove it; what must be proven comes first."""
        unproven = (clause for clause in self.clauses if clause.status is Status.NOT_PROVEN)
        key = lambda clause: (not clause.required, clause.hint)  # noqa: E731
        groups = groupby(sorted(unproven, key=key), key)
        return tuple(Gap(not spare, hint, tuple(group)) for (spare, hint), group in groups)

    def promise(self, finding: Finding) -> Promise:
        """Return the promise that a finding is about."""
        found = (clause.promise for clause in self.clauses if clause.id == finding.clause)
        return next(found, promise(finding.clause, self.contract))


def report(verdict: Verdict, mask: Mask) -> Report:
    """Make the report of a verdict; no renderer but that of the exchanges sees more than this."""
    found = Counter(finding.severity for finding in verdict.findings)
    return Report(
        exit_code=verdict.exit_code,
        started=verdict.started.astimezone(UTC).strftime("%Y-%m-%dT%H:%M:%SZ"),
        environment=mask.line(verdict.environment),
        diagnosis=mask.line(verdict.diagnosis),
        versions=versions(verdict.contract),
        latency=latency(verdict.exchanges),
        target=mask.line(verdict.target.url),
        seed=verdict.seed,
        requests=verdict.requests,
        seconds=verdict.seconds,
        stopped=mask.line(verdict.stopped),
        unreachable=mask.line(verdict.unreachable),
        left_out=verdict.left_out,
        counts={severity: found[severity] for severity in Severity},
        clauses=tuple(_clause(outcome, verdict) for outcome in verdict.outcomes),
        findings=tuple(_held(ranked(verdict.findings), mask)),
        taken=tuple(replace(item, value=mask.words(item.value)) for item in verdict.taken),
        created=tuple(_created(item, mask) for item in verdict.created),
        contract=verdict.contract,
    )


def _created(item: Created, mask: Mask) -> Created:
    label, identity = mask.line(item.label), mask.line(item.identity)
    return replace(item, label=label, identity=identity, instance=mask.line(item.instance))


def _held(findings: Iterable[Finding], mask: Mask) -> Iterator[Finding]:
    """Mask the findings, and leave behind what is too much: first evidence, then findings."""
    length, evidence, places = 0, 0, 0
    for finding in islice(findings, MAX_FINDINGS):
        room = max(MAX_OCCURRENCES - places, 0)
        short = evidence < MAX_EVIDENCE
        kept = replace(
            finding,
            came=finding.came if short else None,
            occurrences=finding.occurrences[: room if short else 0],
        )
        told = masked(kept, mask)
        length += sum(len(getattr(told, name).encode(errors="surrogatepass")) for name in TEXTS)
        evidence += size(told)
        places += len(told.occurrences)
        if length > MAX_BYTES:
            return
        yield told


def _clause(outcome: Outcome, verdict: Verdict) -> ReportedClause:
    return ReportedClause(
        id=outcome.id,
        source=outcome.source,
        promise=promise(outcome.source, verdict.contract),
        required=outcome.required,
        evidence=outcome.evidence,
        status=outcome.status,
        hint=outcome.hint,
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
