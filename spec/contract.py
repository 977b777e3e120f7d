"""The contract as typed, frozen views; the only reader of `openapi.yaml`."""

from __future__ import annotations

import hashlib
import re
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from functools import cache, cached_property
from pathlib import Path
from typing import Final, NamedTuple, cast
from urllib.parse import urlsplit

from find_webhook_kit.spec.bundle import bundled
from find_webhook_kit.spec.document import Document, Json, pointer, read
from find_webhook_kit.spec.draft4 import format_reason, readable_pattern
from find_webhook_kit.spec.references import Node, References
from find_webhook_kit.spec.routing import Match, NoMatch, Routes
from find_webhook_kit.spec.schema import Schema, Schemas, unknown_keywords

PATH: Final = Path(__file__).with_name("openapi.yaml")
METHODS: Final = ("get", "put", "post", "delete", "options", "head", "patch", "trace")
ASSUMPTION: Final = "an assumption of this kit"
_RANGE: Final = re.compile(r"[1-5]XX")
_STATUS: Final = re.compile(r"[1-5][0-9][0-9]")
_JSON: Final = re.compile(r"application/([a-z0-9.+-]+\+)?json|\*/\*|application/\*", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Example:
    """A named example of a body; the one that stands under `example` has that name."""

    name: str
    summary: str
    value: Json


@dataclass(frozen=True, slots=True)
class MediaType:
    """What a body is under one media type; without a schema it is anything."""

    name: str
    schema: Schema
    examples: Mapping[str, Example]
    assumption: bool


@dataclass(frozen=True, slots=True)
class Header:
    """A header that a response may carry; `media_type` is set where its value is a text of it."""

    name: str
    required: bool
    assumption: bool
    source: str
    schema: Schema | None = None
    example: Json = None
    media_type: str | None = None


@dataclass(frozen=True, slots=True)
class Response:
    """A documented answer, and its place in the document.

    `key` is how the document calls it: a status, a range as `4XX`, or `default`. The `status` of
    the latter two is 0.
    """

    status: int
    description: str
    content: Mapping[str, MediaType]
    headers: Mapping[str, Header]
    source: str
    key: str = ""


@dataclass(frozen=True, slots=True)
class RequestBody:
    """What a request carries."""

    required: bool
    description: str
    content: Mapping[str, MediaType]
    source: str


@dataclass(frozen=True, slots=True)
class Parameter:
    """A documented parameter; `media_type` is set where its value is a text of that type."""

    name: str
    location: str
    required: bool
    description: str
    schema: Schema
    example: Json
    examples: Mapping[str, Example] = field(default_factory=dict)
    style: str = ""
    explode: bool = False
    deprecated: bool = False
    allow_reserved: bool = False
    allow_empty: bool = False
    media_type: str | None = None
    source: str = ""


@dataclass(frozen=True, slots=True)
class SecurityScheme:
    """A way to show credentials; `scheme` is the HTTP authentication scheme, lower case.

    The tokens of OAuth 2 and OpenID Connect are shown as `bearer`. A key stands in the `location`
    header, query or cookie, under the name `key`.
    """

    name: str
    type: str
    scheme: str
    location: str = ""
    key: str = ""


@dataclass(frozen=True, slots=True)
class Operation:
    """One method on one path.

    `requirements` lists the alternatives, each of which asks for all its schemes; an empty one
    lets everybody in, and so does no alternative at all. `security` names the schemes once each.
    `responses` has the statuses that stand in the document as numbers; see `response()`.
    """

    operation_id: str
    method: str
    path: str
    summary: str
    description: str
    parameters: tuple[Parameter, ...]
    responses: Mapping[int, Response]
    security: tuple[SecurityScheme, ...]
    source: str
    ranges: Mapping[int, Response] = field(default_factory=dict)
    default: Response | None = None
    request_body: RequestBody | None = None
    requirements: tuple[tuple[SecurityScheme, ...], ...] = ()
    servers: tuple[str, ...] = ("/",)
    deprecated: bool = False
    tags: tuple[str, ...] = ()

    @property
    def anonymous(self) -> bool:
        """True where nobody needs to show credentials."""
        return not self.requirements or () in self.requirements

    @property
    def prefixes(self) -> tuple[str, ...]:
        """The paths of the servers, which stand before the path; the empty text is none."""
        return tuple(dict.fromkeys(urlsplit(url).path.rstrip("/") for url in self.servers))

    def response(self, status: int) -> Response | None:
        """Return what is documented for a status: itself, else its range, else the default."""
        return self.responses.get(status) or self.ranges.get(status // 100) or self.default

    def documented(self) -> tuple[Response, ...]:
        """List all responses: the numbers, then the ranges, then the default."""
        default = () if self.default is None else (self.default,)
        return (*self.responses.values(), *self.ranges.values(), *default)


class Unchecked(NamedTuple):
    """A place of the document that nothing here checks, and why."""

    pointer: str
    line: int | None
    reason: str


@dataclass(frozen=True, eq=False)
class Contract:
    """The whole document: its operations, its bytes, and itself as plain data.

    `document` stands alone: what other files hold is in it, and each operation has its name.
    `rules` is the file of rules that was named for it, `fitting` has those that were found to fit.
    """

    title: str
    version: str
    operations: Mapping[str, Operation]
    content: bytes
    document: Mapping[str, Json]
    lines: Mapping[str, int] = field(repr=False)
    path: Path = PATH
    rules: Path | None = None
    fitting: set[Path] = field(default_factory=set, repr=False)
    _files: Mapping[str, Document] = field(default_factory=dict, repr=False)
    _notes: Callable[[], Iterable[Unchecked]] = field(default=tuple, repr=False)

    @cached_property
    def unchecked(self) -> tuple[Unchecked, ...]:
        """What the document says and nothing here checks, in the order of the places."""
        return tuple(sorted(self._notes()))

    def match(self, method: str, path: str) -> Match[Operation] | NoMatch:
        """Find the operation of a method and a path: percent-encoded, without a server's prefix."""
        return self._routes.match(method, path)

    @cached_property
    def _routes(self) -> Routes[Operation]:
        return Routes(self.operations.values())

    def line(self, source: str) -> int | None:
        """Return the line (1-based) of a place of the document, or None: no such place."""
        name, hash_, where = source.rpartition("#")
        if hash_ and name in self._files:
            return self._files[name].lines.get(where)
        return self.lines.get(source)

    def origin(self, source: str) -> str:
        """Say who made the promise at a place of the document: by `x-source`, else the document."""
        info = self.document["info"]
        origin = _mark(info) or f"{self.title} {self.version}"
        value = cast("Json", self.document)
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
    """Read the built-in contract once."""
    return load(PATH)


def load(path: Path, *, rules: Path | None = None, trusted: bool = False) -> Contract:
    """Read an OpenAPI 3.0 document; raise `DocumentError` naming the line of what is wrong.

    A document that is neither the built-in one nor `trusted` is held against the specification
    first. What it says and nothing here checks is listed under `unchecked`. `rules` is a file of
    what OpenAPI cannot say; without one, `rules.yaml` beside the document counts.
    """
    references = References(read(path))
    _check_version(references.root)
    if path != PATH and not trusted:
        from find_webhook_kit.spec.sound import check  # noqa: PLC0415 - 0.3 s, for others' documents

        check(references)
    return replace(_Reader(references).contract(), rules=rules)


def _check_version(root: Node) -> None:
    """Refuse what is no OpenAPI 3.0, with what to do."""
    if not isinstance(root.value, dict):
        raise root.error("this is no OpenAPI document: an object is needed")
    if "swagger" in root.value:
        version = root.child("swagger") or root
        raise version.error("OpenAPI 3.0 is needed, not Swagger: convert the document")
    version = root.child("openapi") or root
    if "openapi" not in root.value:
        raise root.error("'openapi' is missing: this is no OpenAPI document")
    if not str(version.value).startswith("3.0."):
        raise version.error(f"OpenAPI 3.0 is needed (Connexion), not {version.value!r}")


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


class _Reader:
    """Turns the places of a document into views; a reference is followed where it stands."""

    def __init__(self, references: References) -> None:
        self.references = references
        self.schemas = Schemas(references)
        self.unchecked: dict[tuple[str, str], Unchecked] = {}
        self.root = references.root

    def contract(self) -> Contract:
        info = self.needed(self.root, "info")
        title, version = self.needed(info, "title"), self.needed(info, "version")
        operations = {item.operation_id: item for item in self.operations()}
        schemas = tuple(self.schemas.walk())  # so that each is read, and its references lead on
        return Contract(
            title=str(title.value),
            version=str(version.value),
            operations=operations,
            content=self.root.document.content,
            document=bundled(
                self.references, {item.source: item.operation_id for item in operations.values()}
            ),
            lines=self.root.document.lines,
            path=self.root.document.path,
            _files={self.references.name(each): each for each in self.references.documents},
            _notes=lambda: self.notes(schemas),
        )

    def notes(self, schemas: Iterable[Schema]) -> Iterable[Unchecked]:
        for schema in schemas:
            self.note_schema(schema)
        return self.unchecked.values()

    # The parts of every object

    def note(self, node: Node, reason: str) -> None:
        """Remember a place that nothing here checks."""
        source = self.schemas.source(node)
        self.unchecked[source, reason] = Unchecked(source, node.line, reason)

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

    def operations(self) -> Iterator[Operation]:
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
            (each.name, each.location): each for each in self.parameters(self.object(item))
        }
        parameters |= {(each.name, each.location): each for each in self.parameters(item)}
        parameters |= {(each.name, each.location): each for each in self.parameters(place)}
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
            deprecated=self.is_true(place, "deprecated"),
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
            place = self.object(each)
            yield self.parameter(place)

    def parameter(self, place: Node) -> Parameter:
        location = str(self.needed(place, "in").value)
        contents = [self.media_type(name, child) for name, child in self.below(place, "content")]
        schema = place.child("schema")
        style = self.text(place, "style") or _STYLES.get(location, "simple")
        explode = place.child("explode")
        examples = dict(self.examples(place)) or (dict(contents[0].examples) if contents else {})
        first = next(iter(examples.values()), None)
        return Parameter(
            name=str(self.needed(place, "name").value),
            location=location,
            required=self.is_true(place, "required"),
            description=self.text(place, "description"),
            schema=contents[0].schema if contents else self.schema(place, schema),
            example=None if first is None else first.value,
            examples=examples,
            style=style,
            explode=style == "form" if explode is None else explode.value is True,
            deprecated=self.is_true(place, "deprecated"),
            allow_reserved=self.is_true(place, "allowReserved"),
            allow_empty=self.is_true(place, "allowEmptyValue"),
            media_type=contents[0].name if contents else None,
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
        contents = [self.media_type(type_, child) for type_, child in self.below(place, "content")]
        schema = place.child("schema")
        example = next((each.value for _, each in self.examples(place)), None)
        return Header(
            name=name,
            required=self.is_true(place, "required"),
            assumption=self.is_true(place, "x-assumption"),
            source=self.schemas.source(place),
            schema=self.schemas.of(schema)
            if schema
            else None
            if not contents
            else contents[0].schema,
            example=example,
            media_type=contents[0].name if contents and not schema else None,
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
        for name in unknown_keywords(schema):
            self.note(
                schema.node.child(name) or schema.node, f"the keyword {name!r} is not checked"
            )
        pattern = schema.value.get("pattern")
        if isinstance(pattern, str) and not readable_pattern(pattern):
            self.note(
                schema.node.child("pattern") or schema.node, "the pattern is not readable here"
            )
        default = schema.node.child("default")
        if default is not None and schema.violations(default.value):
            self.note(default, "the default is not what its schema allows")
        reason = format_reason(schema.type, schema.format) if schema.format else None
        if reason:
            self.note(schema.node.child("format") or schema.node, reason)


_STYLES: Final = {"query": "form", "cookie": "form"}


def _derived(method: str, path: str, taken: set[str]) -> str:
    """Name an operation after its method and path, as no other one is named."""
    name = base = re.sub(r"[^A-Za-z0-9]+", "_", f"{method}{path}").strip("_")
    number = 1
    while name in taken:
        number += 1
        name = f"{base}_{number}"
    return name
