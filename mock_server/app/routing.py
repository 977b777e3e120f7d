"""Connexion, driven by the contract: the only module that knows it.

The contract finds the operation of a request and its path parameters (`Contract.match`), which
travel on in the scope, under `MATCH`. Connexion says what credentials the operation demands, and
validates parameters and bodies; then the handler is called, which is an ASGI app. These are
Connexion's own parts, put together once for each operation. Its layers would look the operation up
thrice for each request, and fit parameters to the arguments of a function.
"""

from __future__ import annotations

import warnings
from collections.abc import Callable, Mapping
from http import HTTPStatus
from typing import Any, Final, cast

from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection
from starlette.types import ASGIApp, Receive, Scope, Send

from find_webhook_kit.mock_server.answers.endpoint import match
from find_webhook_kit.mock_server.answers.error_shape import Errors
from find_webhook_kit.mock_server.answers.errors import (
    Fault,
    InvalidRequest,
    MethodNotAllowed,
    PathNotFound,
    Refusal,
    Unauthorized,
    UnreadableId,
)
from find_webhook_kit.mock_server.answers.request_target import is_text
from find_webhook_kit.mock_server.app import security, validation
from find_webhook_kit.mock_server.app.deferred import deferred
from find_webhook_kit.mock_server.app.leave import Leave
from find_webhook_kit.mock_server.settings import Settings
from find_webhook_kit.mock_server.state import State
from find_webhook_kit.spec import Contract, NoMatch, Operation, Parameter, SecurityScheme

# What Connexion would use to test an app, to ask others about a token, to follow references out of
# a document and to fill in templates: a third of the time and a fifth of the memory of a start.
_UNUSED: Final = ("httpx", "jinja2", "requests", "starlette.templating", "starlette.testclient")

# Connexion 3.3 imports names that jsonschema and Starlette deprecate; nobody here can act on it.
with warnings.catch_warnings(action="ignore"), deferred(*_UNUSED):
    from connexion.middleware import ConnexionMiddleware
    from connexion.middleware.abstract import AbstractRoutingAPI, SpecMiddleware
    from connexion.middleware.security import SecurityOperation
    from connexion.operations import AbstractOperation
    from connexion.security import AbstractSecurityHandler, SecurityHandlerFactory
    from connexion.spec import Specification

MATCH: Final = "mock_server.match"
"""The key of a scope that holds its `Match`: the operation and its path parameters, decoded."""


def routes(state: State, handlers: Mapping[str, ASGIApp]) -> ASGIApp:
    """Return the paths of a contract as an app, given a handler for each operation id.

    A handler finds the path parameters of a request in its scope. A request that the contract does
    not let through raises a `Refusal`.
    """
    app = ConnexionMiddleware(
        _nothing,
        import_name=__name__,
        middlewares=[_Routes],
        resolver=_resolver(handlers),
        security_map=security_map(state.contract, state.settings),
    )
    # The mock stands at the root, wherever the document says that a server does.
    app.add_api(_skeleton(state.contract), base_path="", state=state)
    return cast("ASGIApp", app)


def _skeleton(contract: Contract) -> dict[str, Any]:
    """Write of a contract what Connexion is needed for: its operations, and who may ask for them.

    Parameters and bodies are checked here; in their schemas it would follow references without end.
    """
    paths: dict[str, Any] = {}
    schemes: dict[str, Any] = {}
    for operation in contract.operations.values():
        schemes |= {scheme.name: _scheme(scheme) for scheme in operation.security}
        paths.setdefault(operation.path, {})[operation.method.lower()] = {
            "operationId": operation.operation_id,
            "security": [{it.name: [] for it in each} for each in operation.requirements],
            "responses": {"default": {"description": ""}},
        }
    return {
        "openapi": "3.0.3",
        "info": {"title": contract.title, "version": contract.version},
        "paths": paths,
        "components": {"securitySchemes": schemes},
    }


def _scheme(scheme: SecurityScheme) -> dict[str, Any]:
    if scheme.type == "http":
        return {"type": "http", "scheme": scheme.scheme}
    if scheme.type == "apiKey":
        return {"type": "apiKey", "in": scheme.location, "name": scheme.key}
    if scheme.type == "oauth2":
        return {"type": "oauth2", "flows": {}}
    return {"type": scheme.type, "openIdConnectUrl": "https://example.com"}


async def _nothing(scope: Scope, _: Receive, __: Send) -> None:
    """Stand behind the routes of the contract."""
    if scope["type"] == "http":
        raise PathNotFound


class _Routes(SpecMiddleware):  # type: ignore[misc]  # Connexion ships no types
    """The one layer: what Connexion's layers do, without a look-up and a copy for each of them."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    def add_api(self, specification: Specification, state: State, **kwargs: Any) -> None:
        self._leave = Leave(state)
        self._contract = state.contract
        self._errors = Errors.of(state.contract)
        self._operations = _Operations(specification, contract=state.contract, **kwargs).apps

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Turn what Connexion says no with into refusals, which the guard renders."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        found = match(self._contract, scope["method"], scope["path"])
        if isinstance(found, NoMatch):
            if not found.methods:
                raise PathNotFound
            raise MethodNotAllowed(self._leave.methods(found.methods, scope["path"]))
        self._leave.check(found, scope["path"])
        # Connexion calls parameters as Python calls arguments.
        named = {name.replace("-", "_"): value for name, value in found.parameters.items()}
        scope = {**scope, MATCH: found, "path_params": named}
        try:
            await self._operations[found.operation.operation_id](scope, receive, send)
        except Refusal as refused:
            await self._errors.reply(refused, found.operation)(scope, receive, send)
        except HTTPException as error:
            raise refusal(error) from error


class _Operations(AbstractRoutingAPI):  # type: ignore[misc]  # as above
    """The operations of the contract by their ids, each with its checks and its handler."""

    def __init__(
        self, *args: Any, contract: Contract, security_map: Mapping[str, Any], **kwargs: Any
    ) -> None:
        self.apps: dict[str, ASGIApp] = {}
        self._contract = contract
        self._security = SecurityHandlerFactory(security_map)
        super().__init__(*args, **kwargs)

    def make_operation(self, operation: AbstractOperation) -> AbstractOperation:
        found = self._contract.operations[operation.operation_id]
        secured = _Secured.from_operation(
            operation,
            next_app=_validated(operation.function, found),
            security_handler_factory=self._security,
        )
        secured.schemes = found.security
        self.apps[operation.operation_id] = secured
        return operation

    @staticmethod
    def _framework_path_and_name(_: AbstractOperation, path: str) -> tuple[str, str]:
        return path, path

    def _add_operation_internal(self, *_: Any, **__: Any) -> None:
        """Leave it to the contract to find an operation."""


class _Shown(HTTPConnection):
    """A request as far as credentials can stand in it, and what Connexion notes about them."""

    def __init__(self, scope: Scope) -> None:
        super().__init__(scope)
        self.context: dict[str, Any] = {}


class _Secured(SecurityOperation):  # type: ignore[misc]  # as above
    """What Connexion read of an operation's demands, without what it reads of each request."""

    schemes: tuple[SecurityScheme, ...] = ()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            await self.verification_fn(_Shown(scope))
        except (Unauthorized, HTTPException) as error:
            raise security.refused(error, self.schemes) from None
        for name, value in scope[MATCH].parameters.items():
            if not is_text(value):
                raise UnreadableId(name)
        await self.next_app(scope, receive, send)


def security_map(contract: Contract, settings: Settings) -> dict[str, Any]:
    """Return who checks credentials for Connexion, for each type and scheme of a contract."""

    class Credentials(AbstractSecurityHandler):  # type: ignore[misc]  # as above
        def get_fn(self, scheme: Mapping[str, str], _: Any) -> Callable[[_Shown], Any]:
            named = SecurityScheme(
                name="",
                type=scheme["type"],
                scheme=scheme["scheme"].lower() if scheme["type"] == "http" else "bearer",
                location=scheme.get("in", ""),
                key=scheme.get("name", ""),
            )

            def verify(request: _Shown) -> Mapping[str, str]:
                security.check(named, request, settings)
                return {}

            return verify

    schemes = {each.scheme for item in contract.operations.values() for each in item.security}
    return dict.fromkeys({*schemes, "apiKey", "oauth2", "openIdConnect"}, Credentials)


def _validated(handler: ASGIApp, operation: Operation) -> ASGIApp:
    """Hold a request against the compiled schemas of its operation."""
    if operation.request_body or not all(map(_is_plain, operation.parameters)):
        return _wholly_validated(handler, operation)
    schemas = {item.name: item.schema for item in operation.parameters}

    async def validated(scope: Scope, receive: Receive, send: Send) -> None:
        for name, schema in schemas.items():
            violations = schema.violations(scope[MATCH].parameters[name])
            faults = [Fault("path", name, each.pointer, each.message) for each in violations]
            validation.check(operation, faults)
        await handler(scope, receive, send)

    return validated


def _is_plain(parameter: Parameter) -> bool:
    """Tell whether a parameter stands in the path, as the text that it is: the fast way."""
    return (
        parameter.location == "path"
        and parameter.style == "simple"
        and parameter.media_type is None
        and parameter.schema.type == "string"
    )


def _wholly_validated(handler: ASGIApp, operation: Operation) -> ASGIApp:
    parameters, documented = validation.Parameters(operation), operation.request_body

    async def validated(scope: Scope, receive: Receive, send: Send) -> None:
        asked = validation.RequestParts(scope, scope[MATCH].parameters)
        validation.check(operation, list(parameters.faults(asked)))
        if documented is not None:
            body = await validation.read(scope, receive)
            faults = validation.body_faults(documented, asked.headers, body)
            validation.check(operation, list(faults))
        await handler(scope, receive, send)

    return validated


def _resolver(handlers: Mapping[str, ASGIApp]) -> Callable[[str], ASGIApp]:
    def resolve(operation_id: str) -> ASGIApp:
        if operation_id not in handlers:
            raise ValueError(operation_id)  # of all types, this one stops the start
        return handlers[operation_id]

    return resolve


def refusal(error: HTTPException) -> Exception:
    """Translate an error of Connexion into ours; a fault of its own stays one."""
    if error.status_code >= HTTPStatus.INTERNAL_SERVER_ERROR:
        return error
    if error.status_code in {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}:
        return Unauthorized("the mock takes no other credentials")
    return InvalidRequest()
