"""Clauses about statuses and ids: which answers the contract knows, and for whom."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import replace
from http import HTTPStatus
from typing import Final

from find_webhook_kit.contracts.clauses.clause import (
    NO_ID_UNREADABLE,
    CheckResult,
    Clause,
    Hint,
    Pairs,
    Record,
    count,
    nobody_refused,
    outside,
    result,
    wrong_status,
)
from find_webhook_kit.contracts.finding import Finding, Kind, Severity
from find_webhook_kit.contracts.wire.exchange import Answer, Exchange, LossKind
from find_webhook_kit.contracts.wire.probe import Purpose, Validity
from find_webhook_kit.spec import Operation, Response
from find_webhook_kit.spec.meaning import Rules
from find_webhook_kit.spec.success import has_body, lists, promised, refusals, success

SERVER_FAILED: Final = "answered {status}: the server failed"
SHOWN: Final = 20  # characters of an id in a list
FAILED: Final = HTTPStatus.INTERNAL_SERVER_ERROR
NOT_MEANT: Final = {
    Purpose.DOOR: (HTTPStatus.NOT_IMPLEMENTED, HTTPStatus.HTTP_VERSION_NOT_SUPPORTED),
    Purpose.OPTIONS: (HTTPStatus.NOT_IMPLEMENTED,),
    Purpose.PREFLIGHT: (HTTPStatus.NOT_IMPLEMENTED,),
}
"""Statuses of the 5xx that say: I do not do that; no failure where something odd was asked."""
NO_200_HINT: Final = "no 200 was seen at all: are the token and BASE_URL right?"


def clauses(operation: Operation, rules: Rules) -> Iterator[Clause]:
    """List them, the reach of each documented status first."""
    good = success(operation)
    page = rules.sources.get(operation.operation_id) or _source(operation, good)
    one, many, whose, given = rules.item, rules.items, rules.whose, rules.given_by
    flag = given.partition(" ")[2]
    nothing = f"the known {whose}s have no {one}: give {given} that has one"
    if "{" not in operation.path:
        nothing = f"no {good} showed {rules.an_item}: the target has to have one"
    reached = (
        Hint(
            f"no known {whose} was answered with {good}: are the token, BASE_URL and {flag} right?",
            unless="id.known",
        ),
        Hint(nothing),
    )
    yield Clause(f"status.{good}", page, _reached_item, required=True, hints=reached)
    if lists(operation):
        empty = (Hint(f"give {given} that exists and has no {one}"),)
        yield Clause(f"status.{good}.empty", page, _reached_empty, hints=empty)
    for response in operation.documented():
        if response is not promised(operation, good):
            hints = _unseen(operation, response.status)
            check = _reached(response)
            yield Clause(f"status.{response.key}", response.source, check, hints=hints)
    yield Clause("status.documented", f"{operation.source}/responses", _documented)
    yield Clause("status.server-error", "RFC 9110, section 15.6", _server_error)
    yield Clause("id.known", f"{flag}: this {whose} exists", _known)
    if "{" not in operation.path:
        return
    counted = f"the target file: {many} of an {whose}"
    hints = (Hint(f"a target file says how many {many} an {whose} should have"),)
    yield Clause("id.count", counted, _counted, applies=_countable, hints=hints)
    if rules.unknown:
        yield Clause(
            "id.unknown", f"an id that does not exist: {nobodys(operation, rules)}", _unknown
        )
    yield Clause("id.odd", "RFC 9110, section 15.5: refusals before the API is reached", _odd)


def nobodys(operation: Operation, rules: Rules) -> str:
    """Say how an id that nobody has may be answered: as the rules have it, or as is documented."""
    good = success(operation)
    known = {response.status for response in operation.documented()} - refusals(operation)
    absent = {status for status in known if HTTPStatus.BAD_REQUEST <= status < FAILED}
    empty = f"{good} []" if lists(operation) else str(good)
    told = sorted({good, *absent, *rules.unknown} - {HTTPStatus.TOO_MANY_REQUESTS})
    return " or ".join(empty if status == good else str(int(status)) for status in told)


def _unseen(operation: Operation, status: int) -> tuple[Hint, ...]:
    """Say what is missing where a status was never met."""
    if status == HTTPStatus.BAD_REQUEST:
        return NO_ID_UNREADABLE
    asks = not operation.anonymous and status in refusals(operation)
    return nobody_refused(operation) if asks else ()


def _source(operation: Operation, status: int) -> str:
    response = promised(operation, status)
    return response.source if response else f"{operation.source}/responses"


def _reached_item(record: Record) -> CheckResult:
    """A body that shows something, where the contract promises one."""
    bare = not has_body(record.operation)
    return CheckResult(sum(bare or bool(record.things(answer)) for _, answer in record.found))


def _reached_empty(record: Record) -> CheckResult:
    return CheckResult(sum(record.things(answer) == [] for _, answer in record.found))


def _reached(response: Response) -> Callable[[Record], CheckResult]:
    return lambda record: CheckResult(
        sum(promised(record.operation, answer.status) is response for _, answer in record.answered)
    )


def _documented(record: Record) -> CheckResult:
    known = sorted(response.key for response in record.operation.documented())
    good = [pair for pair in record.plain if promised(record.operation, pair[1].status)]
    return result(
        len(good),
        wrong_status(
            record,
            [pair for pair in outside(record.plain) if pair not in good],
            Severity.ERROR,
            Kind.UNDOCUMENTED,
            "answered {status}, which the contract does not know",
            ", ".join(known),
            hint=_hint(record),
        ),
    )


def _server_error(record: Record) -> CheckResult:
    failed = [
        pair
        for pair in record.heard
        if pair[1].status >= FAILED
        and not pair[1].throttles
        and pair[1].status not in NOT_MEANT.get(pair[0].probe.purpose, ())
    ]
    return result(
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


def _known(record: Record) -> CheckResult:
    """Undocumented statuses are reported elsewhere, once; a wrong token proves nothing."""
    paths = {probe.path for probe in record.subject.known()}
    plain = [
        pair
        for pair in record.plain
        if pair[0].probe.path in paths and pair[0].probe.purpose is not Purpose.ALLOWED
    ]
    known = [*plain, *(pair for pair in record.answered if _is_forgotten(*pair))]
    wrong_token = not record.found and not outside(known, *record.refusals)
    refused = [
        pair
        for pair in outside(known, record.success)
        if promised(record.operation, pair[1].status)
    ]
    return result(
        count(known, record.success),
        wrong_status(
            record,
            [] if wrong_token else refused,
            Severity.ERROR,
            Kind.BREAKING,
            "answered {status} for " + f"an {record.subject.rules.whose} that exists",
            str(record.success),
            hint=_hint(record),
        ),
    )


def _is_forgotten(exchange: Exchange, answer: Answer) -> bool:
    """Tell whether a valid token was refused beside something that is no reason for it."""
    probe = exchange.probe
    return (
        answer.status == HTTPStatus.UNAUTHORIZED
        and probe.purpose in {Purpose.EXTRA, Purpose.CONDITIONAL}
        and probe.credentials.validity is Validity.VALID
    )


def _countable(record: Record) -> bool:
    return bool(record.target.counts) and record.lists and record.subject.has_tenants


def _counted(record: Record) -> CheckResult:
    """Compare how many items a tenant has listed with how many it should have."""
    expected = record.target.counts
    lists = [
        (exchange, len(things))
        for exchange, answer in record.found
        if exchange.probe.instance_id in expected and (things := record.things(answer)) is not None
    ]
    return result(
        len(lists),
        (
            record.finding(
                exchange,
                Severity.ERROR,
                Kind.MEANING,
                f"lists another number of {record.subject.rules.items} than the target file says",
                expected=str(expected[exchange.probe.instance_id]),
                got=str(count),
            )
            for exchange, count in lists
            if count != expected[exchange.probe.instance_id]
        ),
    )


def _unknown(record: Record) -> CheckResult:
    """Nobody has made these instances; the one that was named as unknown counts as evidence."""
    many, whose = record.subject.rules.items, record.subject.rules.whose
    asked = [pair for pair in record.plain if pair[0].probe.made_up]
    named = [pair for pair in asked if pair[0].probe.instance_id == record.target.unknown_id]
    bound = [pair for pair in asked if pair[1].status == HTTPStatus.UNAUTHORIZED and record.found]
    listed = (
        record.finding(
            exchange,
            Severity.ERROR,
            Kind.MEANING,
            f"lists {many} for an {whose} that does not exist",
            expected="[]",
            got=f"{len(record.things(answer) or ())} {many} for {exchange.probe.name}",
        )
        for exchange, answer in asked
        if answer.status == record.success
        and record.things(answer)
        and not record.is_of_others(exchange.probe.asked, answer)
        and not record.merged(exchange, answer)
    )
    refused = wrong_status(
        record,
        bound,
        Severity.NOTE,
        Kind.MEANING,
        f"answered {{status}} for an {whose} that does not exist: the token seems bound to others",
        nobodys(record.operation, record.subject.rules),
    )
    return result(count(named, *record.subject.rules.unknown), (*listed, *refused))


def _odd(record: Record) -> CheckResult:
    """Tell once which odd ids never reached the API; what it does not see it cannot answer."""
    asked = [pair for pair in record.heard if pair[0].probe.odd]
    away = [pair for pair in record.turned_away if pair[0].probe.odd]
    merged = [pair for pair in record.found if record.merged(*pair)]
    return result(
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
            expected=nobodys(record.operation, record.subject.rules),
            got=f"{', '.join(map(str, statuses))} for {_listed(ids)}",
        )
        yield replace(found, count=len(pairs))


def _listed(ids: list[str]) -> str:
    """Name some ids, none of them at full length."""
    shown = [repr(text if len(text) <= SHOWN else f"{text[:SHOWN]}…") for text in ids]
    return ", ".join(shown)


def _hint(record: Record) -> str:
    return "" if record.found else NO_200_HINT
