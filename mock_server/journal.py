"""Remembers the last requests, how each was answered, and what the contract says to that."""

from __future__ import annotations

from collections import deque
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from hashlib import blake2b
from itertools import count
from threading import Lock
from typing import Final

from find_webhook_kit.mock_server.answers.endpoint import Endpoint
from find_webhook_kit.mock_server.answers.size import encoded
from find_webhook_kit.mock_server.exchange import Exchange
from find_webhook_kit.spec import Contract, Json, UnreadableJson, read_json
from find_webhook_kit.spec.meaning import rules_of
from find_webhook_kit.spec.secrets import masked_path
from find_webhook_kit.spec.success import is_json

ENTRIES: Final = 200
BODIES: Final = 8 * 1024 * 1024
"""Bytes of bodies that are kept, unpacked; the oldest requests go first."""

MOST_SHOWN: Final = 4096
"""Bytes of the body of a request that an entry shows; an HTTP archive has all of it."""

VERDICTS: Final = 1000
"""Verdicts that are remembered."""


@dataclass(frozen=True, slots=True)
class Excerpt:
    """Which exchanges somebody wants to see: the newest so many, of those between two numbers."""

    limit: int = ENTRIES
    after: int = 0
    before: int = 10**16


ALL: Final = Excerpt()


@dataclass(frozen=True, slots=True)
class Conformity:
    """What the contract says to an answer: whether it knows the status, and what is wrong."""

    documented: bool
    problems: tuple[str, ...]

    def __str__(self) -> str:
        if not self.documented:
            return "not in the contract"
        return "breaks the contract" if self.problems else "keeps the contract"


class Journal:
    """The last exchanges, oldest first, as many as the limits allow.

    It is filled by requests, and read by threads of their own meanwhile.
    """

    def __init__(self, contract: Contract, endpoints: Mapping[str, Endpoint]) -> None:
        self.tenant = rules_of(contract).tenant
        self._endpoints = endpoints
        self._exchanges: deque[Exchange] = deque()
        self._size = 0
        self._numbers = count(1)
        self._verdicts: dict[object, Conformity] = {}
        self._written: tuple[object, bytes] | None = None
        self._writing = Lock()

    def __iter__(self) -> Iterator[Exchange]:
        return iter(tuple(self._exchanges))

    def __getitem__(self, index: int) -> Exchange:
        """Return one exchange; -1 is the newest."""
        return self._exchanges[index]

    def __len__(self) -> int:
        return len(self._exchanges)

    def add(self, exchange: Exchange) -> None:
        """Remember an exchange, and forget the oldest ones if their bodies are too much."""
        self._exchanges.append(exchange)
        self._size += _size_of(exchange)
        self._written = None
        while len(self._exchanges) > ENTRIES or self._size > BODIES:
            self._size -= _size_of(self._exchanges.popleft())

    def next_number(self) -> int:
        """Return the number of the next exchange; a reset does not start again."""
        return next(self._numbers)

    def clear(self) -> None:
        """Forget everything."""
        self._exchanges.clear()
        self._size = 0
        self._written = None

    def written(
        self, part: Excerpt, write: Callable[[Journal, list[Exchange], tuple[Exchange, ...]], bytes]
    ) -> bytes:
        """Let a function write a part of the journal, or return what it wrote of the same before.

        However many ask and take their time to read, there is one copy for all of them.
        """
        with self._writing:
            exchanges = tuple(self._exchanges)
            asked = (write, part, [each.number for each in exchanges])
            before = self._written
            if before is not None and before[0] == asked:
                return before[1]
            wanted = [each for each in exchanges if part.after < each.number < part.before]
            shown = wanted[max(0, len(wanted) - part.limit) :]
            content = write(self, shown, exchanges)
            self._written = (asked, content)
            return content

    def verdict(self, exchange: Exchange) -> Conformity:
        """Hold an answer against the contract, once for all that are the same."""
        key = (
            exchange.method == "HEAD",
            None if exchange.operation is None else exchange.operation.operation_id,
            tuple(exchange.parameters.items()),
            exchange.status,
            _types(exchange),
            blake2b(exchange.body).digest(),
        )
        verdict = self._verdicts.get(key)
        if verdict is None:
            if len(self._verdicts) >= VERDICTS:
                self._verdicts.clear()
            verdict = self._verdicts[key] = self._judged(exchange)
        return verdict

    def _judged(self, exchange: Exchange) -> Conformity:
        operation = exchange.operation
        if operation is None or operation.response(exchange.status) is None:
            return Conformity(documented=False, problems=())
        if exchange.method == "HEAD":
            return Conformity(documented=True, problems=())
        endpoint = self._endpoints[operation.operation_id]
        return Conformity(True, tuple(_problems(exchange, endpoint)))  # noqa: FBT003 - the name is above


def _problems(exchange: Exchange, endpoint: Endpoint) -> Iterator[str]:
    """List what is wrong with a documented answer."""
    response = endpoint.operation.response(exchange.status)
    content = response.content if response else {}
    if not content:
        if exchange.body:
            yield "there is a body, and none is documented"
        return
    content_type = dict(exchange.response_headers).get("content-type", "none")
    media_type = content.get(content_type) or content.get(content_type.partition(";")[0].strip())
    if media_type is None:
        yield f"the media type {content_type} is not documented"
        return
    if not is_json(media_type.name):
        return
    try:
        body = read_json(exchange.content)
    except UnreadableJson as error:
        yield f"the body is not JSON: {error}"
        return
    for violation in media_type.schema.violations(body):
        yield f"{violation.pointer or '/'} {violation.message}"
    if exchange.status == endpoint.status:
        for offence in endpoint.offences(exchange.parameters, body):
            yield f"{offence.pointer} must be {offence.expected}"


def _size_of(exchange: Exchange) -> int:
    return _unpacked_size(exchange.body) + exchange.request_size


def _unpacked_size(body: bytes) -> int:
    """Return how many bytes there are to show; gzip says so at its end (RFC 1952, 2.3.1)."""
    packed = body[:2] == b"\x1f\x8b"
    return max(len(body), int.from_bytes(body[-4:], "little")) if packed else len(body)


def _types(exchange: Exchange) -> tuple[tuple[str, str], ...]:
    wanted = {"content-type", "content-encoding"}
    return tuple(pair for pair in exchange.response_headers if pair[0] in wanted)


def listed(journal: Journal, shown: list[Exchange], exchanges: tuple[Exchange, ...]) -> bytes:
    """Write exchanges as JSON, with the numbers of the first and the last that there are."""
    head: Json = {
        "first": exchanges[0].number if exchanges else None,
        "last": exchanges[-1].number if exchanges else None,
        "total": len(exchanges),
    }
    # One by one: a thread that writes all of it at once keeps the event loop waiting.
    entries = b",".join(encoded(_entry(journal, exchange)) for exchange in shown)
    return b'%b,"entries":[%b]}' % (encoded(head)[:-1], entries)


def _entry(journal: Journal, exchange: Exchange) -> Json:
    verdict = journal.verdict(exchange)
    return {
        "number": exchange.number,
        "time": exchange.time.isoformat(timespec="milliseconds"),
        "method": exchange.method,
        "path": exchange.path,
        "query": exchange.query,
        "operation": None if exchange.operation is None else exchange.operation.operation_id,
        "parameters": {name: masked_path(each) for name, each in exchange.parameters.items()},
        "instance": None if exchange.instance is None else masked_path(exchange.instance),
        "status": exchange.status,
        "milliseconds": exchange.milliseconds,
        "source": exchange.source,
        "lie": exchange.lie,
        "prefer": exchange.prefer or None,
        "preferences": exchange.preferences or None,
        "verdict": str(verdict),
        "problems": list(verdict.problems),
        "request_headers": dict(exchange.request_headers),
        "response_headers": dict(exchange.response_headers),
        "request_body": exchange.request_body[:MOST_SHOWN].decode("utf-8", "backslashreplace"),
        "request_bytes": exchange.request_size,
        "bytes": len(exchange.body),
    }
