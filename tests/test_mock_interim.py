"""No answer of the mock is a 1xx, which ends no exchange (RFC 9110, section 15.2)."""

from __future__ import annotations

import json
from typing import Final

import pytest
from mock_client import Client

from find_webhook_kit.mock_server.app.stack import create_app
from find_webhook_kit.mock_server.settings import Settings
from find_webhook_kit.spec import load

DOCUMENT: Final = """
openapi: 3.0.3
info: {title: Sockets, version: 1.0.0}
paths:
  /both: {get: {responses: {"101": {description: upgraded}, "200": {description: all}}}}
  /one: {get: {responses: {"101": {description: upgraded}}}}
  /range: {get: {responses: {1XX: {description: upgraded}, 5XX: {description: failed}}}}
  /refused: {get: {responses: {"101": {description: upgraded}, "403": {description: no}}}}
  /any: {get: {responses: {default: {description: whatever}}}}
  /shown:
    get:
      responses:
        "100":
          description: go on
          content: {application/json: {schema: {type: string}, examples: {on: {value: on}}}}
        "204": {description: done}
"""


@pytest.fixture(scope="module")
def client(tmp_path_factory: pytest.TempPathFactory) -> Client:
    path = tmp_path_factory.mktemp("interim") / "openapi.yaml"
    path.write_text(DOCUMENT, encoding="utf-8")
    return Client(app=create_app(Settings(contract=path), load(path)))


@pytest.mark.parametrize(
    ("path", "prefer", "status"),
    [
        ("/both", "", 200),
        ("/one", "", 200),
        ("/range", "", 500),
        ("/refused", "", 403),
        ("/shown", "", 204),
        ("/both", "code=101", 404),
        ("/one", "code=101", 404),
        ("/range", "code=103", 404),
        ("/any", "code=199", 404),
        ("/any", "code=299", 299),
        ("/shown", "example=on", 404),
    ],
)
def test_answer_is_a_final_one(client: Client, path: str, prefer: str, status: int) -> None:
    """A documented 1xx is passed over, and cannot be asked for."""
    answer = client.ask(path, *([("Prefer", prefer)] if prefer else []))

    assert status == answer.status
    assert b"101" not in answer.body.partition(b"exist")[2]


def test_page_offers_none(client: Client) -> None:
    """What the page can ask for is what the mock answers."""
    states = json.dumps(client.ask("/__mock/states").json)

    assert '"status": 101' not in states
    assert '"status": 403' in states
