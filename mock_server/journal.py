"""Remembers the last requests, how each was answered, and what the contract says to that."""

from __future__ import annotations

from collections import deque
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from itertools import count
from typing import Final
from urllib.parse import parse_qsl

from mock_server.exchange import Exchange, Record, exchange
from spec import Json, Operation, UnreadableJson, read_json
from spec.meaning import offences

ENTRIES: Final = 200
BODIES: Final = 8 * 1024 * 1024
"""Bytes of bodies that are kept; the oldest requests go first."""


@dataclass(frozen=True, slots=True)
class Verdict:
    """What the contract says to an answer: whether it knows the status, and what is wrong."""

    documented: bool
    problems: tuple[str, ...]

    def __str__(self) -> str:
        if not self.documented:
            return "not in the contract"
        return "breaks the contract" if self.problems else "keeps the contract"


class Journal:
    """The last exchanges, oldest first, as many as the limits allow."""

    def __init__(self, operation: Operation) -> None:
        self._operation = operation
        self._records: deque[Record] = deque()
        self._size = 0
        self._numbers = count(1)

    def __iter__(self) -> Iterator[Exchange]:
        return (exchange(record, self._operation) for record in tuple(self._records))

    def __len__(self) -> int:
        return len(self._records)

    def add(self, record: Record) -> None:
        """Remember an exchange, and forget the oldest ones if their bodies are too much."""
        self._records.append(record)
        self._size += len(record.sent.body)
        while len(self._records) > ENTRIES or self._size > BODIES:
            self._size -= len(self._records.popleft().sent.body)

    def next_number(self) -> int:
        """Return the number of the next exchange; a reset does not start again."""
        return next(self._numbers)

    def clear(self) -> None:
        """Forget everything."""
        self._records.clear()
        self._size = 0

    def verdict(self, exchange: Exchange) -> Verdict:
        """Hold an answer against the contract."""
        response = self._operation.responses.get(exchange.status)
        if exchange.instance is None or response is None:
            return Verdict(documented=False, problems=())
        if exchange.method == "HEAD":
            return Verdict(documented=True, problems=())
        return Verdict(True, tuple(self._problems(exchange)))  # noqa: FBT003 - the name is above

    def _problems(self, exchange: Exchange) -> Iterator[str]:
        response = self._operation.responses[exchange.status]
        content_type = dict(exchange.response_headers).get("content-type", "none")
        media_type = response.content.get(content_type.partition(";")[0].strip())
        if media_type is None:
            yield f"the media type {content_type} is not documented"
            return
        try:
            body = read_json(exchange.content)
        except UnreadableJson as error:
            yield f"the body is not JSON: {error}"
            return
        for violation in media_type.schema.violations(body):
            yield f"{violation.pointer or '/'} {violation.message}"
        if response.status == 200:  # noqa: PLR2004 - the status of webhooks
            for offence in offences(exchange.instance or "", body):
                yield f"{offence.pointer} must be {offence.expected}"


def listed(journal: Journal) -> Json:
    """Write the journal as JSON."""
    return {"entries": [_entry(journal, exchange) for exchange in journal]}


def _entry(journal: Journal, exchange: Exchange) -> Json:
    verdict = journal.verdict(exchange)
    return {
        "number": exchange.number,
        "time": exchange.time.isoformat(timespec="milliseconds"),
        "method": exchange.method,
        "path": exchange.path,
        "query": exchange.query,
        "instance": exchange.instance,
        "status": exchange.status,
        "milliseconds": exchange.milliseconds,
        "source": exchange.source,
        "lie": exchange.lie,
        "verdict": str(verdict),
        "problems": list(verdict.problems),
        "request_headers": dict(exchange.request_headers),
        "response_headers": dict(exchange.response_headers),
        "bytes": len(exchange.body),
    }


def archived(journal: Journal) -> Json:
    """Write the journal as an HTTP archive (HAR 1.2)."""
    return {
        "log": {
            "version": "1.2",
            "creator": {"name": "mock-server", "version": "1"},
            "entries": [_archive_entry(journal, exchange) for exchange in journal],
        }
    }


def _archive_entry(journal: Journal, exchange: Exchange) -> Json:
    headers = dict(exchange.response_headers)
    content = exchange.content
    return {
        "startedDateTime": exchange.time.isoformat(timespec="milliseconds"),
        "time": exchange.milliseconds,
        "request": {
            "method": exchange.method,
            "url": exchange.url,
            "httpVersion": "HTTP/1.1",
            "cookies": [],
            "headers": _pairs(exchange.request_headers),
            "queryString": _pairs(parse_qsl(exchange.query, keep_blank_values=True)),
            "headersSize": -1,
            "bodySize": 0,
        },
        "response": {
            "status": exchange.status,
            "statusText": "",
            "httpVersion": "HTTP/1.1",
            "cookies": [],
            "headers": _pairs(exchange.response_headers),
            "content": {
                "size": len(content),
                "mimeType": headers.get("content-type", ""),
                "text": content.decode("utf-8", "backslashreplace"),
            },
            "redirectURL": headers.get("location", ""),
            "headersSize": -1,
            "bodySize": len(exchange.body),
        },
        "cache": {},
        "timings": {"send": 0, "wait": exchange.milliseconds, "receive": 0},
        "comment": f"{exchange.source}; {journal.verdict(exchange)}",
    }


def _pairs(pairs: Iterable[tuple[str, str]]) -> list[Json]:
    return [{"name": name, "value": value} for name, value in pairs]
