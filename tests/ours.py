"""Our own contract as the judge has it: the operation that it judges by itself, and its clauses."""

from __future__ import annotations

from find_webhook_kit.contracts.clauses import Clause, clauses
from find_webhook_kit.contracts.plan.subject import Subject, subjects
from find_webhook_kit.contracts.reports.facts import versions
from find_webhook_kit.contracts.wire.target import Target
from find_webhook_kit.spec import contract
from find_webhook_kit.spec.meaning import rules

CONTRACT = contract()
OPERATION = CONTRACT.operations["findWebhook"]
CLAUSES: tuple[Clause, ...] = clauses(OPERATION, rules())
VERSIONS = versions(CONTRACT)


def subject(target: Target) -> Subject:
    """Return the operation as a target has it."""
    found, *_ = subjects(CONTRACT, target)
    assert isinstance(found, Subject)
    return found
