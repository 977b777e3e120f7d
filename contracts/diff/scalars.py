"""Compares what is said of numbers and texts, and values that are listed."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

from find_webhook_kit.contracts.diff.change import Change, Effect
from find_webhook_kit.contracts.diff.keywords import DISPLAY_FORMATS, NARROWER_FORMATS
from find_webhook_kit.contracts.diff.pair import Pair, listing, quoted
from find_webhook_kit.contracts.diff.shape import Bound
from find_webhook_kit.contracts.finding import Severity

WIDER, NARROWER, OTHER, NONE = Effect.WIDER, Effect.NARROWER, Effect.OTHER, Effect.NONE
UNKNOWN: Final = Severity.WARNING
"""Of two patterns nobody can say which allows more."""


def listed(pair: Pair) -> list[Change]:
    """Compare two alternatives of which one at least lists its values."""
    old, new = pair.old.values, pair.new.values
    if old is not None and new is not None:
        return _values(pair, old, new)
    if new is not None:
        found = [pair.change(NARROWER, "enum", None, quoted(new.values()))]
        more = [value for value in new.values() if not pair.old.admits(value)]
        return found + ([pair.change(WIDER, "enum", None, quoted(more))] if more else [])
    old = old or {}
    found = [pair.change(WIDER, "enum", quoted(old.values()), None)]
    less = [value for value in old.values() if not pair.new.admits(value)]
    return found + ([pair.change(NARROWER, "enum", quoted(less), None)] if less else [])


def _values(pair: Pair, old: Mapping[str, object], new: Mapping[str, object]) -> list[Change]:
    more = [repr(new[text]) for text in new if text not in old]
    less = [repr(old[text]) for text in old if text not in new]
    found = []
    if more:
        said = {"aspect": "enum value added"}
        found.append(pair.change(WIDER, "enum", None, ", ".join(more), **said))
    if less:
        said = {"aspect": "enum value removed"}
        found.append(pair.change(NARROWER, "enum", ", ".join(less), None, **said))
    return found


def null(pair: Pair) -> list[Change]:
    """Compare a null that is beyond doubt with one that only some tools allow."""
    if pair.old.certain == pair.new.certain:
        return []
    was, now = ("in doubt" if not atom.certain else "allowed" for atom in (pair.old, pair.new))
    return [pair.change(WIDER if pair.new.certain else NARROWER, "nullable", was, now)]


def number(pair: Pair) -> list[Change]:
    """Compare what is said of numbers."""
    old, new = pair.old, pair.new
    found = []
    if old.whole != new.whole:
        was, now = ("integer" if atom.whole else "number" for atom in (old, new))
        found.append(pair.change(NARROWER if new.whole else WIDER, "type", was, now))
    found += _bounds(pair, "minimum", old.lower, new.lower)
    found += _bounds(pair, "maximum", old.upper, new.upper)
    if old.multiples != new.multiples:
        less = all(any(not n % o for n in new.multiples) for o in old.multiples)
        more = all(any(not o % n for o in old.multiples) for n in new.multiples)
        effect = NONE if less and more else NARROWER if less else WIDER if more else OTHER
        each, other = listing(old.multiples), listing(new.multiples)
        found.append(pair.change(effect, "multipleOf", each, other))
    return found + _formats(pair)


def _bounds(pair: Pair, keyword: str, old: Bound, new: Bound) -> list[Change]:
    if old.tightness == new.tightness:
        return []
    effect = NARROWER if new.tightness > old.tightness else WIDER
    return [pair.change(effect, keyword, old, new)]


def string(pair: Pair) -> list[Change]:
    """Compare what is said of texts."""
    old, new = pair.old.patterns, pair.new.patterns
    found = pair.sets("pattern", old, new)
    if found and not (old < new or new < old):
        was, now = " and ".join(sorted(old)), " and ".join(sorted(new))
        found = [pair.change(OTHER, "pattern", was, now, severity=UNKNOWN)]
    return found + pair.at_least("minLength") + pair.at_most("maxLength") + _formats(pair)


def _formats(pair: Pair) -> list[Change]:
    old, new = pair.old.formats - DISPLAY_FORMATS, pair.new.formats - DISPLAY_FORMATS
    if len(old) == len(new) == 1:
        ((was,), (now,)) = old, new
        if (was, now) in NARROWER_FORMATS:
            return [pair.change(WIDER, "format", was, now)]
        if (now, was) in NARROWER_FORMATS:
            return [pair.change(NARROWER, "format", was, now)]
    if old == new:
        shown = (listing(pair.old.formats), listing(pair.new.formats))
        return [pair.change(NONE, "format", *shown)] if shown[0] != shown[1] else []
    return pair.sets("format", old, new)


SCALARS: Final[Mapping[str, Callable[[Pair], list[Change]]]] = {
    "null": null,
    "boolean": listed,
    "number": number,
    "string": string,
}
