"""While the live switch is on, each answer of the API says so in a header, whoever made it."""

from __future__ import annotations

from typing import Final

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from find_webhook_kit.mock_server.answers.request_target import canonical
from find_webhook_kit.mock_server.answers.standing import MARK
from find_webhook_kit.mock_server.app.admin import pages_of
from find_webhook_kit.mock_server.app.guard import trace
from find_webhook_kit.mock_server.state import State

STANDING: Final = "mock_server.standing"
"""The key of a scope that holds the preferences of the switch, as they were when it came."""


class Marked:
    """Notes how the switch stands when a request comes, and marks the answer where it is on."""

    def __init__(self, app: ASGIApp, state: State) -> None:
        self.app = app
        self._state = state
        self._own = frozenset(pages_of(state.contract))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        standing = self._state.standing
        scope = {**scope, STANDING: standing}
        if scope["type"] != "http" or not standing.text or self._is_own(scope):
            await self.app(scope, receive, send)
            return
        trace(scope).standing = standing.text
        mark = (MARK.lower().encode(), standing.text.encode())

        async def marked(message: Message) -> None:
            if message["type"] == "http.response.start":
                message = {**message, "headers": [*message["headers"], mark]}
            await send(message)

        await self.app(scope, receive, marked)

    def _is_own(self, scope: Scope) -> bool:
        return canonical(scope.get("raw_path") or scope["path"].encode()) in self._own
