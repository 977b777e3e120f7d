"""An answer of the mock, which is an ASGI response."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from starlette.responses import Response
from starlette.types import Message, Receive, Scope, Send

from find_webhook_kit.mock_server.answers.delivery import BROKEN, DeliveryMode, deliver, hang_up
from find_webhook_kit.mock_server.answers.size import encoded
from find_webhook_kit.mock_server.visits import Visit
from find_webhook_kit.spec import Json

SOURCE: Final = "Mock-Source"
"""The header that says why this answer was given."""

FROM_CLIENTS: Final = ("written", "resource")
"""What a source begins with that may hold what clients have sent: a list, and an item of it."""

LIE: Final = "Mock-Lie"
"""The header that names the lie that an answer tells."""

INSTANCE: Final = "Mock-Instance"
"""The header of an answer about an instance that nobody knows."""

APPLIED: Final = "Preference-Applied"
"""The header that says what was preferred, by the client or for it, and done."""

PREFERENCES: Final = "Mock-Preferences"
"""The header of every answer that is given while the live switch is on."""

ASSUMED: Final = "Mock-Assumption"
"""The header of an answer that no page of the vendor's documents."""

VARY: Final = "Accept, Accept-Encoding, Authorization, Prefer"
"""What an answer of the contract's path depends on, a refusal no less than a 200."""

JSON: Final = "application/json"

STANDING: Final = "mock_server.standing"
"""The key of a scope that holds the preferences of the switch, as they were when it came."""

REPLY: Final = "mock_server.reply"
"""The extension of a scope that holds the `Reply` to it, once that has set out."""


@dataclass(frozen=True, slots=True)
class Reply:
    """A status, the bytes of a body, the headers that belong to them, and how they travel.

    `cacheable` says that nothing but the request, the fixtures and the mock's lie decided it;
    `visit` is what is counted each time it is given.
    """

    status: int
    content: bytes
    headers: Mapping[str, str] = field(default_factory=dict)
    delay: float = 0.0
    delivery: DeliveryMode = "whole"
    cacheable: bool = False
    visit: Visit | None = None

    def with_headers(self, headers: Mapping[str, str]) -> Reply:
        """Return the reply with more headers."""
        return replace(self, headers={**self.headers, **headers})

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Set out as the answer to a request; while the live switch is on, say so."""
        standing = scope[STANDING].text if STANDING in scope else ""
        reply = self.with_headers({PREFERENCES: standing}) if standing else self
        scope.setdefault("extensions", {})[REPLY] = reply
        if self.delay:
            await asyncio.sleep(self.delay)
        await deliver(self.delivery, reply.start, self.content, send)
        if self.delivery in BROKEN:
            await hang_up(scope, receive)

    @property
    def start(self) -> Message:
        """The status and the headers, as an ASGI app sends them."""
        vary = self.headers.get("Vary", "Origin")  # with another Origin it is another answer
        headers = {**self.headers, "Vary": vary if "Origin" in vary else f"{vary}, Origin"}
        return {
            "type": "http.response.start",
            "status": self.status,
            "headers": Response(self.content, self.status, headers).raw_headers,
        }


def json_reply(
    status: int, body: Json, headers: Mapping[str, str], *, cacheable: bool = False
) -> Reply:
    """Write a value as the JSON body of an answer, of that media type unless another is named."""
    headers = {"Content-Type": JSON, **headers}
    return Reply(status, encoded(body), headers, cacheable=cacheable)
