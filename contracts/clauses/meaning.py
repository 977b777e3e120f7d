"""Clauses about meaning: answers that fit the schema and still cannot be true.

The rules stand in `spec/rules.yaml`, with their sources and severities. Those about one body are
read by `spec.meaning`; those that compare answers have their checks here.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from functools import partial
from http import HTTPStatus
from types import MappingProxyType
from typing import Final

from find_webhook_kit.contracts.clauses.clause import (
    CheckResult,
    Clause,
    Hint,
    result,
    rule_weight,
    seen_at_all,
    shown,
)
from find_webhook_kit.contracts.clauses.stable import stable
from find_webhook_kit.contracts.clauses.transcript import Pairs, SuccessBody, Transcript, once
from find_webhook_kit.contracts.finding import Finding, Kind, Severity
from find_webhook_kit.contracts.wire.probe import Purpose, Validity
from find_webhook_kit.spec import Operation, pointer
from find_webhook_kit.spec.meaning import Rule, Rules, compared, found, inside
from find_webhook_kit.spec.success import success

RuleCheck = Callable[[Rule, Transcript], CheckResult]

TELLING: Final = 8
"""Characters of a text that nobody writes by chance."""

INTERNALS: Final = re.compile(
    r"Traceback \(most recent call last\)|^\s+at .+\(.+:\d+:\d+\)|\.py\", line \d+"
    r"|node_modules/|java\.lang\.|goroutine \d+ \[|PrismaClient|SQLSTATE"
    r"|\bat [\w.$]+\([\w.]+\.java:\d+\)|ECONNREFUSED"
    r"|/(?:usr|home|srv|var|app)/[\w./-]+\.(?:[jt]s|py|go|rb|php)\b",
    re.MULTILINE,
)


def clauses(operation: Operation, rules: Rules) -> Iterator[Clause]:
    """List them, one a rule, in the order of the rules."""
    for rule in rules.of(operation):
        if rule.id == "confidential" and operation.anonymous:
            continue
        check = _within if rule.kind else _BETWEEN[rule.id]
        hints = (seen_at_all(operation, rules), *_nested(operation, rule, rules))
        yield Clause(f"meaning.{rule.id}", rule.source, partial(check, rule), hints=hints)


def _nested(operation: Operation, rule: Rule, rules: Rules) -> Iterator[Hint]:
    """Say what is missing: an object that need not be there, or several things to compare."""
    if rule.id == "apart":
        yield Hint(f"give several: {rules.given_by} each, with {rules.an_item}")
    names = rule.path[len(inside(operation)) :]
    holder = ".".join(names if rule.kind == "ordered" else names[:-1])
    if rule.kind and holder:
        body = f"body.{success(operation)}.{holder}"
        yield Hint(f"give {rules.given_by} whose {rules.item} has {holder}", unless=body)
    if rule.kind == "unique":
        yield Hint(f"give {rules.given_by} that has several {rules.items}")


def _within(rule: Rule, transcript: Transcript) -> CheckResult:
    """Check a rule about one body in each body; evidence is a body that has what it compares."""
    found = [(body, list(compared(rule, body.asked, body.value))) for body in transcript.bodies]
    return result(
        sum(bool(each) for _, each in found),
        (
            transcript.finding(
                body.exchange,
                rule_weight(rule),
                rule.breach,
                expected=offence.expected,
                got=shown(offence.got),
                at=offence.pointer,
            )
            for body, each in found
            for offence in each
            if offence is not None
        ),
    )


def _apart(rule: Rule, transcript: Transcript) -> CheckResult:
    """Look for one identity in the answers to two tenants; who reads both may mix them up."""
    known = [
        body
        for body in transcript.bodies
        if body.exchange.probe.instance_id in transcript.target.instance_ids
    ]
    tenants = {body.exchange.probe.instance_id for body in known if body.things}
    return result(len(known) if len(tenants) > 1 else 0, _shared(transcript, rule, known))


def _shared(transcript: Transcript, rule: Rule, bodies: Sequence[SuccessBody]) -> Iterator[Finding]:
    owners: dict[str, str] = {}
    identity = transcript.subject.rules.identity
    for body in bodies:
        asked = body.exchange.probe.instance_id
        for where, value in found(body.value, (*inside(transcript.operation), identity)):
            owner = owners.setdefault(value, asked) if isinstance(value, str) else asked
            if owner != asked:
                yield transcript.finding(
                    body.exchange,
                    rule_weight(rule),
                    rule.breach,
                    expected=f"a {identity} that {owner!r} does not have",
                    got=shown(value),
                    at=where,
                )


def _confidential(rule: Rule, transcript: Transcript) -> CheckResult:
    """Look for what only a valid token shows in answers to others; a 200 has clauses of its own."""
    secrets = telling(transcript)
    refused = [
        pair
        for pair in transcript.answered
        if pair[0].probe.credentials.bad
        and (
            pair[1].status != transcript.success
            or pair[0].probe.method != transcript.operation.method
        )
    ]
    return result(len(refused) if secrets else 0, _leaks(transcript, rule, refused, secrets))


@once
def telling(transcript: Transcript) -> frozenset[bytes]:
    """Return what nobody can know who was not shown it to valid credentials."""
    values = (
        value
        for body in transcript.bodies
        if body.exchange.probe.credentials.validity is Validity.VALID
        for name in transcript.subject.rules.telling
        for _, value in found(body.value, (*inside(transcript.operation), name))
    )
    known = {text for text in values if isinstance(text, str) and len(text) >= TELLING}
    return frozenset(text.encode() for text in known)


def _leaks(
    transcript: Transcript, rule: Rule, refused: Pairs, secrets: frozenset[bytes]
) -> Iterator[Finding]:
    for exchange, answer in refused:
        asked = exchange.probe.path.encode()
        leaked = sorted(text for text in secrets if text in answer.content and text not in asked)
        if leaked:
            yield transcript.finding(
                exchange,
                rule_weight(rule),
                rule.breach,
                expected=f"no {transcript.subject.rules.item} in a {answer.status} to "
                f"{exchange.probe.credentials.name}",
                got=leaked[0].decode(),
            )


def _status_code(rule: Rule, transcript: Transcript) -> CheckResult:
    """Compare the status that an error states, in the property that the rules name for it."""
    name = transcript.subject.rules.error["status"]
    bodies = [
        (exchange, answer.status, answer.json)
        for exchange, answer in transcript.answered
        if answer.status >= HTTPStatus.BAD_REQUEST and answer.content and answer.readable
    ]
    stated = [
        (exchange, status, body[name])
        for exchange, status, body in bodies
        if isinstance(body, dict) and isinstance(body.get(name), int)
    ]
    return result(
        len(stated),
        (
            transcript.finding(
                exchange,
                rule_weight(rule),
                rule.breach,
                expected=str(status),
                got=shown(code),
                at=pointer([name]),
            )
            for exchange, status, code in stated
            if code != status
        ),
    )


def _internals(rule: Rule, transcript: Transcript) -> CheckResult:
    errors = [
        # In JSON the lines of a trace are separated by escapes.
        (exchange, answer.content.decode("utf-8", "replace").replace("\\n", "\n"))
        for exchange, answer in transcript.answered
        if answer.status >= HTTPStatus.BAD_REQUEST and exchange.probe.purpose is not Purpose.OPTIONS
    ]
    return result(
        len(errors),
        (
            transcript.finding(
                exchange,
                (Severity(rule.severity), Kind.HTTP),
                rule.breach,
                expected="a message for the caller",
                got=inside.group().strip(),
            )
            for exchange, text in errors
            if (inside := INTERNALS.search(text))
        ),
    )


_BETWEEN: Final[Mapping[str, RuleCheck]] = MappingProxyType(
    {
        "stable": stable,
        "apart": _apart,
        "confidential": _confidential,
        "status-code": _status_code,
        "internals": _internals,
    }
)
