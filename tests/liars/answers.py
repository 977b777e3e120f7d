"""Liars whose statuses, refusals and methods are not the contract's."""

from __future__ import annotations

from dataclasses import replace

from liars.bend import (
    about,
    adding,
    admits,
    answered,
    answering,
    asked,
    asked_id,
    becoming,
    both,
    by,
    coded,
    complaint,
    failing,
    headed,
    hearing,
    holding,
    instead,
    lists,
    readdressed,
    refuses,
    sent,
    written,
)
from liars.honest import CHALLENGE, JSON, TOKEN, UNKNOWN_ID, Answer, refusal
from liars.row import error, warning

# What the plan of a judge has no need to send.
CONTROLS = "".join(
    character for character in map(chr, (*range(32), *range(127, 160))) if character not in "\0\n"
)
HEADERS = frozenset(
    {
        "host",
        "user-agent",
        "connection",
        "accept",
        "authorization",
        "content-length",
        "if-none-match",
    }
)

STATUSES = (
    error("204 for no webhooks", instead(Answer(204), asked("idle")), "status.documented"),
    error("404 for no webhooks", failing(404, asked("idle")), "status.documented"),
    *(
        error(
            f"{status} for a find",
            becoming(status),
            "status.documented",
        )
        for status in (201, 202, 203, 207)
    ),
    *(
        error(
            f"{status} to a good answer",
            instead(Answer(status, (("Location", "/elsewhere"),)), admits),
            "status.documented",
        )
        for status in (301, 302, 307, 308)
    ),
    error(
        "304 for who has nothing",
        instead(Answer(304, (("ETag", '"1"'),)), both(asked("shop"), admits)),
        "status.documented",
    ),
    *(
        error(f"{status} for one instance", failing(status, asked("shop")), "status.documented")
        for status in (402, 403, 404, 406, 409, 410, 418, 423)
    ),
    error("400 for a known id", failing(400, asked("shop")), "id.known"),
    error("401 for a known id", instead(refusal(401, CHALLENGE), asked("bare")), "id.known"),
    *(
        error(f"{status} for one instance", failing(status, asked("shop")), "status.server-error")
        for status in (500, 501, 502, 503, 504)
    ),
    error("500 for HEAD", failing(500, by("HEAD")), "status.server-error"),
    error("500 for OPTIONS", failing(500, by("OPTIONS")), "status.server-error"),
    error("500 for any Accept", failing(500, sent("accept", "*/*")), "status.server-error"),
    error("500 for XML", failing(500, sent("accept", "application/xml")), "status.server-error"),
    error("500 for a condition", failing(500, sent("if-none-match", "*")), "status.server-error"),
    error("500 for a range", failing(500, sent("range", "bytes=0-0")), "status.server-error"),
    error(
        "500 for a query",
        failing(500, lambda request, _: "x-judge" in request.query),
        "status.server-error",
    ),
)

REPRESENTATIONS = (
    error("406 for any Accept", failing(406, sent("accept", "*/*")), "status.documented"),
    error(
        "406 without an Accept",
        failing(406, both(asked("crm"), sent("accept"))),
        "status.documented",
    ),
    error(
        "406 for a list of types",
        failing(406, sent("accept", "application/json, text/plain, */*")),
        "status.documented",
    ),
    error(
        "HTML for any Accept",
        instead(Answer(200, (("Content-Type", "text/html"),), b"<p>"), sent("accept", "*/*")),
        "media-type.200",
        "json",
    ),
    error(
        "an id is written into a header",
        answering(
            lambda request, given: replace(
                given, headers=(*given.headers, ("X-Instance", asked_id(request)))
            ),
            about(lambda known: "\n" in known and "X-" in known),
        ),
        "http.injected",
    ),
    error(
        "an id in the query counts more",
        hearing(
            lambda request: (
                readdressed(request, "nobody") if "instanceId=" in request.query else request
            )
        ),
        "meaning.stable",
    ),
    error(
        "304 for a tag that it never gave",
        instead(Answer(304), sent("if-none-match", '"never-a-tag-of-this"')),
        "http.not-modified",
    ),
    error(
        "304 since 1970",
        instead(Answer(304), sent("if-modified-since", "Thu, 01 Jan 1970 00:00:00 GMT")),
        "http.not-modified",
    ),
    error(
        "broken gzip for who takes it",
        answering(
            lambda _, given: coded(given, lambda raw: raw, ("Content-Encoding", "gzip")),
            sent("accept-encoding", "gzip"),
        ),
        "http.frame",
    ),
    warning("HEAD finds nothing", failing(404, by("HEAD")), "http.head"),
    warning("HEAD has no content", instead(Answer(204), both(admits, by("HEAD"))), "http.head"),
    warning("HEAD is a bad request", failing(400, both(admits, by("HEAD"))), "http.head"),
    warning(
        "HEAD names no length of GET",
        instead(Answer(200, (JSON, ("Content-Length", "0"))), both(admits, by("HEAD"))),
        "http.head.length",
    ),
    warning(
        "HEAD is HTML",
        headed(("Content-Type", "text/html"), when=both(admits, by("HEAD"))),
        "http.head.length",
    ),
)

REFUSALS = (
    warning("no challenge", headed(("WWW-Authenticate", ""), when=refuses), "security.challenge"),
    warning(
        "a Basic challenge",
        headed(("WWW-Authenticate", 'Basic realm="api"'), when=refuses),
        "security.challenge",
    ),
    warning(
        "a realm that speaks of bearers",
        headed(("WWW-Authenticate", 'Basic realm="api, bearer of keys"'), when=refuses),
        "security.challenge",
    ),
    warning(
        "a 401 in HTML",
        instead(Answer(401, (("Content-Type", "text/html"), CHALLENGE), b"<h1>Who?</h1>"), refuses),
        "media-type.401",
    ),
    warning("a 401 without body", instead(Answer(401, (CHALLENGE,)), refuses), "media-type.401"),
    warning(
        "a 401 as problem details",
        headed(("Content-Type", "application/problem+json"), when=refuses),
        "media-type.401",
    ),
    warning(
        "the envelope of version 1", complaint({"status": 401, "error": "Unauthorized"}), "body.401"
    ),
    warning(
        "the envelope of the Go server",
        complaint({"statusCode": 401, "error": "unauthorized", "messages": ["No."]}),
        "body.401",
    ),
    warning(
        "a statusCode in a text", complaint({"statusCode": "401", "message": "No."}), "body.401"
    ),
    *(
        warning(name, complaint(value), "body.401")
        for name, value in {
            "an error in an object": {"statusCode": 401, "error": {}, "message": "No."},
            "an error of null": {"statusCode": 401, "error": None, "message": "No."},
            "a message in a number": {"statusCode": 401, "message": 7},
            "an error without anything": {},
            "an error in a text": "Unauthorized",
            "an error that is null": None,
            "half a statusCode": {"statusCode": 401.5, "message": "No."},
        }.items()
    ),
    *(
        warning(name, complaint({"statusCode": 401, "message": message}), "meaning.internals")
        for name, message in {
            "a trace of Python": "Traceback (most recent call last):\n  File",
            "a path of the server": "in /srv/app/auth.guard.ts",
            "the words of a driver": "PrismaClientKnownRequestError",
        }.items()
    ),
    warning(
        "a statusCode of 200",
        complaint({"statusCode": 200, "message": "No."}),
        "meaning.status-code",
    ),
    warning("a message of null", complaint({"statusCode": 401, "message": None}), "body.401"),
    warning("a 401 in a list", complaint([{"statusCode": 401, "message": "No."}]), "body.401"),
    warning(
        "a statusCode that differs",
        complaint({"statusCode": 403, "message": "No."}),
        "meaning.status-code",
    ),
    warning(
        "a stack trace",
        complaint({"statusCode": 401, "message": "Error: jwt\n    at verify (/srv/jwt.js:12:7)"}),
        "meaning.internals",
    ),
    error("a 401 that is not JSON", written(lambda _: b"Unauthorized", refuses), "json"),
    error(
        "the token comes back in a message",
        complaint({"statusCode": 401, "message": f"{TOKEN}x is wrong"}),
        "security.echo",
    ),
    error(
        "the token comes back in a header", adding(("X-Token", TOKEN), when=lists), "security.echo"
    ),
    warning(
        "a 400 without statusCode",
        instead(Answer(400, (JSON,), b'{"message":"No."}'), answered(400)),
        "body.400",
    ),
    warning(
        "a 400 in plain text",
        instead(Answer(400, (("Content-Type", "text/plain"),), b"No."), asked(UNKNOWN_ID)),
        "media-type.400",
    ),
)

METHODS = (
    error("PUT creates", instead(Answer(201, (JSON,), b"{}"), by("PUT")), "http.methods"),
    error("PATCH succeeds", instead(Answer(204), by("PATCH")), "http.methods"),
    error(
        "TRACE answers",
        instead(Answer(200, (("Content-Type", "message/http"),), b"TRACE"), by("TRACE")),
        "http.methods",
    ),
    error("DELETE breaks it", failing(500, by("DELETE")), "status.server-error"),
    warning("PUT is not found", failing(404, by("PUT")), "http.methods"),
    warning("Allow leaves out GET", headed(("Allow", "HEAD"), when=answered(405)), "http.allow"),
    warning("a 405 without Allow", headed(("Allow", ""), when=answered(405)), "http.allow"),
    warning("Allow names PUT", headed(("Allow", "GET, PUT"), when=answered(405)), "http.allow"),
    warning(
        "OPTIONS names DELETE", headed(("Allow", "GET, DELETE"), when=by("OPTIONS")), "http.allow"
    ),
)

# Only generated requests come upon these.
GENERATED = tuple(
    replace(row, max_examples=40)
    for row in (
        error(
            "500 for a control character", failing(500, holding(CONTROLS)), "status.server-error"
        ),
        error(
            "500 for an id of one character",
            failing(500, lambda request, _: len(asked_id(request)) == 1),
            "status.server-error",
        ),
        error(
            "500 for a header that nobody knows",
            failing(500, lambda request, _: bool({name for name, _ in request.headers} - HEADERS)),
            "status.server-error",
        ),
    )
)
