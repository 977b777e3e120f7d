"""The journal as an HTTP archive (HAR 1.2)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from urllib.parse import parse_qsl

from find_webhook_kit.mock_server.answers.size import encoded
from find_webhook_kit.mock_server.exchange import Exchange
from find_webhook_kit.mock_server.journal import Journal
from find_webhook_kit.spec import Json


def archived(journal: Journal, shown: list[Exchange], _: tuple[Exchange, ...]) -> bytes:
    """Write exchanges of the journal as an archive."""
    head: Json = {"version": "1.2", "creator": {"name": "mock-server", "version": "1"}}
    entries = b",".join(encoded(_entry(journal, exchange)) for exchange in shown)
    return b'{"log":%b,"entries":[%b]}}' % (encoded(head)[:-1], entries)


def _entry(journal: Journal, exchange: Exchange) -> Json:
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
            **_post_data(exchange),
            "headersSize": -1,
            "bodySize": exchange.request_size,
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
                "text": exchange.shown,
            },
            "redirectURL": headers.get("location", ""),
            "headersSize": -1,
            "bodySize": len(exchange.body),
        },
        "cache": {},
        "timings": {"send": 0, "wait": exchange.milliseconds, "receive": 0},
        "comment": "; ".join(_remarks(journal, exchange)),
    }


def _post_data(exchange: Exchange) -> dict[str, Json]:
    if not exchange.request_size:
        return {}
    media_type = dict(exchange.request_headers).get("content-type", "")
    text = exchange.request_body.decode("utf-8", "backslashreplace")
    return {"postData": {"mimeType": media_type, "params": [], "text": text}}


def _remarks(journal: Journal, exchange: Exchange) -> Iterator[str]:
    """Say of an exchange what an archive has no place for."""
    yield exchange.source
    yield str(journal.verdict(exchange))
    if exchange.prefer:
        yield f"prefer: {exchange.prefer}"
    if exchange.preferences:
        yield f"every request prefers: {exchange.preferences}"


def _pairs(pairs: Iterable[tuple[str, str]]) -> list[Json]:
    return [{"name": name, "value": value} for name, value in pairs]
