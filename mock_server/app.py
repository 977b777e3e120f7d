"""The mock as an ASGI app: Connexion driven by the contract; the only module that knows it.

Connexion routes a request, checks its credentials and holds its parameters against the contract.
Then the last of its layers calls the handler of the operation as an ASGI app. Connexion's own last
layer builds anew for each request what fits parameters to the arguments of a function, which costs
more than all the rest together.
"""

from __future__ import annotations

import copy
import logging
import warnings
from collections.abc import Awaitable, Callable, Mapping
from http import HTTPStatus
from typing import Any, Final, NoReturn

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Receive, Scope, Send

from mock_server import credentials, negotiation
from mock_server.answers import Asked, answer
from mock_server.edge import RECORD, CrossOrigin, Delivery, Guard, Trace
from mock_server.lies import LIES, MARK
from mock_server.memory import Memory
from mock_server.pages import METHODS, Pages
from mock_server.preferences import preferences
from mock_server.recorder import Recorder
from mock_server.refusals import InvalidRequest, MethodNotAllowed, PathNotFound
from mock_server.reply import VARY, Reply
from mock_server.settings import Settings
from mock_server.target import decoded
from spec import Json, Operation, contract

# Connexion 3.3 imports names that jsonschema and Starlette deprecate; nobody here can act on it.
with warnings.catch_warnings(action="ignore"):
    from connexion.exceptions import ProblemException
    from connexion.lifecycle import ConnexionRequest
    from connexion.middleware import ConnexionMiddleware
    from connexion.middleware.abstract import RoutedAPI, RoutedMiddleware
    from connexion.middleware.exceptions import ExceptionMiddleware
    from connexion.middleware.request_validation import RequestValidationMiddleware
    from connexion.middleware.routing import RoutingMiddleware
    from connexion.middleware.security import SecurityMiddleware
    from connexion.operations import AbstractOperation
    from connexion.security import AbstractSecurityHandler
    from connexion.validators.parameter import ParameterValidator


def create_app(settings: Settings | None = None, memory: Memory | None = None) -> ASGIApp:
    """Build the mock; raise `FixtureError` when a fixture breaks the contract."""
    memory = memory or Memory(settings or Settings())
    return Recorder(plain_app(memory), memory)


def plain_app(memory: Memory) -> ASGIApp:
    """Build the mock without its journal, its log and its replayed answers."""
    app = ConnexionMiddleware(
        _nothing,
        import_name=__name__,
        middlewares=list(LAYERS),
        resolver=_resolver({"findWebhook": _find_webhook(memory)}),
        security_map={"bearer": _bearer(memory.settings)},
        validator_map={"parameter": _parameters(memory.operation)},
    )
    app.add_api(copy.deepcopy(contract().document))
    for kind, handler in _ERROR_HANDLERS.items():
        app.add_error_handler(kind, handler)
    return CrossOrigin(Guard(Pages(app, memory)), METHODS)


async def _nothing(scope: Scope, _: Receive, __: Send) -> None:
    """Stand behind the routes of the contract."""
    if scope["type"] == "http":
        raise PathNotFound


class _Handlers(RoutedAPI):  # type: ignore[misc]  # Connexion ships no types
    """The handler of each operation, which is an ASGI app."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.add_paths()

    def make_operation(self, operation: AbstractOperation) -> ASGIApp:
        handler: ASGIApp = operation.function
        return handler


class _Responder(RoutedMiddleware):  # type: ignore[misc]  # as above
    """Calls the handler of the operation that Connexion has found and checked."""

    api_cls = _Handlers


# It would warn of a query parameter that is named like a path parameter, once for each request.
logging.getLogger("connexion").setLevel(logging.ERROR)

# Without the layers that serve a user interface, check answers (fixtures are checked when they are
# read) or turn a crash into problem details.
LAYERS: Final = (
    ExceptionMiddleware,
    RoutingMiddleware,
    SecurityMiddleware,
    RequestValidationMiddleware,
    _Responder,
)


def _parameters(operation: Operation) -> type[ParameterValidator]:
    """Let the contract's compiled schemas check what Connexion has found in a request."""
    schemas = {(item.location, item.name): item.schema for item in operation.parameters}

    class Parameters(ParameterValidator):  # type: ignore[misc]  # as above
        @staticmethod
        def validate_parameter(
            location: str, value: Json, parameter: Mapping[str, Any], _: str | None = None
        ) -> str | None:
            if value is None:
                return "is missing" if parameter.get("required") else None
            violations = schemas[location, parameter["name"]].violations(value)
            return violations[0].message if violations else None

    return Parameters


def _find_webhook(memory: Memory) -> ASGIApp:
    operation, library, visits = memory.operation, memory.library, memory.visits
    media_types, lies = tuple(operation.responses[200].content), tuple(LIES)

    async def find_webhook(scope: Scope, receive: Receive, send: Send) -> None:
        instance = decoded(scope["path_params"]["instanceId"])
        headers = Headers(scope=scope)
        negotiation.check(headers.getlist("accept"), media_types)
        query = scope["query_string"].decode("latin-1")
        preferred = preferences(headers.getlist("prefer"), query, operation, lies)
        client = headers.get("authorization", "")
        asked = Asked(instance, visits.count(client, instance), preferred, memory.lie)
        if scope["method"] == "GET":  # HEAD only looks ahead
            visits.add(client, instance)
            scope["extensions"].get(RECORD, Trace()).visit = client, instance
        library.look()
        if preferred.dynamic:  # takes its time
            reply = await run_in_threadpool(answer, asked, library.catalogue, operation)
        else:
            reply = answer(asked, library.catalogue, operation)
        if library.stale:
            reply = reply.with_headers({"Mock-Fixtures": "stale"})
        await Delivery(_conditional(reply, headers))(scope, receive, send)

    return find_webhook


def _conditional(reply: Reply, headers: Headers) -> Reply:
    """Fit a reply to what the client has already and can unpack."""
    if MARK in reply.headers or reply.status != HTTPStatus.OK:
        return reply.with_headers({"Cache-Control": "no-store", "Vary": VARY})
    reply = reply.with_headers({"Cache-Control": "private, no-cache", "Vary": VARY})
    reply = negotiation.validated(reply, ",".join(headers.getlist("if-none-match")))
    return negotiation.packed(reply, ",".join(headers.getlist("accept-encoding")))


def _resolver(handlers: Mapping[str, ASGIApp]) -> Callable[[str], ASGIApp]:
    def resolve(operation_id: str) -> ASGIApp:
        if operation_id not in handlers:
            raise ValueError(operation_id)  # of all types, this one stops the start
        return handlers[operation_id]

    return resolve


def _bearer(settings: Settings) -> type[AbstractSecurityHandler]:
    class Bearer(AbstractSecurityHandler):  # type: ignore[misc]  # Connexion ships no types
        def get_fn(self, *_: Any) -> Callable[[ConnexionRequest], Mapping[str, str]]:
            return self.verify

        @staticmethod
        def verify(request: ConnexionRequest) -> Mapping[str, str]:
            credentials.check(request.headers.getlist("authorization"), settings)
            return {}

    return Bearer


# Connexion's own handlers answer with problem details that echo the request. These give every
# error to the guard, which renders it.
async def _on_http(_: ConnexionRequest, error: HTTPException) -> NoReturn:
    if error.status_code == HTTPStatus.NOT_FOUND:
        raise PathNotFound
    methods = {name.strip() for name in (error.headers or {})["Allow"].split(",")}
    raise MethodNotAllowed(tuple(sorted(methods | {"OPTIONS"})))


async def _on_problem(_: ConnexionRequest, error: ProblemException) -> NoReturn:
    if error.status >= HTTPStatus.INTERNAL_SERVER_ERROR:
        raise error
    raise InvalidRequest


async def _on_any(_: ConnexionRequest, error: Exception) -> NoReturn:
    raise error


_ERROR_HANDLERS: Final[Mapping[type[Exception], Callable[..., Awaitable[NoReturn]]]] = {
    HTTPException: _on_http,
    ProblemException: _on_problem,
    Exception: _on_any,
}
