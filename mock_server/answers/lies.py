"""Breaks the contract on request, in one named way at a time.

A frontend proves with them that it survives, a judge that it notices. What is left to chance hangs
on the seed of the request alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from random import Random
from typing import Final, Literal

from find_webhook_kit.mock_server.answers.endpoint import Endpoint, Item
from find_webhook_kit.mock_server.answers.response import SLOW, Reply, encoded, json_reply
from find_webhook_kit.spec import Json

MARK: Final = "Mock-Lie"


@dataclass(frozen=True, slots=True)
class Truth:
    """What would be answered, the items in it, and the chance that a lie may take.

    `succeeded` is true where it is what the endpoint documents as a success.
    """

    reply: Reply
    items: tuple[Json, ...]
    chance: Random
    endpoint: Endpoint
    succeeded: bool = True


@dataclass(frozen=True, slots=True)
class Lie:
    """A named way to break the contract, in a webhook, in the body of a 200, or in any answer."""

    name: str
    description: str
    tell: Callable[[Truth], Reply]
    about: Literal["webhook", "body", "answer"]

    def suits(self, endpoint: Endpoint) -> bool:
        """Say whether an endpoint can tell the lie: some change a list, and some a body."""
        if self.about == "answer":
            return True
        if endpoint.schema is None or (self.about == "webhook" and not endpoint.properties):
            return False
        return endpoint.lists or self.name not in OF_A_LIST

    def fits(self, truth: Truth) -> bool:
        """Say whether an answer has what the lie is about."""
        if self.about == "answer":
            return True
        has_it = self.about == "body" or (
            bool(truth.items) and all(isinstance(item, dict) for item in truth.items)
        )
        return truth.succeeded and has_it and self.suits(truth.endpoint)


def told(lie: Lie, truth: Truth) -> Reply:
    """Tell a lie in place of the truth, and mark it as one."""
    return replace(lie.tell(truth).with_headers({MARK: lie.name}), cacheable=False)


def _body(truth: Truth, body: Json) -> Reply:
    return _content(truth, encoded(body))


def _content(truth: Truth, content: bytes) -> Reply:
    return replace(truth.reply, status=truth.endpoint.status, content=content)


def _honest(truth: Truth) -> Json:
    """Return the body as it would be."""
    return truth.endpoint.body(truth.items)


def _objects(truth: Truth) -> list[Item]:
    return [item for item in truth.items if isinstance(item, dict)]


def _item(change: Callable[[Item], Item]) -> Callable[[Truth], Reply]:
    """Change the first webhook."""

    def tell(truth: Truth) -> Reply:
        first, *others = _objects(truth)
        return _body(truth, truth.endpoint.body([change(first), *others]))

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


def _whole(change: Callable[[Json], Json]) -> Callable[[Truth], Reply]:
    """Change the body as a whole."""
    return lambda truth: _body(truth, change(_honest(truth)))


def _list(change: Callable[[list[Json]], Json]) -> Callable[[Truth], Reply]:
    """Change the items of a list."""
    return lambda truth: _body(truth, change(list(truth.items)))


def _each(change: Callable[[Item], Item]) -> Callable[[Truth], Reply]:
    """Change every item."""
    return lambda truth: _body(truth, truth.endpoint.body([change(it) for it in _objects(truth)]))


def _bytes(change: Callable[[bytes], bytes]) -> Callable[[Truth], Reply]:
    """Change the bytes of the body."""

    def tell(truth: Truth) -> Reply:
        return _content(truth, change(encoded(_honest(truth))))

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
        return _error(503)(truth)
    return truth.reply


def _jitter(truth: Truth) -> Reply:
    return replace(truth.reply, delay=truth.chance.uniform(0, JITTER))


OF_A_LIST: Final = frozenset({"same-id-twice", "object-for-array", "null-item"})
"""Lies that only an array can tell."""


def _twice(items: list[Json]) -> list[Json]:
    return [*items, items[0]]


FAILING: Final = 0.5
JITTER: Final = 2.0

Row = tuple[str, str, Callable[[Truth], Reply]]

_OF_A_WEBHOOK: Final[tuple[Row, ...]] = (
    ("missing-member", "the first webhook has no url", _item(_without("url"))),
    (
        "missing-events-id",
        "its events have no webhookEventsId",
        _events(_without("webhookEventsId")),
    ),
    ("renamed-member", "WebhookEvents is called events everywhere", _each(_events_renamed)),
    ("wrong-case", "webhookId is called webhookID", _item(_renamed("webhookId", "webhookID"))),
    ("null-member", "name is null", _member("name", None)),
    ("number-for-text", "webhookId is a number", _member("webhookId", 42)),
    ("text-for-boolean", 'enabled is "true"', _member("enabled", "true")),
    ("number-for-boolean", "enabled is 1", _member("enabled", 1)),
    (
        "flag-as-text",
        'a flag of the events is "false"',
        _events(lambda e: {**e, "newJwt": "false"}),
    ),
    ("null-events", "WebhookEvents is null", _member("WebhookEvents", None)),
    ("list-for-events", "WebhookEvents is a list", _member("WebhookEvents", ["messagesUpsert"])),
    ("epoch-date", "createdAt is a number of seconds", _member("createdAt", 1713087000)),
    (
        "local-date",
        "createdAt has a space and no offset",
        _member("createdAt", "2024-04-14 09:30:00"),
    ),
    ("empty-date", "updatedAt is an empty text", _member("updatedAt", "")),
    ("impossible-date", "createdAt is 30 February", _member("createdAt", "2024-02-30T00:00:00Z")),
    (
        "time-runs-back",
        "updatedAt is before createdAt",
        _member("updatedAt", "1999-01-01T00:00:00Z"),
    ),
    ("wrong-owner", "instanceInstanceId is another id", _member("instanceInstanceId", "somebody")),
    ("same-id-twice", "two webhooks have one webhookId", _list(_twice)),
    ("extra-member", "a member that nobody documented", _member("secretKey", "s3cr3t")),
    ("object-for-array", "the first webhook alone, as an object", _list(lambda items: items[0])),
    (
        "nan",
        "a member is NaN",
        _bytes(lambda body: body.replace(b'"name":', b'"rate":NaN,"name":', 1)),
    ),
    (
        "not-utf-8",
        "the body is Latin-1",
        _bytes(lambda body: body.replace(b'"name":"', b'"name":"\xe9', 1)),
    ),
)

_OF_THE_BODY: Final[tuple[Row, ...]] = (
    ("wrapped", "the array is a member of an object", _whole(lambda body: {"data": body})),
    ("nested-array", "the array is inside another array", _whole(lambda body: [body])),
    ("null-body", "the body is null", _whole(lambda _: None)),
    ("text-body", "the body is a JSON text", _whole(lambda body: encoded(body).decode())),
    ("null-item", "one webhook is null", _list(lambda items: [*items, None])),
    (
        "error-as-200",
        "an error under the status 200",
        _whole(lambda _: {"statusCode": 500, "message": "no"}),
    ),
    ("empty-body", "nothing, under the status 200", _bytes(lambda _: b"")),
    ("truncated-json", "the body ends in the middle", _bytes(lambda body: body[: len(body) // 2])),
    ("two-documents", "the body comes twice", _bytes(lambda body: body + body)),
    ("not-json", "single quotes, and a comma too many", _bytes(lambda _: b"[{'name': 'crm',}]")),
    ("byte-order-mark", "the body starts with a BOM", _bytes(lambda body: b"\xef\xbb\xbf" + body)),
    ("html-as-json", "a page of HTML labelled as JSON", _bytes(lambda _: b"<h1>It works!</h1>")),
    ("json-as-html", "the body is labelled text/html", _labelled("text/html")),
    ("json-as-text", "the body is labelled text/plain", _labelled("text/plain; charset=utf-8")),
    ("html-login", "a sign-in page with 200", _login),
)

_OF_THE_ANSWER: Final[tuple[Row, ...]] = (
    ("html-error", "a gateway's page of HTML with 502", _html),
    ("bare-401", "a 401 in another shape and without a challenge", _bare_401),
    ("no-content", "204 in place of an array", lambda t: replace(t.reply, status=204, content=b"")),
    ("moved", "a redirect to the same place", _error(302, Location="?")),
    ("forbidden", "403, which is not documented", _error(403)),
    ("not-found", "404, which is not documented", _error(404)),
    ("too-many-requests", "429 with Retry-After", _error(429, Retry_After="1")),
    ("server-error", "500", _error(500)),
    ("unavailable", "503 with Retry-After", _error(503, Retry_After="1")),
    ("flaky", f"503 for {FAILING:.0%} of the requests, by seed", _flaky),
    ("jitter", f"up to {JITTER:g} seconds late, by seed", _jitter),
    ("slow-body", f"the body takes {SLOW:g} seconds", lambda t: replace(t.reply, delivery="slow")),
    (
        "cut-body",
        "the connection ends in the middle of the body",
        lambda t: replace(t.reply, delivery="cut"),
    ),
    (
        "dropped",
        "the connection ends without an answer",
        lambda t: replace(t.reply, delivery="dropped"),
    ),
)

_ALL: Final = (
    *(Lie(*row, about="webhook") for row in _OF_A_WEBHOOK),
    *(Lie(*row, about="body") for row in _OF_THE_BODY),
    *(Lie(*row, about="answer") for row in _OF_THE_ANSWER),
)

LIES: Final[Mapping[str, Lie]] = {lie.name: lie for lie in _ALL}
