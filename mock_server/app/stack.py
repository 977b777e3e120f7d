"""The mock as an ASGI app: what a request passes, from the outside in."""

from __future__ import annotations

from starlette.types import ASGIApp

from find_webhook_kit.mock_server.answers.error_shape import Errors
from find_webhook_kit.mock_server.app.admin import Pages, methods_of
from find_webhook_kit.mock_server.app.cors import CrossOrigin
from find_webhook_kit.mock_server.app.guard import Guard
from find_webhook_kit.mock_server.app.handler import Handler
from find_webhook_kit.mock_server.app.origins import Origins
from find_webhook_kit.mock_server.app.recorder import Recorder
from find_webhook_kit.mock_server.app.routing import routes
from find_webhook_kit.mock_server.app.switch import Marked
from find_webhook_kit.mock_server.settings import Settings
from find_webhook_kit.mock_server.state import State
from find_webhook_kit.spec import Contract


def create_app(
    settings: Settings | None = None,
    contract: Contract | None = None,
    *,
    state: State | None = None,
) -> ASGIApp:
    """Build the mock of a contract; raise `FixtureError` when a fixture breaks it.

    Without a contract it is the built-in one.
    """
    state = state or State(settings or Settings(), contract)
    return Recorder(plain_app(state), state)


def plain_app(state: State) -> ASGIApp:
    """Build the mock without its journal, its log and its cache."""
    handlers = {name: Handler(state, item) for name, item in state.endpoints.items()}
    guarded = Guard(Pages(routes(state, handlers), state), Errors.of(state.contract))
    methods, origins = methods_of(state.contract), Origins.of(state.settings)
    return Marked(CrossOrigin(guarded, methods, state.contract, origins), state, methods)
