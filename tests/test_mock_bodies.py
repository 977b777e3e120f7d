"""Whatever JSON a contract promises, the mock answers with it or says that it cannot."""

from __future__ import annotations

import asyncio
from pathlib import Path
from typing import Any

import pytest
from changed_contract import written
from mock_client import Client
from starlette.types import ASGIApp, Message
from support.sampling import one_of_each

from find_webhook_kit.mock_server.answers.endpoint import path_of
from find_webhook_kit.mock_server.app.stack import create_app
from find_webhook_kit.mock_server.settings import Settings
from find_webhook_kit.mock_server.state import State

DYNAMIC = ("Prefer", "dynamic=true, seed=3")
LOOPBACK = ("Host", "127.0.0.1")


def state_of(folder: Path, responses: dict[str, Any], **parts: Any) -> State:
    """Return the state of a mock of `GET /s` with these responses."""

    def change(document: Any, _: Any) -> None:
        document["paths"] = {"/s": {"get": {"responses": responses, **parts}}}

    return State(Settings(), written(folder, change))


def response(schema: Any, media_type: str = "application/json", **parts: Any) -> dict[str, Any]:
    return {"description": ".", "content": {media_type: {"schema": schema, **parts}}}


def asked(state: State, *headers: tuple[str, str]) -> tuple[int, bytes, str]:
    """Ask for the path; return the answer, and what the journal says to it."""
    answer = Client(app=create_app(state=state)).ask("/s", *headers)
    *_, exchange = state.journal
    return answer.status, answer.body, str(state.journal.verdict(exchange))


@pytest.mark.parametrize(
    ("schema", "value", "body"),
    [
        ({"type": "boolean"}, False, b"false"),
        ({"type": "integer"}, 0, b"0"),
        ({"type": "string"}, "x", b'"x"'),
        ({"type": "object", "nullable": True}, None, b"null"),
        ({"type": "array", "items": {"type": "string"}}, ["a", "b"], b'["a","b"]'),
        ({"type": "array", "items": {"type": "array", "items": {}}}, [[1], []], b"[[1],[]]"),
        ({}, [{"a": 1}, 2], b'[{"a":1},2]'),
    ],
)
def test_example_of_any_kind_is_the_answer(
    tmp_path: Path, schema: Any, value: Any, body: bytes
) -> None:
    """A body need not be an object or an array of objects."""
    state = state_of(tmp_path, {"200": response(schema, example=value)})

    assert (200, body, "keeps the contract") == asked(state)


@pytest.mark.parametrize(
    ("media_type", "example", "body"),
    [
        ("application/hal+json", {"a": 1}, b'{"a":1}'),
        ("application/json; charset=utf-8", {"a": 1}, b'{"a":1}'),
        ("text/plain", "hello", b"hello"),
    ],
)
def test_answer_has_the_documented_media_type(
    tmp_path: Path, media_type: str, example: Any, body: bytes
) -> None:
    """A text that is not JSON is sent as it stands."""
    state = state_of(tmp_path, {"200": response({}, media_type, example=example)})
    answer = Client(app=create_app(state=state)).ask("/s")

    assert (media_type, body) == (answer.headers["Content-Type"], answer.body)
    assert "keeps the contract" == asked(state)[2]


def test_json_is_preferred_to_other_media_types(tmp_path: Path) -> None:
    """Wherever it stands in the list."""
    content = {
        "text/csv": {"schema": {"type": "string"}, "example": "a,b"},
        "application/json": {"schema": {"type": "object"}, "example": {"a": 1}},
    }
    state = state_of(tmp_path, {"200": {"description": ".", "content": content}})

    assert (200, b'{"a":1}', "keeps the contract") == asked(state)


@pytest.mark.parametrize(
    ("key", "status"), [("2XX", 200), ("default", 200), ("302", 302), ("404", 404), ("4XX", 400)]
)
def test_operation_answers_with_what_it_documents(tmp_path: Path, key: str, status: int) -> None:
    """A range or a default holds for 200; where no success is documented, the first other does."""
    state = state_of(tmp_path, {key: response({"type": "object"}, example={"a": 1})})

    assert (status, b'{"a":1}', "keeps the contract") == asked(state)


A = {"type": "object", "required": ["a"], "properties": {"a": {"type": "string"}}}
B = {"type": "object", "required": ["b"], "properties": {"b": {"type": "boolean"}}}


SCHEMAS: list[dict[str, Any]] = [
    {"type": "string"},
    {"type": "string", "enum": ["a", "b"]},
    {"type": "string", "minLength": 3, "maxLength": 4},
    {"type": "string", "format": "uuid"},
    {"type": "string", "format": "date"},
    {"type": "integer", "minimum": 3, "maximum": 4},
    {"type": "integer", "format": "int32"},
    {"type": "number"},
    {"type": "number", "minimum": 0, "maximum": 1},
    {"type": "boolean"},
    {"type": "array", "items": {"type": "string"}},
    {"type": "array", "minItems": 2, "maxItems": 2, "items": {"type": "number"}},
    {"type": "object", "properties": {"l": {"type": "array", "minItems": 7, "items": A}}},
    {"allOf": [A, B]},
    {"oneOf": [A, B]},
    {"anyOf": [A, B]},
    {"type": "array", "items": {"oneOf": [A, B]}},
    {"type": "object", "required": ["k"], "properties": {"k": {"enum": [None, 1]}}},
]


@pytest.mark.parametrize(
    "schema", one_of_each(SCHEMAS, lambda schema: schema.get("type", "branches"))
)
def test_generated_data_keeps_the_contract(tmp_path: Path, schema: Any) -> None:
    """It keeps what the schema asks for, whatever that describes."""
    state = state_of(tmp_path, {"200": response(schema)})
    status, _, verdict = asked(state, DYNAMIC)

    assert (200, "keeps the contract") == (status, verdict)


@pytest.mark.parametrize(
    "schema",
    [
        {"not": {}},
        {"allOf": [{"type": "string"}, {"type": "integer"}]},
        {"type": "array", "minItems": 2, "maxItems": 1, "items": {}},
        {
            "type": "object",
            "required": ["n"],
            "properties": {"n": {"type": "integer", "minimum": 3, "maximum": 2}},
        },
    ],
)
def test_data_that_does_not_exist_is_refused(tmp_path: Path, schema: Any) -> None:
    """The mock never makes up what the contract forbids: it has no body, or says why not."""
    state = state_of(tmp_path, {"200": response(schema)})

    assert 400 == asked(state, DYNAMIC)[0]
    assert (200, b"") == asked(state)[:2]


def test_schema_inside_itself_is_generated(tmp_path: Path) -> None:
    """A tree ends somewhere."""

    def change(document: Any, _: Any) -> None:
        node = {"$ref": "#/components/schemas/Tree"}
        document["components"]["schemas"]["Tree"] = {
            "type": "object",
            "required": ["name", "below"],
            "properties": {
                "name": {"type": "string"},
                "first": node,
                "below": {"type": "array", "items": node},
            },
        }
        document["paths"] = {"/s": {"get": {"responses": {"200": response(node)}}}}

    state = State(Settings(), written(tmp_path, change))

    assert (200, "keeps the contract") == asked(state, DYNAMIC)[::2]


@pytest.mark.parametrize(
    ("schema", "example", "status"),
    [
        ({"type": "string"}, "x", 404),
        ({"type": "array", "items": {"type": "string"}}, ["x"], 404),
        (A, {"a": "x"}, 200),
        ({"type": "array", "items": A}, [], 200),
        ({**A, "nullable": True}, None, 200),
    ],
)
def test_lie_about_an_object_needs_one(
    tmp_path: Path, schema: Any, example: Any, status: int
) -> None:
    """An operation that shows none cannot tell it; where the example has none, one is made up."""
    state = state_of(tmp_path, {"200": response(schema, example=example)})

    assert status == asked(state, ("Prefer", "lie=null-member"))[0]


def test_document_without_operations_is_mocked(tmp_path: Path) -> None:
    """Its pages are there, and nothing else is."""

    def change(document: Any, _: Any) -> None:
        document["paths"] = {}

    contract = written(tmp_path, change)
    client = Client(app=create_app(Settings(), contract))

    assert (200, 404) == (client.ask("/__mock/states", LOOPBACK).status, client.ask("/s").status)
    assert "/" == path_of(contract, "demo")


def test_request_with_a_body_is_decided_by_it(tmp_path: Path) -> None:
    """A good body has no answer of a bad one of the same length, however often that came."""

    def change(document: Any, _: Any) -> None:
        taken = {"required": True, "content": {"application/json": {"schema": A}}}
        documented = {"200": response(A, example={"a": "x"})}
        document["paths"] = {"/s": {"post": {"requestBody": taken, "responses": documented}}}

    app = create_app(Settings(), written(tmp_path, change))
    bad, good = b'{"b":"x"}', b'{"a":"x"}'

    assert [400, 400, 400, 200, 200, 400] == [
        asyncio.run(_posted(app, body)) for body in (bad, bad, bad, good, good, bad)
    ]


async def _posted(app: ASGIApp, body: bytes) -> int:
    """Send a body of JSON; return the status of the answer."""
    headers = [(b"content-type", b"application/json"), (b"content-length", b"%d" % len(body))]
    scope = {
        "type": "http",
        "method": "POST",
        "path": "/s",
        "raw_path": b"/s",
        "query_string": b"",
        "headers": headers,
        "root_path": "",
    }
    sent: list[Message] = []

    async def receive() -> Message:
        return {"type": "http.request", "body": body, "more_body": False}

    async def send(message: Message) -> None:
        sent.append(message)

    await app(scope, receive, send)
    return int(sent[0]["status"])
