"""The mock as an ASGI app: what a request passes, from the outside in."""

from __future__ import annotations

from starlette.types import ASGIApp

from find_webhook_kit.mock_server.app.admin import METHODS, Pages
from find_webhook_kit.mock_server.app.guard import CrossOrigin, Guard
from find_webhook_kit.mock_server.app.handler import Handler
from find_webhook_kit.mock_server.app.origins import Origins
from find_webhook_kit.mock_server.app.recorder import Recorder
from find_webhook_kit.mock_server.app.routing import routes
from find_webhook_kit.mock_server.settings import Settings
from find_webhook_kit.mock_server.state import Memory
from find_webhook_kit.spec import Contract


def create_app(
    settings: Settings | None = None,
    contract: Contract | None = None,
    *,
    memory: Memory | None = None,
) -> ASGIApp:
    """Build the mock of a contract; raise `FixtureError` when a fixture breaks it.

    Without a contract it is the built-in one.
    """
    memory = memory or Memory(settings or Settings(), contract)
    return Recorder(plain_app(memory), memory)


def plain_app(memory: Memory) -> ASGIApp:
    """Build the mock without its journal, its log and its replayed answers."""
    handlers = {name: Handler(memory, item) for name, item in memory.endpoints.items()}
    app = routes(memory.contract, handlers, memory.settings)
    origins = Origins.of(memory.settings)
    return CrossOrigin(Guard(Pages(app, memory)), METHODS, memory.contract, origins)
