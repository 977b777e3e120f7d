"""The pytest front: `pytest contracts --target URL --token T --instance-id ID`, one test a clause.

It runs the same engine as `contract-test`, once, and keeps pytest's own exit codes.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest

from find_webhook_kit.contracts.clauses import clauses
from find_webhook_kit.contracts.config.configuration import configuration
from find_webhook_kit.contracts.config.flags import SHARED
from find_webhook_kit.contracts.judge import judge
from find_webhook_kit.contracts.reports import Mask
from find_webhook_kit.contracts.usage import UsageError
from find_webhook_kit.contracts.verdict import Outcome, Verdict
from find_webhook_kit.spec import contract
from find_webhook_kit.spec.meaning import rules_of


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the judge's flags; `--target` is the URL, and without it the mock is judged."""
    group = parser.getgroup("contract")
    group.addoption(
        "--target", metavar="URL", help="what stands before /api/v2 (default: the mock)"
    )
    for name, flag in SHARED:
        group.addoption(name, **flag)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Make one test of each clause."""
    listed = contract()
    [operation] = listed.operations.values()
    ids = [clause.id for clause in clauses(operation, rules_of(listed))]
    metafunc.parametrize("clause_id", ids)


def _flags(config: pytest.Config) -> dict[str, Any]:
    names = [name.removeprefix("--").replace("-", "_") for name, _ in SHARED]
    return {name: config.getoption(name, None) for name in names}


@pytest.fixture(scope="session")
def verdict(pytestconfig: pytest.Config) -> Iterator[Verdict]:
    """Judge the target once for all clauses."""
    try:
        chosen = configuration(_flags(pytestconfig), pytestconfig.getoption("target", None))
        with chosen.target() as judged:
            yield judge(judged, chosen.options(judged))
    except UsageError as error:
        pytest.exit(str(error), pytest.ExitCode.USAGE_ERROR)


@pytest.fixture
def mask(pytestconfig: pytest.Config, verdict: Verdict) -> Mask:
    """Hide the token from what pytest prints."""
    return Mask.of(verdict.target, show_values=bool(pytestconfig.getoption("show_values", None)))


@pytest.fixture
def outcome(
    clause_id: str, verdict: Verdict, mask: Mask, request: pytest.FixtureRequest
) -> Outcome:
    """What the clause came to; a silent target is one error, not one for each clause."""
    if verdict.unreachable:
        told = request.session.stash.get(_TOLD, False)
        request.session.stash[_TOLD] = True
        if told:
            pytest.skip("target unreachable")
        pytest.fail(f"target unreachable: {mask.text(verdict.unreachable)}", pytrace=False)
    return next(outcome for outcome in verdict.outcomes if outcome.id == clause_id)


_TOLD = pytest.StashKey[bool]()
