"""What every request passes before Connexion sees it, and every answer before the client does."""

from __future__ import annotations

import asyncio
import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Final, cast

from starlette.datastructures import Headers, MutableHeaders
from starlette.middleware.cors import CORSMiddleware
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from find_webhook_kit.mock_server.answers import limits
from find_webhook_kit.mock_server.answers.endpoint import taken
from find_webhook_kit.mock_server.answers.error_shape import Errors
from find_webhook_kit.mock_server.answers.errors import (
    Crash,
    MethodNotAllowed,
    PathNotFound,
    Refusal,
)
from find_webhook_kit.mock_server.answers.request_target import canonical
from find_webhook_kit.mock_server.answers.response import SLOW, Reply
from find_webhook_kit.mock_server.app.origins import LOOPBACK, Origins
from find_webhook_kit.mock_server.visits import Visit
from find_webhook_kit.spec import Contract, NoMatch

REFUSAL: Final = "mock_server.refusal"
"""The extension of a scope whose request was refused before it was complete."""

HANG_UP: Final = "mock_server.hang_up"
"""The extension of a scope that closes its connection."""

RECORD: Final = "mock_server.record"
"""The extension of a scope that holds its `Trace`."""

PIECES: Final = 10
"""In how many parts a slow body comes."""

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

logger = logging.getLogger(__name__)


@dataclass(slots=True)
class Trace:
    """How a request was decided: the reply meant for it, and the visit that it counts as.

    `body_counts` is true where the body of the request was looked at, too; `unknown_id` where every
    other id that nobody knows gets the same answer. `standing` is what the live switch said when
    the request came.
    """

    reply: Reply | None = None
    visit: Visit | None = None
    body_counts: bool = False
    unknown_id: bool = False
    standing: str = ""


def trace(scope: Scope) -> Trace:
    """Return what is to be said about a request; without a recorder nobody reads it."""
    return scope.get("extensions", {}).get(RECORD) or Trace()


class HungUpError(ConnectionError):
    """The connection that an answer was to end, where there is none: the app runs in-process."""


class Delivery(Response):
    """A reply on its way, which may come late, slowly, in part or not at all."""

    def __init__(self, reply: Reply) -> None:
        super().__init__(reply.content, reply.status, _varying(reply.headers))
        self.reply = reply

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        trace(scope).reply = self.reply
        if self.reply.delay:
            await asyncio.sleep(self.reply.delay)
        await _DELIVERIES[self.reply.delivery](self, scope, receive, send)

    async def whole(self, _: Scope, __: Receive, send: Send) -> None:
        await self._start(send)
        await send({"type": "http.response.body", "body": self.body})

    async def slow(self, _: Scope, __: Receive, send: Send) -> None:
        await self._start(send)
        step = len(self.body) // PIECES + 1
        for start in range(0, len(self.body), step):
            await asyncio.sleep(SLOW / PIECES)
            await self._piece(send, self.body[start : start + step])
        await send({"type": "http.response.body", "body": b""})

    async def cut(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._start(send)
        await self._piece(send, self.body[: len(self.body) // 2])
        await _hang_up(scope, receive)

    async def dropped(self, scope: Scope, receive: Receive, _: Send) -> None:
        await _hang_up(scope, receive)

    async def _start(self, send: Send) -> None:
        # A copy of the headers, since whoever passes them on may add some.
        headers = list(self.raw_headers)
        await send({"type": "http.response.start", "status": self.status_code, "headers": headers})

    async def _piece(self, send: Send, body: bytes | memoryview) -> None:
        await send({"type": "http.response.body", "body": bytes(body), "more_body": True})


def _varying(headers: Mapping[str, str]) -> dict[str, str]:
    """Say that with another Origin, or with one, an answer would be another: see `CrossOrigin`."""
    vary = headers.get("Vary", "Origin")
    return {**headers, "Vary": vary if "Origin" in vary else f"{vary}, Origin"}


_DELIVERIES: Final = {
    "whole": Delivery.whole,
    "slow": Delivery.slow,
    "cut": Delivery.cut,
    "dropped": Delivery.dropped,
}


async def _hang_up(scope: Scope, receive: Receive) -> None:
    """End the connection, and wait until it is gone, so that nobody misses an answer."""
    if HANG_UP not in scope.get("extensions", {}):
        raise HungUpError
    scope["extensions"][HANG_UP]["close"]()
    while (await receive())["type"] != "http.disconnect":
        pass


class Guard:
    """Refuses what no framework should look at, and keeps a crash off the wire."""

    def __init__(self, app: ASGIApp, errors: Errors) -> None:
        self.app = app
        self._errors = errors

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        answer = _Answer(send, without_body=scope["method"] == "HEAD")
        try:
            await self.app(_checked(scope), receive, answer.send)
        except Refusal as refusal:
            await Delivery(self._answer_to(scope["method"], refusal))(scope, receive, answer.send)
        except HungUpError:
            raise
        except Exception:
            logger.exception("The mock failed on a request.")
            if answer.started:
                raise  # half an answer is out: let the server cut the connection
            await Delivery(self._errors.reply(Crash()))(scope, receive, answer.send)

    def _answer_to(self, method: str, refusal: Refusal) -> Reply:
        """Write a refusal; to OPTIONS, the methods that a path takes are an answer and no error."""
        if method == "OPTIONS" and isinstance(refusal, MethodNotAllowed):
            return Reply(204, b"", refusal.headers, cacheable=True)
        return self._errors.reply(refusal)


def _checked(scope: Scope) -> Scope:
    """Return the scope with its path still percent-encoded; raise the refusal it calls for."""
    refusal = scope.get("extensions", {}).get(REFUSAL)
    if refusal is not None:
        raise refusal
    raw_path = scope.get("raw_path") or scope["path"].encode()
    limits.check_target(raw_path, scope["query_string"])
    limits.check_headers(scope["headers"])
    path = canonical(raw_path)
    if (scope["method"], path) == ("OPTIONS", "*"):  # what the server takes as a whole
        raise MethodNotAllowed(("GET", "HEAD", "OPTIONS"))
    if not path.startswith("/"):
        raise PathNotFound
    return {**scope, "path": path}


class _Answer:
    """Passes an answer on, without its body where the method is HEAD."""

    def __init__(self, send: Send, *, without_body: bool) -> None:
        self.started = False
        self._send = send
        self._without_body = without_body

    async def send(self, message: Message) -> None:
        self.started = True
        if self._without_body and message["type"] == "http.response.body":
            message = {**message, "body": b""}
        await self._send(message)


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
        origins: Origins = LOOPBACK,
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
        path = canonical(scope.get("raw_path") or scope["path"].encode())
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
        if REFUSAL in scope.get("extensions", {}):  # is answered as such, and as no preflight
            await self.simple_response(scope, receive, send, Headers(scope=scope))
        else:
            await super().__call__(scope, receive, send)

    @staticmethod
    def allow_explicit_origin(headers: MutableHeaders, origin: str) -> None:
        """Leave `Vary` alone, which names the Origin already."""
        headers["Access-Control-Allow-Origin"] = origin

    def preflight_response(self, request_headers: Headers) -> Response:
        """Answer without a body; a refusal has the shape of every other one."""
        response = super().preflight_response(request_headers)
        headers = {
            name: value
            for name, value in response.headers.items()
            if name not in {"content-type", "content-length", "vary"}
        } | {"Vary": response.headers["vary"]}
        if response.status_code == 200:  # noqa: PLR2004
            return Delivery(Reply(204, b"", headers))
        refused = self._errors.reply(MethodNotAllowed(tuple(self.allow_methods)))
        return Delivery(Reply(refused.status, refused.content, {**refused.headers, **headers}))
