"""The packages that the judge needs and the mock does not: the extra `judge` brings them."""

from __future__ import annotations

from importlib.util import find_spec
from typing import Final

from find_webhook_kit.contracts.usage import UsageError

PACKAGES: Final = ("h11", "jinja2", "rich", "schemathesis")


def require_packages() -> None:
    """Refuse to judge with half of what it takes, and say what brings the rest."""
    missing = [name for name in PACKAGES if find_spec(name) is None]
    if missing:
        raise UsageError(
            f"the judge needs {', '.join(missing)}, which the mock alone does without: pip install "
            "'find-webhook-contract-kit[judge]' (from a clone: pip install '.[judge]')"
        )
