"""Turns the places of a document into views; a reference is followed where it stands."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator
from typing import Final, NamedTuple

from find_webhook_kit.spec.document import pointer
from find_webhook_kit.spec.draft4 import format_reason, readable_pattern
from find_webhook_kit.spec.keywords import KEYWORDS
from find_webhook_kit.spec.operation import (
    METHODS,
    Example,
    Header,
    MediaType,
    Operation,
    Parameter,
    RequestBody,
    Response,
    SecurityScheme,
)
from find_webhook_kit.spec.references import Node, References
from find_webhook_kit.spec.schema import Schema, Schemas

_RANGE: Final = re.compile(r"[1-5]XX")
_STATUS: Final = re.compile(r"[1-5][0-9][0-9]")
_JSON: Final = re.compile(r"application/([a-z0-9.+-]+\+)?json|\*/\*|application/\*", re.IGNORECASE)
_STYLES: Final = {"query": "form", "cookie": "form"}


class Unchecked(NamedTuple):
    """A place of the document that nothing here checks, and why."""

    pointer: str
    line: int | None
    reason: str


class ContractReader:
    """Turns the places of a document into views; a reference is followed where it stands."""

    def __init__(self, references: References) -> None:
        self.references = references
        self.schemas = Schemas(references)
        self._notes: dict[tuple[str, str], Unchecked] = {}
        self.root = references.root
        self.operations = {item.operation_id: item for item in self._operations()}
        self._walked = tuple(self.schemas.walk())  # each is read, and its references lead on

    def unchecked(self) -> Iterable[Unchecked]:
        """List what the document says and nothing here checks."""
        for schema in self._walked:
            self.note_schema(schema)
        return self._notes.values()

    # The parts of every object

    def note(self, node: Node, reason: str) -> None:
        """Remember a place that nothing here checks."""
        source = self.schemas.source(node)
        self._notes[source, reason] = Unchecked(source, node.line, reason)

    def object(self, node: Node) -> Node:
        found = self.references.resolve(node)
        if not isinstance(found.value, dict):
            raise found.error("must be an object")
        return found

    def needed(self, node: Node, name: str) -> Node:
        found = node.child(name)
        if found is None:
            raise node.error(f"{name!r} is missing")
        return found

    def text(self, node: Node, name: str) -> str:
        found = node.child(name)
        value = None if found is None else self.references.resolve(found).value
        return "" if value is None else str(value)

    def is_true(self, node: Node, name: str) -> bool:
        found = node.child(name)
        return found is not None and found.value is True

    def below(self, node: Node, name: str) -> Iterator[tuple[str, Node]]:
        """List the members of an optional object, extensions left out."""
        found = node.child(name)
        if found is not None:
            yield from (
                (key, child)
                for key, child in self.object(found).children()
                if not key.startswith("x-") or name in {"properties", "headers", "examples"}
            )

    def listed(self, node: Node, name: str) -> Iterator[Node]:
        """List the items of an optional array."""
        found = node.child(name)
        if found is None:
            return
        if not isinstance(found.value, list):
            raise found.error("must be a list")
        yield from (child for _, child in found.children())

    # Operations

    def _operations(self) -> Iterator[Operation]:
        places = [
            (path, item, method, place)
            for path, item in self.below(self.root, "paths")
            for method, place in self.methods(item)
        ]
        names = {self.text(place, "operationId") for _, _, _, place in places}
        told: set[str] = set()
        for path, item, method, place in places:
            name = self.text(place, "operationId")
            if name in told:
                raise place.error(f"the operationId {name!r} stands twice")
            told |= {name} - {""}
            name = name or _derived(method, path, names)
            names.add(name)
            yield self.operation(name, path, method, item, place)

    def methods(self, item: Node) -> Iterator[tuple[str, Node]]:
        """List the methods of a path item; one that stands beside a reference wins."""
        own = dict(item.children())
        found = own | {k: v for k, v in self.object(item).children() if k not in own}
        yield from ((name, self.object(found[name])) for name in found if name in METHODS)

    def operation(self, name: str, path: str, method: str, item: Node, place: Node) -> Operation:
        parameters = {
            (each.name, each.location): each
            for holder in (self.object(item), item, place)
            for each in self.parameters(holder)
        }
        responses = {
            key: self.response(key, child) for key, child in self.below(place, "responses")
        }
        requirements = tuple(self.requirements(place))
        body = place.child("requestBody")
        return Operation(
            operation_id=name,
            method=method.upper(),
            path=path,
            summary=self.text(place, "summary"),
            description=self.text(place, "description"),
            parameters=tuple(parameters.values()),
            responses={each.status: each for each in responses.values() if each.status},
            security=tuple(dict.fromkeys(scheme for each in requirements for scheme in each)),
            source=self.schemas.source(place),
            ranges={int(key[0]): each for key, each in responses.items() if _RANGE.fullmatch(key)},
            default=responses.get("default"),
            request_body=None if body is None else self.request_body(body),
            requirements=requirements,
            servers=self.servers(place, item, self.root),
            tags=tuple(str(each.value) for each in self.listed(place, "tags")),
        )

    def servers(self, *places: Node) -> tuple[str, ...]:
        """Return the addresses of the nearest list, with the default of each variable put in."""
        for place in places:
            urls = tuple(self.server(each) for each in self.listed(place, "servers"))
            if urls:
                return urls
        return ("/",)

    def server(self, node: Node) -> str:
        url = self.text(node, "url")
        for name, variable in self.below(node, "variables"):
            url = url.replace(f"{{{name}}}", self.text(variable, "default"))
        return url

    def parameters(self, node: Node) -> Iterator[Parameter]:
        for each in self.listed(node, "parameters") if node.reference is None else ():
            yield self.parameter(self.object(each))

    def parameter(self, place: Node) -> Parameter:
        location = str(self.needed(place, "in").value)
        content = next(iter(self.content(place).values()), None)
        schema = place.child("schema")
        style = self.text(place, "style") or _STYLES.get(location, "simple")
        explode = place.child("explode")
        examples = dict(self.examples(place)) or (dict(content.examples) if content else {})
        first = next(iter(examples.values()), None)
        return Parameter(
            name=str(self.needed(place, "name").value),
            location=location,
            required=self.is_true(place, "required"),
            description=self.text(place, "description"),
            schema=content.schema if content else self.schema(place, schema),
            example=None if first is None else first.value,
            examples=examples,
            style=style,
            explode=style == "form" if explode is None else explode.value is True,
            allow_empty=self.is_true(place, "allowEmptyValue"),
            media_type=content.name if content else None,
            source=self.schemas.source(place),
        )

    def requirements(self, place: Node) -> Iterator[tuple[SecurityScheme, ...]]:
        """List the alternatives; a list of the operation's own, even an empty one, counts alone."""
        holder = place if place.child("security") else self.root
        for each in self.listed(holder, "security"):
            yield tuple(self.scheme(name, child) for name, child in self.object(each).children())

    def scheme(self, name: str, where: Node) -> SecurityScheme:
        found = self.references.at(f"/components/securitySchemes{pointer([name])}")
        if found is None:
            raise where.error(f"the security scheme {name!r} is not defined")
        place = self.object(found)
        type_ = str(self.needed(place, "type").value)
        scheme = self.text(place, "scheme").lower()
        if type_ in {"oauth2", "openIdConnect"}:
            scheme = "bearer"
        elif type_ == "http" and scheme not in {"bearer", "basic"}:
            self.note(place, f"credentials of the scheme {scheme!r} are not checked")
        return SecurityScheme(name, type_, scheme, self.text(place, "in"), self.text(place, "name"))

    # Bodies

    def request_body(self, node: Node) -> RequestBody:
        place = self.object(node)
        return RequestBody(
            required=self.is_true(place, "required"),
            description=self.text(place, "description"),
            content=self.content(place),
            source=self.schemas.source(place),
        )

    def response(self, key: str, node: Node) -> Response:
        place = self.object(node)
        if not (_STATUS.fullmatch(key) or _RANGE.fullmatch(key) or key == "default"):
            raise node.error("a response is for a status, for a range as 4XX, or the default")
        return Response(
            status=int(key) if key.isdecimal() else 0,
            description=self.text(place, "description"),
            content=self.content(place),
            headers={name: self.header(name, each) for name, each in self.below(place, "headers")},
            source=self.schemas.source(place),
            key=key,
        )

    def header(self, name: str, node: Node) -> Header:
        place = self.object(node)
        content = next(iter(self.content(place).values()), None)
        schema = place.child("schema")
        example = next((each.value for _, each in self.examples(place)), None)
        return Header(
            name=name,
            required=self.is_true(place, "required"),
            assumption=self.is_true(place, "x-assumption"),
            source=self.schemas.source(place),
            schema=self.schemas.of(schema) if schema else (content.schema if content else None),
            example=example,
            media_type=content.name if content and not schema else None,
        )

    def content(self, node: Node) -> dict[str, MediaType]:
        return {name: self.media_type(name, child) for name, child in self.below(node, "content")}

    def media_type(self, name: str, node: Node) -> MediaType:
        place = self.object(node)
        schema = place.child("schema")
        essence = name.partition(";")[0].strip()
        if schema is not None and not _JSON.fullmatch(essence):
            self.note(place, f"a body of the type {essence} is not checked, JSON alone is")
        return MediaType(
            name=name,
            schema=self.schema(place, schema),
            examples=dict(self.examples(place)),
            assumption=self.is_true(place, "x-assumption"),
        )

    def schema(self, holder: Node, node: Node | None) -> Schema:
        """Return a schema, or the one that allows anything where the document has none."""
        return self.schemas.of(node or Node(holder.document, f"{holder.pointer}/schema", {}))

    def examples(self, node: Node) -> Iterator[tuple[str, Example]]:
        """List the examples of a place: `example`, then each of `examples`."""
        one = node.child("example")
        if one is not None:
            yield "example", Example("example", "example", one.value)
        for key, child in self.below(node, "examples"):
            place = self.object(child)
            value = place.child("value")
            if value is not None:
                yield key, Example(key, self.text(place, "summary") or key, value.value)
            elif place.child("externalValue"):
                self.note(place, "an example that stands elsewhere is not read")

    def note_schema(self, schema: Schema) -> None:
        """Say which keywords of a schema nothing here checks."""
        for name, child in schema.node.children():
            if name not in KEYWORDS and not name.startswith("x-"):
                self.note(child, f"the keyword {name!r} is not checked")
        pattern, default, format_ = map(schema.node.child, ("pattern", "default", "format"))
        if pattern is not None and not readable_pattern(str(pattern.value)):
            self.note(pattern, "the pattern is not readable here")
        if default is not None and schema.violations(default.value):
            self.note(default, "the default is not what its schema allows")
        reason = format_reason(schema.type, schema.format) if schema.format else None
        if format_ is not None and reason:
            self.note(format_, reason)


def _derived(method: str, path: str, taken: set[str]) -> str:
    """Name an operation after its method and path, as no other one is named."""
    name = base = re.sub(r"[^A-Za-z0-9]+", "_", f"{method}{path}").strip("_")
    number = 1
    while name in taken:
        number += 1
        name = f"{base}_{number}"
    return name
