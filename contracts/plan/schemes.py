"""How an operation wants credentials to be shown: as a Bearer token, as Basic, or as a key."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, replace
from typing import Final

from find_webhook_kit.contracts.config.options import Depth
from find_webhook_kit.contracts.plan.credentials import CREDENTIALS, JUNK, JUNK_TOKEN
from find_webhook_kit.contracts.plan.tokens import encoded, made_up
from find_webhook_kit.contracts.wire.key import Key
from find_webhook_kit.contracts.wire.probe import (
    AUTHORIZATION,
    OPEN,
    TOKEN_VARIABLE,
    VALID,
    CredentialPlace,
    Credentials,
    Validity,
)
from find_webhook_kit.contracts.wire.target import Target
from find_webhook_kit.spec import Operation, SecurityScheme

BEARER: Final = "Bearer "
BASIC: Final = "$(printf %s \"{}\" | base64 | tr -d '[:space:]')"


@dataclass(frozen=True, slots=True)
class Shown:
    """What the token is shown as. `challenge` is the scheme of a 401, where it must have one.

    `key` is shown in place of the token, where there is one; `beside` are the valid credentials
    that have to be shown together with it, and `partly` those that lack one of all these, or have a
    junk one in its place.
    """

    valid: Credentials
    junk: Credentials
    place: CredentialPlace = AUTHORIZATION
    challenge: str = ""
    user: str = ""  # what stands before a password, where Basic is shown
    key: Key | None = None
    beside: tuple[Credentials, ...] = ()

    @property
    def is_bearer(self) -> bool:
        return self.place == AUTHORIZATION and self.challenge == "Bearer"

    def partly(self) -> Iterator[tuple[Credentials, tuple[Credentials, ...]]]:
        """List credentials of which one is missing or junk, each with what stands beside them."""
        for lost in self.beside:
            rest = tuple(each for each in self.beside if each != lost)
            where = lost.place.name
            missing = replace(self.valid, name=f"no {where}", validity=Validity.MISSING)
            yield missing, rest
            broken = replace(self.valid, name=f"a junk {where}", validity=Validity.INVALID)
            yield broken, (*rest, _junk(lost.place))
        if self.beside:
            first = replace(self.beside[0], name=f"no {self.place.name}", validity=Validity.MISSING)
            yield first, self.beside[1:]

    def others(self, token: str, depth: Depth) -> tuple[Credentials, ...]:
        """List the other credentials that nobody may get in with, and the few that may."""
        listed = (*CREDENTIALS, *made_up(token, depth))
        if self.is_bearer:
            return listed
        return tuple(_placed(each, self) for each in listed if _can_be_placed(each, self))


def _junk(place: CredentialPlace) -> Credentials:
    return Credentials(JUNK, Validity.INVALID, lambda _: (JUNK,), (JUNK,), place)


AS_BEARER: Final = Shown(VALID, JUNK_TOKEN, challenge="Bearer")
NOT_AT_ALL: Final = Shown(OPEN, JUNK_TOKEN)


def shown(operation: Operation, target: Target) -> tuple[Shown, ...]:
    """List how an operation can be asked, that with keys of its own first; none: not at all.

    Of what has to be shown together, each has a key of its own, or stands in a header that is sent
    with every request; one is made of the token. For Basic, a token without a colon is a password.
    """
    if operation.anonymous:
        return (NOT_AT_ALL,)
    sent = {header.name.lower() for header in target.headers}
    found = (_together(schemes, sent, target) for schemes in operation.requirements)
    return tuple(sorted((each for each in found if each), key=lambda how: how.key is None))


def wanted(operation: Operation, target: Target) -> str:
    """Say what an operation asks for that nobody gave, and what to give."""
    alternatives = (" and ".join(item.name for item in each) for each in operation.requirements)
    sent = {header.name.lower() for header in target.headers}
    lacking = (_lacking(each, sent, target) or list(each) for each in operation.requirements)
    fewest = min(lacking, key=len)
    flags = " ".join(f"--credential '{item.name}=$NAME'" for item in fewest if _how(item))
    unknown = ", ".join(item.scheme or item.type for item in fewest if not _how(item))
    advice = f"{unknown} is not shown here" if unknown else f"give {flags}"
    return f"it asks for {' or '.join(alternatives)}: {advice}"


def _lacking(
    schemes: Sequence[SecurityScheme], sent: set[str], target: Target
) -> list[SecurityScheme]:
    """List the schemes that nobody gave anything for; the token is good for one of them."""
    left = [it for it in schemes if it.name not in target.keys and not _is_sent(it, sent)]
    usable = [item for item in left if _how(item)]
    return [item for item in left if not target.token or item is not usable[0]] if usable else left


def _together(schemes: Sequence[SecurityScheme], sent: set[str], target: Target) -> Shown | None:
    """Return how all of these are shown at once, or None where something is missing."""
    asked = [item for item in schemes if not _is_sent(item, sent)]
    if _lacking(schemes, sent, target) or not all(map(_how, asked)):
        return None
    listed = sorted(asked, key=lambda item: item.name in target.keys)  # the token's own first
    if not listed:  # then nothing could be left out
        return None
    first, *others = (_as(item, target) for item in listed)
    beside = tuple(replace(each.valid, wire=_fixed(each, target)) for each in others)
    return replace(first, beside=beside)


def _fixed(how: Shown, target: Target) -> Callable[[str], tuple[str, ...]]:
    """Return what is shown of a key, whatever token stands beside it."""
    value = how.key.value if how.key else target.token
    return lambda _: how.valid.wire(value)


def _is_sent(scheme: SecurityScheme, sent: set[str]) -> bool:
    return scheme.type == "apiKey" and scheme.location == "header" and scheme.key.lower() in sent


def _how(scheme: SecurityScheme) -> bool:
    """Tell whether a scheme is one that is shown here."""
    return scheme.scheme in {"bearer", "basic"} or scheme.type == "apiKey"


def _as(scheme: SecurityScheme, target: Target) -> Shown:
    """Return how a scheme shows its key, or the token."""
    key = target.keys.get(scheme.name)
    if scheme.scheme == "bearer":
        how = AS_BEARER
    elif scheme.scheme == "basic":
        value = key.value if key else target.token
        user = f"{target.user}:" if target.user else ":"
        how = _placed_at(AUTHORIZATION, "Basic", "" if ":" in value and not target.user else user)
    else:
        how = _placed_at(CredentialPlace(scheme.location, scheme.key), "")
    return how if key is None else _with(how, key)


def _with(how: Shown, key: Key) -> Shown:
    """Show a key in place of the token, by its own variable."""

    def named(credentials: Credentials) -> Credentials:
        shell = tuple(
            text.replace(TOKEN_VARIABLE, f"${key.variable}") for text in credentials.shell
        )
        return replace(credentials, shell=shell)

    return replace(how, valid=named(how.valid), key=key)


def _placed_at(place: CredentialPlace, challenge: str, user: str = "") -> Shown:
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
        return tuple(f"Basic {encoded(how.user + text)}" if basic else text for text in texts)

    texts = (text.removeprefix(BEARER) for text in credentials.shell)
    shell = tuple(f"Basic {BASIC.format(how.user + text)}" if basic else text for text in texts)
    return replace(credentials, wire=wire, shell=shell, place=how.place)
