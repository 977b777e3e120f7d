"""Every clause that the judge knows, in the order in which it reports them."""

from find_webhook_kit.contracts.clauses import (
    body,
    doors,
    http,
    meaning,
    ordinary,
    run,
    security,
    status,
)
from find_webhook_kit.contracts.clauses.clause import Clause, Record, Ruling
from find_webhook_kit.spec import Operation

__all__ = ["Clause", "Record", "Ruling", "clauses"]


def clauses(operation: Operation) -> tuple[Clause, ...]:
    """List the clauses of an operation; those that must be proven come first in their group."""
    groups = (status, security, doors, body, meaning, http, ordinary, run)
    return tuple(clause for group in groups for clause in group.clauses(operation))
