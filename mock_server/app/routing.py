"""Connexion, driven by the contract: the only module that knows it.

Connexion finds the operation of a request, says what credentials that demands and which parameters
it has; then the handler is called, which is an ASGI app. These are Connexion's own parts, put
together once for each operation. Its layers would look the operation up thrice for each request,
read a body that no operation has, and build anew what fits parameters to the arguments of a
function: several times the cost of all that is left.
"""

from __future__ import annotations

import copy
import warnings
from collections.abc import Callable, Mapping, Sequence
from http import HTTPStatus
from typing import Any, Final, cast

from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Receive, Scope, Send

from find_webhook_kit.mock_server.answers.errors import (
    InvalidRequest,
    MethodNotAllowed,
    PathNotFound,
)
from find_webhook_kit.mock_server.app import credentials
from find_webhook_kit.mock_server.app.deferred import deferred
from find_webhook_kit.mock_server.settings import Settings
from find_webhook_kit.spec import Contract, Parameter

# What Connexion would use to test an app, to ask others about a token, to follow references out of
# a document and to fill in templates: a third of the time and a fifth of the memory of a start.
_UNUSED: Final = ("httpx", "jinja2", "requests", "starlette.templating", "starlette.testclient")

# Connexion 3.3 imports names that jsonschema and Starlette deprecate; nobody here can act on it.
with warnings.catch_warnings(action="ignore"), deferred(*_UNUSED):
    from connexion.exceptions import ProblemException
    from connexion.middleware import ConnexionMiddleware
    from connexion.middleware.abstract import SpecMiddleware
    from connexion.middleware.request_validation import RequestValidationOperation
    from connexion.middleware.routing import RoutingAPI
    from connexion.middleware.security import SecurityOperation
    from connexion.operations import AbstractOperation
    from connexion.security import AbstractSecurityHandler, SecurityHandlerFactory
    from connexion.spec import Specification


def routes(contract: Contract, handlers: Mapping[str, ASGIApp], settings: Settings) -> ASGIApp:
    """Return the paths of a contract as an app, given a handler for each operation id.

    A handler finds the path parameters of a request in its scope. A request that the contract does
    not let through raises a `Refusal`.
    """
    app = ConnexionMiddleware(
        _nothing,
        import_name=__name__,
        middlewares=[_Routes],
        resolver=_resolver(handlers),
        security_map={"bearer": bearer(settings)},
    )
    # The mock stands at the root, wherever the document says that a server does.
    app.add_api(
        copy.deepcopy(contract.document),
        base_path="",
        parameters={name: item.parameters for name, item in contract.operations.items()},
    )
    return cast("ASGIApp", app)


async def _nothing(scope: Scope, _: Receive, __: Send) -> None:
    """Stand behind the routes of the contract."""
    if scope["type"] == "http":
        raise PathNotFound


class _Routes(SpecMiddleware):  # type: ignore[misc]  # Connexion ships no types
    """The one layer: what Connexion's layers do, without a look-up and a copy for each of them."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app
        self._router = app

    def add_api(self, specification: Specification, **kwargs: Any) -> None:
        self._router = _Operations(specification, next_app=self.app, **kwargs).router

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Turn what Connexion says no with into refusals, which the guard renders."""
        app = self._router if scope["type"] == "http" else self.app
        try:
            await app(scope, receive, send)
        except HTTPException as error:
            raise refusal(error) from error


class _Operations(RoutingAPI):  # type: ignore[misc]  # as above
    """The paths of the contract, each with its checks and its handler, which is an ASGI app."""

    def __init__(
        self,
        *args: Any,
        next_app: ASGIApp,
        security_map: Mapping[str, Any],
        parameters: Mapping[str, Sequence[Parameter]],
        **kwargs: Any,
    ) -> None:
        self._security = SecurityHandlerFactory(security_map)
        self._parameters = parameters
        super().__init__(*args, next_app=next_app, **kwargs)
        self.router.default = next_app

    def make_operation(self, operation: AbstractOperation) -> ASGIApp:
        parameters = self._parameters[operation.operation_id]
        checked = _validated(operation.function, operation, parameters)
        secured: ASGIApp = _Secured.from_operation(
            operation, next_app=checked, security_handler_factory=self._security
        )
        return secured


class _Shown(HTTPConnection):
    """A request as far as credentials can stand in it, and what Connexion notes about them."""

    def __init__(self, scope: Scope) -> None:
        super().__init__(scope)
        self.context: dict[str, Any] = {}


class _Secured(SecurityOperation):  # type: ignore[misc]  # as above
    """What Connexion read of an operation's demands, without what it reads of each request."""

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self.verification_fn(_Shown(scope))
        await self.next_app(scope, receive, send)


def bearer(settings: Settings) -> type[AbstractSecurityHandler]:
    """Return who checks bearer tokens for Connexion."""

    class Bearer(AbstractSecurityHandler):  # type: ignore[misc]  # as above
        def get_fn(self, *_: Any) -> Callable[[_Shown], Mapping[str, str]]:
            return self.verify

        @staticmethod
        def verify(request: _Shown) -> Mapping[str, str]:
            credentials.check(request.headers.getlist("authorization"), settings)
            return {}

    return Bearer


def _validated(
    handler: ASGIApp, operation: AbstractOperation, parameters: Sequence[Parameter]
) -> ASGIApp:
    """Let the contract's compiled schemas check the parameters that Connexion has found in a path.

    Its own validators compile a schema for each parameter of each request, and look at a body.
    """
    kinds = {(item.location, item.schema.type) for item in parameters}
    if kinds - {("path", "string")} or operation.request_body:
        return cast("ASGIApp", RequestValidationOperation(handler, operation=operation))
    schemas = {item.name: item.schema for item in parameters}

    async def validated(scope: Scope, receive: Receive, send: Send) -> None:
        for name, schema in schemas.items():
            if schema.violations(scope["path_params"].get(name)):
                raise InvalidRequest
        await handler(scope, receive, send)

    return validated


def _resolver(handlers: Mapping[str, ASGIApp]) -> Callable[[str], ASGIApp]:
    def resolve(operation_id: str) -> ASGIApp:
        if operation_id not in handlers:
            raise ValueError(operation_id)  # of all types, this one stops the start
        return handlers[operation_id]

    return resolve


def refusal(error: HTTPException) -> Exception:
    """Return what a no of Connexion is for a client; a fault of its own stays one."""
    if error.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return error
    if isinstance(error, ProblemException):
        return InvalidRequest()
    if error.status_code == HTTPStatus.NOT_FOUND:
        return PathNotFound()
    methods = {name.strip() for name in (error.headers or {})["Allow"].split(",")}
    return MethodNotAllowed(tuple(sorted(methods | {"OPTIONS"})))
