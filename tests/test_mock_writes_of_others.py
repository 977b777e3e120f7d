"""A contract of another, whose rules name a resource, is mocked with writes as ours is."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from writable_mock import WritableMock

from find_webhook_kit.mock_server.settings import Settings

DOCUMENT = """
openapi: 3.0.3
info: {title: Alarms, version: "1"}
paths:
  /houses/{house}/alarms:
    get:
      operationId: listAlarms
      parameters: [{name: house, in: path, required: true, schema: {type: string}}]
      responses:
        "200":
          description: ok
          content:
            application/json:
              schema: {type: array, items: {$ref: "#/components/schemas/Alarm"}}
    post:
      operationId: addAlarm
      parameters: [{name: house, in: path, required: true, schema: {type: string}}]
      requestBody: {content: {application/json: {schema: {$ref: "#/components/schemas/New"}}}}
      responses:
        "201":
          description: ok
          content: {application/json: {schema: {$ref: "#/components/schemas/Alarm"}}}
  /houses/{house}/alarms/{id}:
    parameters:
      - {name: house, in: path, required: true, schema: {type: string}}
      - {name: id, in: path, required: true, schema: {type: IDTYPE}}
    get:
      operationId: showAlarm
      responses:
        "200":
          description: ok
          content: {application/json: {schema: {$ref: "#/components/schemas/Alarm"}}}
        "404": {description: gone}
    patch:
      operationId: ringAlarm
      requestBody: {content: {application/json: {schema: {$ref: "#/components/schemas/Bells"}}}}
      responses:
        "200":
          description: ok
          content: {application/json: {schema: {$ref: "#/components/schemas/Alarm"}}}
        "404": {description: gone}
    delete:
      operationId: removeAlarm
      responses:
        "204": {description: gone}
        "404": {description: gone}
components:
  schemas:
    New:
      type: object
      required: [title]
      properties: {title: {type: string}, armed: {type: boolean, default: true}}
    Bells:
      type: object
      properties: {loud: {type: boolean, default: true}, long: {type: boolean, default: false}}
    Alarm:
      type: object
      required: [id, title, house, zone]
      properties:
        id: {type: IDTYPE}
        title: {type: string}
        armed: {type: boolean, default: true}
        house: {type: string}
        zone: {type: integer, minimum: 3}
        bells: {$ref: "#/components/schemas/Bells"}
"""
RULES = """
names: {tenant: house, owner: house, identity: id, items: alarms}
resource:
  operations:
    {list: listAlarms, create: addAlarm, read: showAlarm, merge: ringAlarm, delete: removeAlarm}
  label: title
  part: bells
  made: {title: "alarm-{unique}"}
"""


@pytest.fixture(params=["string", "integer"])
def mock(request: pytest.FixtureRequest, tmp_path: Path) -> WritableMock:
    """Serve it with ids of either type."""
    path = tmp_path / "openapi.yaml"
    path.write_text(DOCUMENT.replace("IDTYPE", request.param), encoding="utf-8")
    (tmp_path / "rules.yaml").write_text(RULES, encoding="utf-8")
    mock = WritableMock(Settings(contract=path, writes=True))
    mock.list = mock.state.path("home")
    return mock


def made(mock: WritableMock) -> Any:
    return mock.ask("POST", "", {"title": "door"}).json()


def test_each_operation_keeps_what_it_is_sent(mock: WritableMock) -> None:
    """Create, list, find, merge and delete, in the words of the contract."""
    alarm = made(mock)
    one = f"/{alarm['id']}"
    assert [alarm] == mock.ask("GET").json()
    assert {"loud": True, "long": False} == alarm["bells"]
    assert {**alarm, "bells": {"loud": True, "long": True}} == mock.ask(
        "PATCH", one, {"long": True}
    ).json()
    gone = mock.ask("DELETE", one)

    assert (204, b"") == (gone.status_code, gone.content)
    assert [] == mock.ask("GET").json()
    assert 404 == mock.ask("GET", one).status_code


def test_answers_keep_the_contract(mock: WritableMock) -> None:
    """What nobody sends and the contract asks for is made up."""
    one = f"/{made(mock)['id']}"
    mock.ask("GET")
    mock.ask("PATCH", one, {})
    mock.ask("DELETE", one)
    journal = mock.state.journal

    assert ["keeps the contract"] * 4 == [str(journal.verdict(each)) for each in journal]


def test_ids_are_of_the_documented_type_and_differ(mock: WritableMock) -> None:
    """A number is counted, a text is a UUID."""
    ids = [made(mock)["id"] for _ in range(3)]

    assert 3 == len(set(ids))


def test_scratch_is_there_and_the_states_of_our_contract_are_not(mock: WritableMock) -> None:
    """A mock without --writes has one instance that keeps them, whatever the contract is."""
    path = mock.state.contract.path
    read_only = WritableMock(Settings(contract=path))
    read_only.list = read_only.state.path("scratch")

    assert ["scratch"] == list(read_only.state.fixture_store.by_id)
    assert 201 == read_only.ask("POST", "", {"title": "door"}).status_code
    read_only.list = read_only.state.path("home")
    assert 405 == read_only.ask("POST", "", {"title": "door"}).status_code


def test_fixture_that_is_writable_needs_no_list(mock: WritableMock, tmp_path: Path) -> None:
    """It has nothing until somebody writes to it."""
    folder = tmp_path / "states"
    folder.mkdir()
    (folder / "home.yaml").write_text("writable: true\n", encoding="utf-8")
    kept = WritableMock(Settings(contract=mock.state.contract.path, fixtures=folder))
    kept.list = kept.state.path("home")

    assert [] == kept.ask("GET").json()
    assert [made(kept)] == kept.ask("GET").json()
