"""Schemas of the contract, each at the place where it is defined, and what they list."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from itertools import islice
from typing import cast

from find_webhook_kit.spec.document import Json, pointer
from find_webhook_kit.spec.draft4 import Direction, translated
from find_webhook_kit.spec.keywords import SHAPES
from find_webhook_kit.spec.references import Node, References
from find_webhook_kit.spec.violations import MAX_VIOLATIONS, Validator, Violation

__all__ = ["Direction", "Discriminator", "Member", "Schema", "Schemas", "Violation"]


@dataclass(frozen=True, slots=True)
class Member:
    """A documented member of an object, and where it stands below the schema it was listed from.

    `path` names the way down: `("address", "street")`; an array adds `"[]"`.
    `required` says what the page says: required inside the object that holds it.
    """

    path: tuple[str, ...]
    required: bool
    schema: Schema

    @property
    def name(self) -> str:
        return self.path[-1]


@dataclass(frozen=True, slots=True)
class Discriminator:
    """The member that names the schema of an object, and which schema each value stands for."""

    property: str
    mapping: Mapping[str, Schema]


@dataclass(frozen=True, eq=False)
class Schema:
    """A schema of the contract at the place where it is defined; what it refers to is followed.

    One place has one `Schema`, however it is reached, so a walk ends on one that it has met.
    """

    node: Node = field(repr=False)
    source: str
    _schemas: Schemas = field(repr=False)

    @property
    def value(self) -> Mapping[str, Json]:
        """The schema as it is written; a reference in it stands as it is."""
        return cast("Mapping[str, Json]", self.node.value)

    @property
    def type(self) -> str | None:
        return cast("str | None", self.value.get("type"))

    @property
    def format(self) -> str | None:
        return cast("str | None", self.value.get("format"))

    @property
    def nullable(self) -> bool:
        """True where `null` is a value, too."""
        return self.value.get("nullable") is True

    @property
    def assumption(self) -> bool:
        """True where the contract says more than the vendor's page."""
        return self.value.get("x-assumption") is True

    @property
    def required(self) -> tuple[str, ...]:
        return tuple(cast("list[str]", self.value.get("required", [])))

    @cached_property
    def items(self) -> Schema | None:
        return self._child("items")

    @cached_property
    def negated(self) -> Schema | None:
        """The schema under `not`."""
        return self._child("not")

    @cached_property
    def additional(self) -> Schema | bool:
        """What members may be that are not listed: of a schema, anything, or there may be none."""
        if self.value.get("additionalProperties") is False:
            return False
        return self._child("additionalProperties") or True

    @cached_property
    def properties(self) -> Mapping[str, Schema]:
        """The members that this schema lists itself; `members()` goes through `allOf`, too."""
        node = self.node.child("properties")
        return {name: self._schemas.of(child) for name, child in node.children()} if node else {}

    @cached_property
    def all_of(self) -> tuple[Schema, ...]:
        return self._branches("allOf")

    @cached_property
    def any_of(self) -> tuple[Schema, ...]:
        return self._branches("anyOf")

    @cached_property
    def one_of(self) -> tuple[Schema, ...]:
        return self._branches("oneOf")

    @property
    def discriminator(self) -> Discriminator | None:
        return self._schemas.discriminator(self)

    def children(self) -> Iterator[Schema]:
        """List the schemas directly under this one."""
        for child in (self.items, self.negated, self.additional):
            if isinstance(child, Schema):
                yield child
        yield from (*self.all_of, *self.any_of, *self.one_of, *self.properties.values())

    def members(self) -> Iterator[Member]:
        """List every documented member, depth first, in the order of the document.

        Those of `allOf` are the schema's own. A schema inside itself is listed, and not entered.
        """
        return iter(self._every_member)

    def direct(self) -> dict[str, Schema]:
        """Return the members of an object by name, without those of objects in it."""
        return {each.name: each.schema for each in self._every_member if len(each.path) == 1}

    @cached_property
    def _every_member(self) -> tuple[Member, ...]:
        return tuple(self._members(()))

    def _members(self, inside: tuple[Schema, ...]) -> Iterator[Member]:
        if self in inside:
            return
        inside = (*inside, self)
        if self.items is not None:
            for member in self.items._members(inside):  # noqa: SLF001 - its own kind
                yield Member(("[]", *member.path), member.required, member.schema)
        needed = self.needed()
        own = {name: each for part in self.parts() for name, each in part.properties.items()}
        for name, schema in own.items():
            yield Member((name,), name in needed, schema)
            for member in schema._members(inside):  # noqa: SLF001 - its own kind
                yield Member((name, *member.path), member.required, member.schema)

    def parts(self, inside: tuple[Schema, ...] = ()) -> Iterator[Schema]:
        """List the parts of `allOf`, each behind its own, and then this schema."""
        if self not in inside:
            for part in self.all_of:
                yield from part.parts((*inside, self))
            yield self

    def needed(self) -> frozenset[str]:
        """Return the names that are required, here or in a part of `allOf`."""
        return frozenset(name for part in self.parts() for name in part.required)

    def says(self, keyword: str) -> bool:
        """Tell whether a keyword is true, here or in a part of `allOf`."""
        return any(part.value.get(keyword) is True for part in self.parts())

    def violations(
        self, instance: Json, direction: Direction = "response"
    ) -> tuple[Violation, ...]:
        """Return the offences of the value, in the order of the value; none means it conforms.

        There may be millions, of which the first thousand are looked for. What is `readOnly` has
        no place in a request, and what is `writeOnly` none in a response.
        Formats are asserted: `date-time` is RFC 3339, in either case of `t` and `z`.
        """
        validator = self._of_responses if direction == "response" else self._of_requests
        return tuple(islice(validator.violations(instance), MAX_VIOLATIONS))

    def _child(self, keyword: str) -> Schema | None:
        node = self.node.child(keyword)
        return self._schemas.of(node) if node and isinstance(node.value, dict) else None

    def _branches(self, keyword: str) -> tuple[Schema, ...]:
        node = self.node.child(keyword)
        return tuple(self._schemas.of(child) for _, child in node.children()) if node else ()

    @cached_property
    def _of_responses(self) -> Validator:
        return Validator(translated(self, "response"))

    @cached_property
    def _of_requests(self) -> Validator:
        return Validator(translated(self, "request"))


class Schemas:
    """The schemas of one document, each place once."""

    def __init__(self, references: References) -> None:
        self.references = references
        self._known: dict[object, Schema] = {}

    def of(self, node: Node) -> Schema:
        """Return the schema at a place; a reference is followed to where it is defined."""
        found = self.references.resolve(node)
        if found.key not in self._known:
            self._check(found)
            self._known[found.key] = Schema(found, self.source(found), self)
        return self._known[found.key]

    def source(self, node: Node) -> str:
        """Write a place as a JSON pointer; of another file, behind its name and a `#`."""
        name = self.references.name(node.document)
        return f"{name}#{node.pointer}" if name else node.pointer

    def discriminator(self, schema: Schema) -> Discriminator | None:
        """Read which value names which schema; a name alone is one of the document's schemas."""
        node = schema.node.child("discriminator")
        name = node.child("propertyName") if node else None
        if node is None or name is None or not isinstance(name.value, str):
            return None
        mapping = {
            child.reference.rpartition("/")[2]: self.of(child)
            for keyword in ("oneOf", "anyOf")
            for _, child in (schema.node.child(keyword) or _nothing(node)).children()
            if child.reference
        }
        listed = node.child("mapping") or _nothing(node)
        for value, child in listed.children():
            target = str(child.value)
            named = self.references.at(f"/components/schemas{pointer([target])}")
            link = Node(child.document, child.pointer, {"$ref": target})
            mapping[value] = self.of(named or link)
        return Discriminator(name.value, mapping)

    def _check(self, node: Node) -> None:
        """Refuse a keyword whose value is not what the specification says."""
        if not isinstance(node.value, dict):
            raise node.error("a schema must be an object")
        for keyword, child in node.children():
            fits, words = SHAPES.get(keyword, (None, ""))
            if fits is not None and not fits(child.value):
                raise child.error(f"{keyword} must be {words}")

    def walk(self) -> Iterator[Schema]:
        """List every schema that was met, and all below them."""
        waiting, met = list(self._known.values()), set(self._known)
        while waiting:
            schema = waiting.pop()
            yield schema
            for child in schema.children():
                if child.node.key not in met:
                    met.add(child.node.key)
                    waiting.append(child)


def _nothing(node: Node) -> Node:
    return Node(node.document, node.pointer, {})
