"""The catalogue of credentials: every way to be nobody, and the few that may be read either way."""

from __future__ import annotations

import re
from typing import Final

from find_webhook_kit.contracts.wire.probe import TOKEN_VARIABLE, Credentials, Validity

JUNK: Final = "junk-9b1d2c"


WELL_FORMED: Final = re.compile(r"bearer +[A-Za-z0-9._~+/-]+=*", re.IGNORECASE)
"""A Bearer token in good form (RFC 6750, section 2.1)."""


def validity(shown: str) -> Validity:
    """Tell what a server must make of made-up credentials: refuse them, and with which words."""
    return Validity.INVALID if WELL_FORMED.fullmatch(shown) else Validity.MALFORMED


def _same(name: str, validity: Validity, *shell: str) -> Credentials:
    """Make credentials that a shell and the wire write alike, but for the token's variable."""

    def wire(token: str) -> tuple[str, ...]:
        return tuple(text.replace(TOKEN_VARIABLE, token) for text in shell)

    return Credentials(name, validity, wire, shell)


JUNK_TOKEN: Final = _same("a junk token", Validity.INVALID, f"Bearer {JUNK}")

LOWER_CASE: Final = _same("a lower-case scheme", Validity.EITHER, "bearer $CONTRACT_TOKEN")

# Each is what stands in one or two Authorization headers. `Bearer` and `Bearer ` are one field
# value: spaces at its end do not count (RFC 9110, section 5.5).
CREDENTIALS: Final = (
    _same("an empty token", Validity.MALFORMED, "Bearer"),
    _same("an empty header", Validity.MALFORMED, ""),
    _same("no scheme", Validity.MALFORMED, "$CONTRACT_TOKEN"),
    _same("no space behind the scheme", Validity.MALFORMED, "Bearer$CONTRACT_TOKEN"),
    _same("a colon behind the scheme", Validity.MALFORMED, "Bearer: $CONTRACT_TOKEN"),
    _same("the scheme Basic", Validity.MALFORMED, "Basic $CONTRACT_TOKEN"),
    _same("the scheme Token", Validity.MALFORMED, "Token $CONTRACT_TOKEN"),
    _same("the token in quotes", Validity.MALFORMED, 'Bearer "$CONTRACT_TOKEN"'),
    _same("a token of one character", Validity.INVALID, "Bearer x"),
    _same("the word null", Validity.INVALID, "Bearer null"),
    Credentials(
        "the token cut by a character",
        Validity.INVALID,
        lambda token: (f"Bearer {token[:-1]}".strip(),),
        ("Bearer ${CONTRACT_TOKEN%?}",),
    ),
    Credentials(
        "the token without its first character",
        Validity.INVALID,
        lambda token: (f"Bearer {token[1:]}".strip(),),
        ("Bearer ${CONTRACT_TOKEN#?}",),
    ),
    Credentials(
        "the token with a character more",
        Validity.INVALID,
        lambda token: (f"Bearer {token}x",),
        ("Bearer ${CONTRACT_TOKEN}x",),
    ),
    Credentials(
        "the token without its signature",  # of a JWT: whatever stands behind the last dot
        Validity.INVALID,
        lambda token: (f"Bearer {token.rpartition('.')[0] or token}.",),
        ("Bearer ${CONTRACT_TOKEN%.*}.",),
    ),
    Credentials(
        "the token in other case",
        Validity.INVALID,
        lambda token: (f"Bearer {token.swapcase()}",),
        ('Bearer $(printf %s "$CONTRACT_TOKEN" | tr a-zA-Z A-Za-z)',),
    ),
    _same("two junk tokens", Validity.INVALID, f"Bearer {JUNK}", f"Bearer {JUNK}2"),
    _same("a valid and a junk token", Validity.EITHER, "Bearer $CONTRACT_TOKEN", f"Bearer {JUNK}"),
    _same("a junk and a valid token", Validity.EITHER, f"Bearer {JUNK}", "Bearer $CONTRACT_TOKEN"),
    LOWER_CASE,
    _same("two spaces behind the scheme", Validity.EITHER, "Bearer  $CONTRACT_TOKEN"),
    _same("a word behind the token", Validity.EITHER, f"Bearer $CONTRACT_TOKEN {JUNK}"),
)

# Where else a token may be put; the contract knows the Authorization header alone.
IN_QUERY: Final = ("token", "access_token", "apikey")
IN_HEADER: Final = ("apikey", "X-API-Key", "Cookie")
