"""Lets the pages of other origins read what the mock answers."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Final, cast

from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware.cors import CORSMiddleware
from starlette.types import ASGIApp, Receive, Scope, Send

from find_webhook_kit.mock_server.answers.endpoint import taken
from find_webhook_kit.mock_server.answers.error_shape import Errors
from find_webhook_kit.mock_server.answers.errors import MethodNotAllowed
from find_webhook_kit.mock_server.answers.request_target import canonical, raw_path
from find_webhook_kit.mock_server.answers.response import Reply
from find_webhook_kit.mock_server.app.guard import REFUSAL
from find_webhook_kit.mock_server.app.origins import Origins
from find_webhook_kit.spec import Contract, NoMatch

EXPOSED: Final = (
    "Allow",
    "ETag",
    "Mock-Assumption",
    "Mock-Fixtures",
    "Mock-Instance",
    "Mock-Lie",
    "Mock-Preferences",
    "Mock-Source",
    "Preference-Applied",
    "Retry-After",
    "WWW-Authenticate",
)
"""The headers that a browser shows to a page of another origin."""


class CrossOrigin:
    """Lets pages of every origin read what the contract's paths answer, errors included.

    Our own paths, given with their methods, are for pages that `origins` trusts. A preflight names
    what a path takes.
    """

    def __init__(
        self,
        app: ASGIApp,
        methods: Mapping[str, Sequence[str]],
        contract: Contract,
        origins: Origins,
    ) -> None:
        self.app = app
        self._origins = origins
        self._contract = contract
        self._errors = Errors.of(contract)
        self._own = {
            path: _CrossOrigin(app, taken, self._errors) for path, taken in methods.items()
        }
        self._open: dict[tuple[str, ...], _CrossOrigin] = {}

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        origin = _origin(scope)
        app = self.app if origin is None else self._app_for(scope, origin)
        await app(scope, receive, send)

    def _app_for(self, scope: Scope, origin: str) -> ASGIApp:
        """Return the app without CORS where an origin is to read nothing."""
        path = canonical(raw_path(scope))
        own = self._own.get(path)
        if own is not None:
            return own if self._origins.trusts(origin) else self.app
        methods = self._methods(path)
        if methods not in self._open:
            self._open[methods] = _CrossOrigin(self.app, methods, self._errors)
        return self._open[methods]

    def _methods(self, path: str) -> tuple[str, ...]:
        """Return what a path of the contract takes; of no such path, what any could."""
        found = self._contract.match("OPTIONS", path)
        if isinstance(found, NoMatch):
            return taken(found.methods or ("GET",))
        return taken(self._contract.methods(found.operation.path))


def _origin(scope: Scope) -> str | None:
    for name, value in scope.get("headers", ()):
        if name == b"origin":
            return cast("bytes", value).decode("latin-1")
    return None


class _CrossOrigin(CORSMiddleware):
    """Starlette's rules, with and without credentials, and with our shape of a refusal."""

    def __init__(self, app: ASGIApp, methods: Sequence[str], errors: Errors) -> None:
        self._errors = errors
        super().__init__(
            app,
            allow_origins=["*"],
            allow_methods=methods,
            allow_headers=["*"],
            allow_credentials=True,
            allow_private_network=True,
            expose_headers=EXPOSED,
        )

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        headers = Headers(scope=scope)
        refused = REFUSAL in scope.get("extensions", {})  # is answered as such, and as no preflight
        preflight = scope.get("method") == "OPTIONS" and "access-control-request-method" in headers
        if preflight and not refused:
            await self._answer_to(headers)(scope, receive, send)
        else:
            await self.simple_response(scope, receive, send, headers)

    @staticmethod
    def allow_explicit_origin(headers: MutableHeaders, origin: str) -> None:
        """Leave `Vary` alone, which names the Origin already."""
        headers["Access-Control-Allow-Origin"] = origin

    def _answer_to(self, preflight: Headers) -> Reply:
        """Answer without a body; a refusal has the shape of every other one."""
        response = self.preflight_response(preflight)
        headers = {
            name: value
            for name, value in response.headers.items()
            if name not in {"content-type", "content-length", "vary"}
        } | {"Vary": response.headers["vary"]}
        if response.status_code == 200:  # noqa: PLR2004
            return Reply(204, b"", headers)
        refused = self._errors.reply(MethodNotAllowed(tuple(self.allow_methods)))
        return Reply(refused.status, refused.content, {**refused.headers, **headers})
