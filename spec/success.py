"""What an operation answers when all is well: its status, and its body as JSON."""

from __future__ import annotations

import re
from collections.abc import Iterable
from http import HTTPStatus
from typing import Final

from find_webhook_kit.spec.operation import MediaType, Operation, Response
from find_webhook_kit.spec.schema import Schema

JSON: Final = re.compile(r"application/(?:[\w.+-]+\+)?json", re.IGNORECASE)
SUCCESS: Final = range(200, 300)
UNKNOWN: Final = HTTPStatus.UNAUTHORIZED
REFUSED: Final = frozenset({401, 403})


def success(operation: Operation) -> int:
    """Return the lowest status of success that the document lists; 200 where it lists none."""
    return min((status for status in operation.responses if status in SUCCESS), default=200)


def is_json(media_type: str | None) -> bool:
    """Tell whether a media type, whatever its parameters, is JSON (RFC 8259, RFC 6839)."""
    return JSON.fullmatch(essence(media_type or "")) is not None


def json_of(response: Response | None) -> MediaType | None:
    """Return what a response promises as JSON, where it does."""
    listed: Iterable[MediaType] = response.content.values() if response else ()
    return next((item for item in listed if is_json(item.name)), None)


def body_of(operation: Operation) -> Schema | None:
    """Return the schema of the body of a success, where it is JSON."""
    found = json_of(operation.response(success(operation)))
    return found.schema if found else None


def lists(operation: Operation) -> bool:
    """Tell whether a success is an array: of the things that an object would be one of."""
    schema = body_of(operation)
    return schema is not None and schema.type == "array"


def essence(media_type: str) -> str:
    """Return a media type without its parameters, in lower case."""
    return media_type.partition(";")[0].strip().lower()


def ranges_of(media_type: str) -> tuple[str, ...]:
    """Return a media type and the ranges that it is in, the closest first."""
    return media_type, f"{media_type.partition('/')[0]}/*", "*/*"


def comes_as(response: Response, media_type: str | None) -> bool:
    """Tell whether a response is documented as a media type, or as a range that holds it."""
    listed = {essence(name) for name in response.content}
    return bool(media_type) and not listed.isdisjoint(ranges_of(media_type or ""))


def has_body(operation: Operation) -> bool:
    """Tell whether a success has a body: a 204 has none, nor what lists no media type."""
    response = operation.response(success(operation))
    return bool(response and response.content) and success(operation) != HTTPStatus.NO_CONTENT


def promised(operation: Operation, status: int) -> Response | None:
    """Return what is documented for a status, if anything is."""
    return operation.response(status)


def refusals(operation: Operation) -> frozenset[int]:
    """Return how somebody without valid credentials is refused: as documented, else with 401.

    A 403 for them is no more than RFC 9110 allows (section 15.5.4), where a document has it.
    """
    listed = REFUSED & operation.responses.keys()
    return listed or frozenset(it for it in REFUSED if it == UNKNOWN or operation.response(it))
