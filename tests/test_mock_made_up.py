"""Data is made up for every keyword of OpenAPI 3.0, keeps the schema, and is soon there."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from changed_contract import written
from mock_client import Client
from test_mock_bodies import response

from find_webhook_kit.mock_server.answers import generate
from find_webhook_kit.mock_server.answers.sample import sample
from find_webhook_kit.mock_server.answers.shape import shape
from find_webhook_kit.mock_server.app.stack import create_app
from find_webhook_kit.mock_server.settings import Settings
from find_webhook_kit.spec import Contract, Schema
from find_webhook_kit.spec.formats import TEXTS

A = {"type": "object", "required": ["a"], "properties": {"a": {"type": "string"}}}
B = {"type": "object", "required": ["b"], "properties": {"b": {"type": "boolean"}}}
TREE = "#/components/schemas/Tree"
SCHEMAS = {
    "Tree": {
        "type": "object",
        "required": ["name", "below"],
        "properties": {
            "name": {"type": "string"},
            "first": {"$ref": TREE},
            "below": {"type": "array", "items": {"$ref": TREE}},
            "by_name": {"type": "object", "additionalProperties": {"$ref": TREE}},
        },
    },
    "Chain": {
        "type": "object",
        "required": ["next"],
        "properties": {
            "next": {"nullable": True, "allOf": [{"$ref": "#/components/schemas/Chain"}]}
        },
    },
    "Sum": {
        "oneOf": [
            {"type": "integer"},
            {
                "type": "object",
                "required": ["left", "right"],
                "properties": {
                    "left": {"$ref": "#/components/schemas/Sum"},
                    "right": {"$ref": "#/components/schemas/Sum"},
                },
            },
        ]
    },
    "Pet": {
        "type": "object",
        "required": ["kind"],
        "properties": {"kind": {"type": "string"}},
        "discriminator": {"propertyName": "kind", "mapping": {"pup": "Dog"}},
    },
    "Dog": {
        "allOf": [
            {"$ref": "#/components/schemas/Pet"},
            {"type": "object", "required": ["bark"], "properties": {"bark": {"type": "boolean"}}},
        ]
    },
    "Cat": {
        "allOf": [
            {"$ref": "#/components/schemas/Pet"},
            {"type": "object", "required": ["purr"], "properties": {"purr": {"type": "number"}}},
        ]
    },
}


def contract(folder: Path, schema: Any, **more: Any) -> Contract:
    """Return the contract of `GET /s`, which answers 200 with a schema."""

    def change(document: Any, _: Any) -> None:
        document["components"]["schemas"] |= SCHEMAS
        document["paths"] = {"/s": {"get": {"responses": {"200": response(schema), **more}}}}

    return written(folder, change)


def schema_of(folder: Path, schema: Any) -> Schema:
    (operation,) = contract(folder, schema).operations.values()
    return operation.responses[200].content["application/json"].schema


def text(**keywords: Any) -> dict[str, Any]:
    return {"type": "string", **keywords}


def obj(**keywords: Any) -> dict[str, Any]:
    return {"type": "object", **keywords}


def items(of: Any, **keywords: Any) -> dict[str, Any]:
    return {"type": "array", "items": of, **keywords}


EVERY = [
    *(text(format=name) for name in (*sorted(TEXTS), "binary", "password")),
    *(text(format=name, maxLength=40) for name in ("email", "uri", "byte", "ipv6")),
    text(pattern="^[0-9]{30}$"),
    text(pattern="^[A-Z]{2,4}-\\d+$"),
    text(pattern="^[a-z]*$", minLength=30, maxLength=40),
    text(pattern="^.+$", minLength=1, maxLength=3),
    text(pattern="^(?<year>\\d{4})-\\k<year>$"),
    text(pattern="^\\p{L}+$"),
    text(pattern="foo|bar"),
    text(pattern="^é+$"),
    text(pattern="^\\d{4}-\\d{2}-\\d{2}$", format="date"),
    text(pattern="^[^@]+@example\\.com$", maxLength=30),
    text(minLength=5000),
    text(enum=["a", "b"]),
    {"type": "string", "nullable": True, "enum": ["a", None]},
    {"type": "integer", "multipleOf": 7, "minimum": 10, "maximum": 15},
    {"type": "integer", "minimum": 3, "exclusiveMinimum": True, "maximum": 4},
    {"type": "integer", "maximum": 4, "exclusiveMaximum": True, "minimum": 3},
    {"type": "integer", "format": "int64"},
    {"type": "integer", "multipleOf": 0.5},
    {"type": "integer", "minimum": -10, "maximum": -5},
    {"type": "number", "multipleOf": 0.01},
    {
        "type": "number",
        "minimum": 0,
        "exclusiveMinimum": True,
        "maximum": 1,
        "exclusiveMaximum": True,
    },
    {"type": "number", "format": "float"},
    obj(minProperties=2, properties={"a": text(), "b": text(), "c": text()}),
    obj(maxProperties=1, properties={"a": text(), "b": text(), "c": text()}),
    obj(minProperties=3),
    obj(minProperties=2, maxProperties=2, additionalProperties={"type": "integer"}),
    obj(additionalProperties={"type": "integer"}),
    obj(additionalProperties=True),
    obj(additionalProperties=False, properties={"a": text()}),
    obj(required=["x"]),
    obj(required=["x"], additionalProperties={"type": "boolean"}),
    items(text(), uniqueItems=True, minItems=5),
    items({"enum": [1, 2, 3]}, uniqueItems=True, minItems=3),
    items({"type": "boolean"}, uniqueItems=True, minItems=2),
    items(items({"type": "boolean"}, uniqueItems=True, minItems=2), minItems=1),
    items(A, minItems=150),
    {"allOf": [A, B]},
    {"allOf": [{"type": "integer", "minimum": 3}, {"maximum": 4}]},
    {
        "allOf": [
            obj(properties={"n": {"type": "integer"}}),
            obj(required=["n"], properties={"n": {"minimum": 9}}),
        ]
    },
    {"oneOf": [A, B]},
    {"oneOf": [{"type": "integer", "multipleOf": 2}, {"type": "integer", "multipleOf": 3}]},
    {
        "anyOf": [A, B],
        "type": "object",
        "required": ["c"],
        "properties": {"c": {"type": "integer"}},
    },
    {"oneOf": [{"type": "integer"}, {"type": "string", "pattern": "^a"}], "nullable": True},
    {"allOf": [{"oneOf": [A, B]}, {"anyOf": [obj(required=["c"]), obj(required=["d"])]}]},
    {"not": {"type": "string"}},
    {"type": "string", "not": {"enum": [""]}},
    obj(properties={"a": text()}, **{"not": {"required": ["a"]}}),
    {
        "nullable": True,
        "type": "object",
        "required": ["a"],
        "properties": {"a": {"nullable": True, **text()}},
    },
    {"$ref": TREE},
    items({"$ref": TREE}, minItems=2),
    {"$ref": "#/components/schemas/Chain"},
    {"$ref": "#/components/schemas/Sum"},
    obj(
        required=["id"],
        properties={"id": {"readOnly": True, **text()}, "secret": {"writeOnly": True, **text()}},
    ),
    obj(required=["secret"], properties={"secret": {"writeOnly": True, **text()}}),
    {},
    {"type": "array", "items": {}},
]


SAMPLES: list[tuple[dict[str, Any], Any]] = [
    (text(), "string"),
    (text(minLength=8), "stringst"),
    (text(maxLength=3), "str"),
    (text(format="email"), "user@example.com"),
    (text(enum=["x", "y"]), "x"),
    (text(default="d"), "d"),
    (text(default="d", example="e"), "e"),
    (text(maxLength=2, example="too long"), "st"),
    ({"type": "integer"}, 0),
    ({"type": "integer", "minimum": 3, "exclusiveMinimum": True}, 4),
    ({"type": "integer", "multipleOf": 7, "minimum": 10}, 14),
    ({"type": "boolean"}, True),
    (items({"type": "integer"}), [0]),
    (items({"type": "integer"}, maxItems=0), []),
    (
        obj(properties={"b": text(), "a": {"nullable": True, **text()}}),
        {"b": "string", "a": None},
    ),
    (obj(additionalProperties=text()), {"property1": "string", "property2": "string"}),
    (obj(additionalProperties=text(), maxProperties=1), {"property1": "string"}),
    ({"$ref": "#/components/schemas/Dog"}, {"kind": "pup", "bark": True}),
    ({"$ref": "#/components/schemas/Cat"}, {"kind": "Cat", "purr": 0}),
    ({"oneOf": [B, A]}, {"b": True}),
]
"""Schemas, and the one value that stands for each."""


@pytest.fixture(scope="module")
def every(tmp_path_factory: pytest.TempPathFactory) -> list[Schema]:
    """All of the schemas, in one document, which is read once."""

    def change(document: Any, _: Any) -> None:
        document["components"]["schemas"] |= SCHEMAS
        document["paths"] = {
            f"/{index}": {"get": {"responses": {"200": response(schema)}}}
            for index, schema in enumerate([*EVERY, *(schema for schema, _ in SAMPLES)])
        }

    operations = written(tmp_path_factory.mktemp("every"), change).operations.values()
    return [each.responses[200].content["application/json"].schema for each in operations]


@pytest.mark.parametrize("index", range(len(EVERY)), ids=lambda index: json.dumps(EVERY[index]))
def test_generated_data_keeps_the_schema(every: list[Schema], index: int) -> None:
    """Whatever the seed, and another time the same."""
    found = every[index]
    values = [generate.value(shape((found,)), seed) for seed in range(2)]

    assert [()] * 2 == [found.violations(value) for value in values]
    assert values[1] == generate.value(shape((found,)), 1)


@pytest.mark.parametrize("index", range(len(EVERY)), ids=lambda index: json.dumps(EVERY[index]))
def test_sample_keeps_the_schema(every: list[Schema], index: int) -> None:
    """So does the one value that stands for a schema without an example."""
    assert () == every[index].violations(sample(every[index]))


@pytest.mark.parametrize("index", range(len(SAMPLES)), ids=lambda index: json.dumps(SAMPLES[index]))
def test_sample_is_what_the_schema_says_else_the_plainest(every: list[Schema], index: int) -> None:
    """Example, default, null, the first of an enum; the properties in the order of the document."""
    assert SAMPLES[index][1] == sample(every[len(EVERY) + index])


def test_discriminator_names_the_branch(tmp_path: Path) -> None:
    """By `mapping`, else by the name of the schema."""
    refs = [{"$ref": f"#/components/schemas/{name}"} for name in ("Dog", "Cat")]
    found = schema_of(tmp_path, {"oneOf": refs, "discriminator": {"propertyName": "kind"}})
    drawn = [generate.value(shape((found,)), seed) for seed in range(20)]

    assert {("Dog", "bark"), ("Cat", "purr")} == {
        (str(each["kind"]), "bark" if "bark" in each else "purr")
        for each in drawn
        if isinstance(each, dict)
    }


@pytest.mark.parametrize(
    ("schema", "some", "never"),
    [
        (obj(properties={"id": {"readOnly": True, **text()}}), "id", ""),
        (obj(properties={"secret": {"writeOnly": True, **text()}, "a": text()}), "a", "secret"),
    ],
)
def test_answer_has_what_is_read_only_and_not_what_is_write_only(
    tmp_path: Path, schema: Any, some: str, never: str
) -> None:
    """What a client sends alone is in no answer."""
    found = schema_of(tmp_path, schema)
    names = {
        name
        for seed in range(20)
        for value in (generate.value(shape((found,)), seed), sample(found))
        if isinstance(value, dict)
        for name in value
    }

    assert some in names
    assert never not in names


@pytest.mark.parametrize(
    "schema",
    [
        items(items(A, minItems=300), minItems=3000),
        items(obj(required=["l"], properties={"l": items(A, minItems=3000)}), minItems=3000),
        text(minLength=10**9),
        obj(minProperties=10**9),
    ],
    ids=["nested", "deep", "text", "map"],
)
def test_data_that_is_too_complex_is_refused_at_once(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, schema: Any
) -> None:
    """The mock says what is too much and what to do, and does not hang."""
    monkeypatch.setattr("find_webhook_kit.mock_server.answers.sample.MOST", 2000)
    client = Client(app=create_app(Settings(), contract(tmp_path, schema)))
    plain, dynamic = client.ask("/s"), client.ask("/s", ("Prefer", "dynamic=true"))

    assert (500, 400) == (plain.status, dynamic.status)
    assert b"example" in plain.body
    assert b"example" in dynamic.body


def test_error_without_an_example_has_a_body(tmp_path: Path) -> None:
    """A status of an error, a range and the default are made up as a success is."""
    more = {"404": response(B), "4XX": response(A), "default": response({"enum": ["no"]})}
    client = Client(app=create_app(Settings(), contract(tmp_path, A, **more)))

    assert [(404, {"b": True}), (200, {"a": "string"})] == [
        (answer.status, answer.json)
        for answer in (client.ask("/s", ("Prefer", "code=404")), client.ask("/s"))
    ]
