"""Clauses about the run as a whole: every request answered, in time, without throttling."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from find_webhook_kit.contracts.clauses.clause import CheckResult, Clause, Hint, result
from find_webhook_kit.contracts.clauses.transcript import Transcript
from find_webhook_kit.contracts.finding import BROKEN, HTTP_WARNING, Finding
from find_webhook_kit.contracts.wire.exchange import LOST, Exchange, LossKind
from find_webhook_kit.spec import Operation
from find_webhook_kit.spec.meaning import Rules

TIMED: Final = (Hint("--max-response-time S judges it"),)


def clauses(_operation: Operation, _rules: Rules) -> Iterator[Clause]:
    """List them."""
    yield Clause("run.answered", "a server that answers", _answered)
    yield Clause("run.throttled", "RFC 6585, section 4, and RFC 9110, section 10.2.3", _throttled)
    yield Clause("run.time", "--max-response-time", _time, applies=_timed, hints=TIMED)


def _answered(transcript: Transcript) -> CheckResult:
    return result(
        sum(item.answer is not None for item in transcript.exchanges),
        (*_death(transcript), *_lost(transcript)),
    )


def _death(transcript: Transcript) -> Iterator[Finding]:
    """Report a target that was there and then no longer; what was lost with it is not told."""
    death = transcript.death
    if death is not None:
        last = death.last
        yield transcript.finding(
            last,
            BROKEN,
            death.message,
            expected="an answer to every request",
            got=f"after request {death.after}, last request: {last.probe.name}: {last.losses[-1]}",
        )


def _lost(transcript: Transcript) -> Iterator[Finding]:
    for item in transcript.exchanges:
        reasons = [loss for loss in item.losses if loss.kind in LOST]
        if item.answer is None and transcript.answered:
            yield transcript.finding(
                item,
                BROKEN,
                "no answer, twice",
                expected=f"an answer to {item.probe.name}",
                got=str(item.losses[-1]),
            )
        elif reasons and item.answer is not None:
            yield transcript.finding(
                item,
                HTTP_WARNING,
                "a request was lost, and answered when it was repeated",
                expected="an answer",
                got=str(reasons[-1]),
            )


def _throttled(transcript: Transcript) -> CheckResult:
    return result(
        len(transcript.answered),
        (
            transcript.finding(
                item,
                HTTP_WARNING,
                "the server throttles this run",
                hint="lower it with --rate-limit",
                expected="no 429, and no 503 that another request makes",
                got=_throttling(transcript, item),
            )
            for item in transcript.exchanges
            if _throttling(transcript, item)
        ),
    )


def _throttling(transcript: Transcript, item: Exchange) -> str:
    """Return how an exchange was throttled; nothing where it was not."""
    for loss in item.losses:
        if loss.kind is LossKind.THROTTLED:
            return str(loss)
        if loss.kind is LossKind.UNAVAILABLE and transcript.throttles_by_503:
            return str(loss)
    limited = item.answer is not None and item.answer.throttles
    return f"answered {item.answer.status}" if item.answer and limited else ""


def _timed(transcript: Transcript) -> bool:
    return transcript.max_response_time is not None


def _time(transcript: Transcript) -> CheckResult:
    limit = transcript.max_response_time or 0.0
    return result(
        len(transcript.answered),
        (
            transcript.finding(
                exchange,
                BROKEN,
                "took longer than --max-response-time",
                expected=f"at most {limit:g} s",
                got=f"{answer.seconds:.3f} s",
            )
            for exchange, answer in transcript.answered
            if answer.seconds > limit
        ),
    )
