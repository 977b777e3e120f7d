"""Generated data that looks real: what an operator would have, valid, and the same each time."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import Any

import pytest
from mock_client import AUTHORIZATION, Client, path_of

from find_webhook_kit.mock_server.app.stack import create_app
from find_webhook_kit.spec import contract, load

PREFER = "dynamic=plain, seed={}, size=8"
DATE = re.compile(r"20[0-9]{2}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}\.[0-9]{3}Z")


@pytest.fixture(scope="module")
def client() -> Client:
    """Give a mock as it comes."""
    return Client()


def plain(client: Client, seed: int) -> list[dict[str, Any]]:
    """Ask for plain data."""
    found: list[dict[str, Any]] = json.loads(
        client.webhooks("demo", ("Prefer", PREFER.format(seed))).body
    )
    return found


@pytest.mark.parametrize("seed", range(4))
def test_data_looks_real(client: Client, seed: int) -> None:
    """Names, addresses, dates and ids are such as people choose."""
    for item in plain(client, seed):
        assert re.fullmatch(r"[a-z]+ [a-z]+", item["name"])
        assert re.fullmatch(r"https://[a-z]+\.example\.com/hooks/[0-9a-f]{6}", item["url"])
        assert re.fullmatch(r"webhook-[0-9a-f]{8}", item["webhookId"])
        assert "demo" == item["instanceInstanceId"]
        assert DATE.fullmatch(item["createdAt"])
        assert DATE.fullmatch(item["updatedAt"])
        assert item["createdAt"] <= item["updatedAt"]
        for name, value in item.get("WebhookEvents", {}).items():
            assert isinstance(value, bool) or name in {"webhookEventsId", "createdAt", "updatedAt"}


@pytest.mark.parametrize("seed", range(4))
def test_data_keeps_the_contract(client: Client, seed: int) -> None:
    """No answer breaks the schema, and no two webhooks share an id."""
    operation = contract().operations["findWebhook"]
    items: Any = plain(client, seed)

    assert () == operation.responses[200].content["application/json"].schema.violations(items)
    assert 8 == len({item["webhookId"] for item in items})


def test_same_seed_same_bytes(client: Client) -> None:
    """Another mock answers with the same bytes, another seed with others."""
    asked = ("Prefer", PREFER.format(3))
    first = client.webhooks("demo", asked).body

    assert first == Client().webhooks("demo", asked).body
    assert first != client.webhooks("demo", ("Prefer", PREFER.format(4))).body


def test_answer_says_what_it_is(client: Client) -> None:
    """The header has the kind, the seed and the count."""
    answer = client.webhooks("demo", ("Prefer", PREFER.format(3)))

    assert "plain; seed=3; items=8" == answer.headers["Mock-Source"]
    assert "dynamic=plain, seed=3, size=8" == answer.headers["Preference-Applied"]


def test_twin_in_the_query_asks_for_it(client: Client) -> None:
    """A URL can ask for plain data, too."""
    answer = client.ask(f"{path_of('demo')}?__dynamic=plain&__size=1", AUTHORIZATION)

    assert "plain; seed=0; items=1" == answer.headers["Mock-Source"]


def test_any_schema_is_filled(tmp_path: Path) -> None:
    """What a table knows looks real, and what it does not know stays valid."""
    document = """
openapi: 3.0.3
info: {title: Shop, version: "1"}
paths:
  /orders/{orderId}:
    get:
      operationId: findOrder
      parameters:
        - {name: orderId, in: path, required: true, schema: {type: string}}
      responses:
        "200":
          description: ok
          content:
            application/json:
              schema:
                type: object
                required: [id, email, total, state, city, placedAt, day, lines, blob]
                properties:
                  id: {type: string, format: uuid}
                  email: {type: string, format: email}
                  total: {type: number, minimum: 0, maximum: 10}
                  state: {type: string, enum: [open, done]}
                  city: {type: string}
                  placedAt: {type: string, format: date-time}
                  day: {type: string, format: date}
                  blob: {type: string}
                  lines: {type: array, items: {type: object, required: [title, count],
                    properties: {title: {type: string, maxLength: 4}, count: {type: integer}}}}
"""
    path = tmp_path / "shop.yaml"
    path.write_text(document, encoding="utf-8")
    shop = load(path)
    client = Client(app=create_app(contract=shop))
    schema = shop.operations["findOrder"].responses[200].content["application/json"].schema
    for seed in range(20):
        prefer = ("Prefer", f"dynamic=plain, seed={seed}")
        answer = client.ask("/orders/7", AUTHORIZATION, prefer)
        body: Any = answer.json

        assert 200 == answer.status, answer.body
        assert () == schema.violations(body)
        assert body["email"].endswith("@example.com")
        assert body["city"].isprintable()
        assert DATE.fullmatch(body["placedAt"])
