"""Liars that tell the truth now and then: at first, later, by turns, or after another request."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace

from liars import honest
from liars.bend import (
    after,
    answering,
    asked,
    asked_id,
    at,
    body,
    both,
    drop,
    every,
    failing,
    instead,
    items,
    lists,
    put,
    sent,
    written,
)
from liars.honest import UNKNOWN_ID, Answer, found, refusal, webhook
from liars.row import error, of_kind, warning
from liars.server import Request, Speaker, Speech

STABLE = "meaning.stable"


def remembering(change: Callable[[Request, Answer, list[str]], Answer]) -> Speaker:
    """Change answers by the ids that were asked for before; a new server has forgotten them."""
    before: list[str] = []

    def speaker(request: Request) -> Speech:
        if request.number == 1:
            before.clear()
        given = honest.answer(request)
        changed = change(request, given, before) if given.status == 200 else given
        before.append(asked_id(request))
        return honest.said(request, changed)

    return speaker


def _bled(request: Request, given: Answer, before: list[str]) -> Answer:
    """Answer for one instance with the data of the one before."""
    if before[-1:] != ["shop"] or asked_id(request) != "crm":
        return given
    return found([{**item, "instanceInstanceId": "crm"} for item in honest.WEBHOOKS["shop"]])


def _made(request: Request, given: Answer, before: list[str]) -> Answer:
    """Make an instance by asking for it."""
    again = asked_id(request) == UNKNOWN_ID and UNKNOWN_ID in before
    return found([webhook(UNKNOWN_ID)]) if again else given


def _taken(request: Request, given: Answer, before: list[str]) -> Answer:
    """Give the webhooks away at the first read."""
    return found([]) if asked_id(request) == "shop" and "shop" in before else given


def _touched(request: Request, given: Answer) -> Answer:
    now = b"2024-05-02T16:45:%02d.345Z" % (13 + request.number % 46)
    return replace(given, body=given.body.replace(b"2024-05-02T16:45:12.345Z", now))


UNSTEADY = of_kind(
    "meaning",
    error(
        "every read is another one",
        answering(lambda request, _: found([webhook("crm", request.number)]), asked("crm")),
        STABLE,
    ),
    error("each read is an update", answering(_touched), STABLE),
    error("now and then nothing is left", instead(found([]), both(asked("crm"), every(4))), STABLE),
    error(
        "now and then a webhook is missing",
        body(lambda webhooks: webhooks[1:], when=both(asked("crm"), every(5))),
        STABLE,
    ),
    error(
        "a name flickers",
        items(put("name", "another"), when=both(lists, every(3))),
        STABLE,
    ),
    error("another instance's data come late", remembering(_bled), STABLE),
    error(
        "other data for those who take anything",
        items(put("name", "any"), when=both(lists, sent("accept", "*/*"))),
        STABLE,
    ),
    error("a change without an update", items(put("name", "new"), when=after(60)), STABLE),
    error("asking makes an instance", remembering(_made), "id.unknown"),
    warning("reading takes the webhooks away", remembering(_taken), STABLE),
    warning(
        "in the end nothing is left",
        body(lambda _: [], when=both(asked("crm"), after(60))),
        STABLE,
    ),
)

FLAKY = (
    error("500 for the first request", failing(500, at(1)), "status.server-error"),
    error("503 for the second request", failing(503, at(2)), "status.server-error"),
    error("404 for the first request", failing(404, at(1)), "status.documented"),
    error("503 now and then", failing(503, every(7)), "status.server-error"),
    error("500 once in fifty", failing(500, every(50)), "status.server-error"),
    error("500 after many requests", failing(500, after(100)), "status.server-error"),
    error(
        "a member is missing now and then",
        items(drop("url"), when=both(lists, every(9))),
        "body.200.url",
    ),
    error(
        "a type is wrong now and then",
        items(put("enabled", "true"), when=both(asked("crm"), every(9))),
        "body.200.enabled",
    ),
    error(
        "half of the JSON now and then",
        written(lambda text: text[:-20].encode(), both(lists, every(9))),
        "json",
    ),
    error(
        "a valid token is forgotten",
        instead(refusal(401, honest.CHALLENGE), both(asked("crm"), every(7))),
        "id.known",
    ),
    warning(
        "429 after many requests",
        answering(lambda *_: refusal(429, ("Retry-After", "0")), after(118)),
        "run.throttled",
    ),
)

ROWS = (*UNSTEADY, *FLAKY)
