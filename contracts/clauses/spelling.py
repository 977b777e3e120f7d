"""Tells apart two texts that look the same: by the first character in which they differ."""

from __future__ import annotations

import ast
import json
import unicodedata
from contextlib import suppress
from itertools import zip_longest
from typing import Final

# What looks alike: Cyrillic, Greek and a few Latin letters, each line above what it looks like.
LOOKS: Final[dict[int, int]] = str.maketrans(
    "АВСЕНІЈКМОРЅТХУасеһіјорѕԁԛԝхуӏ"  # noqa: RUF001 - that is the point
    "ΑΒΕΖΗΙΚΜΝΟΡΤΥΧαινορυχ"
    "01I|ıɑɡ",  # noqa: RUF001
    "ABCEHIJKMOPSTXYacehijopsdqwxylABEZHIKMNOPTYXaivopuxOllliag",
)
LONGEST: Final = 500
"""Characters of a text that an eye compares with another one."""

HIDDEN: Final = frozenset({"Mn", "Me", "Cf", "Cc", "Zs", "Zl", "Zp"})
"""Categories of what is not seen, or seen only on another character."""


def difference(expected: str, got: str) -> str:
    """Name the first character in which two texts differ that look the same; else nothing."""
    if max(len(expected), len(got)) > LONGEST:
        return ""
    one, other = _bare(expected), _bare(got)
    if one == other or not _look_the_same(one, other):
        return ""
    place, (wanted, found) = next(
        (place, pair) for place, pair in enumerate(zip_longest(one, other), 1) if pair[0] != pair[1]
    )
    return f"character {place} is {_named(found)}, and not {_named(wanted)}"


def _bare(text: str) -> str:
    """Return a text without the quotes that JSON or Python have put around it."""
    if len(text) > 1 and text[0] == text[-1] and text[0] in "\"'":
        with suppress(ValueError):
            return str(json.loads(text))
        with suppress(ValueError, SyntaxError):
            return str(ast.literal_eval(text))
    return text


def _look_the_same(one: str, other: str) -> bool:
    """Compare them as an eye would: what is alike or beyond ASCII may be the same character."""
    pairs = list(zip_longest(_seen(one), _seen(other), fillvalue=""))
    same = sum(left == right for left, right in pairs)
    may_be = all(
        left == right or (left and right and not (left + right).isascii()) for left, right in pairs
    )
    return may_be and 2 * same >= len(pairs)


def _seen(text: str) -> str:
    """Return what is seen of a text: no marks, no spaces, one character for what looks alike."""
    plain = unicodedata.normalize("NFKD", text)
    return "".join(it for it in plain if unicodedata.category(it) not in HIDDEN).translate(LOOKS)


def _named(character: str | None) -> str:
    if character is None:
        return "the end"
    name = unicodedata.name(character, "")
    return f"U+{ord(character):04X} {name}".rstrip()
