"""Generated data keeps the contract, surprises, and is the same for everyone."""

import hashlib
import subprocess
import sys
from functools import cache
from pathlib import Path
from typing import cast

import pytest
from mock_client import Client
from truth import offences

from find_webhook_kit.mock_server.answers import generate
from find_webhook_kit.mock_server.answers.endpoint import Item, endpoints
from find_webhook_kit.spec import Json, contract

ENDPOINT = endpoints(contract())["findWebhook"]
SCHEMA = ENDPOINT.operation.responses[200].content["application/json"].schema
SEEDS = range(30)


def webhooks(seed: int, instance: str, size: int | None) -> tuple[Item, ...]:
    """Generate the webhooks of an instance."""
    return cast("tuple[Item, ...]", generate.items(ENDPOINT, seed, {"instanceId": instance}, size))


@cache
def bodies() -> list[list[dict[str, Json]]]:
    """Generate a body for each of many seeds."""
    return [list(webhooks(seed, f"id {seed}", None)) for seed in SEEDS]


def test_generated_data_keeps_the_contract() -> None:
    """Schema, formats and meaning hold in every body."""
    for seed, body in zip(SEEDS, bodies(), strict=True):
        assert () == SCHEMA.violations(cast("Json", body))
        assert [] == list(offences(f"id {seed}", cast("Json", body)))


def test_generated_data_leaves_nothing_out() -> None:
    """Over many seeds, each number of webhooks occurs, and each optional member comes and goes."""
    found = bodies()
    items = [item for body in found for item in body]
    assert SCHEMA.items is not None
    optional = set(SCHEMA.items.properties) - set(SCHEMA.items.required)

    assert {0, 1, 2, 3, 5} == {len(body) for body in found}
    for name in optional:
        assert {True, False} == {name in item for item in items}
    assert any(not str(item["name"]).isascii() for item in items)
    assert {"T", "t"} == {str(item["createdAt"])[10] for item in items}


def test_same_question_has_the_same_answer_elsewhere(tmp_path: Path) -> None:
    """Another process, started elsewhere, generates the same bytes; and leaves no file behind."""
    script = (
        "import hashlib; from find_webhook_kit.mock_server.answers import generate; "
        "from find_webhook_kit.mock_server.answers.endpoint import endpoints; "
        "from find_webhook_kit.spec import contract; "
        "endpoint = endpoints(contract())['findWebhook'];"
        "body = generate.items(endpoint, 7, {'instanceId': 'demo'}, 9);"
        "print(hashlib.sha256(repr(body).encode()).hexdigest())"
    )
    here = hashlib.sha256(repr(webhooks(7, "demo", 9)).encode()).hexdigest()
    there = subprocess.run(  # noqa: S603
        [sys.executable, "-c", script], capture_output=True, text=True, check=True, cwd=tmp_path
    )

    assert here == there.stdout.strip()
    assert [] == list(tmp_path.iterdir())


@pytest.mark.parametrize("other", [(8, "demo", 9), (7, "demo2", 9)])
def test_other_question_has_another_answer(other: tuple[int, str, int]) -> None:
    """Seed and id both matter."""
    assert webhooks(7, "demo", 9) != webhooks(*other)


def test_more_items_leave_the_first_as_they_are() -> None:
    """A larger body starts as a smaller one does."""
    few, many = (webhooks(7, "demo", size) for size in (3, 9))

    assert few == many[:3]


def test_client_gets_generated_data() -> None:
    """`dynamic=true` answers with it, the same each time."""
    client = Client()
    answers = [client.webhooks("x", ("Prefer", "dynamic=true, seed=3, size=4")) for _ in range(2)]

    assert 4 == len(cast("list[Json]", answers[0].json))
    assert answers[0].body == answers[1].body
