"""Clauses about statuses and ids: which answers the contract knows, and for whom."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from http import HTTPStatus
from typing import Final

from contracts.clauses.clause import Clause, Record, Ruling, ruling
from contracts.exchange import Answer, Exchange
from contracts.finding import Finding, Kind, Severity
from spec import Operation
from spec.meaning import ACCEPTED_ID_STATUSES

TOO_MANY: Final = HTTPStatus.TOO_MANY_REQUESTS
NO_200_HINT: Final = "no 200 was seen at all: are the token and BASE_URL right?"


def clauses(operation: Operation) -> Iterator[Clause]:
    """List them, the reach of each documented status first."""
    page = "vendor page 2.1.2, Responses: WebhookResponse, Array"
    yield Clause("status.200", page, _reached_item, required=True)
    yield Clause("status.200.empty", page, _reached_empty)
    for status, response in operation.responses.items():
        if status != HTTPStatus.OK:
            yield Clause(f"status.{status}", response.source, _reached(status))
    yield Clause("status.documented", f"{operation.source}/responses", _documented)
    yield Clause("status.server-error", "RFC 9110, section 15.6", _server_error)
    yield Clause("id.known", "--instance-id: this instance exists", _known)
    yield Clause("id.unknown", "an id that does not exist: 200 [] or 400", _unknown)


def _reached_item(record: Record) -> Ruling:
    return Ruling(sum(bool(answer.items) for _, answer in record.found))


def _reached_empty(record: Record) -> Ruling:
    return Ruling(sum(answer.items == [] for _, answer in record.found))


def _reached(status: int) -> Callable[[Record], Ruling]:
    return lambda record: Ruling(sum(answer.status == status for _, answer in record.answered))


def _documented(record: Record) -> Ruling:
    known = [pair for pair in record.plain if pair[1].status in record.documented]
    expected = ", ".join(str(status) for status in sorted(record.documented))
    unknown = (
        (exchange, answer)
        for exchange, answer in record.plain
        if answer.status not in {*record.documented, TOO_MANY}
        and answer.status < HTTPStatus.INTERNAL_SERVER_ERROR
    )
    return ruling(
        len(known),
        (
            record.finding(
                exchange,
                Severity.ERROR,
                Kind.UNDOCUMENTED,
                f"answered {answer.status}, which the contract does not know" + _hint(record),
                expected=expected,
                got=str(answer.status),
            )
            for exchange, answer in unknown
        ),
    )


def _server_error(record: Record) -> Ruling:
    broken = [
        pair for pair in record.answered if pair[1].status >= HTTPStatus.INTERNAL_SERVER_ERROR
    ]
    return ruling(
        len(record.answered),
        (
            record.finding(
                exchange,
                Severity.ERROR,
                Kind.UNDOCUMENTED,
                f"answered {answer.status}: the server failed",
                expected="no 5xx",
                got=str(answer.status),
            )
            for exchange, answer in broken
        ),
    )


def _known(record: Record) -> Ruling:
    """Undocumented statuses are reported elsewhere, once."""
    asked = [
        pair for pair in record.plain if pair[0].probe.instance_id in record.target.instance_ids
    ]
    reached = [pair for pair in asked if pair[1].status == HTTPStatus.OK]
    if all(answer.status == HTTPStatus.UNAUTHORIZED for _, answer in record.plain):
        return Ruling(len(reached))  # a wrong token proves nothing about the server
    refused = [
        pair
        for pair in asked
        if pair[1].status != HTTPStatus.OK and pair[1].status in record.documented
    ]
    return ruling(len(reached), (_refused(record, *pair) for pair in refused))


def _refused(record: Record, exchange: Exchange, answer: Answer) -> Finding:
    return record.finding(
        exchange,
        Severity.ERROR,
        Kind.BREAKING,
        f"answered {answer.status} for an instance that exists" + _hint(record),
        expected="200",
        got=str(answer.status),
    )


def _unknown(record: Record) -> Ruling:
    asked = [pair for pair in record.plain if pair[0].probe.instance_id == record.target.unknown_id]
    kept = [pair for pair in asked if pair[1].status in ACCEPTED_ID_STATUSES]
    findings = []
    for exchange, answer in asked:
        if answer.status == HTTPStatus.OK and answer.items:
            findings.append(
                record.finding(
                    exchange,
                    Severity.ERROR,
                    Kind.MEANING,
                    "lists webhooks for an instance that does not exist",
                    expected="[]",
                    got=f"{len(answer.items)} webhooks",
                )
            )
        if answer.status == HTTPStatus.UNAUTHORIZED and record.found:
            findings.append(
                record.finding(
                    exchange,
                    Severity.NOTE,
                    Kind.MEANING,
                    "answered 401 for an instance that does not exist: the token seems bound",
                    expected="200 [] or 400",
                    got="401",
                )
            )
    return ruling(len(kept), findings)


def _hint(record: Record) -> str:
    return "" if record.found else f"; {NO_200_HINT}"
