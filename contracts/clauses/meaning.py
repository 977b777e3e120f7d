"""Clauses about meaning: answers that fit the schema and still cannot be true."""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator
from http import HTTPStatus
from itertools import pairwise
from typing import Final

from contracts.clauses.clause import Body, Clause, Record, Ruling, ruling, shown
from contracts.exchange import Answer, Exchange, Topic
from contracts.finding import Finding, Kind, Severity
from spec import Operation
from spec.meaning import IDENTITY, OWNER, offences

WORDS: Final = {
    "owner": f"{OWNER} is not the instance that was asked for",
    "identity": f"{IDENTITY} stands twice in one answer",
    "times": "updatedAt lies before createdAt",
}

INTERNALS: Final = re.compile(
    r"Traceback \(most recent call last\)|^\s+at .+\(.+:\d+:\d+\)|\.py\", line \d+"
    r"|node_modules/|java\.lang\.|goroutine \d+ \[|PrismaClient|SQLSTATE",
    re.MULTILINE,
)


def clauses(operation: Operation) -> Iterator[Clause]:
    """List them: what is true within an answer, between answers, and of errors."""
    yield Clause("meaning.owner", f"{OWNER}: ID of the instance", _offences("owner"))
    yield Clause("meaning.identity", f"{IDENTITY} identifies a webhook", _offences("identity"))
    yield Clause("meaning.times", "createdAt, updatedAt", _offences("times"))
    yield Clause("meaning.stable", "RFC 9110, section 9.2.1: GET is safe", _stable)
    yield Clause("meaning.status-code", f"{operation.source}: statusCode", _status_code)
    yield Clause("meaning.internals", "an error speaks to its caller", _internals)


def _offences(rule: str) -> Callable[[Record], Ruling]:
    def check(record: Record) -> Ruling:
        return ruling(
            sum(bool(body.value) for body in record.bodies),
            (
                record.finding(
                    body.exchange,
                    Severity.ERROR,
                    Kind.MEANING,
                    WORDS[rule],
                    expected=offence.expected,
                    got=shown(offence.got),
                    at=offence.pointer,
                )
                for body in record.bodies
                for offence in offences(body.exchange.probe.instance_id, body.value)
                if offence.rule == rule
            ),
        )

    return check


def _stable(record: Record) -> Ruling:
    """One change between two reads may be somebody's edit; one at every read is not."""
    first = record.target.instance_ids[0]
    reads = [
        body
        for body in record.bodies
        if body.exchange.probe.plain
        and not body.exchange.probe.generated
        and body.exchange.probe.instance_id == first
    ]
    changes = sum(_unordered(one) != _unordered(other) for one, other in pairwise(reads))
    return ruling(
        max(len(reads) - 1, 0), _changed(record, reads[-1].exchange, changes) if changes else ()
    )


def _unordered(body: Body) -> list[str]:
    """Return the items in an order of our own: the page promises none."""
    items = body.value if isinstance(body.value, list) else [body.value]
    return sorted(json.dumps(item, sort_keys=True) for item in items)


def _changed(record: Record, exchange: Exchange, changes: int) -> Iterator[Finding]:
    severity = Severity.ERROR if changes > 1 else Severity.NOTE
    yield record.finding(
        exchange,
        severity,
        Kind.MEANING,
        "the same request was answered differently each time"
        if changes > 1
        else "the answer changed once during the run",
        expected="the same answer",
        got=f"{changes} changes",
    )


def _status_code(record: Record) -> Ruling:
    """StatusCode belongs to the assumed error shape, so a lie in it weighs no more than that."""
    bodies = [
        (exchange, answer, answer.json)
        for exchange, answer in record.answered
        if answer.status >= HTTPStatus.BAD_REQUEST and answer.content and answer.readable
    ]
    stated = [
        (exchange, answer, body["statusCode"])
        for exchange, answer, body in bodies
        if isinstance(body, dict) and isinstance(body.get("statusCode"), int)
    ]
    return ruling(
        len(stated),
        (
            record.finding(
                exchange,
                Severity.WARNING,
                Kind.MEANING,
                f"the body of a {answer.status} says statusCode {code}",
                expected=str(answer.status),
                got=shown(code),
                at="/statusCode",
            )
            for exchange, answer, code in stated
            if code != answer.status
        ),
    )


def _internals(record: Record) -> Ruling:
    errors = [
        # In JSON the lines of a trace are separated by escapes.
        (exchange, answer, answer.content.decode("utf-8", "replace").replace("\\n", "\n"))
        for exchange, answer in record.answered
        if answer.status >= HTTPStatus.BAD_REQUEST
    ]
    return ruling(len(errors), _leaks(record, errors))


def _leaks(record: Record, errors: list[tuple[Exchange, Answer, str]]) -> Iterator[Finding]:
    for exchange, answer, text in errors:
        found = INTERNALS.search(text)
        if found and exchange.probe.topic is not Topic.OPTIONS:
            yield record.finding(
                exchange,
                Severity.WARNING,
                Kind.HTTP,
                f"a {answer.status} shows the inside of the server",
                expected="a message for the caller",
                got=found.group().strip(),
            )
