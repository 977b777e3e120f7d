"""Compares two versions of a contract: which changes break those who rely on the old one.

Whoever reads answers breaks where they may hold more than before; whoever sends requests breaks
where less is allowed. No library for this is kept well enough to rely on.
"""

from __future__ import annotations

from find_webhook_kit.contracts.diff.change import Change
from find_webhook_kit.contracts.diff.documents import compared, source
from find_webhook_kit.spec import Document
from find_webhook_kit.spec.references import References


def changes(old: Document, new: Document) -> list[Change]:
    """List what changed from one OpenAPI document to another, the heaviest first."""
    return compared(source(References(old)), source(References(new)))


__all__ = ["Change", "changes"]
