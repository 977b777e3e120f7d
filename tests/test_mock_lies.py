"""Each lie breaks the contract in its way, and says that it is one."""

import json
from collections.abc import Iterator
from types import SimpleNamespace

import pytest
from http_client import connect
from mock_client import AUTHORIZATION, Answer, Client, path_of
from truth import offences

from find_webhook_kit.mock_server.answers import delivery
from find_webhook_kit.mock_server.answers.delivery import HungUpError
from find_webhook_kit.mock_server.answers.lies import LIES
from find_webhook_kit.mock_server.http.server import serving
from find_webhook_kit.mock_server.settings import Settings
from find_webhook_kit.spec import contract

RESPONSES = contract().operations["findWebhook"].responses
ALLOWED = {"flaky", "jitter", "slow-body", "extra-member", "renamed-member"}
"""Lies that the contract allows: objects are open, and it says nothing about time."""

BROKEN_OFF = {"cut-body", "dropped"}


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    """Serve the mock on a free port."""
    with serving() as mock:
        yield int(mock.url.rpartition(":")[2])


def lying(client: Client, name: str, instance: str = "demo", more: str = "") -> Answer:
    """Ask for a lie."""
    return client.webhooks(instance, ("Prefer", f"lie={name}{more}"))


def keeps_the_contract(answer: Answer, instance: str) -> bool:
    """Judge an answer by the contract, strictly."""
    response = RESPONSES.get(answer.status)
    if response is None or answer.headers.get("Content-Type") not in response.content:
        return False
    try:
        body = json.loads(answer.body.decode(), parse_constant=int)
    except ValueError:
        return False
    media_type = response.content["application/json"]
    challenged = answer.status != 401 or "WWW-Authenticate" in answer.headers
    return challenged and not media_type.schema.violations(body) and not [*offences(instance, body)]


@pytest.mark.parametrize("instance", ["demo", "minimal", "empty", "unauthorized", "nobody"])
@pytest.mark.parametrize("name", sorted(set(LIES) - ALLOWED - BROKEN_OFF))
def test_lie_breaks_the_contract(client: Client, name: str, instance: str) -> None:
    """Whatever the instance has, the answer is one that the contract does not allow."""
    assert not keeps_the_contract(lying(client, name, instance), instance)


@pytest.mark.parametrize("name", sorted(set(LIES) - BROKEN_OFF))
def test_lie_is_marked(client: Client, name: str, monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody takes a lie for the contract."""
    monkeypatch.setattr("find_webhook_kit.mock_server.answers.delivery.SLOW", 0)
    monkeypatch.setattr("find_webhook_kit.mock_server.answers.lies.JITTER", 0)
    answer = lying(client, name)

    assert (name, f"lie={name}") == (
        answer.headers["Mock-Lie"],
        answer.headers["Preference-Applied"],
    )


@pytest.mark.parametrize("name", ["demo", "empty", "unauthorized"])
def test_truth_is_not_marked(client: Client, name: str) -> None:
    """An honest answer does not call itself a lie."""
    assert "Mock-Lie" not in client.webhooks(name).headers


def test_server_may_lie_to_everyone() -> None:
    """`--lie` makes each answer a lie, where the client asks for no other."""
    client = Client(Settings(lie="null-body"))

    assert ("null-body", None) == (client.webhooks().headers["Mock-Lie"], client.webhooks().json)
    assert "wrapped" == lying(client, "wrapped").headers["Mock-Lie"]


@pytest.mark.parametrize(
    ("lie", "instance", "marked"),
    [
        ("null-member", "demo", True),
        ("null-member", "nobody", False),
        ("null-member", "unauthorized", False),
        ("wrapped", "nobody", True),
        ("wrapped", "unauthorized", False),
        ("server-error", "unauthorized", True),
    ],
)
def test_server_lies_about_what_is_there(
    lie: str,
    instance: str,
    marked: bool,  # noqa: FBT001 - a column of the table
) -> None:
    """A lie for everyone leaves an answer alone that has nothing to lie about."""
    assert marked == ("Mock-Lie" in Client(Settings(lie=lie)).webhooks(instance).headers)


def test_lie_is_no_excuse_for_missing_credentials() -> None:
    """A lie is told to those who may ask."""
    assert 401 == Client(Settings(lie="null-body")).ask(path_of("demo")).status


@pytest.mark.parametrize("status", [429, 503])
def test_lie_about_load_says_when_to_come_back(client: Client, status: int) -> None:
    """429 and 503 carry Retry-After."""
    name = {429: "too-many-requests", 503: "unavailable"}[status]
    answer = lying(client, name)

    assert (status, "1") == (answer.status, answer.headers["Retry-After"])


def test_flaky_run_replays() -> None:
    """The same seed makes the same requests fail, and another seed others."""

    def run(seed: int) -> list[int]:
        client = Client()
        return [lying(client, "flaky", more=f", seed={seed}").status for _ in range(20)]

    assert run(1) == run(1)
    assert run(1) != run(2)
    assert {200, 503} == set(run(1))


def test_jitter_is_late_by_seed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Jitter delays each answer by an amount that the seed decides."""
    waits: list[float] = []

    async def note(seconds: float) -> None:
        waits.append(seconds)

    # Its own name alone: other servers of this process sleep too.
    sleeping = SimpleNamespace(sleep=note)
    monkeypatch.setattr("find_webhook_kit.mock_server.answers.response.asyncio", sleeping)
    for _ in range(2):
        lying(Client(), "jitter", more=", seed=4")

    assert waits[0] == waits[1]
    assert 0 < waits[0] < 2


@pytest.mark.parametrize("name", sorted(BROKEN_OFF))
def test_broken_connection_is_an_exception_in_process(client: Client, name: str) -> None:
    """Where there is no connection to end, the app raises in its place."""
    with pytest.raises(HungUpError):
        lying(client, name)


@pytest.mark.parametrize(("name", "start"), [("cut-body", b"HTTP/1.1 200"), ("dropped", b"")])
def test_broken_connection_ends(port: int, name: str, start: bytes) -> None:
    """A cut answer stops short of its Content-Length, a dropped one never starts."""
    head = f"GET {path_of('demo')} HTTP/1.1\r\nHost: mock\r\nPrefer: lie={name}\r\n"
    request = f"{head}{': '.join(AUTHORIZATION)}\r\n\r\n"
    with connect(port) as connection:
        connection.sendall(request.encode())
        received = b"".join(iter(lambda: connection.recv(65536), b""))

    assert received.startswith(start)
    assert len(received) < 800


def test_slow_body_is_the_whole_body(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """What comes slowly is complete in the end."""
    slow = delivery.SLOW
    monkeypatch.setattr(delivery, "SLOW", 0.02)

    assert client.webhooks().body == lying(client, "slow-body").body
    assert slow >= 1
