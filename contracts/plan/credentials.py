"""The catalogue of credentials: every way to be nobody, and the few that may be read either way."""

from __future__ import annotations

import re
from typing import Final

from find_webhook_kit.contracts.wire.exchange import TOKEN_VARIABLE, Credentials, Trust

JUNK: Final = "junk-9b1d2c"


WELL_FORMED: Final = re.compile(r"bearer +[A-Za-z0-9._~+/-]+=*", re.IGNORECASE)
"""A Bearer token in good form (RFC 6750, section 2.1)."""


def trust(shown: str) -> Trust:
    """Tell what a server must make of made-up credentials: refuse them, and with which words."""
    return Trust.INVALID if WELL_FORMED.fullmatch(shown) else Trust.MALFORMED


def _same(name: str, trust: Trust, *shell: str) -> Credentials:
    """Make credentials that a shell and the wire write alike, but for the token's variable."""

    def wire(token: str) -> tuple[str, ...]:
        return tuple(text.replace(TOKEN_VARIABLE, token) for text in shell)

    return Credentials(name, trust, wire, shell)


JUNK_TOKEN: Final = _same("a junk token", Trust.INVALID, f"Bearer {JUNK}")

LOWER_CASE: Final = _same("a lower-case scheme", Trust.EITHER, "bearer $CONTRACT_TOKEN")

# Each is what stands in one or two Authorization headers. `Bearer` and `Bearer ` are one field
# value: blanks at its end do not count (RFC 9110, section 5.5).
CREDENTIALS: Final = (
    _same("an empty token", Trust.MALFORMED, "Bearer"),
    _same("an empty header", Trust.MALFORMED, ""),
    _same("no scheme", Trust.MALFORMED, "$CONTRACT_TOKEN"),
    _same("no blank behind the scheme", Trust.MALFORMED, "Bearer$CONTRACT_TOKEN"),
    _same("a colon behind the scheme", Trust.MALFORMED, "Bearer: $CONTRACT_TOKEN"),
    _same("the scheme Basic", Trust.MALFORMED, "Basic $CONTRACT_TOKEN"),
    _same("the scheme Token", Trust.MALFORMED, "Token $CONTRACT_TOKEN"),
    _same("the token in quotes", Trust.MALFORMED, 'Bearer "$CONTRACT_TOKEN"'),
    _same("a token of one letter", Trust.INVALID, "Bearer x"),
    _same("the word null", Trust.INVALID, "Bearer null"),
    Credentials(
        "the token cut by a letter",
        Trust.INVALID,
        lambda token: (f"Bearer {token[:-1]}".strip(),),
        ("Bearer ${CONTRACT_TOKEN%?}",),
    ),
    Credentials(
        "the token without its first letter",
        Trust.INVALID,
        lambda token: (f"Bearer {token[1:]}".strip(),),
        ("Bearer ${CONTRACT_TOKEN#?}",),
    ),
    Credentials(
        "the token with a letter more",
        Trust.INVALID,
        lambda token: (f"Bearer {token}x",),
        ("Bearer ${CONTRACT_TOKEN}x",),
    ),
    Credentials(
        "the token without its signature",  # of a JWT: whatever stands behind the last dot
        Trust.INVALID,
        lambda token: (f"Bearer {token.rpartition('.')[0] or token}.",),
        ("Bearer ${CONTRACT_TOKEN%.*}.",),
    ),
    Credentials(
        "the token in other case",
        Trust.INVALID,
        lambda token: (f"Bearer {token.swapcase()}",),
        ('Bearer $(printf %s "$CONTRACT_TOKEN" | tr a-zA-Z A-Za-z)',),
    ),
    _same("two junk tokens", Trust.INVALID, f"Bearer {JUNK}", f"Bearer {JUNK}2"),
    _same("a valid and a junk token", Trust.EITHER, "Bearer $CONTRACT_TOKEN", f"Bearer {JUNK}"),
    _same("a junk and a valid token", Trust.EITHER, f"Bearer {JUNK}", "Bearer $CONTRACT_TOKEN"),
    LOWER_CASE,
    _same("two blanks behind the scheme", Trust.EITHER, "Bearer  $CONTRACT_TOKEN"),
    _same("a word behind the token", Trust.EITHER, f"Bearer $CONTRACT_TOKEN {JUNK}"),
)

# Where else a token may be put; the contract knows the Authorization header alone.
IN_QUERY: Final = ("token", "access_token", "apikey")
IN_HEADER: Final = ("apikey", "X-API-Key", "Cookie")
