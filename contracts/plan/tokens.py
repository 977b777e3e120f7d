"""Tokens that nobody issued: what careless code takes for a valid one.

A JSON Web Token is forged as attackers do it (RFC 8725, section 2); only its own server can tell
that, so only a token that looks like one is forged.
"""

from __future__ import annotations

import hmac
import json
from base64 import b64encode, urlsafe_b64encode
from collections.abc import Callable, Iterator
from typing import Final

from find_webhook_kit.contracts.config.options import Depth
from find_webhook_kit.contracts.plan.credentials import JUNK, validity
from find_webhook_kit.contracts.plan.jwt import is_jwt
from find_webhook_kit.contracts.wire.probe import TOKEN_VARIABLE, Credentials

TOKEN: Final = TOKEN_VARIABLE
PIECE: Final = "$(printf %s $CONTRACT_TOKEN | cut -d. -f{})"
ADMIN: Final = {"sub": "admin", "role": "admin", "exp": 4102444800}


def made_up(token: str, depth: Depth) -> Iterator[Credentials]:
    """List the tokens for a depth, the most telling first."""
    if depth < Depth.DEFAULT:
        return
    yield from _forged(token, depth)
    yield from COMMON
    if depth >= Depth.THOROUGH:
        yield from RARE


def _made(name: str, wire: Callable[[str], str], shell: str) -> Credentials:
    return Credentials(name, validity(wire("a.b.c")), lambda token: (wire(token),), (shell,))


def _as_is(name: str, shell: str) -> Credentials:
    return _made(name, lambda token: shell.replace(TOKEN, token), shell)


def encoded(pair: str) -> str:
    """Write a user and a password as Basic has them (RFC 7617, section 2)."""
    return b64encode(pair.encode("utf-8", "surrogateescape")).decode()


def _basic(name: str, pair: str) -> Credentials:
    """Give the token as a user or a password (RFC 7617)."""
    shell = f"Basic $(printf %s {pair} | base64 | tr -d '[:space:]')"
    return _made(name, lambda token: "Basic " + encoded(pair.replace(TOKEN, token)), shell)


def _part(value: object) -> str:
    text = json.dumps(value, separators=(",", ":")).encode()
    return urlsafe_b64encode(text).decode().rstrip("=")


def _signed(header: object, payload: object, key: bytes) -> str:
    content = f"{_part(header)}.{_part(payload)}"
    digest = hmac.digest(key, content.encode(), "sha256")
    return f"{content}.{urlsafe_b64encode(digest).decode().rstrip('=')}"


def _forged(token: str, depth: Depth) -> Iterator[Credentials]:
    """Forge a JWT, where the token looks like one."""
    if not is_jwt(token):
        return
    none = _part({"alg": "none", "typ": "JWT"})
    yield _jwt("a token with the algorithm none", none, PIECE.format(2), "")
    yield _jwt("a token with a forged signature", PIECE.format(1), PIECE.format(2), "A" * 43)
    yield _jwt("a token with another payload", PIECE.format(1), _part(ADMIN), PIECE.format(3))
    if depth < Depth.THOROUGH:
        return
    for spelled in ("None", "NONE"):
        header = _part({"alg": spelled, "typ": "JWT"})
        yield _jwt(f"a token with the algorithm {spelled}", header, PIECE.format(2), "")
    yield _jwt("the algorithm none and another payload", none, _part(ADMIN), "")
    yield _jwt("the algorithm none and a signature", none, PIECE.format(2), PIECE.format(3))
    for words, key in (("no key", b""), ("the word secret", b"secret")):
        signed = _signed({"alg": "HS256", "typ": "JWT"}, ADMIN, key)
        yield _as_is(f"a token signed with {words}", f"Bearer {signed}")


def _jwt(name: str, *parts: str) -> Credentials:
    """Put a JWT together; a part that is cut out of the token is so in a shell, too."""

    def wire(token: str) -> str:
        own = {PIECE.format(number + 1): part for number, part in enumerate(token.split("."))}
        return "Bearer " + ".".join(own.get(part, part) for part in parts)

    return _made(name, wire, "Bearer " + ".".join(parts))


BEYOND: Final = "t\N{LATIN SMALL LETTER O WITH DIAERESIS}k\N{LATIN SMALL LETTER E WITH ACUTE}n"
"""A shell writes it in UTF-8, and so does the wire, which takes bytes for characters."""

COMMON: Final = (
    _as_is("a token of three broken parts", "Bearer e30.e30.%"),
    _as_is("an asterisk as token", "Bearer *"),
    _basic("the token as a password", f"user:{TOKEN}"),
    _as_is("the token in a list", f"Bearer {TOKEN},{JUNK}"),
    _as_is("a junk token in a list with it", f"Bearer {JUNK},{TOKEN}"),
)
RARE: Final = (
    _basic("the token as a user", f"{TOKEN}:"),
    *(
        _as_is(f"the token {text}", f"Bearer {text}")
        for text in (
            *("%", "%25", "_", ".", "0", "1", "-1", "true", "false", "undefined", "NaN", "None"),
            *("nil", "[]", "{}", "[object Object]", "admin", "test", "token", "Bearer", "''", '""'),
        )
    ),
    _as_is("an operator as token", 'Bearer {"$ne":null}'),
    _made(
        "a token beyond ASCII",
        lambda _: "Bearer " + BEYOND.encode().decode("latin-1"),
        f"Bearer {BEYOND}",
    ),
    _as_is("SQL as token", "Bearer ' OR '1'='1"),
    _as_is("the scheme twice", f"Bearer Bearer {TOKEN}"),
    _as_is("the token and an asterisk", f"Bearer {TOKEN}*"),
    _as_is("the token and a full stop", f"Bearer {TOKEN}."),
    _as_is("the token in braces", f"Bearer {{{TOKEN}}}"),
    _as_is("the token behind its name", f"Bearer token={TOKEN}"),
    _as_is("the scheme Digest", f"Digest {TOKEN}"),
    _as_is("the scheme JWT", f"JWT {TOKEN}"),
    _as_is("two schemes", f"Basic {JUNK}, Bearer {TOKEN}"),
    _made(
        "the token in capitals",
        lambda token: f"Bearer {token.upper()}" if token.upper() != token else f"Bearer {JUNK}3",
        "Bearer $(printf %s $CONTRACT_TOKEN | tr a-z A-Z)",
    ),
    _made(
        "the token, backwards",
        lambda token: f"Bearer {token[::-1]}" if token[::-1] != token else f"Bearer {JUNK}4",
        "Bearer $(printf %s $CONTRACT_TOKEN | rev)",
    ),
    _made(
        "the first half of the token",
        lambda token: f"Bearer {token[: len(token) // 2]}".strip(),
        "Bearer $(printf %s $CONTRACT_TOKEN | cut -c1-$((${#CONTRACT_TOKEN} / 2)))",
    ),
    _made(
        "a token as long as it is",
        lambda token: f"Bearer {'x' * len(token)}",
        "Bearer $(printf %s $CONTRACT_TOKEN | tr -c x x)",
    ),
)
