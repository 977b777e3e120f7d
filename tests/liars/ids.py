"""Liars that take one instance id for another, or stumble over the characters of one."""

from __future__ import annotations

from dataclasses import replace
from urllib.parse import unquote

from liars.bend import (
    Condition,
    about,
    admits,
    answering,
    asked,
    asked_id,
    body,
    failing,
    holding,
    instead,
    mistaking,
)
from liars.honest import KNOWN_IDS, UNKNOWN_ID, WEBHOOKS, found, webhook
from liars.row import error, warning
from liars.server import Speaker

ENCODED = "%63%72%6d"
COUNTS = {known: len(webhooks) for known, webhooks in WEBHOOKS.items()}


def spelled(text: str) -> Condition:
    """True for a request with valid credentials whose path holds a text as it is written."""
    return lambda request, given: admits(request, given) and text in request.path


def inventing(when: Condition) -> Speaker:
    """Answer with a webhook that calls itself a webhook of the instance that was asked for."""
    return answering(lambda request, _: found([webhook(asked_id(request))]), when)


INVENTED = tuple(
    error(f"a webhook for {name}", inventing(about(fits)), "id.unknown")
    for name, fits in {
        "nobody": lambda known: known == UNKNOWN_ID,
        "whoever asks": lambda known: known not in KNOWN_IDS,
        "digits": str.isdecimal,
        "null": lambda known: known == "null",
        "a trick in SQL": lambda known: "'1'='1" in known,
        "an operator": lambda known: "$ne" in known,
        "an asterisk": lambda known: known == "*",
        "a percent sign": lambda known: known == "%",
        "a known id and more": lambda known: known == "crmx",
        "a part of a known id": lambda known: known == "cr",
        "a known id in other case": lambda known: known == "CRM",
    }.items()
)

MISTAKEN = (
    *(
        error(name, mistaking(change), "meaning.owner")
        for name, change in {
            "crmx is taken for crm": lambda known: known.removesuffix("x"),
            "CRM is taken for crm": str.lower,
            "spaces are trimmed": lambda known: known.strip() or known,
            "a line break ends an id": lambda known: known.removesuffix("\n"),
            "a NUL ends an id": lambda known: known.partition("\0")[0],
            "an ending is cut off": lambda known: known.removesuffix(".json"),
            "an id is decoded twice": unquote,
            "an asterisk stands for a character": lambda known: known.replace("cr*", "crm"),
        }.items()
    ),
    error(
        "an asterisk is everybody",
        instead(found(WEBHOOKS["crm"] + WEBHOOKS["shop"]), asked("*")),
        "meaning.owner",
    ),
    warning(
        "a percent-encoded id is not decoded",
        instead(found([]), spelled(ENCODED)),
        "id.spelling",
    ),
)

STUMBLING = (
    *(
        error(f"{status} for {name}", failing(status, about(fits)), "status.documented")
        for status, name, fits in (
            (404, "an unknown id", lambda known: known == UNKNOWN_ID),
            (403, "an unknown id", lambda known: known == UNKNOWN_ID),
        )
    ),
    warning("404 for a percent-encoded id", failing(404, spelled(ENCODED)), "id.spelling"),
    *(
        error(f"500 for {name}", failing(500, holding(characters)), "status.server-error")
        for name, characters in {
            "a quote": "'",
            "a backslash": "\\",
            "a NUL": "\0",
            "a line break": "\n",
            "a tab": "\t",
            "a percent sign": "%",
            "an asterisk": "*",
            "an emoji": "\N{WAVING HAND SIGN}",
            "Cyrillic": "\N{CYRILLIC SMALL LETTER EF}",
            "a brace": "{",
            "a tag": "<",
            "a semicolon": ";",
            "a dot": ".",
        }.items()
    ),
    *(
        error(f"500 for {name}", failing(500, about(fits)), "status.server-error")
        for name, fits in {
            "a UUID's hyphens": lambda known: known.count("-") == 4,
            "nothing but spaces": lambda known: not known.strip(" "),
            "a long id": lambda known: len(known) > 200,
            "null": lambda known: known == "null",
        }.items()
    ),
    error("500 for what is not UTF-8", failing(500, spelled("%FF")), "status.server-error"),
)

COUNTED = (
    replace(
        error(
            "a webhook is always missing",
            body(lambda webhooks: webhooks[1:], when=asked("crm")),
            "id.count",
        ),
        webhooks=COUNTS,
    ),
    replace(
        error(
            "an empty instance has somebody's webhook",
            inventing(asked("idle")),
            "id.count",
        ),
        webhooks=COUNTS,
    ),
)

ROWS = (*COUNTED, *INVENTED, *MISTAKEN, *STUMBLING)
