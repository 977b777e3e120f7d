"""A part of a document that is being compared: a value, its place, and the parts below it."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from itertools import count
from typing import Final, TypeVar

from find_webhook_kit.spec import DocumentError, Json
from find_webhook_kit.spec.references import Node, References

K = TypeVar("K")
V = TypeVar("V")


@dataclass(frozen=True, slots=True, eq=False)
class Source:
    """A document that is read for a comparison; `used` holds what its references led to.

    `siblings_count` says that what stands beside a `$ref` in a schema holds too (OpenAPI 3.1).
    """

    references: References
    siblings_count: bool = False
    used: set[str] = field(default_factory=set)
    followed: dict[tuple[int, str], Node] = field(default_factory=dict)

    @property
    def root(self) -> Part:
        return Part(self, self.references.root)

    def follow(self, node: Node) -> Node:
        """Follow a reference to the value it stands for."""
        if node.reference is None:
            return node
        key = (id(node.document), node.pointer)
        if key not in self.followed:
            found = self.followed[key] = self.references.resolve(node)
            self.used.add(found.pointer)
        return self.followed[key]


@dataclass(frozen=True, slots=True, eq=False)
class Part:
    """A value at a place of a document. Two parts are equal when they are the same place."""

    source: Source
    node: Node

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Part) and self.key == other.key

    def __hash__(self) -> int:
        return hash(self.key)

    @property
    def key(self) -> tuple[int, str]:
        return id(self.node.document), self.node.pointer

    @property
    def value(self) -> Json:
        return self.node.value

    @property
    def file(self) -> str:
        return str(self.node.document.path)

    def error(self, reason: str) -> DocumentError:
        """Make the error that names this place as one that cannot be read."""
        return self.node.error(reason)

    @property
    def fields(self) -> Mapping[str, Json]:
        """The members of an object; another value is an error."""
        if not isinstance(self.value, dict):
            raise self.error("must be an object")
        return self.value

    @property
    def name(self) -> str:
        """The last step to this place: what a member is called."""
        return self.node.pointer.rpartition("/")[2].replace("~1", "/").replace("~0", "~")

    @property
    def reference(self) -> str | None:
        return self.node.reference

    @property
    def followed(self) -> Part:
        """What this part is, or what its reference leads to."""
        return self if self.reference is None else Part(self.source, self.source.follow(self.node))

    def raw(self, name: str) -> Part | None:
        """Return a member as it stands, a reference or not."""
        found = self.node.child(name) if name in self.fields else None
        return None if found is None else Part(self.source, found)

    def child(self, name: str) -> Part | None:
        """Return what a member is or refers to."""
        found = self.raw(name)
        return None if found is None else found.followed

    def text(self, name: str, default: str = "") -> str:
        """Return a member that is a text."""
        value = self.fields.get(name, default)
        if not isinstance(value, str):
            raise self.at(name).error("must be a text")
        return value

    def flag(self, name: str, *, default: bool = False) -> bool:
        """Return a member that is true or false."""
        value = self.fields.get(name, default)
        if not isinstance(value, bool):
            raise self.at(name).error("must be true or false")
        return value

    def members(self, name: str) -> Mapping[str, Part]:
        """Return what an optional object holds by name, references followed."""
        holder = self.child(name)
        return {} if holder is None else {key: part.followed for key, part in holder.parts()}

    def parts(self) -> Iterator[tuple[str, Part]]:
        """List the members of an object, as they stand."""
        for name in self.fields:
            yield name, self.at(name)

    def items(self, name: str) -> list[Part]:
        """Return what an optional array holds, as it stands."""
        holder = self.raw(name)
        if holder is None:
            return []
        if not isinstance(holder.value, list):
            raise holder.error("must be an array")
        return [Part(self.source, child) for _, child in holder.node.children()]

    def at(self, name: str) -> Part:
        """Return a member that is there, as it stands; else this place itself."""
        found = self.node.child(name)
        return self if found is None else Part(self.source, found)


def both(old: Mapping[K, V], new: Mapping[K, V]) -> Iterator[tuple[K, V | None, V | None]]:
    """List what either side has, by name, as it is on each side."""
    for name in dict.fromkeys((*old, *new)):
        yield name, old.get(name), new.get(name)


def written(value: Json) -> str:
    """Write a value so that equal values are equal texts, whatever the order of members."""
    return json.dumps(_plain(value), sort_keys=True, ensure_ascii=False)


def _plain(value: Json) -> Json:
    """Write 1.0 as 1: JSON knows one kind of number."""
    if isinstance(value, float) and value.is_integer():
        return int(value)
    if isinstance(value, list):
        return [_plain(item) for item in value]
    return {key: _plain(item) for key, item in value.items()} if isinstance(value, dict) else value


MOST_RESOLVED: Final = 50_000
"""Values that are written out where references lead to them."""
MOST_DEEP: Final = 64
"""References that are followed one inside the other."""


def resolved(part: Part) -> Json:
    """Return a value with what its references lead to in their place; a cycle ends in its name."""
    return _resolved(part, frozenset(), count(1))


def _resolved(part: Part, inside: frozenset[tuple[int, str]], counter: Iterator[int]) -> Json:
    here = part.followed
    if next(counter) > MOST_RESOLVED or len(inside) > MOST_DEEP:
        raise part.error("the references lead to more than can be read here: make it flatter")
    if here.key in inside:
        return {"$ref": here.node.pointer}
    within = inside | {here.key} if here is not part else inside
    if isinstance(here.value, dict):
        return {name: _resolved(child, within, counter) for name, child in here.parts()}
    if isinstance(here.value, list):
        children = (Part(here.source, child) for _, child in here.node.children())
        return [_resolved(child, within, counter) for child in children]
    return here.value
