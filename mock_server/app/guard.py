"""Refuses what no framework should look at, and keeps a crash off the wire."""

from __future__ import annotations

import logging
from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from find_webhook_kit.mock_server.answers import limits
from find_webhook_kit.mock_server.answers.delivery import HungUpError
from find_webhook_kit.mock_server.answers.error_shape import Errors
from find_webhook_kit.mock_server.answers.errors import (
    Crash,
    MethodNotAllowed,
    PathNotFound,
    Refusal,
)
from find_webhook_kit.mock_server.answers.request_target import canonical, raw_path
from find_webhook_kit.mock_server.answers.response import Reply

REFUSAL: Final = "mock_server.refusal"
"""The extension of a scope whose request was refused before it was complete."""

logger = logging.getLogger(__name__)


class Guard:
    """Lets through what is a request, and answers every refusal and crash behind it."""

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
            await self._answer_to(scope["method"], refusal)(scope, receive, answer.send)
        except HungUpError:
            raise
        except Exception:
            logger.exception("The mock failed on a request.")
            if answer.started:
                raise  # half an answer is out: let the server cut the connection
            await self._errors.reply(Crash())(scope, receive, answer.send)

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
    limits.check_target(raw_path(scope), scope["query_string"])
    limits.check_headers(scope["headers"])
    path = canonical(raw_path(scope))
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
