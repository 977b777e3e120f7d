# tests/test_screen.py
"""How a test of your own uses the mock: the fixture `webhook_mock` comes with the installation."""

import asyncio

import httpx

from find_webhook_kit.mock_server.app.stack import create_app
from find_webhook_kit.mock_server.pytest_plugin import Mock


def names(url: str, headers: dict[str, str]) -> object:
    """The code under test: what a screen shows for an instance."""
    answer = httpx.get(url, headers=headers, timeout=5)
    if answer.status_code == 401:
        return "please sign in"
    try:
        return [webhook["name"] for webhook in answer.raise_for_status().json()]
    except (httpx.HTTPError, ValueError, TypeError, KeyError):
        return "something went wrong"


def test_names_are_listed(webhook_mock: Mock) -> None:
    """The instance id picks the state."""
    assert ["crm"] == names(webhook_mock.webhooks("demo"), webhook_mock.headers)
    assert [] == names(webhook_mock.webhooks("empty"), webhook_mock.headers)
    assert "please sign in" == names(webhook_mock.webhooks("unauthorized"), webhook_mock.headers)


def test_screen_survives_a_lie(webhook_mock: Mock) -> None:
    """Each named break of the contract is one call away; the next test finds the truth again."""
    webhook_mock.lie("truncated-json")

    assert "something went wrong" == names(webhook_mock.webhooks("demo"), webhook_mock.headers)
    assert ["truncated-json"] == [exchange.lie for exchange in webhook_mock.journal]


def test_without_a_socket() -> None:
    """The mock is an ASGI application; httpx asks it in this process."""

    async def ask() -> httpx.Response:
        transport = httpx.ASGITransport(app=create_app())
        async with httpx.AsyncClient(transport=transport, base_url="http://mock") as client:
            headers = {"Authorization": "Bearer demo-token"}
            return await client.get("/api/v2/instance/many/webhook", headers=headers)

    assert 50 == len(asyncio.run(ask()).json())
