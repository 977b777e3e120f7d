"""Clauses about what only a valid token shows: nobody else gets to see it, by whatever door."""

from __future__ import annotations

import re
from collections.abc import Iterator
from http import HTTPStatus
from typing import Final

from find_webhook_kit.contracts.clauses.clause import CheckResult, Clause, Hint, comparable, result
from find_webhook_kit.contracts.clauses.meaning import telling
from find_webhook_kit.contracts.clauses.security import QUOTED, front_door
from find_webhook_kit.contracts.clauses.transcript import Pairs, Transcript, once
from find_webhook_kit.contracts.finding import BROKEN, HTTP_WARNING, Finding
from find_webhook_kit.contracts.plan.doors import is_control
from find_webhook_kit.contracts.wire.exchange import Answer, Exchange
from find_webhook_kit.contracts.wire.probe import Purpose, Validity
from find_webhook_kit.spec import Operation
from find_webhook_kit.spec.meaning import Rules
from find_webhook_kit.spec.success import SUCCESS

MISPLACED: Final = re.compile(r'""[^\s,]|(?:^|[^=\s])\s*""')
EVALUATED: Final = (HTTPStatus.NOT_MODIFIED, HTTPStatus.PRECONDITION_FAILED)
TENANT: Final = (
    Hint("--other-token T tests it, a valid token of another tenant, with --other-instance-id ID"),
)


def clauses(operation: Operation, rules: Rules) -> Iterator[Clause]:
    """List them."""
    yield Clause("security.door", "RFC 9110, section 11.6.1, and OWASP API2:2023", _door)
    yield Clause("security.condition", "RFC 9110, section 13.2.1", _condition)
    if f"{{{rules.tenant}}}" in operation.path:
        of = "OWASP API1:2023"
        yield Clause("security.tenant", of, _tenant, applies=_has_tenant, hints=TENANT)
    yield Clause("security.cache", "RFC 9111, section 3.5", _cache)
    yield Clause("security.challenge.syntax", "RFC 9110, sections 5.6.4 and 11.6.1", _syntax)


@once
def _shown_items(transcript: Transcript) -> frozenset[str]:
    """Return the items that valid credentials showed."""
    return frozenset(
        comparable(item)
        for body in transcript.bodies
        if body.exchange.probe.credentials.validity is Validity.VALID
        for item in body.things
    )


def _repeats(transcript: Transcript, answer: Answer) -> bool:
    """Tell whether an answer shows an item that valid credentials showed."""
    return not _shown_items(transcript).isdisjoint(map(comparable, transcript.things(answer) or ()))


def shows(transcript: Transcript, exchange: Exchange, answer: Answer) -> bool:
    """Tell whether an answer shows an item that valid credentials are needed for."""
    if _repeats(transcript, answer):
        return True
    asked = exchange.probe.path.encode()
    return any(text in answer.content and text not in asked for text in telling(transcript))


def _door(transcript: Transcript) -> CheckResult:
    """Whoever lets anybody in at the front door is told that, and not each window."""
    pairs = transcript.about(Purpose.DOOR)
    inside = (
        []
        if _is_open_in_front(transcript)
        else [pair for pair in pairs if _lets_in(transcript, *pair)]
    )
    evidence = len(pairs) - len(inside) if _shown_items(transcript) else 0
    return result(evidence, (_opened(transcript, *pair) for pair in _causes(inside)))


def _is_open_in_front(transcript: Transcript) -> bool:
    """Tell whether anybody ever got in, or saw an item, without trying a door."""
    return any(
        answer.status == transcript.success or shows(transcript, exchange, answer)
        for exchange, answer in front_door(transcript)
    )


def _lets_in(transcript: Transcript, exchange: Exchange, answer: Answer) -> bool:
    """Tell whether an answer shows what is not for everybody, whatever its status says."""
    if exchange.probe.method == "HEAD":
        return answer.status in SUCCESS and _is_head_of_one(transcript, exchange, answer)
    return shows(transcript, exchange, answer)


def _is_head_of_one(transcript: Transcript, exchange: Exchange, answer: Answer) -> bool:
    """Tell whether a HEAD is that of an answer with items: its length or its tag says so."""
    own = [
        other
        for known, other in transcript.found
        if known.probe.instance_id == exchange.probe.instance_id and transcript.things(other)
    ]
    return any(
        answer.header(name) is not None and answer.header(name) == other.header(name)
        for other in own
        for name in ("content-length", "etag")
    )


def _causes(inside: Pairs) -> Pairs:
    """Leave out the queries that open because any query does."""
    opened = {
        exchange.probe.credentials.validity for exchange, _ in inside if is_control(exchange.probe)
    }
    return [
        pair
        for pair in inside
        if is_control(pair[0].probe)
        or "?" not in pair[0].probe.path
        or pair[0].probe.credentials.validity not in opened
    ]


def _opened(transcript: Transcript, exchange: Exchange, answer: Answer) -> Finding:
    return transcript.finding(
        exchange,
        BROKEN,
        f"shows {transcript.subject.rules.items} to {exchange.probe.name}",
        expected=f"{transcript.refused}, or whatever shows no {transcript.subject.rules.item}",
        got=f"{answer.status} with {transcript.subject.rules.items}",
    )


def _condition(transcript: Transcript) -> CheckResult:
    """Who may not read must not learn whether what they name is still there."""
    asked = [pair for pair in transcript.about(Purpose.DOOR) if _conditional(pair[0])]
    told = [pair for pair in asked if pair[1].status in EVALUATED]
    if _is_open_in_front(transcript):
        told = []
    words = "looks at a condition before the credentials: {probe.name}"
    found = transcript.wrong_status(told, BROKEN, words, transcript.refused)
    return result(len(asked) - len(told), found)


def _conditional(exchange: Exchange) -> bool:
    names = {name for name, _ in exchange.probe.headers}
    return bool(names & {"If-None-Match", "If-Modified-Since"})


def _has_tenant(transcript: Transcript) -> bool:
    return transcript.target.other is not None and transcript.subject.has_tenants


def _tenant(transcript: Transcript) -> CheckResult:
    """What belongs to one is not for the other, whatever the refusal looks like."""
    pairs = transcript.about(Purpose.TENANT)
    theirs = [
        answer
        for exchange, answer in pairs
        if exchange.probe.credentials.validity is Validity.OTHER
        and answer.status == transcript.success
    ]
    crossing = [pair for pair in pairs if not _own(transcript, pair[0])]
    wrong = [pair for pair in crossing if _reads_across(transcript, *pair)]
    return result(
        len(crossing) - len(wrong) if theirs else 0,
        (
            transcript.finding(
                exchange,
                BROKEN,
                "a valid token reads what belongs to another tenant",
                expected="401, 403, 404 or 200 []",
                got=f"{answer.status} with {transcript.subject.rules.items}: {exchange.probe.name}",
            )
            for exchange, answer in wrong
        ),
    )


def _own(transcript: Transcript, exchange: Exchange) -> bool:
    """Tell whether somebody asked for an instance of their own, and named no other."""
    other, probe = transcript.target.other, exchange.probe
    theirs = other is not None and probe.instance_id == other.instance_id
    return theirs and probe.credentials.validity is Validity.OTHER and "?" not in probe.path


def _reads_across(transcript: Transcript, exchange: Exchange, answer: Answer) -> bool:
    if answer.status not in SUCCESS:
        return False
    if exchange.probe.credentials.validity is Validity.OTHER:
        return _repeats(transcript, answer)
    return bool(transcript.things(answer))


def _cache(transcript: Transcript) -> CheckResult:
    """A shared cache would give it to the next who asks, whoever that is."""
    return result(
        len(transcript.found),
        (
            transcript.finding(
                exchange,
                HTTP_WARNING,
                "shared caches may keep an answer to credentials",
                expected="no public and no s-maxage in Cache-Control",
                got=f"Cache-Control: {answer.header('cache-control')}",
            )
            for exchange, answer in transcript.found
            if _is_for_all(answer.header("cache-control") or "")
        ),
    )


def _is_for_all(control: str) -> bool:
    pieces = QUOTED.sub('""', control).lower().split(",")
    pairs = (piece.partition("=") for piece in pieces)
    directives = {name.strip(): value.strip() for name, _, value in pairs}
    if "no-store" in directives or "private" in directives:
        return False
    return "public" in directives or directives.get("s-maxage", "0").strip('"') != "0"


def _syntax(transcript: Transcript) -> CheckResult:
    values = [
        (exchange, value)
        for exchange, answer in transcript.answered
        if answer.status == HTTPStatus.UNAUTHORIZED
        for value in answer.values("www-authenticate")
    ]
    broken = [(exchange, value) for exchange, value in values if _is_broken(value)]
    return result(
        len(values) - len(broken),
        (
            transcript.finding(
                exchange,
                HTTP_WARNING,
                "a challenge has a quoted string that is not well-formed",
                expected='two quotes around it, and a backslash before each " in it',
                got=value,
            )
            for exchange, value in broken
        ),
    )


def _is_broken(challenge: str) -> bool:
    """Tell whether a quote is left over, or a quoted string stands where none can."""
    empty = QUOTED.sub('""', challenge)
    return '"' in empty.replace('""', "") or MISPLACED.search(empty) is not None
