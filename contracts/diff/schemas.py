"""Compares two schemas for an audience: what do they allow, of each JSON type, and in which words.

A pair of schemas is compared once for each audience. Where it is met again inside itself, what is
found there has been found already, and so a cycle ends.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from typing import Any, Final

from find_webhook_kit.contracts.diff.alternatives import Parts, TooManyAlternatives, led
from find_webhook_kit.contracts.diff.arrays import array
from find_webhook_kit.contracts.diff.audience import WARNING, Audience
from find_webhook_kit.contracts.diff.change import ABSENT, Change, Effect
from find_webhook_kit.contracts.diff.extras import extras
from find_webhook_kit.contracts.diff.objects import members
from find_webhook_kit.contracts.diff.pair import Pair
from find_webhook_kit.contracts.diff.part import MOST_DEEP, Part, resolved, written
from find_webhook_kit.contracts.diff.scalars import SCALARS, listed
from find_webhook_kit.contracts.diff.shape import Atom, Shape, shape
from find_webhook_kit.contracts.diff.variants import paired

WIDER, NARROWER, OTHER, NONE = Effect.WIDER, Effect.NARROWER, Effect.OTHER, Effect.NONE
BY_TYPE: Final[Mapping[str, Callable[[Pair], list[Change]]]] = {
    **SCALARS,
    "array": array,
    "object": members,
}
MOST_TRIED: Final = 12
"""Pairs of schemas that are looked at to find whether one alternative stands for another."""
PairKey = tuple[Parts, Parts, Audience]


class _Exhausted(Exception):
    """A trial that has gone as far as it may."""


class SchemaComparison:
    """Compares schemas, and remembers what it found."""

    def __init__(self, most: int | None = None) -> None:
        """Begin with nothing found; `most` bounds how many pairs are compared."""
        self._most = most
        self._tried: dict[tuple[object, object, Audience], frozenset[Effect]] = {}
        self._found: dict[PairKey, tuple[Change, ...]] = {}
        self._pairs: dict[tuple[str, Parts, Parts, Audience], list[Change]] = {}
        self._open: set[PairKey] = set()
        self._later: list[PairKey] = []
        self._shapes: dict[Parts, Shape] = {}

    def compare(self, old: Parts, new: Parts, audience: Audience) -> Sequence[Change]:
        """Return what changed from schemas that held together to others.

        What lies too deep is put off, for `rest` to tell.
        """
        old, new = led(old), led(new)
        key = (old, new, audience)
        if key in self._found:
            return self._found[key]
        if key in self._open or _same(old, new):
            return ()
        if self._most is not None and len(self._found) + len(self._open) >= self._most:
            raise _Exhausted
        if len(self._open) >= MOST_DEEP:
            self._later.append(key)
            return ()
        self._open.add(key)
        try:
            found = tuple(_told_once(self._changes(old, new, audience)))
        finally:
            self._open.remove(key)
        self._found[key] = found
        return found

    def rest(self) -> Iterator[Change]:
        """List what was put off, by the place where it stands."""
        while self._later:
            old, new, audience = key = self._later.pop()
            place = (*new, *old)[0].followed
            if key not in self._found:
                for change in self.compare(old, new, audience):
                    yield change.below(place.node.pointer)

    def _changes(self, old: Parts, new: Parts, audience: Audience) -> list[Change]:
        try:
            was, now = self._shape(old), self._shape(new)
        except TooManyAlternatives:
            return _not_told_apart(old, new, audience)
        found = _types(old, new, was, now, audience)
        for kind in was.keys() & now.keys():
            found += self._alternatives(was[kind], now[kind], audience)
        return found

    def _shape(self, parts: Parts) -> Shape:
        if parts not in self._shapes:
            self._shapes[parts] = shape(parts)
        return self._shapes[parts]

    def _alternatives(
        self, old: Sequence[Atom], new: Sequence[Atom], audience: Audience
    ) -> list[Change]:
        """Compare the alternatives of one type."""
        if len(old) == len(new) == 1:
            return self._pair(old[0], new[0], audience)
        found = _exclusive(old, new, audience)
        same = frozenset({NONE})
        alike = lambda one, other: self._effects(one, other, audience) <= same  # noqa: E731
        for one, other in paired(old, new, alike):
            if one is not None and other is not None:
                changes = self._pair(one, other, audience)
                effects = {item.effect for item in changes}
                if WIDER in effects and self._covers(old, other, audience, but=one):
                    effects.remove(WIDER)
                if NARROWER in effects and self._covered(one, new, audience, but=other):
                    effects.remove(NARROWER)
                found += [item for item in changes if item.effect in effects]
            elif other is not None and not self._covers(old, other, audience):
                found.append(_variant(WIDER, None, other, audience))
            elif one is not None and not self._covered(one, new, audience):
                found.append(_variant(NARROWER, one, None, audience))
        return found

    def _covers(
        self, old: Sequence[Atom], new: Atom, audience: Audience, but: Atom | None = None
    ) -> bool:
        """Tell whether an old alternative allows all that a new one does."""
        others = (one for one in old if one is not but)
        return any(self._effects(one, new, audience) <= {NARROWER, NONE} for one in others)

    def _covered(
        self, old: Atom, new: Sequence[Atom], audience: Audience, but: Atom | None = None
    ) -> bool:
        """Tell whether a new alternative allows all that an old one did."""
        others = (other for other in new if other is not but)
        return any(self._effects(old, other, audience) <= {WIDER, NONE} for other in others)

    def _effects(self, old: Atom, new: Atom, audience: Audience) -> frozenset[Effect]:
        """Return what it would do to put one alternative in the place of another.

        Nothing of this is told, so it is tried apart, and not far.
        """
        key = (_identity(old), _identity(new), audience)
        if key not in self._tried:
            trial = SchemaComparison(most=MOST_TRIED)
            trial._shapes = self._shapes
            try:
                changes = trial._pair(old, new, audience)
                found = frozenset(change.effect for change in changes)
            except _Exhausted:
                found = frozenset({OTHER})
            self._tried[key] = found
        return self._tried[key]

    def _pair(self, old: Atom, new: Atom, audience: Audience) -> list[Change]:
        """Compare two alternatives of one type; other schemas may hold the same two."""
        key = (old.kind, old.alternative.plain, new.alternative.plain, audience)
        if old.values is None and new.values is None and key in self._pairs:
            return self._pairs[key]
        pair = Pair(old, new, audience, self.compare)
        lists = old.values is not None or new.values is not None
        compare = listed if lists and old.kind != "null" else BY_TYPE[old.kind]
        found = compare(pair) + extras(pair)
        if not lists:
            self._pairs[key] = found
        return found


def _identity(atom: Atom) -> tuple[str, Parts, frozenset[str] | None]:
    """Say what an atom stands for, wherever it was met."""
    values = None if atom.values is None else frozenset(atom.values)
    return atom.kind, atom.alternative.plain, values


def _same(old: Parts, new: Parts) -> bool:
    """Tell whether schemas are the same at sight: written alike, and refer to nothing."""
    return len(old) == len(new) and all(
        one.value == other.value
        and json.dumps(one.value) == json.dumps(other.value)  # True and 1 are equal in Python
        and _refers_not(one)
        for one, other in zip(old, new, strict=True)
    )


def _refers_not(part: Part) -> bool:
    """Tell whether no reference stands anywhere in a value."""
    level = [part.value]
    while level:
        item = level.pop()
        if isinstance(item, dict):
            if "$ref" in item or "discriminator" in item:
                return False
            level += item.values()
        elif isinstance(item, list):
            level += item
    return True


def _told_once(changes: Iterable[Change]) -> Iterator[Change]:
    """Leave out what has been said of the same places already, on whatever way to them."""
    told = set()
    for item in changes:
        places = tuple(each and each.key for each in (item.old, item.new))
        key = (places, item.aspect, item.was, item.now, item.effect)
        if key not in told:
            told.add(key)
            yield item


def _types(old: Parts, new: Parts, was: Shape, now: Shape, audience: Audience) -> list[Change]:
    """Compare which types are allowed at all."""
    gained, lost = now.keys() - was.keys(), was.keys() - now.keys()
    if not gained and not lost:
        return []
    effect = OTHER if gained and lost else WIDER if gained else NARROWER
    keyword = "nullable" if gained | lost == {"null"} else "type"
    change = audience.change(
        effect,
        keyword,
        was=_named(was),
        now=_named(now),
        old=_place(old, keyword),
        new=_place(new, keyword),
    )
    return [change]


def _named(shape: Shape) -> str:
    """Name the types that a schema allows."""
    if not shape:
        return "nothing"
    if len(shape) == len(BY_TYPE):
        return "any type"
    whole = all(atom.whole for atom in shape.get("number", ()))
    return " or ".join("integer" if kind == "number" and whole else kind for kind in shape)


def _place(parts: Parts, keyword: str) -> Part | None:
    if not parts:
        return None
    part = parts[0].followed
    if not isinstance(part.value, dict):
        return part
    return part.at(keyword) if keyword in part.value else part.at("type")


def _variant(effect: Effect, old: Atom | None, new: Atom | None, audience: Audience) -> Change:
    """Weigh that an alternative came or went that no other one stands for."""
    aspect = "alternative added" if old is None else "alternative removed"
    was, now = (ABSENT if each is None else _called(each) for each in (old, new))
    one, other = (each.alternative.at("type") if each else None for each in (old, new))
    return audience.change(effect, aspect, was=was, now=now, old=one, new=other)


def _called(atom: Atom) -> str:
    label = atom.alternative.label
    return f"{atom.kind} {label}" if label else atom.kind


def _exclusive(old: Sequence[Atom], new: Sequence[Atom], audience: Audience) -> list[Change]:
    """Compare whether a value may fulfil several of the alternatives at once."""
    if len(old) == 1 or len(new) == 1:
        return []
    were, are = (any(atom.alternative.exclusive for atom in atoms) for atoms in (old, new))
    if were == are:
        return []
    effect = NARROWER if are else WIDER
    was, now = ("oneOf" if each else "anyOf" for each in (were, are))
    weight = None if audience.severity(effect) == "note" else WARNING
    places: dict[str, Any] = {
        "old": old[0].alternative.at("type"),
        "new": new[0].alternative.at("type"),
    }
    return [audience.change(effect, "composition", was=was, now=now, severity=weight, **places)]


def _not_told_apart(old: Parts, new: Parts, audience: Audience) -> list[Change]:
    """Say of schemas with too many alternatives that they differ, and no more."""
    was, now = (written([resolved(part) for part in parts]) for parts in (old, new))
    if was == now:
        return []
    place: dict[str, Any] = {"old": old[0] if old else None, "new": new[0] if new else None}
    aspect = "not compared: too many alternatives"
    change = audience.change(OTHER, aspect, was="one", now="another", severity=WARNING, **place)
    return [change]
