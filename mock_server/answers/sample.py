"""Makes the one small value that stands for a schema where the document has no example.

What the schema itself says comes first: its example, its default, null where that may be, the
first of its enum. Everything documented is there, each thing once, so far as that ends.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import lru_cache
from math import inf
from typing import Final, cast

from find_webhook_kit.mock_server.answers.shape import NoValueError, Shape, shape
from find_webhook_kit.spec import Json, Schema

Inside = frozenset[Schema]

MOST: Final = 20_000
"""Values, one inside the other or beside it, of which a body may consist."""

LENGTH: Final = 1_000_000
"""Characters that a text may have."""

DEEPEST: Final = 40


class TooComplexError(NoValueError):
    """A value of a schema would be too large to be worth it."""


@lru_cache(maxsize=256)
def sample(schema: Schema) -> Json:
    """Return a value that stands for a schema; raise `NoValueError` where none is found.

    Where all that is documented is too much, what is required has to do.
    """
    try:
        return _valid(schema, _Sampler(whole=True, left=MOST))
    except TooComplexError:
        return _valid(schema, _Sampler(whole=False, left=MOST))


def _valid(schema: Schema, sampler: _Sampler) -> Json:
    """Return what the sampler makes, where it fits; else what chance finds."""
    of = shape((schema,))
    try:
        found = sampler.value(of, frozenset(), 0)
    except TooComplexError:
        raise
    except NoValueError:
        return _by_chance(of)
    return found if of.fits(found) else _by_chance(of)


def sample_of(of: Shape) -> Json:
    """Return a value that stands for several schemas at once, without what need not be there."""
    found = _Sampler(whole=False, left=MOST).value(of, frozenset(), 0)
    if not of.fits(found):
        raise NoValueError("no value was found that fits")
    return found


@dataclass
class _Sampler:
    """A walk down a schema that ends after so many values; `whole` takes what may be there, too."""

    whole: bool
    left: int

    def value(self, of: Shape, inside: Inside, depth: int) -> Json:
        self.left -= 1
        if self.left < 0:
            raise TooComplexError(f"a body of more than {MOST} values is too complex to be made up")
        if depth > DEEPEST:
            raise NoValueError("a schema needs itself, again and again")
        for keyword in ("example", "default"):
            for said in reversed(of.all(keyword)):
                if of.fits(said):
                    return said
        if of.nullable and (depth or not inside.isdisjoint(of.schemas)):
            return None
        if of.options is not None:
            if not of.options:
                raise NoValueError("no value of an enum fits")
            return of.options[0]
        if of.choices:
            return self.branch(of, inside, depth)
        return self.of_type(of, inside, depth)

    def branch(self, of: Shape, inside: Inside, depth: int) -> Json:
        """Take the first branch that fits; one that leads back to where it is comes last."""
        taken = [of.taking(branch) for branch in of.choices[0].branches]
        for each in sorted(taken, key=lambda each: not inside.isdisjoint(each.schemas)):
            try:
                found = self.value(each, inside, depth + 1)
            except TooComplexError:
                raise
            except NoValueError:
                continue
            if of.fits(found):
                return found
        raise NoValueError(f"no branch of {of.choices[0].keyword} fits")

    def of_type(self, of: Shape, inside: Inside, depth: int) -> Json:
        if of.type == "object" or not (of.type or depth):
            return self.object(of, inside | set(of.schemas), depth)
        if of.type == "array":
            return self.array(of, inside | set(of.schemas), depth)
        found = _SCALARS[of.type or "string"](of)
        return found if of.fits(found) else _by_chance(of)

    def object(self, of: Shape, inside: Inside, depth: int) -> dict[str, Json]:
        least, most = of.count("minProperties", "maxProperties")
        wanted = of.properties if self.whole or least else of.required
        names = [
            name
            for name in wanted
            if name in of.required or inside.isdisjoint(shape(of.properties[name]).schemas)
        ]
        if most is not None:
            spare = [name for name in names if name not in of.required]
            gone = spare[len(spare) - max(0, len(names) - most) :]
            names = [name for name in names if name not in gone]
        found = {name: self.member(of, name, inside, depth) for name in names}
        return found | self.unlisted(of, len(found), inside, depth)

    def member(self, of: Shape, name: str, inside: Inside, depth: int) -> Json:
        if name in of.fixed:
            return of.fixed[name]
        return self.value(shape(of.properties[name]), inside, depth + 1)

    def unlisted(self, of: Shape, there: int, inside: Inside, depth: int) -> dict[str, Json]:
        """Make properties of other names, where a map is documented or more are asked for."""
        least, most = of.count("minProperties", "maxProperties")
        parts = of.additional
        if parts is None:
            return {}
        ends = bool(parts) and inside.isdisjoint(shape(parts).schemas)
        count = max(least - there, 2 if self.whole and ends else 0)
        count = count if most is None else min(count, max(0, most - there))
        if count > self.left:
            raise TooComplexError(f"an object of {least} properties is too complex to be made up")
        found: dict[str, Json] = {}
        number = 0
        while len(found) < count:
            number += 1
            if not any(f"property{number}" in each.properties for each in of.schemas):
                found[f"property{number}"] = self.value(shape(parts), inside, depth + 1)
        return found

    def array(self, of: Shape, inside: Inside, depth: int) -> list[Json]:
        least, most = of.count("minItems", "maxItems")
        item = shape(of.items)
        count = least or (1 if self.whole and most != 0 else 0)
        if not least and not inside.isdisjoint(item.schemas):
            return []
        if count > self.left:
            raise TooComplexError(f"an array of {least} items is too complex to be made up")
        if of.unique and count > 1:
            return cast("list[Json]", _by_chance(of))
        return [self.value(item, inside, depth + 1) for _ in range(count)]


def _by_chance(of: Shape) -> Json:
    """Let chance find a value of a kind that is hard to think of, such as a text of a pattern."""
    from find_webhook_kit.mock_server.answers import generate  # noqa: PLC0415 - Hypothesis

    return generate.value(of, 0)


def _number(of: Shape, *, whole: bool) -> float:
    """Return 0, or the number next to it that fits."""
    low, high = of.range
    unit = float(of.step) if of.step else 1.0
    candidates = [0.0]
    for bound in (low, high):
        if bound not in {inf, -inf}:
            steps = bound // unit * unit
            candidates += [bound, steps, steps + unit, steps - unit]
    if inf > high > low > -inf and not whole:
        candidates.append((low + high) / 2)
    fitting = (
        each for each in candidates if (not whole or each == int(each)) and of.fits(_json(each))
    )
    return next(fitting, low if low != -inf else 0.0)


def _json(number: float) -> Json:
    return int(number) if number == int(number) else number


def _text(of: Shape) -> Json:
    least, most = of.count("minLength", "maxLength")
    if least > LENGTH:
        raise TooComplexError(f"a text of {least} characters is too long to be made up")
    if of.format in _CONSTANTS:
        return _CONSTANTS[of.format]
    word = "string" * (least // len("string") + 1)
    return word[: max(least, min(len("string"), len("string") if most is None else most))]


_SCALARS: Final[Mapping[str, Callable[[Shape], Json]]] = {
    "boolean": lambda _: True,
    "integer": lambda of: int(_number(of, whole=True)),
    "number": lambda of: _json(_number(of, whole=False)),
    "string": _text,
}

_CONSTANTS: Final[Mapping[str, str]] = {
    "byte": "c3RyaW5n",
    "date": "2019-08-24",
    "date-time": "2019-08-24T14:15:22Z",
    "duration": "P3D",
    "email": "user@example.com",
    "hostname": "example.com",
    "idn-email": "user@example.com",
    "idn-hostname": "example.com",
    "ipv4": "192.168.0.1",
    "ipv6": "2001:0db8:85a3:0000:0000:8a2e:0370:7334",
    "iri": "http://example.com",
    "iri-reference": "../dictionary",
    "json-pointer": "/json/pointer",
    "regex": "/regex/",
    "relative-json-pointer": "1/relative/json/pointer",
    "time": "14:15:22Z",
    "uri": "http://example.com",
    "uri-reference": "../dictionary",
    "uri-template": "http://example.com/{endpoint}",
    "uuid": "095be615-a8ad-4c33-8e9c-c7612fbf6c9f",
}
