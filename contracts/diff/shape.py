"""Writes a schema as what it says of each JSON type: a list of alternatives a type."""

from __future__ import annotations

import math
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from fractions import Fraction
from functools import cached_property
from typing import Final, cast

from find_webhook_kit.contracts.diff.alternatives import Alternative, Parts, alternatives
from find_webhook_kit.contracts.diff.keywords import (
    ANY_STRING,
    NUMBER_FORMATS,
    STRING_FORMATS,
    TYPES,
)
from find_webhook_kit.contracts.diff.part import Part, written
from find_webhook_kit.spec import Json
from find_webhook_kit.spec.formats import NUMBERS, TEXTS, fits_number

Shape = Mapping[str, list["Atom"]]
ALL: Final = frozenset(TYPES)
LENGTHS: Final = {
    "string": ("minLength", "maxLength"),
    "array": ("minItems", "maxItems"),
    "object": ("minProperties", "maxProperties"),
}
NAMES: Final = {
    type(None): "null",
    bool: "boolean",
    int: "number",
    float: "number",
    str: "string",
    list: "array",
    dict: "object",
}


@dataclass(frozen=True, eq=False)
class Atom:
    """What one alternative says of the values of one type; an atom equals itself alone.

    `values` lists them where they are few: by how they are written, so that 1 and 1.0 are one.
    `certain` is False for a null that only some readers of the document would allow.
    """

    kind: str
    alternative: Alternative
    values: Mapping[str, Json] | None
    certain: bool = True

    @cached_property
    def whole(self) -> bool:
        """Tell whether numbers have to be whole."""
        return any("number" not in _types(value) for value in self.alternative.values("type"))

    @cached_property
    def lower(self) -> Bound:
        return _bound(self.alternative, "minimum", "exclusiveMinimum", whole=self.whole, sign=1)

    @cached_property
    def upper(self) -> Bound:
        return _bound(self.alternative, "maximum", "exclusiveMaximum", whole=self.whole, sign=-1)

    @cached_property
    def multiples(self) -> frozenset[Fraction]:
        found = {each for part in self.alternative.plain for each in _numbers(part, "multipleOf")}
        found = {item for item in found if item > 0}
        return frozenset(found - {Fraction(1)} if self.whole else found)

    @cached_property
    def formats(self) -> frozenset[str]:
        """The formats that say something of this type."""
        others = STRING_FORMATS if self.kind == "number" else NUMBER_FORMATS
        named = {str(value) for value in self.alternative.values("format")}
        return frozenset(named - others) if self.kind in {"number", "string"} else frozenset()

    @cached_property
    def patterns(self) -> frozenset[str]:
        found = {str(value) for value in self.alternative.values("pattern")}
        return frozenset(found - ANY_STRING)

    @property
    def empty(self) -> bool:
        """Tell whether bounds leave no value."""
        if self.kind == "number":
            low, high = self.lower, self.upper
            if low.value is None or high.value is None:
                return False
            return low.value > high.value or (
                low.value == high.value and (low.exclusive or high.exclusive)
            )
        if self.kind not in LENGTHS:
            return False
        least, most = LENGTHS[self.kind]
        limit = self.at_most(most)
        return limit is not None and self.at_least(least) > limit

    def at_least(self, keyword: str) -> int:
        """Return the largest value of a lower bound of a length, or 0."""
        return max(self._sizes(keyword), default=0)

    def at_most(self, keyword: str) -> int | None:
        """Return the smallest value of an upper bound of a length."""
        return min(self._sizes(keyword), default=None)

    def _sizes(self, keyword: str) -> list[int]:
        plain = self.alternative.plain
        return [math.ceil(each) for part in plain for each in _numbers(part, keyword)]

    @property
    def unique(self) -> bool:
        return any(value is True for value in self.alternative.values("uniqueItems"))

    def admits(self, value: Json) -> bool:
        """Tell whether a value of this type fulfils what is said of it, as far as can be told."""
        if self.values is not None:
            return written(value) in self.values
        if isinstance(value, str):
            return self._admits_text(value)
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            return self._admits_number(Fraction(str(value)))
        return True

    def _admits_text(self, value: str) -> bool:
        most = self.at_most("maxLength")
        fits = self.at_least("minLength") <= len(value) <= (math.inf if most is None else most)
        return (
            fits
            and all(matches(pattern, value) is not False for pattern in self.patterns)
            and all(TEXTS[name].is_valid(value) for name in self.formats & TEXTS.keys())
        )

    def _admits_number(self, value: Fraction) -> bool:
        return (
            not (self.whole and value.denominator != 1)
            and self.lower.admits(value)
            and self.upper.admits(value)
            and all(not value % each for each in self.multiples)
            and all(fits_number(name, float(value)) for name in self.formats & NUMBERS.keys())
        )


@dataclass(frozen=True, slots=True)
class Bound:
    """A bound of numbers, or None for no bound; `sign` is 1 for a lower one, -1 for an upper."""

    value: Fraction | None
    exclusive: bool
    sign: int

    @property
    def tightness(self) -> tuple[bool, Fraction, bool]:
        """Sorts bounds: the larger, the less is allowed."""
        if self.value is None:
            return False, Fraction(0), False
        return True, self.sign * self.value, self.exclusive

    def admits(self, value: Fraction) -> bool:
        if self.value is None:
            return True
        room = self.sign * (value - self.value)
        return room > 0 or (room == 0 and not self.exclusive)

    def __str__(self) -> str:
        if self.value is None:
            return "absent"
        number = self.value.numerator if self.value.denominator == 1 else float(self.value)
        return f"{number}, exclusive" if self.exclusive else str(number)


def _bound(alternative: Alternative, name: str, exclusive: str, *, whole: bool, sign: int) -> Bound:
    found = [Bound(None, exclusive=False, sign=sign)]
    for part in alternative.plain:
        strict = part.fields.get(exclusive)
        found += [Bound(limit, strict is True, sign) for limit in _numbers(part, name)]
        if not isinstance(strict, bool):
            found += [
                Bound(limit, exclusive=True, sign=sign) for limit in _numbers(part, exclusive)
            ]
    bound = max(found, key=lambda item: item.tightness)
    if not whole or bound.value is None:
        return bound
    limit = sign * bound.value  # an upper bound is a lower one, seen from the other side
    limit = Fraction(math.floor(limit) + 1 if bound.exclusive else math.ceil(limit))
    return Bound(sign * limit, exclusive=False, sign=sign)


def _numbers(part: Part, keyword: str) -> list[Fraction]:
    """Return what a keyword says, in a list of one, or of none where it does not stand."""
    if keyword not in part.fields:
        return []
    value = part.fields[keyword]
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise part.at(keyword).error("must be a number")
    return [Fraction(str(value))]


def matches(pattern: str, text: str) -> bool | None:
    """Tell whether a text matches; None for a pattern that Python does not read."""
    try:
        return re.search(pattern, text) is not None
    except re.error:
        return None


def shape(parts: Parts) -> Shape:
    """Return what schemas that hold together say of each type; a type that is missing is refused.

    Raises `TooManyAlternatives`.
    """
    found: dict[str, list[Atom]] = {}
    for alternative in alternatives(parts):
        for atom in _atoms(alternative):
            found.setdefault(atom.kind, []).append(atom)
    return {kind: _merged(found[kind]) for kind in TYPES if kind in found}


def _atoms(alternative: Alternative) -> Iterator[Atom]:
    allowed, certain = _allowed(alternative)
    listed = _listed(alternative)
    for kind in TYPES:
        if kind not in allowed:
            continue
        atom = Atom(kind, alternative, None, certain=certain or kind != "null")
        values = _values(atom, listed)
        if values != {} and not atom.empty:
            yield Atom(kind, alternative, values, certain=atom.certain)


def _allowed(alternative: Alternative) -> tuple[frozenset[str], bool]:
    """Return the types that are allowed, and whether null is beyond doubt if it is one of them."""
    allowed, certain = ALL, True
    for part in alternative.plain:
        types, sure = _of(part, null=alternative.null)
        allowed &= types
        certain = certain and sure
    return (allowed & {"null"}, False) if alternative.null else (allowed, certain)


def _of(part: Part, *, null: bool) -> tuple[frozenset[str], bool]:
    fields = part.fields
    if "type" not in fields:
        return ALL, True
    types = _types(fields["type"])
    unknown = types - ALL - {"integer"}
    if unknown:
        raise part.at("type").error(f"{min(unknown)!r} is no type of JSON Schema")
    if "integer" in types:
        types |= {"number"}
    if fields.get("nullable") is not True or "null" in types:
        return types, True
    listed = cast("list[Json]", fields.get("enum") or [])
    return types | {"null"}, (not listed or None in listed) and not null


def _types(value: Json) -> frozenset[str]:
    return frozenset(str(item) for item in (value if isinstance(value, list) else [value]))


def _listed(alternative: Alternative) -> dict[str, Json] | None:
    """Return the values that `enum` and `const` leave, or None where they do not stand."""
    found: dict[str, Json] | None = None
    for part in alternative.plain:
        lists = [[part.fields["const"]]] if "const" in part.fields else []
        if "enum" in part.fields:
            lists.append(_enum(part))
        for values in lists:
            named = {written(value): value for value in values}
            found = named if found is None else {k: v for k, v in found.items() if k in named}
    return found


def _enum(part: Part) -> list[Json]:
    values = part.fields["enum"]
    if not isinstance(values, list):
        raise part.at("enum").error("must be an array")
    return [*values, None] if part.fields.get("nullable") is True else values


def _values(atom: Atom, listed: dict[str, Json] | None) -> Mapping[str, Json] | None:
    if listed is None:
        few: dict[str, list[Json]] = {"null": [None], "boolean": [True, False]}
        return {written(v): v for v in few[atom.kind]} if atom.kind in few else None
    return {
        text: value
        for text, value in listed.items()
        if NAMES[type(value)] == atom.kind and atom.admits(value)
    }


def _merged(atoms: list[Atom]) -> list[Atom]:
    """Join alternatives that list their values; drop those that another alternative allows."""
    listing = [atom for atom in atoms if atom.values is not None]
    others = [atom for atom in atoms if atom.values is None]
    if len(listing) + len(others) == 1:
        return atoms
    values = {text: value for atom in listing for text, value in (atom.values or {}).items()}
    if atoms[0].kind in {"number", "string"}:
        values = {
            text: value
            for text, value in values.items()
            if not any(atom.admits(value) for atom in others)
        }
    if not values:
        return others
    first = listing[0]
    certain = any(atom.certain for atom in listing)
    return [Atom(first.kind, first.alternative, values, certain), *others]
