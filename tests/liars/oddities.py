"""Honest servers that look odd: what a judge must let pass."""

from __future__ import annotations

import json
import re
import zlib
from dataclasses import replace

from liars import honest
from liars.bend import (
    about,
    adding,
    admits,
    after,
    always,
    answered,
    answering,
    asked,
    asked_id,
    body,
    both,
    by,
    chunked,
    coded,
    complaint,
    drop,
    every,
    failing,
    headed,
    hearing,
    instead,
    items,
    lists,
    put,
    refuses,
    rewire,
    second,
    sent,
    showing,
    speaking,
    swap,
    written,
    zipped,
)
from liars.honest import ALLOW, CHALLENGE, FLAGS, TOKEN, UNKNOWN_ID, Answer, found, refusal, webhook
from liars.row import odd
from liars.server import Manner, Request, Speech

TYPE = "Content-Type"
VALID = f"Bearer {TOKEN}"
GZIP = ("Content-Encoding", "gzip")
DEFLATE = ("Content-Encoding", "deflate")
CHUNKED = ("Transfer-Encoding", "chunked")
CAPITALS = ("Transfer-Encoding", "CHUNKED")
CREATED, UPDATED = "createdAt", "updatedAt"


def _turned(request: Request, given: Answer) -> Answer:
    webhooks = json.loads(given.body)
    return replace(given, body=json.dumps(webhooks[:: 1 if request.number % 2 else -1]).encode())


def _part(_: Request, given: Answer) -> Answer:
    last = len(given.body)
    return Answer(206, (honest.JSON, ("Content-Range", f"bytes 0-0/{last}")), given.body[:1])


def _edited_twice(request: Request, given: Answer) -> Answer:
    edits = (request.number > 40) + (request.number > 80)
    return replace(
        given, body=given.body.replace(b"2024-05-02T16", b"2024-05-02T%d" % (16 + edits))
    )


def _page(status: int) -> Answer:
    """Return what a router or a gateway says, in its own words."""
    return Answer(status, ((TYPE, "text/html"), ("Location", "/")), b"<html><h1>No.</h1>")


def _without_slashes(request: Request) -> Request:
    return replace(request, target=request.target.replace("%2F/", "/"))


def _malformed(request: Request) -> bool:
    given = request.values("authorization")
    return len(given) == 1 and re.fullmatch(r"Bearer [\w.~+/-]+=*", given[0]) is None


BODIES = (
    odd("the reference", honest.speak),
    odd("optional members absent", items(drop("enabled"), drop("WebhookEvents"))),
    odd("few flags", items(drop("WebhookEvents.chatsDelete"), drop("WebhookEvents.newJwt"))),
    odd(
        "all flags false",
        items(
            put("enabled", value=False),
            *(put(f"WebhookEvents.{flag}", value=False) for flag in FLAGS),
        ),
    ),
    odd(
        "keys in another order",
        body(lambda webhooks: [dict(reversed(item.items())) for item in webhooks]),
    ),
    odd("webhooks in another order at each read", answering(_turned)),
    odd(
        "two webhooks with one name and url",
        second(put("name", "crm 1"), put("url", "https://hooks.example.com/1")),
    ),
    odd("texts of any kind", items(put("name", ""), put("url", "not a url"))),
    odd(
        "ids of any kind",
        second(put("webhookId", "1"), put("WebhookEvents.webhookEventsId", " a b ")),
    ),
    odd("hostile texts", items(put("name", "<b>\0\u202e\N{PILE OF POO}'--"))),
    odd("5,000 characters", items(put("url", "https://example.com/" + "x" * 5000))),
    odd(
        "two edits during the run",
        answering(_edited_twice),
        "meaning.stable",
    ),
    odd(
        "an edit during the run",
        items(put("name", "new"), put(UPDATED, "2024-05-03T00:00:00Z"), when=after(20)),
        "meaning.stable",
    ),
    odd(
        "one webhookId in two instances",
        items(put("webhookId", "1"), when=asked("shop", "bare")),
        "meaning.apart",
    ),
    odd(
        "two webhooks share their events",
        items(put("WebhookEvents.webhookEventsId", "we-1"), when=asked("crm")),
        "meaning.events-identity",
    ),
    odd(
        "five hundred webhooks",
        body(lambda _: [webhook("shop", n) for n in range(500)], asked("shop")),
    ),
    odd(
        "a webhook is added during the run",
        body(lambda found: [*found, webhook("crm", 3)], both(asked("crm"), after(50))),
        "meaning.stable",
    ),
    odd("created and updated at one moment", items(put(UPDATED, "2024-04-14T12:30:00+03:00"))),
    odd(
        "created in the future",
        items(put(CREATED, "2124-04-14T09:30:00Z"), put(UPDATED, "2124-04-14T09:30:00Z")),
    ),
    odd("no webhook left", body(lambda _: [], when=asked("shop"))),
)

DATES = (
    odd(
        "offsets",
        items(put(CREATED, "2024-05-02T18:00:00+05:30"), put(UPDATED, "2024-05-02T13:00:00Z")),
    ),
    odd("t and z in lower case", items(put(CREATED, "2024-04-14t09:30:00z"))),
    odd("nine digits of a second", items(put(CREATED, "2024-04-14T09:30:00.123456789Z"))),
    odd(
        "one digit of a second",
        items(put(CREATED, "2024-04-14T09:30:00.1Z"), put(UPDATED, "2024-04-14T09:30:00.10-00:00")),
    ),
    odd("a leap second", items(put(CREATED, "2016-12-31T23:59:60Z"))),
    odd(
        "the first and the last year",
        items(put(CREATED, "0001-01-01T00:00:00+14:00"), put(UPDATED, "9999-12-31T23:59:59-12:00")),
    ),
)

WRITING = (
    odd(
        "pretty-printed",
        written(lambda text: json.dumps(json.loads(text), indent=2).encode() + b"\n"),
    ),
    odd(
        "escapes",
        written(lambda text: text.replace("crm", r"\u0063rm").replace("/", r"\/").encode()),
    ),
    odd("a charset in quotes", headed((TYPE, 'application/json; charset="utf-8"'))),
    odd("a parameter", headed((TYPE, "application/json; profile=webhooks"))),
    odd("a semicolon too many", headed((TYPE, "application/json;"))),
    odd("spaces around JSON", written(lambda text: f"\r\n\t {text} \n".encode())),
    odd("a charset", headed((TYPE, "Application/JSON; charset=UTF-8"))),
    odd("gzip", answering(lambda _, given: coded(given, zipped, GZIP))),
    odd(
        "gzip in two members",
        answering(
            lambda _, given: coded(given, lambda raw: zipped(raw[:50]) + zipped(raw[50:]), GZIP)
        ),
    ),
    odd("chunks", answering(lambda _, given: coded(given, chunked, CHUNKED))),
    odd(
        "chunks with extras",
        answering(
            lambda _, given: coded(
                given,
                lambda raw: b"%x;a=b\r\n%b\r\n0\r\nX-Sum: 1\r\n\r\n" % (len(raw), raw),
                CHUNKED,
            )
        ),
    ),
    odd(
        "HTTP/1.0 until it hangs up",
        rewire(
            lambda raw: re.sub(
                rb"Content-Length: \d+\r\n", b"", raw.replace(b"HTTP/1.1", b"HTTP/1.0")
            )
        ),
    ),
    odd(
        "header names in odd case",
        rewire(
            lambda raw: raw.replace(b"Content-Type: ", b"cONTENT-tYPE:  \t ").replace(
                b"\r\nConnection", b" \t\r\ncoNNection"
            ),
            always,
        ),
    ),
    odd("no reason phrase", swap("200 OK", "200 ", always)),
    odd(
        "an early hint",
        rewire(lambda raw: b"HTTP/1.1 103 Early Hints\r\nLink: </x>; rel=preload\r\n\r\n" + raw),
    ),
    odd(
        "interim answers",
        rewire(
            lambda raw: (
                b"HTTP/1.1 100 Continue\r\n\r\n" + b"HTTP/1.1 102 Processing\r\n\r\n" * 3 + raw
            )
        ),
    ),
    odd("a reason phrase beyond ASCII", swap("200 OK", "200 D'acc\xf4rd\t!", always)),
    odd("bytes beyond ASCII in a header", adding(("X-Note", "caf\xe9 \xa0"), when=always)),
    odd("odd characters in a header's name", adding(("!#$%&'*+-.^_`|~9", "a:b"), when=always)),
    odd("an empty header", adding(("X-Note", ""), when=always)),
    odd("a length with zeros before it", swap("Content-Length: ", "Content-Length: 000")),
    odd("a coding in capitals", answering(lambda _, given: coded(given, chunked, CAPITALS))),
    odd(
        "sizes of chunks in capitals, with zeros before them",
        answering(
            lambda _, given: coded(
                given, lambda raw: b"%08X\r\n%b\r\n00\r\n\r\n" % (len(raw), raw), CHUNKED
            )
        ),
    ),
    odd(
        "extensions in quotes",
        answering(
            lambda _, given: coded(
                given,
                lambda raw: b'%x;a;b=c;d="e \\"; f"\r\n%b\r\n0;z\r\n\r\n' % (len(raw), raw),
                CHUNKED,
            )
        ),
    ),
    odd(
        "chunks of one byte",
        answering(
            lambda _, given: coded(
                given,
                lambda raw: b"".join(b"1\r\n%c\r\n" % byte for byte in raw) + b"0\r\n\r\n",
                CHUNKED,
            )
        ),
    ),
    odd("deflate", answering(lambda _, given: coded(given, zlib.compress, DEFLATE))),
    odd("a coding that changes nothing", headed(("Content-Encoding", "identity"))),
    odd(
        "a 204 with a length of 0",
        instead(Answer(204, (ALLOW, ("Content-Length", "0"))), by("OPTIONS")),
    ),
    odd("a head of 60 KiB", adding(*(("X-Note", "x" * 1000) for _ in range(60)), when=lists)),
    odd(
        "the connection stays open",
        speaking(lambda speech: replace(speech, stays=True), both(lists, every(4))),
    ),
    odd(
        "cookies and more",
        adding(
            ("Set-Cookie", "a=1"),
            ("Set-Cookie", "b=2"),
            ("Vary", "Origin"),
            ("Vary", "Accept"),
            ("Access-Control-Allow-Origin", "*"),
            ("X-Request-Id", "1"),
            when=always,
        ),
        "http.preflight",
    ),
)

REFUSALS = (
    odd(
        "messages in a list",
        complaint(
            {"statusCode": 401, "error": "Unauthorized", "message": ["No.", {"property": "x"}]}
        ),
    ),
    odd("a message in an object", complaint({"statusCode": 401, "message": {"text": "No."}})),
    odd(
        "a 401 that tells more",
        complaint({"statusCode": 401, "message": "", "path": "/", "timestamp": "now"}),
    ),
    odd(
        "challenges in one line",
        headed(
            ("WWW-Authenticate", 'Basic realm="a, b", Digest nonce="x", bearer realm="api"'),
            when=refuses,
        ),
    ),
    odd("challenges in two lines", adding(("WWW-Authenticate", "Negotiate"), when=refuses)),
    odd(
        "a challenge that says more",
        headed(
            (
                "WWW-Authenticate",
                'Bearer realm="api", error="invalid_token", error_description="no, \\"no\\""',
            ),
            when=refuses,
        ),
    ),
    odd(
        "two spaces are too many",
        instead(refusal(401, CHALLENGE), sent("authorization", f"Bearer  {TOKEN}")),
    ),
    odd("a word behind the token is let pass", hearing(showing(f"{VALID} junk-9b1d2c"))),
    odd("the first of two headers counts", hearing(showing(VALID, "Bearer junk-9b1d2c"))),
    odd("the last of two headers counts", hearing(showing("Bearer junk-9b1d2c", VALID))),
    odd(
        "400 for every id that nobody has",
        failing(400, about(lambda known: known not in honest.KNOWN_IDS)),
    ),
    odd("400 for a long id", failing(400, about(lambda known: len(known) > 255))),
    odd("no id is a bad one", instead(found([]), answered(400))),
    odd("400 for an unknown id", failing(400, asked(UNKNOWN_ID))),
    odd(
        "400 for ids with odd characters",
        failing(
            400,
            lambda request, given: (
                admits(request, given)
                and "%" in request.path
                and asked_id(request) not in honest.KNOWN_IDS
            ),
        ),
    ),
    odd(
        "a 401 for an unknown id", instead(refusal(401, CHALLENGE), asked(UNKNOWN_ID)), "id.unknown"
    ),
    odd(
        "400 for credentials in bad form",
        failing(400, lambda request, given: refuses(request, given) and _malformed(request)),
    ),
    odd(
        "400 for an id that is not UTF-8, whoever asks",
        failing(400, lambda request, _: "%FF" in request.path),
    ),
)

TURNED_AWAY = (
    *(
        odd(f"{status} for {name}", instead(_page(status), about(fits)), "id.odd")
        for status, name, fits in (
            (404, "a slash", lambda known: "/" in known),
            (404, "digits", str.isdecimal),
            (404, "characters beyond ASCII", lambda known: not known.isascii()),
            (403, "a way up", lambda known: ".." in known),
            (414, "300 characters", lambda known: len(known) > 255),
            (422, "spaces", lambda known: known == "   "),
            (400, "a brace", lambda known: "{" in known),
            (301, "a dot", lambda known: "." in known),
            (308, "a semicolon", lambda known: ";" in known),
            (406, "a quote", lambda known: "'" in known),
        )
    ),
    odd("slashes are merged", hearing(_without_slashes), "id.odd"),
    odd(
        "a gateway refuses two Authorization headers",
        instead(_page(400), lambda request, _: len(request.values("authorization")) > 1),
    ),
    odd(
        "a firewall before the API",
        instead(
            _page(403), lambda request, _: any(c in request.path for c in ("%2F", "%00", "%3C"))
        ),
        "id.odd",
    ),
)


def _closing(request: Request) -> Request:
    """Take a request for one that ends its connection."""
    others = [header for header in request.headers if header[0] != "connection"]
    return replace(request, headers=(*others, ("connection", "close")))


def _of_1_0(speech: Speech) -> Speech:
    return replace(speech, raw=speech.raw.replace(b"HTTP/1.1", b"HTTP/1.0", 1))


METHODS = (
    odd("no HEAD", instead(refusal(405, ("Allow", "GET")), by("HEAD")), "http.head"),
    odd(
        "OPTIONS in words",
        instead(Answer(200, ((TYPE, "text/plain"), ALLOW), b"Ask me."), by("OPTIONS")),
    ),
    odd("501 for OPTIONS", failing(501, by("OPTIONS")), "http.options"),
    odd("no OPTIONS", instead(refusal(405, ("Allow", "GET, HEAD")), by("OPTIONS"))),
    odd(
        "HEAD names no length",
        instead(Answer(200, (honest.JSON, CHUNKED)), both(admits, by("HEAD"))),
    ),
    odd("a part for who asks for a part", answering(_part, sent("range", "bytes=0-0"))),
    odd("no part for who asks for a part", failing(416, sent("range", "bytes=0-0")), "http.extras"),
    odd(
        "a query that it does not know is bad",
        failing(400, lambda request, _: "x-judge" in request.query),
    ),
    odd(
        "OPTIONS are for who may come in",
        instead(refusal(401, CHALLENGE), both(by("OPTIONS"), sent("authorization"))),
    ),
    odd(
        "304 where it fits",
        instead(Answer(304, (("ETag", '"1"'),)), both(lists, sent("if-none-match", "*"))),
    ),
    odd("406 for HTML", failing(406, sent("accept", "text/html"))),
    odd("415 for HTML", failing(415, sent("accept", "text/html")), "http.accept"),
    odd(
        "HTML for HTML",
        instead(Answer(200, ((TYPE, "text/html"),), b"<p>"), sent("accept", "text/html")),
    ),
    odd(
        "412 for a condition",
        failing(412, both(lists, sent("if-none-match", "*"))),
        "http.conditional",
    ),
    replace(
        odd(
            "what POST does is nobody's business",
            failing(500, by("POST", "PUT", "PATCH", "DELETE", "TRACE")),
        ),
        unsafe_methods=False,
    ),
    replace(
        odd(
            "an id with spaces and a slash",
            answering(lambda *_: found([webhook("my shop/1")]), asked("my shop/1")),
        ),
        instance_ids=("crm", "my shop/1"),
    ),
    replace(
        odd("as many webhooks as it should have", honest.speak),
        webhooks={known: len(webhooks) for known, webhooks in honest.WEBHOOKS.items()},
    ),
    replace(odd("one instance is known", honest.speak), instance_ids=("shop",)),
)

CONNECTIONS = (
    replace(odd("idle connections are closed", honest.speak), manner=Manner(idle=0.1)),
    replace(odd("a connection ends without a word", honest.speak), manner=Manner(turns=1)),
    replace(odd("ten requests on a connection", honest.speak), manner=Manner(turns=10)),
    replace(odd("one connection at a time", honest.speak), manner=Manner(places=1)),
    replace(odd("three connections at a time", honest.speak), manner=Manner(places=3)),
    odd("every answer says close", hearing(_closing)),
    odd("HTTP/1.0", lambda request: _of_1_0(honest.speak(_closing(request)))),
)

ROWS = (*BODIES, *DATES, *WRITING, *REFUSALS, *TURNED_AWAY, *METHODS, *CONNECTIONS)
