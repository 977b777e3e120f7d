"""What a value must be that fits several schemas at once, in one place: types, bounds, properties.

`allOf` says so of its parts; a property that two schemas describe has to fit both. A choice, of
`oneOf` or `anyOf`, is left open until a branch of it is taken.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from functools import cached_property
from math import gcd, inf, lcm
from typing import Final, cast

from find_webhook_kit.spec import Json, Schema
from find_webhook_kit.spec.formats import NUMBERS

Parts = tuple[Schema, ...]


class NoValueError(Exception):
    """No value fits, or none was found; `reason` says why in words."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True)
class Choice:
    """The branches of a `oneOf` or an `anyOf`, and the schema that has it."""

    holder: Schema
    keyword: str
    branches: Parts


@dataclass(frozen=True)
class Bound:
    """The smallest or largest number, and whether that one is excluded."""

    value: float
    excluded: bool


@dataclass(frozen=True, eq=False)
class Shape:
    """Schemas that a value has to fit, those of `allOf` among them, before the ones that ask so.

    `parts` are those that were asked for, `fixed` what the discriminators of the branches taken
    say, and `choices` what is still open.
    """

    parts: Parts
    schemas: Parts
    choices: tuple[Choice, ...]
    fixed: Mapping[str, str]
    _settled: frozenset[tuple[Schema, str]] = field(repr=False)

    def taking(self, branch: Schema) -> Shape:
        """Settle the first open choice: the value has to fit the branch, too."""
        choice = self.choices[0]
        settled = self._settled | {(choice.holder, choice.keyword)}
        return shape(
            (*self.parts, branch), {**self.fixed, **_named(choice.holder, branch)}, settled
        )

    @cached_property
    def nullable(self) -> bool:
        return bool(self.parts) and all(part.nullable for part in self.parts)

    @cached_property
    def type(self) -> str:
        """The type, named or implied by another keyword; empty where any will do."""
        named = {each.type for each in self.schemas if each.type}
        if named == {"integer", "number"}:
            return "integer"
        if len(named) > 1:
            raise NoValueError(f"nothing is {' and '.join(sorted(named))} at once")
        implied = (
            type_
            for type_, words in _IMPLIED.items()
            for each in self.schemas
            if words & each.value.keys()
        )
        return named.pop() if named else next(implied, "")

    @cached_property
    def options(self) -> list[Json] | None:
        """The values of `enum` that fit all that is asked; None where there is no `enum`."""
        lists = [cast("list[Json]", found) for found in self.all("enum")]
        return [option for option in lists[0] if self.fits(option)] if lists else None

    @cached_property
    def format(self) -> str:
        return next((each.format for each in reversed(self.schemas) if each.format), "")

    @cached_property
    def patterns(self) -> tuple[str, ...]:
        return tuple(dict.fromkeys(str(found) for found in self.all("pattern")))

    @cached_property
    def negates(self) -> bool:
        return any(each.negated for each in self.schemas)

    @cached_property
    def step(self) -> Fraction | None:
        """The number that a value is a multiple of."""
        found: Fraction | None = None
        for value in self.all("multipleOf"):
            step = abs(Fraction(str(value)))
            found = step if found is None else _both(found, step)
        return found

    def count(self, least: str, most: str) -> tuple[int, int | None]:
        """Return the bounds of a length or a number of things."""
        low = max((int(cast("int", found)) for found in self.all(least)), default=0)
        high = min((int(cast("int", found)) for found in self.all(most)), default=None)
        return low, high

    @cached_property
    def least(self) -> Bound | None:
        """The smallest number."""
        found = self._bounds("minimum", "exclusiveMinimum")
        return max(found, key=lambda bound: (bound.value, bound.excluded), default=None)

    @cached_property
    def most(self) -> Bound | None:
        """The largest number."""
        found = self._bounds("maximum", "exclusiveMaximum")
        return min(found, key=lambda bound: (bound.value, not bound.excluded), default=None)

    @cached_property
    def range(self) -> tuple[float, float]:
        """The smallest and the largest number, those of a format among them."""
        _, low, high = NUMBERS.get(self.format, ("", -inf, inf))
        low = max(low, self.least.value) if self.least else low
        high = min(high, self.most.value) if self.most else high
        if low > high:
            raise NoValueError(f"no number is {low} or more and {high} or less")
        return low, high

    def _bounds(self, name: str, exclusive: str) -> list[Bound]:
        return [
            Bound(cast("float", each.value[name]), each.value.get(exclusive) is True)
            for each in self.schemas
            if name in each.value
        ]

    @cached_property
    def items(self) -> Parts:
        """What each item of an array has to fit."""
        return tuple(each.items for each in self.schemas if each.items is not None)

    @cached_property
    def unique(self) -> bool:
        return True in self.all("uniqueItems")

    @cached_property
    def required(self) -> tuple[str, ...]:
        """The names of the properties that must be there and may be told in an answer."""
        names = dict.fromkeys(name for each in self.schemas for name in each.required)
        return tuple(name for name in names if name in self.properties)

    @cached_property
    def properties(self) -> Mapping[str, Parts]:
        """The properties that an answer may have, each with all that it has to fit."""
        listed = (name for each in self.schemas for name in each.properties)
        needed = (name for each in self.schemas for name in each.required)
        found = {name: self._property(name) for name in dict.fromkeys((*listed, *needed))}
        return {
            name: parts
            for name, parts in found.items()
            if parts is not None and not any(_is_hidden(part) for part in parts)
        }

    def _property(self, name: str) -> Parts | None:
        """Collect what is said of a property; None where one schema does not let it be there."""
        parts: list[Schema] = []
        for each in self.schemas:
            if name in each.properties:
                parts.append(each.properties[name])
            elif each.additional is False:
                return None
            elif isinstance(each.additional, Schema):
                parts.append(each.additional)
        return tuple(parts)

    @cached_property
    def additional(self) -> Parts | None:
        """What a property of another name has to fit; None where there may be none."""
        found = [each.additional for each in self.schemas]
        return None if False in found else tuple(each for each in found if isinstance(each, Schema))

    @cached_property
    def is_map(self) -> bool:
        """True where properties of any name are documented."""
        return self.additional is not None and bool(self.all("additionalProperties"))

    def all(self, keyword: str) -> list[Json]:
        """List what the schemas say under a keyword."""
        return [each.value[keyword] for each in self.schemas if keyword in each.value]

    def fits(self, value: Json) -> bool:
        """Tell whether a value fits all that was asked for."""
        return not any(part.violations(value) for part in self.parts)


def shape(
    parts: Parts,
    fixed: Mapping[str, str] | None = None,
    settled: frozenset[tuple[Schema, str]] = frozenset(),
) -> Shape:
    """Put together what a value has to fit."""
    found: dict[Schema, None] = {}
    named = dict(fixed or {})
    for part in parts:
        for inner, name in _flat(part, found, ()):
            found[inner] = None
            named = name | named
    choices = tuple(
        choice
        for each in found
        for choice in _choices(each)
        if (each, choice.keyword) not in settled
    )
    return Shape(parts, tuple(found), choices, named, settled)


def _flat(
    schema: Schema, found: Mapping[Schema, None], inside: Parts
) -> Iterator[tuple[Schema, dict[str, str]]]:
    """List the parts of `allOf`, then the schema; each with the name that it has for the parts."""
    if schema in found or schema in inside:
        return
    named: dict[str, str] = {}
    for part in schema.all_of:
        yield from _flat(part, found, (*inside, schema))
        named |= _named(part, schema)
    yield schema, named


def _choices(schema: Schema) -> Iterator[Choice]:
    if schema.one_of:
        yield Choice(schema, "oneOf", schema.one_of)
    if schema.any_of:
        yield Choice(schema, "anyOf", schema.any_of)


def _named(holder: Schema, branch: Schema) -> dict[str, str]:
    """Return the property by which the discriminator of a schema tells another, and its value."""
    discriminator = holder.discriminator
    if discriminator is None:
        return {}
    names = [name for name, each in discriminator.mapping.items() if each is branch]
    prefix, _, name = branch.source.rpartition("/")
    # A name that stands in `mapping` comes after the one that a reference gives.
    found = names[-1] if names else name if prefix.endswith("/components/schemas") else None
    return {} if found is None else {discriminator.property: found}


def _is_hidden(schema: Schema, inside: Parts = ()) -> bool:
    """Tell whether a property is for requests alone."""
    if schema in inside:
        return False
    return schema.value.get("writeOnly") is True or any(
        _is_hidden(part, (*inside, schema)) for part in schema.all_of
    )


def _both(one: Fraction, other: Fraction) -> Fraction:
    return Fraction(lcm(one.numerator, other.numerator), gcd(one.denominator, other.denominator))


_IMPLIED: Final[Mapping[str, frozenset[str]]] = {
    "object": frozenset(
        {"properties", "required", "additionalProperties", "minProperties", "maxProperties"}
    ),
    "array": frozenset({"items", "minItems", "maxItems", "uniqueItems"}),
    "string": frozenset({"pattern", "minLength", "maxLength"}),
    "number": frozenset({"minimum", "maximum", "multipleOf"}),
}
