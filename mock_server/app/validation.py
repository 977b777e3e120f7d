"""Holds a request against its operation: its parameters, wherever they stand, and its body."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Final

from starlette.datastructures import Headers
from starlette.types import Receive, Scope

from find_webhook_kit.mock_server.answers.errors import (
    ContentTooLarge,
    Fault,
    InvalidRequest,
    Refusal,
    UnsupportedEncoding,
    UnsupportedMediaType,
)
from find_webhook_kit.mock_server.app import styles
from find_webhook_kit.spec import (
    Json,
    Operation,
    Parameter,
    RequestBody,
    Schema,
    UnreadableJson,
    read_json,
)
from find_webhook_kit.spec.success import essence, is_json, ranges_of

BODY: Final = "mock_server.body"
"""The extension of a scope that holds the body of a request, where an answer may hang on it."""

MAX_BODY: Final = 8 * 1024 * 1024
_NOT_PARAMETERS: Final = frozenset({"accept", "content-type", "authorization"})
"""Headers that the document cannot describe as parameters (OpenAPI 3.0.3, Parameter Object)."""


class RequestParts:
    """The parts of a request in which parameters stand, each read once."""

    def __init__(self, scope: Scope, path: Mapping[str, str]) -> None:
        self.path = path
        self.headers = Headers(scope=scope)
        self.query = styles.pairs_of(scope["query_string"].decode("latin-1"))
        self.cookies = dict(_cookies(self.headers.getlist("cookie")))


def _cookies(headers: list[str]) -> Iterator[tuple[str, str]]:
    for piece in ";".join(headers).split(";"):
        name, equals, value = piece.strip().partition("=")
        if equals:
            yield name, value.strip('"')


class Parameters:
    """The parameters of an operation."""

    def __init__(self, operation: Operation) -> None:
        self._listed = [
            item
            for item in operation.parameters
            if item.location != "header" or item.name.lower() not in _NOT_PARAMETERS
        ]
        self._queries = frozenset(
            item.name for item in operation.parameters if item.location == "query"
        )

    def faults(self, asked: RequestParts) -> Iterator[Fault]:
        """List what is wrong with the parameters of a request."""
        for item in self._listed:
            yield from self._faults(item, asked)

    def _faults(self, item: Parameter, asked: RequestParts) -> Iterator[Fault]:
        text = self._text(item, asked)
        whole = item.media_type is not None  # one text, in whatever style
        values = None if whole else self._values(item, asked, text)
        if whole and text is not None:
            yield from _of_content(item, text)
            return
        if values is None:
            if item.required:
                yield Fault(item.location, item.name, "", "is required and absent")
            return
        if item.allow_empty and text == "":
            return
        ways = [value for value, _ in zip(values, range(styles.MAX_WAYS), strict=False)]
        if not ways:
            yield Fault(item.location, item.name, "", "is not written as documented")
            return
        told = [_of(item.schema, value, item) for value in ways]
        if all(told):
            yield from told[-1]

    def _text(self, item: Parameter, asked: RequestParts) -> str | None:
        if item.location == "path":
            return asked.path.get(item.name)
        if item.location == "header":
            values = asked.headers.getlist(item.name)
            return ",".join(values) if values else None
        if item.location == "cookie":
            return asked.cookies.get(item.name)
        return next((value for name, value in asked.query if name == item.name), None)

    def _values(
        self, item: Parameter, asked: RequestParts, text: str | None
    ) -> Iterator[Json] | None:
        if item.location == "query":
            return styles.in_query(item, asked.query, self._queries - {item.name})
        return None if text is None else _READERS[item.location](item, text)


_READERS: Final[Mapping[str, styles.Read]] = {
    "path": styles.in_path,
    "header": styles.in_header,
    "cookie": styles.in_cookie,
}


def _of_content(item: Parameter, text: str) -> Iterator[Fault]:
    if not is_json(item.media_type or ""):
        return
    try:
        value = styles.content(text)
    except (ValueError, RecursionError):
        yield Fault(item.location, item.name, "", "is not JSON")
        return
    yield from _of(item.schema, value, item)


def _of(schema: Schema, value: Json, item: Parameter) -> list[Fault]:
    return [
        Fault(item.location, item.name, found.pointer, found.message)
        for found in schema.violations(value, "request")
    ]


async def read(scope: Scope, receive: Receive) -> bytes:
    """Read the body of a request, which stays in its scope, or refuse it.

    Raise `ContentTooLarge` for more than anyone needs.
    """
    extensions = scope.setdefault("extensions", {})
    extensions[BODY] = b""
    extensions[BODY] = body = await received(receive, MAX_BODY, ContentTooLarge(MAX_BODY))
    return body


async def received(receive: Receive, most: int, refusal: Refusal) -> bytes:
    """Return the body that comes, or as much as came from who has gone; refuse what is more."""
    pieces: list[bytes] = []
    size, more = 0, True
    while more:
        message = await receive()
        pieces.append(message.get("body", b""))
        size += len(pieces[-1])
        if size > most:
            raise refusal
        more = message.get("more_body", False)
    return b"".join(pieces)


def body_faults(documented: RequestBody, headers: Headers, body: bytes) -> Iterator[Fault]:
    """List what is wrong with a body; raise `UnsupportedMediaType` for one of another type."""
    if not body:
        if documented.required:
            yield Fault("body", "", "", "is required and absent")
        return
    type_ = essence(headers.get("content-type", ""))
    listed = {essence(name): each for name, each in documented.content.items()}
    found = next((listed[name] for name in ranges_of(type_) if name in listed), None)
    if found is None:
        raise UnsupportedMediaType(type_, tuple(documented.content))
    if not is_json(type_):
        return
    if (coding := headers.get("content-encoding", "identity").strip()).lower() != "identity":
        raise UnsupportedEncoding(coding)
    try:
        value = read_json(body)
    except UnreadableJson as error:
        yield Fault(
            "body", "", error.pointer, f"is not JSON: {error.reason} at byte {error.offset}"
        )
        return
    for violation in found.schema.violations(value, "request"):
        yield Fault("body", "", violation.pointer, violation.message)


def status_of(operation: Operation) -> int:
    """Return the status of a bad request: 422 where the document has that, and no 400."""
    return 422 if 422 in operation.responses and 400 not in operation.responses else 400  # noqa: PLR2004 - as documents write them


def check(operation: Operation, faults: list[Fault]) -> None:
    """Raise `InvalidRequest` where something is wrong."""
    if faults:
        raise InvalidRequest(status_of(operation), tuple(faults))
