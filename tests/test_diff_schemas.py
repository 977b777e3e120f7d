"""The comparison of schemas agrees with a validator: what it calls a break can be met."""

from __future__ import annotations

import json
from itertools import count
from pathlib import Path
from typing import Any, Final

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from jsonschema_rs import Draft202012Validator

from find_webhook_kit.contracts.diff import Change, changes
from find_webhook_kit.contracts.diff.change import Effect
from find_webhook_kit.spec.document import parsed

Schema = dict[str, Any]
DRAWN: Final = settings(
    max_examples=60,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=list(HealthCheck),
)
# Values on both sides of every bound, of every type and in every place that is drawn below.
SCALARS: Final[list[Any]] = [
    None,
    True,
    False,
    -1,
    0,
    1,
    2,
    3,
    4,
    1.5,
    2.5,
    "",
    "a",
    "b",
    "bb",
    "ccc",
    "dddd",
]
VALUES: Final[list[Any]] = [
    *SCALARS,
    *([], [1], ["a"], ["a", "a"], ["a", "bb"], [None]),
    *({}, *({"a": each} for each in SCALARS), {"b": "a"}, {"a": "a", "b": 1}, {"c": 1}),
]


def bounds(low: str, high: str) -> st.SearchStrategy[Schema]:
    return st.fixed_dictionaries(
        {}, optional={low: st.integers(0, 2), high: st.integers(1, 3)}
    ).map(dict)


def merged(one: Schema, other: Schema) -> Schema:
    return {**one, **other}


SCALAR: Final = st.one_of(
    st.just({}),
    st.sampled_from([{"type": "boolean"}, {"type": "null"}, {"type": ["string", "null"]}]),
    st.builds(merged, st.just({"type": "string"}), bounds("minLength", "maxLength")),
    st.builds(
        merged, st.sampled_from([{"type": "integer"}, {"type": "number"}]),
        bounds("minimum", "maximum"),
    ),
    st.builds(lambda values: {"enum": values},
              st.lists(st.sampled_from(SCALARS), min_size=1, max_size=3, unique_by=repr)),
)  # fmt: skip


def arrays(items: st.SearchStrategy[Schema]) -> st.SearchStrategy[Schema]:
    part = st.fixed_dictionaries({"items": items}, optional={"uniqueItems": st.booleans()})
    return st.builds(
        lambda one, two: {"type": "array", **one, **two}, part, bounds("minItems", "maxItems")
    )


def objects(member: st.SearchStrategy[Schema]) -> st.SearchStrategy[Schema]:
    return st.fixed_dictionaries(
        {"type": st.just("object"), "properties": st.dictionaries(st.sampled_from("ab"), member)},
        optional={
            "required": st.lists(st.sampled_from("ab"), unique=True),
            "additionalProperties": st.one_of(st.booleans(), member),
            "minProperties": st.integers(0, 2),
        },
    )


def composed(branch: st.SearchStrategy[Schema]) -> st.SearchStrategy[Schema]:
    """Combine schemas; of `oneOf` only branches that no value fulfils together."""
    lists = st.lists(branch, min_size=1, max_size=3)
    return st.one_of(
        lists.map(lambda found: {"anyOf": found}), lists.map(lambda found: {"allOf": found})
    )


SCHEMA: Final = st.one_of(
    SCALAR, arrays(SCALAR), objects(SCALAR), composed(st.one_of(SCALAR, objects(SCALAR)))
)


def document(schema: Schema) -> bytes:
    content = {"application/json": {"schema": schema}}
    operation = {
        "requestBody": {"content": content},
        "responses": {"200": {"description": "d", "content": content}},
    }
    return json.dumps({
        "openapi": "3.1.0",
        "info": {"title": "t", "version": "1"},
        "paths": {"/x": {"post": operation}},
    }).encode()  # fmt: skip


def compared(old: Schema, new: Schema) -> list[Change]:
    one, other = (parsed(Path(f"{name}.json"), document(schema))
                  for name, schema in (("old", old), ("new", new)))  # fmt: skip
    return changes(one, other)


def allowed(schema: Schema) -> set[int]:
    validator = Draft202012Validator(schema)
    return {index for index, value in enumerate(VALUES) if validator.is_valid(value)}


@given(SCHEMA)
@DRAWN
def test_same_schema_has_no_changes(schema: Schema) -> None:
    """Nothing is found where nothing changed."""
    assert [] == compared(schema, schema)


@given(SCHEMA)
@DRAWN
def test_schema_written_otherwise_has_no_changes(schema: Schema) -> None:
    """Not behind an `allOf` or an `anyOf` of one, nor with its keywords in another order."""
    backwards = dict(reversed(schema.items()))

    for other in ({"allOf": [schema]}, {"anyOf": [schema]}, backwards):
        assert [] == compared(schema, other)
        assert [] == compared(other, schema)


@given(SCHEMA, SCHEMA)
@DRAWN
def test_value_that_tells_two_schemas_apart_is_told(old: Schema, new: Schema) -> None:
    """What one allows and the other forbids is a change, and of the right direction."""
    was, now = allowed(old), allowed(new)
    found = {change.effect for change in compared(old, new)}

    if now - was:
        assert found & {Effect.WIDER, Effect.OTHER}
    if was - now:
        assert found & {Effect.NARROWER, Effect.OTHER}


@given(SCALAR, SCALAR)
@DRAWN
def test_break_of_scalars_can_be_met(old: Schema, new: Schema) -> None:
    """Where nothing more is allowed no reader is told of a break, and the reverse for a sender."""
    was, now = allowed(old), allowed(new)
    found = {change.effect for change in compared(old, new)}

    if now <= was:
        assert not found & {Effect.WIDER, Effect.OTHER}
    if was <= now:
        assert not found & {Effect.NARROWER, Effect.OTHER}


def test_recursive_schemas_end() -> None:
    """A change behind a cycle is told once."""
    node = {"type": "object", "properties": {"next": {"$ref": "#/components/schemas/Node"}}}
    texts = []
    for most in (5, 9):
        value = {"type": "string", "maxLength": most}
        schema = {**node, "properties": {**node["properties"], "value": value}}  # type: ignore[dict-item]
        root = json.loads(document({"$ref": "#/components/schemas/Node"}))
        texts.append(json.dumps({**root, "components": {"schemas": {"Node": schema}}}).encode())
    found = changes(*(parsed(Path("a.json"), text) for text in texts))

    assert [("error", "maxLength"), ("note", "maxLength")] == [
        (change.severity, change.aspect) for change in found
    ]


@pytest.mark.parametrize("size", [300])
def test_deep_chain_of_schemas_is_walked_to_its_end(size: int) -> None:
    """What lies deeper than Python recurses is told all the same, by the name of its schema."""
    texts = []
    for most in (5, 9):
        numbers = count(1)
        schemas: Schema = {
            f"S{at}": {"type": "array", "items": {"$ref": f"#/components/schemas/S{next(numbers)}"}}
            for at in range(size)
        }
        schemas[f"S{size}"] = {"type": "string", "maxLength": most}
        root = json.loads(document({"$ref": "#/components/schemas/S0"}))
        texts.append(json.dumps({**root, "components": {"schemas": schemas}}).encode())
    found = changes(*(parsed(Path("a.json"), text) for text in texts))

    assert ["error", "note"] == [change.severity for change in found]
