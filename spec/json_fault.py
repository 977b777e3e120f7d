"""Says why a text is not JSON as every reader takes it (RFC 8259), and where it first goes wrong.

The words and the places are ours: those of Python's own reader, and how deep it reads, change with
its version.
"""

from __future__ import annotations

import json
import re
from dataclasses import dataclass, field
from enum import Enum
from typing import Final

MAX_DEPTH: Final = 500
"""How deep arrays and objects may nest; the least of Python's own limits is near 1,000."""

MAX_PARTS: Final = 250_000
"""How far the place of a fault is looked for, in brackets, commas and values: half a second."""

MAX_DIGITS: Final = 640
"""How long a whole number may be: as long as each Python reads, however its own limit is set."""


@dataclass(frozen=True, slots=True)
class JsonFault:
    """Why a text is refused, the index of the character, and the steps that lead to it."""

    reason: str
    index: int
    steps: tuple[str | int, ...] = ()


def first_fault(text: str) -> JsonFault | None:
    """Return what stands first in a text that not every reader takes, or None."""
    walk = _Walk()
    index = 0
    for _ in range(MAX_PARTS):
        found = _PART.match(text, index)
        if found is None:
            return _no_part(text, index, walk.wanted)
        fault = walk.take(found["part"], found.start("part"))
        if fault is not None:
            return fault
        index = found.end()
    return JsonFault("a fault far behind in a long text", index)


def _no_part(text: str, index: int, wanted: _Wanted) -> JsonFault | None:
    """Say what is wrong where nothing of JSON stands, unless the text ends as it should."""
    index += len(text[index:]) - len(text[index:].lstrip(_SPACE))
    if index == len(text) and wanted is _Wanted.END:
        return None
    return _broken_string(text, index) or JsonFault(wanted.value, index)


class _Wanted(Enum):
    """What may stand next, as it is told where something else does."""

    VALUE = "expecting value"
    ELEMENT = "expecting value or ']'"
    MEMBER = "expecting a name in double quotes or '}'"
    NAME = "expecting a name in double quotes"
    COLON = "expecting ':'"
    REST_OF_ARRAY = "expecting ',' or ']'"
    REST_OF_OBJECT = "expecting ',' or '}'"
    END = "extra data"


_SPACE: Final = " \t\r\n"
_CHARACTERS: Final = r'(?:[^"\\\x00-\x1f]|\\["\\/bfnrt]|\\u[0-9a-fA-F]{4})*+'
_NUMBER: Final = r"-?(?:0|[1-9][0-9]*+)(?:\.[0-9]++)?(?:[eE][-+]?[0-9]++)?"
_WORDS: Final = "true|false|null|NaN|-?Infinity"
_PART: Final = re.compile(rf'[{_SPACE}]*+(?P<part>"{_CHARACTERS}"|[{{}}\[\]:,]|{_NUMBER}|{_WORDS})')
_STRING_START: Final = re.compile(f'"{_CHARACTERS}')


def _broken_string(text: str, index: int) -> JsonFault | None:
    """Say what is wrong with the string that begins here, where one does."""
    found = _STRING_START.match(text, index)
    if found is None:
        return None
    if found.end() == len(text):
        return JsonFault("a string without an end", index)
    escape = text[found.end()] == "\\"
    reason = "an escape that JSON does not have" if escape else "a control character in a string"
    return JsonFault(reason, found.end())


@dataclass(slots=True)
class _Container:
    """An array or an object that is being read: where in it, and the names it has had."""

    wanted_after: _Wanted
    step: str | int
    names: set[str] = field(default_factory=set)


class _Walk:
    """Goes through a text part by part, and knows what may come next."""

    def __init__(self) -> None:
        self.wanted = _Wanted.VALUE
        self._levels: list[_Container] = []

    def take(self, part: str, index: int) -> JsonFault | None:
        """Go on to the next part, or say what is wrong with it."""
        reason = self.step(part)
        if len(self._levels) > MAX_DEPTH:
            return JsonFault(f"nesting deeper than {MAX_DEPTH} levels", index)
        if reason is None:
            return None
        return JsonFault(reason, index, tuple(level.step for level in self._levels))

    def step(self, part: str) -> str | None:
        wanted = self.wanted
        sign, then = _GOES_ON.get(wanted, ("", wanted))
        if part == _CLOSES.get(wanted):
            self._levels.pop()
            self._done()
        elif part == sign:
            self.wanted = then
            if wanted is _Wanted.REST_OF_ARRAY:
                self._levels[-1].step = int(self._levels[-1].step) + 1
        elif wanted in {_Wanted.VALUE, _Wanted.ELEMENT}:
            return self.value(part)
        elif wanted in {_Wanted.NAME, _Wanted.MEMBER}:
            return self.name(part)
        else:
            return self.wanted.value
        return None

    def value(self, part: str) -> str | None:
        if part in {"[", "{"}:
            self._open(part)
            return None
        if part in {"]", "}", ":", ","}:
            return self.wanted.value
        self._done()
        return _refused(part)

    def name(self, part: str) -> str | None:
        if not part.startswith('"'):
            return self.wanted.value
        level = self._levels[-1]
        level.step = name = str(json.loads(part))
        if name in level.names:
            return f"the member {name!r} for the second time"
        level.names.add(name)
        self.wanted = _Wanted.COLON
        return _refused(part)

    def _open(self, part: str) -> None:
        if part == "[":
            self._levels.append(_Container(_Wanted.REST_OF_ARRAY, 0))
            self.wanted = _Wanted.ELEMENT
        else:
            self._levels.append(_Container(_Wanted.REST_OF_OBJECT, ""))
            self.wanted = _Wanted.MEMBER

    def _done(self) -> None:
        self.wanted = self._levels[-1].wanted_after if self._levels else _Wanted.END


_CLOSES: Final = {
    _Wanted.ELEMENT: "]",
    _Wanted.REST_OF_ARRAY: "]",
    _Wanted.MEMBER: "}",
    _Wanted.REST_OF_OBJECT: "}",
}
_GOES_ON: Final = {
    _Wanted.COLON: (":", _Wanted.VALUE),
    _Wanted.REST_OF_ARRAY: (",", _Wanted.VALUE),
    _Wanted.REST_OF_OBJECT: (",", _Wanted.NAME),
}
"""What ends an array or an object, and what goes on in it with what next."""


def _refused(part: str) -> str | None:
    """Say why a part that the grammar allows, or Python's reader does, is not for every reader."""
    if part in {"NaN", "Infinity", "-Infinity"}:
        return f"{part}, which is no JSON value"
    if len(part) > MAX_DIGITS and part.lstrip("-").isdecimal():
        return f"a number of more than {MAX_DIGITS} digits"
    if part.startswith('"') and "\\u" in part:
        try:
            json.loads(part).encode()
        except UnicodeEncodeError:
            return "a text with half of a surrogate pair"
    return None
