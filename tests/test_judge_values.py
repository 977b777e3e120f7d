"""What a document's operations are asked with: the values given, else the document's own."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
import yaml
from foreign import TOKEN, errors, found, verdict
from support.sampling import diagonal

from find_webhook_kit.contracts.config.configuration import configuration
from find_webhook_kit.contracts.reports import Mask, report
from find_webhook_kit.contracts.reports.json_report import as_json
from find_webhook_kit.contracts.usage import UsageError
from find_webhook_kit.contracts.verdict import Status
from find_webhook_kit.spec import Contract, load


def parameter(name: str, place: str, **schema: Any) -> Any:
    example = {"example": schema.pop("given")} if "given" in schema else {}
    return {"name": name, "in": place, "required": True, "schema": schema, **example}


def contract(folder: Path, *parameters: Any, path: str = "/things") -> Contract:
    """Write a document of two operations, of which one has parameters."""
    answer = {"description": "d", "content": {"application/json": {"schema": {"type": "object"}}}}
    responses = {"200": answer, "400": {"description": "d"}, "404": {"description": "d"}}
    document = {
        "openapi": "3.0.3",
        "info": {"title": "Shop", "version": "1"},
        "paths": {
            path: {
                "get": {
                    "operationId": "things",
                    "responses": responses,
                    "parameters": list(parameters),
                }
            },
            "/other": {"get": {"operationId": "other", "responses": responses}},
        },
    }
    file = folder / "api.yaml"
    file.write_text(yaml.safe_dump(document, sort_keys=False), encoding="utf-8")
    return load(file)


ORIGINS: dict[str, tuple[dict[str, Any], str, str]] = {
    "its example": ({"type": "string", "given": "a"}, "a", "example in the contract"),
    "the schema's example": ({"type": "integer", "example": 3}, "3", "example in the contract"),
    "its default": ({"type": "integer", "default": 20}, "20", "default in the contract"),
    "an enum": ({"type": "string", "enum": ["x", "y"]}, "x", "first of the enum in the contract"),
}


@pytest.mark.parametrize(
    ("kind", "place"), diagonal(list(ORIGINS), ["path", "query", "header", "cookie"])
)
def test_value_of_the_document_is_told_with_its_origin(
    tmp_path: Path, kind: str, place: str
) -> None:
    """It is sent, and every report says where it comes from."""
    schema, value, origin = ORIGINS[kind]
    path = "/things/{It}" if place == "path" else "/things"
    document = contract(tmp_path, parameter("It", place, **schema), path=path)
    seen: list[tuple[str | None, ...]] = []

    def handler(asked: Any) -> Any:
        seen.append(
            (asked.path, asked.query.get("It"), asked.headers.get("it"), asked.cookies.get("It"))
        )
        return found({})

    told = verdict(document, handler)
    value_of = json.loads(as_json(report(told, Mask(TOKEN))))["taken"]
    places = {"path": 0, "query": 1, "header": 2, "cookie": 3}
    sent = f"/things/{value}" if place == "path" else value

    assert sent == seen[0][places[place]]
    assert [
        {"operation": "things", "name": "It", "location": place, "value": value, "origin": origin}
    ] == value_of


def test_value_that_was_given_is_not_told(tmp_path: Path) -> None:
    """Whoever gave it knows it."""
    document = contract(tmp_path, parameter("page", "query", type="integer", default=1))

    assert () == verdict(document, lambda _: found({}), page="7").taken


def test_several_cookies_are_one_header(tmp_path: Path) -> None:
    """A client sends one Cookie header at most (RFC 6265, section 5.4)."""
    document = contract(
        tmp_path,
        parameter("a", "cookie", type="integer", default=1),
        parameter("b", "cookie", type="integer", default=2),
    )
    seen: list[list[str]] = []

    def handler(asked: Any) -> Any:
        seen.append(asked.request.values("cookie"))
        return found({})

    verdict(document, handler)

    assert ["a=1; b=2"] == seen[0]


def test_values_of_a_list_are_written_as_its_style_has_them(tmp_path: Path) -> None:
    """One value with commas is a list where the parameter is one."""
    ids = parameter("ids", "query", type="array", items={"type": "integer"})
    seen: list[str] = []

    def handler(asked: Any) -> Any:
        seen.append(asked.request.query)
        return found({})

    verdict(contract(tmp_path, ids), handler, ids="1,2")

    assert "ids=1&ids=2" == seen[0]


def test_operation_that_is_named_is_judged_alone(tmp_path: Path) -> None:
    """The others are named, and weigh nothing, whatever they lack."""
    document = contract(tmp_path, parameter("page", "query", type="integer"))
    values = {"param": (), "operation": ["other"]}
    chosen = configuration({**values, "contract": document.path}, "http://h")
    with chosen.target() as asked:
        told = verdict(document, lambda _: found({}), at=asked)
    asked_for = [it.probe.operation for it in told.exchanges if it.probe.operation]
    (left,) = (it for it in told.outcomes if it.id.endswith(":judged"))

    assert (set(), 0) == (errors(told), told.exit_code)
    assert {"other"} == {operation.operation_id for operation in asked_for}
    assert ("things:judged", Status.NOT_APPLICABLE) == (left.id, left.status)
    assert "nobody asked for it with --operation" in left.hint


def test_operation_that_nobody_has_is_refused(tmp_path: Path) -> None:
    """Those that there are are named."""
    chosen = configuration(
        {"operation": ["thing"], "contract": contract(tmp_path).path}, "http://h"
    )

    with pytest.raises(UsageError, match="--operation thing: there is no such operation, but "):
        chosen.target().__enter__()


def test_target_file_has_operations_and_values(tmp_path: Path) -> None:
    """They stand there as the flags have them; a number needs no quotes."""
    file = tmp_path / "target.toml"
    file.write_text(
        'url = "http://h"\noperations = ["things"]\ncontract = "api.yaml"\n[params]\npage = 3\n'
    )
    document = contract(tmp_path, parameter("page", "query", type="integer"))
    chosen = configuration({"target": file}, None)
    with chosen.target() as asked:
        assert (("things",), {"page": ("3",)}) == (asked.operations, asked.parameters)
        assert document.path == chosen.contract.path


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('operations = "things"', "operations: must be a list of texts in quotes"),
        ("operations = []", "operations: must be a list of texts in quotes"),
        ("params = 3", "params: must be a table, [params]"),
        ("[params]\npage = []", "params.page: must be a text in quotes, or a list of them"),
    ],
)
def test_mistake_in_a_target_file_names_its_key(tmp_path: Path, text: str, reason: str) -> None:
    """The file and the key are named, and what to write."""
    file = tmp_path / "target.toml"
    file.write_text(f'url = "http://h"\n{text}\n')

    with pytest.raises(UsageError) as caught:
        configuration({"target": file}, None)

    assert f"{file}: {reason}" == str(caught.value)
