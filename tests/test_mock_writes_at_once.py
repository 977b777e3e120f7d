"""Many clients write at once, over connections of their own: nothing gets lost."""

from __future__ import annotations

import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import closing
from typing import Any

import pytest
from http_client import Connection
from mock_client import AUTHORIZATION, Answer
from writable_mock import NEW

from find_webhook_kit.mock_server.http.server import Running, serving
from find_webhook_kit.mock_server.settings import Settings

CLIENTS, EACH = 8, 5


@pytest.fixture(scope="module")
def writable() -> Iterator[Running]:
    with serving(Settings(port=0, writes=True)) as running:
        yield running


class Client(Connection):
    """A client that reads and writes JSON."""

    def send(self, method: str, path: str, body: Any = None, *headers: tuple[str, str]) -> Answer:
        content = None if body is None else json.dumps(body).encode()
        shown = (AUTHORIZATION, ("Content-Type", "application/json"), *headers)
        return self.ask(path, *shown, method=method, body=content)


def send(
    mock: Running, method: str, path: str, body: Any = None, *headers: tuple[str, str]
) -> Answer:
    """Send one request, as a client that nobody knows yet."""
    with closing(Client(mock.url)) as client:
        return client.send(method, path, body, *headers)


def test_creates_of_many_clients_are_all_kept(writable: Running) -> None:
    """Each webhook is listed once, with an id of its own, and each client reads what it wrote."""
    url = writable.state.path("nobody")

    def create(client: int) -> list[Any]:
        made = []
        with closing(Client(writable.url)) as own:
            for number in range(EACH):
                webhook: Any = own.send("POST", url, {**NEW, "name": f"{client}/{number}"}).json
                listed: Any = own.send("GET", url).json
                assert webhook in listed
                made.append(webhook["webhookId"])
        return made

    with ThreadPoolExecutor(CLIENTS) as clients:
        ids = [each for made in clients.map(create, range(CLIENTS)) for each in made]
    listed: Any = send(writable, "GET", url).json

    assert CLIENTS * EACH == len(set(ids)) == len(listed)
    assert set(ids) == {webhook["webhookId"] for webhook in listed}


def test_events_that_clients_choose_at_once_are_all_chosen(writable: Running) -> None:
    """A merge of one flag takes none back that another client has sent."""
    url = writable.state.path("demo")
    listed: Any = send(writable, "GET", url).json
    (before,) = listed
    flags = [name for name, value in before["WebhookEvents"].items() if isinstance(value, bool)]
    wanted = {name: not before["WebhookEvents"][name] for name in flags}
    events = f"{url}/{before['webhookId']}/events"

    def choose(name: str) -> int:
        return send(writable, "PATCH", events, {name: wanted[name]}).status

    with ThreadPoolExecutor(CLIENTS) as clients:
        assert {200} == set(clients.map(choose, flags))
    listed = send(writable, "GET", url).json
    (after,) = listed

    assert wanted == {name: after["WebhookEvents"][name] for name in flags}


def test_one_of_many_clients_gets_its_conditional_update_through(writable: Running) -> None:
    """With the same `If-Match` one write is done, and the others are a 412."""
    url = writable.state.path("somebody")
    made = send(writable, "POST", url, NEW)
    webhook: Any = made.json
    one = f"{url}/{webhook['webhookId']}"

    def update(number: int) -> int:
        same = ("If-Match", made.headers["ETag"])
        return send(writable, "PUT", one, {"name": str(number)}, same).status

    with ThreadPoolExecutor(CLIENTS) as clients:
        statuses = sorted(clients.map(update, range(CLIENTS)))

    assert [201, *[412] * (CLIENTS - 1)] == statuses
