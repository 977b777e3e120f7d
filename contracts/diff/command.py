"""The command `contract-test diff`: reads two documents, prints what changed, judges it."""

from __future__ import annotations

from collections.abc import Callable

from find_webhook_kit.contracts.diff.documents import compared, source
from find_webhook_kit.contracts.diff.renderings import RENDERINGS, Comparison
from find_webhook_kit.contracts.diff.revision import opened
from find_webhook_kit.contracts.usage import UsageError
from find_webhook_kit.spec import DocumentError


def diff(
    old: str, new: str, say: Callable[[str], None], *, strict: bool = False, form: str = "text"
) -> int:
    """Print the changes, the heaviest first; return 1 if one breaks those who rely on `old`.

    Each document is a path, or a revision of git and a path in it: `HEAD~1:spec/openapi.yaml`.
    Raises `UsageError` for a document that is none.
    """
    try:
        one, other = (opened(name) for name in (old, new))
        found = compared(source(one), source(other))
    except DocumentError as error:
        raise UsageError(str(error)) from None
    same = one.root.document.content == other.root.document.content
    comparison = Comparison(old, new, tuple(found), strict=strict, same_bytes=same)
    for line in RENDERINGS[form](comparison):
        say(line)
    return int(comparison.exit)
