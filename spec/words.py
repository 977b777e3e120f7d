"""Says in words what a keyword of a schema asks for, and how a value falls short of it."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from typing import Any, Final

from jsonschema_rs import ValidationErrorKind as Kind

from find_webhook_kit.spec.draft4 import ABSENT, NUMBER
from find_webhook_kit.spec.formats import NUMBERS, TEXTS

MAX_OPTIONS: Final = 12


def told(kind: Kind) -> tuple[str, str, str]:
    """Return the keyword, what it expects, and what is to be said of a value that breaks it."""
    if isinstance(kind, Kind.Custom):
        return _CUSTOM[kind.keyword](kind.message)
    for verb, rows in (("is not", _IS), ("does not have", _HAS)):
        for type_, words in rows:
            if isinstance(kind, type_):
                return kind.name, words(kind), f"{verb} {words(kind)}"
    if isinstance(kind, Kind.UniqueItems):
        return kind.name, "no item twice", "has the same item twice"
    expected = f"what `{kind.name}` allows"
    return kind.name, expected, f"is not {expected}"


def unknowable(kind: Kind) -> bool:
    """Tell whether an engine gave up, so that nothing is known of the value."""
    return isinstance(kind, (Kind.BacktrackLimitExceeded, Kind.RegexEngineFailure))


def listed(options: list[Any]) -> str:
    """Write the values of an `enum`, and not all of many."""
    words = [repr(item) if isinstance(item, str) else json.dumps(item) for item in options]
    if len(words) == 1:
        return words[0]
    more = f" or {len(words) - MAX_OPTIONS} others" if len(words) > MAX_OPTIONS else ""
    return f"one of {', '.join(words[:MAX_OPTIONS])}{more}"


def _count(bound: str, number: int, thing: str) -> str:
    return f"{bound} {number} {thing}{'' if number == 1 else 's'}"


_Rows = tuple[tuple[Any, Callable[[Any], str]], ...]

_IS: Final[_Rows] = (
    (Kind.Type, lambda kind: " or ".join(sorted(kind.types, key="null".__eq__))),
    (Kind.Format, lambda kind: TEXTS[kind.format].words),
    (Kind.Enum, lambda kind: listed(kind.options)),
    (Kind.Pattern, lambda kind: f"a text that matches {kind.pattern}"),
    (Kind.Minimum, lambda kind: f"at least {kind.limit}"),
    (Kind.Maximum, lambda kind: f"at most {kind.limit}"),
    (Kind.ExclusiveMinimum, lambda kind: f"more than {kind.limit}"),
    (Kind.ExclusiveMaximum, lambda kind: f"less than {kind.limit}"),
    (Kind.MultipleOf, lambda kind: f"a multiple of {kind.multiple_of}"),
    (Kind.OneOfMultipleValid, lambda _: "what only one of `oneOf` allows"),
    (Kind.Not, lambda _: "what `not` leaves"),
)

_HAS: Final[_Rows] = (
    (Kind.MinLength, lambda kind: _count("at least", kind.limit, "character")),
    (Kind.MaxLength, lambda kind: _count("at most", kind.limit, "character")),
    (Kind.MinItems, lambda kind: _count("at least", kind.limit, "item")),
    (Kind.MaxItems, lambda kind: _count("at most", kind.limit, "item")),
    (Kind.MinProperties, lambda kind: _count("at least", kind.limit, "member")),
    (Kind.MaxProperties, lambda kind: _count("at most", kind.limit, "member")),
)

_CUSTOM: Final[Mapping[str, Callable[[str], tuple[str, str, str]]]] = {
    NUMBER: lambda name: ("format", NUMBERS[name][0], f"is not {NUMBERS[name][0]}"),
    ABSENT: lambda word: (word, "absent", f"is {word} and has no place here"),
}
