"""The judge notices each lie of the mock, and nothing when it tells the truth."""

from collections.abc import Iterator

import pytest

from contracts.__main__ import main
from mock_server.lies import LIES
from mock_server.server import Running, serving

# What the contract does not forbid: members beyond it (a warning), and lateness.
ALLOWED = {"extra-member", "jitter", "slow-body"}

# The judge waits, as a polite client does, and then has proven nothing.
PATIENT = {"too-many-requests"}


@pytest.fixture(scope="module")
def mock() -> Iterator[Running]:
    """Serve one mock that tells one lie after the other."""
    with serving() as running:
        yield running


def verdict(mock: Running) -> int:
    """Judge the mock with planned requests alone, and return the exit code."""
    options = ["--token", mock.token, "--instance-id", "demo", "--max-examples", "0"]
    return main([mock.url, *options])


def test_truth_passes(mock: Running) -> None:
    """A mock that does not lie keeps the contract."""
    mock.memory.lie = None

    assert 0 == verdict(mock)


@pytest.mark.parametrize("lie", sorted(set(LIES) - ALLOWED - PATIENT))
def test_lie_is_noticed(mock: Running, lie: str) -> None:
    """A mock that lies does not conform."""
    mock.memory.lie = lie

    assert 1 == verdict(mock)
