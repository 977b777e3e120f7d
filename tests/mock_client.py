"""Asks the mock in this process, byte for byte as written: no client repairs the request."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path

from starlette.datastructures import Headers
from starlette.types import ASGIApp, Message

from find_webhook_kit.mock_server.app.stack import create_app
from find_webhook_kit.mock_server.settings import DEMO_TOKEN, Settings
from find_webhook_kit.spec import Json, contract

AUTHORIZATION = ("Authorization", f"Bearer {DEMO_TOKEN}")
ERROR = contract().operations["findWebhook"].responses[401].content["application/json"].schema


@dataclass(frozen=True, slots=True)
class Answer:
    """What came back."""

    status: int
    headers: Headers
    body: bytes

    @property
    def json(self) -> Json:
        value: Json = json.loads(self.body)
        return value


class Client:
    """A client of one mock in this process."""

    def __init__(self, settings: Settings | None = None, app: ASGIApp | None = None) -> None:
        self.app = app or create_app(settings)
        self.server = ("127.0.0.1", 80)

    def webhooks(self, instance: str = "demo", *headers: tuple[str, str]) -> Answer:
        """Ask for the webhooks of an instance, written as it stands in a path, with the token."""
        return self.ask(path_of(instance), AUTHORIZATION, *headers)

    def ask(
        self,
        target: str | bytes,
        *headers: tuple[str, str],
        method: str = "GET",
        body: bytes = b"",
    ) -> Answer:
        """Send one request and collect its answer."""
        raw = target.encode() if isinstance(target, str) else target
        return asyncio.run(self._ask(method, raw, headers, body))

    async def _ask(
        self, method: str, target: bytes, headers: Iterable[tuple[str, str]], sent_body: bytes = b""
    ) -> Answer:
        raw_path, _, query = target.partition(b"?")
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": method,
            "scheme": "http",
            "path": raw_path.decode("latin-1"),
            "raw_path": raw_path,
            "query_string": query,
            "root_path": "",
            "headers": [
                (name.lower().encode(), value.encode("latin-1", "ignore"))
                for name, value in headers
            ],
            "server": self.server,
            "client": ("127.0.0.1", 50000),
        }
        sent: list[Message] = []

        async def receive() -> Message:
            return {"type": "http.request", "body": sent_body, "more_body": False}

        async def send(message: Message) -> None:
            sent.append(message)

        await self.app(scope, receive, send)
        body = b"".join(message.get("body", b"") for message in sent[1:])
        return Answer(sent[0]["status"], Headers(raw=sent[0]["headers"]), body)


def path_of(instance: str) -> str:
    """Return the path of an instance, written as it stands in a path."""
    return f"/api/v2/instance/{instance}/webhook"


def folder(tmp_path: Path, **files: str) -> Path:
    """Write fixtures, one a keyword; `_` before the suffix reads as a dot."""
    for name, text in files.items():
        stem, _, suffix = name.rpartition("_")
        (tmp_path / f"{stem}.{suffix}").write_text(text)
    return tmp_path
