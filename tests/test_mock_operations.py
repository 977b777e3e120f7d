"""A contract of several operations is mocked from its document and its rules, without more code."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from changed_contract import LIST, ONE, one_webhook, written
from mock_client import AUTHORIZATION, Client
from yaml_text import read

from find_webhook_kit.mock_server.answers.endpoint import endpoints
from find_webhook_kit.mock_server.answers.fixtures import FixtureError
from find_webhook_kit.mock_server.answers.lies import LIES
from find_webhook_kit.mock_server.app.stack import create_app
from find_webhook_kit.mock_server.journal import ALL, listed
from find_webhook_kit.mock_server.settings import Settings
from find_webhook_kit.mock_server.state import State
from find_webhook_kit.spec import Contract, Json

ORIGIN = ("Origin", "https://page.example")
EXAMPLE: dict[str, Json] = {
    "name": "Support desk",
    "url": "https://hooks.example.com/crm",
    "webhookId": "wh-1",
    "createdAt": "2024-04-14T09:30:00.000Z",
    "updatedAt": "2024-04-14T09:30:00.000Z",
    "instanceInstanceId": "crm",
}


def with_an_example(document: Any, rules: Any) -> None:
    """Add Find One Webhook, and an example of what it answers."""
    one_webhook(document, rules)
    answer = document["paths"][ONE]["get"]["responses"]["200"]["content"]["application/json"]
    answer["examples"] = {"one": {"summary": "one webhook", "value": EXAMPLE}}


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Contract:
    """Our contract with a second operation."""
    return written(tmp_path_factory.mktemp("two"), with_an_example)


@pytest.fixture
def state(two: Contract) -> State:
    """What a mock of both operations remembers."""
    return State(Settings(), two)


@pytest.fixture
def client(state: State) -> Client:
    """Give a client of a mock of both operations."""
    return Client(app=create_app(state=state))


def one(instance: str = "crm", webhook: str = "wh-1") -> str:
    return ONE.format(instanceId=instance, webhookId=webhook)


def test_operation_without_fixtures_answers_with_its_example(client: Client) -> None:
    """It belongs to whom was asked for, where the contract says whose it is."""
    answer = client.ask(one("shop"), AUTHORIZATION)

    assert 200 == answer.status
    assert {**EXAMPLE, "instanceInstanceId": "shop"} == answer.json
    assert 'example; name="one"; status=200' == answer.headers["Mock-Source"]


def test_first_operation_is_answered_as_before(client: Client) -> None:
    """A second operation changes nothing about fixtures and unknown instances."""
    alone = Client()
    for instance in ("demo", "many", "unauthorized", "nobody"):
        before, now = alone.webhooks(instance), client.webhooks(instance)
        assert (before.status, before.body) == (now.status, now.body)


@pytest.mark.parametrize(
    ("target", "headers", "method", "status"),
    [
        (one(), (), "GET", 401),
        (one(), (AUTHORIZATION,), "HEAD", 200),
        (one(), (AUTHORIZATION,), "DELETE", 405),
        (f"{one()}/more", (AUTHORIZATION,), "GET", 404),
        (one("%FF"), (AUTHORIZATION,), "GET", 400),
        (one(), (AUTHORIZATION, ("Accept", "text/html")), "GET", 406),
        (one(), (AUTHORIZATION, ("Prefer", "code=400")), "GET", 400),
        (one(), (AUTHORIZATION, ("Prefer", "example=badRequest")), "GET", 400),
        (one(), (AUTHORIZATION, ("Prefer", "code=418")), "GET", 404),
        (one(), (AUTHORIZATION, ("Prefer", "lie=same-id-twice")), "GET", 404),
        (one(), (AUTHORIZATION, ("Prefer", "dynamic=true, size=2")), "GET", 400),
    ],
)
def test_request_is_decided_as_for_the_first_operation(
    client: Client, target: str, headers: tuple[tuple[str, str], ...], method: str, status: int
) -> None:
    """Credentials, ids, media types, methods and preferences go by the operation of the path."""
    assert status == client.ask(target, *headers, method=method).status


def test_same_content_is_not_sent_twice(client: Client) -> None:
    """The validator of an example works like that of a fixture."""
    tag = client.ask(one(), AUTHORIZATION).headers["ETag"]

    assert 304 == client.ask(one(), AUTHORIZATION, ("If-None-Match", tag)).status


def test_generated_item_is_what_was_asked_for(two: Contract, client: Client) -> None:
    """Schema and rules hold for one item as for a list, and the same seed gives the same one."""
    endpoint = endpoints(two)["findOneWebhook"]
    assert endpoint.schema is not None
    for seed in range(8):
        prefer = ("Prefer", f"dynamic=true, seed={seed}")
        answer = client.ask(one("a b".replace(" ", "%20"), "wh-9"), AUTHORIZATION, prefer)
        asked = {"instanceId": "a b", "webhookId": "wh-9"}
        assert () == endpoint.schema.violations(answer.json)
        assert [] == list(endpoint.offences(asked, answer.json))
        again = client.ask(one("a%20b", "wh-9"), AUTHORIZATION, prefer)
        assert answer.body == again.body


@pytest.mark.parametrize("name", sorted(LIES))
def test_lie_is_told_about_one_item_or_refused(
    name: str, two: Contract, state: State, client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What is told breaks the contract in the eyes of the journal, or is no lie about bodies."""
    monkeypatch.setattr("find_webhook_kit.mock_server.answers.delivery.SLOW", 0)
    monkeypatch.setattr("find_webhook_kit.mock_server.answers.lies.JITTER", 0)
    endpoint = endpoints(two)["findOneWebhook"]
    lie = LIES[name]
    if lie.about == "answer":
        assert lie.suits(endpoint)
        return
    answer = client.ask(one(), AUTHORIZATION, ("Prefer", f"lie={name}"))
    if not lie.suits(endpoint):
        assert 404 == answer.status
        return
    (exchange,) = state.journal
    verdict = state.journal.verdict(exchange)

    assert name == answer.headers["Mock-Lie"]
    assert verdict.problems or name in {"extra-member", "renamed-member"}


def test_journal_says_what_was_asked_for(state: State, client: Client) -> None:
    """Each answer is held against the operation that it belongs to."""
    client.webhooks("demo")
    client.ask(one("crm"), AUTHORIZATION)
    client.ask("/elsewhere", AUTHORIZATION)
    entries = json.loads(state.journal.written(ALL, listed))["entries"]

    assert [
        ("demo", "keeps the contract"),
        ("crm", "keeps the contract"),
        (None, "not in the contract"),
    ] == [(entry["instance"], entry["verdict"]) for entry in entries]


def test_states_list_every_operation(client: Client) -> None:
    """A page can offer what each operation has."""
    states = client.ask("/__mock/states").json
    assert isinstance(states, dict)
    listed_operations = states["operations"]
    assert isinstance(listed_operations, list)

    assert [LIST, ONE] == [item["path"] for item in listed_operations if isinstance(item, dict)]


def test_preflight_names_what_the_path_takes(tmp_path: Path) -> None:
    """Another method of the contract is for pages of other origins, too."""

    def put(document: Any, _: Any) -> None:
        operation = json.loads(json.dumps(document["paths"][LIST]["get"]))
        document["paths"][LIST]["put"] = {**operation, "operationId": "putWebhook"}

    client = Client(app=create_app(Settings(), written(tmp_path, put)))
    asked = (ORIGIN, ("Access-Control-Request-Method", "PUT"))
    answer = client.ask(LIST.format(instanceId="crm"), *asked, method="OPTIONS")

    assert 204 == answer.status
    assert "PUT" in answer.headers["Access-Control-Allow-Methods"]


def bare(**operation: Any) -> Callable[[Any, Any], None]:
    """Leave one operation, `GET /status`, made of what is given."""

    def change(document: Any, _: Any) -> None:
        document["paths"] = {"/status": {"get": operation}}

    return change


WORD = {"application/json": {"schema": {"type": "object"}, "example": {"ok": True}}}


@pytest.mark.parametrize(
    ("operation", "headers", "status", "body"),
    [
        pytest.param({"responses": {"204": {"description": "."}}}, (), 204, b"", id="204 alone"),
        pytest.param(
            {"responses": {"200": {"description": ".", "content": WORD}}},
            (),
            200,
            b'{"ok":true}',
            id="no security, no parameter",
        ),
        pytest.param(
            {"responses": {"200": {"description": "."}}, "security": [{"bearer": []}]},
            (AUTHORIZATION,),
            200,
            b"",
            id="no body",
        ),
        pytest.param(
            {"responses": {"200": {"description": "."}}, "security": [{"bearer": []}]},
            (),
            401,
            None,
            id="no credentials",
        ),
    ],
)
def test_any_get_starts_and_answers(
    tmp_path: Path,
    operation: dict[str, Any],
    headers: tuple[tuple[str, str], ...],
    status: int,
    body: bytes | None,
) -> None:
    """An operation needs no fixture, parameter, body or security to be mocked."""
    client = Client(app=create_app(Settings(), written(tmp_path, bare(**operation))))
    answer = client.ask("/status", *headers)

    assert status == answer.status
    assert body is None or body == answer.body


def told(value: Any, **parts: Any) -> dict[str, Any]:
    """Write an operation without security that answers with a JSON value."""
    content = {"application/json": {"schema": {}, "example": value}}
    return {"responses": {"200": {"description": ".", "content": content}}, **parts}


def of_path(name: str, type_: str = "string") -> dict[str, Any]:
    return {"name": name, "in": "path", "required": True, "schema": {"type": type_}}


def client_of(folder: Path, paths: dict[str, Any]) -> Client:
    """Give a client of the mock of a document with these paths."""

    def change(document: Any, _: Any) -> None:
        document["paths"] = paths

    return Client(app=create_app(Settings(), written(folder, change)))


def test_fixed_path_comes_before_a_templated_one(tmp_path: Path) -> None:
    """However they are ordered in the document (OpenAPI 3.0.3, Path Templating Matching)."""
    thing = told({"is": "any"}, parameters=[of_path("id")])
    client = client_of(tmp_path, {"/s/{id}": {"get": thing}, "/s/me": {"get": told({"is": "me"})}})

    assert ({"is": "me"}, {"is": "any"}) == (client.ask("/s/me").json, client.ask("/s/you").json)


def test_allow_lists_every_method_of_a_path(tmp_path: Path) -> None:
    """A 405, the answer to OPTIONS and a preflight name the same methods."""
    paths = {"/s": {"get": told(2, operationId="g"), "put": told(1, operationId="p")}}
    client = client_of(tmp_path, paths)
    preflight = (ORIGIN, ("Access-Control-Request-Method", "PUT"))

    assert ["GET, HEAD, OPTIONS, PUT"] * 3 == [
        client.ask("/s", method="PATCH").headers["Allow"],
        client.ask("/s", method="OPTIONS").headers["Allow"],
        client.ask("/s", *preflight, method="OPTIONS").headers["Access-Control-Allow-Methods"],
    ]


@pytest.mark.parametrize(
    ("path", "parameter", "target", "status"),
    [
        ("/s/{a-b}", of_path("a-b"), "/s/7", 200),
        ("/s/{a}", of_path("a", "integer"), "/s/7", 200),
        ("/s/{a}", of_path("a", "integer"), "/s/x", 400),
        ("/s/{a}", of_path("a", "number"), "/s/-7.5", 200),
        ("/s/{a}", of_path("a", "boolean"), "/s/true", 200),
        ("/s/x-{a}.json", of_path("a"), "/s/x-7.json", 200),
        ("/s/x-{a}.json", of_path("a"), "/s/7.json", 404),
    ],
)
def test_path_parameter_of_any_name_and_type_is_read(
    tmp_path: Path, path: str, parameter: dict[str, Any], target: str, status: int
) -> None:
    """Its value is held against its schema."""
    client = client_of(tmp_path, {path: {"get": told(1, parameters=[parameter])}})

    assert status == client.ask(target).status


def test_credentials_that_the_mock_does_not_take_are_a_401(tmp_path: Path) -> None:
    """Whoever shows none of those that an operation asks for is not told of a bad request."""

    def change(document: Any, _: Any) -> None:
        key = {"type": "apiKey", "in": "header", "name": "X-Key"}
        document["components"]["securitySchemes"]["key"] = key
        document["paths"] = {"/s": {"get": told(1, security=[{"key": []}])}}

    client = Client(app=create_app(Settings(), written(tmp_path, change)))

    assert 401 == client.ask("/s", AUTHORIZATION).status


def test_fixtures_without_an_operation_for_them_are_refused(tmp_path: Path) -> None:
    """A folder that nothing would be served from is told as such."""
    contract = written(tmp_path, bare(responses={"204": {"description": "."}}))
    fixtures = tmp_path / "fixtures"
    fixtures.mkdir()
    with pytest.raises(FixtureError, match="no operation of the contract"):
        State(Settings(fixtures=fixtures), contract)


def test_document_that_is_served_is_the_one_that_was_given(two: Contract, client: Client) -> None:
    """The reference and `diff` read what the mock keeps."""
    assert read(two.content) == read(client.ask("/openapi.yaml").body)
