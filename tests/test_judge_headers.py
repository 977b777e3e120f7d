"""The headers that a document promises are there, and say what their schemas allow."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
import yaml
from foreign import errors, found, messages, verdict

from find_webhook_kit.contracts.verdict import Status
from find_webhook_kit.spec import Contract, load


def contract(folder: Path, headers: Any) -> Contract:
    body = {"application/json": {"schema": {"type": "object"}}}
    answer = {"description": "d", "headers": headers, "content": body}
    document = {
        "openapi": "3.0.3",
        "info": {"title": "Shop", "version": "1"},
        "paths": {"/things": {"get": {"operationId": "things", "responses": {"200": answer}}}},
    }
    path = folder / "api.yaml"
    path.write_text(yaml.safe_dump(document), encoding="utf-8")
    return load(path)


MAP = {"type": "object", "additionalProperties": {"type": "integer"}}
WRONG = {
    "no integer": ({"type": "integer"}, "many", "is not integer"),
    "too small": ({"type": "integer", "minimum": 0}, "-1", "is not at least 0"),
    "no number": ({"type": "number"}, "1,5", "is not number"),
    "no truth": ({"type": "boolean"}, "yes", "is not boolean"),
    "not in the list": ({"type": "string", "enum": ["hit", "miss"]}, "maybe", "is not one of"),
    "another pattern": ({"type": "string", "pattern": "^[a-z]+$"}, "A", "is not a text that"),
    "no date": ({"type": "string", "format": "date-time"}, "yesterday", "is not a date-time"),
    "an item of a list": ({"type": "array", "items": {"type": "integer"}}, "1, x", "at /1"),
    "a member": (
        {"type": "object", "properties": {"left": {"type": "integer"}}},
        "left=x",
        "at /left",
    ),
    "a member of a map": (MAP, "left=x", "at /left"),
    "no branch": ({"oneOf": [{"type": "integer"}, {"type": "boolean"}]}, "x", ""),
}
RIGHT = {
    "an integer": ({"type": "integer", "minimum": 0}, "12"),
    "a number": ({"type": "number"}, "1.5e3"),
    "a truth": ({"type": "boolean"}, "false"),
    "digits in a text": ({"type": "string", "pattern": "^[0-9]+$"}, "12"),
    "a list": ({"type": "array", "items": {"type": "string"}}, "a, b"),
    "pairs": ({"type": "object", "properties": {"left": {"type": "integer"}}}, "left,3"),
    "a map": (MAP, "left,3,right,4"),
    "a map in pairs": (MAP, "left=3, right=4"),
    "a map beside members": ({**MAP, "properties": {"name": {"type": "string"}}}, "name,4,left,3"),
    "a branch": ({"oneOf": [{"type": "integer"}, {"type": "boolean"}]}, "true"),
    "all of": ({"allOf": [{"type": "integer"}, {"maximum": 3}]}, "3"),
}


@pytest.mark.parametrize(("schema", "text", "words"), WRONG.values(), ids=WRONG)
def test_header_that_breaks_its_schema_is_an_error(
    tmp_path: Path, schema: Any, text: str, words: str
) -> None:
    """The clause of the header says what is wrong with it."""
    told = verdict(
        contract(tmp_path, {"X-It": {"schema": schema}}), lambda _: found({}, ("X-It", text))
    )
    (message,) = messages(told, "header.200.X-It")

    assert {"header.200.X-It"} == errors(told)
    assert message.startswith("the header X-It of a 200 ")
    assert words in message


@pytest.mark.parametrize(("schema", "text"), RIGHT.values(), ids=RIGHT)
def test_header_that_fits_its_schema_is_right(tmp_path: Path, schema: Any, text: str) -> None:
    """Its text is read as the type that the schema has."""
    told = verdict(
        contract(tmp_path, {"X-It": {"schema": schema}}), lambda _: found({}, ("x-it", text))
    )

    assert (set(), 0) == (errors(told), told.exit_code)


def test_required_header_is_missed(tmp_path: Path) -> None:
    """Where it is absent, that is said once, with how often."""
    told = verdict(
        contract(tmp_path, {"X-It": {"required": True, "schema": {"type": "string"}}}),
        lambda _: found({}),
    )
    (finding,) = told.findings

    assert ("header.200.X-It", "a 200 has no header X-It") == (finding.clause, finding.message)


def test_optional_header_that_never_came_is_not_proven(tmp_path: Path) -> None:
    """It keeps nobody from a verdict."""
    told = verdict(
        contract(tmp_path, {"X-It": {"schema": {"type": "integer"}}}), lambda _: found({})
    )
    (clause,) = (it for it in told.outcomes if it.id.startswith("header."))

    assert (Status.NOT_PROVEN, 0) == (clause.status, told.exit_code)


def test_header_that_may_be_anything_promises_nothing(tmp_path: Path) -> None:
    """An optional text has no clause, nor has what the media types say already."""
    free = {
        "X-It": {"schema": {"type": "string"}},
        "Content-Type": {"required": True, "schema": {}},
    }
    told = verdict(contract(tmp_path, free), lambda _: found({}))

    assert not [it.id for it in told.outcomes if it.id.startswith("header.")]


def test_header_of_json_is_read_as_json(tmp_path: Path) -> None:
    """What stands under `content` is one JSON text."""
    header = {"X-It": {"content": {"application/json": {"schema": {"type": "integer"}}}}}
    document = contract(tmp_path, header)

    def said(text: str) -> set[str]:
        return errors(verdict(document, lambda _: found({}, ("X-It", text))))

    assert {"header.200.X-It"} == said("{") == said('"1"')
    assert not said("1")
