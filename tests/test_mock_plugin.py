"""The mock in other people's tests."""

from __future__ import annotations

import asyncio
import json
import urllib.request
from typing import TYPE_CHECKING

import httpx
import pytest

from find_webhook_kit.mock_server.app.stack import create_app

if TYPE_CHECKING:
    from find_webhook_kit.mock_server.pytest_plugin import Mock


def get(mock: Mock, instance: str = "demo") -> object:
    """Ask the mock as a frontend's backend would."""
    request = urllib.request.Request(mock.webhooks(instance), headers=mock.headers)  # noqa: S310
    with urllib.request.urlopen(request, timeout=5) as answer:  # noqa: S310
        return json.load(answer)


def test_fixture_gives_a_running_mock(webhook_mock: Mock) -> None:
    """A test asks for the fixture, and has a server."""
    assert [] == get(webhook_mock, "empty")


@pytest.mark.parametrize("run", [1, 2])
def test_each_test_finds_the_mock_as_new(webhook_mock: Mock, run: int) -> None:
    """What another test did is forgotten."""
    assert 0 == len(webhook_mock.journal), run
    assert [] == get(webhook_mock, "sequence")
    webhook_mock.lie("server-error")


def test_journal_shows_what_was_asked(webhook_mock: Mock) -> None:
    """A test sees the requests of the code that it tests."""
    get(webhook_mock, "a/b")

    assert ["a/b"] == [exchange.instance for exchange in webhook_mock.journal]


def test_mock_lies_on_request(webhook_mock: Mock) -> None:
    """From a call on, everything is answered with a lie; and then with the truth."""
    webhook_mock.lie("null-body")
    lie = get(webhook_mock)
    webhook_mock.lie(None)

    assert lie is None
    assert get(webhook_mock)


def test_unknown_lie_is_refused(webhook_mock: Mock) -> None:
    """A slip in a test is told."""
    with pytest.raises(ValueError, match="There is no lie 'nul-body'; there is missing-member"):
        webhook_mock.lie("nul-body")


def test_app_runs_without_a_socket() -> None:
    """Httpx talks to the mock in this process."""

    async def ask() -> httpx.Response:
        transport = httpx.ASGITransport(app=create_app())
        async with httpx.AsyncClient(transport=transport, base_url="http://mock") as client:
            headers = {"Authorization": "Bearer demo-token"}
            return await client.get("/api/v2/instance/a%2Fb/webhook", headers=headers)

    answer = asyncio.run(ask())

    assert (200, "unknown") == (answer.status_code, answer.headers["Mock-Instance"])
