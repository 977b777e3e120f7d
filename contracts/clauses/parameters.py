"""Clauses about parameters: what the document allows is taken, what it does not is refused."""

from __future__ import annotations

from collections.abc import Iterator
from http import HTTPStatus
from typing import Final

from find_webhook_kit.contracts.clauses.clause import (
    CheckResult,
    Clause,
    Hint,
    count,
    result,
)
from find_webhook_kit.contracts.clauses.transcript import Transcript
from find_webhook_kit.contracts.finding import BROKEN
from find_webhook_kit.contracts.plan.subject import is_asked
from find_webhook_kit.contracts.wire.probe import Purpose
from find_webhook_kit.spec import Operation
from find_webhook_kit.spec.meaning import Rules

BAD: Final = (HTTPStatus.BAD_REQUEST, HTTPStatus.UNPROCESSABLE_ENTITY)
CLIENT_ERRORS: Final = range(400, 500)
ANSWERED: Final = "answered {status} to {probe.name}"
NONE_ALLOWED: Final = (Hint("nothing to supply: the contract has no value for any of them"),)
NONE_FORBIDDEN: Final = (Hint("nothing to supply: any text is allowed for all of them"),)


def clauses(operation: Operation, _rules: Rules) -> Iterator[Clause]:
    """List them, where there are parameters beside the path."""
    if any(map(is_asked, operation.parameters)):
        source = f"{operation.source}/parameters"
        yield Clause("parameters.taken", source, _taken, hints=NONE_ALLOWED)
        if _refusals(operation):
            yield Clause("parameters.refused", source, _refused, hints=NONE_FORBIDDEN)


def _refusals(operation: Operation) -> list[str]:
    """List how the document has it that a bad request is refused; a default says too little."""
    listed = [str(int(status)) for status in BAD if status in operation.responses]
    return listed or (["4XX"] if 4 in operation.ranges else [])  # noqa: PLR2004 - the key of 4XX


def _taken(transcript: Transcript) -> CheckResult:
    """A value that the document itself has is no bad request."""
    pairs = transcript.about(Purpose.ALLOWED)
    wrong = [pair for pair in pairs if pair[1].status in BAD]
    found = transcript.wrong_status(wrong, BROKEN, ANSWERED, str(transcript.success))
    return result(count(pairs, transcript.success), found)


def _refused(transcript: Transcript) -> CheckResult:
    """A 5xx is told elsewhere, and so is somebody who says to come later."""
    pairs = [
        pair
        for pair in transcript.about(Purpose.FORBIDDEN)
        if pair[1].status < HTTPStatus.INTERNAL_SERVER_ERROR and not pair[1].throttles
    ]
    right = [
        pair
        for pair in pairs
        if pair[1].status in CLIENT_ERRORS and transcript.operation.response(pair[1].status)
    ]
    wrong = [pair for pair in pairs if pair not in right]
    expected = " or ".join(_refusals(transcript.operation))
    return result(len(right), transcript.wrong_status(wrong, BROKEN, ANSWERED, expected))
