"""Liars whose statuses, refusals and methods are not the contract's."""

from __future__ import annotations

from dataclasses import replace

from liars.bend import (
    adding,
    admits,
    answered,
    answering,
    asked,
    asked_id,
    at,
    authorised,
    by,
    complaint,
    every,
    failing,
    headed,
    hearing,
    holding,
    instead,
    lists,
    mistaking,
    refuses,
    sent,
    trusting,
    welcoming,
    written,
)
from liars.honest import CHALLENGE, JSON, TOKEN, UNKNOWN_ID, Answer, found, refusal, webhook
from liars.row import error, warning

BEARER = "Bearer "
VALID = BEARER + TOKEN
JUNK = "Bearer junk-9b1d2c"

# What the plan of a judge has no need to send.
CONTROLS = "".join(
    letter for letter in map(chr, (*range(32), *range(127, 160))) if letter not in "\0\n"
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
    error(
        "201 for a find",
        answering(lambda _, given: replace(given, status=201)),
        "status.documented",
    ),
    error("404 for an unknown id", failing(404, asked(UNKNOWN_ID)), "status.documented"),
    error("403 for an unknown id", failing(403, asked(UNKNOWN_ID)), "status.documented"),
    error("404 for an id with a slash", failing(404, holding("/")), "status.documented"),
    error(
        "414 for 300 letters",
        failing(414, lambda request, _: len(asked_id(request)) > 255),
        "status.documented",
    ),
    error("422 for blanks", failing(422, asked("   ")), "status.documented"),
    error("500 for a quote", failing(500, holding("'")), "status.server-error"),
    error("500 for a NUL", failing(500, holding("\0")), "status.server-error"),
    error("500 for an emoji", failing(500, holding("\N{WAVING HAND SIGN}")), "status.server-error"),
    error(
        "500 for a UUID's hyphens",
        failing(500, lambda request, _: asked_id(request).count("-") == 4),
        "status.server-error",
    ),
    error("500 for what is not UTF-8", failing(500, answered(400)), "status.server-error"),
    error("500 for the first request", failing(500, at(1)), "status.server-error"),
    error("503 now and then", failing(503, every(7)), "status.server-error"),
    error("500 for HEAD", failing(500, by("HEAD")), "status.server-error"),
    error("500 for any Accept", failing(500, sent("accept", "*/*")), "status.server-error"),
    error("500 for a condition", failing(500, sent("if-none-match", "*")), "status.server-error"),
    error(
        "301 to a good answer",
        instead(Answer(301, (("Location", "/elsewhere"),)), admits),
        "status.documented",
    ),
    error("400 for a known id", failing(400, asked("shop")), "id.known"),
    error("401 for a known id", instead(refusal(401, CHALLENGE), asked("bare")), "id.known"),
    error(
        "a webhook for nobody",
        instead(found([webhook(UNKNOWN_ID)]), asked(UNKNOWN_ID)),
        "id.unknown",
    ),
    error(
        "crmx is taken for crm", mistaking(lambda known: known.removesuffix("x")), "meaning.owner"
    ),
    error("CRM is taken for crm", mistaking(str.lower), "meaning.owner"),
    error(
        "every read is another one",
        answering(lambda request, _: found([webhook("crm", request.number)]), asked("crm")),
        "meaning.stable",
    ),
)

CREDENTIALS = (
    error(
        "nobody is asked who they are",
        hearing(authorised),
        "security.missing",
        "security.junk",
        "security.invalid",
        "security.two-headers",
        "security.head",
    ),
    error("nobody is somebody", welcoming(), "security.missing"),
    error("a junk token opens", welcoming(JUNK), "security.junk"),
    error(
        "any token opens",
        trusting(lambda given: given.startswith(BEARER) and given != BEARER),
        "security.junk",
        "security.invalid",
    ),
    error("an empty token opens", welcoming("Bearer"), "security.invalid"),
    error("an empty header opens", welcoming(""), "security.invalid"),
    error(
        "a part of the token opens",
        trusting(lambda given: VALID.startswith(given) and given > BEARER),
        "security.invalid",
    ),
    error(
        "the token and more opens",
        trusting(lambda given: given.startswith(VALID)),
        "security.invalid",
    ),
    error(
        "the token in other case opens",
        trusting(lambda given: given.lower() == VALID.lower()),
        "security.invalid",
    ),
    error("Basic opens", welcoming(f"Basic {TOKEN}"), "security.invalid"),
    error("a bare token opens", welcoming(TOKEN), "security.invalid"),
    error(
        "a token in the query opens",
        hearing(lambda request: authorised(request) if TOKEN in request.query else request),
        "security.invalid",
    ),
    error("two junk tokens open", welcoming(JUNK, f"{JUNK}2"), "security.two-headers"),
    error("HEAD asks nobody", instead(found([]), by("HEAD")), "security.head"),
    error(
        "403 for nobody",
        failing(403, refuses),
        "security.missing",
        "security.junk",
        "security.invalid",
    ),
    error(
        "400 for a junk token",
        failing(400, sent("authorization", JUNK)),
        "security.junk",
    ),
    error(
        "a login page for nobody",
        instead(Answer(302, (("Location", "/login"),)), sent("authorization")),
        "security.missing",
        "security.invalid",
        "security.head",
    ),
    error("500 for nobody", failing(500, sent("authorization")), "status.server-error"),
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
        instead(Answer(400, (("Content-Type", "text/plain"),), b"No."), answered(400)),
        "media-type.400",
    ),
)

METHODS = (
    error("POST creates", instead(Answer(201, (JSON,), b"{}"), by("POST")), "http.methods"),
    error("PATCH succeeds", instead(Answer(204), by("PATCH")), "http.methods"),
    error(
        "TRACE answers",
        instead(Answer(200, (("Content-Type", "message/http"),), b"TRACE"), by("TRACE")),
        "http.methods",
    ),
    error("DELETE breaks it", failing(500, by("DELETE")), "status.server-error"),
    warning("PUT is not found", failing(404, by("PUT")), "http.methods"),
    warning("a 405 without Allow", headed(("Allow", ""), when=answered(405)), "http.allow"),
    warning("Allow names POST", headed(("Allow", "GET, POST"), when=answered(405)), "http.allow"),
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
            "500 for an id of one letter",
            failing(500, lambda request, _: len(asked_id(request)) == 1),
            "status.server-error",
        ),
        error(
            "500 for a header that nobody knows",
            failing(500, lambda request, _: bool({name for name, _ in request.headers} - HEADERS)),
            "status.server-error",
        ),
        error(
            "a token of one letter opens",
            trusting(lambda given: len(given) == len(BEARER) + 1),
            "security.invalid",
        ),
    )
)

ROWS = (*STATUSES, *CREDENTIALS, *REFUSALS, *METHODS, *GENERATED)
