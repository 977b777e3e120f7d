"""How an operation wants credentials to be shown: as a Bearer token, as Basic, or as a key."""

from __future__ import annotations

from base64 import b64encode
from collections.abc import Iterable
from dataclasses import dataclass, replace
from typing import Final

from find_webhook_kit.contracts.config.depth import Depth
from find_webhook_kit.contracts.plan.credentials import CREDENTIALS, JUNK_TOKEN
from find_webhook_kit.contracts.plan.tokens import made_up
from find_webhook_kit.contracts.wire.exchange import (
    AUTHORIZATION,
    OPEN,
    VALID,
    Credentials,
    Place,
    Validity,
)
from find_webhook_kit.spec import Operation, SecurityScheme

BEARER: Final = "Bearer "
BASIC: Final = "$(printf %s \"{}\" | base64 | tr -d '[:space:]')"


@dataclass(frozen=True, slots=True)
class Shown:
    """What the token is shown as. `challenge` is the scheme of a 401, where it must have one."""

    valid: Credentials
    junk: Credentials
    place: Place = AUTHORIZATION
    challenge: str = ""
    user: str = ""  # what stands before a password, where Basic is shown

    def others(self, token: str, depth: Depth) -> tuple[Credentials, ...]:
        """List the other credentials that nobody may get in with, and the few that may."""
        listed = (*CREDENTIALS, *made_up(token, depth))
        if self == AS_BEARER:
            return listed
        return tuple(_placed(each, self) for each in listed if _can_be_placed(each, self))


AS_BEARER: Final = Shown(VALID, JUNK_TOKEN, challenge="Bearer")
NOT_AT_ALL: Final = Shown(OPEN, JUNK_TOKEN)


def shown(operation: Operation, headers: Iterable[str], token: str) -> Shown | None:
    """Return how an operation wants the token, or None where it wants what nobody here can show.

    Of what has to be shown together, all but one stands in `headers`, the names of those that are
    sent with every request. For Basic, a token without a colon is a password.
    """
    if operation.anonymous:
        return NOT_AT_ALL
    sent = {name.lower() for name in headers}
    for schemes in operation.requirements:
        left = [item for item in schemes if not _is_sent(item, sent)]
        if len(left) == 1 and (found := _as(left[0], token)) is not None:
            return found
    return None


def wanted(operation: Operation) -> str:
    """Say what an operation asks for, and what to give."""
    alternatives = (" and ".join(item.name for item in each) for each in operation.requirements)
    keys = [
        item.key
        for each in operation.requirements
        for item in each
        if item.type == "apiKey" and item.location == "header"
    ]
    advice = f": give --header '{keys[0]}: $NAME' beside the token" if keys else ""
    return f"it asks for {' or '.join(alternatives)}, and one token is all that is shown{advice}"


def _is_sent(scheme: SecurityScheme, sent: set[str]) -> bool:
    return scheme.type == "apiKey" and scheme.location == "header" and scheme.key.lower() in sent


def _as(scheme: SecurityScheme, token: str) -> Shown | None:
    if scheme.scheme == "bearer":
        return AS_BEARER
    if scheme.scheme == "basic":
        return _shown(AUTHORIZATION, "Basic", "" if ":" in token else ":")
    if scheme.type == "apiKey":
        return _shown(Place(scheme.location, scheme.key), "")
    return None


def _shown(place: Place, challenge: str, user: str = "") -> Shown:
    how = Shown(VALID, JUNK_TOKEN, place, challenge, user)
    return replace(how, valid=_placed(VALID, how), junk=_placed(JUNK_TOKEN, how))


def _can_be_placed(credentials: Credentials, how: Shown) -> bool:
    """Tell whether credentials are one Bearer token, which can be shown in another way as well."""
    if len(credentials.shell) != 1 or credentials.validity is not Validity.INVALID:
        return False
    [text] = credentials.shell
    if not text.startswith(BEARER) or not text.removeprefix(BEARER).strip():
        return False
    return how.place.location == "header" or not set(text) & set("{(\"'% ;,")


def _placed(credentials: Credentials, how: Shown) -> Credentials:
    """Show what stands behind `Bearer` in another place, or as a user and a password."""
    basic = how.challenge == "Basic"

    def wire(token: str) -> tuple[str, ...]:
        texts = (text.removeprefix(BEARER).strip() for text in credentials.wire(token))
        return tuple(f"Basic {_encoded(how.user + text)}" if basic else text for text in texts)

    texts = (text.removeprefix(BEARER) for text in credentials.shell)
    shell = tuple(f"Basic {BASIC.format(how.user + text)}" if basic else text for text in texts)
    return replace(credentials, wire=wire, shell=shell, place=how.place)


def _encoded(pair: str) -> str:
    """Write a user and a password as Basic has them (RFC 7617, section 2)."""
    return b64encode(pair.encode("utf-8", "surrogateescape")).decode()
