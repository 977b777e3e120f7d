"""A request and its answer: as they passed, and as one reads them."""

from __future__ import annotations

import gzip
import json
import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime
from functools import cached_property
from typing import Final, NamedTuple

from find_webhook_kit.mock_server.answers.endpoint import match
from find_webhook_kit.mock_server.answers.request_target import canonical, is_text
from find_webhook_kit.mock_server.answers.response import (
    APPLIED,
    FROM_CLIENTS,
    LIE,
    PREFERENCES,
    SOURCE,
)
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


class Passed(NamedTuple):
    """A request and its answer as they passed: the same for all the times that it is given.

    `tenant` is the parameter that names an instance; `marks` are the headers of the reply that was
    meant, which may not have arrived.
    """

    contract: Contract
    tenant: str
    method: str
    path: bytes
    query: bytes
    request_headers: Pairs
    request_body: bytes
    status: int
    response_headers: Pairs
    body: bytes
    marks: Mapping[str, str]


class Exchange:
    """A request and its answer, as far as `spec.secrets` lets others see them.

    A status of 0 stands for a connection that ended without an answer. One is made for each
    request: names, masks and times are worked out when somebody reads them, which in most runs of
    the mock nobody does.
    """

    def __init__(self, number: int, began: float, seconds: float, passed: Passed) -> None:
        """Take when it began, in seconds since 1970, and how long it took."""
        self.number = number
        self._began = began
        self._seconds = seconds
        self._passed = passed

    def __repr__(self) -> str:
        return f"<Exchange {self.number}: {self.method} {self.path} {self.status}>"

    @property
    def time(self) -> datetime:
        return datetime.fromtimestamp(self._began, UTC)

    @property
    def milliseconds(self) -> float:
        return round(self._seconds * 1000, 1)

    @property
    def method(self) -> str:
        return self._passed.method

    @property
    def status(self) -> int:
        return self._passed.status

    @property
    def body(self) -> bytes:
        """The body of the answer, as it passed."""
        return self._passed.body

    @property
    def host(self) -> str:
        return _first(b"host", self._passed.request_headers, "localhost")

    @property
    def path(self) -> str:
        return masked_url(canonical(self._passed.path))

    @property
    def query(self) -> str:
        return masked_query(_ascii(self._passed.query))

    @property
    def operation(self) -> Operation | None:
        return self._asked[0]

    @property
    def parameters(self) -> Mapping[str, str]:
        """The path parameters, decoded."""
        return self._asked[1]

    @property
    def instance(self) -> str | None:
        return self.parameters.get(self._passed.tenant)

    @cached_property
    def _asked(self) -> tuple[Operation | None, Mapping[str, str]]:
        """The operation of the path and its parameters; of a method that it lacks, the first."""
        path = canonical(self._passed.path)
        found = match(self._passed.contract, self.method, path)
        if isinstance(found, NoMatch) and found.methods:
            found = self._passed.contract.match(found.methods[0], path)
        if isinstance(found, NoMatch) or not all(map(is_text, found.parameters.values())):
            return None, {}
        return found.operation, found.parameters

    @cached_property
    def request_headers(self) -> Headers:
        return _masked_headers(self._passed.request_headers)

    @cached_property
    def response_headers(self) -> Headers:
        return _masked_headers(self._passed.response_headers)

    @property
    def source(self) -> str:
        return self._passed.marks.get(SOURCE, "-")

    @property
    def lie(self) -> str | None:
        return self._passed.marks.get(LIE)

    @property
    def prefer(self) -> str:
        """What was preferred in the end."""
        return self._passed.marks.get(APPLIED, "")

    @property
    def preferences(self) -> str:
        """What the live switch said."""
        return self._passed.marks.get(PREFERENCES, "")

    @property
    def request_size(self) -> int:
        """The bytes of the body that came; what is shown of them may be fewer."""
        return len(self._passed.request_body)

    @property
    def request_body(self) -> bytes:
        """What a request carried, as far as it may be shown: of what has no parts, nothing."""
        body = self._passed.request_body
        if not body:
            return b""
        content_type = _first(b"content-type", self._passed.request_headers, "")
        if is_json(content_type):
            return _masked(body, masked_json)
        form = essence(content_type) == "application/x-www-form-urlencoded"
        return masked_query(_ascii(body)).encode() if form else MASK.encode()

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
    def shown(self) -> str:
        """It as text, as far as it may be shown: what clients have written comes back to them."""
        content = self.content
        if self.source.startswith(FROM_CLIENTS) and _URL_WITH_PARTS.search(content):
            content = _masked(content, masked_urls)
        return content.decode("utf-8", "backslashreplace")


def _first(name: bytes, pairs: Pairs, default: str) -> str:
    """Return the first value of a header."""
    return next((value.decode("latin-1") for each, value in pairs if each == name), default)


def _masked_headers(pairs: Pairs) -> Headers:
    decoded = ((name.decode("latin-1"), value.decode("latin-1")) for name, value in pairs)
    return masked_headers(decoded)


def _masked(body: bytes, mask: Callable[[Json], Json]) -> bytes:
    """Mask JSON; what has no secret stays byte for byte, and what cannot be read is not shown."""
    try:
        value = json.loads(body)
    except (ValueError, RecursionError):
        return MASK.encode()
    shown = mask(value)
    return body if shown == value else encoded(shown)


def _ascii(text: bytes) -> str:
    return text.decode("ascii", "backslashreplace")
