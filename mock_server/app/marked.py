"""Notes how the live switch stands when a request comes, so that each answer to it can say so."""

from __future__ import annotations

from starlette.types import ASGIApp, Receive, Scope, Send

from find_webhook_kit.mock_server.answers.request_target import canonical, raw_path
from find_webhook_kit.mock_server.answers.response import STANDING
from find_webhook_kit.mock_server.answers.standing import NOTHING
from find_webhook_kit.mock_server.app.admin import pages_of
from find_webhook_kit.mock_server.state import State


class Marked:
    """Puts the preferences of the switch into the scope; none for what is about the mock itself."""

    def __init__(self, app: ASGIApp, state: State) -> None:
        self.app = app
        self._state = state
        self._own = frozenset(pages_of(state.contract))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        standing = self._state.standing
        if standing.values and scope["type"] == "http" and canonical(raw_path(scope)) in self._own:
            standing = NOTHING
        await self.app({**scope, STANDING: standing}, receive, send)
