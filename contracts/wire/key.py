"""What one way to show credentials is given, where it is not the token: a key, or a password."""

from __future__ import annotations

import os
import re
from dataclasses import dataclass, field
from typing import Final

from find_webhook_kit.contracts.usage import UsageError
from find_webhook_kit.contracts.wire.variables import VARIABLE, filled

SENDABLE: Final = re.compile(r"[\x21-\x7e](?:[\x20-\x7e]*[\x21-\x7e])?")


@dataclass(frozen=True, slots=True)
class Key:
    """A value of a security scheme, and the variable of a shell that stands for it."""

    value: str = field(repr=False)
    variable: str


def key(where: str, name: str, text: str) -> Key:
    """Read the value of a scheme: `$NAME` is a variable, anything else is the value itself.

    `where` names it in a `UsageError`, which never repeats the value. A value that no variable
    holds has one in curl lines all the same, called after the scheme.
    """
    found = VARIABLE.fullmatch(text)
    value = filled(where, text) if found else text
    if SENDABLE.fullmatch(value) is None:
        reason = "is empty" if not value else "holds a line break or a character outside ASCII"
        raise UsageError(f"{where}: its value {reason}")
    variable = (found[1] or found[2]) if found else re.sub(r"\W", "_", name.upper(), flags=re.ASCII)
    return Key(value, variable if found or variable not in os.environ else f"{variable}_KEY")
