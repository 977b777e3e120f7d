"""The engine behind both fronts: send the plan, add generated cases, rule on every clause."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import replace
from typing import Final

from contracts.clauses import Clause, Record, Ruling, clauses
from contracts.curl import curl
from contracts.exchange import SAFE_METHODS, Exchange, Probe
from contracts.finding import Deviation, Finding, Kind, Severity, folded
from contracts.options import Options
from contracts.probes import UNSAFE_METHODS, probes
from contracts.target import Target
from contracts.transport import BudgetSpent, Limits, Lost, Transport
from contracts.verdict import Outcome, Status, Verdict
from spec import Contract
from spec import contract as the_contract

KNOWN_DRIFT: Final = "run.known-drift"
GIVE_UP_AFTER: Final = 3  # unanswered requests at the start of a run

# Which of our clauses answers for what Schemathesis calls by these codes.
CLAUSES: Final = {
    "ST101": "status.server-error",
    "ST103": "status.documented",
    "ST104": "media-type",
    "ST105": "media-type",
    "ST106": "media-type",
    "ST107": "security.challenge",
    "ST108": "body",
    "ST109": "json",
    "ST110": "json",
}


class _Silent(Exception):
    """The target accepts connections and never answers."""


def judge(
    target: Target, options: Options | None = None, *, progress: Callable[[int], None] | None = None
) -> Verdict:
    """Judge a target by the contract; never raises for what the target does."""
    run = _Run(target, options or Options(), the_contract(), progress or (lambda _: None))
    return run.verdict()


class _Run:
    """One run: the exchanges so far, and how far it came."""

    def __init__(
        self,
        target: Target,
        options: Options,
        contract: Contract,
        progress: Callable[[int], None],
    ) -> None:
        self.target = target
        self.options = options
        self.contract = contract
        self.operation = next(iter(contract.operations.values()))
        self.methods = SAFE_METHODS | (set(UNSAFE_METHODS) if options.unsafe_methods else set())
        limits = Limits(
            timeout=options.timeout,
            max_time=options.max_time,
            max_requests=options.max_requests,
            rate=options.rate,
        )
        self.transport = Transport(target, self.methods, limits, options.tls)
        self.progress = progress
        self.exchanges: list[Exchange] = []
        self.skipped = 0
        self.deviations: set[Deviation] = set()
        self.stopped = ""
        self.unreachable = ""

    def verdict(self) -> Verdict:
        started = time.monotonic()
        try:
            self.transport.connect()
            self._plan()
            self._generate()
        except (Lost, _Silent) as error:
            self.unreachable = str(error)
        except BudgetSpent as error:
            self.stopped = str(error)
        except KeyboardInterrupt:
            self.stopped = "the run was interrupted"
        outcomes = tuple(self._outcomes())
        return Verdict(
            target=self.target,
            seed=self.options.seed,
            requests=self.transport.sent,
            seconds=time.monotonic() - started,
            answered=self.transport.answered,
            outcomes=outcomes,
            stopped=self.stopped,
            unreachable=self.unreachable,
            skipped=self.skipped,
            deviations=tuple(sorted(self.deviations)),
        )

    def _plan(self) -> None:
        for probe in probes(self.target, self.operation, self.options.repetitions):
            self._send(probe)

    def _send(self, probe: Probe) -> Exchange | None:
        if self.transport.silent(probe.instance_id):
            self.skipped += 1
            return None
        exchange = self.transport.send(probe)
        if exchange is not None:
            self.exchanges.append(exchange)
            self.progress(self.transport.sent)
            if len(self.exchanges) == GIVE_UP_AFTER and not self.transport.answered:
                raise _Silent(f"no request was answered: {exchange.losses[-1]}")
        return exchange

    def _generate(self) -> None:
        """Add breadth."""
        if not self.options.max_examples:
            return
        # Importing Schemathesis takes longer than the whole plan, so only who needs it pays.
        from contracts.generated import generate  # noqa: PLC0415

        generate(
            self.contract,
            self.operation,
            self.target,
            seed=self.options.seed,
            max_examples=self.options.max_examples,
            send=self._send,
        )

    def _outcomes(self) -> Iterator[Outcome]:
        record = Record(
            self.target,
            self.operation,
            self.exchanges,
            self.methods,
            self.options.max_response_time,
        )
        ruled = [
            (clause, clause.check(record) if clause.applies(record) else Ruling(0))
            for clause in clauses(self.operation)
        ]
        foreign = _foreign(
            record, [(clause.id, item) for clause, rule in ruled for item in rule.findings]
        )
        found = {
            clause.id: tuple(
                replace(finding, clause=clause.id)
                for finding in (*rule.findings, *foreign.get(clause.id, ()))
            )
            for clause, rule in ruled
        }
        self.deviations = {
            finding.deviation
            for findings in found.values()
            for finding in findings
            if finding.severity is not Severity.NOTE
        }
        asked = Counter(curl(item.probe, self.target) for item in self.exchanges)
        for clause, rule in ruled:
            findings = folded(map(self._softened, found[clause.id]), asked)
            status = self._status(clause, record, rule.evidence, findings)
            yield Outcome(
                clause.id, clause.source, clause.required, status, rule.evidence, findings
            )
        yield from self._known_drift({clause.id for clause, rule in ruled if rule.evidence})

    def _softened(self, finding: Finding) -> Finding:
        known = self.options.known_drift
        return finding if known is None else known.softened(finding)

    def _known_drift(self, seen: set[str]) -> Iterator[Outcome]:
        """Judge the file of accepted deviations, where there is one."""
        known = self.options.known_drift
        if known is None:
            return
        remarks = known.remarks(self.deviations, seen)
        findings = folded(replace(item, clause=KNOWN_DRIFT) for item in remarks)
        status = Status.FAILED if self._fails(findings) else Status.PASSED
        evidence = len(known.entries)
        yield Outcome(KNOWN_DRIFT, str(known.path), False, status, evidence, findings)  # noqa: FBT003

    def _status(
        self, clause: Clause, record: Record, evidence: int, findings: Sequence[Finding]
    ) -> Status:
        if not clause.applies(record):
            return Status.NOT_APPLICABLE
        if self._fails(findings):
            return Status.FAILED
        return Status.PASSED if evidence else Status.NOT_PROVEN

    def _fails(self, findings: Sequence[Finding]) -> bool:
        failing = {Severity.ERROR, Severity.WARNING} if self.options.strict else {Severity.ERROR}
        return any(finding.severity in failing for finding in findings)


def _foreign(record: Record, ours: Iterable[tuple[str, Finding]]) -> dict[str, tuple[Finding, ...]]:
    """Give Schemathesis's findings to our clauses, but for those that our own checks made too."""
    known = {(clause.partition(".")[0], finding.curl) for clause, finding in ours}
    found: dict[str, tuple[Finding, ...]] = {}
    for exchange in record.exchanges:
        line = curl(exchange.probe, record.target)
        for item in exchange.foreign:
            clause = _clause(item.code, exchange)
            if (clause.partition(".")[0], line) in known:
                continue
            finding = record.finding(
                exchange,
                Severity.ERROR,
                Kind.BREAKING,
                f"{item.title} (Schemathesis {item.code})",
                got=item.message,
                at=item.pointer,
            )
            found[clause] = (*found.get(clause, ()), finding)
    return found


def _clause(code: str, exchange: Exchange) -> str:
    """Name the clause that a Schemathesis code speaks of, for the status that was answered."""
    name = CLAUSES.get(code, "body")
    status = exchange.answer.status if exchange.answer else 0
    return f"{name}.{status}" if name in {"body", "media-type"} else name
