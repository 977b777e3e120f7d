"""Clauses about HTTP itself: frame, headers, methods, negotiation (RFC 9110 and 9112)."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from http import HTTPStatus
from typing import Final

from contracts.clauses.clause import Clause, Record, Ruling, count, outside, ruling, wrong_status
from contracts.exchange import SAFE_METHODS, Answer, Topic, Trust
from contracts.finding import Finding, Kind, Severity
from spec import Operation

SINGLETONS: Final = ("content-type", "content-length", "etag", "location", "date")
OK: Final = HTTPStatus.OK
REFUSED: Final = HTTPStatus.METHOD_NOT_ALLOWED


def clauses(_operation: Operation) -> Iterator[Clause]:
    """List them; what RFC 9110 only recommends ends in notes."""
    yield Clause("http.frame", "RFC 9112, sections 2.2, 5 and 6", _frame)
    yield Clause("http.headers", "RFC 9110, section 5.3", _singletons)
    yield Clause("http.head", "RFC 9110, section 9.3.2", _head)
    yield Clause("http.options", "RFC 9110, section 9.3.7", _options)
    yield Clause("http.accept", "RFC 9110, section 12.5.1", _accept)
    yield Clause("http.conditional", "RFC 9110, section 13.1.2", _conditional)
    yield Clause("http.methods", "RFC 9110, section 15.5.6", _methods, applies=_unsafe)
    yield Clause("http.allow", "RFC 9110, section 15.5.6", _allow)


def _unsafe(record: Record) -> bool:
    return bool(record.methods - SAFE_METHODS)


def _frame(record: Record) -> Ruling:
    answers = [(item, item.answer) for item in record.exchanges if item.answer]
    return ruling(
        sum(not answer.faults for _, answer in answers),
        (
            record.finding(
                exchange,
                Severity.ERROR,
                Kind.HTTP,
                fault,
                expected="one well-framed HTTP/1.1 answer",
                got=answer.content[:200].decode("utf-8", "replace"),
            )
            for exchange, answer in answers
            for fault in answer.faults
        ),
    )


def _singletons(record: Record) -> Ruling:
    return ruling(
        len(record.answered),
        (
            record.finding(
                exchange,
                Severity.WARNING,
                Kind.HTTP,
                f"{name} stands {count} times",
                expected="once",
                got=", ".join(answer.values(name)),
            )
            for exchange, answer in record.answered
            for name, count in Counter(key for key, _ in answer.headers).items()
            if name in SINGLETONS and count > 1 and not _ambiguous(answer, name)
        ),
    )


def _ambiguous(answer: Answer, name: str) -> bool:
    """Tell whether the media type says two things, which its own clause reports."""
    return name == "content-type" and "," in (answer.media_type or "")


def _head(record: Record) -> Ruling:
    """An OpenAPI document need not declare HEAD, so a refusal is no more than a note."""
    return _noted(record, Topic.HEAD, (OK,), "HEAD is answered {status}, GET 200")


def _options(record: Record) -> Ruling:
    return Ruling(sum(item.probe.topic is Topic.OPTIONS for item, _ in record.answered))


def _accept(record: Record) -> Ruling:
    return _noted(
        record, Topic.ACCEPT, (OK, HTTPStatus.NOT_ACCEPTABLE), "{probe.name}: answered {status}"
    )


def _conditional(record: Record) -> Ruling:
    return _noted(
        record,
        Topic.CONDITIONAL,
        (OK, HTTPStatus.NOT_MODIFIED),
        "If-None-Match: * is answered {status}",
    )


def _noted(record: Record, topic: Topic, allowed: tuple[int, ...], words: str) -> Ruling:
    """Note another status than the usual ones, where the instance is known to be there."""
    pairs = [pair for pair in record.answered if pair[0].probe.topic is topic]
    return ruling(
        len(pairs),
        wrong_status(
            record,
            outside(pairs, *allowed) if record.found else [],
            Severity.NOTE,
            Kind.HTTP,
            words,
            " or ".join(str(int(status)) for status in allowed),
        ),
    )


def _methods(record: Record) -> Ruling:
    """Only with valid credentials: a 401 may well come before a 405."""
    pairs = [
        pair
        for pair in record.answered
        if pair[0].probe.method not in SAFE_METHODS
        and pair[0].probe.credentials.trust is Trust.VALID
    ]
    done = [pair for pair in pairs if pair[1].status < HTTPStatus.MULTIPLE_CHOICES]
    other = [pair for pair in outside(pairs, REFUSED) if pair not in done]
    words = "{probe.method} is not in the contract and was answered {status}"
    kind = Kind.UNDOCUMENTED
    return ruling(
        count(pairs, REFUSED),
        (
            *wrong_status(record, done, Severity.ERROR, kind, words, "405"),
            *wrong_status(record, other, Severity.WARNING, kind, words, "405"),
        ),
    )


def _allow(record: Record) -> Ruling:
    pairs = [pair for pair in record.answered if pair[1].status == REFUSED]
    return ruling(sum("allow" in dict(answer.headers) for _, answer in pairs), _allowed(record))


def _allowed(record: Record) -> Iterator[Finding]:
    known = SAFE_METHODS | {record.operation.method}
    for exchange, answer in record.answered:
        value = answer.header("allow")
        if answer.status == REFUSED and value is None:
            yield record.finding(
                exchange,
                Severity.WARNING,
                Kind.HTTP,
                "a 405 names no allowed method",
                expected="an Allow header",
                got="none",
            )
        strange = {word.strip() for word in (value or "").split(",")} - known - {""}
        if _unsafe(record) and strange:
            yield record.finding(
                exchange,
                Severity.WARNING,
                Kind.UNDOCUMENTED,
                f"Allow names {', '.join(sorted(strange))}, which the contract does not declare",
                expected=", ".join(sorted(known)),
                got=value or "",
            )
