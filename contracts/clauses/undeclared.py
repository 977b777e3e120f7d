"""Properties that nobody documented, and those whose place they may have taken."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cache
from itertools import islice
from typing import Final

from find_webhook_kit.contracts.clauses.clause import MAX_FINDINGS
from find_webhook_kit.contracts.clauses.spelling import difference
from find_webhook_kit.contracts.clauses.transcript import Transcript, once
from find_webhook_kit.contracts.finding import Finding, Kind, Severity
from find_webhook_kit.contracts.wire.exchange import Exchange
from find_webhook_kit.spec import Json, Member, pointer
from find_webhook_kit.spec.meaning import found, rules
from find_webhook_kit.spec.success import body_of

Object = dict[str, Json]

ALIKE: Final = 0.8  # of difflib's ratio; `callUpsert` beside `chatsUpsert` stays below
TELLING: Final = 3  # documented members, that make an object the one they are documented in


@dataclass(frozen=True, slots=True)
class Undeclared:
    """An undeclared property: in which kind of object, at which place, with which value."""

    path: tuple[str, ...]
    pointer: str
    value: Json
    exchange: Exchange

    @property
    def name(self) -> str:
        return self.path[-1]

    def hint(self, transcript: Transcript) -> str:
        """Tell it from the documented member that it looks like, where it looks like one."""
        names = sorted(
            path[-1] for path in documented_paths(transcript) if path[:-1] == self.path[:-1]
        )
        return next(filter(None, (difference(name, self.name) for name in names)), "")

    @property
    def place(self) -> tuple[int, str]:
        """Where it stands: in which answer, and where in it."""
        return id(self.exchange), self.pointer

    @property
    def holder(self) -> tuple[int, str]:
        """Where the object stands that it is a member of."""
        return id(self.exchange), self.pointer.rpartition("/")[0]

    def finding(self, transcript: Transcript, member: Member, gone: str) -> Finding:
        """Say that this one took a documented member's place."""
        return transcript.finding(
            self.exchange,
            (Severity.ERROR, Kind.RENAMED),
            f"{'.'.join(member.path)} is gone from {gone}, {self.name} appeared instead",
            expected=member.name,
            got=self.name,
            at=self.pointer,
        )


@once
def undeclared(transcript: Transcript) -> tuple[Undeclared, ...]:
    """List the properties that the contract does not know, in objects whose own it lists."""
    return tuple(islice(_undeclared(transcript), MAX_FINDINGS))


def _undeclared(transcript: Transcript) -> Iterator[Undeclared]:
    known = documented_paths(transcript)
    for parent in sorted({path[:-1] for path in known if path[-1] != "[]"}):
        for exchange, where, holder in objects(transcript, parent):
            for name, value in holder.items():
                if (*parent, name) not in known:
                    yield Undeclared((*parent, name), where + pointer([name]), value, exchange)


@dataclass(frozen=True, slots=True)
class Renamed:
    """Those that took a documented property's place, each in an object that lacks it.

    `gone` tells whether the member is still there in other objects.
    """

    found: tuple[Undeclared, ...]
    gone: str

    @property
    def holders(self) -> frozenset[tuple[int, str]]:
        """The objects that have it under another name."""
        return frozenset(item.holder for item in self.found)


def look_alikes(member: Member, transcript: Transcript) -> Renamed:
    """Find what took a documented property's place, object by object."""
    parent = member.path[:-1]
    holders = objects(transcript, parent)
    having = {(id(exchange), where) for exchange, where, holder in holders if member.name in holder}
    here = [
        item
        for item in undeclared(transcript)
        if item.path[:-1] == parent and item.holder not in having
    ]
    documented = [path[-1] for path in documented_paths(transcript) if path[:-1] == parent]
    spelled = transcript.subject.rules.spellings
    took = {
        name
        for name in {item.name for item in here}
        if _took(name, member.name, documented, spelled)
    }
    named = [item for item in here if item.name in took]
    took_it = named or _same_content(member, here)
    return Renamed(tuple(took_it), "some items" if having else "every item")


def _same_content(member: Member, here: list[Undeclared]) -> list[Undeclared]:
    """List what holds an object's members under another name, or those that moved out of it."""
    inside = member.schema.properties
    holding = [
        item
        for item in here
        if isinstance(item.value, dict) and len(inside.keys() & item.value.keys()) >= TELLING
    ]
    moved = [item for item in here if item.path[-1] in inside]
    return holding or (moved if len({item.path for item in moved}) >= TELLING else [])


def objects(transcript: Transcript, path: tuple[str, ...]) -> list[tuple[Exchange, str, Object]]:
    """List the objects at a path of all bodies, each with its exchange and its place."""
    met = _objects(transcript)
    if path not in met:
        met[path] = [
            (body.exchange, where, holder)
            for body in transcript.bodies
            for where, holder in found(body.value, path)
            if isinstance(holder, dict)
        ]
    return met[path]


@once
def _objects(_: Transcript) -> dict[tuple[str, ...], list[tuple[Exchange, str, Object]]]:
    """Remember what was listed: properties of one object ask for the same ones."""
    return {}


@once
def documented_paths(transcript: Transcript) -> frozenset[tuple[str, ...]]:
    """Return the way to each property that the contract lists."""
    schema = body_of(transcript.operation)
    return frozenset(member.path for member in schema.members()) if schema else frozenset()


def _took(
    name: str, member: str, documented: list[str], spelled: Mapping[str, tuple[str, ...]]
) -> bool:
    """Tell whether a name is a known spelling of the member, or alike and nearest to it."""
    if name in spelled.get(member, ()):
        return True
    nearest = max(documented, key=lambda other: (_likeness(name, other), other))
    return nearest == member and _likeness(name, member) >= ALIKE


def alike(name: str, member: str) -> bool:
    """Tell whether two names are spellings of one: case, separators, plural, or a known sibling."""
    return name in rules().spellings.get(member, ()) or _likeness(name, member) >= ALIKE


@cache
def _likeness(one: str, other: str) -> float:
    """Compare two names whatever their case, separators or plural."""
    return SequenceMatcher(None, _plain(one), _plain(other), autojunk=False).ratio()


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower()).removesuffix("s")
