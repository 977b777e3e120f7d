"""The verdict of a run: what each clause came to, and one exit code computed from that."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime
from enum import StrEnum
from typing import Final

from find_webhook_kit.contracts.exit_code import Exit
from find_webhook_kit.contracts.finding import Deviation, Finding
from find_webhook_kit.contracts.wire.exchange import Exchange
from find_webhook_kit.contracts.wire.target import Target
from find_webhook_kit.spec import Contract

JUDGED: Final = "judged"
"""What the clause of an operation that is not judged is called: that it is."""

EPOCH: Final = datetime.fromtimestamp(0, UTC)


class Status(StrEnum):
    """What became of a clause."""

    PASSED = "passed"
    FAILED = "failed"
    NOT_PROVEN = "not-proven"
    NOT_APPLICABLE = "not-applicable"


@dataclass(frozen=True, slots=True)
class Outcome:
    """A clause after the run: its evidence (answers or items that exercised it) and findings.

    `hint` says what to supply, where it is not proven.
    """

    id: str
    source: str
    required: bool
    status: Status
    evidence: int
    findings: tuple[Finding, ...]
    hint: str = ""


@dataclass(frozen=True, slots=True)
class Taken:
    """A value that nobody gave: of a parameter, for an operation, and where it comes from."""

    operation: str
    name: str
    location: str
    value: str
    origin: str

    @property
    def words(self) -> str:
        return f"{self.name}={self.value} ({self.operation}: {self.origin})"


@dataclass(frozen=True, slots=True)
class Created:
    """Something that a run has created: what it is called, its id where one was seen, and its end.

    `state` is `deleted`, `disabled`, `left`, or `not found` where nothing shows it in the end,
    and it was not this run that deleted it.
    """

    label: str
    identity: str
    instance: str
    state: str

    @property
    def words(self) -> str:
        shown = f"{self.label} ({self.identity or 'no id was seen'})"
        return f"created in {self.instance!r}: {shown}: {self.state}"


@dataclass(frozen=True, slots=True)
class Verdict:
    """Everything a report says. `stopped` is empty, or why the run was cut short.

    `diagnosis` is empty, or the one cause that explains everything. `environment` is what the
    target is called, such as staging, where somebody has said so. `created` is what the run has
    created on the target, and what became of it.

    `left_out` counts the requests that were not sent, by the reason why, `deviations` what
    makes each error and warning different from another, accepted ones included, `taken` the values
    of parameters that nobody gave.
    """

    target: Target
    seed: int
    requests: int
    seconds: float
    answered: int
    outcomes: tuple[Outcome, ...]
    stopped: str = ""
    unreachable: str = ""
    left_out: Mapping[str, int] = field(default_factory=dict)
    deviations: tuple[Deviation, ...] = ()
    diagnosis: str = ""
    exchanges: tuple[Exchange, ...] = ()
    started: datetime = EPOCH
    environment: str = ""
    taken: tuple[Taken, ...] = ()
    created: tuple[Created, ...] = ()
    contract: Contract = field(kw_only=True)

    @property
    def findings(self) -> tuple[Finding, ...]:
        """All findings, the heaviest first."""
        listed = [finding for outcome in self.outcomes for finding in outcome.findings]
        return tuple(sorted(listed, key=lambda finding: finding.severity.weight))

    @property
    def unproven(self) -> tuple[Outcome, ...]:
        """The clauses that must be proven and were not."""
        return tuple(
            outcome
            for outcome in self.outcomes
            if outcome.required and outcome.status is Status.NOT_PROVEN
        )

    @property
    def exit_code(self) -> Exit:
        """Unreachable before broken before not proven: each makes the next one meaningless."""
        if self.unreachable:
            return Exit.UNREACHABLE
        if any(outcome.status is Status.FAILED for outcome in self.outcomes):
            return Exit.DOES_NOT_CONFORM
        if self.unproven or self.stopped:
            return Exit.NOT_PROVEN
        return Exit.CONFORMS
