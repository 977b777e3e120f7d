"""Generates webhooks that the contract allows and a page did not think of, by Hypothesis.

A pure function of seed, instance id and size: the entropy of each webhook is a hash of the three
and of its place, and Hypothesis only turns these bytes into values. So the same question has the
same answer on every machine, and item 7 stays the same when there are more of them.

Imported on first use, so that the start of the mock does not pay for Hypothesis.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from functools import lru_cache
from math import ceil, floor
from threading import Lock
from typing import Any, Final, cast

from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.errors import InvalidArgument

from find_webhook_kit.mock_server.answers.endpoint import Endpoint, Item, Parameters
from find_webhook_kit.mock_server.answers.preferences import MAX_SIZE
from find_webhook_kit.spec import Json, Schema
from find_webhook_kit.spec.date_time import moment
from find_webhook_kit.spec.formats import NUMBERS

Strategy = st.SearchStrategy[Json]

SIZES: Final = (0, 1, 1, 2, 3, 5)
"""How many webhooks there are when the client does not say; one is what most pages expect."""

ENTROPY: Final = 8192
"""Bytes for one webhook; what it needs is a tenth of it, mostly."""

TRIES: Final = 100
"""How often other bytes are tried for one value."""


class NotGeneratedError(Exception):
    """A schema that no value was found for."""


_ONE_AT_A_TIME: Final = Lock()  # Hypothesis keeps state of its own


def items(endpoint: Endpoint, seed: int, asked: Parameters, size: int | None) -> tuple[Json, ...]:
    """Return the items of a success: of a list so many, else one."""
    return _items(endpoint, seed, tuple(asked.items()), size if endpoint.lists else 1)


@lru_cache(maxsize=64)
def _items(
    endpoint: Endpoint, seed: int, asked: tuple[tuple[str, str], ...], size: int | None
) -> tuple[Json, ...]:
    schema = endpoint.schema
    schema = schema.items if schema is not None and endpoint.lists else schema
    if schema is None:
        raise TypeError(endpoint.operation.source)
    key = "/".join(value for _, value in asked)
    if size is None:
        size = SIZES[_entropy(seed, key, "size")[0] % len(SIZES)]
        size = _within(endpoint.schema, size) if endpoint.lists else size
    with _ONE_AT_A_TIME, _as_not_generated():
        draw = _drawer(_object(schema) if schema.type in {None, "object"} else _any(schema))
        drawn = [draw(_entropy(seed, key, str(index))) for index in range(size)]
    parameters = dict(asked)
    return tuple(
        _meaningful(it, index, endpoint, parameters) if isinstance(it, dict) else it
        for index, it in enumerate(drawn)
    )


def _within(schema: Schema | None, size: int) -> int:
    """Let an array have as many items as its schema allows."""
    least, most = _bounds(schema, "minItems", "maxItems") if schema else (None, None)
    return min(max(size, least or 0), MAX_SIZE if most is None else most)


@contextmanager
def _as_not_generated() -> Iterator[None]:
    """Take a schema that contradicts itself for one without values."""
    try:
        yield
    except (InvalidArgument, RecursionError):
        raise NotGeneratedError from None


def _entropy(seed: int, instance_id: str, place: str) -> bytes:
    # The length keeps apart an id that ends in digits and the place that follows it.
    text = f"{seed}/{len(instance_id)}/{instance_id}/{place}"
    return hashlib.shake_256(text.encode()).digest(ENTROPY)


def _drawer(strategy: Strategy) -> Callable[[bytes], Json]:
    """Turn a strategy into a function of bytes, through Hypothesis's door for fuzzers."""
    drawn: list[Json] = []

    @settings(database=None, deadline=None)
    @given(strategy)
    def keep(item: Json) -> None:
        drawn.append(item)

    def draw(entropy: bytes) -> Json:
        drawn.clear()
        # Bytes that lead nowhere are followed by their hash, until some do.
        for _ in range(TRIES):
            keep.hypothesis.fuzz_one_input(entropy)  # type: ignore[attr-defined]  # not typed
            if drawn:
                return drawn[0]
            entropy = hashlib.shake_256(entropy).digest(ENTROPY)
        raise NotGeneratedError

    return draw


def _object(schema: Schema, inside: tuple[Schema, ...] = ()) -> Strategy:
    """Generate an object: all that is required, and some of what is not."""
    if schema.one_of or schema.any_of:
        return st.one_of([_any(each, inside) for each in (*schema.one_of, *schema.any_of)])
    listed = [each for each in schema.members() if len(each.path) == 1]
    members = {
        each.name: _any(each.schema, (*inside, schema))
        for each in listed
        if each.required or each.schema not in (*inside, schema)
    }
    required = {each.name: members[each.name] for each in listed if each.required}
    optional = {name: members[name] for name in members if name not in required}
    return st.fixed_dictionaries(required, optional=optional).map(
        lambda item: {name: item[name] for name in members if name in item}
    )


def _any(schema: Schema, inside: tuple[Schema, ...] = ()) -> Strategy:
    """Generate a value; a schema inside itself is left out, or null, where it may be."""
    if schema in inside:
        return st.none()
    if "enum" in schema.value:
        return st.sampled_from(cast("list[Json]", schema.value["enum"]))
    if schema.format in _BY_FORMAT:
        return _BY_FORMAT[schema.format]()
    combined = schema.properties or schema.all_of or schema.one_of or schema.any_of
    type_ = schema.type or ("object" if combined else "string")
    if type_ == "object":
        return _object(schema, inside)
    if type_ == "array":
        return _array(schema, inside)
    return _BY_TYPE[type_](schema)


def _array(schema: Schema, inside: tuple[Schema, ...]) -> Strategy:
    if schema.items is None:
        raise TypeError(schema.source)
    least, most = _bounds(schema, "minItems", "maxItems")
    least = least or 0
    if schema.items in inside:
        return st.just([])
    return st.lists(
        _any(schema.items, inside), min_size=least, max_size=least + 5 if most is None else most
    ).map(list)


def _integers(schema: Schema) -> Strategy:
    least, most = _bounds(schema, "minimum", "maximum")
    _, low, high = NUMBERS.get(schema.format or "", ("", None, None))
    low, high = low if least is None else least, high if most is None else most
    return st.integers(None if low is None else ceil(low), None if high is None else floor(high))


def _numbers(schema: Schema) -> Strategy:
    least, most = _bounds(schema, "minimum", "maximum")
    return st.floats(least, most, allow_nan=False, allow_infinity=False)


def _strings(schema: Schema) -> Strategy:
    least, most = _bounds(schema, "minLength", "maxLength")
    if least is None and most is None:
        return _texts()
    return st.lists(st.integers(*_LETTERS[0]), min_size=least or 0, max_size=most).map(_joined)


def _bounds(schema: Schema, least: str, most: str) -> tuple[Any, Any]:
    return schema.value.get(least), schema.value.get(most)


_BY_TYPE: Final[Mapping[str, Callable[[Schema], Strategy]]] = {
    "boolean": lambda _: st.booleans(),
    "integer": _integers,
    "number": _numbers,
    "string": _strings,
}

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


_BY_FORMAT: Final[Mapping[str | None, Callable[[], Strategy]]] = {
    "date": lambda: st.dates().map(str),
    "date-time": _date_times,
    "uuid": lambda: st.uuids().map(str),
}

_DAYS: Final = ("1970-01-01", "2000-02-29", "2024-02-29", "2024-12-31", "2038-01-19", "9999-12-30")
_CLOCKS: Final = ("00:00:00", "12:00:00", "23:59:59")
_OFFSETS: Final = ("Z", "Z", "z", "+00:00", "-00:00", "+05:30", "-08:00", "+14:00", "-12:00")


def _meaningful(item: Item, index: int, endpoint: Endpoint, asked: Parameters) -> Item:
    """Make true what the schema cannot ask for: the owner, one id each, no update before birth."""
    identity = endpoint.rules.identity
    if endpoint.lists and identity in item:
        item = {**item, identity: f"{item[identity]}#{index}"}
    for path, parameter in endpoint.equal:
        if parameter in asked:
            item = _changed(item, path[:-1], _set(path[-1], asked[parameter]))
    for path, first, then in endpoint.ordered:
        item = _changed(item, path, _in_time(first, then))
    return item


def _set(name: str, value: str) -> Callable[[Item], Item]:
    return lambda holder: {**holder, name: value} if name in holder else holder


def _in_time(first: str, then: str) -> Callable[[Item], Item]:
    """Swap two times where they run back."""

    def swapped(holder: Item) -> Item:
        early, late = moment(holder.get(first)), moment(holder.get(then))
        if early and late and late < early:
            return {**holder, first: holder[then], then: holder[first]}
        return holder

    return swapped


def _changed(item: Item, path: tuple[str, ...], change: Callable[[Item], Item]) -> Item:
    """Change the object at the end of a way into an item, where there is one."""
    if not path:
        return change(item)
    inner = item.get(path[0])
    if not isinstance(inner, dict):
        return item
    return {**item, path[0]: _changed(inner, path[1:], change)}
