"""The live switch on the wire: what every request prefers that says nothing else."""

from __future__ import annotations

from typing import Final

from starlette.types import Receive

from find_webhook_kit.mock_server.answers.response import Reply, json_reply
from find_webhook_kit.mock_server.answers.standing import PreferencesError
from find_webhook_kit.mock_server.app.own_errors import SeveralProcesses, UnusablePreferences
from find_webhook_kit.mock_server.state import State
from find_webhook_kit.spec import UnreadableJson, read_json

MAX_BODY: Final = 8192


def shown(state: State) -> Reply:
    """Answer with the preferences of the switch; an empty text stands for none."""
    return json_reply(200, {"prefer": state.standing.text}, {"Cache-Control": "no-store"})


async def turned(state: State, receive: Receive) -> Reply:
    """Read preferences from a body, and answer with them; raise the refusal that it calls for."""
    text = _text(await _body(receive))
    if state.settings.workers > 1:
        raise SeveralProcesses
    try:
        state.prefer(text)
    except PreferencesError as error:
        raise UnusablePreferences(str(error)) from None
    return shown(state)


async def _body(receive: Receive) -> bytes:
    body, more = b"", True
    while more:
        message = await receive()
        body += message.get("body", b"")
        more = message.get("more_body", False)
        if len(body) > MAX_BODY:
            raise UnusablePreferences(f"The body is longer than {MAX_BODY} bytes.")
    return body


def _text(body: bytes) -> str:
    try:
        value = read_json(body)
    except UnreadableJson as error:
        raise UnusablePreferences(f"The body is not JSON: {error}.") from None
    text = value.get("prefer") if isinstance(value, dict) and len(value) == 1 else None
    if not isinstance(text, str):
        raise UnusablePreferences("The body is not an object with a text `prefer` alone.")
    return text
