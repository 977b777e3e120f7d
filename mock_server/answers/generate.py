"""Generates data that the contract allows and a page did not think of, by Hypothesis.

A pure function of seed, path parameters and size: the entropy of each item is a hash of the three
and of its place, and Hypothesis only turns these bytes into values. So the same question has the
same answer on every machine, and item 7 stays the same when there are more of them.

Imported on first use, so that the start of the mock does not pay for Hypothesis.
"""

from __future__ import annotations

import hashlib
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import lru_cache
from threading import Lock
from typing import Final

from hypothesis import given, settings
from hypothesis.errors import InvalidArgument

from find_webhook_kit.mock_server.answers.bendable import item_of
from find_webhook_kit.mock_server.answers.endpoint import Endpoint, Parameters
from find_webhook_kit.mock_server.answers.meaningful import meaningful
from find_webhook_kit.mock_server.answers.preferences import MAX_SIZE
from find_webhook_kit.mock_server.answers.shape import NoValueError, Shape, shape
from find_webhook_kit.mock_server.answers.strategies import values
from find_webhook_kit.spec import Json, Schema

SIZES: Final = (0, 1, 1, 2, 3, 5)
"""How many items there are when the client does not say; one is what most pages expect."""

ENTROPY: Final = 8192
"""Bytes for one item; what it needs is a tenth of it, mostly."""

TRIES: Final = ((100, ENTROPY), (10, 8 * ENTROPY), (3, 64 * ENTROPY))
"""How often other bytes are tried for one value, and how many: what is large needs more."""

PATIENCE: Final = 3.0
"""Seconds of this thread's own work after which a schema is too complex to go on."""

_ONE_AT_A_TIME: Final = Lock()  # Hypothesis keeps state of its own


def items(endpoint: Endpoint, seed: int, asked: Parameters, size: int | None) -> tuple[Json, ...]:
    """Return the items of a success: of a list so many, else one; or raise `NoValueError`."""
    return _items(endpoint, seed, tuple(asked.items()), size if endpoint.lists else 1)


def value(of: Shape, seed: int) -> Json:
    """Return a value that fits; raise `NoValueError` where none was found."""
    with _ONE_AT_A_TIME, _in_words():
        return _drawer(of)(_entropy(seed, "", "value"))


@lru_cache(maxsize=64)
def _items(
    endpoint: Endpoint, seed: int, asked: tuple[tuple[str, str], ...], size: int | None
) -> tuple[Json, ...]:
    schema = endpoint.schema
    if schema is None:
        raise TypeError(endpoint.operation.source)
    key = "/".join(value for _, value in asked)
    if size is None:
        size = SIZES[_entropy(seed, key, "size")[0] % len(SIZES)]
        size = _within(schema, size) if endpoint.lists else size
    with _ONE_AT_A_TIME, _in_words():
        drawn = _drawn(
            _drawer(item_of(endpoint)),
            size,
            lambda place: _entropy(seed, key, place),
            unique=schema.type == "array" and schema.value.get("uniqueItems") is True,
        )
    parameters = dict(asked)
    return tuple(
        meaningful(it, index, endpoint, parameters) if isinstance(it, dict) else it
        for index, it in enumerate(drawn)
    )


def _drawn(
    draw: Callable[[bytes], Json], size: int, entropy: Callable[[str], bytes], *, unique: bool
) -> list[Json]:
    """Draw items by their places; one that must not come again has other bytes until it is new."""
    found: list[Json] = []
    for index in range(size):
        item = draw(entropy(str(index)))
        for again in range(TRIES[0][0] if unique else 0):
            if item not in found:
                break
            item = draw(entropy(f"{index}/{again}"))
        found.append(item)
    return found


def _within(schema: Schema, size: int) -> int:
    """Let an array have as many items as its schema allows."""
    least, most = shape((schema,)).count("minItems", "maxItems")
    if least > MAX_SIZE:
        raise NoValueError(f"no list of {least} items or more is made up here")
    return min(max(size, least), MAX_SIZE if most is None else most)


@contextmanager
def _in_words() -> Iterator[None]:
    """Take a schema that contradicts itself for one without values."""
    try:
        yield
    except (InvalidArgument, RecursionError):
        raise NoValueError("no value fits the schema") from None


def _entropy(seed: int, key: str, place: str) -> bytes:
    # The length keeps apart a key that ends in digits and the place that follows it.
    text = f"{seed}/{len(key)}/{key}/{place}"
    return hashlib.shake_256(text.encode()).digest(ENTROPY)


def _drawer(of: Shape) -> Callable[[bytes], Json]:
    """Draw values that fit as a function of bytes, through Hypothesis's door for fuzzers."""
    drawn: list[Json] = []

    @settings(database=None, deadline=None)
    @given(values(of))
    def keep(item: Json) -> None:
        drawn.append(item)

    def draw(entropy: bytes) -> Json:
        # Bytes that lead nowhere are followed by their hash, until some do.
        until = time.thread_time() + PATIENCE
        for times, size in TRIES:
            for _ in range(times):
                drawn.clear()
                keep.hypothesis.fuzz_one_input(entropy)  # type: ignore[attr-defined]  # not typed
                if drawn and of.fits(drawn[0]):
                    return drawn[0]
                if time.thread_time() > until:
                    raise NoValueError("the data is too complex to be made up")
                entropy = hashlib.shake_256(entropy).digest(size)
        raise NoValueError("no value was found that fits the schema")

    return draw
