"""A request and its answer: as they passed, and as one reads them.

What passes is kept as it is; names, masks and times are worked out when somebody reads the journal,
which most runs of the mock never do.
"""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Final, NamedTuple

from starlette.datastructures import Headers as RawHeaders

from find_webhook_kit.mock_server.answers.endpoint import match
from find_webhook_kit.mock_server.answers.request_target import canonical, is_text
from find_webhook_kit.mock_server.answers.response import FROM_CLIENTS
from find_webhook_kit.mock_server.answers.size import encoded
from find_webhook_kit.spec import Contract, Json, NoMatch, Operation
from find_webhook_kit.spec.secrets import (
    MASK,
    masked_headers,
    masked_json,
    masked_query,
    masked_url,
    masked_urls,
)
from find_webhook_kit.spec.success import essence, is_json

Pairs = tuple[tuple[bytes, bytes], ...]
Headers = tuple[tuple[str, str], ...]

_HOST: Final = re.compile(r"[^\x00-\x20/?#@\\\x7f-\xff]+")
"""A host that a URL can name; that of a request which was refused may be anything."""

_URL_WITH_PARTS: Final = re.compile(rb'"[A-Za-z][A-Za-z0-9+.-]*:[^"]*[@?#]')
"""A text of JSON that begins as a URL does, with a part that can hold a secret."""


class Sent(NamedTuple):
    """An answer as it left, and the reason for it; a status of 0 stands for none.

    `prefer` is what was preferred in the end, and `preferences` what the live switch said.
    """

    status: int
    headers: Pairs
    body: bytes
    source: str
    lie: str | None
    prefer: str = ""
    preferences: str = ""


class Record(NamedTuple):
    """An exchange as it passed; the path is the raw one, `time` is in seconds since 1970."""

    number: int
    time: float
    seconds: float
    method: str
    path: bytes
    query: bytes
    headers: Pairs
    sent: Sent
    body: bytes = b""


@dataclass(frozen=True, slots=True)
class Exchange:
    """A request and its answer, as far as `spec.secrets` lets others see them.

    A status of 0 stands for a connection that ended without an answer.
    """

    time: datetime
    method: str
    host: str
    path: str
    query: str
    operation: Operation | None
    parameters: Mapping[str, str]
    instance: str | None
    request_headers: Headers
    status: int
    response_headers: Headers
    body: bytes
    milliseconds: float
    source: str
    lie: str | None
    number: int = 0
    prefer: str = ""
    preferences: str = ""
    request_body: bytes = b""
    request_size: int = 0
    """The bytes that came; what is shown of them may be fewer."""

    @property
    def url(self) -> str:
        """The URL that a client asked for; TLS, if any, ended before the mock."""
        query = f"?{self.query}" if self.query else ""
        host = self.host if _HOST.fullmatch(self.host) else "localhost"
        return f"http://{host}{self.path}{query}"

    @property
    def content(self) -> bytes:
        """The body, unpacked."""
        packed = ("content-encoding", "gzip") in self.response_headers
        return gzip.decompress(self.body) if packed else self.body

    @property
    def text(self) -> str:
        """The body as text, unpacked."""
        return self.content.decode("utf-8", "backslashreplace")

    @property
    def shown(self) -> str:
        """The same as far as it may be shown: what clients have written comes back to them."""
        content = self.content
        if self.source.startswith(FROM_CLIENTS) and _URL_WITH_PARTS.search(content):
            content = _masked(content, masked_urls)
        return content.decode("utf-8", "backslashreplace")


def exchange(record: Record, contract: Contract, tenant: str) -> Exchange:
    """Read a record, with secrets masked; `tenant` is the parameter that names an instance."""
    path = canonical(record.path)
    operation, parameters = _asked(contract, record.method, path)
    request = RawHeaders(raw=list(record.headers))
    return Exchange(
        time=datetime.fromtimestamp(record.time, UTC),
        method=record.method,
        host=request.get("host", "localhost"),
        path=masked_url(path),
        query=masked_query(_text(record.query)),
        operation=operation,
        parameters=parameters,
        instance=parameters.get(tenant),
        request_headers=masked_headers(request.items()),
        status=record.sent.status,
        response_headers=masked_headers(RawHeaders(raw=list(record.sent.headers)).items()),
        body=record.sent.body,
        milliseconds=round(record.seconds * 1000, 1),
        source=record.sent.source,
        lie=record.sent.lie,
        number=record.number,
        prefer=record.sent.prefer,
        preferences=record.sent.preferences,
        request_body=_shown_body(record.body, request.get("content-type", "")),
        request_size=len(record.body),
    )


def _shown_body(body: bytes, content_type: str) -> bytes:
    """Return what a request carried, as far as it may be shown: of what has no parts, nothing."""
    if not body:
        return b""
    if is_json(essence(content_type)):
        return _masked(body, masked_json)
    form = essence(content_type) == "application/x-www-form-urlencoded"
    return masked_query(_text(body)).encode() if form else MASK.encode()


def _masked(body: bytes, mask: Callable[[Json], Json]) -> bytes:
    """Mask JSON; what has no secret stays byte for byte, and what cannot be read is not shown."""
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return MASK.encode()
    shown = mask(value)
    return body if shown == value else encoded(shown)


def _text(query: bytes) -> str:
    return query.decode("ascii", "backslashreplace")


def _asked(
    contract: Contract, method: str, path: str
) -> tuple[Operation | None, Mapping[str, str]]:
    """Return the operation of a path and its parameters; of a method that it lacks, the first."""
    found = match(contract, method, path)
    if isinstance(found, NoMatch) and found.methods:
        found = contract.match(found.methods[0], path)
    if isinstance(found, NoMatch) or not all(map(is_text, found.parameters.values())):
        return None, {}
    return found.operation, found.parameters
