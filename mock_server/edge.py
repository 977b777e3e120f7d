"""What every request passes before Connexion sees it, and every answer before the client does."""

from __future__ import annotations

import logging
from typing import Final

from starlette.datastructures import Headers
from starlette.middleware.cors import CORSMiddleware
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from mock_server import limits
from mock_server.refusals import Crash, MethodNotAllowed, PathNotFound, Refusal, rendered
from mock_server.reply import Reply
from mock_server.target import canonical

REFUSAL: Final = "mock_server.refusal"
"""The extension of a scope whose request was refused before it was complete."""

EXPOSED: Final = (
    "Allow",
    "ETag",
    "Mock-Fixtures",
    "Mock-Instance",
    "Mock-Lie",
    "Mock-Source",
    "Preference-Applied",
    "Retry-After",
    "WWW-Authenticate",
)
"""The headers that a browser shows to a page of another origin."""

# Connexion parses a body by its Content-Type even where the contract knows no body: a raw byte in
# the header makes that fail, and a form that never ends makes it wait.
_BODY_HEADERS: Final = frozenset({b"content-type", b"content-length", b"transfer-encoding"})

logger = logging.getLogger(__name__)


def as_response(reply: Reply) -> Response:
    """Put a reply on the wire; `Content-Type` is among its headers."""
    return Response(reply.content, reply.status, dict(reply.headers))


class Guard:
    """Refuses what no framework should look at, and keeps a crash off the wire."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        answer = _Answer(send, without_body=scope["method"] == "HEAD")
        try:
            await self.app(_checked(scope), receive, answer.send)
        except Refusal as refusal:
            await as_response(_answer_to(scope["method"], refusal))(scope, receive, answer.send)
        except Exception:
            logger.exception("The mock failed on a request.")
            if answer.started:
                raise  # half an answer is out: let the server cut the connection
            await as_response(rendered(Crash()))(scope, receive, answer.send)


def _checked(scope: Scope) -> Scope:
    """Return the scope with its path still percent-encoded; raise the refusal it calls for."""
    refusal = scope.get("extensions", {}).get(REFUSAL)
    if refusal is not None:
        raise refusal
    raw_path = scope.get("raw_path") or scope["path"].encode()
    limits.check_target(raw_path, scope["query_string"])
    limits.check_headers(scope["headers"])
    path = canonical(raw_path)
    # Starlette would redirect, to an address built from the Host header.
    if not path.startswith("/") or (path != "/" and path.endswith("/")):
        raise PathNotFound
    headers = [pair for pair in scope["headers"] if pair[0] not in _BODY_HEADERS]
    return {**scope, "path": path, "headers": headers}


def _answer_to(method: str, refusal: Refusal) -> Reply:
    """Render a refusal; to OPTIONS, the methods that a path takes are an answer and no error."""
    if method == "OPTIONS" and isinstance(refusal, MethodNotAllowed):
        return Reply(204, b"", refusal.headers)
    return rendered(refusal)


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


class CrossOrigin(CORSMiddleware):
    """Lets pages of every origin read every answer, with and without credentials."""

    def __init__(self, app: ASGIApp) -> None:
        super().__init__(
            app,
            allow_origins=["*"],
            allow_methods=["GET", "HEAD", "OPTIONS"],
            allow_headers=["*"],
            allow_credentials=True,
            allow_private_network=True,
            expose_headers=EXPOSED,
        )

    def preflight_response(self, request_headers: Headers) -> Response:
        """Answer without a body; a refusal has the shape of every other one."""
        response = super().preflight_response(request_headers)
        headers = {
            name: value
            for name, value in response.headers.items()
            if name not in {"content-type", "content-length"}
        }
        if response.status_code == 200:  # noqa: PLR2004
            return Response(status_code=204, headers=headers)
        refused = rendered(MethodNotAllowed(tuple(self.allow_methods)))
        return as_response(Reply(refused.status, refused.content, {**headers, **refused.headers}))
