"""Strategies of Hypothesis for the values that a schema allows: all of OpenAPI 3.0's keywords.

A schema inside itself is left out, or empty, or null, where it may be. What a strategy cannot
promise, such as that one branch of `oneOf` alone fits, is checked and drawn again.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from fractions import Fraction
from math import ceil, floor, inf
from typing import Final

from hypothesis import strategies as st

from find_webhook_kit.mock_server.answers.shape import Bound, NoValueError, Shape, shape
from find_webhook_kit.mock_server.answers.texts import texts, word
from find_webhook_kit.spec import Json, Schema

Strategy = st.SearchStrategy[Json]
Inside = frozenset[Schema]

DEPTH: Final = 5
"""How deep in a value there is still what need not be there."""

DEEPEST: Final = 40
"""How deep a value may be at all."""

MORE: Final = 5
"""How many items or properties there may be beyond those that must be there."""

MANY: Final = 10_000
"""Items of an array, or properties of an object, beyond which none is made up."""

FAR: Final = 10**6
"""Multiples of a number beyond which none is made up, where there is no bound."""


def values(of: Shape) -> Strategy:
    """Return a strategy of values that fit; raise `NoValueError` where there is none.

    What has no type is taken for an object, and for a text inside one.
    """
    return _value(of, frozenset(), 0, "object")


def _value(of: Shape, inside: Inside, depth: int, untyped: str = "string") -> Strategy:
    """Make values; the body as a whole is null only where it has to be."""
    made = _made(of, inside, depth, untyped)
    return st.one_of(made, st.none()) if of.nullable and depth else made


def _made(of: Shape, inside: Inside, depth: int, untyped: str) -> Strategy:
    if depth > DEEPEST:
        raise NoValueError("a schema needs itself, again and again")
    if of.nullable and _recurs(of, inside):
        return st.none()
    options = of.options
    if options is not None:
        return _sampled(options)
    if of.choices:
        return _checked(of, _chosen(of, inside, depth, untyped))
    if of.negates and not of.type:
        return _checked(of, st.one_of(st.booleans(), st.integers(), texts(of), st.just({})))
    return _checked(of, _of_type(of, inside, depth, of.type or untyped))


def _sampled(options: list[Json]) -> Strategy:
    if not options:
        raise NoValueError("no value of an enum fits")
    return st.sampled_from(options)


def _checked(of: Shape, strategy: Strategy) -> Strategy:
    """Draw again what fits a schema that it must not fit, or more branches than one."""
    doubtful = of.negates or any(choice.keyword == "oneOf" for choice in of.choices)
    return strategy.filter(of.fits) if doubtful else strategy


def _chosen(of: Shape, inside: Inside, depth: int, untyped: str) -> Strategy:
    """Take a branch; one that leads back to where it is only where there is no other."""
    taken = [of.taking(branch) for branch in of.choices[0].branches]
    ending = [each for each in taken if not _recurs(each, inside)] or taken
    return _later(
        lambda index: _made(ending[index], inside, depth + (ending is taken), untyped),
        st.integers(0, len(ending) - 1),
    )


def _later(make: Callable[[int], Strategy], source: st.SearchStrategy[int]) -> Strategy:
    """Make a strategy when it is drawn from: those of all branches of all branches are too many."""
    made: dict[int, Strategy] = {}

    def found(index: int) -> Strategy:
        if index not in made:
            made[index] = make(index)
        return made[index]

    return source.flatmap(found)


def _recurs(of: Shape, inside: Inside) -> bool:
    return not inside.isdisjoint(of.schemas)


def _of_type(of: Shape, inside: Inside, depth: int, type_: str) -> Strategy:
    if type_ == "object":
        return _object(of, inside | set(of.schemas), depth)
    if type_ == "array":
        return _array(of, inside | set(of.schemas), depth)
    return _SCALARS[type_](of)


def _object(of: Shape, inside: Inside, depth: int) -> Strategy:
    """Make an object: all that is required, and some of what is not."""
    members = {
        name: _member(of, name, inside, depth)
        for name, parts in of.properties.items()
        if name in of.required or not (depth > DEPTH or _recurs(shape(parts), inside))
    }
    required = {name: members[name] for name in of.required}
    optional = {name: members[name] for name in members if name not in required}
    some = st.fixed_dictionaries(required, optional=optional).map(_in_order(members))
    least, most = of.count("minProperties", "maxProperties")
    most = MANY if most is None else most
    if least > MANY or len(required) > most:
        raise NoValueError(f"no object of {least} properties or more is made up here")
    if of.is_map or least > len(members):
        extra = _extra(of, max(0, least - len(members)), inside, depth)
        some = st.tuples(some, extra).map(lambda both: {**both[0], **both[1]})
    if least > len(required):
        full = st.fixed_dictionaries(members)
        some = st.tuples(some, full).map(lambda both: _filled(both[0], both[1], least))
    if most < MANY:
        some = some.map(lambda item: _trimmed(item, of.required, most))
    return some


def _member(of: Shape, name: str, inside: Inside, depth: int) -> Strategy:
    if name in of.fixed:
        return st.just(of.fixed[name])
    found = shape(of.properties[name])
    if not (found.type == "object" or found.choices):
        return _value(found, inside, depth + 1)
    return _later(lambda _: _value(found, inside, depth + 1), st.just(0))


def _in_order(names: Mapping[str, object]) -> Callable[[dict[str, Json]], dict[str, Json]]:
    return lambda item: {name: item[name] for name in names if name in item}


def _filled(item: dict[str, Json], full: dict[str, Json], least: int) -> dict[str, Json]:
    """Add what may be there until there is enough."""
    missing = [name for name in full if name not in item]
    return {**item, **{name: full[name] for name in missing[: max(0, least - len(item))]}}


def _trimmed(item: dict[str, Json], required: tuple[str, ...], most: int) -> dict[str, Json]:
    """Take away what need not be there until there is not too much."""
    spare = [name for name in item if name not in required]
    gone = set(spare[len(spare) - max(0, len(item) - most) :])
    return {name: value for name, value in item.items() if name not in gone}


def _extra(of: Shape, least: int, inside: Inside, depth: int) -> st.SearchStrategy[dict[str, Json]]:
    """Make properties of other names."""
    parts = of.additional
    if parts is None:
        raise NoValueError("an object needs more properties than there are")
    found = shape(parts)
    if not least and (_recurs(found, inside) or depth > DEPTH):
        return st.just({})
    return st.dictionaries(
        word().filter(lambda name: name not in of.properties and not _is_listed(of, name)),
        _value(found, inside, depth + 1),
        min_size=least,
        max_size=least + MORE,
    )


def _is_listed(of: Shape, name: str) -> bool:
    """Tell whether a name is documented, for a request perhaps."""
    return any(name in each.properties for each in of.schemas)


def _array(of: Shape, inside: Inside, depth: int) -> Strategy:
    least, most = of.count("minItems", "maxItems")
    if least > MANY or (most is not None and most < least):
        raise NoValueError(f"no array of {least} items or more is made up here")
    item = shape(of.items)
    if not least and (_recurs(item, inside) or depth > DEPTH):
        return st.just([])
    if of.unique and item.options is not None:
        sized = st.integers(least, min(len(item.options), MANY if most is None else most))
        return st.tuples(st.permutations(item.options), sized).map(lambda it: it[0][: it[1]])
    most = least + MORE if most is None else min(most, max(least + MORE, 2 * MORE))
    item_ = _value(item, inside, depth + 1)
    if of.unique:
        return st.lists(item_, min_size=least, max_size=most, unique_by=_key).map(list)
    return st.lists(item_, min_size=least, max_size=most).map(list)


def _key(value: Json) -> str:
    return json.dumps(value, sort_keys=True)


def _integers(of: Shape) -> Strategy:
    low, high = of.range
    step = Fraction(of.step.numerator if of.step else 1)
    # A multiple far off is none in the eyes of those who count in floating point.
    open_ = None if of.step is None else FAR
    least = (open_ and -open_) if low == -inf else _first(of.least, low, step)
    most = (open_ and max(least or 0, 0) + open_) if high == inf else _last(of.most, high, step)
    if least is not None and most is not None and most < least:
        raise NoValueError("no whole number is within the bounds")
    found = st.integers(least, most)
    return found if step == 1 else found.map(lambda count: int(count * step))


def _first(bound: Bound | None, low: float, step: Fraction) -> int:
    first = ceil(Fraction(str(low)) / step)
    return first + (bound is not None and bound.excluded and first * step == _exact(bound))


def _last(bound: Bound | None, high: float, step: Fraction) -> int:
    last = floor(Fraction(str(high)) / step)
    return last - (bound is not None and bound.excluded and last * step == _exact(bound))


def _exact(bound: Bound) -> Fraction:
    return Fraction(str(bound.value))


def _numbers(of: Shape) -> Strategy:
    low, high = of.range
    if of.step is not None:
        step = of.step
        least = -FAR if low == -inf else _first(of.least, low, step)
        most = max(least, 0) + FAR if high == inf else _last(of.most, high, step)
        if most < least:
            raise NoValueError("no multiple is within the bounds")
        return st.integers(least, most).map(lambda count: float(count * step))
    return st.floats(
        None if low == -inf else low,
        None if high == inf else high,
        allow_nan=False,
        allow_infinity=False,
        exclude_min=of.least is not None and of.least.excluded and of.least.value == low,
        exclude_max=of.most is not None and of.most.excluded and of.most.value == high,
    )


_SCALARS: Final[Mapping[str, Callable[[Shape], Strategy]]] = {
    "boolean": lambda _: st.booleans(),
    "integer": _integers,
    "number": _numbers,
    "string": texts,
}
