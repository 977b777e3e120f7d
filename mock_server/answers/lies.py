"""Breaks the contract on request, in one named way at a time.

A frontend proves with them that it survives, a judge that it notices. What is left to chance hangs
on the seed of the request alone.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from contextlib import suppress
from dataclasses import replace
from functools import lru_cache
from random import Random
from typing import Final

from find_webhook_kit.mock_server.answers.bendable import (
    ANY,
    CASED,
    DATE,
    INNER,
    INNER_NOT_NULL,
    INNER_REQUIRED,
    INNER_SWITCH,
    LAST_DATE,
    LATER,
    NOT_NULL,
    OWNER,
    RENAMABLE,
    REQUIRED,
    SWITCH,
    TEXT,
    UNIQUE,
    Bendable,
    Way,
    item_of,
)
from find_webhook_kit.mock_server.answers.delivery import SLOW, DeliveryMode
from find_webhook_kit.mock_server.answers.endpoint import Endpoint, Item
from find_webhook_kit.mock_server.answers.lie import Lie, Tell, Truth, cased, other_name
from find_webhook_kit.mock_server.answers.response import Reply, json_reply
from find_webhook_kit.mock_server.answers.sample import sample_of
from find_webhook_kit.mock_server.answers.shape import NoValueError, Shape, shape
from find_webhook_kit.mock_server.answers.size import encoded
from find_webhook_kit.mock_server.answers.write_lies import WRITE_LIES, WriteLie
from find_webhook_kit.spec import Json


def _body(truth: Truth, body: Json) -> Reply:
    return _content(truth, encoded(body))


def _content(truth: Truth, content: bytes) -> Reply:
    return replace(truth.reply, status=truth.endpoint.status, content=content)


def _honest(truth: Truth) -> Json:
    """Return the body as it would be."""
    return truth.endpoint.body(truth.items)


def _objects(truth: Truth) -> list[Item]:
    return [item for item in truth.items if isinstance(item, dict)]


def _member(change: Callable[[Item, str], Item]) -> Tell:
    """Change the first item, where the member is that a lie is about."""

    def tell(truth: Truth, way: Way) -> Reply:
        first, *others = _objects(truth)
        bent = _bent(first, way, change, item_of(truth.endpoint))
        return _body(truth, truth.endpoint.body([bent, *others]))

    return tell


def _bent(item: Item, way: Way, change: Callable[[Item, str], Item], of: Shape) -> Item:
    """Change an object, or one inside it, which is made up if it is not there."""
    name, *below = way
    if not below:
        return change(item, name)
    inner = shape(of.properties[name])
    found = item.get(name)
    found = found if isinstance(found, dict) else _made_up(inner)
    holder = found if isinstance(found, dict) else {}
    return {**item, name: _bent(holder, tuple(below), change, inner)}


def _made_up(of: Shape) -> Json:
    with suppress(NoValueError):
        return sample_of(of)
    return None


def _set(value: Json) -> Tell:
    return _member(lambda item, name: {**item, name: value})


def _listed(truth: Truth, way: Way) -> Reply:
    """Let a list of names stand where an object is documented."""
    names: list[Json] = list(shape(item_of(truth.endpoint).properties[way[0]]).properties)
    return _set(names[:1])(truth, way)


def _whole(change: Callable[[Json], Json]) -> Tell:
    """Change the body as a whole."""
    return lambda truth, _: _body(truth, change(_honest(truth)))


def _list(change: Callable[[list[Json]], Json]) -> Tell:
    """Change the items of a list."""
    return lambda truth, _: _body(truth, change(list(truth.items)))


def _bytes(change: Callable[[bytes], bytes]) -> Tell:
    """Change the bytes of the body."""
    return lambda truth, _: _content(truth, change(encoded(_honest(truth))))


def _any(change: Callable[[Truth], Reply]) -> Tell:
    """Change the answer as a whole."""
    return lambda truth, _: change(truth)


def _without(item: Item, name: str) -> Item:
    return {key: value for key, value in item.items() if key != name}


def _renamed(item: Item, old: str, new: str) -> Item:
    return {(new if key == old else key): value for key, value in item.items()}


def _recased(item: Item, name: str) -> Item:
    return _renamed(item, name, cased(name))


def _renamed_everywhere(truth: Truth, way: Way) -> Reply:
    """Call a member otherwise in every item; it is made up where it is not there."""
    of, (name, *_) = item_of(truth.endpoint), way
    new = other_name(name, truth.endpoint)
    made = _made_up(shape(of.properties[name]))
    found = [{name: made, **item} for item in _objects(truth)]
    return _body(truth, truth.endpoint.body([_renamed(item, name, new) for item in found]))


def _nan(body: bytes) -> bytes:
    return body.replace(b"{", b'{"rate":NaN' + (b"" if b"{}" in body else b","), 1)


def _latin(body: bytes) -> bytes:
    """Put a character of Latin-1 into the first text, or name."""
    start = b'":"' if b'":"' in body else b'{"'
    return body.replace(start, start + b"\xe9", 1)


def _error(status: int, **headers: str) -> Tell:
    """Answer with an error of the usual shape, under a status that the contract does not have."""
    body: Json = {"statusCode": status, "message": "The API has a bad day."}
    extra = {name.replace("_", "-"): value for name, value in headers.items()}
    return lambda truth, _: json_reply(status, body, extra).with_headers(_kept(truth.reply))


def _kept(reply: Reply) -> Mapping[str, str]:
    return {name: value for name, value in reply.headers.items() if name.startswith("Mock-")}


def _labelled(content_type: str) -> Tell:
    """Give the body another media type."""
    return lambda truth, way: _bytes(bytes)(truth, way).with_headers({"Content-Type": content_type})


def _instead(status: int, content: bytes, media_type: str = "") -> Tell:
    """Answer with something else, of the type of the truth where no other is named."""
    named = {"Content-Type": media_type} if media_type else {}
    return lambda truth, _: replace(truth.reply, status=status, content=content).with_headers(named)


def _travels(mode: DeliveryMode) -> Tell:
    """Let the truth arrive otherwise than whole."""
    return lambda truth, _: replace(truth.reply, delivery=mode)


_GATEWAY: Final = b"<!doctype html><title>502 Bad Gateway</title><h1>502 Bad Gateway</h1>"
_BARE: Final = b'{"error":"no"}'
_LOGIN: Final = b"<!doctype html><title>Sign in</title><form><input name=user></form>"


def _flaky(truth: Truth) -> Reply:
    if truth.chance.random() < FAILING:
        return _error(503)(truth, ())
    return truth.reply


def _jitter(truth: Truth) -> Reply:
    return replace(truth.reply, delay=truth.chance.uniform(0, JITTER))


def _extra(truth: Truth, _: Way) -> Reply:
    return _set("s3cr3t")(truth, ("secretKey",))


FAILING: Final = 0.5
JITTER: Final = 2.0

Row = tuple[str, str, Tell]
ItemRow = tuple[str, str, Tell, Bendable]

_OF_ITS_SHAPE: Final[tuple[ItemRow, ...]] = (
    ("missing-member", "{holder} has no {member}", _member(_without), REQUIRED),
    ("missing-events-id", "{holder} has no {member}", _member(_without), INNER_REQUIRED),
    ("renamed-member", "{member} is called {other} everywhere", _renamed_everywhere, RENAMABLE),
    ("wrong-case", "{member} is called {cased}", _member(_recased), CASED),
    ("null-member", "{member} is null", _set(None), NOT_NULL),
    ("number-for-text", "{member} is a number", _set(42), TEXT),
    ("text-for-boolean", '{member} is "true"', _set("true"), SWITCH),
    ("number-for-boolean", "{member} is 1", _set(1), SWITCH),
    ("flag-as-text", '{member} of {holder} is "false"', _set("false"), INNER_SWITCH),
    ("null-events", "{member} is null", _set(None), INNER_NOT_NULL),
    ("list-for-events", "{member} is a list", _listed, INNER),
)

_OF_ITS_DATA: Final[tuple[ItemRow, ...]] = (
    ("epoch-date", "{member} is a number of seconds", _set(1713087000), DATE),
    ("local-date", "{member} has a space and no offset", _set("2024-04-14 09:30:00"), DATE),
    ("empty-date", "{member} is an empty text", _set(""), LAST_DATE),
    ("impossible-date", "{member} is 30 February", _set("2024-02-30T00:00:00Z"), DATE),
    ("time-runs-back", "{member} is earlier than it can be", _set("1999-01-01T00:00:00Z"), LATER),
    ("wrong-owner", "{member} is another id", _set("somebody"), OWNER),
    ("same-id-twice", "two items have one {member}", _list(lambda it: [*it, it[0]]), UNIQUE),
)

_OF_ITS_OUTLINE: Final[tuple[ItemRow, ...]] = (
    ("extra-member", "a member that nobody documented", _extra, ANY),
    ("object-for-array", "the first item alone, as an object", _list(lambda it: it[0]), ANY),
)

_OF_ITS_BYTES: Final[tuple[ItemRow, ...]] = (
    ("nan", "a member is NaN", _bytes(_nan), ANY),
    ("not-utf-8", "the body is Latin-1", _bytes(_latin), ANY),
)

_OF_THE_BODY: Final[tuple[Row, ...]] = (
    ("wrapped", "the array is a member of an object", _whole(lambda body: {"data": body})),
    ("nested-array", "the array is inside another array", _whole(lambda body: [body])),
    ("null-body", "the body is null", _whole(lambda _: None)),
    ("text-body", "the body is a JSON text", _whole(lambda body: encoded(body).decode())),
    ("null-item", "one item is null", _list(lambda items: [*items, None])),
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
    ("html-login", "a sign-in page with 200", _instead(200, _LOGIN, "text/html")),
)

_OF_THE_STATUS: Final[tuple[Row, ...]] = (
    ("html-error", "a gateway's page of HTML with 502", _instead(502, _GATEWAY, "text/html")),
    ("bare-401", "a 401 in another shape and without a challenge", _instead(401, _BARE)),
    ("no-content", "204 in place of an array", _instead(204, b"")),
    ("moved", "a redirect to the same place", _error(302, Location="?")),
    ("forbidden", "403, which is not documented", _error(403)),
    ("not-found", "404, which is not documented", _error(404)),
    ("too-many-requests", "429 with Retry-After", _error(429, Retry_After="1")),
    ("server-error", "500", _error(500)),
    ("unavailable", "503 with Retry-After", _error(503, Retry_After="1")),
    ("flaky", f"503 for {FAILING:.0%} of the requests, by seed", _any(_flaky)),
)

_OF_THE_NETWORK: Final[tuple[Row, ...]] = (
    ("jitter", f"up to {JITTER:g} seconds late, by seed", _any(_jitter)),
    ("slow-body", f"the body takes {SLOW:g} seconds", _travels("slow")),
    ("cut-body", "the connection ends in the middle of the body", _travels("cut")),
    ("dropped", "the connection ends without an answer", _travels("dropped")),
)

_ALL: Final = (
    *(Lie(*row, group="shape") for row in _OF_ITS_SHAPE),
    *(Lie(*row, group="data") for row in _OF_ITS_DATA),
    *(Lie(*row, group="shape") for row in _OF_ITS_OUTLINE),
    *(Lie(*row, group="body") for row in _OF_ITS_BYTES),
    *(Lie(*row, about="body", group="body") for row in _OF_THE_BODY),
    *(Lie(*row, about="answer", group="status") for row in _OF_THE_STATUS),
    *(Lie(*row, about="answer", group="network") for row in _OF_THE_NETWORK),
)

LIES: Final[Mapping[str, Lie]] = {lie.name: lie for lie in _ALL}


ALL_LIES: Final[Mapping[str, Lie | WriteLie]] = {**LIES, **WRITE_LIES}
"""Those about any answer, and those about what is written."""


@lru_cache(maxsize=1024)
def lies_of(endpoint: Endpoint) -> tuple[str, ...]:
    """Name the lies that an endpoint can tell."""
    return tuple(name for name, lie in ALL_LIES.items() if lie.suits(endpoint))


def lies_with(status: int | None, endpoint: Endpoint) -> tuple[str, ...]:
    """Name the lies that answer with another status than the truth has, and with this one."""
    truth = Truth(Reply(endpoint.status, b""), (), Random(0), endpoint)  # noqa: S311 - no secret
    if status == endpoint.status:
        return ()
    return tuple(
        name
        for name, lie in LIES.items()
        if lie.about == "answer" and lie.tell(truth, ()).status == status
    )
