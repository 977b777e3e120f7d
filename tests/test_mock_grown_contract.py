"""The built-in contract may say more: mock, fixtures, lies and generated data follow it.

So do the lies about a document that has nothing in common with it.
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from changed_contract import written
from mock_client import Client
from test_mock_bodies import response

from find_webhook_kit.mock_server.answers.endpoint import endpoints
from find_webhook_kit.mock_server.answers.fixture_store import FixtureStore
from find_webhook_kit.mock_server.answers.fixtures import FixtureError
from find_webhook_kit.mock_server.answers.lies import LIES
from find_webhook_kit.mock_server.app.stack import create_app
from find_webhook_kit.mock_server.settings import Settings
from find_webhook_kit.mock_server.state import State
from find_webhook_kit.spec import Contract

GOOD = """
name: n
url: https://hooks.example.com/a
webhookId: w
createdAt: "2024-04-14T09:30:00Z"
updatedAt: "2024-04-14T09:30:00Z"
"""


def grown(document: Any, _: Any) -> None:
    """Add a map, an enum, a pattern and null to what the built-in contract says of an item."""
    item = document["components"]["schemas"]["Webhook"]
    item["properties"]["headers"] = {"type": "object", "additionalProperties": {"type": "string"}}
    item["properties"]["mode"] = {"type": "string", "enum": ["push", "pull"]}
    item["properties"]["webhookId"]["pattern"] = "^.+$"
    item["properties"]["name"]["nullable"] = True


def stricter(document: Any, _: Any) -> None:
    """Ask for more than the built-in fixtures have."""
    document["components"]["schemas"]["Webhook"]["properties"]["name"]["enum"] = ["one"]


@pytest.fixture(scope="module")
def contract(tmp_path_factory: pytest.TempPathFactory) -> Contract:
    return written(tmp_path_factory.mktemp("grown"), grown)


def test_mock_of_the_grown_contract_generates_what_was_added(contract: Contract) -> None:
    """Each new keyword is kept, and each new property comes and goes."""
    client = Client(app=create_app(Settings(), contract))
    schema = endpoints(contract)["findWebhook"].schema
    assert schema is not None
    names: set[str] = set()
    values: set[object] = set()
    for seed in range(6):
        answer = client.webhooks("x", ("Prefer", f"dynamic=true, size=4, seed={seed}")).json
        assert () == schema.violations(answer)
        assert isinstance(answer, list)
        for item in answer:
            assert isinstance(item, dict)
            names |= item.keys()
            values |= {item.get("mode"), item["name"] is None}

    assert {"headers", "mode"} <= names
    assert {"push", "pull", True, False} <= values


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ("headers: {X-A: b}\nmode: push", ""),
        ("headers: {X-A: 1}", "/webhooks/0/headers/X-A must be string, not 1"),
        ("mode: poll", "/webhooks/0/mode must be"),
    ],
)
def test_fixture_is_held_against_what_was_added(
    contract: Contract, tmp_path: Path, more: str, told: str
) -> None:
    """A new keyword binds the files of whoever uses the mock."""
    lines = "\n".join(f"    {line}" for line in (GOOD + more).strip().splitlines())
    (tmp_path / "mine.yaml").write_text(f"webhooks:\n  -\n{lines}\n")
    if not told:
        assert "mine" in FixtureStore(tmp_path, contract).by_id
        return
    with pytest.raises(FixtureError) as error:
        FixtureStore(tmp_path, contract)

    assert told in str(error.value)


def test_built_in_fixture_that_a_change_breaks_is_named(tmp_path: Path) -> None:
    """Who narrows the contract is told which of the files no longer fit."""
    with pytest.raises(FixtureError, match=r"demo\.yaml.*name must be"):
        State(Settings(), written(tmp_path, stricter))


def test_lie_about_null_takes_a_member_that_must_not_be_null(contract: Contract) -> None:
    """Where the name may be null, the lie is about the next required member."""
    client = Client(app=create_app(Settings(), contract))
    answer = client.webhooks("demo", ("Prefer", "lie=null-member")).json
    item = answer[0] if isinstance(answer, list) else None
    assert isinstance(item, dict)

    assert ("crm", None) == (item["name"], item["url"])
    assert "url is null" == LIES["null-member"].told_by(endpoints(contract)["findWebhook"])


ORDER = {
    "type": "object",
    "required": ["number", "customer", "placed"],
    "properties": {
        "number": {"type": "integer"},
        "customer": {"type": "string"},
        "placed": {"type": "string", "format": "date-time"},
        "paid": {"type": "boolean"},
        "address": {
            "type": "object",
            "required": ["street"],
            "properties": {"street": {"type": "string"}, "abroad": {"type": "boolean"}},
        },
    },
}
OF_RULES = {"time-runs-back", "wrong-owner", "same-id-twice"}
"""Lies about what the rules of a contract say, which a document alone has none of."""
TAMER = {"extra-member", "renamed-member", "flaky", "jitter", "slow-body"}
"""Lies that the schema allows."""


def orders(document: Any, _: Any) -> None:
    """Make a contract of orders, one of which is a number and nothing else."""
    listed = {"type": "array", "items": {"$ref": "#/components/schemas/Order"}}
    document["components"]["schemas"]["Order"] = ORDER
    document["paths"] = {
        "/orders": {"get": {"operationId": "list", "responses": {"200": response(listed)}}},
        "/number": {
            "get": {"operationId": "number", "responses": {"200": response({"type": "integer"})}}
        },
    }


@pytest.fixture(scope="module")
def foreign(tmp_path_factory: pytest.TempPathFactory) -> Contract:
    return written(tmp_path_factory.mktemp("orders"), orders)


@pytest.mark.parametrize(
    "name", [name for name, lie in LIES.items() if lie.about != "answer" and name not in OF_RULES]
)
def test_lie_is_told_about_any_list_of_objects(foreign: Contract, name: str) -> None:
    """Each breaks the document in the eyes of the journal, but those that it allows."""
    state = State(Settings(), foreign)
    answer = Client(app=create_app(state=state)).ask("/orders", ("Prefer", f"lie={name}"))
    (exchange,) = state.journal

    assert name == answer.headers["Mock-Lie"]
    assert state.journal.verdict(exchange).problems or name in TAMER


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("missing-member", "the first item has no number"),
        ("missing-events-id", "address has no street"),
        ("renamed-member", "address is called newAddress everywhere"),
        ("wrong-case", "customer is called customeR"),
        ("number-for-text", "customer is a number"),
        ("text-for-boolean", 'paid is "true"'),
        ("flag-as-text", 'abroad of address is "false"'),
        ("epoch-date", "placed is a number of seconds"),
    ],
)
def test_lie_says_which_member_it_is_about(foreign: Contract, name: str, words: str) -> None:
    """In the words of the document."""
    assert words == LIES[name].told_by(endpoints(foreign)["list"])


@pytest.mark.parametrize(
    ("target", "name", "needs"),
    [
        ("/orders", "wrong-owner", "what repeats a path parameter"),
        ("/orders", "time-runs-back", "the later of two times"),
        ("/orders", "same-id-twice", "what is unique in a list"),
        ("/number", "null-member", "an object with a required member"),
        ("/number", "null-item", "a list"),
    ],
)
def test_lie_that_cannot_be_told_says_what_it_needs(
    foreign: Contract, target: str, name: str, needs: str
) -> None:
    """It is another thing than a lie that nobody knows."""
    client = Client(app=create_app(Settings(), foreign))
    answer = client.ask(target, ("Prefer", f"lie={name}"))

    assert 404 == answer.status
    assert needs in answer.body.decode()
    assert b"There is no lie" in client.ask(target, ("Prefer", "lie=nonsense")).body
