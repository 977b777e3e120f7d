"""Asks a clause about a run. One that fails on an answer leaves it out, says so, and goes on.

That is a fault of this program, which an odd answer has brought to light: the server has not broken
the promise by it, and nobody has seen that it was kept.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import replace
from itertools import islice
from typing import Final

from find_webhook_kit.contracts.clauses.clause import CheckResult, Clause
from find_webhook_kit.contracts.clauses.transcript import Transcript
from find_webhook_kit.contracts.finding import HTTP_WARNING, UNJUDGED, Finding
from find_webhook_kit.contracts.wire.exchange import Exchange

MOST_BLAMED: Final = 5
"""Answers that are looked for; a clause that fails on more of them concludes nothing at all."""


def ruled(clause: Clause, transcript: Transcript) -> CheckResult:
    """Return what a clause concludes of the answers on which it does not fail."""
    try:
        return clause.check(transcript)
    except Exception as error:  # noqa: BLE001 - whatever it is, the verdict goes on
        blamed = dict(islice(_blamed(clause, transcript, transcript.exchanges), MOST_BLAMED))
        others = [item for item in transcript.exchanges if item not in blamed]
        told = [_finding(transcript, fault, item) for item, fault in blamed.items()]
        try:
            rest = clause.check(replace(transcript, exchanges=others))
        except Exception:  # noqa: BLE001 - it fails on more answers, or on several together
            rest = CheckResult(0, () if blamed else (_finding(transcript, error),))
        return CheckResult(rest.evidence, (*rest.findings, *told), whole=False)


def _blamed(
    clause: Clause, transcript: Transcript, exchanges: Sequence[Exchange]
) -> Iterator[tuple[Exchange, Exception]]:
    """Find the answers on each of which the clause fails, by halves."""
    try:
        clause.check(replace(transcript, exchanges=exchanges))
    except Exception as error:  # noqa: BLE001 - that is what is looked for
        if len(exchanges) == 1:
            yield exchanges[0], error
            return
        half = len(exchanges) // 2
        for part in (exchanges[:half], exchanges[half:]) if half else ():
            yield from _blamed(clause, transcript, part)


def _finding(transcript: Transcript, error: Exception, exchange: Exchange | None = None) -> Finding:
    wanted, got = "an answer that can be judged", f"{type(error).__name__}: {error}"
    if exchange is None:
        return Finding(*HTTP_WARNING, UNJUDGED, wanted, got)
    return transcript.finding(exchange, HTTP_WARNING, UNJUDGED, expected=wanted, got=got)
