"""What the mock knows beside the contract: fixtures, visits, the journal, and the lie it tells."""

from __future__ import annotations

from find_webhook_kit.mock_server.answers.endpoint import endpoints, path_of, with_fixtures
from find_webhook_kit.mock_server.answers.fixture_store import FixtureStore
from find_webhook_kit.mock_server.journal import Journal
from find_webhook_kit.mock_server.settings import Settings
from find_webhook_kit.mock_server.visits import Visits
from find_webhook_kit.spec import PATH, Contract, contract, load


def contract_of(settings: Settings) -> Contract:
    """Read the contract that the settings name: without a file, the built-in one."""
    if settings.contract is None:
        return contract() if settings.rules is None else load(PATH, rules=settings.rules)
    return load(settings.contract, rules=settings.rules)


class State:
    """The state of one mock of a contract; a reset forgets all of it that requests have made.

    The contract is `of`, else the one that the settings name.

    `endpoint` is the one that fixtures are for; None where the contract has no such operation.
    """

    def __init__(self, settings: Settings, of: Contract | None = None) -> None:
        """Read the fixtures; raise `FixtureError` if one breaks the contract."""
        self.settings = settings
        self.contract = of or contract_of(settings)
        self.endpoints = endpoints(self.contract)
        self.endpoint = with_fixtures(self.endpoints)
        self.fixture_store = FixtureStore(
            settings.fixtures, self.endpoint, self.contract.path, self.endpoints
        )
        self.journal = Journal(self.contract, self.endpoints)
        self.visits = Visits()
        self.lie = settings.lie
        self.generation = object()

    def changed(self) -> None:
        """End every answer that is kept; call it behind each change to what the mock answers.

        The fixtures and the lie are looked at anyway. For all else that an answer may hang on
        beside its request, this is the one call that makes all caches forget (`app/cache.py`), the
        one of heads at the socket included. Change first, then call: an answer that is being made
        meanwhile is kept with the old ones. Any thread may call it.
        """
        self.generation = object()

    def knows(self, instance: str) -> bool:
        """Say whether the mock has an answer of its own for an instance: all others are alike."""
        name = self.endpoint.operation.operation_id if self.endpoint else ""
        return instance in self.fixture_store.by_id or bool(self.fixture_store.filed.get(name))

    def path(self, instance: str) -> str:
        """Return the path under which an instance is asked for."""
        return path_of(self.contract, instance)

    def reset(self) -> None:
        """Start every sequence and the journal again, and tell the lie of the settings."""
        self.visits.reset()
        self.journal.clear()
        self.lie = self.settings.lie
        self.changed()
