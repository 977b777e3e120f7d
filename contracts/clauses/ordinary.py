"""Clauses about ordinary requests: other spellings of one request, ranges, tags, preflights."""

from __future__ import annotations

import re
from collections.abc import Iterator
from http import HTTPStatus
from typing import Final

from find_webhook_kit.contracts.clauses.clause import (
    CheckResult,
    Clause,
    Hint,
    count,
    outside,
    result,
)
from find_webhook_kit.contracts.clauses.transcript import Transcript
from find_webhook_kit.contracts.finding import HTTP_ERROR, HTTP_NOTE, HTTP_WARNING, Finding
from find_webhook_kit.contracts.plan.doors import OF_A_PREFLIGHT
from find_webhook_kit.contracts.plan.ordinary import meets_never
from find_webhook_kit.contracts.wire.exchange import Answer, Exchange
from find_webhook_kit.contracts.wire.probe import Form, Purpose
from find_webhook_kit.spec import Operation
from find_webhook_kit.spec.meaning import Rules

RANGE: Final = re.compile(
    r"bytes (?:(\d{1,18})-(\d{1,18})/(\d{1,18}|\*)|\*/\d+)", re.IGNORECASE | re.ASCII
)
"""A part of the content; one with more digits than a size has is none."""

FIELDS: Final = (Hint("--profile default asks for it", unless="id.known"),)
OFFERED: Final = (Hint("nothing to supply: a server need not offer it"),)
CONDITION: Final = "If-None-Match"
ORIGIN: Final = dict(OF_A_PREFLIGHT)["Origin"]


def clauses(_operation: Operation, _rules: Rules) -> Iterator[Clause]:
    """List them."""
    yield Clause("id.spelling", "RFC 3986, section 6.2.2.2", _spelling)
    yield Clause("http.fields", "RFC 9110, sections 5.1 and 5.5", _fields, hints=FIELDS)
    yield Clause("http.range", "RFC 9110, sections 14.4 and 15.3.7", _range, hints=OFFERED)
    yield Clause("http.etag", "RFC 9110, sections 13.1.2 and 15.4.5", _etag, hints=OFFERED)
    yield Clause("http.preflight", "Fetch standard, section 3.3 (CORS)", _preflight, hints=OFFERED)


def _as_ever(transcript: Transcript) -> str:
    """Say what the request gets where nothing is odd about it."""
    return f"{transcript.success} and its {transcript.subject.rules.items}"


def _spelling(transcript: Transcript) -> CheckResult:
    """A percent-encoded character is that character."""
    pairs = transcript.about(Purpose.SPELLING) if transcript.found else []
    lost = [pair for pair in outside(pairs) if not _is_as_usual(transcript, *pair)]
    words = "a known id in percent-encoded characters is not found"
    return result(
        len(pairs) - len(lost),
        transcript.wrong_status(lost, HTTP_WARNING, words, _as_ever(transcript)),
    )


def _fields(transcript: Transcript) -> CheckResult:
    """Names in any case, and spaces around values, are no other request.

    Every gateway that speaks HTTP/2 writes names in lower case. Tabs, and spaces at the end, are
    rare, and widespread parsers leave them to the application.
    """
    pairs = transcript.about(Purpose.FIELDS) if transcript.found else []
    refused = [pair for pair in outside(pairs) if not _is_as_usual(transcript, *pair)]
    rare = [pair for pair in refused if _is_rare(pair[0].probe.form)]
    common = [pair for pair in refused if pair not in rare]
    words, expected = "{probe.name}: answered {status}", _as_ever(transcript)
    return result(
        count(pairs, transcript.success),
        (
            *transcript.wrong_status(common, HTTP_ERROR, words, expected),
            *transcript.wrong_status(rare, HTTP_NOTE, words, expected),
        ),
    )


def _is_rare(form: Form) -> bool:
    return bool(form.behind) or "\t" in form.before


def _is_as_usual(transcript: Transcript, exchange: Exchange, answer: Answer) -> bool:
    """Tell whether the instance was answered like this where nothing about the request was odd."""
    usual = {
        (other.status, bool(transcript.things(other)))
        for plain, other in transcript.plain
        if plain.probe.instance_id == exchange.probe.instance_id
    }
    return (answer.status, bool(transcript.things(answer))) in usual


def _range(transcript: Transcript) -> CheckResult:
    """What a 206 says of its part must be so: a client puts parts together by it."""
    parts = [
        (exchange, answer)
        for exchange, answer in transcript.answered
        if answer.status == HTTPStatus.PARTIAL_CONTENT
        and exchange.probe.method == transcript.operation.method
    ]
    wrong = [(pair, words) for pair in parts if (words := _contradiction(*pair))]
    return result(
        len(parts) - len(wrong),
        (
            transcript.finding(
                exchange,
                HTTP_ERROR if words in IMPOSSIBLE else HTTP_WARNING,
                words,
                expected="the part that Content-Range names, and that was asked for",
                got=f"{len(answer.content)} bytes, {answer.header('content-range')}",
            )
            for (exchange, answer), words in wrong
        ),
    )


NO_RANGE: Final = "a 206 names no part that can be"
OTHER_LENGTH: Final = "a 206 has not the length that it names"
WHOLE: Final = "a 206 has more than was asked for"
IMPOSSIBLE: Final = (NO_RANGE, OTHER_LENGTH)


def _contradiction(exchange: Exchange, answer: Answer) -> str:
    """Return what is wrong with a part; several parts have types of their own."""
    if (answer.media_type or "").startswith("multipart/"):
        return ""
    named = RANGE.fullmatch(answer.header("content-range") or "")
    if named is None or named[1] is None:
        return NO_RANGE
    first, last = int(named[1]), int(named[2])
    if last < first or (named[3] != "*" and int(named[3]) <= last):
        return NO_RANGE
    coded = answer.header("content-encoding")
    if not coded and last - first + 1 != len(answer.content):
        return OTHER_LENGTH
    return WHOLE if exchange.probe.header("Range") == "bytes=0-0" and last > 0 else ""


def _etag(transcript: Transcript) -> CheckResult:
    """Who sends back the server's own tag gets a 304, or the 200 that it would get anyway."""
    pairs = [
        pair
        for pair in transcript.about(Purpose.CONDITIONAL)
        if '"' in pair[0].probe.header(CONDITION) and not meets_never(pair[0].probe)
    ]
    refused = (
        outside(pairs, transcript.success, HTTPStatus.NOT_MODIFIED) if transcript.found else []
    )
    other = [pair for pair in pairs if _is_of_another(*pair)]
    words = "answered {status} to its own ETag"
    return result(
        len(pairs) - len(refused) - len(other),
        (
            *transcript.wrong_status(refused, HTTP_WARNING, words, "304 or 200"),
            *(
                transcript.finding(
                    exchange,
                    HTTP_WARNING,
                    "a 304 names another ETag than the one that matched",
                    expected=exchange.probe.header(CONDITION),
                    got=answer.header("etag") or "",
                )
                for exchange, answer in other
            ),
        ),
    )


def _is_of_another(exchange: Exchange, answer: Answer) -> bool:
    named = (answer.header("etag") or "").removeprefix("W/")
    matched = answer.status == HTTPStatus.NOT_MODIFIED and bool(named)
    return matched and named not in exchange.probe.header(CONDITION)


def _preflight(transcript: Transcript) -> CheckResult:
    """A browser takes an answer that allows something by its word; most servers allow nothing."""
    pairs = [
        (exchange, answer)
        for exchange, answer in transcript.about(Purpose.PREFLIGHT)
        if answer.header("access-control-allow-origin") is not None
    ]
    return result(len(pairs), (item for pair in pairs for item in _blocked(transcript, *pair)))


def _blocked(transcript: Transcript, exchange: Exchange, answer: Answer) -> Iterator[Finding]:
    origin = answer.header("access-control-allow-origin") or ""
    headers = (answer.header("access-control-allow-headers") or "").lower()
    credentials = answer.header("access-control-allow-credentials") == "true"
    if "," in origin or " " in origin or (origin == "*" and credentials):
        yield transcript.finding(
            exchange,
            HTTP_WARNING,
            "a preflight is answered in a way that no browser takes",
            expected=f"* without credentials, or {ORIGIN}",
            got=f"Access-Control-Allow-Origin: {origin}",
        )
    elif origin in {"*", ORIGIN} and "authorization" not in re.split(r"[\s,]+", headers):
        yield transcript.finding(
            exchange,
            HTTP_NOTE,
            "a preflight allows pages of other origins, and not the header Authorization",
            expected="Access-Control-Allow-Headers: Authorization",
            got=headers or "none",
        )
