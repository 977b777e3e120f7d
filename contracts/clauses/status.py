"""Clauses about statuses and ids: which answers the contract knows, and for whom."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from http import HTTPStatus
from typing import Final

from find_webhook_kit.contracts.clauses.clause import (
    Clause,
    Pairs,
    Record,
    Ruling,
    count,
    outside,
    ruling,
    wrong_status,
)
from find_webhook_kit.contracts.finding import Finding, Kind, Severity
from find_webhook_kit.contracts.plan.probes import path
from find_webhook_kit.contracts.wire.exchange import Answer, Exchange, LossKind, Topic, Trust
from find_webhook_kit.spec import Operation
from find_webhook_kit.spec.meaning import ACCEPTED_ID_STATUSES, broken, rules

SERVER_FAILED: Final = "answered {status}: the server failed"
SHOWN: Final = 20  # characters of an id in a list
FAILED: Final = HTTPStatus.INTERNAL_SERVER_ERROR
NOT_MEANT: Final = {
    Topic.DOOR: (HTTPStatus.NOT_IMPLEMENTED, HTTPStatus.HTTP_VERSION_NOT_SUPPORTED),
    Topic.OPTIONS: (HTTPStatus.NOT_IMPLEMENTED,),
    Topic.PREFLIGHT: (HTTPStatus.NOT_IMPLEMENTED,),
}
"""Statuses of the 5xx that say: I do not do that; no failure where something odd was asked."""
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
    yield Clause(
        "id.count", "the target file: webhooks of an instance", _counted, applies=_countable
    )
    yield Clause("id.unknown", "an id that does not exist: 200 [] or 400", _unknown)
    yield Clause("id.odd", "RFC 9110, section 15.5: refusals before the API is reached", _odd)


def _reached_item(record: Record) -> Ruling:
    return Ruling(sum(bool(answer.items) for _, answer in record.found))


def _reached_empty(record: Record) -> Ruling:
    return Ruling(sum(answer.items == [] for _, answer in record.found))


def _reached(status: int) -> Callable[[Record], Ruling]:
    return lambda record: Ruling(count(record.answered, status))


def _documented(record: Record) -> Ruling:
    known = sorted(record.documented)
    return ruling(
        count(record.plain, *known),
        wrong_status(
            record,
            outside(record.plain, *known),
            Severity.ERROR,
            Kind.UNDOCUMENTED,
            "answered {status}, which the contract does not know",
            ", ".join(str(status) for status in known),
            hint=_hint(record),
        ),
    )


def _server_error(record: Record) -> Ruling:
    failed = [
        pair
        for pair in record.heard
        if pair[1].status >= FAILED
        and not pair[1].throttles
        and pair[1].status not in NOT_MEANT.get(pair[0].probe.topic, ())
    ]
    return ruling(
        len(record.answered),
        (
            *wrong_status(
                record, failed, Severity.ERROR, Kind.UNDOCUMENTED, SERVER_FAILED, "no 5xx"
            ),
            *_failed_first(record),
        ),
    )


def _failed_first(record: Record) -> Iterator[Finding]:
    """Report a 503 behind which the same request was answered, where nothing throttles."""
    for exchange in record.exchanges:
        for loss in exchange.losses:
            if loss.kind is LossKind.UNAVAILABLE and not record.throttles_by_503:
                status = HTTPStatus.SERVICE_UNAVAILABLE
                yield record.finding(
                    exchange,
                    Severity.ERROR,
                    Kind.UNDOCUMENTED,
                    SERVER_FAILED.format(status=int(status)),
                    expected="no 5xx",
                    got=str(int(status)),
                )
                break


def _known(record: Record) -> Ruling:
    """Undocumented statuses are reported elsewhere, once; a wrong token proves nothing."""
    paths = {path(record.operation, known) for known in record.target.instance_ids}
    plain = [pair for pair in record.plain if pair[0].probe.path in paths]
    known = [*plain, *(pair for pair in record.answered if _is_forgotten(*pair))]
    wrong_token = not record.found and not outside(known, HTTPStatus.UNAUTHORIZED)
    refused = [
        pair for pair in outside(known, HTTPStatus.OK) if pair[1].status in record.documented
    ]
    return ruling(
        count(known, HTTPStatus.OK),
        wrong_status(
            record,
            [] if wrong_token else refused,
            Severity.ERROR,
            Kind.BREAKING,
            "answered {status} for an instance that exists",
            "200",
            hint=_hint(record),
        ),
    )


def _is_forgotten(exchange: Exchange, answer: Answer) -> bool:
    """Tell whether a valid token was refused beside something that is no reason for it."""
    probe = exchange.probe
    return (
        answer.status == HTTPStatus.UNAUTHORIZED
        and probe.topic in {Topic.EXTRA, Topic.CONDITIONAL}
        and probe.credentials.trust is Trust.VALID
    )


def _countable(record: Record) -> bool:
    return bool(record.target.webhooks)


def _counted(record: Record) -> Ruling:
    """Compare how many webhooks an instance lists with how many it should have."""
    expected = record.target.webhooks
    lists = [
        (exchange, len(answer.items))
        for exchange, answer in record.found
        if exchange.probe.instance_id in expected and answer.items is not None
    ]
    return ruling(
        len(lists),
        (
            record.finding(
                exchange,
                Severity.ERROR,
                Kind.MEANING,
                "lists another number of webhooks than the target file says",
                expected=str(expected[exchange.probe.instance_id]),
                got=str(count),
            )
            for exchange, count in lists
            if count != expected[exchange.probe.instance_id]
        ),
    )


def _unknown(record: Record) -> Ruling:
    """Nobody has made these instances; the one that was named as unknown counts as evidence."""
    asked = [pair for pair in record.plain if pair[0].probe.made_up]
    named = [pair for pair in asked if pair[0].probe.instance_id == record.target.unknown_id]
    bound = [pair for pair in asked if pair[1].status == HTTPStatus.UNAUTHORIZED and record.found]
    listed = (
        record.finding(
            exchange,
            Severity.ERROR,
            Kind.MEANING,
            "lists webhooks for an instance that does not exist",
            expected="[]",
            got=f"{len(answer.items)} webhooks for {exchange.probe.name}",
        )
        for exchange, answer in asked
        if answer.status == HTTPStatus.OK
        and answer.items
        and not _of_others(exchange, answer)
        and not record.merged(exchange, answer)
    )
    refused = wrong_status(
        record,
        bound,
        Severity.NOTE,
        Kind.MEANING,
        "answered {status} for an instance that does not exist: the token seems bound to others",
        "200 [] or 400",
    )
    return ruling(count(named, *ACCEPTED_ID_STATUSES), (*listed, *refused))


def _odd(record: Record) -> Ruling:
    """Tell once which odd ids never reached the API; what it does not see it cannot answer."""
    asked = [pair for pair in record.heard if pair[0].probe.odd]
    away = [pair for pair in record.turned_away if pair[0].probe.odd]
    merged = [pair for pair in record.found if record.merged(*pair)]
    return ruling(
        len(asked) - len(away),
        (
            *_once(record, away, "odd ids that nobody has are refused or redirected on the way"),
            *_once(record, merged, "a known id and a slash is read as the id: slashes are merged"),
        ),
    )


def _once(record: Record, pairs: Pairs, words: str) -> Iterator[Finding]:
    """Make one note of some answers, with the list of ids."""
    ids = list(dict.fromkeys(exchange.probe.instance_id for exchange, _ in pairs))
    statuses = sorted({answer.status for _, answer in pairs})
    for exchange, _ in pairs[:1]:
        found = record.finding(
            exchange,
            Severity.NOTE,
            Kind.HTTP,
            words,
            expected="200 [] or 400",
            got=f"{', '.join(map(str, statuses))} for {_listed(ids)}",
        )
        yield replace(found, count=len(pairs))


def _listed(ids: list[str]) -> str:
    """Name some ids, none of them at full length."""
    shown = [repr(text if len(text) <= SHOWN else f"{text[:SHOWN]}…") for text in ids]
    return ", ".join(shown)


def _of_others(exchange: Exchange, answer: Answer) -> bool:
    """Tell whether the webhooks say themselves that they are another instance's."""
    return any(broken(rules()["owner"], exchange.probe.instance_id, answer.json))


def _hint(record: Record) -> str:
    return "" if record.found else NO_200_HINT
