"""Clauses about the run as a whole: every request answered, in time, without throttling."""

from __future__ import annotations

from collections.abc import Iterator
from http import HTTPStatus

from contracts.clauses.clause import Clause, Record, Ruling, ruling
from contracts.finding import Finding, Kind, Severity
from spec import Operation


def clauses(_operation: Operation) -> Iterator[Clause]:
    """List them."""
    yield Clause("run.answered", "a server that answers", _answered)
    yield Clause("run.throttled", "RFC 6585, section 4", _throttled)
    yield Clause("run.time", "--max-response-time", _time, applies=_timed)


def _answered(record: Record) -> Ruling:
    return ruling(
        sum(item.answer is not None for item in record.exchanges),
        (finding for finding in _lost(record)),
    )


def _lost(record: Record) -> Iterator[Finding]:
    for item in record.exchanges:
        reasons = [reason for reason in item.losses if "429" not in reason]
        if item.answer is None and record.answered:
            yield record.finding(
                item,
                Severity.ERROR,
                Kind.BREAKING,
                "no answer, twice",
                expected=f"an answer to {item.probe.name}",
                got=reasons[-1],
            )
        elif reasons:
            yield record.finding(
                item,
                Severity.WARNING,
                Kind.HTTP,
                "a request was lost, and answered when it was repeated",
                expected="an answer",
                got=reasons[-1],
            )


def _throttled(record: Record) -> Ruling:
    return ruling(
        len(record.answered),
        (
            record.finding(
                item,
                Severity.WARNING,
                Kind.HTTP,
                "the server throttles this run",
                expected="no 429",
                got="429",
                hint="lower it with --rate-limit",
            )
            for item in record.exchanges
            if any("429" in reason for reason in item.losses)
            or (item.answer and item.answer.status == HTTPStatus.TOO_MANY_REQUESTS)
        ),
    )


def _timed(record: Record) -> bool:
    return record.max_response_time is not None


def _time(record: Record) -> Ruling:
    limit = record.max_response_time or 0.0
    return ruling(
        len(record.answered),
        (
            record.finding(
                exchange,
                Severity.ERROR,
                Kind.BREAKING,
                "took longer than --max-response-time",
                expected=f"at most {limit:g} s",
                got=f"{answer.seconds:.3f} s",
            )
            for exchange, answer in record.answered
            if answer.seconds > limit
        ),
    )
