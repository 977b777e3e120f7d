"""The clauses as tests: what was broken fails, what was not proven fails or is skipped."""

from __future__ import annotations

import pytest

from find_webhook_kit.contracts.reports import Mask, lines, masked, promise
from find_webhook_kit.contracts.verdict import Outcome, Status, Verdict


def test_clause(outcome: Outcome, verdict: Verdict, mask: Mask) -> None:
    """The target keeps this clause."""
    told = promise(outcome.source, verdict.contract)
    text = "\n".join(lines(masked(finding, mask), told) for finding in outcome.findings)
    print(text or f"evidence: {outcome.evidence}")
    if outcome.status is Status.FAILED:
        pytest.fail(text, pytrace=False)
    if outcome.status is Status.NOT_PROVEN and outcome.required:
        pytest.fail("not proven: no answer exercised this clause", pytrace=False)
    if outcome.status is not Status.PASSED:
        pytest.skip(outcome.status.value)
