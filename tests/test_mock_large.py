"""Large answers are made beside the event loop, which serves others meanwhile."""

from __future__ import annotations

import asyncio
import json
import threading
from pathlib import Path
from typing import Any

import pytest
from changed_contract import LIST, written
from mock_client import AUTHORIZATION, Client, folder, path_of

from find_webhook_kit.mock_server.answers import choose, negotiation, size
from find_webhook_kit.mock_server.answers.response import Reply
from find_webhook_kit.mock_server.app import handler
from find_webhook_kit.mock_server.app.stack import create_app
from find_webhook_kit.mock_server.settings import Settings
from find_webhook_kit.spec import Json

ITEM: dict[str, Json] = {
    "name": "shop",
    "url": "https://shop.example",
    "webhookId": "w",
    "createdAt": "2024-01-01T00:00:00Z",
    "updatedAt": "2024-01-01T00:00:00Z",
}
LARGE = json.dumps([{**ITEM, "webhookId": f"w-{number}"} for number in range(40)])
LONG = json.dumps([{**ITEM, "name": "x" * 4000}])
GZIP = ("Accept-Encoding", "gzip")
LIE = ("Prefer", "lie=null-member")


@pytest.fixture
def few(monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a few kilobytes be large."""
    monkeypatch.setattr(size, "LARGE", 3000)


@pytest.fixture
def client(few: None, tmp_path: Path) -> Client:  # noqa: ARG001 - before it
    """Return a client of a mock with large fixtures and a small one."""
    steps = '{"sequence": ["small", "large"]}'
    files = {"large_json": LARGE, "long_json": LONG, "small_json": "[]", "steps_json": steps}
    return Client(Settings(fixtures=folder(tmp_path, **files)))


@pytest.fixture
def threads(monkeypatch: pytest.MonkeyPatch) -> dict[str, set[int]]:
    """Collect in which threads answers are chosen, and validated, which comes last."""
    found: dict[str, set[int]] = {"answer": set(), "validated": set()}

    def answer(*given: object) -> Reply:
        found["answer"].add(threading.get_ident())
        return choose.answer(*given)  # type: ignore[arg-type]  # as it was called

    def validated(reply: Reply, *, if_match: str, if_none_match: str) -> Reply:
        found["validated"].add(threading.get_ident())
        return before(reply, if_match=if_match, if_none_match=if_none_match)

    before = negotiation.validated
    monkeypatch.setattr(handler, "answer", answer)
    monkeypatch.setattr(negotiation, "validated", validated)
    return found


@pytest.mark.parametrize(
    ("instance", "headers"),
    [
        pytest.param("large", (), id="many items"),
        pytest.param("large", (GZIP,), id="with gzip"),
        pytest.param("large", (LIE,), id="with a lie"),
        pytest.param("large", (("Prefer", "delay=1"),), id="with a delay"),
        pytest.param("large", (("If-None-Match", '"other"'),), id="another ETag"),
        pytest.param("long", (), id="a long string"),
    ],
)
def test_large_answer_is_made_in_a_thread(
    client: Client,
    threads: dict[str, set[int]],
    instance: str,
    headers: tuple[tuple[str, str], ...],
) -> None:
    """Encoding, the ETag and gzip of a large answer are not the event loop's work."""
    assert 200 == client.webhooks(instance, *headers).status
    assert threads["answer"]
    assert threading.get_ident() not in threads["answer"] | threads["validated"]


def test_small_answer_needs_no_thread(client: Client, threads: dict[str, set[int]]) -> None:
    """A thread costs more than a small answer, so that the event loop makes it."""
    assert 200 == client.webhooks("small").status
    assert {threading.get_ident()} == threads["answer"]


def test_step_of_a_sequence_counts(client: Client, threads: dict[str, set[int]]) -> None:
    """A sequence goes to a thread for the step that is large, and not for the other one."""
    client.webhooks("steps")

    assert {threading.get_ident()} == threads["answer"]
    threads["answer"].clear()
    assert 200 == client.webhooks("steps").status
    assert threading.get_ident() not in threads["answer"]


@pytest.mark.usefixtures("few")
def test_large_example_is_answered_in_a_thread(
    tmp_path: Path, threads: dict[str, set[int]]
) -> None:
    """So is the answer of an operation whose document has a large example."""

    def with_it(document: Any, _: object) -> None:
        answer = document["paths"][LIST]["get"]["responses"]["200"]["content"]["application/json"]
        answer["examples"] = {"large": {"value": json.loads(LARGE)}}

    client = Client(app=create_app(Settings(), written(tmp_path, with_it)))

    assert 200 == client.webhooks("demo", ("Prefer", "example=large")).status
    assert threading.get_ident() not in threads["answer"]


def test_event_loop_turns_while_a_large_answer_is_made(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An answer that is large waits for a hundred turns of the event loop, and they come."""
    turned = threading.Event()

    def patient(*given: object) -> Reply:
        assert turned.wait(20)
        return choose.answer(*given)  # type: ignore[arg-type]  # as it was called

    monkeypatch.setattr(handler, "answer", patient)

    async def turn() -> None:
        for _ in range(100):
            await asyncio.sleep(0)
        turned.set()

    async def both() -> int:
        asked = client._ask("GET", path_of("large").encode(), [AUTHORIZATION])  # noqa: SLF001
        answer, _ = await asyncio.gather(asked, turn())
        return answer.status

    assert 200 == asyncio.run(both())


MANY: list[Json] = [dict(ITEM) for _ in range(3000)]
SHAPES: dict[str, Json] = {
    "a list": MANY,
    "a list in an object": {"data": MANY, "next": None},
    "lists in a list": [MANY[:1500], [], MANY[1500:]],
    "an object of many": {f"key {number}": ITEM for number in range(3000)},
    "strings": ['é\n"\\\u2028\x7f' * 9] * 5000,
    "numbers": list(range(100_000)),
    "small ones, then larger ones": [1] * 50_000 + [MANY[:5]] * 1000,
    "empty ones": [[], {}, "", None, True] * 20_000,
    "deep": json.loads('{"a":[' * 20 + json.dumps(MANY) + "]}" * 20),
}


@pytest.mark.parametrize("value", SHAPES.values(), ids=SHAPES)
def test_large_value_is_written_as_it_would_be_at_once(value: Json) -> None:
    """What is written piece by piece has the bytes of what is written in one call."""
    assert size.is_large(value)

    expected = json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()
    assert expected == size.encoded(value)


@pytest.mark.parametrize("value", SHAPES.values(), ids=SHAPES)
def test_no_call_of_the_encoder_writes_much(value: Json, monkeypatch: pytest.MonkeyPatch) -> None:
    """All threads wait for such a call, so that each is short."""
    lengths: list[int] = []

    class Encoder(json.JSONEncoder):
        """Remembers how much it wrote at once."""

        def encode(self, o: object) -> str:
            text = super().encode(o)
            lengths.append(len(text))
            return text

    monkeypatch.setattr(size, "_COMPACT", Encoder())
    monkeypatch.setattr(size, "DEPTH", 50)
    size.encoded(value)

    assert max(lengths) <= 4 * size.PIECE


def test_size_is_counted_no_further_than_needed() -> None:
    """A value that shows itself to be large is not looked at to its end."""

    class Endless(dict[str, Json]):
        """An object whose members cannot be counted."""

        def values(self) -> object:  # type: ignore[override]  # it is not to be called
            raise AssertionError

    assert size.is_large([Endless(), "x" * size.LARGE])
    assert not size.is_large(["x" * (size.LARGE // 2)])
