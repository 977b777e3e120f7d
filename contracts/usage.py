"""What the caller asked for and cannot be done."""

from __future__ import annotations

import difflib
import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Final

MOST_SHOWN: Final = 600
TWINS: Final = re.compile(r"(?<=#)#")
"""The second half of `##`, with which a file could give orders to a pipeline."""


@dataclass(eq=False)
class UsageError(Exception):
    """The sentence names the flag, or the file and its key, and the way out.

    It is one line that gives no orders to a terminal or a pipeline, whatever the name of a file is.
    """

    reason: str

    def __str__(self) -> str:
        shown = "".join(map(_escaped, self.reason[:MOST_SHOWN]))
        return TWINS.sub(r"\\u0023", shown) + ("…" if len(self.reason) > MOST_SHOWN else "")


def _escaped(character: str) -> str:
    return character if character.isprintable() else ascii(character)[1:-1]


def unknown(name: str, names: Sequence[str]) -> str:
    """Say of a name that nobody knows it, and which one may be meant."""
    close = difflib.get_close_matches(name, names, 1)
    hint = f"did you mean {close[0]}?" if close else f"there is {', '.join(names)}"
    return f"is not known; {hint}"


def is_text(value: str) -> bool:
    """Tell whether a command line's bytes were readable; Python smuggles the others through."""
    return value.isascii() or not any("\ud800" <= character <= "\udfff" for character in value)
