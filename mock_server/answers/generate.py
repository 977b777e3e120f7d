"""Generates webhooks that the contract allows and a page did not think of, by Hypothesis.

A pure function of seed, instance id and size: the entropy of each webhook is a hash of the three
and of its place, and Hypothesis only turns these bytes into values. So the same question has the
same answer on every machine, and item 7 stays the same when there are more of them.

Imported on first use, so that the start of the mock does not pay for Hypothesis.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Mapping
from functools import lru_cache
from threading import Lock
from typing import Final

from hypothesis import given, settings
from hypothesis import strategies as st

from find_webhook_kit.mock_server.answers.endpoint import Endpoint, Item, Parameters
from find_webhook_kit.spec import Json, Schema
from find_webhook_kit.spec.date_time import moment

Strategy = st.SearchStrategy[Json]

SIZES: Final = (0, 1, 1, 2, 3, 5)
"""How many webhooks there are when the client does not say; one is what most pages expect."""

ENTROPY: Final = 8192
"""Bytes for one webhook; what it needs is a tenth of it, mostly."""

_ONE_AT_A_TIME: Final = Lock()  # Hypothesis keeps state of its own


def items(endpoint: Endpoint, seed: int, asked: Parameters, size: int | None) -> tuple[Item, ...]:
    """Return the items of a success: of a list so many, else one."""
    return _items(endpoint, seed, tuple(asked.items()), size if endpoint.lists else 1)


@lru_cache(maxsize=64)
def _items(
    endpoint: Endpoint, seed: int, asked: tuple[tuple[str, str], ...], size: int | None
) -> tuple[Item, ...]:
    schema = endpoint.schema
    schema = schema.items if schema is not None and endpoint.lists else schema
    if schema is None:
        raise TypeError(endpoint.operation.source)
    key = "/".join(value for _, value in asked)
    if size is None:
        size = SIZES[_entropy(seed, key, "size")[0] % len(SIZES)]
    with _ONE_AT_A_TIME:
        draw = _drawer(_object(schema))
        drawn = [draw(_entropy(seed, key, str(index))) for index in range(size)]
    parameters = dict(asked)
    return tuple(_meaningful(it, index, endpoint, parameters) for index, it in enumerate(drawn))


def _entropy(seed: int, instance_id: str, place: str) -> bytes:
    # The length keeps apart an id that ends in digits and the place that follows it.
    text = f"{seed}/{len(instance_id)}/{instance_id}/{place}"
    return hashlib.shake_256(text.encode()).digest(ENTROPY)


def _drawer(strategy: st.SearchStrategy[Item]) -> Callable[[bytes], Item]:
    """Turn a strategy into a function of bytes, through Hypothesis's door for fuzzers."""
    drawn: list[Item] = []

    @settings(database=None, deadline=None)
    @given(strategy)
    def keep(item: Item) -> None:
        drawn.append(item)

    def draw(entropy: bytes) -> Item:
        drawn.clear()
        # Bytes that lead nowhere are followed by their hash, until some do.
        while not drawn:
            keep.hypothesis.fuzz_one_input(entropy)  # type: ignore[attr-defined]  # not typed
            entropy = hashlib.shake_256(entropy).digest(ENTROPY)
        return drawn[0]

    return draw


def _object(schema: Schema) -> st.SearchStrategy[Item]:
    """Generate an object: all that is required, and some of what is not."""
    members = {name: _any(member) for name, member in schema.properties.items()}
    required = {name: members[name] for name in schema.properties if name in schema.required}
    optional = {name: members[name] for name in members if name not in required}
    return st.fixed_dictionaries(required, optional=optional).map(
        lambda item: {name: item[name] for name in members if name in item}
    )


def _any(schema: Schema) -> Strategy:
    if schema.format == "date-time":
        return _date_times()
    return _BY_TYPE[schema.type or "string"](schema)


def _array(schema: Schema) -> Strategy:
    if schema.items is None:
        raise TypeError(schema.source)
    return st.lists(_any(schema.items), max_size=5).map(list)


_BY_TYPE: Final[Mapping[str, Callable[[Schema], Strategy]]] = {
    "array": _array,
    "boolean": lambda _: st.booleans(),
    "integer": lambda _: st.integers(),
    "object": lambda schema: _object(schema).map(dict),
    "string": lambda _: _texts(),
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
    (0x2000, 0x206F),  # blanks and directions that nobody sees
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


def _joined(letters: list[int]) -> str:
    return "".join(map(chr, letters))


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
