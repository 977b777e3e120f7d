"""The contract as typed, frozen views; the only reader of `openapi.yaml`."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from itertools import count
from pathlib import Path
from typing import Final, cast

from find_webhook_kit.spec.document import Document, DocumentError, Json, pointer, read
from find_webhook_kit.spec.schema import FORMATS, KEYWORDS, Schema

PATH: Final = Path(__file__).with_name("openapi.yaml")
METHODS: Final = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
MAX_SCHEMAS: Final = 10_000
MAX_DEPTH: Final = 64
ASSUMPTION: Final = "an assumption of this kit"


@dataclass(frozen=True, slots=True)
class Example:
    """A named example of a body."""

    name: str
    summary: str
    value: Json


@dataclass(frozen=True, slots=True)
class MediaType:
    """What a response promises under one media type."""

    name: str
    schema: Schema
    examples: Mapping[str, Example]
    assumption: bool


@dataclass(frozen=True, slots=True)
class Header:
    """A header that a response may carry."""

    name: str
    required: bool
    assumption: bool
    source: str


@dataclass(frozen=True, slots=True)
class Response:
    """A documented answer, and its place in the document."""

    status: int
    description: str
    content: Mapping[str, MediaType]
    headers: Mapping[str, Header]
    source: str


@dataclass(frozen=True, slots=True)
class Parameter:
    """A documented parameter."""

    name: str
    location: str
    required: bool
    description: str
    schema: Schema
    example: Json


@dataclass(frozen=True, slots=True)
class SecurityScheme:
    """A way to show credentials; `scheme` is the HTTP authentication scheme, lower case."""

    name: str
    type: str
    scheme: str


@dataclass(frozen=True, slots=True)
class Operation:
    """One method on one path."""

    operation_id: str
    method: str
    path: str
    summary: str
    description: str
    parameters: tuple[Parameter, ...]
    responses: Mapping[int, Response]
    security: tuple[SecurityScheme, ...]
    source: str


@dataclass(frozen=True, eq=False)
class Contract:
    """The whole document: its operations, its bytes, and itself as plain data."""

    title: str
    version: str
    operations: Mapping[str, Operation]
    content: bytes
    document: Mapping[str, Json]
    lines: Mapping[str, int] = field(repr=False)
    path: Path = PATH

    def line(self, source: str) -> int | None:
        """Return the line (1-based) of a JSON pointer into the document, or None: no such place."""
        return self.lines.get(source)

    def origin(self, source: str) -> str:
        """Say who made the promise at a place of the document: a page of the vendor's, or we."""
        origin, value = f"vendor page {self.version}", cast("Json", self.document)
        for part in source.split("/")[1:]:
            value = _child(value, part)
            origin = _mark(value) or origin
        marks = {_mark(item) for item in self._named(value)}
        return marks.pop() or origin if len(marks) == 1 else origin

    def _named(self, value: Json) -> Iterator[Json]:
        """List what a place stands for: the media types of a content, the schemes of a security."""
        if isinstance(value, dict):
            yield from value.values()
        schemes = _child(_child(self.document, "components"), "securitySchemes")
        for requirement in value if isinstance(value, list) else ():
            for name in requirement if isinstance(requirement, dict) else ():
                yield _child(schemes, pointer([name])[1:])

    @property
    def digest(self) -> str:
        """A short fingerprint of the document, the same whatever ends its lines."""
        return hashlib.sha256(b"\n".join(self.content.splitlines())).hexdigest()[:12]

    def methods(self, path: str) -> tuple[str, ...]:
        """Return the methods that the contract declares on a path template, upper case."""
        return tuple(item.method for item in self.operations.values() if item.path == path)


@cache
def contract() -> Contract:
    """Read the contract once; raise `DocumentError` when it is not one that this kit can keep."""
    return load(PATH)


def load(path: Path, *, every_keyword: bool = False) -> Contract:
    """Read an OpenAPI 3.0 document; raise `DocumentError` naming the line of what is wrong.

    A schema with a keyword or format that nothing here checks is wrong, unless `every_keyword`
    says that the document is only read, and not held against anything.
    """
    source = _Source(read(path), every_keyword)
    info = source.mapping("/info")
    version = source.at("/openapi")
    if not str(version).startswith("3.0."):
        raise source.error("/openapi", f"OpenAPI 3.0 is needed (Connexion), not {version!r}")
    return Contract(
        title=str(info["title"]),
        version=str(info["version"]),
        operations={item.operation_id: item for item in source.operations()},
        content=source.document.content,
        document=cast("Mapping[str, Json]", source.document.value),
        lines=source.document.lines,
        path=source.document.path,
    )


def _child(value: Json | Mapping[str, Json], part: str) -> Json:
    """Return what stands under one part of a pointer, or None."""
    key = part.replace("~1", "/").replace("~0", "~")
    if isinstance(value, list) and key.isdecimal() and int(key) < len(value):
        return value[int(key)]
    return value.get(key) if isinstance(value, Mapping) else None


def _mark(value: Json) -> str:
    """Return who made a promise, where the document says so beside it."""
    marked = value if isinstance(value, dict) else {}
    return ASSUMPTION if marked.get("x-assumption") is True else str(marked.get("x-source", ""))


@dataclass(frozen=True, slots=True)
class _Source:
    """The raw document, read by JSON pointer; a reference is followed where it stands."""

    document: Document
    every_keyword: bool
    built: Iterator[int] = field(default_factory=count)

    def error(self, where: str, reason: str) -> DocumentError:
        return DocumentError(self.document.path, f"{where}: {reason}", self.document.line(where))

    def at(self, where: str) -> Json:
        value = self.document.value
        for part in where.split("/")[1:]:
            key = part.replace("~1", "/").replace("~0", "~")
            if not isinstance(value, dict) or key not in value:
                raise self.error(where, f"{key!r} is missing")
            value = value[key]
        return value

    def mapping(self, where: str) -> Mapping[str, Json]:
        value = self.at(where)
        if not isinstance(value, dict):
            raise self.error(where, "must be an object")
        return value

    def below(self, where: str, key: str) -> Iterator[tuple[str, str]]:
        """List the names under an optional member, each with its own pointer."""
        if key in self.mapping(where):
            for name in self.mapping(f"{where}/{key}"):
                yield name, f"{where}/{key}{pointer([name])}"

    def operations(self) -> Iterator[Operation]:
        for path, where in self.below("", "paths"):
            for method in self.mapping(where):
                if method in METHODS:
                    yield self.operation(path, method, f"{where}/{method}")

    def operation(self, path: str, method: str, where: str) -> Operation:
        value = self.mapping(where)
        parameters = len(cast("list[Json]", value.get("parameters", [])))
        return Operation(
            operation_id=str(self.at(f"{where}/operationId")),
            method=method.upper(),
            path=path,
            summary=str(value.get("summary", "")),
            description=str(value.get("description", "")),
            parameters=tuple(self.parameter(where, index) for index in range(parameters)),
            responses={
                int(status): self.response(int(status), place)
                for status, place in self.below(where, "responses")
            },
            security=tuple(self.security(where)),
            source=where,
        )

    def parameter(self, where: str, index: int) -> Parameter:
        place = f"{where}/parameters/{index}"
        listed = cast("list[dict[str, Json]]", self.mapping(where)["parameters"])
        value = listed[index]
        return Parameter(
            name=str(value["name"]),
            location=str(value["in"]),
            required=value.get("required") is True,
            description=str(value.get("description", "")),
            schema=self.schema(cast("Mapping[str, Json]", value["schema"]), f"{place}/schema"),
            example=value.get("example"),
        )

    def security(self, where: str) -> Iterator[SecurityScheme]:
        for requirement in cast("list[dict[str, Json]]", self.mapping(where).get("security", [])):
            for name in requirement:
                scheme = self.mapping(f"/components/securitySchemes{pointer([name])}")
                word = str(scheme.get("scheme", "")).lower()
                yield SecurityScheme(name, str(scheme["type"]), word)

    def response(self, status: int, where: str) -> Response:
        return Response(
            status=status,
            description=str(self.at(f"{where}/description")),
            content={
                name: self.media_type(name, place) for name, place in self.below(where, "content")
            },
            headers=dict(self.headers(where)),
            source=where,
        )

    def headers(self, where: str) -> Iterator[tuple[str, Header]]:
        for name, place in self.below(where, "headers"):
            value = self.mapping(place)
            assumption = value.get("x-assumption") is True
            yield name, Header(name, value.get("required") is True, assumption, place)

    def media_type(self, name: str, where: str) -> MediaType:
        examples = {}
        for key, place in self.below(where, "examples"):
            example = self.mapping(place)
            examples[key] = Example(key, str(example.get("summary", key)), example["value"])
        return MediaType(
            name=name,
            schema=self.schema(self.mapping(f"{where}/schema"), f"{where}/schema"),
            examples=examples,
            assumption=self.mapping(where).get("x-assumption") is True,
        )

    def schema(self, value: Mapping[str, Json], where: str, inside: tuple[str, ...] = ()) -> Schema:
        """Resolve a schema; its place becomes the place of the definition it refers to.

        `inside` lists the definitions that lead here.
        """
        if next(self.built) > MAX_SCHEMAS or len(inside) > MAX_DEPTH:
            raise self.error(where, "the references lead to more schemas than are read here")
        if "$ref" in value:
            target = str(value["$ref"]).removeprefix("#")
            if target in inside:
                raise self.error(where, f"{target} refers to itself, which is not read here")
            return self.schema(self.mapping(target), target, (*inside, target))
        unknown = sorted(set(value) - KEYWORDS)
        if unknown and not self.every_keyword:
            raise self.error(
                f"{where}{pointer([unknown[0]])}", "a keyword that nothing here checks"
            )
        if value.get("format", "date-time") not in FORMATS and not self.every_keyword:
            raise self.error(f"{where}/format", f"the format {value['format']!r} is not checked")
        parts = dict(self._parts(value, where, inside))
        return Schema(_resolved(value, parts), where, parts)

    def _parts(
        self, value: Mapping[str, Json], where: str, inside: tuple[str, ...]
    ) -> Iterator[tuple[str, Schema]]:
        if "items" in value:
            items = cast("Mapping[str, Json]", value["items"])
            yield "items", self.schema(items, f"{where}/items", inside)
        for index, branch in enumerate(cast("list[dict[str, Json]]", value.get("anyOf", []))):
            yield f"anyOf/{index}", self.schema(branch, f"{where}/anyOf/{index}", inside)
        for name, member in cast("dict[str, dict[str, Json]]", value.get("properties", {})).items():
            yield (
                f"properties/{name}",
                self.schema(member, f"{where}/properties{pointer([name])}", inside),
            )


def _resolved(value: Mapping[str, Json], parts: Mapping[str, Schema]) -> dict[str, Json]:
    """Put the resolved parts where their references stood, so that the schema stands alone."""
    plain = dict(value)
    if "items" in parts:
        plain["items"] = dict(parts["items"].value)
    if "properties" in value:
        names = cast("Mapping[str, Json]", value["properties"])
        plain["properties"] = {name: dict(parts[f"properties/{name}"].value) for name in names}
    if "anyOf" in value:
        branches = len(cast("list[Json]", value["anyOf"]))
        plain["anyOf"] = [dict(parts[f"anyOf/{index}"].value) for index in range(branches)]
    return plain
