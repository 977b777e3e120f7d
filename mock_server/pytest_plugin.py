"""Gives other people's tests a running mock; imports the server when a test first asks for it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

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
        self._running.settle()
        return self._running.state.journal

    def webhooks(self, instance: str = "demo") -> str:
        """Return the URL of an instance's webhooks."""
        return self.url + self._running.state.path(instance)

    def lie(self, name: str | None) -> None:
        """Answer everything with a lie from now on, or with the truth again."""
        # As all of the mock, on first use.
        from find_webhook_kit.mock_server.answers.errors import UnknownChoice  # noqa: PLC0415
        from find_webhook_kit.mock_server.answers.lies import ALL_LIES  # noqa: PLC0415

        if name is not None and name not in ALL_LIES:
            raise ValueError(UnknownChoice("lie", name, tuple(ALL_LIES)))
        self._running.state.lie = name

    def prefer(self, text: str) -> None:
        """Let every request that says nothing else prefer this, as in `lie=dropped, delay=200`."""
        self._running.state.prefer(text)

    def written(self, instance: str = "demo") -> list[dict[str, Any]]:
        """Return what an instance has since clients wrote to it; nothing if nobody did."""
        fixture = self._running.state.collection.written.get(instance)
        return [dict(item) for item in getattr(fixture and fixture.state, "items", ())]

    def reset(self) -> None:
        """Forget requests, writes, sequences and lies; prefer what the ini file says again."""
        self._running.state.reset()
        self._running.state.prefer(self._running.state.settings.prefer)


_OPTIONS: Final = {
    "webhook_mock_fixtures": "a folder of fixtures for webhook_mock, seen from the ini file",
    "webhook_mock_port": "the port of webhook_mock; 0 is a free one (default)",
    "webhook_mock_prefer": "what requests to webhook_mock prefer, as in lie=dropped, delay=200",
    "webhook_mock_writes": "true, if webhook_mock keeps what clients write, until the test ends",
}


def pytest_addoption(parser: pytest.Parser) -> None:
    """Let the ini file say how the mock starts."""
    for name, text in _OPTIONS.items():
        parser.addini(name, text, type="string", default="")


@pytest.fixture(scope="session")
def webhook_mock_settings(pytestconfig: pytest.Config) -> dict[str, Any]:
    """Say how the mock starts; a project may override it, and return any fields of `Settings`."""
    folder, port, prefer, writes = (str(pytestconfig.getini(name)).strip() for name in _OPTIONS)
    if port and not (port.isascii() and port.isdigit()):
        raise pytest.UsageError(f"webhook_mock_port is {port!r}: use a number from 0 to 65535")
    if writes.lower() not in {"", "true", "false"}:
        raise pytest.UsageError(f"webhook_mock_writes is {writes!r}: use true or false")
    root = pytestconfig.inipath.parent if pytestconfig.inipath else pytestconfig.rootpath
    fixtures = root / folder if folder else None
    return {
        "fixtures": fixtures,
        "port": int(port or 0),
        "prefer": prefer,
        "writes": writes.lower() == "true",
    }


@pytest.fixture(scope="session")
def mock_settings(webhook_mock_settings: dict[str, Any]) -> Settings:
    """Say which mock is served: a `conftest.py` that names another contract replaces this."""
    from find_webhook_kit.mock_server.settings import Settings  # noqa: PLC0415 - as below

    return Settings(**{"port": 0, **webhook_mock_settings})


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
