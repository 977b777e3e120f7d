"""Rules on every clause: by what was sent and what came back, one outcome each."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from typing import Final

from find_webhook_kit.contracts.clauses import CheckResult, Clause, Transcript, clauses
from find_webhook_kit.contracts.clauses.guard import ruled
from find_webhook_kit.contracts.config.options import Options
from find_webhook_kit.contracts.finding import UNJUDGED, Deviation, Finding, Severity, folded
from find_webhook_kit.contracts.plan.subject import Subject, Unjudged, judged
from find_webhook_kit.contracts.verdict import Outcome, Status
from find_webhook_kit.contracts.wire.exchange import Exchange
from find_webhook_kit.contracts.wire.sender import Sender
from find_webhook_kit.spec import Contract
from find_webhook_kit.spec.meaning import Rules

KNOWN_DRIFT: Final = "run.known-drift"
UNCHECKED: Final = "contract.unchecked:"
"""How the clauses start that stand for a place of the document that nothing checks."""

INAPPLICABLE: Final = CheckResult(0)
"""What stands for a clause that this run cannot tell of."""


class Assessment:
    """What the exchanges of a run amount to; `deviations` are known once all outcomes are."""

    def __init__(
        self, contract: Contract, options: Options, sender: Sender, exchanges: Sequence[Exchange]
    ) -> None:
        self.contract = contract
        self.options = options
        self.sender = sender
        self.exchanges = exchanges
        self.deviations: set[Deviation] = set()
        firsts: dict[object, int] = {}
        self.alike = {
            item.number: firsts.setdefault(item.probe.request, item.number) for item in exchanges
        }

    def outcomes(
        self, subjects: Sequence[Subject], unjudged: Sequence[Unjudged]
    ) -> Iterator[Outcome]:
        """Judge each operation, name those that cannot be, and then the accepted deviations."""
        seen: set[str] = set()
        for subject in subjects:
            for outcome in self._of(subject):
                seen |= {outcome.id} if outcome.evidence else set()
                yield outcome
        reads = bool(subjects) or any(each.asked for each in unjudged)
        for each in unjudged:
            name = judged(each.operation)
            required = each.asked or not reads
            status = Status.NOT_PROVEN if required else Status.NOT_APPLICABLE
            yield Outcome(name, each.operation.source, required, status, 0, (), each.words)
        yield from self._unchecked()
        yield from self._known_drift(seen)

    def _unchecked(self) -> Iterator[Outcome]:
        """Name what the document says and nothing here checks, each place once."""
        for place in self.contract.unchecked:
            name, where = f"{UNCHECKED}{place.pointer}", f"{self.contract.path.name}:{place.line}"
            words = f"nothing to supply: {where}: {place.reason}"
            yield Outcome(name, place.pointer, False, Status.NOT_PROVEN, 0, (), words)  # noqa: FBT003

    def _of(self, subject: Subject) -> Iterator[Outcome]:
        """Judge what was sent about one operation."""
        death = self.sender.death
        transcript = Transcript(
            subject,
            [item for item in self.exchanges if item.probe.operation is subject.operation],
            self.sender.methods,
            self.options.max_response_time,
            death if death and death.last.probe.operation is subject.operation else None,
            self.sender.pace.slowed,
        )
        rulings = [
            (clause, ruled(clause, transcript) if clause.applies(transcript) else INAPPLICABLE)
            for clause in clauses(subject.operation, subject.rules)
        ]
        evidence = {clause.id: rule.evidence for clause, rule in rulings}
        for clause, rule in rulings:
            name = f"{subject.prefix}{clause.id}"
            found = tuple(replace(finding, clause=name) for finding in rule.findings)
            self.deviations |= {
                finding.deviation for finding in found if finding.severity is not Severity.NOTE
            }
            findings = folded(map(self.options.softened, found), self.alike)
            status = self._status(rule, findings)
            yield Outcome(
                name,
                clause.source,
                # What could not be judged must be: it may have been the one broken promise.
                clause.required or not rule.whole,
                status,
                rule.evidence,
                findings,
                _hint(clause, status, findings, evidence, subject.rules),
            )

    def _known_drift(self, seen: set[str]) -> Iterator[Outcome]:
        """Judge the file of accepted deviations, where there is one."""
        known = self.options.known_drift
        if known is None:
            return
        remarks = known.remarks(self.deviations, seen)
        findings = folded(replace(item, clause=KNOWN_DRIFT) for item in remarks)
        status = Status.FAILED if self.options.fails(findings) else Status.PASSED
        evidence = len(known.entries)
        yield Outcome(KNOWN_DRIFT, str(known.path), False, status, evidence, findings)  # noqa: FBT003

    def _status(self, rule: CheckResult, findings: Sequence[Finding]) -> Status:
        if rule is INAPPLICABLE:
            return Status.NOT_APPLICABLE
        if self.options.fails(findings):
            return Status.FAILED
        return Status.PASSED if rule.evidence and rule.whole else Status.NOT_PROVEN


def _hint(
    clause: Clause,
    status: Status,
    findings: Sequence[Finding],
    evidence: Mapping[str, int],
    rules: Rules,
) -> str:
    """Say what to supply so that a clause is proven; nothing, where nothing is missing."""
    if status not in {Status.NOT_PROVEN, Status.NOT_APPLICABLE}:
        return ""
    if any(item.message == UNJUDGED for item in findings):
        return "nothing to supply: this program failed on an answer, see the findings"
    return "no answer kept it, see its findings" if findings else clause.hint(evidence, rules)
