"""What an answer to a write must be: its status, its body, and that it tells what was sent."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from typing import Final

from find_webhook_kit.contracts.finding import ASSUMED, BROKEN, UNDOCUMENTED, Kind, Severity
from find_webhook_kit.contracts.wire.exchange import Answer, Exchange
from find_webhook_kit.contracts.writes.clauses import UNDOCUMENTED_NOTE
from find_webhook_kit.contracts.writes.stage import Stage, shows, succeeded
from find_webhook_kit.contracts.writes.values import Difference, differences
from find_webhook_kit.spec import Json
from find_webhook_kit.spec.meaning import broken
from find_webhook_kit.spec.success import body_of, has_body, is_json, json_of, success

FAILED: Final = HTTPStatus.INTERNAL_SERVER_ERROR
REFUSED: Final = HTTPStatus.BAD_REQUEST
UNAUTHORIZED: Final = HTTPStatus.UNAUTHORIZED
NOT_OFFERED: Final = frozenset({404, 405, 501})
"""What an operation is answered with that a server does not have."""


def refused(answer: Answer | None) -> bool:
    """Tell whether a request was refused, as its answer says."""
    return answer is not None and REFUSED <= answer.status < FAILED


def judge_success(stage: Stage, part: str, exchange: Exchange, sent: Mapping[str, Json]) -> bool:
    """Judge the answer to a write that must succeed; tell whether it did."""
    operation = stage.requests.operations[part]
    wanted, answer = success(operation), exchange.answer
    stage.ledger.kept(f"{part}.status")
    if answer is None or answer.faults:
        told = "was not answered" if answer is None else str(answer.faults[0])
        words, lost = f"{operation.method}: {told}", exchange.lost
        stage.ledger.broken(f"{part}.status", exchange, message=words, expected=wanted, got=lost)
        return False
    if answer.status != wanted:
        weight = BROKEN if operation.response(answer.status) else UNDOCUMENTED
        words, got = f"{operation.method} is answered {answer.status}", answer.status
        stage.ledger.broken(
            f"{part}.status", exchange, message=words, expected=wanted, got=got, weight=weight
        )
    if succeeded(answer) and has_body(operation):
        _judge_body(stage, part, exchange, answer, sent)
    return succeeded(answer)


def _judge_body(
    stage: Stage, part: str, exchange: Exchange, answer: Answer, sent: Mapping[str, Json]
) -> None:
    """Judge the body of a success: as JSON, by its schema, its rules, and by what was sent."""
    operation, ledger = stage.requests.operations[part], stage.ledger
    name, schema = f"{part}.body", body_of(operation)
    ledger.kept(name)
    if not shows_json(answer):
        got = answer.media_type or "no media type"
        ledger.broken(name, exchange, message="the body is not JSON", expected="JSON", got=got)
        return
    for found in schema.violations(answer.json) if schema else ():
        ledger.offends(name, exchange, found)
    for rule in stage.rules.of(operation):
        for offence in broken(rule, exchange.probe.asked, answer.json):
            ledger.broken(
                name,
                exchange,
                message=rule.breach,
                expected=offence.expected,
                got=offence.got,
                at=offence.pointer,
                weight=(Severity(rule.severity), Kind.MEANING),
            )
    if isinstance(answer.json, dict):
        _judge_told(stage, part, exchange, answer.json, sent)


def _judge_told(
    stage: Stage, part: str, exchange: Exchange, body: Mapping[str, Json], sent: Mapping[str, Json]
) -> None:
    """Judge whether an answer tells what was sent, in the thing or in the part of it."""
    inner = body.get(stage.requests.resource.part)
    told: Mapping[str, Json] = inner if part == "merge" and isinstance(inner, dict) else body
    inside = "" if told is body else f"/{stage.requests.resource.part}"
    if sent.keys() & told.keys():
        stage.ledger.kept(f"{part}.told")
    for found in differences(dict(sent), dict(told), shared=True):
        words, at = "the answer tells another value", inside + found.pointer
        stage.ledger.differs(f"{part}.told", exchange, found, words, at=at)


def judge_refusal(stage: Stage, name: str, exchange: Exchange, why: str, *statuses: int) -> None:
    """Judge the answer to what must be refused: with one of these statuses, where any is named.

    Else with any of 4xx; where that is not documented, it is a note.
    """
    ledger, answer, probe = stage.ledger, exchange.answer, exchange.probe
    if answer is None:
        words = f"{probe.method} with {why} was not answered"
        ledger.broken(name, exchange, message=words, expected="a refusal", got=exchange.lost)
        return
    ledger.kept(name)
    documented = probe.operation is not None and probe.operation.response(answer.status) is not None
    wanted = ", ".join(map(str, statuses)) or "4xx"
    fits = answer.status in statuses if statuses else refused(answer)
    if not fits or answer.faults:
        weight = BROKEN if succeeded(answer) or documented else UNDOCUMENTED
        words, got = f"{probe.method} with {why} is answered {answer.status}", answer.status
        ledger.broken(name, exchange, message=words, expected=wanted, got=got, weight=weight)
    elif not documented:
        words = f"{probe.method} with {why} is answered {answer.status}, which is not documented"
        ledger.broken(name, exchange, message=words, got=answer.status, weight=UNDOCUMENTED_NOTE)
    if refused(answer):
        _judge_error(stage, exchange, answer)


def _judge_error(stage: Stage, exchange: Exchange, answer: Answer) -> None:
    """Judge the body of a documented refusal by its schema, which is an assumption."""
    operation = exchange.probe.operation
    documented = json_of(operation.response(answer.status)) if operation else None
    if documented is None:
        return
    stage.ledger.kept("errors")
    if not shows_json(answer):
        got = answer.media_type or "no media type"
        words = "the body of an error is not the JSON that is documented"
        weight = (Severity.WARNING, Kind.BREAKING)
        stage.ledger.broken(
            "errors", exchange, message=words, expected="JSON", got=got, weight=weight
        )
        return
    for found in documented.schema.violations(answer.json):
        stage.ledger.offends("errors", exchange, found, "an error: ", ASSUMED)


def shows_json(answer: Answer) -> bool:
    """Tell whether an answer is labelled as JSON, and is."""
    return is_json(answer.media_type) and answer.readable


def agrees(stage: Stage, part: str, exchange: Exchange, seen: Json) -> None:
    """Judge whether an answer and what is read behind it show one thing, as far as both do."""
    answer = exchange.answer
    if answer is None or not shows(answer) or not isinstance(answer.json, dict):
        return
    if not isinstance(seen, dict) or stage.rules.identity not in answer.json:
        return
    for found in differences(answer.json, seen, shared=True):
        turned = Difference(found.path, found.got, found.expected)
        words = "the answer and what is read differ"
        stage.ledger.differs(f"{part}.told", exchange, turned, words)
