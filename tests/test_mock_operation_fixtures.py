"""A folder that is named after an operation holds what that operation answers."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from changed_contract import written
from mock_client import AUTHORIZATION, Client
from test_mock_bodies import response

from find_webhook_kit.mock_server.answers import fixture_store
from find_webhook_kit.mock_server.answers.fixtures import FixtureError
from find_webhook_kit.mock_server.app.stack import create_app
from find_webhook_kit.mock_server.settings import Settings
from find_webhook_kit.mock_server.state import State
from find_webhook_kit.spec import Contract

PET = {
    "type": "object",
    "required": ["id"],
    "properties": {"id": {"type": "integer"}, "name": {"type": "string"}},
}
ERROR = {"type": "object", "required": ["why"], "properties": {"why": {"type": "string"}}}


def path(name: str, type_: str = "string") -> dict[str, Any]:
    return {"name": name, "in": "path", "required": True, "schema": {"type": type_}}


def pets(document: Any, _: Any) -> None:
    """Make a contract of a list of pets, a pet, its photo, and a text."""
    found = response(PET, examples={"rex": {"value": {"id": 1, "name": "Rex"}}})
    found["headers"] = {"X-Age": {"schema": {"type": "integer"}}}
    one = {"200": found, "404": response(ERROR), "204": {"description": "."}}
    many = {"200": response({"type": "array", "items": PET}, example=[{"id": 1}])}
    content = {"text/plain": {"schema": {"type": "string"}}, "text/csv": {"schema": {}}}
    document["paths"] = {
        "/pets": {"get": {"operationId": "listPets", "responses": many}},
        "/pets/{id}/of/{shop}": {
            "get": {
                "operationId": "findPet",
                "parameters": [path("id", "integer"), path("shop")],
                "responses": one,
            }
        },
        "/word": {
            "get": {
                "operationId": "word",
                "responses": {"200": {"description": ".", "content": content}},
            }
        },
    }


@pytest.fixture(scope="module")
def contract(tmp_path_factory: pytest.TempPathFactory) -> Contract:
    return written(tmp_path_factory.mktemp("pets"), pets)


def folder(root: Path, **files: Any) -> Path:
    """Write fixtures of operations: `findPet_a` is the file `findPet/a.json`."""
    for name, value in files.items():
        operation, _, stem = name.partition("_")
        (root / operation).mkdir(parents=True, exist_ok=True)
        (root / operation / f"{stem}.json").write_text(json.dumps(value))
    return root


def client(contract: Contract, root: Path, **files: Any) -> Client:
    state = State(Settings(fixtures=folder(root, **files)), contract)
    return Client(app=create_app(state=state))


def test_file_answers_for_the_parameters_that_it_names(contract: Contract, tmp_path: Path) -> None:
    """The one that names most of what was asked for; the one that names none, for all others."""
    asking = client(
        contract,
        tmp_path,
        findPet_any={"body": {"id": 0}},
        findPet_seven={"parameters": {"id": 7}, "body": {"id": 7}},
        findPet_ours={"parameters": {"id": 7, "shop": "a b"}, "body": {"id": 77}},
    )
    targets = ("/pets/9/of/x", "/pets/7/of/x", "/pets/7/of/a%20b")

    assert [
        ({"id": 0}, 'fixture; file="findPet/any.json"'),
        ({"id": 7}, 'fixture; file="findPet/seven.json"'),
        ({"id": 77}, 'fixture; file="findPet/ours.json"'),
    ] == [(answer.json, answer.headers["Mock-Source"]) for answer in map(asking.ask, targets)]


def test_file_says_status_headers_and_media_type(contract: Contract, tmp_path: Path) -> None:
    """Each is one that the operation documents, and the usual one where it is left out."""
    asking = client(
        contract,
        tmp_path,
        findPet_gone={"parameters": {"id": 4}, "status": 404, "body": {"why": "sold"}},
        findPet_named={"parameters": {"id": 5}, "example": "rex", "headers": {"X-Age": 3}},
        findPet_none={"parameters": {"id": 6}, "status": 204},
        word_it={"media_type": "text/csv", "body": "a,b"},
        listPets_all={"body": [{"id": 1}, {"id": 2}]},
    )
    gone, named, none = (asking.ask(f"/pets/{number}/of/x") for number in (4, 5, 6))
    word, listed = asking.ask("/word"), asking.ask("/pets")

    assert (404, {"why": "sold"}) == (gone.status, gone.json)
    assert (200, "3", "Rex") == (named.status, named.headers["X-Age"], named.json["name"])  # type: ignore[call-overload,index]
    assert (204, b"") == (none.status, none.body)
    assert (b"a,b", "text/csv") == (word.body, word.headers["Content-Type"])
    assert [{"id": 1}, {"id": 2}] == listed.json


def test_code_that_is_preferred_finds_the_file_of_it(contract: Contract, tmp_path: Path) -> None:
    """Of several files for the same, a success is the usual answer."""
    files = {
        "findPet_a": {"status": 404, "body": {"why": "sold"}},
        "findPet_b": {"status": 200, "body": {"id": 3}},
    }
    asking = client(contract, tmp_path, **files)
    preferred = asking.ask("/pets/1/of/x", ("Prefer", "code=404"))

    assert {"id": 3} == asking.ask("/pets/1/of/x").json
    assert {"why": "sold"} == preferred.json


def test_operation_without_a_file_answers_as_before(contract: Contract, tmp_path: Path) -> None:
    """So does one whose files are all for something else."""
    asking = client(contract, tmp_path, findPet_a={"parameters": {"id": 7}, "body": {"id": 7}})

    assert {"id": 1, "name": "Rex"} == asking.ask("/pets/8/of/x").json
    assert [{"id": 1}] == asking.ask("/pets").json


@pytest.mark.parametrize(
    ("value", "told"),
    [
        ([], "must be a mapping"),
        ({}, "needs a body or an example: 200 has application/json"),
        ({"bod": {}}, "/bod is not known; a fixture of an operation has parameters, status"),
        (
            {"parameters": {"pet": 1}, "body": {"id": 1}},
            "pet is no path parameter; there is id, shop",
        ),
        (
            {"parameters": {"id": []}, "body": {"id": 1}},
            "id must be a text or a number",
        ),
        ({"status": 500, "body": {}}, "/status must be a documented one (200, 404, 204), not 500"),
        ({"status": "200", "body": {}}, "/status must be a status such as 200, not '200'"),
        ({"body": {"id": "x"}}, "/body/id must be integer, not 'x'"),
        ({"body": {"name": "x"}}, "/body/id is required and absent"),
        ({"status": 404, "body": {"id": 1}}, "/body/why is required and absent"),
        ({"status": 204, "body": {}}, "/body is not documented for 204: leave it out"),
        ({"example": "max"}, "/example must name an example of the operation: rex"),
        ({"example": "rex", "body": {}}, "/example does not go with body"),
        (
            {"example": "rex", "media_type": "text/html"},
            "must be a documented one (application/json)",
        ),
        (
            {"example": "rex", "headers": {"X-Age": "old"}},
            "/X-Age must be integer, not 'old'",
        ),
        ({"example": "rex", "headers": {"a b": "c"}}, "/headers/a b is no name of a header"),
        ({"example": "rex", "headers": {"X": "a\nb"}}, "/headers/X must be a text of one line"),
        (
            {"example": "rex", "headers": {"Content-Length": 1}},
            "Content-Length is set by the mock",
        ),
    ],
)
def test_file_that_breaks_the_contract_is_refused(
    contract: Contract, tmp_path: Path, value: Any, told: str
) -> None:
    """With the file, the line, the place, and what is right."""
    with pytest.raises(FixtureError) as error:
        client(contract, tmp_path, findPet_bad=value)

    assert f"{tmp_path}/findPet/bad.json, line 1:" in str(error.value)
    assert told in str(error.value)


def test_two_files_for_the_same_are_refused(contract: Contract, tmp_path: Path) -> None:
    """Nobody could tell which one counts."""
    same = {"parameters": {"id": 1}, "body": {"id": 1}}
    with pytest.raises(FixtureError, match=r"findPet/b\.json: is for the same .* findPet/a\.json"):
        client(contract, tmp_path, findPet_a=same, findPet_b=same)


def test_folder_that_no_operation_has_the_name_of_is_told(
    contract: Contract, tmp_path: Path
) -> None:
    """With the names that there are."""
    root = folder(tmp_path, findPet_a={"body": {"id": 1}}, finPet_a={"body": {"id": 1}})
    (note,) = State(Settings(fixtures=root), contract).fixture_store.notes

    assert f"{tmp_path}/finPet: is not read" in note
    assert "findPet, listPets, word" in note


def test_file_beside_the_folders_is_refused_where_no_instance_has_a_list(
    contract: Contract, tmp_path: Path
) -> None:
    """It says where it belongs."""
    root = folder(tmp_path, findPet_a={"body": {"id": 1}})
    (root / "demo.yaml").write_text("[]")
    with pytest.raises(FixtureError, match="named after an operation"):
        State(Settings(fixtures=root), contract)


def test_saved_file_is_served_and_a_broken_one_is_not(
    contract: Contract, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A folder may come later; a file that breaks is what it was, and the answer says so."""
    monkeypatch.setattr(fixture_store, "INTERVAL", 0)
    root = folder(tmp_path, listPets_a={"body": []})
    asking = client(contract, root)
    before = asking.ask("/pets/1/of/x").json
    folder(root, findPet_new={"body": {"id": 5}})
    after = [asking.ask("/pets/1/of/x").json for _ in range(3)]
    folder(root, findPet_new={"body": {"id": "five"}})
    broken = asking.ask("/pets/1/of/x")

    assert {"id": 1, "name": "Rex"} == before
    assert [{"id": 5}] * 3 == after
    assert ({"id": 5}, "stale") == (broken.json, broken.headers["Mock-Fixtures"])


def test_instance_of_the_built_in_contract_has_its_own_file_first(tmp_path: Path) -> None:
    """What names a parameter counts most, then the instance, then what is for all the others."""
    folder(tmp_path, findWebhook_any={"body": []})
    folder(tmp_path, findWebhook_mine={"parameters": {"instanceId": "demo"}, "example": "minimal"})
    asking = Client(Settings(fixtures=tmp_path))
    sources = [asking.webhooks(name).headers["Mock-Source"] for name in ("demo", "many", "who")]

    assert [
        'fixture; file="findWebhook/mine.json"; items=1',
        'fixture; file="many.yaml"; items=50',
        'fixture; file="findWebhook/any.json"; items=0',
    ] == sources
    assert "demo" == asking.webhooks("demo").json[0]["instanceInstanceId"]  # type: ignore[call-overload,index]


def test_lie_is_told_about_a_file(contract: Contract, tmp_path: Path) -> None:
    """As about anything else that the mock answers."""
    asking = client(contract, tmp_path, findPet_a={"body": {"id": 9}})
    answer = asking.ask("/pets/1/of/x", ("Prefer", "lie=wrapped"), AUTHORIZATION)

    assert {"data": {"id": 9}} == answer.json
