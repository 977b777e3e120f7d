"""A value of a parameter that its schema refuses is told before anything is sent."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest

from find_webhook_kit.contracts.__main__ import main
from find_webhook_kit.contracts.config.configuration import Configuration, configuration
from find_webhook_kit.contracts.usage import UsageError
from find_webhook_kit.contracts.wire.target import Target


def document(folder: Path, *parameters: Any) -> Path:
    """Write a contract with one operation for each of these parameters, all of them `x`."""
    operations = {
        f"/things{index}/{{x}}" if each["in"] == "path" else f"/things{index}": {
            "get": {
                "operationId": f"op{index}",
                "parameters": [{"name": "x", "required": True, **each}],
                "responses": {"200": {"description": "d"}},
            }
        }
        for index, each in enumerate(parameters)
    }
    path = folder / "api.json"
    info = {"title": "t", "version": "1"}
    path.write_text(json.dumps({"openapi": "3.0.3", "info": info, "paths": operations}))
    return path


def chosen(contract: Path, *values: str, **flags: Any) -> Configuration:
    given = {"contract": contract, "param": [f"x={each}" for each in values], "token": "t"}
    return configuration({**given, **flags}, "http://h")


def target(configured: Configuration) -> Target:
    with configured.target() as found:
        return found


PATH = {"in": "path", "schema": {"type": "integer"}}
REFUSED = {
    "integer": ({"type": "integer"}, "abc", "is not integer"),
    "integer, not 1.5": ({"type": "integer"}, "1.5", "is not integer"),
    "number": ({"type": "number"}, "abc", "is not number"),
    "boolean": ({"type": "boolean"}, "yes", "is not boolean"),
    "enum": ({"type": "string", "enum": ["a", "b"]}, "c", "is not one of 'a', 'b'"),
    "pattern": ({"type": "string", "pattern": "^a"}, "b", "is not a text that matches ^a"),
    "minLength": ({"type": "string", "minLength": 4}, "abc", "at least 4 characters"),
    "maximum": ({"type": "integer", "maximum": 4}, "5", "is not at most 4"),
    "format": ({"type": "string", "format": "uuid"}, "abc", "is not a UUID"),
    "allOf": ({"allOf": [{"type": "integer"}]}, "abc", "is not integer"),
    "array": ({"type": "array", "items": {"type": "integer"}}, "1,b", "is not integer"),
}
TAKEN = {
    "integer": ({"type": "integer"}, "-5"),
    "number": ({"type": "number"}, "1.5e3"),
    "boolean": ({"type": "boolean"}, "true"),
    "array": ({"type": "array", "items": {"type": "integer"}}, "1,2"),
    "one of two": ({"oneOf": [{"type": "integer"}, {"type": "boolean"}]}, "true"),
    "no type": ({}, "abc"),
    "no type, and numbers": ({"enum": [1, 2]}, "1"),
    "an object": ({"type": "object", "required": ["a"]}, "b,c"),
}


@pytest.mark.parametrize("place", ["path", "query"])
@pytest.mark.parametrize(("schema", "value", "words"), REFUSED.values(), ids=REFUSED)
def test_value_that_the_schema_refuses_is_told(
    tmp_path: Path, place: str, schema: Any, value: str, words: str
) -> None:
    """The flag is named, the parameter, the value and what the schema says."""
    given = chosen(document(tmp_path, {"in": place, "schema": schema}), value)

    with pytest.raises(UsageError, match=rf"--param x: '{value}' .*{re.escape(words)}"):
        target(given)


@pytest.mark.parametrize("place", ["path", "query"])
@pytest.mark.parametrize(("schema", "value"), TAKEN.values(), ids=TAKEN)
def test_value_that_the_schema_takes_is_asked_with(
    tmp_path: Path, place: str, schema: Any, value: str
) -> None:
    """So is any where the schema names no type, and where the value is written in another style."""
    given = chosen(document(tmp_path, {"in": place, "schema": schema}), value)

    assert {"x": (value,)} == target(given).parameters


def test_each_value_is_looked_at(tmp_path: Path) -> None:
    """That the first one fits says nothing of the second."""
    with pytest.raises(UsageError, match="'abc' is not integer"):
        target(chosen(document(tmp_path, PATH), "1", "abc"))


def test_value_in_a_target_file_is_told_too(tmp_path: Path) -> None:
    """A file is another way to write flags."""
    file = tmp_path / "target.toml"
    file.write_text('url = "http://h"\n[params]\nx = "abc"\n')
    flags = {"contract": document(tmp_path, PATH), "target": file, "token": "t"}

    with pytest.raises(UsageError, match="--param x: 'abc' is not integer"):
        target(configuration(flags, None))


def test_value_for_our_own_mock_is_told_too(tmp_path: Path) -> None:
    """Nothing is started for it."""
    flags = {"contract": document(tmp_path, PATH), "param": ["x=abc"]}

    with pytest.raises(UsageError, match="--param x: 'abc' is not integer"):
        target(configuration(flags, None))


def test_value_fits_where_one_operation_takes_it(tmp_path: Path) -> None:
    """Two operations may call different things by one name."""
    both = document(tmp_path, PATH, {"in": "path", "schema": {"type": "string"}})

    assert {"x": ("abc",)} == target(chosen(both, "abc")).parameters


def test_value_must_fit_an_operation_that_is_judged(tmp_path: Path) -> None:
    """The others are not asked."""
    both = document(tmp_path, PATH, {"in": "path", "schema": {"type": "string"}})

    with pytest.raises(UsageError, match="--param x: 'abc' is not integer"):
        target(chosen(both, "abc", operation=["op0"]))


def test_value_that_is_text_of_a_media_type_stands_as_it_is(tmp_path: Path) -> None:
    """It is for who gives it to write it as JSON."""
    parameter = {"in": "query", "content": {"application/json": {"schema": {"type": "integer"}}}}

    assert target(chosen(document(tmp_path, parameter), "[1]")).parameters


@pytest.mark.parametrize(("value", "number"), [("abc", 1), ("5", 0)])
def test_id_that_the_schema_refuses_is_doubted(
    tmp_path: Path, value: str, number: int, capsys: pytest.CaptureFixture[str]
) -> None:
    """It exists, says who gives it, so it is asked for; then the document is wrong, or the id."""
    contract = document(tmp_path, PATH)
    (tmp_path / "rules.yaml").write_text("names: {tenant: x}\n")
    flags = ["--contract", str(contract), "--token", "t", "--instance-id", value]

    assert 4 == main(["http://127.0.0.1:1", *flags])
    assert number == capsys.readouterr().err.count(f"--instance-id: '{value}' is not integer")


def test_id_that_is_doubted_gives_no_orders(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Neither to a terminal nor to a pipeline."""
    contract = document(tmp_path, PATH)
    (tmp_path / "rules.yaml").write_text("names: {tenant: x}\n")
    flags = ["--contract", str(contract), "--token", "t", "--instance-id", "\x1b##[a]"]

    assert 4 == main(["http://127.0.0.1:1", *flags])
    assert r"'\x1b#\u0023[a]' is not integer" in capsys.readouterr().err


def test_values_of_parameters_are_given_as_flags_or_in_a_file(tmp_path: Path) -> None:
    """A name may have several; the one of an instance is that of --instance-id."""
    path = tmp_path / "target.toml"
    path.write_text('url = "http://h"\n[parameters]\ninstanceId = ["crm", "shop"]\n')
    file = configuration({"target": path, "token": "t"}, None)
    flags = configuration(
        {"param": ["instanceId=crm", "instanceId=shop"], "token": "t"}, "http://h"
    )

    for chosen in (file, flags):
        with chosen.target() as asked:
            assert ("crm", "shop") == asked.instance_ids == asked.parameters["instanceId"]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("x", "--param x: must look like NAME=VALUE"),
        ("instanceId=", "must look like NAME=VALUE"),
        ("webhook=1", "the contract has no such parameter; it has instanceId, webhookId"),
        ("instanceId=\udcff", "--param instanceId: is not UTF-8"),
    ],
)
def test_value_that_is_none_is_refused(text: str, reason: str) -> None:
    """The flag is named, and what to write."""
    chosen = configuration({"param": [text], "token": "t", "instance_id": ["a"]}, "http://h")

    with pytest.raises(UsageError, match=re.escape(reason)), chosen.target():
        pass
