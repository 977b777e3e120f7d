"""Liars that let in who should stay out, or keep out who should come in."""

from __future__ import annotations

from dataclasses import replace

from liars import honest
from liars.bend import (
    answering,
    asked_id,
    authorised,
    becoming,
    failing,
    hearing,
    instead,
    late,
    refuses,
    sent,
    trusting,
    trusting_header,
    welcoming,
)
from liars.honest import CHALLENGE, TOKEN, UNKNOWN_ID, Answer, refusal
from liars.row import error, warning
from liars.server import Request

BEARER = "Bearer "
VALID = BEARER + TOKEN
JUNK = "Bearer junk-9b1d2c"


def open_to_all(request: Request) -> Request:
    """Let in a GET for a webhook, whoever asks."""
    return authorised(request) if request.method == "GET" and not request.query else request


def _junk_for_head(request: Request) -> Request:
    junk = request.method == "HEAD" and request.values("authorization")
    return authorised(request) if junk else request


def _get_for_options(request: Request) -> Request:
    return authorised(replace(request, method="GET")) if request.method == "OPTIONS" else request


ROWS = (
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
        "security.head",
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
    error(
        "HEAD asks nobody",
        hearing(lambda request: authorised(request) if request.method == "HEAD" else request),
        "security.head",
    ),
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
    error(
        "a token of one character opens",
        trusting(lambda given: len(given) == len(BEARER) + 1),
        "security.invalid",
    ),
    error("null is a token", welcoming("Bearer null"), "security.invalid"),
    error("a token in quotes opens", welcoming(f'Bearer "{TOKEN}"'), "security.invalid"),
    error(
        "any scheme opens", trusting(lambda given: given.endswith(f" {TOKEN}")), "security.invalid"
    ),
    error(
        "the scheme is cut off by its length",
        trusting(lambda given: given[:6] == "Bearer" and given[6:].strip(" :") == TOKEN),
        "security.invalid",
    ),
    error(
        "the end of the token opens",
        trusting(lambda given: given > BEARER and VALID.endswith(given.removeprefix(BEARER))),
        "security.invalid",
    ),
    error(
        "a token without a signature opens",
        trusting(lambda given: given == f"{VALID}."),
        "security.invalid",
    ),
    *(
        error(f"a token in the header {name} opens", trusting_header(name), "security.invalid")
        for name in ("apikey", "x-api-key", "cookie")
    ),
    error(
        "one instance is open to everybody",
        hearing(lambda request: authorised(request) if asked_id(request) == "shop" else request),
        "security.missing",
        "security.junk",
        "security.invalid",
    ),
    error(
        "what does not exist is open to everybody",
        hearing(
            lambda request: authorised(request) if asked_id(request) == UNKNOWN_ID else request
        ),
        "security.missing",
        "security.junk",
    ),
    error("a junk token opens HEAD", hearing(_junk_for_head), "security.head"),
    error(
        "credentials are forgotten in the end",
        late(open_to_all, 90),
        "security.always",
    ),
    error(
        "one worker of five lets everybody in",
        hearing(lambda request: authorised(request) if request.number % 5 == 0 else request),
        "security.always",
    ),
    warning(
        "bearer in lower case is refused",
        instead(refusal(401, CHALLENGE), sent("authorization", f"bearer {TOKEN}")),
        "security.scheme-case",
    ),
    error(
        "a 401 under the status 200",
        becoming(200, refuses),
        "body.200",
        "security.missing",
        "security.junk",
        "security.invalid",
        "security.two-headers",
        "security.head",
    ),
    error(
        "404 for nobody",
        failing(404, sent("authorization")),
        "security.missing",
        "security.invalid",
    ),
    replace(
        error(
            "a 401 with the webhooks in it",
            answering(
                lambda request, given: replace(given, body=honest.answer(authorised(request)).body),
                refuses,
            ),
            "meaning.confidential",
        ),
        reports={"meaning.confidential": "error", "body.401": "warning"},
    ),
    error("OPTIONS tells the webhooks", hearing(_get_for_options), "meaning.confidential"),
)
