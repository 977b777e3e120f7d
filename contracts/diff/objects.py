"""Compares what is said of objects: which members they have, must have and may have besides."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cached_property
from typing import Any, cast

from find_webhook_kit.contracts.clauses.undeclared import alike
from find_webhook_kit.contracts.diff.alternatives import Alternative, Parts, Places
from find_webhook_kit.contracts.diff.audience import OPTIONAL, REQUIRED, as_note
from find_webhook_kit.contracts.diff.change import ABSENT, Change, Effect
from find_webhook_kit.contracts.diff.pair import Pair
from find_webhook_kit.contracts.diff.part import Part
from find_webhook_kit.contracts.diff.shape import Atom, matches
from find_webhook_kit.contracts.finding import Kind, Severity
from find_webhook_kit.spec import Json

WIDER, NARROWER, NONE = Effect.WIDER, Effect.NARROWER, Effect.NONE


@dataclass(frozen=True)
class Members:
    """What one alternative says of the members of an object."""

    alternative: Alternative

    @cached_property
    def declared(self) -> tuple[str, ...]:
        """The members with a schema of their own, or that must be there, in their order."""
        names: dict[str, None] = {}
        for part in self.alternative.plain:
            holder = part.child("properties")
            names |= dict.fromkeys(holder.fields if holder else ())
        return tuple(names | dict.fromkeys(sorted(self.required)))

    @cached_property
    def required(self) -> frozenset[str]:
        found = set[str]()
        for part in self.alternative.plain:
            found |= {str(item.value) for item in part.items("required")}
        return frozenset(found)

    def need(self, name: str) -> str:
        """Say whether a member must be there; a member that is not known is absent."""
        if name in self.required:
            return REQUIRED
        return OPTIONAL if name in self.declared else ABSENT

    def of(self, name: str) -> Parts:
        """Return all that holds for a member, whether it is known or not."""
        return tuple(found for part in self.alternative.plain for found in _of(part, name))

    @cached_property
    def patterns(self) -> dict[str, Parts]:
        """What holds for members whose name matches."""
        found: dict[str, Parts] = {}
        for part in self.alternative.plain:
            holder = part.child("patternProperties")
            for pattern, schema in holder.parts() if holder else ():
                found[pattern] = (*found.get(pattern, ()), schema)
        return found

    @cached_property
    def others(self) -> Parts:
        """What holds for members that are not known."""
        return tuple(found for part in self.alternative.plain for found in _others(part))

    @cached_property
    def closed(self) -> bool:
        return any(part.value is False for part in self.others)

    def forbids(self, name: str) -> bool:
        return any(part.value is False for part in self.of(name))

    def leaves_open(self, name: str) -> bool:
        """Tell whether nothing is said of a member."""
        return all(part.value in (True, {}) for part in self.of(name))

    def hidden(self, name: str, keyword: str) -> bool:
        """Tell whether a member is marked as no part of these values."""
        return any(_is_marked(part, keyword) for part in self.of(name))

    def at(self, name: str) -> Part | None:
        """Return where a member stands, or else its object."""
        for part in self.alternative.plain:
            holder = part.child("properties")
            if holder is not None and name in holder.fields:
                return holder.at(name)
        return self.alternative.at("required" if name in self.required else "properties")


def _of(part: Part, name: str) -> Iterator[Part]:
    """List what one schema says of a member."""
    known = False
    holder = part.child("properties")
    if holder is not None and name in holder.fields:
        yield holder.at(name)
        known = True
    patterns = part.child("patternProperties")
    for pattern, schema in patterns.parts() if patterns else ():
        if matches(pattern, name) is True:
            yield schema
            known = True
    if not known:
        yield from _others(part)


def _others(part: Part) -> Iterator[Part]:
    for keyword in ("additionalProperties", "unevaluatedProperties"):
        found = part.raw(keyword)
        if found is not None:
            yield found
            return


def _is_marked(part: Part, keyword: str, inside: Places = frozenset()) -> bool:
    """Tell whether a flag stands in a schema, in what it refers to or in what it joins."""
    here = part.followed
    if not isinstance(here.value, dict) or here.key in inside:
        return False
    if keyword in here.value or (isinstance(part.value, dict) and keyword in part.value):
        return here.value.get(keyword) is True or part.fields.get(keyword) is True
    return any(_is_marked(each, keyword, inside | {here.key}) for each in here.items("allOf"))


def members(pair: Pair) -> list[Change]:
    """Compare two alternatives of objects."""
    old, new = Members(pair.old.alternative), Members(pair.new.alternative)
    found: list[Change] = []
    for name in dict.fromkeys((*old.declared, *new.declared)):
        found += [change.below(step(name)) for change in _member(pair, old, new, name)]
    found = _renamed(found, pair)
    found += _beyond(pair, old, new)
    found += pair.at_least("minProperties") + pair.at_most("maxProperties")
    found += _names(pair)
    return found + pair.sets("dependentRequired", _pairs(pair.old), _pairs(pair.new))


def step(name: str) -> str:
    """Write the step to a member."""
    return f".{name}" if name.replace("_", "").replace("-", "").isalnum() else f"[{name!r}]"


def _member(pair: Pair, old: Members, new: Members, name: str) -> list[Change]:
    keyword = pair.audience.hidden
    was, now = old.need(name), new.need(name)
    were, are = old.hidden(name, keyword), new.hidden(name, keyword)
    if (were or was == ABSENT) and (are or now == ABSENT):
        return [as_note(change) for change in _shown_member(pair, old, new, name)]
    if were != are and ABSENT not in {was, now}:
        was, now = (ABSENT, now) if were else (was, ABSENT)
        at: dict[str, Any] = {"old": old.at(name), "new": new.at(name)}
        severity = pair.audience.presence(was, now)
        effect = NONE if severity is Severity.NOTE else Effect.OTHER
        said = ("hidden" if were else "a member", "hidden" if are else "a member")
        return [
            pair.audience.change(effect, keyword, was=said[0], now=said[1], severity=severity, **at)
        ]
    return _shown_member(pair, old, new, name)


def _shown_member(pair: Pair, old: Members, new: Members, name: str) -> list[Change]:
    was, now = old.need(name), new.need(name)
    found = []
    if was != now:
        found.append(_presence(pair, old, new, name))
    unknown = [side for side, need in ((old, was), (new, now)) if need == ABSENT]
    if any(side.forbids(name) or side.leaves_open(name) for side in unknown):
        return found
    below = pair.compare(old.of(name), new.of(name), pair.audience)
    if was == now == REQUIRED:  # nobody falls back on the default of what is always there
        below = [as_note(item) if item.aspect == "default" else item for item in below]
    return found + list(below)


def _presence(pair: Pair, old: Members, new: Members, name: str) -> Change:
    """Weigh that a member came, went, or became required or optional."""
    was, now = old.need(name), new.need(name)
    audience = pair.audience
    severity = audience.presence(was, now)
    effect = WIDER if now == ABSENT or was == REQUIRED else NARROWER
    if was == ABSENT and old.forbids(name):
        effect = WIDER if now == OPTIONAL else Effect.OTHER
        severity = min(severity, audience.severity(effect), key=lambda item: item.weight)
    if now == ABSENT and new.forbids(name):
        effect = NARROWER
        severity = min(severity, audience.severity(effect), key=lambda item: item.weight)
    aspect = "member added" if was == ABSENT else "member removed" if now == ABSENT else "required"
    place: dict[str, Any] = {"old": old.at(name), "new": new.at(name)}
    return audience.change(effect, aspect, was=was, now=now, severity=severity, **place)


def _renamed(changes: list[Change], pair: Pair) -> list[Change]:
    """Say of a member that is gone which new one may have taken its place."""
    fresh = [item.where[0] for item in changes if item.aspect == "member added"]
    return [_heir(change, fresh, pair) for change in changes]


def _heir(change: Change, fresh: Iterable[str], pair: Pair) -> Change:
    lost = change.aspect == "member removed" and change.severity is not Severity.NOTE
    if not lost or len(change.where) != 1:
        return change
    heir = next((name for name in fresh if alike(name[1:], change.where[0][1:])), None)
    if heir is None:
        return change
    audience = pair.audience
    return audience.change(
        Effect.OTHER,
        "member renamed",
        was=change.was,
        now=heir.lstrip("."),
        old=change.old,
        new=change.new,
        kind=Kind.RENAMED,
    ).below(*change.where)


def _beyond(pair: Pair, old: Members, new: Members) -> list[Change]:
    """Compare what holds for members that are not known."""
    keyword = "additionalProperties"
    found: list[Change] = []
    if old.closed != new.closed:
        effect = WIDER if old.closed else NARROWER
        was, now = ("not allowed" if each.closed else "allowed" for each in (old, new))
        found.append(pair.change(effect, keyword, was, now))
    elif not old.closed:
        below = pair.compare(old.others, new.others, pair.audience)
        found += [change.below(".*") for change in below]
    for pattern in dict.fromkeys((*old.patterns, *new.patterns)):
        was_, now_ = (each.patterns.get(pattern, each.others) for each in (old, new))
        below = pair.compare(was_, now_, pair.audience)
        found += [change.below(f"[/{pattern}/]") for change in below]
    return found


def _names(pair: Pair) -> list[Change]:
    """Compare what the names of members must be."""
    old, new = (tuple(each.alternative.holders("propertyNames")) for each in (pair.old, pair.new))
    return [change.below("propertyNames") for change in pair.compare(old, new, pair.audience)]


def _pairs(atom: Atom) -> frozenset[str]:
    """List which member asks for which other one."""
    found = set[str]()
    for value in atom.alternative.values("dependentRequired"):
        for name, names in cast("dict[str, list[Json]]", value).items():
            found |= {f"{name} needs {other}" for other in names}
    return frozenset(found)
