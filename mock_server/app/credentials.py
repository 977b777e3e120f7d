"""Decides whether a request may come in, from its Authorization headers alone."""

from __future__ import annotations

import hmac
import re
from collections.abc import Sequence
from typing import Final

from find_webhook_kit.mock_server.answers.errors import Unauthorized
from find_webhook_kit.mock_server.settings import Settings

TOKEN: Final = re.compile(r"[A-Za-z0-9._~+/-]+=*")
"""A bearer token as RFC 6750, section 2.1 writes it."""


def check(authorization: Sequence[str], settings: Settings) -> None:
    """Raise `Unauthorized` unless exactly one header shows a token that the settings accept."""
    if settings.auth == "off":
        return
    token = _shown(authorization)
    if TOKEN.fullmatch(token) is None:
        raise Unauthorized("what follows `Bearer` is not a token", "invalid_token")
    if not is_accepted(token, settings):
        raise Unauthorized("the mock does not know this one", "invalid_token")


def _shown(authorization: Sequence[str]) -> str:
    """Return what stands behind the scheme name, whose case does not matter (RFC 9110, 11.1)."""
    if not authorization:
        raise Unauthorized("there is no Authorization header")
    if len(authorization) > 1:
        raise Unauthorized("there is more than one Authorization header")
    scheme, _, token = authorization[0].strip(" \t").partition(" ")
    if scheme.lower() != "bearer":
        raise Unauthorized("the scheme is not Bearer")
    if not token:
        raise Unauthorized("nothing follows `Bearer`")
    return token.lstrip(" ")


def is_accepted(token: str, settings: Settings) -> bool:
    """Compare a token with the known ones, in a time that tells nothing about them."""
    known = (hmac.compare_digest(token.encode(), each.encode()) for each in settings.tokens)
    return settings.auth != "known" or any(known)
