"""Clauses about statuses and ids: which answers the contract knows, and for whom."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from functools import partial
from http import HTTPStatus
from typing import Final

from find_webhook_kit.contracts.clauses.clause import (
    NO_ID_UNREADABLE,
    CheckResult,
    Clause,
    Hint,
    count,
    nobody_refused,
    outside,
    result,
)
from find_webhook_kit.contracts.clauses.transcript import Pairs, Transcript
from find_webhook_kit.contracts.finding import (
    BROKEN,
    HTTP_NOTE,
    UNDOCUMENTED,
    UNTRUE,
    Finding,
    Kind,
    Severity,
)
from find_webhook_kit.contracts.wire.exchange import Answer, Exchange, LossKind
from find_webhook_kit.contracts.wire.probe import Purpose, Validity
from find_webhook_kit.contracts.wording import cut
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
    response = promised(operation, good)
    source = response.source if response else f"{operation.source}/responses"
    page = rules.sources.get(operation.operation_id) or source
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
    for other in operation.documented():
        if other is not response:
            hints, check = _unseen(operation, other.status), partial(_reached, other)
            yield Clause(f"status.{other.key}", other.source, check, hints=hints)
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


def _reached_item(transcript: Transcript) -> CheckResult:
    """A body that shows something, where the contract promises one."""
    bare = not has_body(transcript.operation)
    return CheckResult(
        sum(bare or bool(transcript.things(answer)) for _, answer in transcript.found)
    )


def _reached_empty(transcript: Transcript) -> CheckResult:
    return CheckResult(sum(transcript.things(answer) == [] for _, answer in transcript.found))


def _reached(response: Response, transcript: Transcript) -> CheckResult:
    return CheckResult(
        sum(
            promised(transcript.operation, answer.status) is response
            for _, answer in transcript.answered
        )
    )


def _documented(transcript: Transcript) -> CheckResult:
    known = sorted(response.key for response in transcript.operation.documented())
    good = [pair for pair in transcript.plain if promised(transcript.operation, pair[1].status)]
    wrong = [pair for pair in outside(transcript.plain) if pair not in good]
    words, expected = "answered {status}, which the contract does not know", ", ".join(known)
    hint = "" if transcript.found else NO_200_HINT
    found = transcript.wrong_status(wrong, UNDOCUMENTED, words, expected, hint=hint)
    return result(len(good), found)


def _server_error(transcript: Transcript) -> CheckResult:
    failed = [
        pair
        for pair in transcript.heard
        if pair[1].status >= FAILED
        and not pair[1].throttles
        and pair[1].status not in NOT_MEANT.get(pair[0].probe.purpose, ())
    ]
    return result(
        len(transcript.answered),
        (
            *transcript.wrong_status(failed, UNDOCUMENTED, SERVER_FAILED, "no 5xx"),
            *_failed_first(transcript),
        ),
    )


def _failed_first(transcript: Transcript) -> Iterator[Finding]:
    """Report a 503 behind which the same request was answered, where nothing throttles."""
    for exchange in transcript.exchanges:
        for loss in exchange.losses:
            if loss.kind is LossKind.UNAVAILABLE and not transcript.throttles_by_503:
                status = HTTPStatus.SERVICE_UNAVAILABLE
                yield transcript.finding(
                    exchange,
                    UNDOCUMENTED,
                    SERVER_FAILED.format(status=int(status)),
                    expected="no 5xx",
                    got=str(int(status)),
                )
                break


def _known(transcript: Transcript) -> CheckResult:
    """Undocumented statuses are reported elsewhere, once; a wrong token proves nothing."""
    paths = {probe.path for probe in transcript.subject.known()}
    plain = [
        pair
        for pair in transcript.plain
        if pair[0].probe.path in paths and pair[0].probe.purpose is not Purpose.ALLOWED
    ]
    known = [*plain, *(pair for pair in transcript.answered if _is_forgotten(*pair))]
    refused = [
        pair
        for pair in outside(known, transcript.success)
        if promised(transcript.operation, pair[1].status)
    ]
    if not transcript.found and not outside(known, *transcript.refusals):
        refused = []
    words = f"answered {{status}} for an {transcript.subject.rules.whose} that exists"
    hint = "" if transcript.found else NO_200_HINT
    found = transcript.wrong_status(refused, BROKEN, words, str(transcript.success), hint=hint)
    return result(count(known, transcript.success), found)


def _is_forgotten(exchange: Exchange, answer: Answer) -> bool:
    """Tell whether a valid token was refused beside something that is no reason for it."""
    probe = exchange.probe
    return (
        answer.status == HTTPStatus.UNAUTHORIZED
        and probe.purpose in {Purpose.EXTRA, Purpose.CONDITIONAL}
        and probe.credentials.validity is Validity.VALID
    )


def _countable(transcript: Transcript) -> bool:
    return bool(transcript.target.counts) and transcript.lists and transcript.subject.has_tenants


def _counted(transcript: Transcript) -> CheckResult:
    """Compare how many items a tenant has listed with how many it should have."""
    expected = transcript.target.counts
    lists = [
        (exchange, len(things))
        for exchange, answer in transcript.found
        if exchange.probe.instance_id in expected
        and (things := transcript.things(answer)) is not None
    ]
    items = transcript.subject.rules.items
    return result(
        len(lists),
        (
            transcript.finding(
                exchange,
                UNTRUE,
                f"lists another number of {items} than the target file says",
                expected=str(expected[exchange.probe.instance_id]),
                got=str(count),
            )
            for exchange, count in lists
            if count != expected[exchange.probe.instance_id]
        ),
    )


def _unknown(transcript: Transcript) -> CheckResult:
    """Nobody has made these instances; the one that was named as unknown counts as evidence."""
    many, whose = transcript.subject.rules.items, transcript.subject.rules.whose
    asked = [pair for pair in transcript.plain if pair[0].probe.made_up]
    named = [pair for pair in asked if pair[0].probe.instance_id == transcript.target.unknown_id]
    bound = [
        pair for pair in asked if pair[1].status == HTTPStatus.UNAUTHORIZED and transcript.found
    ]
    listed = (
        transcript.finding(
            exchange,
            UNTRUE,
            f"lists {many} for an {whose} that does not exist",
            expected="[]",
            got=f"{len(transcript.things(answer) or ())} {many} for {exchange.probe.name}",
        )
        for exchange, answer in asked
        if answer.status == transcript.success
        and transcript.things(answer)
        and not transcript.is_of_others(exchange.probe.asked, answer)
        and not transcript.merged(exchange, answer)
    )
    told = f"answered {{status}} for an {whose} that does not exist"
    words = f"{told}: the token seems bound to others"
    expected = nobodys(transcript.operation, transcript.subject.rules)
    refused = transcript.wrong_status(bound, (Severity.NOTE, Kind.MEANING), words, expected)
    return result(count(named, *transcript.subject.rules.unknown), (*listed, *refused))


def _odd(transcript: Transcript) -> CheckResult:
    """Tell once which odd ids never reached the API; what it does not see it cannot answer."""
    asked = [pair for pair in transcript.heard if pair[0].probe.odd]
    away = [pair for pair in transcript.turned_away if pair[0].probe.odd]
    merged = [pair for pair in transcript.found if transcript.merged(*pair)]
    return result(
        len(asked) - len(away),
        (
            *_once(
                transcript, away, "odd ids that nobody has are refused or redirected on the way"
            ),
            *_once(
                transcript, merged, "a known id and a slash is read as the id: slashes are merged"
            ),
        ),
    )


def _once(transcript: Transcript, pairs: Pairs, words: str) -> Iterator[Finding]:
    """Make one note of some answers, with the list of ids."""
    ids = dict.fromkeys(exchange.probe.instance_id for exchange, _ in pairs)
    listed = ", ".join(repr(cut(text, SHOWN)) for text in ids)
    statuses = sorted({answer.status for _, answer in pairs})
    for exchange, _ in pairs[:1]:
        found = transcript.finding(
            exchange,
            HTTP_NOTE,
            words,
            expected=nobodys(transcript.operation, transcript.subject.rules),
            got=f"{', '.join(map(str, statuses))} for {listed}",
        )
        yield replace(found, count=len(pairs))
