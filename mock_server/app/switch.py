"""The live switch: what every request prefers that says nothing else, set and noted."""

from __future__ import annotations

from collections.abc import Container
from typing import Final

from starlette.types import ASGIApp, Receive, Scope, Send

from find_webhook_kit.mock_server.answers.request_target import canonical, raw_path
from find_webhook_kit.mock_server.answers.response import STANDING, Reply, json_reply
from find_webhook_kit.mock_server.answers.standing import NOTHING, PreferencesError
from find_webhook_kit.mock_server.app.own_errors import SeveralProcesses, UnusablePreferences
from find_webhook_kit.mock_server.app.validation import received
from find_webhook_kit.mock_server.state import State
from find_webhook_kit.spec import UnreadableJson, read_json

MAX_BODY: Final = 8192


class Marked:
    """Notes how the switch stands when a request comes, so that each answer to it can say so.

    Nothing is preferred of the mock's `own` paths.
    """

    def __init__(self, app: ASGIApp, state: State, own: Container[str]) -> None:
        self.app = app
        self._state = state
        self._own = own

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        standing = self._state.standing
        if standing.values and scope["type"] == "http" and canonical(raw_path(scope)) in self._own:
            standing = NOTHING
        await self.app({**scope, STANDING: standing}, receive, send)


def shown(state: State) -> Reply:
    """Answer with the preferences of the switch; an empty text stands for none."""
    return json_reply(200, {"prefer": state.standing.text}, {"Cache-Control": "no-store"})


async def turned(state: State, receive: Receive) -> Reply:
    """Read preferences from a body, and answer with them; raise the refusal that it calls for."""
    too_long = UnusablePreferences(f"The body is longer than {MAX_BODY} bytes.")
    text = _text(await received(receive, MAX_BODY, too_long))
    if state.settings.workers > 1:
        raise SeveralProcesses
    try:
        state.prefer(text)
    except PreferencesError as error:
        raise UnusablePreferences(str(error)) from None
    return shown(state)


def _text(body: bytes) -> str:
    try:
        value = read_json(body)
    except UnreadableJson as error:
        raise UnusablePreferences(f"The body is not JSON: {error}.") from None
    text = value.get("prefer") if isinstance(value, dict) and len(value) == 1 else None
    if not isinstance(text, str):
        raise UnusablePreferences("The body is not an object with a text `prefer` alone.")
    return text
