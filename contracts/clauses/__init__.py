"""Every clause that the judge knows, in the order in which it reports them."""

from types import ModuleType

from find_webhook_kit.contracts.clauses import (
    body,
    doors,
    headers,
    http,
    meaning,
    ordinary,
    parameters,
    run,
    security,
    status,
)
from find_webhook_kit.contracts.clauses.clause import CheckResult, Clause
from find_webhook_kit.contracts.clauses.transcript import Transcript
from find_webhook_kit.spec import Operation
from find_webhook_kit.spec.meaning import Rules

__all__ = ["CheckResult", "Clause", "Transcript", "clauses"]


def clauses(operation: Operation, rules: Rules) -> tuple[Clause, ...]:
    """List the clauses of an operation; those that must be proven come first in their group.

    Where nobody needs credentials, nothing is promised about them.
    """
    groups: tuple[ModuleType, ...] = (
        status,
        security,
        doors,
        body,
        headers,
        parameters,
        meaning,
        http,
        ordinary,
        run,
    )
    asks = [group for group in groups if not operation.anonymous or group not in {security, doors}]
    return tuple(clause for group in asks for clause in group.clauses(operation, rules))
