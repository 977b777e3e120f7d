"""Writes a refusal as the contract has errors: in its own shape, else as a problem (RFC 9457)."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import Final

from find_webhook_kit.mock_server.answers.documented_headers import documented_headers
from find_webhook_kit.mock_server.answers.errors import Fault, InvalidRequest, Refusal, phrase
from find_webhook_kit.mock_server.answers.response import SOURCE, VARY, Reply, json_reply
from find_webhook_kit.mock_server.answers.sample import sample
from find_webhook_kit.mock_server.answers.shape import NoValueError
from find_webhook_kit.spec import Contract, Json, MediaType, Operation, Schema
from find_webhook_kit.spec.meaning import rules_of
from find_webhook_kit.spec.success import json_of

PROBLEM: Final = "application/problem+json"

_STATUSES: Final = frozenset({"status", "statuscode", "status_code", "code", "httpstatus"})
_PHRASES: Final = frozenset({"title", "error", "name", "reason"})
_WORDS: Final = ("detail", "message", "description", "reason", "error_description", "msg")
_LISTS: Final = frozenset({"errors", "details", "violations", "messages", "where", "causes"})


@dataclass(frozen=True)
class Errors:
    """The shapes in which a contract has errors.

    `members` are the names that its rules give to the parts of every error; without them an error
    is as the document has it for the operation and the status, else a problem.
    """

    members: Mapping[str, str]

    @classmethod
    def of(cls, contract: Contract) -> Errors:
        return cls(rules_of(contract).error)

    def reply(self, refusal: Refusal, operation: Operation | None = None) -> Reply:
        """Write a refusal of an operation, or of what belongs to none."""
        ours = {SOURCE: "refused", "Cache-Control": "no-store", "Vary": VARY}
        headers = {**ours, **refusal.headers}
        if self.members:
            body = {self.members[part]: _PARTS[part](refusal) for part in self.members}
            return json_reply(refusal.status, body, headers, cacheable=refusal.cacheable)
        response = operation.response(refusal.status) if operation else None
        if response is None:
            return _problem(refusal, headers)
        headers = {**documented_headers(response), **headers}
        if not response.content:
            return Reply(refusal.status, b"", headers, cacheable=refusal.cacheable)
        media_type = json_of(response)
        told = list(_told(refusal, media_type)) if media_type else []
        if media_type is None or not told:
            return _problem(refusal, headers)
        headers = {"Content-Type": media_type.name, **headers}
        return json_reply(refusal.status, told[0], headers, cacheable=refusal.cacheable)


_PARTS: Final[Mapping[str, Callable[[Refusal], Json]]] = {
    "status": lambda refusal: refusal.status,
    "phrase": lambda refusal: phrase(refusal.status),
    "text": str,
}


def _problem(refusal: Refusal, headers: Mapping[str, str]) -> Reply:
    body = _as_problem(refusal)
    headers = {**headers, "Content-Type": PROBLEM}
    return json_reply(refusal.status, body, headers, cacheable=refusal.cacheable)


def _as_problem(refusal: Refusal) -> dict[str, Json]:
    faults: list[Json] = [
        {"in": each.location, "name": each.name, "pointer": each.pointer, "reason": each.reason}
        for each in _faults(refusal)
    ]
    body: dict[str, Json] = {
        "type": "about:blank",
        "title": phrase(refusal.status),
        "status": refusal.status,
        "detail": str(refusal),
    }
    return {**body, "errors": faults} if faults else body


def _faults(refusal: Refusal) -> tuple[Fault, ...]:
    return refusal.faults if isinstance(refusal, InvalidRequest) else ()


def _told(refusal: Refusal, media_type: MediaType) -> Iterator[Json]:
    """Yield the body of an error in a documented shape, if there is a value of that shape."""
    schema = media_type.schema
    examples = [each.value for each in media_type.examples.values()]
    for value in examples:
        if not schema.violations(value):
            yield _filled(value, schema, refusal)
            return
    if not schema.value:  # anything will do
        yield _as_problem(refusal)
        return
    with suppress(NoValueError):
        yield _filled(sample(schema), schema, refusal)


def _filled(value: Json, schema: Schema, refusal: Refusal) -> Json:
    """Say what went wrong in each property that is for that, as far as the schema lets it."""
    if schema.type == "string" and not schema.violations(str(refusal)):
        return str(refusal)
    if not isinstance(value, dict):
        return value
    for name, word in _words(schema, refusal):
        said = {**value, name: word}
        if not schema.violations(said):
            value = said
    return value


def _words(schema: Schema, refusal: Refusal) -> Iterator[tuple[str, Json]]:
    """List what the properties of an error could say, those for the text last."""
    listed = schema.direct()
    texts = [name for name, part in listed.items() if _is_free(part)]
    told = next((name for word in _WORDS for name in texts if name.lower() == word), None)
    for name, part in listed.items():
        low = name.lower()
        if low in _STATUSES and part.type in {"integer", "number"}:
            yield name, refusal.status
        elif low in _STATUSES and part.type == "string":
            yield name, str(refusal.status)
        elif low in _PHRASES and part.type == "string":
            yield name, phrase(refusal.status)
        elif low in _LISTS and part.type == "array":
            yield name, [str(fault) for fault in _faults(refusal)]
    told = told or next(iter(texts), None)
    if told is not None:
        yield told, str(refusal)


def _is_free(schema: Schema) -> bool:
    """Tell whether a property takes any words."""
    return schema.type == "string" and not {"enum", "format", "pattern"} & schema.value.keys()
