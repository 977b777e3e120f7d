"""Compares what is said of a value whatever its type: conditions, words, and what is not known."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from find_webhook_kit.contracts.diff.alternatives import Alternative
from find_webhook_kit.contracts.diff.audience import ERROR, WARNING
from find_webhook_kit.contracts.diff.change import Change, Effect
from find_webhook_kit.contracts.diff.keywords import (
    ANNOTATIONS,
    COMPARED,
    OPAQUE,
    OPAQUE_GROUPS,
)
from find_webhook_kit.contracts.diff.pair import Pair, listing
from find_webhook_kit.contracts.diff.part import Part, both, resolved, written
from find_webhook_kit.contracts.finding import Severity

WIDER, NARROWER, OTHER, NONE = Effect.WIDER, Effect.NARROWER, Effect.OTHER, Effect.NONE
KNOWN: Final = ANNOTATIONS | COMPARED | OPAQUE


def extras(pair: Pair) -> list[Change]:
    """Compare all that hangs on no type."""
    found = [change for group in OPAQUE_GROUPS for change in _opaque(pair, group)]
    return found + _not(pair) + _default(pair) + _discriminator(pair) + _words(pair)


def _opaque(pair: Pair, keywords: tuple[str, ...]) -> list[Change]:
    """Compare keywords of which no more is known than whether they are the same."""
    old, new = (_written(each.alternative, keywords) for each in (pair.old, pair.new))
    return pair.sets(keywords[0], old, new) if old != new else []


def _written(alternative: Alternative, keywords: tuple[str, ...]) -> frozenset[str]:
    found = set()
    for part in alternative.plain:
        said = {name: resolved(part.at(name)) for name in keywords if name in part.fields}
        if keywords[0] in said:
            found.add(written(said))  # what stands beside it means nothing without it
    return frozenset(found)


def _not(pair: Pair) -> list[Change]:
    """Compare what is forbidden: where more is forbidden, less is allowed."""
    old, new = (each.alternative.holders("not") for each in (pair.old, pair.new))
    if len(old) == len(new) == 1:
        below = pair.compare(tuple(old), tuple(new), pair.audience)
        effects = {item.effect.reverse for item in below} - {NONE}
        if not effects:
            return []
        effect = effects.pop() if len(effects) == 1 else OTHER
        return [pair.change(effect, "not", "one schema", "another")]
    was, now = (frozenset(written(resolved(part)) for part in parts) for parts in (old, new))
    return pair.sets("not", was, now)


def _default(pair: Pair) -> list[Change]:
    """Compare what an absent value stands for: its sender gets, or its reader assumes, another."""
    old, new = (each.alternative.values("default")[:1] for each in (pair.old, pair.new))
    if written(list(old)) == written(list(new)):
        return []
    reads, changed = pair.audience.reads, bool(old and new)
    severity = ERROR if reads and changed else WARNING
    was, now = (written(each[0]) if each else None for each in (old, new))
    return [pair.change(NONE, "default", was, now, severity=severity)]


def _discriminator(pair: Pair) -> list[Change]:
    """Compare how a value says which alternative it is."""
    old, new = (
        next(iter(each.alternative.holders("discriminator")), None) for each in (pair.old, pair.new)
    )
    was, now = (each.text("propertyName") if each else None for each in (old, new))
    found = []
    if was != now:
        severity = WARNING if was else None
        found.append(pair.change(NONE, "discriminator", was, now, severity=severity))
    if old and new:
        found += _mapping(pair, old, new)
    return found


def _mapping(pair: Pair, old: Part, new: Part) -> list[Change]:
    found = []
    for name, one, other in both(dict(_mapped(old)), dict(_mapped(new))):
        if one != other:
            severity = None if one is None else WARNING
            aspect = f"discriminator mapping {name!r}"
            change = pair.change(
                NONE, "discriminator", one, other, severity=severity, aspect=aspect
            )
            found.append(change)
    return found


def _mapped(discriminator: Part) -> Iterator[tuple[str, str]]:
    """List values with the names of their schemas, whether they are referred to or called."""
    mapping = discriminator.raw("mapping")
    for name, part in mapping.parts() if mapping else ():
        yield name, str(part.value).rpartition("/")[2]


def _words(pair: Pair) -> list[Change]:
    """Compare words, which forbid nothing, and say what is not understood."""
    old, new = pair.old.alternative, pair.new.alternative
    names = dict.fromkeys(
        name for side in (old, new) for part in side.plain for name in part.fields
    )
    found = []
    for name in names:
        if name in KNOWN - ANNOTATIONS and name != "xml":
            continue
        was, now = _values(old, name), _values(new, name)
        if was == now:
            continue
        aspect, severity = _weight(pair, name)
        change = pair.change(
            NONE, name, listing(was), listing(now), severity=severity, aspect=aspect
        )
        found.append(change)
    return found


def _weight(pair: Pair, name: str) -> tuple[str, Severity | None]:
    if name == "xml" and pair.audience.xml:
        return name, ERROR
    if name in ANNOTATIONS or name.startswith("x-") or name == "xml":
        return name, None
    return f"not compared: {name}", WARNING


def _values(alternative: Alternative, name: str) -> frozenset[str]:
    return frozenset(written(value) for value in alternative.values(name)) - {"false"}
