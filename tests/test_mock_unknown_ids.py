"""Ids that nobody knows are answered alike, and each as it would be alone."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from changed_contract import LIST, written
from mock_client import AUTHORIZATION, Client, folder, path_of
from test_mock_replay import Counting, Row, mock, sent

from find_webhook_kit.mock_server.answers import fixture_store
from find_webhook_kit.mock_server.app.recorder import Recorder
from find_webhook_kit.mock_server.app.stack import plain_app
from find_webhook_kit.mock_server.settings import Settings
from find_webhook_kit.mock_server.state import State

HEAD = "HEAD"


def asked_before(client: Client, *headers: tuple[str, str], method: str = "GET") -> None:
    """Ask for ids until what they get is known."""
    for number in range(3):
        client.ask(path_of(f"before-{number}"), AUTHORIZATION, *headers, method=method)


@pytest.mark.parametrize("method", ["GET", HEAD])
def test_new_id_costs_no_decision(method: str) -> None:
    """Once two ids were answered that nobody knows, no other one is decided."""
    client, plain, state = mock()
    asked_before(client, method=method)
    before = plain.count
    row = Row("new", path_of("new"), method=method)
    reference = Client(app=plain_app(State(Settings())))

    assert sent(reference, row) == sent(client, row)
    assert before == plain.count
    assert ["before-0", "before-1", "before-2", "new"] == [one.instance for one in state.journal]


def test_visits_of_each_id_are_its_own() -> None:
    """An id that is asked for the first time has no visit, however many others had."""
    client, _, state = mock()
    asked_before(client)
    client.webhooks("new")
    client.webhooks("new")

    assert 2 == state.visits.count("Bearer demo-token", ("new", None))
    assert 1 == state.visits.count("Bearer demo-token", ("before-0", None))


ODD = ("%6Eobody", "a%2Fb", "%FF", "%zz", "no body", "a/b", "", ".", "..", "x" * 33_000, "é")


@pytest.mark.parametrize("name", ODD, ids=lambda name: name[:9] or "none")
def test_odd_id_is_looked_at(name: str) -> None:
    """What may be refused, or is another path, gets what it gets alone."""
    client, _, _ = mock()
    asked_before(client)
    row = Row(name, path_of(name))

    assert sent(Client(app=plain_app(State(Settings()))), row) == sent(client, row)


OTHERWISE = {
    "without credentials": Row("", path_of("new"), ()),
    "other credentials": Row("", path_of("new"), (("Authorization", "Bearer other"),)),
    "an example": Row("", path_of("new"), (AUTHORIZATION, ("Prefer", "example=minimal"))),
    "a query": Row("", f"{path_of('new')}?__code=401"),
    "another method": Row("", path_of("new"), method="DELETE"),
    "HEAD": Row("", path_of("new"), method="HEAD"),
    "a known id": Row("", path_of("demo")),
    "another path": Row("", "/api/v2/instance/new"),
    "a slash at the end": Row("", path_of("new") + "/"),
    "another Accept": Row("", path_of("new"), (AUTHORIZATION, ("Accept", "text/html"))),
}


@pytest.mark.parametrize("row", OTHERWISE.values(), ids=OTHERWISE)
def test_request_that_differs_in_more_than_the_id_is_decided(row: Row) -> None:
    """The answer is the one of the plain way."""
    client, _, _ = mock()
    asked_before(client)
    reference = Client(app=plain_app(State(Settings())))

    assert [sent(reference, row)] * 3 == [sent(client, row) for _ in range(3)]


def test_id_gets_its_fixture_when_it_is_saved(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An id is unknown as long as there is no file of its name."""
    monkeypatch.setattr(fixture_store, "INTERVAL", 0)
    client, _, _ = mock(Settings(fixtures=tmp_path))
    asked_before(client)
    unknown = client.webhooks("new")
    folder(tmp_path, new_yaml="answer: unauthorized")

    assert "unknown" == unknown.headers["Mock-Instance"]
    assert 401 == client.webhooks("new").status


def _short(document: Any, _: object) -> None:
    """Let no id be longer than eight characters."""
    parameters = document["paths"][LIST]["get"]["parameters"]
    (parameter,) = (item for item in parameters if item["in"] == "path")
    parameter["schema"] = {"type": "string", "maxLength": 8}


def _fixed(document: Any, _: object) -> None:
    """Add a path that is fixed where another one has an id."""
    other = {**document["paths"][LIST]["get"], "operationId": "settings", "parameters": []}
    document["paths"][LIST.replace("{instanceId}", "settings")] = {"get": other}


@pytest.mark.parametrize(("change", "name"), [(_short, "far-too-long"), (_fixed, "settings")])
def test_contract_decides_what_an_id_is(tmp_path: Path, change: Any, name: str) -> None:
    """What the document refuses as an id, or has another operation for, is not answered alike."""
    contract = written(tmp_path, change)
    state = State(Settings(), contract)
    client = Client(app=Recorder(Counting(state), state))
    for number in range(3):
        client.webhooks(f"new-{number}")
    row = Row(name, path_of(name))
    reference = Client(app=plain_app(State(Settings(), contract)))
    expected = sent(reference, row)

    assert [expected] * 3 == [sent(client, row) for _ in range(3)]
    assert expected != sent(client, Row("new", path_of("new")))


@pytest.mark.parametrize(
    "wish", ["example=one", "example=minimal", "code=200", "dynamic=true, seed=3"]
)
def test_what_is_preferred_belongs_to_the_id(wish: str) -> None:
    """An example or generated data names whom it belongs to, so that no other id gets it."""
    client, _, _ = mock()
    prefer = ("Prefer", wish)
    asked_before(client, prefer)
    row = Row(wish, path_of("new"), (AUTHORIZATION, prefer))

    assert sent(Client(app=plain_app(State(Settings()))), row) == sent(client, row)
