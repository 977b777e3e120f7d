"""Liars that take tokens that nobody issued, or anybody's for everything; caches that keep it."""

from __future__ import annotations

import base64
import json
from collections.abc import Mapping
from dataclasses import replace

from liars import honest
from liars.bend import (
    answering,
    asked_id,
    authorised,
    headed,
    hearing,
    refuses,
    trusting,
    welcoming,
)
from liars.honest import CHALLENGE, TOKEN, Answer, Item, found, refusal, webhook
from liars.row import Row, deep, error, odd, warning
from liars.server import Request, Speaker

INVALID = "security.invalid"


def _part(value: object) -> str:
    return base64.urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


JWT = f"{_part({'alg': 'HS256'})}.{_part({'sub': 'crm'})}.c2lnbmVkLWJ5LW5vYm9keQ"
HEAD, PAYLOAD, SIGNATURE = JWT.split(".")


def _decoded(part: str) -> object:
    try:
        return json.loads(base64.urlsafe_b64decode(part + "=="))
    except ValueError:
        return None


def taking(believes: object) -> Speaker:
    """Take one JWT, and whatever else is believed, given as three parts."""

    def hear(request: Request) -> Request:
        given = request.values("authorization")
        scheme, _, token = given[0].partition(" ") if len(given) == 1 else ("", "", "")
        token = token.strip() if scheme.lower() == "bearer" else ""
        parts = token.split(".")
        known = token == JWT or (len(parts) == 3 and callable(believes) and believes(*parts))
        headers = tuple(header for header in request.headers if header[0] != "authorization")
        return authorised(request) if known else replace(request, headers=headers)

    return hearing(hear)


def _algorithm_none(head: str, _payload: str, _signature: str) -> bool:
    header = _decoded(head)
    return isinstance(header, dict) and str(header.get("alg")).lower() == "none"


def _of_jwt(row: Row) -> Row:
    return replace(row, token=JWT)


FORGED = (
    _of_jwt(error("alg none opens", taking(_algorithm_none), INVALID)),
    _of_jwt(
        error(
            "a signature is not looked at",
            taking(lambda head, payload, _: (head, payload) == (HEAD, PAYLOAD)),
            INVALID,
        )
    ),
    _of_jwt(
        error(
            "a payload is not what was signed",
            taking(
                lambda head, payload, signature: (
                    (head, signature) == (HEAD, SIGNATURE) and _decoded(payload) is not None
                )
            ),
            INVALID,
        )
    ),
)

ODD = (
    error(
        "what cannot be read is let pass",
        trusting(lambda given: given.count(".") == 2 and _decoded(given.split(".")[2]) is None),
        INVALID,
    ),
    error("an asterisk is a token", welcoming("Bearer *"), INVALID),
    error(
        "the token as a password opens",
        trusting(lambda given: given.startswith("Basic ") and _is_password(given[6:])),
        INVALID,
    ),
    error(
        "one token of a list opens",
        trusting(lambda given: "," in given and TOKEN in given.removeprefix("Bearer ").split(",")),
        INVALID,
    ),
    *deep(
        error("undefined is a token", welcoming("Bearer undefined"), INVALID),
        error("an object is a token", welcoming("Bearer [object Object]"), INVALID),
        error("SQL is a token", trusting(lambda given: "'1'='1" in given), INVALID),
        error("Digest opens", welcoming(f"Digest {TOKEN}"), INVALID),
        error("a scheme may stand twice", welcoming(f"Bearer Bearer {TOKEN}"), INVALID),
        error("a token is read without its case", welcoming(f"Bearer {TOKEN.upper()}"), INVALID),
        error(
            "a token is what is as long",
            trusting(lambda given: given == f"Bearer {'x' * len(TOKEN)}"),
            INVALID,
        ),
    ),
)


def _is_password(text: str) -> bool:
    try:
        return base64.b64decode(text).decode().endswith(f":{TOKEN}")
    except ValueError:
        return False


CACHES = (
    warning(
        "whoever asks may get it from a cache",
        headed(("Cache-Control", "Public, max-age=60")),
        "security.cache",
    ),
    warning(
        "shared caches may keep it",
        headed(("Cache-Control", "max-age=0, s-maxage=60")),
        "security.cache",
    ),
)
CHALLENGES = (
    warning(
        "a challenge whose quotes do not end",
        headed(("WWW-Authenticate", 'Bearer realm="api'), when=refuses),
        "security.challenge.syntax",
    ),
    warning(
        "a challenge with quotes in quotes",
        headed(
            ("WWW-Authenticate", 'Bearer error="x", error_description="no "a", "b'), when=refuses
        ),
        "security.challenge.syntax",
    ),
)

OTHER = "other-tenant-token"
THEIRS = "kiosk"


def shared(answers: Mapping[str, list[Item] | None], *, strays: bool = False) -> Speaker:
    """Serve a second tenant: their own webhook, and for the other's ids what is said here.

    `strays` answers the first tenant what belongs to the second one.
    """

    def change(request: Request, given: Answer) -> Answer:
        if request.method != "GET" or honest.PATH.fullmatch(request.path) is None:
            return given
        theirs = request.values("authorization") == [f"Bearer {OTHER}"]
        known = asked_id(request)
        if known == THEIRS and (theirs or strays) and (theirs or given.status == 200):
            return found([webhook(THEIRS)])
        if not theirs:
            return given
        told = answers.get(known, answers.get("*"))
        return refusal(403) if told is None else found(told)

    return answering(change, lambda *_: True)


def _of_two(row: Row) -> Row:
    return replace(row, other=(OTHER, THEIRS))


def refusing(status: int) -> Speaker:
    """Refuse the second tenant what is not theirs, in these words."""

    def change(request: Request, given: Answer) -> Answer:
        if request.values("authorization") != [f"Bearer {OTHER}"] or request.method != "GET":
            return given
        if asked_id(request) == THEIRS:
            return found([webhook(THEIRS)])
        return refusal(status, *([CHALLENGE] if status == 401 else []))

    return answering(change, lambda *_: True)


TENANTS = tuple(
    map(
        _of_two,
        (
            error("every valid token reads all", shared(honest.WEBHOOKS), "security.tenant"),
            error(
                "one instance of another tenant is open",
                shared({"shop": honest.WEBHOOKS["shop"], "*": None}),
                "security.tenant",
            ),
            error(
                "the first tenant reads what is another's",
                shared({"*": []}, strays=True),
                "security.tenant",
            ),
            error(
                "the query names whose webhooks they are",
                answering(
                    lambda request, _: found(
                        honest.WEBHOOKS["crm"] if request.query else [webhook(THEIRS)]
                    ),
                    lambda request, _: (
                        request.values("authorization") == [f"Bearer {OTHER}"]
                        and asked_id(request) == THEIRS
                    ),
                ),
                "security.tenant",
            ),
        ),
    )
)

LIARS = (*FORGED, *ODD, *CACHES, *CHALLENGES)
HONEST: tuple[Row, ...] = (
    odd("a cache of one's own", headed(("Cache-Control", "private, max-age=60"))),
    odd("a cache that keeps nothing", headed(("Cache-Control", "no-store, public"))),
    odd(
        "a cache that asks again",
        headed(("Cache-Control", "max-age=0, must-revalidate, s-maxage=0")),
    ),
    odd(
        "a cache that is told of nothing public",
        headed(("Cache-Control", 'max-age=60, x="public"')),
    ),
    _of_jwt(odd("a JWT, and no other", taking(None))),
    *(
        _of_two(odd(f"{status} for what is another's", refusing(status)))
        for status in (401, 403, 404)
    ),
    _of_two(odd("nothing for what is another's", shared({"*": []}))),
    _of_two(odd("what is another's is forbidden", shared({"*": None}))),
    replace(odd("another tenant of whom no id is known", refusing(403)), other=(OTHER, "")),
)
