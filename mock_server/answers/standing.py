"""Preferences that hold where a client has none: those of the live switch, and of a fixture.

They count as if the client had sent them, after its own. One that does not go together with what
stands before it, or that an operation cannot honour, gives way without a word.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from contextlib import suppress
from dataclasses import asdict, dataclass, replace
from functools import lru_cache
from typing import Any, Final

from find_webhook_kit.mock_server.answers.endpoint import Endpoint
from find_webhook_kit.mock_server.answers.errors import Refusal, UnknownChoice
from find_webhook_kit.mock_server.answers.lies import lies_of
from find_webhook_kit.mock_server.answers.preferences import (
    NAMES,
    NO_PREFERENCES,
    Preferences,
    check,
    named,
    read,
    written,
)

_ORDER: Final = ("code", "example", "dynamic", "lie", "seed", "size", "delay")
"""What goes with another preference comes after it."""


class PreferencesError(Exception):
    """Preferences that no request could have; the text says which one and why."""


@dataclass(frozen=True, slots=True)
class Standing:
    """Preferences by name, in the order in which a person wrote them."""

    values: tuple[tuple[str, Any], ...] = ()

    @property
    def text(self) -> str:
        """Write them as the value of a header."""
        return ", ".join(f"{name}={written(value)}" for name, value in self.values)


NOTHING: Final = Standing()


def standing(text: str, endpoints: Iterable[Endpoint]) -> Standing:
    """Read what one of the operations can honour; raise `PreferencesError` for anything else."""
    try:
        found = _read(text)
    except Refusal as refusal:
        raise PreferencesError(str(refusal)) from None
    if not found.values:
        return NOTHING
    refusals = [_refusal(found, endpoint) for endpoint in endpoints]
    if refusals and all(refusals):
        raise PreferencesError(str(refusals[0]))
    return found


def _read(text: str) -> Standing:
    values: dict[str, Any] = {}
    for name, value in named(text):
        if not name and not value:  # nothing between two commas
            continue
        if name not in NAMES:
            raise UnknownChoice("preference", name, NAMES)
        if name not in values:  # the first one counts, as in a request
            values[name] = read(name, value)
    return Standing(tuple(values.items()))


def _refusal(found: Standing, endpoint: Endpoint) -> Refusal | None:
    try:
        check(Preferences(**dict(found.values)), endpoint, lies_of(endpoint))
    except Refusal as refusal:
        return refusal
    return None


def completed(own: Preferences, others: Sequence[Standing], endpoint: Endpoint) -> Preferences:
    """Return a client's own preferences with others that hold beside them, the first ones first.

    Raise the refusal of its own where they cannot be honoured, not even together with the others.
    """
    others = tuple(other for other in others if other.values)
    if own is NO_PREFERENCES and not others:
        return own
    return _completed(own, others, endpoint)


@lru_cache(maxsize=256)
def _completed(own: Preferences, others: tuple[Standing, ...], endpoint: Endpoint) -> Preferences:
    found, lies = own, lies_of(endpoint)
    try:
        check(own, endpoint, lies)
    except Refusal:
        values = {name: value for other in reversed(others) for name, value in other.values}
        named_by_client = {name: value for name, value in asdict(own).items() if value is not None}
        together = Preferences(**values | named_by_client)
        with suppress(Refusal):
            check(together, endpoint, lies)
            return together
        raise
    for other in others:
        for name, value in sorted(other.values, key=lambda pair: _ORDER.index(pair[0])):
            if getattr(found, name) is None:
                wanted = replace(found, **{name: value})
                with suppress(Refusal):
                    check(wanted, endpoint, lies)
                    found = wanted
    return NO_PREFERENCES if found == NO_PREFERENCES else found
