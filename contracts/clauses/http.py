"""Clauses about HTTP itself: frame, headers, methods, negotiation (RFC 9110 and 9112)."""

from __future__ import annotations

from collections import Counter
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
from find_webhook_kit.contracts.clauses.transcript import Pairs, Transcript
from find_webhook_kit.contracts.finding import (
    HTTP_ERROR,
    HTTP_NOTE,
    HTTP_WARNING,
    UNDOCUMENTED,
    Finding,
    Kind,
    Severity,
)
from find_webhook_kit.contracts.plan.ids import INJECTED
from find_webhook_kit.contracts.plan.ordinary import meets_never
from find_webhook_kit.contracts.wire.exchange import Answer
from find_webhook_kit.contracts.wire.probe import SAFE_METHODS, Purpose, Validity
from find_webhook_kit.spec import Operation
from find_webhook_kit.spec.meaning import Rules

SINGLETONS: Final = ("content-type", "content-length", "etag", "location", "date")
UNSAFE: Final = (Hint("--unsafe-methods tests it; a live API may create something on POST"),)
UNDECLARED: Final = (Severity.WARNING, Kind.UNDOCUMENTED)
REFUSED: Final = HTTPStatus.METHOD_NOT_ALLOWED


def clauses(_operation: Operation, _rules: Rules) -> Iterator[Clause]:
    """List them; what RFC 9110 only recommends ends in notes."""
    yield Clause("http.frame", "RFC 9112, sections 2.2, 5 and 6", _frame)
    yield Clause("http.headers", "RFC 9110, section 5.3", _singletons)
    yield Clause("http.injected", "RFC 9110, section 5.5", _injected)
    yield Clause("http.head", "RFC 9110, section 9.3.2", _head)
    yield Clause("http.head.length", "RFC 9110, section 8.6", _head_length)
    yield Clause("http.options", "RFC 9110, section 9.3.7", _options)
    yield Clause("http.coding", "RFC 9110, section 12.5.3", _coding)
    yield Clause("http.accept", "RFC 9110, section 12.5.1", _accept)
    yield Clause("http.conditional", "RFC 9110, section 13.1.2", _conditional)
    yield Clause("http.not-modified", "RFC 9110, sections 13.1.2 and 13.1.3", _not_modified)
    yield Clause("http.extras", "RFC 9110, sections 5.1 and 14.2", _extras)
    yield Clause(
        "http.methods", "RFC 9110, section 15.5.6", _methods, applies=_unsafe, hints=UNSAFE
    )
    yield Clause("http.allow", "RFC 9110, section 15.5.6", _allow)


def _unsafe(transcript: Transcript) -> bool:
    return bool(transcript.methods - SAFE_METHODS)


def _frame(transcript: Transcript) -> CheckResult:
    answers = [(item, item.answer) for item in transcript.exchanges if item.answer]
    return result(
        sum(not answer.faults for _, answer in answers),
        (
            transcript.finding(
                exchange,
                HTTP_ERROR,
                fault.message,
                expected="one well-framed HTTP/1.1 answer",
                got=f"byte {fault.at}: {fault.got}",
            )
            for exchange, answer in answers
            for fault in answer.faults
        ),
    )


def _singletons(transcript: Transcript) -> CheckResult:
    return result(
        len(transcript.answered),
        (
            transcript.finding(
                exchange,
                HTTP_WARNING,
                f"{name} stands more than once",
                expected="once",
                got=", ".join(answer.values(name)),
            )
            for exchange, answer in transcript.answered
            for name, count in Counter(key for key, _ in answer.headers).items()
            if name in SINGLETONS and count > 1 and not _ambiguous(answer, name)
        ),
    )


def _injected(transcript: Transcript) -> CheckResult:
    """A line break in an id must not start a header of the answer."""
    return result(
        len(transcript.answered),
        (
            transcript.finding(
                exchange,
                HTTP_ERROR,
                "the answer has a header that was written into "
                f"the {transcript.subject.rules.whose} id",
                expected=f"no {INJECTED}",
                got=f"{INJECTED}: {answer.header(INJECTED)}",
            )
            for exchange, answer in transcript.answered
            if answer.header(INJECTED) is not None
        ),
    )


def _ambiguous(answer: Answer, name: str) -> bool:
    """Tell whether the media type says two things, which its own clause reports."""
    return name == "content-type" and "," in (answer.media_type or "")


def _head(transcript: Transcript) -> CheckResult:
    """HEAD is GET without its body; an OpenAPI document need not declare it, so it may be refused.

    Whoever says that there is nothing to be had, where GET has something, says a wrong thing.
    """
    pairs = _about(transcript, Purpose.HEAD)
    gets = {
        answer.status
        for exchange, answer in transcript.plain
        if exchange.probe.path in _paths(pairs)
    }
    wrong = outside(pairs, transcript.success, *gets) if transcript.found else []
    refused = [pair for pair in wrong if pair[1].status == REFUSED]
    other = [pair for pair in wrong if pair[1].status != REFUSED]
    words = "HEAD is answered {status}, GET 200"
    return result(
        len(pairs),
        (
            *transcript.wrong_status(refused, HTTP_NOTE, words, "200"),
            *transcript.wrong_status(other, HTTP_WARNING, words, "200, or 405"),
        ),
    )


def _head_length(transcript: Transcript) -> CheckResult:
    """The length and the type that HEAD names are those of the GET, where neither is coded."""
    heads = [
        pair for pair in _about(transcript, Purpose.HEAD) if pair[1].status == transcript.success
    ]
    gets = [answer for exchange, answer in transcript.found if exchange.probe.path in _paths(heads)]
    lengths, types = {_length(answer) for answer in gets}, {answer.media_type for answer in gets}
    return result(
        len(heads),
        (
            transcript.finding(
                exchange,
                HTTP_WARNING,
                f"HEAD names another {name} than GET",
                expected=" or ".join(sorted(map(str, known - {None}))),
                got=str(value),
            )
            for exchange, answer in heads
            for name, value, known in (
                ("Content-Length", _length(answer), lengths),
                ("Content-Type", answer.media_type, types),
            )
            if value is not None and known - {None} and value not in known
        ),
    )


def _paths(pairs: Pairs) -> set[str]:
    return {exchange.probe.path for exchange, _ in pairs}


def _length(answer: Answer) -> str | None:
    """Return the length that an answer names for a body that is not coded."""
    return None if answer.header("content-encoding") else answer.header("content-length")


def _options(transcript: Transcript) -> CheckResult:
    """OPTIONS may be unknown to a server (RFC 9110, section 9.1)."""
    pairs = _about(transcript, Purpose.OPTIONS)
    unknown = [pair for pair in pairs if pair[1].status == HTTPStatus.NOT_IMPLEMENTED]
    words = "OPTIONS is answered {status}"
    return result(len(pairs), transcript.wrong_status(unknown, HTTP_NOTE, words, "2xx or 405"))


def _coding(transcript: Transcript) -> CheckResult:
    """Only who sends no Accept-Encoding at all takes any coding."""
    return result(
        sum(not answer.unread for _, answer in transcript.answered),
        (
            transcript.finding(
                exchange,
                HTTP_WARNING,
                "a content coding came that was not asked for",
                expected=f"Content-Encoding: {exchange.probe.header('Accept-Encoding')}",
                got=f"Content-Encoding: {answer.header('content-encoding')}",
            )
            for exchange, answer in transcript.answered
            if answer.unread and exchange.probe.header("Accept-Encoding")
        ),
    )


def _accept(transcript: Transcript) -> CheckResult:
    """What an Accept header that leaves JSON out gets; with JSON in it, the contract speaks."""
    pairs = [pair for pair in _about(transcript, Purpose.ACCEPT) if not pair[0].probe.wants_json]
    return _noted(
        transcript,
        pairs,
        (transcript.success, HTTPStatus.NOT_ACCEPTABLE),
        "{probe.name}: answered {status}",
    )


def _conditional(transcript: Transcript) -> CheckResult:
    pairs = _about(transcript, Purpose.CONDITIONAL)
    words = "{probe.name} as a condition: answered {status}"
    return _noted(transcript, pairs, (transcript.success, HTTPStatus.NOT_MODIFIED), words)


def _not_modified(transcript: Transcript) -> CheckResult:
    """A client gets no body where it has none, so a wrong 304 leaves it with nothing."""
    pairs = [pair for pair in _about(transcript, Purpose.CONDITIONAL) if meets_never(pair[0].probe)]
    wrong = [pair for pair in pairs if pair[1].status == HTTPStatus.NOT_MODIFIED]
    words = "answered {status} to {probe.name}, which this instance cannot match"
    return result(
        count(pairs, transcript.success),
        transcript.wrong_status(wrong, HTTP_ERROR, words, "200"),
    )


def _extras(transcript: Transcript) -> CheckResult:
    """What a server may ignore; a query that nobody documented may also be a bad request."""
    allowed = (transcript.success, HTTPStatus.PARTIAL_CONTENT, HTTPStatus.BAD_REQUEST)
    return _noted(
        transcript, _about(transcript, Purpose.EXTRA), allowed, "{probe.name}: answered {status}"
    )


def _about(transcript: Transcript, purpose: Purpose) -> Pairs:
    return [pair for pair in transcript.answered if pair[0].probe.purpose is purpose]


def _noted(
    transcript: Transcript, pairs: Pairs, allowed: tuple[int, ...], words: str
) -> CheckResult:
    """Note another status than the usual ones, where the instance is known to be there.

    A valid token that is refused has a clause of its own.
    """
    expected = " or ".join(str(int(status)) for status in allowed)
    wrong = outside(pairs, *allowed, HTTPStatus.UNAUTHORIZED) if transcript.found else []
    return result(len(pairs), transcript.wrong_status(wrong, HTTP_NOTE, words, expected))


def _methods(transcript: Transcript) -> CheckResult:
    """Only with valid credentials: a 401 may well come before a 405."""
    pairs = [
        pair
        for pair in transcript.answered
        if pair[0].probe.method not in SAFE_METHODS
        and pair[0].probe.credentials.validity is Validity.VALID
    ]
    done = [pair for pair in pairs if pair[1].status < HTTPStatus.MULTIPLE_CHOICES]
    other = [pair for pair in outside(pairs, REFUSED) if pair not in done]
    words = "{probe.method} is not in the contract and was answered {status}"
    return result(
        count(pairs, REFUSED),
        (
            *transcript.wrong_status(done, UNDOCUMENTED, words, "405"),
            *transcript.wrong_status(other, UNDECLARED, words, "405"),
        ),
    )


def _allow(transcript: Transcript) -> CheckResult:
    pairs = [pair for pair in transcript.answered if pair[1].status == REFUSED]
    return result(sum("allow" in dict(answer.headers) for _, answer in pairs), _allowed(transcript))


def _allowed(transcript: Transcript) -> Iterator[Finding]:
    known = SAFE_METHODS | set(transcript.subject.contract.methods(transcript.operation.path))
    listed, asked = ", ".join(sorted(known)), transcript.operation.method
    for exchange, answer in transcript.answered:
        value = answer.header("allow")
        named = {word.strip() for word in (value or "").split(",")} - {""}
        if answer.status == REFUSED and value is None:
            told = "a 405 names no allowed method"
            yield transcript.finding(
                exchange, HTTP_WARNING, told, expected="an Allow header", got="none"
            )
        elif answer.status == REFUSED and asked not in named:
            told = f"Allow leaves out {asked}, which the contract declares"
            yield transcript.finding(exchange, HTTP_WARNING, told, expected=listed, got=value or "")
        if _unsafe(transcript) and named - known:
            strange = ", ".join(sorted(named - known))
            told = f"Allow names {strange}, which the contract does not declare"
            yield transcript.finding(exchange, UNDECLARED, told, expected=listed, got=value or "")
