"""What is let through to a handler is what Connexion's own layers let through."""

from __future__ import annotations

import asyncio
import copy
from pathlib import Path
from typing import Any
from urllib.parse import unquote_to_bytes

import pytest
from connexion.exceptions import ResolverError
from connexion.middleware import ConnexionMiddleware
from connexion.middleware.abstract import RoutedAPI, RoutedMiddleware
from connexion.middleware.request_validation import RequestValidationMiddleware
from connexion.middleware.routing import RoutingMiddleware
from connexion.middleware.security import SecurityMiddleware
from connexion.operations import AbstractOperation
from mock_client import AUTHORIZATION, Client, path_of
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Receive, Scope, Send
from test_contract_diff import changed
from test_mock_replay import ROWS, Row, sent

from find_webhook_kit.mock_server.answers.error_shape import Errors
from find_webhook_kit.mock_server.answers.errors import MethodNotAllowed, PathNotFound, UnreadableId
from find_webhook_kit.mock_server.answers.response import Reply
from find_webhook_kit.mock_server.app import routing as routes
from find_webhook_kit.mock_server.app.admin import Pages, methods_of
from find_webhook_kit.mock_server.app.cors import CrossOrigin
from find_webhook_kit.mock_server.app.guard import Guard
from find_webhook_kit.mock_server.app.handler import Handler
from find_webhook_kit.mock_server.app.origins import Origins
from find_webhook_kit.mock_server.app.stack import plain_app
from find_webhook_kit.mock_server.app.switch import Marked
from find_webhook_kit.mock_server.settings import Settings
from find_webhook_kit.mock_server.state import State
from find_webhook_kit.spec import Match, contract, load


class Handlers(RoutedAPI):  # type: ignore[misc]  # Connexion ships no types
    """The handler of each operation, which is an ASGI app."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.add_paths()

    def make_operation(self, operation: AbstractOperation) -> ASGIApp:
        handler: ASGIApp = operation.function

        async def matched(scope: Scope, receive: Receive, send: Send) -> None:
            parameters = {name: _decoded(text) for name, text in scope["path_params"].items()}
            found = contract().operations[operation.operation_id]
            await handler({**scope, routes.MATCH: Match(found, parameters)}, receive, send)

        return matched


def _decoded(segment: str) -> str:
    try:
        return unquote_to_bytes(segment).decode()
    except UnicodeDecodeError:
        raise UnreadableId("instanceId") from None


class Responder(RoutedMiddleware):  # type: ignore[misc]  # as above
    """Stands where Connexion calls a function."""

    api_cls = Handlers


def layered_app(state: State) -> ASGIApp:
    """Build the mock from Connexion's own layers, one after the other."""

    async def nothing(_: Scope, __: Receive, ___: Send) -> None:
        raise PathNotFound

    handlers = {name: Handler(state, each) for name, each in state.endpoints.items()}
    app = ConnexionMiddleware(
        nothing,
        import_name=__name__,
        middlewares=[
            RoutingMiddleware,
            SecurityMiddleware,
            RequestValidationMiddleware,
            Responder,
        ],
        resolver=handlers.__getitem__,
        security_map=routes.security_map(contract(), state.settings),
    )
    app.add_api(copy.deepcopy(contract().document))

    async def refusing(scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "http" and scope["path"].endswith("/"):
            raise PathNotFound  # Starlette would redirect, to an address built from the Host header
        try:
            await app(scope, receive, send)
        except HTTPException as error:
            raise _refusal(error) from error

    guarded = Guard(Pages(refusing, state), Errors.of(contract()))
    methods = methods_of(contract())
    return Marked(CrossOrigin(guarded, methods, contract(), Origins()), state, methods)


def _refusal(error: HTTPException) -> Exception:
    """Say what Connexion's router finds as we do; the rest is the mock's translation."""
    if error.status_code == PathNotFound.status:
        return PathNotFound()
    if error.status_code == MethodNotAllowed.status:
        methods = {name.strip() for name in (error.headers or {})["Allow"].split(",")}
        return MethodNotAllowed(tuple(sorted(methods | {"OPTIONS"})))
    return routes.refusal(error)


@pytest.fixture(scope="module")
def layered() -> Client:
    """Give a client of the mock in layers."""
    return Client(app=layered_app(State(Settings())))


@pytest.fixture(scope="module")
def plain() -> Client:
    """Give a client of the mock as it is."""
    return Client(app=plain_app(State(Settings())))


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name[:60])
def test_answer_is_the_one_of_the_layers(row: Row, layered: Client, plain: Client) -> None:
    """Whatever is asked, our way through Connexion and Connexion's own give the same bytes."""
    assert [sent(layered, row) for _ in range(2)] == [sent(plain, row) for _ in range(2)]


async def _reached(scope: Scope, receive: Receive, send: Send) -> None:
    await Reply(204, b"")(scope, receive, send)


def client_of(contract_file: Path) -> Client:
    """Give a client of the routes of another contract."""
    other = load(contract_file)
    app = routes.routes(State(Settings(), other), {"findWebhook": _reached})
    return Client(app=Guard(app, Errors.of(other)))


BODY = """\
      requestBody:
        required: true
        content:
          application/json:
            schema:
              type: object
      parameters:
"""
PAGE = """\
        - name: page
          in: query
          required: true
          schema:
            type: integer
        - name: instanceId
"""


@pytest.mark.parametrize(
    ("query", "status"), [("?page=1", 204), ("?page=x", 400), ("", 400), ("?page=", 400)]
)
def test_parameter_of_another_kind_is_checked_too(tmp_path: Path, query: str, status: int) -> None:
    """A contract that gets a parameter in the query is kept like the one without."""
    client = client_of(changed(tmp_path, ("        - name: instanceId\n", PAGE)))

    assert status == client.ask(path_of("demo") + query, AUTHORIZATION).status


def test_schema_of_a_path_parameter_is_checked(tmp_path: Path) -> None:
    """An id that its schema leaves out reaches no handler."""
    schema = "          schema:\n            type: string\n          example: demo\n"
    narrow = schema.replace("string\n", "string\n            maxLength: 4\n")
    client = client_of(changed(tmp_path, (schema, narrow)))

    assert (204, 400) == (client.webhooks("four").status, client.webhooks("fives").status)


@pytest.mark.parametrize("nothing", ["security:\n        - {}", "security: []"])
def test_operation_without_security_takes_everybody(tmp_path: Path, nothing: str) -> None:
    """Credentials are asked for where the contract says so."""
    edit = ("security:\n        - bearer: []", nothing)
    client = client_of(changed(tmp_path, edit))

    assert 204 == client.ask(path_of("demo")).status


def test_body_that_a_contract_demands_is_checked(tmp_path: Path) -> None:
    """Where an operation takes a body, a request without one reaches no handler."""
    client = client_of(changed(tmp_path, ("      parameters:\n", BODY)))

    assert 400 == client.webhooks("demo", ("Content-Type", "application/json")).status
    assert 400 == client.webhooks("demo", ("Content-Type", "text/plain")).status


def test_mock_stands_at_the_root(tmp_path: Path) -> None:
    """Where the servers of the document stand is for their clients to say."""
    client = client_of(changed(tmp_path, ("- url: /", "- url: /v9")))

    assert (204, 404) == (
        client.webhooks("demo").status,
        client.ask(f"/v9{path_of('demo')}", AUTHORIZATION).status,
    )


def test_operation_without_a_handler_stops_the_start() -> None:
    """A contract that has grown is not served in part."""

    async def nothing(*_: object) -> None: ...

    app = routes.routes(State(Settings()), {})

    with pytest.raises(ResolverError, match="findWebhook"):
        asyncio.run(app({"type": "lifespan"}, nothing, nothing))  # type: ignore[arg-type]  # unused


def test_fault_of_connexion_is_no_refusal() -> None:
    """What is wrong with the mock is not told as a mistake of the client."""
    fault = HTTPException(500)

    assert fault is routes.refusal(fault)
