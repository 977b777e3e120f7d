"""What the mock knows beside the contract: fixtures, visits, the journal, and what it prefers."""

from __future__ import annotations

from find_webhook_kit.mock_server.answers.endpoint import endpoints, path_of, with_fixtures
from find_webhook_kit.mock_server.answers.fixture_store import FixtureStore
from find_webhook_kit.mock_server.answers.standing import NOTHING, Standing, standing
from find_webhook_kit.mock_server.journal import Journal
from find_webhook_kit.mock_server.settings import Settings
from find_webhook_kit.mock_server.visits import Visits
from find_webhook_kit.spec import Contract, contract


class State:
    """The state of one mock of a contract; a reset forgets all of it that requests have made.

    `endpoint` is the one that fixtures are for; None where the contract has no such operation.
    """

    def __init__(self, settings: Settings, of: Contract | None = None) -> None:
        """Read the fixtures; raise `FixtureError` if one breaks the contract."""
        self.settings = settings
        self.contract = of or contract()
        self.endpoints = endpoints(self.contract)
        self.endpoint = with_fixtures(self.endpoints)
        self.library = FixtureStore(settings.fixtures, self.endpoint, self.contract.path)
        self.journal = Journal(self.contract, self.endpoints)
        self.visits = Visits()
        self.lie = settings.lie
        self.standing = self._read(settings.prefer)

    def path(self, instance: str) -> str:
        """Return the path under which an instance is asked for."""
        return path_of(self.contract, instance)

    def prefer(self, text: str) -> None:
        """Turn the live switch: what every request prefers that says nothing else.

        Raise `PreferencesError` for what no request can prefer.
        """
        self.standing = self._read(text)

    def _read(self, text: str) -> Standing:
        first = () if self.endpoint is None else (self.endpoint,)
        return standing(text, (*first, *self.endpoints.values()))

    def reset(self) -> None:
        """Start sequences and the journal again, tell the settings' lie, turn the switch off."""
        self.visits.reset()
        self.journal.clear()
        self.lie = self.settings.lie
        self.standing = NOTHING
