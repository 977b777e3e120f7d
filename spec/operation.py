"""What an operation of a contract is: typed, frozen views of OpenAPI's objects."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from find_webhook_kit.spec.json_places import Json
from find_webhook_kit.spec.schema import Schema

METHODS: Final = ("get", "put", "post", "delete", "options", "head", "patch", "trace")


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
    tags: tuple[str, ...] = ()

    @property
    def anonymous(self) -> bool:
        """True where nobody needs to show credentials."""
        return not self.requirements or () in self.requirements

    def response(self, status: int) -> Response | None:
        """Return what is documented for a status: itself, else its range, else the default."""
        return self.responses.get(status) or self.ranges.get(status // 100) or self.default

    def documented(self) -> tuple[Response, ...]:
        """List all responses: the numbers, then the ranges, then the default."""
        default = () if self.default is None else (self.default,)
        return (*self.responses.values(), *self.ranges.values(), *default)
