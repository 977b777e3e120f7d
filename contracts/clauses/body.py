"""Clauses about bodies: media type, readable JSON, and every documented member."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from http import HTTPStatus
from typing import Final

from find_webhook_kit.contracts.clauses.clause import Clause, Record, Ruling, ruling, shown
from find_webhook_kit.contracts.clauses.undeclared import Renamed, look_alikes, objects, strangers
from find_webhook_kit.contracts.finding import Finding, Kind, Severity
from find_webhook_kit.contracts.wire.exchange import Answer, Exchange
from find_webhook_kit.spec import Member, Operation, Response, Schema, UnreadableJson, Violation

JSON: Final = "application/json"
PARTIAL: Final = frozenset({204, 206, 304, 416})
"""Statuses of answers whose content is not the whole of what their media type says."""


def clauses(operation: Operation) -> Iterator[Clause]:
    """List them, status by status; each documented member of the 200 is a clause of its own."""
    for status, response in operation.responses.items():
        yield Clause(f"media-type.{status}", f"{response.source}/content", _media_type(response))
    yield Clause("json", "RFC 8259, sections 2, 4 and 8.1", _readable)
    yield Clause("json.charset", "RFC 8259, sections 8.1 and 11", _charset)
    for status, response in operation.responses.items():
        schema = response.content[JSON].schema
        if status == HTTPStatus.OK:
            yield from _members(schema)
        else:
            yield Clause(f"body.{status}", schema.source, _assumed(status, schema))


def _members(schema: Schema) -> Iterator[Clause]:
    yield Clause("body.200", schema.source, _shape)
    for member in schema.members():
        name = ".".join(member.path[1:])
        yield Clause(f"body.200.{name}", member.schema.source, _member(member))
    yield Clause(
        "body.200.undeclared", "objects are open: an addition, not an offence", _undeclared(schema)
    )


def _media_type(response: Response) -> Callable[[Record], Ruling]:
    assumption = all(media_type.assumption for media_type in response.content.values())

    def check(record: Record) -> Ruling:
        pairs = [
            pair
            for pair in record.answered
            if pair[1].status == response.status
            and pair[0].probe.method == "GET"
            and pair[0].probe.wants_json
        ]
        return ruling(
            sum(answer.media_type in response.content for _, answer in pairs),
            (
                record.finding(
                    exchange,
                    Severity.WARNING if assumption else Severity.ERROR,
                    Kind.ASSUMPTION if assumption else Kind.UNDOCUMENTED,
                    f"a {response.status} comes as {answer.media_type or 'no media type'}",
                    expected=" or ".join(response.content),
                    got=answer.header("content-type") or "no Content-Type",
                )
                for exchange, answer in pairs
                if answer.media_type not in response.content
            ),
        )

    return check


def _readable(record: Record) -> Ruling:
    """A 200 must be JSON whatever it says it is; another answer where it says so."""
    pairs = [
        pair
        for pair in record.answered
        if pair[0].probe.method == "GET"
        and not pair[1].faults
        and not pair[1].unread
        and (pair in record.found or (pair[1].media_type == JSON and pair[1].status not in PARTIAL))
    ]
    return ruling(len(pairs), (finding for pair in pairs for finding in _unreadable(record, *pair)))


def _unreadable(record: Record, exchange: Exchange, answer: Answer) -> Iterator[Finding]:
    try:
        _ = answer.json
    except UnreadableJson as error:
        yield record.finding(
            exchange,
            Severity.ERROR,
            Kind.BREAKING,
            f"the body of a {answer.status} is not readable JSON: {error.reason}",
            expected="one JSON text in UTF-8",
            got=f"at byte {error.offset}: {_seen(answer.content, error.offset)}",
            at=error.pointer,
        )


def _seen(content: bytes, offset: int) -> str:
    """Return what stands around an offence."""
    return content[max(offset - 10, 0) : offset + 60].decode("utf-8", "backslashreplace")


def _charset(record: Record) -> Ruling:
    """JSON is UTF-8 and its media type has no parameters, so a charset can only contradict it."""
    named = [
        (exchange, answer, charset)
        for exchange, answer in record.answered
        if answer.media_type == JSON and (charset := answer.charset) not in {None, "utf-8", "utf8"}
    ]
    return ruling(
        sum(answer.media_type == JSON for _, answer in record.answered),
        (
            record.finding(
                exchange,
                Severity.WARNING if answer.reads_as(str(charset)) else Severity.ERROR,
                Kind.BREAKING,
                f"a JSON body is labelled as {charset}",
                expected="no charset, or utf-8",
                got=answer.header("content-type") or "",
            )
            for exchange, answer, charset in named
        ),
    )


def _shape(record: Record) -> Ruling:
    """The array itself and its items; what is inside an item belongs to its members."""
    return ruling(
        len(record.bodies),
        (
            _violation(record, exchange, violation)
            for path, found in _violations(record).items()
            if len(path) <= 1
            for exchange, violation in found
        ),
    )


def _member(member: Member) -> Callable[[Record], Ruling]:
    def check(record: Record) -> Ruling:
        renamed = look_alikes(member, record)
        holders = objects(record, member.path[:-1])
        return ruling(
            sum(member.name in holder for _, _, holder in holders),
            (
                *(item.finding(record, member, renamed.gone) for item in renamed.strangers),
                *(
                    _violation(record, exchange, violation)
                    for exchange, violation in _violations(record).get(member.path, ())
                    if not _is_told(exchange, violation, renamed)
                ),
            ),
        )

    return check


def _is_told(exchange: Exchange, violation: Violation, renamed: Renamed) -> bool:
    """Tell whether a member is absent because it has another name there."""
    holder = violation.pointer.rpartition("/")[0]
    return violation.keyword == "required" and (id(exchange), holder) in renamed.holders


def _undeclared(schema: Schema) -> Callable[[Record], Ruling]:
    def check(record: Record) -> Ruling:
        renamed = {
            item.place
            for member in schema.members()
            for item in look_alikes(member, record).strangers
        }
        return ruling(
            len(record.bodies),
            (
                record.finding(
                    item.exchange,
                    Severity.WARNING,
                    Kind.ADDITIVE,
                    f"{'.'.join(item.path)} is not documented",
                    expected="a documented member",
                    got=shown(item.value),
                    at=item.pointer,
                    hint=item.hint(record),
                )
                for item in strangers(record)
                if item.place not in renamed
            ),
        )

    return check


def _assumed(status: int, schema: Schema) -> Callable[[Record], Ruling]:
    def check(record: Record) -> Ruling:
        pairs = [
            pair
            for pair in record.answered
            if pair[1].status == status and pair[0].probe.method == "GET" and pair[1].readable
        ]
        return ruling(
            len(pairs),
            (
                _violation(record, exchange, violation, assumption=f"the body of a {status}")
                for exchange, answer in pairs
                if answer.media_type == JSON
                for violation in schema.violations(answer.json)
            ),
        )

    return check


@lru_cache(maxsize=1)
def _violations(record: Record) -> Mapping[tuple[str, ...], list[tuple[Exchange, Violation]]]:
    """List what the schema says against all bodies, by the path of the member."""
    found: defaultdict[tuple[str, ...], list[tuple[Exchange, Violation]]] = defaultdict(list)
    for body in record.bodies:
        for violation in body.violations:
            found[_path(violation.pointer)].append((body.exchange, violation))
    return found


def _violation(
    record: Record, exchange: Exchange, violation: Violation, *, assumption: str = ""
) -> Finding:
    path = ".".join(_path(violation.pointer))
    name = {"": "the body", "[]": "an item of the array"}.get(path, path)
    where = f"{assumption}: {name}" if assumption else name
    return record.finding(
        exchange,
        Severity.WARNING if assumption else Severity.ERROR,
        Kind.ASSUMPTION if assumption else Kind.BREAKING,
        f"{where} {violation.message}",
        expected=violation.expected,
        got="absent" if violation.keyword == "required" else shown(violation.instance),
        at=violation.pointer,
    )


def _path(where: str) -> tuple[str, ...]:
    """Turn the place of a value into the path of its member: `/0/url` is `[].url`."""
    return tuple("[]" if part.isdecimal() else part for part in where.split("/")[1:])
