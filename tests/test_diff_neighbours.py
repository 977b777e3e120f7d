"""Every keyword and every part of a document, changed in both directions, for both audiences."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

import pytest

from find_webhook_kit.contracts.diff import Change, changes
from find_webhook_kit.contracts.diff.change import Effect
from find_webhook_kit.spec.document import parsed

Schema = dict[str, Any]
DOCUMENTS: Final[list[dict[str, Any]]] = json.loads(
    (Path(__file__).with_name("data") / "diff_neighbours.json").read_text(encoding="utf-8")
)
HEAD: Final = {"openapi": "3.0.3", "info": {"title": "t", "version": "1"}}


def text(**keywords: Any) -> Schema:
    return {"type": "string", **keywords}


def whole(**keywords: Any) -> Schema:
    return {"type": "integer", **keywords}


def number(**keywords: Any) -> Schema:
    return {"type": "number", **keywords}


def array(items: Schema | None = None, **keywords: Any) -> Schema:
    return {"type": "array", "items": items or text(), **keywords}


def thing(**keywords: Any) -> Schema:
    return {"type": "object", **keywords}


A, B = (thing(properties={name: text()}, required=[name]) for name in "ab")

# What allows more, and what allows less of the same.
WIDER: Final[dict[str, tuple[Schema, Schema]]] = {
    "enum": (text(enum=["a", "b"]), text(enum=["a"])),
    "no enum": (text(), text(enum=["a"])),
    "boolean": ({"type": "boolean"}, {"type": "boolean", "enum": [True]}),
    "maxLength": (text(maxLength=9), text(maxLength=5)),
    "no maxLength": (text(), text(maxLength=5)),
    "minLength": (text(minLength=1), text(minLength=2)),
    "pattern": (text(), text(pattern="^a")),
    "format": (text(), text(format="uuid")),
    "uri": (text(format="uri-reference"), text(format="uri")),
    "minimum": (whole(minimum=0), whole(minimum=1)),
    "no minimum": (whole(), whole(minimum=1)),
    "maximum": (whole(maximum=9), whole(maximum=5)),
    "no maximum": (whole(), whole(maximum=5)),
    "exclusive": (number(minimum=0), number(minimum=0, exclusiveMinimum=True)),
    "exclusive above": (number(maximum=9), number(maximum=9, exclusiveMaximum=True)),
    "multipleOf": (whole(multipleOf=2), whole(multipleOf=4)),
    "no multipleOf": (whole(), whole(multipleOf=4)),
    "integer": (number(), whole()),
    "int32": (whole(format="int64"), whole(format="int32")),
    "nullable": (text(nullable=True), text()),
    "null in enum": (text(nullable=True, enum=["a", None]), text(enum=["a"])),
    "nullable beside allOf": ({"nullable": True, "allOf": [text()]}, {"allOf": [text()]}),
    "nullable items": (array(text(nullable=True)), array()),
    "minItems": (array(minItems=1), array(minItems=2)),
    "maxItems": (array(), array(maxItems=2)),
    "uniqueItems": (array(), array(uniqueItems=True)),
    "items": (array(number()), array(whole())),
    "enum of items": (array(text(enum=["a", "b"])), array(text(enum=["a"]))),
    "closed": (thing(), thing(additionalProperties=False)),
    "values": (thing(additionalProperties=number()), thing(additionalProperties=whole())),
    "typed values": (thing(additionalProperties=True), thing(additionalProperties=text())),
    "minProperties": (thing(minProperties=1), thing(minProperties=2)),
    "maxProperties": (thing(maxProperties=3), thing(maxProperties=2)),
    "required": (thing(properties={"a": text()}), A),
    "member": (thing(properties={"a": number()}), thing(properties={"a": whole()})),
    "oneOf": ({"oneOf": [text(), whole()]}, {"oneOf": [text()]}),
    "value beside a format": (
        {"anyOf": [text(enum=["a"]), text(format="uuid")]},
        text(format="uuid"),
    ),
    "value beside a format of numbers": (
        {"anyOf": [whole(enum=[2**40]), whole(format="int32")]},
        whole(format="int32"),
    ),
    "anyOf": ({"anyOf": [text(), whole()]}, {"anyOf": [text()]}),
    "oneOf of objects": ({"oneOf": [A, B]}, {"oneOf": [A]}),
    "allOf": ({"allOf": [thing(properties={"a": text()})]}, {"allOf": [A]}),
    "not": (text(), text(**{"not": {"enum": ["a"]}})),
    "type": ({"type": ["string", "integer"]}, text()),
    "const": (text(), text(const="a")),
    "prefixItems": ({"type": "array"}, {"type": "array", "prefixItems": [text()]}),
    "contains": ({"type": "array"}, {"type": "array", "contains": text()}),
    "dependentRequired": (thing(), thing(dependentRequired={"a": ["b"]})),
    "dependentSchemas": (thing(), thing(dependentSchemas={"a": {"required": ["b"]}})),
    "propertyNames": (thing(), thing(propertyNames={"pattern": "^a"})),
    "patternProperties": (thing(), thing(patternProperties={"^x": text()})),
    "unevaluatedProperties": (thing(), thing(unevaluatedProperties=False)),
    "if": (thing(), thing(**{"if": {"required": ["a"]}, "then": {"required": ["b"]}})),
}

# The same, written otherwise.
SAME: Final[dict[str, tuple[Schema, Schema]]] = {
    "minLength 0": (text(minLength=0), text()),
    "not unique": (array(uniqueItems=False), array()),
    "open": (thing(additionalProperties=True), thing(additionalProperties={})),
    "none required": (thing(required=[]), thing()),
    "oneOf one": ({"oneOf": [text()]}, text()),
    "allOf one": ({"allOf": [text()]}, text()),
    "order": ({"anyOf": [text(), whole()]}, {"anyOf": [whole(), text()]}),
    "nothing in common": ({"anyOf": [text(), whole()]}, {"oneOf": [whole(), text()]}),
    "not exclusive": (whole(minimum=1, exclusiveMinimum=False), whole(minimum=1)),
    "whole above": (whole(minimum=0, exclusiveMinimum=True), whole(minimum=1)),
    "enums": ({"anyOf": [text(enum=["a"]), text(enum=["b"])]}, text(enum=["b", "a"])),
    "value of a format": (
        {"anyOf": [text(enum=["2020-01-01"]), text(format="date")]},
        text(format="date"),
    ),
    "value beside all": ({"anyOf": [text(enum=["a"]), text()]}, text()),
    "flags": (text(deprecated=False, readOnly=False), text()),
    "of another type": (text(minimum=3), text()),
    "1.0": (whole(minimum=1.0), whole(minimum=1)),
    "every text": (text(pattern=".*"), text()),
    "null of 3.1": (text(nullable=True), {"type": ["null", "string"]}),
    "null as oneOf": (text(nullable=True), {"oneOf": [{"type": "null"}, text()]}),
    "bound of 3.1": (number(minimum=1, exclusiveMinimum=True), number(exclusiveMinimum=1)),
    "const": (text(enum=["a"]), {"const": "a"}),
}
WORDS: Final[dict[str, Any]] = {
    "description": "d", "title": "t", "example": "e", "externalDocs": {"url": "http://a"},
    "deprecated": True, "x-a": 1,
}  # fmt: skip


def compared(old: Any, new: Any) -> list[Change]:
    return changes(*(
        parsed(Path("a.json"), json.dumps({**HEAD, **each}).encode()) for each in (old, new)
    ))  # fmt: skip


def answer(schema: Schema) -> Any:
    content = {"application/json": {"schema": thing(properties={"x": schema})}}
    return {
        "paths": {"/a": {"get": {"responses": {"200": {"description": "d", "content": content}}}}}
    }


def body(schema: Schema) -> Any:
    content = {"application/json": {"schema": thing(properties={"x": schema})}}
    return {"paths": {"/a": {"post": {"requestBody": {"content": content}, "responses": {}}}}}


def query(schema: Schema) -> Any:
    parameter = {"name": "q", "in": "query", "schema": schema}
    return {"paths": {"/a": {"get": {"parameters": [parameter], "responses": {}}}}}


PLACES: Final = pytest.mark.parametrize("place", [answer, body, query], ids=lambda it: it.__name__)


@PLACES
@pytest.mark.parametrize("name", WIDER)
def test_readers_break_on_more_and_senders_on_less(name: str, place: Any) -> None:
    """The reverse of each is a note."""
    wide, narrow = map(place, WIDER[name])
    more, less = ("error", "note") if place is answer else ("note", "error")

    assert more == compared(narrow, wide)[0].severity
    assert less == compared(wide, narrow)[0].severity


@PLACES
@pytest.mark.parametrize("name", SAME)
def test_same_meaning_is_no_change(name: str, place: Any) -> None:
    """However it is written."""
    one, other = map(place, SAME[name])

    assert [] == compared(one, other)
    assert [] == compared(other, one)


@PLACES
@pytest.mark.parametrize("value", ["a", "2020-01-01"])
def test_value_in_place_of_a_format_is_held_against_it(value: str, place: Any) -> None:
    """Only one that the format refuses breaks both who reads and who sends."""
    found = compared(place(text(enum=[value])), place(text(format="date")))

    assert (value == "a") is ({Effect.WIDER, Effect.NARROWER} <= {each.effect for each in found})


@PLACES
@pytest.mark.parametrize("name", WORDS)
def test_words_are_notes(name: str, place: Any) -> None:
    """They allow and forbid nothing."""
    found = compared(place(text()), place(text(**{name: WORDS[name]})))

    assert ["note"] == [change.severity for change in found]


def test_keyword_that_is_not_known_is_a_warning() -> None:
    """What is not compared is said."""
    (found,) = compared(answer(text()), answer(text(shape="round")))

    assert ("warning", "not compared: shape") == (found.severity, found.aspect)


@pytest.mark.parametrize("row", DOCUMENTS, ids=lambda row: str(row["name"]))
def test_part_of_a_document_is_weighed(row: dict[str, Any]) -> None:
    """Parameters, bodies, answers, headers, links, callbacks, servers and security have a rule."""
    found = compared(row["old"], row["new"])
    got = found[0].severity.value if found else "none"

    assert row["expect"] == got


def test_change_shows_what_was_and_what_is() -> None:
    """The address of a token is no word of prose: both are told."""
    row = next(row for row in DOCUMENTS if row["name"] == "token url")
    (found,) = compared(row["old"], row["new"])

    assert ("http://t", "http://u") == (found.was, found.now)


def test_member_that_is_made_of_itself_is_compared() -> None:
    """Whether it is shown to readers alone is asked of each of its parts once."""
    itself: Schema = {"$ref": "#/components/schemas/X"}
    parts = {"components": {"schemas": {"X": {"allOf": [itself, text()]}}}}
    old, new = (
        {**answer(thing(properties={"x": itself}, **more)), **parts}
        for more in ({}, {"required": ["x"]})
    )

    assert ["note"] == [change.severity for change in compared(old, new)]


def test_too_many_alternatives_are_said_to_differ() -> None:
    """What cannot be multiplied out is compared as a whole, and that is said."""
    old, new = ({"anyOf": [text(minLength=n) for n in range(many)]} for many in (300, 301))
    (found,) = compared(answer(old), answer(new))

    assert "not compared: too many alternatives" == found.aspect
    assert found.severity == "warning"
