"""A body that a request can have: the contract's own example, else a sample of its schema."""

from __future__ import annotations

import json
from contextlib import suppress
from functools import lru_cache
from typing import Final, NamedTuple
from urllib.parse import urlencode

from find_webhook_kit.mock_server.answers.sample import sample
from find_webhook_kit.mock_server.answers.shape import NoValueError
from find_webhook_kit.spec import Json, MediaType, Operation, Schema
from find_webhook_kit.spec.reach import properties
from find_webhook_kit.spec.success import essence, is_json

FORM: Final = "application/x-www-form-urlencoded"


class Body(NamedTuple):
    """What a person can start from; an empty text where nothing can be made up."""

    media_type: str
    text: str
    required: bool


def body_of(operation: Operation) -> Body | None:
    """Return a body for an operation, JSON where it takes that; None: it takes no body."""
    documented = operation.request_body
    if documented is None or not documented.content:
        return None
    listed = sorted(documented.content.values(), key=lambda each: not is_json(_sent_as(each)))
    return Body(_sent_as(listed[0]), _text(listed[0]), documented.required)


def _sent_as(media_type: MediaType) -> str:
    """A range, as `*/*`, is no type of a body."""
    return "application/json" if "*" in media_type.name else media_type.name


def _text(media_type: MediaType) -> str:
    value = _value(media_type)
    if is_json(_sent_as(media_type)):
        return "" if value is None else json.dumps(value, indent=2, ensure_ascii=False)
    if essence(media_type.name) == FORM and isinstance(value, dict):
        return urlencode(value, doseq=True)
    return value if isinstance(value, str) else ""


def _value(media_type: MediaType) -> Json:
    for example in media_type.examples.values():
        return example.value
    with suppress(NoValueError):
        return _sample(media_type.schema)
    return None


@lru_cache(maxsize=256)
def _sample(schema: Schema) -> Json:
    return _as_sent(schema, sample(schema))


def _as_sent(schema: Schema, value: Json) -> Json:
    """Turn what an answer would have into what a request has: nothing that is `readOnly`.

    What is `writeOnly` no answer has, so it comes here.
    """
    if isinstance(value, list):
        return [item if schema.items is None else _as_sent(schema.items, item) for item in value]
    if not isinstance(value, dict):
        return value
    own, members = schema.direct(), properties(schema)
    missing = {
        name: sample(each)
        for name, each in own.items()
        if name not in value and each.value.get("writeOnly") is True
    }
    kept = {
        name: _as_sent(members[name], item) if name in members else item
        for name, item in value.items()
        if name not in members or members[name].value.get("readOnly") is not True
    }
    return kept | missing
