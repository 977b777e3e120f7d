"""Says which alternative of a schema became which: by its name, by what it allows, by its place."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from typing import Final

from find_webhook_kit.contracts.diff.shape import Atom

MOST_TRIED: Final = 2_000
Twins = tuple[Atom | None, Atom | None]


def paired(
    old: Sequence[Atom], new: Sequence[Atom], alike: Callable[[Atom, Atom], bool]
) -> Iterator[Twins]:
    """List pairs of alternatives; one that came or went stands alone."""
    olds, news = list(old), list(new)
    yield from _taken(olds, news, _same_name)
    if len(olds) * len(news) <= MOST_TRIED:
        yield from _taken(olds, news, alike)
    nameless = [each for each in olds if not each.alternative.label]
    others = [each for each in news if not each.alternative.label]
    if len(olds) == len(news) == 1:
        nameless, others = list(olds), list(news)
    for one, other in zip(nameless, others, strict=False):
        olds.remove(one)
        news.remove(other)
        yield one, other
    yield from ((one, None) for one in olds)
    yield from ((None, other) for other in news)


def _same_name(one: Atom, other: Atom) -> bool:
    label = one.alternative.label
    return label != "" and label == other.alternative.label


def _taken(
    olds: list[Atom], news: list[Atom], same: Callable[[Atom, Atom], bool]
) -> Iterator[tuple[Atom, Atom]]:
    """Take out the pairs that are the same in some way."""
    for one in list(olds):
        other = next((each for each in news if same(one, each)), None)
        if other is not None:
            olds.remove(one)
            news.remove(other)
            yield one, other
