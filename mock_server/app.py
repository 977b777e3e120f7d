"""The mock as an ASGI app: Connexion driven by the contract; the only module that knows it.

Connexion routes a request, checks its credentials and holds its parameters against the contract.
Then the last of its layers calls the handler of the operation as an ASGI app. Connexion's own last
layer builds anew for each request what fits parameters to the arguments of a function, which costs
more than all the rest together.
"""

from __future__ import annotations

import copy
import warnings
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any, Final, cast

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Receive, Scope, Send

from mock_server import credentials
from mock_server.deferred import deferred
from mock_server.edge import CrossOrigin, Guard
from mock_server.find_webhook import FindWebhook
from mock_server.memory import Memory
from mock_server.pages import METHODS, Pages
from mock_server.recorder import Recorder
from mock_server.refusals import InvalidRequest, MethodNotAllowed, PathNotFound
from mock_server.settings import Settings
from spec import Operation, contract

# What Connexion would use to test an app, to ask others about a token, to follow references out of
# a document and to fill in templates: a third of the time and a fifth of the memory of a start.
_UNUSED: Final = ("httpx", "jinja2", "requests", "starlette.templating", "starlette.testclient")

# Connexion 3.3 imports names that jsonschema and Starlette deprecate; nobody here can act on it.
with warnings.catch_warnings(action="ignore"), deferred(*_UNUSED):
    from connexion.exceptions import BadRequestProblem, ProblemException
    from connexion.lifecycle import ConnexionRequest
    from connexion.middleware import ConnexionMiddleware
    from connexion.middleware.abstract import RoutedAPI, RoutedMiddleware
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
        resolver=_resolver({"findWebhook": FindWebhook(memory)}),
        security_map={"bearer": _bearer(memory.settings)},
        validator_map={"parameter": _parameters(memory.operation)},
    )
    app.add_api(copy.deepcopy(contract().document))
    return CrossOrigin(Guard(Pages(_Refusing(app), memory)), METHODS)


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


# Without the layers that serve a user interface, check answers (fixtures are checked when they are
# read) or turn errors into problem details, which echo the request.
LAYERS: Final = (
    RoutingMiddleware,
    SecurityMiddleware,
    RequestValidationMiddleware,
    _Responder,
)


def _parameters(operation: Operation) -> type[ParameterValidator]:
    """Let the contract's compiled schemas check the parameters that Connexion has found in a path.

    Its own validator compiles a schema for each parameter of each request.
    """
    kinds = {(item.location, item.schema.type) for item in operation.parameters}
    if kinds != {("path", "string")}:  # the others have to be found and converted first
        return cast("type[ParameterValidator]", ParameterValidator)
    schemas = {item.name: item.schema for item in operation.parameters}

    class PathParameters(ParameterValidator):  # type: ignore[misc]  # as above
        def __init__(self, *_: Any, **__: Any) -> None:
            """Leave alone what is the same for each request."""

        def validate(self, scope: Scope) -> None:
            for name, schema in schemas.items():
                if schema.violations(scope["path_params"].get(name)):
                    raise BadRequestProblem

    return PathParameters


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


class _Refusing:
    """Turns what Connexion says no with into refusals, which the guard renders."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await self.app(scope, receive, send)
        except HTTPException as error:
            raise _refusal(error) from error


def _refusal(error: HTTPException) -> Exception:
    if error.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return error
    if isinstance(error, ProblemException):
        return InvalidRequest()
    if error.status_code == HTTPStatus.NOT_FOUND:
        return PathNotFound()
    methods = {name.strip() for name in (error.headers or {})["Allow"].split(",")}
    return MethodNotAllowed(tuple(sorted(methods | {"OPTIONS"})))
