"""An answer before it meets HTTP."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final, Literal

from find_webhook_kit.mock_server.answers.size import encoded
from find_webhook_kit.spec import Json

DeliveryMode = Literal["whole", "slow", "cut", "dropped"]
"""What becomes of an answer on its way: all of it arrives, slowly, only half of it, or nothing."""

SOURCE: Final = "Mock-Source"
"""The header that says why this answer was given."""

APPLIED: Final = "Preference-Applied"
"""The header that says what was preferred, by the client or for it, and done."""

ASSUMED: Final = "Mock-Assumption"
"""The header of an answer that no page of the vendor's documents."""

VARY: Final = "Accept, Accept-Encoding, Authorization, Prefer"
"""What an answer of the contract's path depends on, a refusal no less than a 200."""

JSON: Final = "application/json"

SLOW: Final = 5.0
"""Seconds that the body of a slow answer takes."""


@dataclass(frozen=True, slots=True)
class Reply:
    """A status, the bytes of a body, the headers that belong to them, and how they travel.

    `cacheable` says that nothing but the request, the fixtures and the mock's lie decided it.
    """

    status: int
    content: bytes
    headers: Mapping[str, str] = field(default_factory=dict)
    delay: float = 0.0
    delivery: DeliveryMode = "whole"
    cacheable: bool = False

    def with_headers(self, headers: Mapping[str, str]) -> Reply:
        """Return the reply with more headers."""
        return replace(self, headers={**self.headers, **headers})


def json_reply(
    status: int, body: Json, headers: Mapping[str, str], *, cacheable: bool = False
) -> Reply:
    """Write a value as the JSON body of an answer, of that media type unless another is named."""
    headers = {"Content-Type": JSON, **headers}
    return Reply(status, encoded(body), headers, cacheable=cacheable)
