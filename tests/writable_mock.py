"""A mock in this process that keeps what it is sent, as one client sees it."""

from __future__ import annotations

import asyncio
import json
from contextlib import suppress
from copy import copy
from typing import Any

from httpx import ASGITransport, AsyncClient, Response

from find_webhook_kit.mock_server.answers.delivery import HungUpError
from find_webhook_kit.mock_server.app.stack import create_app
from find_webhook_kit.mock_server.settings import DEMO_TOKEN, Settings
from find_webhook_kit.mock_server.state import State

NEW = {"name": "crm", "url": "https://hooks.example.com/crm"}
WRITES = Settings(writes=True, clock="fixed")


class WritableMock:
    """A mock in this process, asked for the webhooks of one instance."""

    def __init__(self, settings: Settings = WRITES, instance: str = "nobody") -> None:
        self.state = State(settings)
        self.app = create_app(state=self.state)
        self.instance = instance
        self.list = f"/api/v2/instance/{instance}/webhook"

    def of(self, instance: str) -> WritableMock:
        """Return the same mock, asked for another instance."""
        other = copy(self)
        other.list = self.list.replace(f"/{self.instance}/", f"/{instance}/")
        other.instance = instance
        return other

    def tried(self, method: str, path: str = "", body: Any = None, **headers: str) -> None:
        """Send one request whose answer may get lost."""
        with suppress(HungUpError):
            self.ask(method, path, body, **headers)

    def ask(self, method: str, path: str = "", body: Any = None, **headers: str) -> Response:
        """Send one request; a body that is no bytes is sent as JSON."""
        sent = {"Authorization": f"Bearer {DEMO_TOKEN}"}
        if body is not None:
            sent["Content-Type"] = "application/json"
        sent |= {name.replace("_", "-"): value for name, value in headers.items()}
        content = body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
        target = path if path.startswith("/__mock") else self.list + path
        return asyncio.run(self._ask(method, target, content, sent))

    async def _ask(
        self, method: str, target: str, content: bytes | None, headers: dict[str, str]
    ) -> Response:
        transport = ASGITransport(self.app)
        async with AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
            return await client.request(method, target, content=content, headers=headers)

    def made(self, **more: Any) -> dict[str, Any]:
        answer = self.ask("POST", body={**NEW, **more})
        assert 201 == answer.status_code
        made: dict[str, Any] = answer.json()
        return made
