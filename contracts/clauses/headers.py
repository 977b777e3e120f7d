"""Clauses about the headers that a document promises: that they are there, and what they say."""

from __future__ import annotations

from collections.abc import Iterator
from functools import partial
from http import HTTPStatus
from typing import Final

from find_webhook_kit.contracts.clauses.clause import CheckResult, Clause, Hint, result, seen_at_all
from find_webhook_kit.contracts.clauses.transcript import Pairs, Transcript
from find_webhook_kit.contracts.finding import ASSUMED, BROKEN, Finding
from find_webhook_kit.spec import Header, Operation, Response
from find_webhook_kit.spec.meaning import Rules
from find_webhook_kit.spec.success import promised, success
from find_webhook_kit.spec.texts import header_violations

UNSEEN: Final = Hint("nothing to supply: no answer carried it, and none has to")
OF_BODIES: Final = "content-type"
"""A header that the media types of a response say everything about (OpenAPI 3.0, "headers")."""


def clauses(operation: Operation, rules: Rules) -> Iterator[Clause]:
    """List one for each documented header that says more than: any text, if anything at all."""
    good = promised(operation, success(operation))
    for response in operation.documented():
        key = str(success(operation)) if response is good else response.key
        seen = seen_at_all(operation, rules)
        hints = (seen, UNSEEN) if response is good else (UNSEEN,)
        for header in response.headers.values():
            if _says_something(header):
                check = partial(_header, response, header)
                yield Clause(f"header.{key}.{header.name}", header.source, check, hints=hints)


def _says_something(header: Header) -> bool:
    value = header.schema.value if header.schema else {}
    bound = value.keys() - {"type", "description", "example", "default", "title", "nullable"}
    free = not bound and value.get("type", "string") == "string"
    return header.name.lower() != OF_BODIES and (header.required or not free)


def _header(response: Response, header: Header, transcript: Transcript) -> CheckResult:
    pairs = [
        pair
        for pair in transcript.answers_of(response)
        if pair[0].probe.wants_json and pair[1].status != HTTPStatus.NOT_MODIFIED
    ]
    carried = [pair for pair in pairs if pair[1].values(header.name)]
    return result(
        len(carried),
        (*_absent(transcript, header, pairs), *_wrong(transcript, header, carried)),
    )


def _absent(transcript: Transcript, header: Header, pairs: Pairs) -> Iterator[Finding]:
    for exchange, answer in pairs:
        if header.required and not answer.values(header.name):
            yield transcript.finding(
                exchange,
                ASSUMED if header.assumption else BROKEN,
                f"a {answer.status} has no header {header.name}",
                expected=f"{header.name}, which is required",
                got="absent",
            )


def _wrong(transcript: Transcript, header: Header, carried: Pairs) -> Iterator[Finding]:
    for exchange, answer in carried:
        text = answer.header(header.name) or ""
        for violation in header_violations(header, text):
            inside = f" at {violation.pointer}" if violation.pointer else ""
            yield transcript.finding(
                exchange,
                ASSUMED if header.assumption else BROKEN,
                f"the header {header.name} of a {answer.status} {violation.message}{inside}",
                expected=violation.expected,
                got=text,
            )
