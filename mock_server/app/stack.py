"""The mock as an ASGI app: what a request passes, from the outside in."""

from __future__ import annotations

from starlette.types import ASGIApp

from find_webhook_kit.mock_server.app.admin import METHODS, Pages
from find_webhook_kit.mock_server.app.guard import CrossOrigin, Guard
from find_webhook_kit.mock_server.app.handler import FindWebhook
from find_webhook_kit.mock_server.app.origins import Origins
from find_webhook_kit.mock_server.app.recorder import Recorder
from find_webhook_kit.mock_server.app.routing import routes
from find_webhook_kit.mock_server.settings import Settings
from find_webhook_kit.mock_server.state import Memory


def create_app(settings: Settings | None = None, memory: Memory | None = None) -> ASGIApp:
    """Build the mock; raise `FixtureError` when a fixture breaks the contract."""
    memory = memory or Memory(settings or Settings())
    return Recorder(plain_app(memory), memory)


def plain_app(memory: Memory) -> ASGIApp:
    """Build the mock without its journal, its log and its replayed answers."""
    app = routes({"findWebhook": FindWebhook(memory)}, memory.settings)
    return CrossOrigin(Guard(Pages(app, memory)), METHODS, Origins.of(memory.settings))
