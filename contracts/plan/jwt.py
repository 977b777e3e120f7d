"""Looks into a token that is a JSON Web Token (RFC 7519), without a key and without judging it."""

from __future__ import annotations

import json
from base64 import urlsafe_b64decode
from datetime import UTC, datetime
from typing import Final

LEEWAY: Final = 60.0
"""Seconds by which two clocks may differ (RFC 7519, section 4.1.4: "a few minutes" at most)."""


CALENDAR: Final = 253_402_300_800
"""Seconds to the end of the year 9999; a greater number is in milliseconds, or means: never."""


def expired(token: str, now: float) -> str:
    """Say why a token cannot be valid at a time, in a sentence without it; empty where it may be.

    What is not a JWT, or a strange one, is the server's to judge.
    """
    claims = _claims(token)
    end, start = _moment(claims.get("exp")), _moment(claims.get("nbf"))
    if end is not None and end + LEEWAY <= now:
        return f"the token expired on {_day(end)} (its own exp): get a new one"
    if start is not None and now + LEEWAY < start:
        return f"the token is valid from {_day(start)} on (its own nbf): is the clock right?"
    return ""


def is_jwt(token: str) -> bool:
    """Tell whether a token has the three parts of a signed one, the first of them its header."""
    parts = token.split(".")
    return len(parts) == 3 and "alg" in _object(parts[0])  # noqa: PLR2004 - five are encrypted


def _claims(token: str) -> dict[str, object]:
    """Return the claims of a signed token; none where it is not one."""
    return _object(token.split(".")[1]) if is_jwt(token) else {}


def _object(part: str) -> dict[str, object]:
    try:
        value = json.loads(urlsafe_b64decode(part + "=" * (-len(part) % 4)))
    except (ValueError, RecursionError):
        return {}
    return value if isinstance(value, dict) else {}


def _moment(value: object) -> float | None:
    """Read a NumericDate: seconds since 1970."""
    if isinstance(value, bool) or not isinstance(value, int | float):
        return None
    return float(value) if 0 <= value < CALENDAR else None


def _day(moment: float) -> str:
    return f"{datetime.fromtimestamp(moment, UTC):%Y-%m-%d at %H:%M UTC}"
