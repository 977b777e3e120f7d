"""Of a matrix of rows, `make test` runs a part, and `make test-catalogue` all the others."""

from __future__ import annotations

from collections.abc import Callable, Hashable, Sequence
from itertools import cycle, islice, product
from typing import Any, TypeVar

import pytest

T = TypeVar("T")
Rows = list[Any]
"""What `pytest.mark.parametrize` takes."""


def one_of_each(rows: Sequence[T], key: Callable[[T], Hashable]) -> Rows:
    """Keep the first row of each kind in `make test`."""
    first = {key(row): row for row in reversed(rows)}.values()
    return [_row(row, kept=any(row is each for each in first)) for row in rows]


def diagonal(*axes: Sequence[Any]) -> Rows:
    """Keep each value of each axis in `make test` at least once, and not each pair of them."""
    longest = max(map(len, axes))
    kept = set(zip(*(islice(cycle(range(len(axis))), longest) for axis in axes), strict=True))
    places = product(*(range(len(axis)) for axis in axes))
    return [
        _row(*(axis[at] for axis, at in zip(axes, place, strict=True)), kept=place in kept)
        for place in places
    ]


def _row(*values: Any, kept: bool) -> Any:
    return pytest.param(*values, marks=() if kept else pytest.mark.catalogue)
