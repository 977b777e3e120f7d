"""Variables of the environment in a value that is given to the judge: `$NAME` and `${NAME}`."""

from __future__ import annotations

import os
import re
from typing import Final

from find_webhook_kit.contracts.usage import UsageError
from find_webhook_kit.contracts.wire.shell import Live

VARIABLE: Final = re.compile(r"\$(?:([A-Za-z_]\w*)|\{([A-Za-z_]\w*)\})", re.ASCII)


def filled(flag: str, given: str) -> str:
    """Return a value with its variables filled in; raise `UsageError` for one that is not there."""
    return VARIABLE.sub(lambda found: _value(flag, found[1] or found[2]), given)


def pieces(given: str) -> list[str]:
    """Return a value for a shell that has its variables: they are `Live`, nothing else is."""
    found: list[str] = []
    place = 0
    for match in VARIABLE.finditer(given):
        found += [given[place : match.start()], Live(match.group())]
        place = match.end()
    return [*found, given[place:]]


def values(given: str) -> tuple[str, ...]:
    """Return the values of the variables that are named."""
    return tuple(os.environ.get(found[1] or found[2], "") for found in VARIABLE.finditer(given))


def _value(flag: str, name: str) -> str:
    if name not in os.environ:
        raise UsageError(f"{flag}: the environment has no variable {name}")
    return os.environ[name]
