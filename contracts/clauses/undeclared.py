"""Strangers: members that nobody documented, and those whose place they may have taken."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from difflib import SequenceMatcher
from functools import cache, lru_cache
from itertools import islice
from typing import Final

from find_webhook_kit.contracts.clauses.clause import MAX_FINDINGS, Record
from find_webhook_kit.contracts.clauses.spelling import difference
from find_webhook_kit.contracts.finding import Finding, Kind, Severity
from find_webhook_kit.contracts.wire.exchange import Exchange
from find_webhook_kit.spec import Json, Member, pointer
from find_webhook_kit.spec.meaning import SIBLINGS

ALIKE: Final = 0.8  # of difflib's ratio; `callUpsert` beside `chatsUpsert` stays below
TELLING: Final = 3  # documented members, that make an object the one they are documented in


@dataclass(frozen=True, slots=True)
class Stranger:
    """An undeclared member: in which kind of object, at which place, with which value."""

    path: tuple[str, ...]
    pointer: str
    value: Json
    exchange: Exchange

    @property
    def name(self) -> str:
        return self.path[-1]

    def hint(self, record: Record) -> str:
        """Tell it from the documented member that it looks like, where it looks like one."""
        names = sorted(path[-1] for path in _documented(record) if path[:-1] == self.path[:-1])
        return next(filter(None, (difference(name, self.name) for name in names)), "")

    @property
    def place(self) -> tuple[int, str]:
        """Where it stands: in which answer, and where in it."""
        return id(self.exchange), self.pointer

    @property
    def holder(self) -> tuple[int, str]:
        """Where the object stands that it is a member of."""
        return id(self.exchange), self.pointer.rpartition("/")[0]

    def finding(self, record: Record, member: Member, gone: str) -> Finding:
        """Say that this one took a documented member's place."""
        return record.finding(
            self.exchange,
            Severity.ERROR,
            Kind.RENAMED,
            f"{'.'.join(member.path)} is gone from {gone}, {self.name} appeared instead",
            expected=member.name,
            got=self.name,
            at=self.pointer,
        )


@lru_cache(maxsize=1)
def strangers(record: Record) -> tuple[Stranger, ...]:
    """List the members that the contract does not know, in objects whose members it lists."""
    return tuple(islice(_strangers(record), MAX_FINDINGS))


def _strangers(record: Record) -> Iterator[Stranger]:
    known = _documented(record)
    for parent in sorted({path[:-1] for path in known}):
        for exchange, where, holder in objects(record, parent):
            for name, value in holder.items():
                if (*parent, name) not in known:
                    yield Stranger((*parent, name), where + pointer([name]), value, exchange)


@dataclass(frozen=True, slots=True)
class Renamed:
    """The strangers that took a member's place, each in an object that lacks the member.

    `gone` tells whether the member is still there in other objects.
    """

    strangers: tuple[Stranger, ...]
    gone: str

    @property
    def holders(self) -> frozenset[tuple[int, str]]:
        """The objects that have it under another name."""
        return frozenset(item.holder for item in self.strangers)


def look_alikes(member: Member, record: Record) -> Renamed:
    """Find the strangers that took a member's place, object by object."""
    parent = member.path[:-1]
    holders = objects(record, parent)
    having = {(id(exchange), where) for exchange, where, holder in holders if member.name in holder}
    here = [
        item for item in strangers(record) if item.path[:-1] == parent and item.holder not in having
    ]
    documented = [path[-1] for path in _documented(record) if path[:-1] == parent]
    took = {name for name in {item.name for item in here} if _took(name, member.name, documented)}
    named = [item for item in here if item.name in took]
    found = named or _same_content(member, here)
    return Renamed(tuple(found), "some items" if having else "every item")


def _same_content(member: Member, here: list[Stranger]) -> list[Stranger]:
    """List what holds an object's members under another name, or those that moved out of it."""
    inside = member.schema.properties
    holding = [
        item
        for item in here
        if isinstance(item.value, dict) and len(inside.keys() & item.value.keys()) >= TELLING
    ]
    moved = [item for item in here if item.path[-1] in inside]
    return holding or (moved if len({item.path for item in moved}) >= TELLING else [])


@lru_cache(maxsize=4)  # members of one object ask for the same ones
def objects(record: Record, path: tuple[str, ...]) -> list[tuple[Exchange, str, dict[str, Json]]]:
    """List the objects at a path of all bodies, each with its exchange and its place."""
    return [
        (body.exchange, where, holder)
        for body in record.bodies
        for where, holder in _walk(body.value, path, "")
    ]


def _documented(record: Record) -> frozenset[tuple[str, ...]]:
    schema = record.operation.responses[200].content["application/json"].schema
    return frozenset(member.path for member in schema.members())


def _took(stranger: str, member: str, documented: list[str]) -> bool:
    """Tell whether a stranger is a known spelling of the member, or alike and nearest to it."""
    if stranger in SIBLINGS.get(member, ()):
        return True
    nearest = max(documented, key=lambda name: (_likeness(stranger, name), name))
    return nearest == member and alike(stranger, member)


def alike(stranger: str, member: str) -> bool:
    """Tell whether two names are spellings of one: case, separators, plural, or a known sibling."""
    return stranger in SIBLINGS.get(member, ()) or _likeness(stranger, member) >= ALIKE


@cache
def _likeness(one: str, other: str) -> float:
    """Compare two names whatever their case, separators or plural."""
    return SequenceMatcher(None, _plain(one), _plain(other), autojunk=False).ratio()


def _plain(name: str) -> str:
    return re.sub(r"[^a-z0-9]", "", name.lower()).removesuffix("s")


def _walk(value: Json, path: tuple[str, ...], where: str) -> Iterator[tuple[str, dict[str, Json]]]:
    if not path:
        if isinstance(value, dict):
            yield where, value
    elif path[0] == "[]":
        for index, item in enumerate(value if isinstance(value, list) else []):
            yield from _walk(item, path[1:], f"{where}/{index}")
    elif isinstance(value, dict) and path[0] in value:
        yield from _walk(value[path[0]], path[1:], where + pointer([path[0]]))
