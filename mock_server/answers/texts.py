"""Strategies of texts: surprising ones, those of a format, and those that match a pattern."""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from math import ceil
from tempfile import TemporaryDirectory
from typing import Final
from warnings import catch_warnings, simplefilter

from hypothesis import configuration
from hypothesis import strategies as st
from hypothesis.errors import InvalidArgument
from hypothesis.internal import charmap

from find_webhook_kit.mock_server.answers.shape import NoValueError, Shape
from find_webhook_kit.spec import Json
from find_webhook_kit.spec.draft4 import matcher, readable_pattern
from find_webhook_kit.spec.formats import TEXTS

Strategy = st.SearchStrategy[Json]

MOST: Final = 1_000_000
"""Characters beyond which no text is made up."""

AT_ONCE: Final = 200
"""Characters of a long text that are drawn; the rest repeats them."""


def texts(shape: Shape) -> Strategy:
    """Make texts of a length, a format and patterns, as far as a schema asks for them."""
    least, most = shape.count("minLength", "maxLength")
    if least > MOST or (most is not None and most < least):
        raise NoValueError(f"no text of {least} characters or more is made up here")
    patterns = tuple(filter(readable_pattern, shape.patterns))
    of_format = _BY_FORMAT.get(shape.format)
    if not patterns and of_format is None:
        return _texts() if most is None and not least else _of_length(least, most)
    found = [_matching(patterns[0], least, most)] if patterns else []
    if of_format is not None:
        found.append(of_format())
    plain = not patterns and most is None and not least
    return (
        found[0] if plain else st.one_of(found).filter(_check(patterns, least, most, shape.format))
    )


def _check(
    patterns: tuple[str, ...], least: int, most: int | None, format_: str
) -> Callable[[Json], bool]:
    """Return a check of one text, so that a body is seldom thrown away as a whole."""
    checks = [matcher(each) for each in patterns]
    if format_ in TEXTS:
        checks.append(TEXTS[format_].is_valid)
    high = MOST if most is None else most
    return lambda text: (
        isinstance(text, str)
        and least <= len(text) <= high
        and all(check(text) for check in checks)
    )


def _of_length(least: int, most: int | None) -> Strategy:
    keyboard = st.integers(*_LETTERS[0])
    if least <= AT_ONCE:
        return st.lists(keyboard, min_size=least, max_size=most).map(_joined)
    piece = st.lists(keyboard, min_size=1, max_size=AT_ONCE).map(_joined)
    return piece.map(lambda text: (text * ceil(least / len(text)))[:least])


def _matching(pattern: str, least: int, most: int | None) -> Strategy:
    """Make texts that a pattern of ECMA 262 is found in, of the characters that a keyboard has."""
    with _tables_elsewhere():
        found = [
            strategy
            for each in dict.fromkeys((pattern, _stretched(pattern, least, most)))
            if (strategy := _of_pattern(each)) is not None
        ]
    if not found:
        raise NoValueError(f"no text is made up here for the pattern {pattern!r}")
    return st.one_of(found)


def _of_pattern(pattern: str) -> Strategy | None:
    pattern = _as_python(pattern)
    for alphabet in (_KEYBOARD, None):
        with suppress(re.error, InvalidArgument, OverflowError, RecursionError), catch_warnings():
            simplefilter("ignore")  # Python warns of what its later versions may read otherwise
            strategy = st.from_regex(re.compile(pattern, re.ASCII), alphabet=alphabet)
            strategy.validate()
            return strategy
    return None


def _stretched(pattern: str, least: int, most: int | None) -> str:
    """Let the last open quantifier of a pattern repeat so often that a text is long enough."""
    open_ = [found for found in _TOKENS.finditer(pattern) if _OPEN.fullmatch(found[0])]
    if not open_ or not least:
        return pattern
    last = open_[-1]
    low = max(least - (len(pattern) - len(last[0])), _least_of(last[0]))
    high = max(low, least if most is None else most)
    return f"{pattern[: last.start()]}{{{low},{high}}}{pattern[last.end() :]}"


def _least_of(quantifier: str) -> int:
    return {"*": 0, "+": 1}.get(quantifier) or int(re.sub(r"\D", "", quantifier) or "0")


@contextmanager
def _tables_elsewhere() -> Iterator[None]:
    """Keep Hypothesis from writing its tables of characters where the mock was started."""
    if vars(charmap).get("_charmap") is not None:  # they were read already
        yield
        return
    before = vars(configuration).get("__hypothesis_home_directory")
    with TemporaryDirectory() as folder:
        configuration.set_hypothesis_home_dir(folder)
        try:
            charmap.charmap()
            yield
        finally:
            configuration.set_hypothesis_home_dir(before)


_TOKENS: Final = re.compile(r"\\.|\[(?:\\.|[^\]\\])*\]|\{[0-9]+,[0-9]*\}|[*+]|.", re.DOTALL)
_OPEN: Final = re.compile(r"[*+]|\{[0-9]+,\}")
_KEYBOARD: Final = "".join(map(chr, range(0x20, 0x7F)))

# What ECMA 262 writes otherwise than Python. A class of Unicode is taken for characters, or digits.
_NAMED: Final = (
    (re.compile(r"\(\?<(?![=!])"), "(?P<"),
    (re.compile(r"\\k<([^>]*)>"), r"(?P=\1)"),
    (re.compile(r"\[\^\]"), r"[\\s\\S]"),
)
_CLASS: Final = re.compile(r"(?<!\\)\[(?:\\.|[^\]\\])*\]")
_PROPERTY: Final = re.compile(r"\\p\{([^}]*)\}")


def _as_python(pattern: str) -> str:
    for old, new in _NAMED:
        pattern = old.sub(new, pattern)
    inside = _CLASS.sub(lambda found: _PROPERTY.sub(_letters, found[0]), pattern)
    return _PROPERTY.sub(lambda found: f"[{_letters(found)}]", inside)


def _letters(found: re.Match[str]) -> str:
    return "0-9" if found[1] in {"N", "Nd", "Number"} else "A-Za-z"


_SURPRISING: Final = (
    "",
    " ",
    "\n",
    "\x00",
    "null",
    "undefined",
    "true",
    "0",
    "-0",
    "NaN",
    "1e309",
    "__proto__",
    "constructor",
    "<script>alert(1)</script>",
    "<img src=x onerror=alert(1)>",
    "javascript:alert(1)",
    "{{7*7}}",
    "${7*7}",
    "%s%n",
    "' OR 1=1 --",
    '"',
    "\\",
    "../../etc/passwd",
    "C:\\nul",
    "\u202egnp.exe",
    "\ufeffBOM",
    "\u200b",
    "e\u0301",
    "\u00e9",
    "\u0130stanbul",
    "\u05e9\u05dc\u05d5\u05dd",
    "\u0645\u0631\u062d\u0628\u0627",
    "\U0001f469\u200d\U0001f469\u200d\U0001f467\u200d\U0001f466",
    "\U0010ffff",
    "x" * 255,
    "x" * 256,
    "x" * 1000,
)

_PLAIN: Final = ("crm", "https://hooks.example.com/crm", "Support desk 2", "wh-7f3a", "a")


# Ranges of code points, because Hypothesis's own `characters` writes its tables into the folder
# that the mock was started in. No JSON text can hold half a surrogate pair.
_LETTERS: Final = (
    (0x20, 0x7E),  # what a keyboard has
    (0x00, 0x1F),  # control characters
    (0xA0, 0x24F),  # Latin with marks
    (0x300, 0x36F),  # marks alone
    (0x400, 0x4FF),  # Cyrillic
    (0x590, 0x6FF),  # Hebrew and Arabic, right to left
    (0x900, 0x97F),  # Devanagari
    (0x2000, 0x206F),  # spaces and directions that nobody sees
    (0x4E00, 0x9FFF),  # Chinese characters
    (0xE000, 0x10FFFF),  # private use, emoji, and what is not assigned yet
)


def _texts() -> Strategy:
    keyboard = st.integers(*_LETTERS[0])
    anything = st.one_of([st.integers(*bounds) for bounds in _LETTERS])
    return st.one_of(
        st.sampled_from(_PLAIN),
        st.sampled_from(_SURPRISING),
        st.lists(keyboard, max_size=80).map(_joined),
        st.lists(anything, max_size=40).map(_joined),
    )


def _joined(characters: list[int]) -> str:
    return "".join(map(chr, characters))


@st.composite
def _date_times(draw: st.DrawFn) -> Json:
    """Write a moment in one of the spellings that RFC 3339 allows."""
    day = draw(st.one_of(st.sampled_from(_DAYS), st.dates().map(str)))
    clock = draw(st.one_of(st.sampled_from(_CLOCKS), st.times().map(_seconds)))
    fraction = draw(st.sampled_from(["", ".0", ".5", ".120", ".123", ".999999", ".123456789"]))
    offset = draw(st.sampled_from(_OFFSETS))
    return f"{day}{draw(st.sampled_from('Tt'))}{clock}{fraction}{offset}"


def _seconds(time: object) -> str:
    return str(time)[:8]


_DAYS: Final = ("1970-01-01", "2000-02-29", "2024-02-29", "2024-12-31", "2038-01-19", "9999-12-30")
_CLOCKS: Final = ("00:00:00", "12:00:00", "23:59:59")
_OFFSETS: Final = ("Z", "Z", "z", "+00:00", "-00:00", "+05:30", "-08:00", "+14:00", "-12:00")


def word() -> st.SearchStrategy[str]:
    """Make a word of a few characters."""
    return st.lists(st.integers(0x61, 0x7A), min_size=1, max_size=12).map(_joined)


def _url() -> st.SearchStrategy[str]:
    return st.tuples(word(), word()).map(lambda it: f"https://{it[0]}.example.com/{it[1]}")


def _reference() -> st.SearchStrategy[str]:
    return st.one_of(_url(), word().map(lambda it: f"/{it}"))


def _base64() -> st.SearchStrategy[str]:
    octets = st.lists(st.integers(0, 255), max_size=30)
    return octets.map(lambda it: base64.b64encode(bytes(it)).decode())


_BY_FORMAT: Final[Mapping[str, Callable[[], Strategy]]] = {
    "byte": _base64,
    "date": lambda: st.dates().map(str),
    "date-time": _date_times,
    "duration": lambda: st.tuples(st.integers(0, 30), st.integers(0, 23)).map(
        lambda it: f"P{it[0]}DT{it[1]}H"
    ),
    "email": lambda: st.tuples(word(), word()).map(lambda it: f"{it[0]}@{it[1]}.example"),
    "hostname": lambda: word().map(lambda it: f"{it}.example.com"),
    "idn-email": lambda: word().map(lambda it: f"{it}@example.com"),
    "idn-hostname": lambda: word().map(lambda it: f"{it}.example.com"),
    "ipv4": lambda: st.ip_addresses(v=4).map(str),
    "ipv6": lambda: st.ip_addresses(v=6).map(str),
    "iri": _url,
    "iri-reference": _reference,
    "json-pointer": lambda: word().map(lambda it: f"/{it}/0"),
    "regex": lambda: word().map(lambda it: f"^{it}$"),
    "relative-json-pointer": lambda: word().map(lambda it: f"1/{it}"),
    "time": lambda: st.times().map(lambda time: f"{_seconds(time)}Z"),
    "uri": _url,
    "uri-reference": _reference,
    "uri-template": lambda: word().map(lambda it: f"https://example.com/{it}/{{id}}"),
    "uuid": lambda: st.uuids().map(str),
}
