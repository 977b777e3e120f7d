"""Clauses about bodies: media type, readable JSON, and every documented member."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping
from functools import partial
from http import HTTPStatus
from typing import Final

from find_webhook_kit.contracts.clauses.clause import (
    NO_ID_UNREADABLE,
    CheckResult,
    Clause,
    Hint,
    result,
    seen_at_all,
    shown,
)
from find_webhook_kit.contracts.clauses.transcript import Transcript, once
from find_webhook_kit.contracts.clauses.undeclared import (
    Renamed,
    documented_paths,
    look_alikes,
    objects,
    undeclared,
)
from find_webhook_kit.contracts.finding import (
    ASSUMED,
    BROKEN,
    UNDOCUMENTED,
    Finding,
    Kind,
    Severity,
)
from find_webhook_kit.contracts.wire.exchange import Answer, Exchange
from find_webhook_kit.spec import (
    MediaType,
    Member,
    Operation,
    Response,
    Schema,
    UnreadableJson,
    Violation,
)
from find_webhook_kit.spec.meaning import Rules
from find_webhook_kit.spec.meaning import inside as inside_of
from find_webhook_kit.spec.success import body_of, comes_as, is_json, json_of, promised, success

PARTIAL: Final = frozenset({204, 206, 304, 416})
"""Statuses of answers whose content is not the whole of what their media type says."""


def clauses(operation: Operation, rules: Rules) -> Iterator[Clause]:
    """List them, status by status; each documented member of the 200 is a clause of its own."""
    good = promised(operation, success(operation))
    for response in operation.documented():
        if response.content:
            is_good = response is good
            hints = (seen_at_all(operation, rules),) if is_good else UNSEEN.get(response.status, ())
            source, check = f"{response.source}/content", partial(_media_type, response)
            key = str(success(operation)) if is_good else response.key
            yield Clause(f"media-type.{key}", source, check, hints=hints)
    yield Clause("json", "RFC 8259, sections 2, 4 and 8.1", _readable)
    yield Clause("json.charset", "RFC 8259, sections 8.1 and 11", _charset)
    for response in operation.documented():
        found = json_of(response)
        if found is None:
            continue
        if response is good:
            yield from _properties(operation, rules, found.schema)
        else:
            check, hints = partial(_other, response, found), UNSEEN.get(response.status, ())
            yield Clause(f"body.{response.key}", found.schema.source, check, hints=hints)


EMPTY: Final = {HTTPStatus.NO_CONTENT, HTTPStatus.NOT_MODIFIED}
"""Statuses whose answers have no content, whatever a range or a default says (RFC 9110, 6.4.1)."""

UNSEEN: Final = {
    400: NO_ID_UNREADABLE,
    401: (Hint("no request was refused with 401"),),
}


def _properties(operation: Operation, rules: Rules, schema: Schema) -> Iterator[Clause]:
    body, seen = f"body.{success(operation)}", seen_at_all(operation, rules)
    yield Clause(body, schema.source, _shape, hints=(seen,))
    for member in schema.members():
        name = _name(operation, member.path)
        holder = member.path if member.schema.properties else member.path[:-1]
        inside = _name(operation, holder)
        hints = (
            seen,
            *([_with(rules, inside, f"{body}.{inside}")] if inside else []),
            _with(rules),
        )
        yield Clause(f"{body}.{name}", member.schema.source, partial(_member, member), hints=hints)
    words = "objects are open: an addition, not an offence"
    check, hints = partial(_undeclared, schema), (seen, _with(rules))
    yield Clause(f"{body}.undeclared", words, check, hints=hints)


def _name(operation: Operation, path: tuple[str, ...]) -> str:
    """Call a property by its way down from the item or the object that holds it."""
    return ".".join(path[len(inside_of(operation)) :])


def _with(rules: Rules, name: str = "this member", unless: str = "") -> Hint:
    words = f"give {rules.given_by} whose {rules.item} has {name}"
    return Hint(words, unless=unless)


def _media_type(response: Response, transcript: Transcript) -> CheckResult:
    assumption = all(media_type.assumption for media_type in response.content.values())
    pairs = [
        pair
        for pair in transcript.answers_of(response)
        if pair[0].probe.wants_json and pair[1].status not in EMPTY
    ]
    return result(
        sum(comes_as(response, answer.media_type) for _, answer in pairs),
        (
            transcript.finding(
                exchange,
                ASSUMED if assumption else UNDOCUMENTED,
                f"a {answer.status} comes as {answer.media_type or 'no media type'}",
                expected=" or ".join(response.content),
                got=answer.header("content-type") or "no Content-Type",
            )
            for exchange, answer in pairs
            if not comes_as(response, answer.media_type)
        ),
    )


def _readable(transcript: Transcript) -> CheckResult:
    """A 200 must be JSON whatever it says it is; another answer where it says so."""
    pairs = [
        pair
        for pair in transcript.answered
        if pair[0].probe.method == transcript.operation.method
        and not pair[1].faults
        and not pair[1].unread
        and (
            (pair in transcript.found and body_of(transcript.operation) is not None)
            or (is_json(pair[1].media_type) and pair[1].status not in PARTIAL)
        )
    ]
    return result(
        len(pairs), (finding for pair in pairs for finding in _unreadable(transcript, *pair))
    )


def _unreadable(transcript: Transcript, exchange: Exchange, answer: Answer) -> Iterator[Finding]:
    try:
        _ = answer.json
    except UnreadableJson as error:
        yield transcript.finding(
            exchange,
            BROKEN,
            f"the body of a {answer.status} is not readable JSON: {error.reason}",
            expected="one JSON text in UTF-8",
            got=f"at byte {error.offset}: {_seen(answer.content, error.offset)}",
            at=error.pointer,
        )


def _seen(content: bytes, offset: int) -> str:
    """Return what stands around an offence."""
    return content[max(offset - 10, 0) : offset + 60].decode("utf-8", "backslashreplace")


def _charset(transcript: Transcript) -> CheckResult:
    """JSON is UTF-8 and its media type has no parameters, so a charset can only contradict it."""
    named = [
        (exchange, answer, charset)
        for exchange, answer in transcript.answered
        if is_json(answer.media_type) and (charset := answer.charset) not in {None, "utf-8", "utf8"}
    ]
    return result(
        sum(is_json(answer.media_type) for _, answer in transcript.answered),
        (
            transcript.finding(
                exchange,
                (Severity.WARNING, Kind.BREAKING) if answer.reads_as(str(charset)) else BROKEN,
                f"a JSON body is labelled as {charset}",
                expected="no charset, or utf-8",
                got=answer.header("content-type") or "",
            )
            for exchange, answer, charset in named
        ),
    )


def _shape(transcript: Transcript) -> CheckResult:
    """The array itself and its items; what is inside an item belongs to its members."""
    documented = documented_paths(transcript)
    return result(
        len(transcript.bodies),
        (
            _violation(transcript, exchange, violation)
            for path, found in _violations(transcript).items()
            if path not in documented
            for exchange, violation in found
        ),
    )


def _member(member: Member, transcript: Transcript) -> CheckResult:
    renamed = look_alikes(member, transcript)
    holders = objects(transcript, member.path[:-1])
    return result(
        sum(member.name in holder for _, _, holder in holders),
        (
            *(item.finding(transcript, member, renamed.gone) for item in renamed.found),
            *(
                _violation(transcript, exchange, violation)
                for exchange, violation in _violations(transcript).get(member.path, ())
                if not _is_told(exchange, violation, renamed)
            ),
        ),
    )


def _is_told(exchange: Exchange, violation: Violation, renamed: Renamed) -> bool:
    """Tell whether a member is absent because it has another name there."""
    holder = violation.pointer.rpartition("/")[0]
    return violation.keyword == "required" and (id(exchange), holder) in renamed.holders


def _undeclared(schema: Schema, transcript: Transcript) -> CheckResult:
    renamed = {
        item.place for member in schema.members() for item in look_alikes(member, transcript).found
    }
    return result(
        len(transcript.bodies),
        (
            transcript.finding(
                item.exchange,
                (Severity.WARNING, Kind.ADDITIVE),
                f"{'.'.join(item.path)} is not documented",
                expected="a documented member",
                got=shown(item.value),
                at=item.pointer,
                hint=item.hint(transcript),
            )
            for item in undeclared(transcript)
            if item.place not in renamed
        ),
    )


def _other(response: Response, body: MediaType, transcript: Transcript) -> CheckResult:
    """Hold another answer against its schema, which weighs less where it is an assumption."""
    assumption = body.assumption or body.schema.assumption
    pairs = [
        pair
        for pair in transcript.answers_of(response)
        if pair[1].readable and pair[1].status not in EMPTY
    ]
    return result(
        len(pairs),
        (
            _violation(
                transcript,
                exchange,
                violation,
                of=f"the body of a {answer.status}",
                assumption=assumption,
            )
            for exchange, answer in pairs
            if is_json(answer.media_type)
            for violation in body.schema.violations(answer.json)
        ),
    )


@once
def _violations(
    transcript: Transcript,
) -> Mapping[tuple[str, ...], list[tuple[Exchange, Violation]]]:
    """List what the schema says against all bodies, by the path of the member."""
    found: defaultdict[tuple[str, ...], list[tuple[Exchange, Violation]]] = defaultdict(list)
    for body in transcript.bodies:
        for violation in body.violations:
            found[_path(violation.pointer)].append((body.exchange, violation))
    return found


def _violation(
    transcript: Transcript,
    exchange: Exchange,
    violation: Violation,
    *,
    of: str = "",
    assumption: bool = False,
) -> Finding:
    path = ".".join(_path(violation.pointer))
    name = {"": "the body", "[]": "an item of the array"}.get(path, path)
    where = f"{of}: {name}" if of else name
    return transcript.finding(
        exchange,
        ASSUMED if assumption else BROKEN,
        f"{where} {violation.message}",
        expected=violation.expected,
        got="absent" if violation.keyword == "required" else shown(violation.instance),
        at=violation.pointer,
    )


def _path(where: str) -> tuple[str, ...]:
    """Turn the place of a value into the path of its member: `/0/url` is `[].url`."""
    return tuple("[]" if part.isdecimal() else part for part in where.split("/")[1:])
