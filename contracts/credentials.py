"""The catalogue of credentials: every way to be nobody, and the few that may be read either way."""

from __future__ import annotations

from typing import Final

from contracts.exchange import Credentials, Trust

JUNK: Final = "junk-9b1d2c"

JUNK_TOKEN: Final = Credentials(
    "a junk token", Trust.INVALID, lambda _: (f"Bearer {JUNK}",), (f"Bearer {JUNK}",)
)

# Each is what stands in one or two Authorization headers. `Bearer` and `Bearer ` are one field
# value: blanks at its end do not count (RFC 9110, section 5.5).
CREDENTIALS: Final = (
    Credentials("an empty token", Trust.INVALID, lambda _: ("Bearer",), ("Bearer",)),
    Credentials("an empty header", Trust.INVALID, lambda _: ("",), ("",)),
    Credentials("no scheme", Trust.INVALID, lambda token: (token,), ("$CONTRACT_TOKEN",)),
    Credentials(
        "no blank behind the scheme",
        Trust.INVALID,
        lambda token: (f"Bearer{token}",),
        ("Bearer$CONTRACT_TOKEN",),
    ),
    Credentials(
        "a colon behind the scheme",
        Trust.INVALID,
        lambda token: (f"Bearer: {token}",),
        ("Bearer: $CONTRACT_TOKEN",),
    ),
    Credentials(
        "the scheme Basic",
        Trust.INVALID,
        lambda token: (f"Basic {token}",),
        ("Basic $CONTRACT_TOKEN",),
    ),
    Credentials(
        "the scheme Token",
        Trust.INVALID,
        lambda token: (f"Token {token}",),
        ("Token $CONTRACT_TOKEN",),
    ),
    Credentials(
        "the token in quotes",
        Trust.INVALID,
        lambda token: (f'Bearer "{token}"',),
        ('Bearer "$CONTRACT_TOKEN"',),
    ),
    Credentials("the word null", Trust.INVALID, lambda _: ("Bearer null",), ("Bearer null",)),
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
        ("Bearer $(printf %s $CONTRACT_TOKEN | tr a-zA-Z A-Za-z)",),
    ),
    Credentials(
        "two junk tokens",
        Trust.INVALID,
        lambda _: (f"Bearer {JUNK}", f"Bearer {JUNK}2"),
        (f"Bearer {JUNK}", f"Bearer {JUNK}2"),
    ),
    Credentials(
        "a valid and a junk token",
        Trust.EITHER,
        lambda token: (f"Bearer {token}", f"Bearer {JUNK}"),
        ("Bearer $CONTRACT_TOKEN", f"Bearer {JUNK}"),
    ),
    Credentials(
        "a junk and a valid token",
        Trust.EITHER,
        lambda token: (f"Bearer {JUNK}", f"Bearer {token}"),
        (f"Bearer {JUNK}", "Bearer $CONTRACT_TOKEN"),
    ),
    Credentials(
        "a lower-case scheme",
        Trust.EITHER,
        lambda token: (f"bearer {token}",),
        ("bearer $CONTRACT_TOKEN",),
    ),
    Credentials(
        "two blanks behind the scheme",
        Trust.EITHER,
        lambda token: (f"Bearer  {token}",),
        ("Bearer  $CONTRACT_TOKEN",),
    ),
    Credentials(
        "a word behind the token",
        Trust.EITHER,
        lambda token: (f"Bearer {token} {JUNK}",),
        (f"Bearer $CONTRACT_TOKEN {JUNK}",),
    ),
)

# Where else a token may be put; the contract knows the Authorization header alone.
IN_QUERY: Final = ("token", "access_token", "apikey")
IN_HEADER: Final = ("apikey", "X-API-Key", "Cookie")
