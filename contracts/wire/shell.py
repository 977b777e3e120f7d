"""Writes words of a POSIX shell: what it must fill in, and what it must leave as it is."""

from __future__ import annotations

import os
import re
import shlex
import string
from typing import Final

# What a double-quoted text shows as it is, also where a shell keeps a history (`!`).
TAME: Final = re.compile(r"[^$`\"\\!]*")
HARMLESS: Final = frozenset(f"{string.ascii_letters}{string.digits} :;,./=")
TWINS: Final = re.compile(r"(?<=#)#")
"""The second half of `##`, with which a text could give orders to a pipeline."""


class Live(str):
    """A text that the shell is to expand, such as `$NAME`."""

    __slots__ = ()


def word(*pieces: str) -> str:
    """Write one word of a shell that means these pieces, all but `Live` ones literally."""
    literal = "".join(piece for piece in pieces if not isinstance(piece, Live))
    if not any(isinstance(piece, Live) for piece in pieces):
        return _quoted(literal)
    if TAME.fullmatch(literal) and literal.isprintable() and "##" not in literal:
        return f'"{"".join(pieces)}"'
    return "".join(
        f'"{piece}"' if isinstance(piece, Live) else _quoted(piece) for piece in pieces if piece
    )


def _quoted(text: str) -> str:
    """Quote a text; what cannot be shown is spelled as `printf` takes it."""
    if not text.isprintable():
        return f"\"$(printf '{''.join(map(_octal, os.fsencode(text)))}')\""
    return TWINS.sub("''#", shlex.quote(text))


def _octal(code: int) -> str:
    """Write a byte in a format of `printf`."""
    return chr(code) if chr(code) in HARMLESS else f"\\{code:03o}"
