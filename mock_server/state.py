"""What the mock knows beside the contract: fixtures, visits, the journal, and the lie it tells."""

from __future__ import annotations

from find_webhook_kit.mock_server.answers.fixture_store import Library
from find_webhook_kit.mock_server.journal import Journal
from find_webhook_kit.mock_server.settings import Settings
from find_webhook_kit.mock_server.visits import Visits
from find_webhook_kit.spec import Operation, contract


class Memory:
    """The state of one mock; a reset forgets all of it that requests have made."""

    def __init__(self, settings: Settings) -> None:
        """Read the fixtures; raise `FixtureError` if one breaks the contract."""
        self.settings = settings
        self.operation: Operation = contract().operations["findWebhook"]
        self.library = Library(settings.fixtures, self.operation)
        self.journal = Journal(self.operation)
        self.visits = Visits()
        self.lie = settings.lie

    def reset(self) -> None:
        """Start every sequence and the journal again, and tell the lie of the settings."""
        self.visits.reset()
        self.journal.clear()
        self.lie = self.settings.lie
