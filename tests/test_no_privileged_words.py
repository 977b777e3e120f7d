"""The code knows no word of the built-in contract: those stand in the document and its rules."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parent.parent
WORDS = re.compile(r"webhook|instanceInstanceId|instanceId", re.IGNORECASE)

ALLOWED = (
    r"find_webhook_kit",  # the name under which the kit is imported
    r"_?(?:running_)?webhook_mock\w*",  # the fixture for pytest, which tests of others ask for
    r"find-webhook-contract-kit",  # the distribution, and its folder in the user's cache
)
INTERFACE = {
    "mock_server/pytest_plugin.py": r"def webhooks\(|an instance's webhooks|mock of Find Webhook",
    "contracts/diff/documents.py": r"_?webhooks\b",  # a section of OpenAPI 3.1
}
"""Words that others hold on to: methods of the fixture for pytest, and the specification."""


def told(path: Path) -> list[str]:
    """List the lines of a module that hold one of the words."""
    allowed = "|".join((*ALLOWED, *filter(None, [INTERFACE.get(str(path.relative_to(ROOT)))])))
    lines = path.read_text(encoding="utf-8").splitlines()
    return [
        f"{path.relative_to(ROOT)}:{number}: {line.strip()}"
        for number, line in enumerate(lines, 1)
        if WORDS.search(re.sub(allowed, "", line))
    ]


@pytest.mark.parametrize("folder", ["spec", "mock_server", "contracts"])
def test_code_says_no_word_of_the_built_in_contract(folder: str) -> None:
    """Another document is served and judged by the same code, and has no other standing."""
    paths = sorted((ROOT / folder).rglob("*.py"))

    assert [] == [line for path in paths for line in told(path)]
