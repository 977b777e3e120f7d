"""Clauses about credentials: nobody gets in without a valid token, however the token is missing."""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable, Iterator
from dataclasses import replace
from functools import partial
from http import HTTPStatus
from typing import Final

from find_webhook_kit.contracts.clauses.clause import (
    CheckResult,
    Clause,
    Hint,
    count,
    nobody_refused,
    outside,
    result,
)
from find_webhook_kit.contracts.clauses.transcript import REDIRECTED, Pairs, Transcript
from find_webhook_kit.contracts.finding import ASSUMED, BROKEN, HTTP_WARNING, UNTRUE
from find_webhook_kit.contracts.plan.credentials import JUNK_TOKEN, LOWER_CASE
from find_webhook_kit.contracts.plan.doors import is_control
from find_webhook_kit.contracts.wire.exchange import Answer, Exchange
from find_webhook_kit.contracts.wire.probe import (
    NONE,
    TOKEN_VARIABLE,
    Credentials,
    Purpose,
    Validity,
)
from find_webhook_kit.spec import Operation
from find_webhook_kit.spec.meaning import Rules

QUOTED: Final = re.compile(r'"(?:\\.|[^"\\])*"')
WAYS: Final = (Hint("--credential 'SCHEME=$NAME' shows what another scheme is shown"),)
CHALLENGE: Final = re.compile(r"(?:^|,)\s*([\w!#$%&'*+.^`|~-]+)(?=\s|,|$)")
"""The scheme of a challenge (RFC 9110, section 11.6.1)."""


def clauses(operation: Operation, _rules: Rules) -> Iterator[Clause]:
    """List them: the two that must be proven, then the finer ways to be nobody."""
    source, hints = f"{operation.source}/security", nobody_refused(operation)
    missing, junk = (partial(_sent_with, each) for each in (NONE, JUNK_TOKEN))
    check = partial(_refused, missing)
    yield Clause("security.missing", source, check, required=True, hints=hints)
    yield Clause("security.junk", source, partial(_refused, junk), required=True, hints=hints)
    yield Clause("security.invalid", source, partial(_refused, _other), hints=hints)
    yield Clause("security.always", source, _let_in_now_and_then)
    if len(operation.requirements) > 1:
        yield Clause("security.alternatives", source, _alternatives, applies=_has_ways, hints=WAYS)
    yield Clause("security.two-headers", "RFC 9110, section 5.3", _two_headers)
    yield Clause("security.head", "RFC 9110, section 9.3.2", _head)
    yield Clause("security.scheme-case", "RFC 9110, section 11.1", _scheme_case)
    yield Clause("security.challenge", "RFC 9110, section 11.6.1", _challenge)
    yield Clause("security.echo", "RFC 6750, section 5.2", _echo)


def front_door(transcript: Transcript) -> Pairs:
    """Return what nobody and somebody unknown were answered where nothing else was odd."""
    return [*_sent_with(NONE, transcript), *_sent_with(JUNK_TOKEN, transcript)]


def _sent_with(credentials: Credentials, transcript: Transcript) -> Pairs:
    return [
        pair
        for pair in transcript.answered
        if pair[0].probe.credentials.name == credentials.name
        and pair[0].probe.method == transcript.operation.method
    ]


def _other(transcript: Transcript) -> Pairs:
    """Every other invalid credential; two headers at once have a clause of their own.

    Where any query opens the door, one with the token in it tells nothing.
    """
    return [
        pair
        for pair in transcript.answered
        if pair[0].probe.credentials.bad
        and pair[0].probe.credentials.name not in {NONE.name, JUNK_TOKEN.name}
        and len(pair[0].probe.credentials.shell) < 2  # noqa: PLR2004 - one header at most
        and pair[0].probe.method == transcript.operation.method
        and not ("?" in pair[0].probe.path and any_query_opens(transcript))
    ]


def any_query_opens(transcript: Transcript) -> bool:
    """Tell whether a query that says nothing lets somebody in without credentials."""
    return any(
        is_control(exchange.probe)
        and exchange.probe.credentials.validity is Validity.MISSING
        and answer.status == transcript.success
        and bool(transcript.things(answer))
        for exchange, answer in transcript.about(Purpose.DOOR)
    )


def _refused(select: Callable[[Transcript], Pairs], transcript: Transcript) -> CheckResult:
    pairs = select(transcript)
    wrong = [
        pair
        for pair in outside(pairs, *transcript.refusals)
        if not _may_be_a_bad_request(*pair) and not _says_so_to_all(transcript, pair[1])
    ]
    if now_and_then(transcript):
        wrong = [pair for pair in wrong if pair[1].status != transcript.success]
    words, expected = _words(pairs, wrong), transcript.refused
    found = transcript.wrong_status(wrong, BROKEN, words, expected)
    return result(count(pairs, *transcript.refusals), found)


def _words(pairs: Pairs, wrong: Pairs) -> str:
    """Name the credentials, unless all that were shown are answered in one way."""
    names = {exchange.probe.credentials.name for exchange, _ in wrong}
    if (
        len(wrong) == len(pairs)
        and len(names) > 1
        and len({answer.status for _, answer in wrong}) == 1
    ):
        return "answered {status} to bad credentials of every kind"
    return "answered {status} to {probe.credentials.name}"


def _says_so_to_all(transcript: Transcript, answer: Answer) -> bool:
    """Tell whether the answer is not about credentials: the valid token gets it everywhere, too."""
    to_valid = {other.status for _, other in transcript.plain}
    return answer.status >= REDIRECTED and to_valid == {answer.status}


def now_and_then(transcript: Transcript) -> Pairs:
    """Return who was let in without valid credentials, where the same request is refused, too.

    One worker of several that asks for none is one fault, whatever the credentials it meets.
    """
    asked = [
        pair
        for pair in transcript.answered
        if pair[0].probe.credentials.bad and pair[0].probe.method == transcript.operation.method
    ]
    statuses: defaultdict[object, set[int]] = defaultdict(set)
    for exchange, answer in asked:
        probe = exchange.probe
        statuses[probe.request, probe.setting].add(answer.status)
    mixed = any(
        transcript.success in seen and transcript.refusals & seen for seen in statuses.values()
    )
    return [pair for pair in asked if pair[1].status == transcript.success] if mixed else []


def _let_in_now_and_then(transcript: Transcript) -> CheckResult:
    let_in = now_and_then(transcript)
    asked = sum(
        exchange.probe.credentials.bad and exchange.probe.method == transcript.operation.method
        for exchange, _ in transcript.answered
    )
    words = "somebody without valid credentials is let in now and then"
    found = transcript.wrong_status(let_in[:1], BROKEN, words, f"{transcript.refused}, always")
    return result(
        asked - len(let_in), (replace(item, count=len(let_in), of=asked) for item in found)
    )


def _has_ways(transcript: Transcript) -> bool:
    return bool(transcript.subject.ways)


def _alternatives(transcript: Transcript) -> CheckResult:
    """Each way to show credentials that the document has lets in as the first one does."""
    ways = {way.valid.place for way in transcript.subject.ways}
    pairs = [
        pair
        for pair in transcript.answered
        if pair[0].probe.purpose is Purpose.SECURITY
        and pair[0].probe.credentials.validity is Validity.VALID
        and pair[0].probe.credentials.place in ways
    ]
    wrong = outside(pairs, transcript.success)
    words = "answered {status} to a {probe.credentials.name}"
    found = transcript.wrong_status(wrong, BROKEN, words, str(transcript.success))
    return result(count(pairs, transcript.success), found)


def _may_be_a_bad_request(exchange: Exchange, answer: Answer) -> bool:
    """Tell whether a 400 is right too: credentials in bad form, or an odd id besides."""
    probe = exchange.probe
    return answer.status == HTTPStatus.BAD_REQUEST and (
        probe.credentials.validity is Validity.MALFORMED or probe.odd
    )


def _two_headers(transcript: Transcript) -> CheckResult:
    """Servers differ here; only letting two invalid tokens in is wrong."""
    pairs = [pair for pair in transcript.answered if len(pair[0].probe.credentials.shell) > 1]
    let_in = [
        pair
        for pair in ([] if now_and_then(transcript) else pairs)
        if pair[0].probe.credentials.validity is Validity.INVALID
        and pair[1].status == transcript.success
    ]
    words, expected = "answered {status} to two invalid tokens", f"{transcript.refused} or 400"
    return result(len(pairs), transcript.wrong_status(let_in, BROKEN, words, expected))


def _head(transcript: Transcript) -> CheckResult:
    pairs = [
        pair
        for pair in transcript.answered
        if pair[0].probe.purpose is Purpose.SECURITY and pair[0].probe.method == "HEAD"
    ]
    let_in = [
        pair
        for pair in ([] if now_and_then(transcript) else pairs)
        if pair[1].status < HTTPStatus.BAD_REQUEST
    ]
    words = "answered {status} to HEAD with {probe.credentials.name}"
    expected = f"{transcript.refused}, or 405 where HEAD is unknown"
    return result(len(pairs), transcript.wrong_status(let_in, BROKEN, words, expected))


def _scheme_case(transcript: Transcript) -> CheckResult:
    pairs = _sent_with(LOWER_CASE, transcript)
    opened = {exchange.probe.path for exchange, _ in transcript.found}
    refused = [
        pair
        for pair in pairs
        if pair[1].status == HTTPStatus.UNAUTHORIZED and pair[0].probe.path in opened
    ]
    words = "refuses a valid token whose scheme is spelled `bearer`"
    found = transcript.wrong_status(refused, HTTP_WARNING, words, "200")
    return result(count(pairs, transcript.success), found)


def _challenge(transcript: Transcript) -> CheckResult:
    pairs = [pair for pair in transcript.answered if pair[1].status == HTTPStatus.UNAUTHORIZED]
    scheme = transcript.subject.shown.challenge or "any"
    kept = [pair for pair in pairs if _challenges(pair[1].values("www-authenticate"), scheme)]
    return result(
        len(kept),
        (
            transcript.finding(
                exchange,
                ASSUMED,
                f"a 401 carries no {scheme} challenge".replace("no any", "no"),
                expected=f"WWW-Authenticate: {scheme}",
                got=answer.header("www-authenticate") or "no WWW-Authenticate",
            )
            for exchange, answer in pairs
            if (exchange, answer) not in kept
        ),
    )


def _challenges(values: list[str], scheme: str) -> bool:
    """Tell whether one of the challenges is of a scheme; what stands in quotes is no challenge."""
    unquoted = QUOTED.sub('""', ",".join(values))
    found = {name.lower() for name in CHALLENGE.findall(unquoted)}
    return bool(found) if scheme == "any" else scheme.lower() in found


def _echo(transcript: Transcript) -> CheckResult:
    """A token in an answer ends up in every log behind it; a URL that held it may be repeated."""
    token = transcript.target.token
    return result(
        len(transcript.answered),
        (
            transcript.finding(
                exchange,
                UNTRUE,
                "the answer repeats the token",
                expected="no token in an answer",
                got=transcript.subject.shown.valid.shell[0],
            )
            for exchange, answer in transcript.answered
            if len(token) >= 6  # noqa: PLR2004 - a shorter one may stand there by chance
            and TOKEN_VARIABLE not in exchange.probe.shown_path
            and token.encode() in answer.content + repr(answer.headers).encode()
        ),
    )
