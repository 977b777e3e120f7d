"""Breaks the contract on request, in one named way at a time.

A frontend proves with them that it survives, a judge that it notices. Each lie takes a true answer
and the webhooks it tells of, of which there is at least one. What is left to chance hangs on the
seed of the request alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from random import Random
from typing import Final

from mock_server.fixtures import Item
from mock_server.reply import SLOW, Reply, encoded, json_reply
from spec import Json

MARK: Final = "Mock-Lie"


@dataclass(frozen=True, slots=True)
class Truth:
    """What would be answered, the webhooks in it, and the chance that a lie may take."""

    reply: Reply
    items: tuple[Item, ...]
    chance: Random


@dataclass(frozen=True, slots=True)
class Lie:
    """A named way to break the contract."""

    name: str
    description: str
    tell: Callable[[Truth], Reply]


def told(lie: Lie, truth: Truth) -> Reply:
    """Tell a lie in place of the truth, and mark it as one."""
    return lie.tell(truth).with_headers({MARK: lie.name})


def _body(truth: Truth, body: Json) -> Reply:
    return replace(truth.reply, status=200, content=encoded(body))


def _item(change: Callable[[Item], Item]) -> Callable[[Truth], Reply]:
    """Change the first webhook."""

    def tell(truth: Truth) -> Reply:
        first, *others = truth.items
        return _body(truth, [change(first), *others])

    return tell


def _member(name: str, value: Json) -> Callable[[Truth], Reply]:
    return _item(lambda item: {**item, name: value})


def _events(change: Callable[[Item], Item]) -> Callable[[Truth], Reply]:
    """Change the events of the first webhook, which gets some if it has none."""

    def changed(item: Item) -> Item:
        events = item.get("WebhookEvents")
        return {**item, "WebhookEvents": change(events if isinstance(events, dict) else _EVENTS)}

    return _item(changed)


_EVENTS: Final[Item] = {
    "messagesUpsert": True,
    "webhookEventsId": "we-lie",
    "createdAt": "2024-04-14T09:30:00.000Z",
    "updatedAt": "2024-04-14T09:30:00.000Z",
}


def _whole(change: Callable[[list[Json]], Json]) -> Callable[[Truth], Reply]:
    """Change the body as a whole."""
    return lambda truth: _body(truth, change(list(truth.items)))


def _bytes(change: Callable[[bytes], bytes]) -> Callable[[Truth], Reply]:
    """Change the bytes of the body."""

    def tell(truth: Truth) -> Reply:
        honest = encoded(list(truth.items))
        return replace(truth.reply, status=200, content=change(honest))

    return tell


def _without(name: str) -> Callable[[Item], Item]:
    return lambda item: {key: value for key, value in item.items() if key != name}


def _renamed(old: str, new: str) -> Callable[[Item], Item]:
    return lambda item: {(new if key == old else key): value for key, value in item.items()}


def _events_renamed(item: Item) -> Item:
    return _renamed("WebhookEvents", "events")({"WebhookEvents": dict(_EVENTS), **item})


def _error(status: int, **headers: str) -> Callable[[Truth], Reply]:
    """Answer with an error of the usual shape, under a status that the contract does not have."""
    body: Json = {"statusCode": status, "message": "The API has a bad day."}
    extra = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda truth: json_reply(status, body, extra).with_headers(_kept(truth.reply))


def _kept(reply: Reply) -> Mapping[str, str]:
    return {name: value for name, value in reply.headers.items() if name.startswith("Mock-")}


def _labelled(content_type: str) -> Callable[[Truth], Reply]:
    """Give the body another media type."""
    return lambda truth: _bytes(bytes)(truth).with_headers({"Content-Type": content_type})


def _html(truth: Truth) -> Reply:
    page = b"<!doctype html><title>502 Bad Gateway</title><h1>502 Bad Gateway</h1>"
    return replace(truth.reply, status=502, content=page).with_headers(
        {"Content-Type": "text/html"}
    )


def _login(truth: Truth) -> Reply:
    page = b"<!doctype html><title>Sign in</title><form><input name=user></form>"
    return replace(truth.reply, status=200, content=page).with_headers(
        {"Content-Type": "text/html"}
    )


def _bare_401(truth: Truth) -> Reply:
    return replace(truth.reply, status=401, content=b'{"error":"no"}')


def _flaky(truth: Truth) -> Reply:
    if truth.chance.random() < FAILING:
        return _error(503, Retry_After="1")(truth)
    return truth.reply


def _jitter(truth: Truth) -> Reply:
    return replace(truth.reply, wait=truth.chance.uniform(0, JITTER))


def _twice(items: list[Json]) -> list[Json]:
    return [*items, items[0]]


FAILING: Final = 0.5
JITTER: Final = 2.0

_ALL: Final = (
    Lie("missing-member", "the first webhook has no url", _item(_without("url"))),
    Lie(
        "missing-events-id",
        "its events have no webhookEventsId",
        _events(_without("webhookEventsId")),
    ),
    Lie(
        "renamed-member",
        "WebhookEvents is called events",
        _item(_events_renamed),
    ),
    Lie("wrong-case", "webhookId is called webhookID", _item(_renamed("webhookId", "webhookID"))),
    Lie("null-member", "name is null", _member("name", None)),
    Lie("number-for-text", "webhookId is a number", _member("webhookId", 42)),
    Lie("text-for-boolean", 'enabled is "true"', _member("enabled", "true")),
    Lie("number-for-boolean", "enabled is 1", _member("enabled", 1)),
    Lie(
        "flag-as-text",
        'a flag of the events is "false"',
        _events(lambda e: {**e, "newJwt": "false"}),
    ),
    Lie("null-events", "WebhookEvents is null", _member("WebhookEvents", None)),
    Lie("list-for-events", "WebhookEvents is a list", _member("WebhookEvents", ["messagesUpsert"])),
    Lie("epoch-date", "createdAt is a number of seconds", _member("createdAt", 1713087000)),
    Lie(
        "local-date",
        "createdAt has a blank and no offset",
        _member("createdAt", "2024-04-14 09:30:00"),
    ),
    Lie("empty-date", "updatedAt is an empty text", _member("updatedAt", "")),
    Lie(
        "impossible-date", "createdAt is 30 February", _member("createdAt", "2024-02-30T00:00:00Z")
    ),
    Lie(
        "time-runs-back",
        "updatedAt is before createdAt",
        _member("updatedAt", "1999-01-01T00:00:00Z"),
    ),
    Lie(
        "wrong-owner", "instanceInstanceId is another id", _member("instanceInstanceId", "somebody")
    ),
    Lie("same-id-twice", "two webhooks have one webhookId", _whole(_twice)),
    Lie("extra-member", "a member that nobody documented", _member("secretKey", "s3cr3t")),
    Lie(
        "object-for-array", "the first webhook alone, as an object", _whole(lambda items: items[0])
    ),
    Lie("wrapped", "the array is a member of an object", _whole(lambda items: {"data": items})),
    Lie("nested-array", "the array is inside another array", _whole(lambda items: [items])),
    Lie("null-body", "the body is null", _whole(lambda _: None)),
    Lie("text-body", "the body is a JSON text", _whole(lambda items: encoded(items).decode())),
    Lie("null-item", "one webhook is null", _whole(lambda items: [*items, None])),
    Lie(
        "error-as-200",
        "an error under the status 200",
        _whole(lambda _: {"statusCode": 500, "message": "no"}),
    ),
    Lie("empty-body", "nothing, under the status 200", _bytes(lambda _: b"")),
    Lie(
        "truncated-json", "the body ends in the middle", _bytes(lambda body: body[: len(body) // 2])
    ),
    Lie("two-documents", "the body comes twice", _bytes(lambda body: body + body)),
    Lie("not-json", "single quotes, and a comma too many", _bytes(lambda _: b"[{'name': 'crm',}]")),
    Lie(
        "nan",
        "a member is NaN",
        _bytes(lambda body: body.replace(b'"name":', b'"rate":NaN,"name":', 1)),
    ),
    Lie(
        "byte-order-mark", "the body starts with a BOM", _bytes(lambda body: b"\xef\xbb\xbf" + body)
    ),
    Lie(
        "not-utf-8",
        "the body is Latin-1",
        _bytes(lambda body: body.replace(b'"name":"', b'"name":"\xe9', 1)),
    ),
    Lie("html-as-json", "a page of HTML labelled as JSON", _bytes(lambda _: b"<h1>It works!</h1>")),
    Lie("json-as-html", "the body is labelled text/html", _labelled("text/html")),
    Lie("json-as-text", "the body is labelled text/plain", _labelled("text/plain; charset=utf-8")),
    Lie("html-login", "a sign-in page with 200", _login),
    Lie("html-error", "a gateway's page of HTML with 502", _html),
    Lie("bare-401", "a 401 in another shape and without a challenge", _bare_401),
    Lie(
        "no-content",
        "204 in place of an array",
        lambda t: replace(t.reply, status=204, content=b""),
    ),
    Lie("moved", "a redirect to the same place", _error(302, Location="?")),
    Lie("forbidden", "403, which is not documented", _error(403)),
    Lie("not-found", "404, which is not documented", _error(404)),
    Lie("too-many-requests", "429 with Retry-After", _error(429, Retry_After="1")),
    Lie("server-error", "500", _error(500)),
    Lie("unavailable", "503 with Retry-After", _error(503, Retry_After="1")),
    Lie("flaky", f"503 for {FAILING:.0%} of the requests, by seed", _flaky),
    Lie("jitter", f"up to {JITTER:g} seconds late, by seed", _jitter),
    Lie("slow-body", f"the body takes {SLOW:g} seconds", lambda t: replace(t.reply, fate="slow")),
    Lie(
        "cut-body",
        "the connection ends in the middle of the body",
        lambda t: replace(t.reply, fate="cut"),
    ),
    Lie(
        "dropped",
        "the connection ends without an answer",
        lambda t: replace(t.reply, fate="dropped"),
    ),
)

LIES: Final[Mapping[str, Lie]] = {lie.name: lie for lie in _ALL}
