"""Compares what is said of arrays: how long they are, and what their items are."""

from __future__ import annotations

from find_webhook_kit.contracts.diff.alternatives import Alternative, Parts
from find_webhook_kit.contracts.diff.change import Change, Effect
from find_webhook_kit.contracts.diff.pair import Pair
from find_webhook_kit.contracts.diff.part import Part


def array(pair: Pair) -> list[Change]:
    """Compare two alternatives of arrays."""
    found = pair.at_least("minItems") + pair.at_most("maxItems")
    old, new = pair.old.unique, pair.new.unique
    if old != new:
        effect = Effect.NARROWER if new else Effect.WIDER
        found.append(pair.change(effect, "uniqueItems", old or None, new or None))
    was, now = pair.old.alternative, pair.new.alternative
    for index in range(max(_firsts(was), _firsts(now))):
        below = pair.compare(_item(was, index), _item(now, index), pair.audience)
        found += [change.below(f"[{index}]") for change in below]
    below = pair.compare(_items(was), _items(now), pair.audience)
    return found + [change.below("[]") for change in below]


def _firsts(alternative: Alternative) -> int:
    """Return how many items have a schema of their own."""
    return max((len(_prefix(part)) for part in alternative.plain), default=0)


def _prefix(part: Part) -> list[Part]:
    if isinstance(part.fields.get("items"), list):  # as JSON Schema had it before 2020
        return part.items("items")
    return part.items("prefixItems")


def _item(alternative: Alternative, index: int) -> Parts:
    """Return what must hold for one of the first items."""
    found = []
    for part in alternative.plain:
        prefix = _prefix(part)
        found += prefix[index : index + 1] or _rest(part)
    return tuple(found)


def _items(alternative: Alternative) -> Parts:
    """Return what must hold for every item that has no schema of its own."""
    return tuple(item for part in alternative.plain for item in _rest(part))


def _rest(part: Part) -> list[Part]:
    name = "additionalItems" if isinstance(part.fields.get("items"), list) else "items"
    found = part.raw(name)
    return [] if found is None else [found]
