"""The pytest front: `pytest contracts --target URL --token T --instance-id ID`, one test a clause.

It runs the same engine as `contract-test`, once, and keeps pytest's own exit codes.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

import pytest

from find_webhook_kit.contracts.clauses import clauses
from find_webhook_kit.contracts.config.configuration import Configuration, configuration
from find_webhook_kit.contracts.config.flags import SHARED
from find_webhook_kit.contracts.judge import judge
from find_webhook_kit.contracts.reports import Mask
from find_webhook_kit.contracts.usage import UsageError
from find_webhook_kit.contracts.verdict import JUDGED, Outcome, Verdict
from find_webhook_kit.spec import Contract
from find_webhook_kit.spec.meaning import rules_of


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the judge's flags; `--target` is the URL, and without it the mock is judged."""
    group = parser.getgroup("contract")
    group.addoption(
        "--target",
        metavar="URL",
        help="what stands before the paths (default: the mock)",
    )
    for name, flag in SHARED:
        group.addoption(name, **flag)


def pytest_generate_tests(metafunc: pytest.Metafunc) -> None:
    """Make one test of each clause."""
    ids = clause_ids(_chosen(metafunc.config).contract)
    metafunc.parametrize("clause_id", ids)


def clause_ids(of: Contract) -> list[str]:
    """List the ids of the clauses of a contract; an operation that is not judged has one."""
    rules = rules_of(of)
    found = []
    for operation in of.operations.values():
        name = operation.operation_id
        prefix = f"{name}:" if len(of.operations) > 1 and rules.judged != (name,) else ""
        found += [f"{prefix}{clause.id}" for clause in clauses(operation, rules)]
    return found


def _flags(config: pytest.Config) -> dict[str, Any]:
    names = [name.removeprefix("--").replace("-", "_") for name, _ in SHARED]
    return {name: config.getoption(name, None) for name in names}


def _chosen(config: pytest.Config) -> Configuration:
    return configuration(_flags(config), config.getoption("target", None))


@pytest.fixture(scope="session")
def verdict(pytestconfig: pytest.Config) -> Iterator[Verdict]:
    """Judge the target once for all clauses."""
    try:
        chosen = _chosen(pytestconfig)
        with chosen.target() as judged:
            yield judge(judged, chosen.options(judged), chosen.contract)
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
    found = {outcome.id: outcome for outcome in verdict.outcomes}
    if clause_id not in found:  # of an operation that is not judged
        unjudged = found[f"{clause_id.partition(':')[0]}:{JUDGED}"]
        return replace(unjudged, id=clause_id)
    return found[clause_id]


_TOLD = pytest.StashKey[bool]()
