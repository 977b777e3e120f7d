"""Many clients write at once, over connections of their own: nothing gets lost."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from typing import Any

import httpx
import pytest
from writable_mock import NEW

from find_webhook_kit.mock_server.http.server import Running, serving
from find_webhook_kit.mock_server.settings import DEMO_TOKEN, Settings

HEADERS = {"Authorization": f"Bearer {DEMO_TOKEN}"}
CLIENTS, EACH = 8, 10


@pytest.fixture(scope="module")
def writable() -> Iterator[Running]:
    with serving(Settings(port=0, writes=True)) as running:
        yield running


def webhooks(mock: Running, instance: str) -> str:
    return f"{mock.url}{mock.state.path(instance)}"


def test_creates_of_many_clients_are_all_kept(writable: Running) -> None:
    """Each webhook is listed once, with an id of its own, and each client reads what it wrote."""
    url = webhooks(writable, "nobody")

    def create(client: int) -> list[Any]:
        made = []
        with httpx.Client(headers=HEADERS) as own:
            for number in range(EACH):
                webhook = own.post(url, json={**NEW, "name": f"{client}/{number}"}).json()
                assert webhook in own.get(url).json()
                made.append(webhook["webhookId"])
        return made

    with ThreadPoolExecutor(CLIENTS) as clients:
        ids = [each for made in clients.map(create, range(CLIENTS)) for each in made]
    listed = httpx.get(url, headers=HEADERS).json()

    assert CLIENTS * EACH == len(set(ids)) == len(listed)
    assert set(ids) == {webhook["webhookId"] for webhook in listed}


def test_events_that_clients_choose_at_once_are_all_chosen(writable: Running) -> None:
    """A merge of one flag takes none back that another client has sent."""
    url = webhooks(writable, "demo")
    (before,) = httpx.get(url, headers=HEADERS).json()
    flags = [name for name, value in before["WebhookEvents"].items() if isinstance(value, bool)]
    wanted = {name: not before["WebhookEvents"][name] for name in flags}
    events = f"{url}/{before['webhookId']}/events"

    def choose(name: str) -> int:
        return httpx.patch(events, headers=HEADERS, json={name: wanted[name]}).status_code

    with ThreadPoolExecutor(CLIENTS) as clients:
        assert {200} == set(clients.map(choose, flags))
    (after,) = httpx.get(url, headers=HEADERS).json()

    assert wanted == {name: after["WebhookEvents"][name] for name in flags}


def test_one_of_many_clients_gets_its_conditional_update_through(writable: Running) -> None:
    """With the same `If-Match` one write is done, and the others are a 412."""
    url = webhooks(writable, "somebody")
    made = httpx.post(url, headers=HEADERS, json=NEW)
    one = f"{url}/{made.json()['webhookId']}"

    def update(number: int) -> int:
        headers = {**HEADERS, "If-Match": made.headers["ETag"]}
        return httpx.put(one, headers=headers, json={"name": str(number)}).status_code

    with ThreadPoolExecutor(CLIENTS) as clients:
        statuses = sorted(clients.map(update, range(CLIENTS)))

    assert [201, *[412] * (CLIENTS - 1)] == statuses
