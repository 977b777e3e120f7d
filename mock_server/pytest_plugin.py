"""Gives other people's tests a running mock; imports the server when a test first asks for it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

import pytest

if TYPE_CHECKING:
    from find_webhook_kit.mock_server.http.server import Running
    from find_webhook_kit.mock_server.journal import Journal
    from find_webhook_kit.mock_server.settings import Settings


@dataclass(frozen=True, slots=True)
class Mock:
    """A running mock, as a test sees it."""

    _running: Running

    @property
    def url(self) -> str:
        """The origin, as in `http://127.0.0.1:41234`."""
        return self._running.url

    @property
    def token(self) -> str:
        """A token that the mock accepts."""
        return self._running.token

    @property
    def headers(self) -> dict[str, str]:
        """The headers of a request with credentials."""
        return {"Authorization": f"Bearer {self.token}"}

    @property
    def journal(self) -> Journal:
        """The exchanges since the last reset, oldest first."""
        return self._running.state.journal

    def webhooks(self, instance: str = "demo") -> str:
        """Return the URL of an instance's webhooks."""
        return self.url + self._running.state.path(instance)

    def lie(self, name: str | None) -> None:
        """Answer everything with a lie from now on, or with the truth again."""
        from find_webhook_kit.mock_server.answers.lies import LIES  # noqa: PLC0415 - as all of the mock, on first use

        if name is not None and name not in LIES:
            raise ValueError(f"There is no lie {name!r}; there is {', '.join(LIES)}.")
        self._running.state.lie = name

    def reset(self) -> None:
        """Forget requests, sequences and lies."""
        self._running.state.reset()


@pytest.fixture(scope="session")
def mock_settings() -> Settings:
    """Say which mock is served: a `conftest.py` that names another contract replaces this."""
    from find_webhook_kit.mock_server.settings import Settings  # noqa: PLC0415 - as below

    return Settings(port=0)


@pytest.fixture(scope="session")
def _running_webhook_mock(mock_settings: Settings) -> Iterator[Running]:
    from find_webhook_kit.mock_server.http.server import serving  # noqa: PLC0415 - a run without the mock pays nothing

    with serving(mock_settings) as running:
        yield running


@pytest.fixture
def webhook_mock(_running_webhook_mock: Running) -> Iterator[Mock]:
    """Serve a mock of the contract on a free port; each test finds it as new."""
    mock = Mock(_running_webhook_mock)
    mock.reset()
    yield mock
    mock.reset()
