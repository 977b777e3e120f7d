"""Where the mock goes by a clock: when it looks at the disk, and what the journal says."""

from __future__ import annotations

import time
from datetime import UTC, datetime
from pathlib import Path
from types import SimpleNamespace

import pytest
from mock_client import Client, folder
from starlette.types import Receive, Scope, Send

from find_webhook_kit.mock_server.answers import fixture_store
from find_webhook_kit.mock_server.app import recorder
from find_webhook_kit.mock_server.app.stack import plain_app
from find_webhook_kit.mock_server.settings import Settings
from find_webhook_kit.mock_server.state import State
from find_webhook_kit.spec import contract


class Clock:
    """A clock that stands still until it is set."""

    def __init__(self) -> None:
        self.now = 1000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """Let the fixture store go by a clock of ours; threads of other mocks need the rest of it."""
    made = Clock()
    monkeypatch.setattr(fixture_store, "time", SimpleNamespace(**{**vars(time), "monotonic": made}))
    return made


def test_look_at_the_disk_counts_for_a_moment(
    tmp_path: Path, clock: Clock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Within an interval of the last look there is no other one, and then there is one."""
    store = fixture_store.FixtureStore(tmp_path, contract())
    looks: list[float] = []
    monkeypatch.setattr(store, "_look", lambda: looks.append(clock.now))
    for moment in (1000.1, 1000.19, 1000.2, 1000.3, 1000.39, 1000.41, 1000.5, 1000.62):
        clock.now = moment
        store.look()

    assert [1000.2, 1000.41, 1000.62] == looks


def test_save_is_served_after_the_interval(tmp_path: Path, clock: Clock) -> None:
    """Not before, since no request is to look at the disk each time."""
    client = Client(Settings(fixtures=folder(tmp_path, mine_yaml="webhooks: []")))
    folder(tmp_path, mine_yaml="answer: unauthorized")
    before = client.webhooks("mine").status
    clock.now += fixture_store.INTERVAL

    assert (200, 401) == (before, client.webhooks("mine").status)


def test_journal_tells_when_a_request_came_and_how_long_it_took(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """In the time of the world, and in milliseconds; what the cache answers takes none."""
    world, ticks = Clock(), Clock()
    world.now = 1_700_000_000.0
    monkeypatch.setattr(recorder, "time", world)
    monkeypatch.setattr(recorder, "perf_counter", ticks)
    state = State(Settings())
    plain = plain_app(state)

    async def slow(scope: Scope, receive: Receive, send: Send) -> None:
        await plain(scope, receive, send)
        world.now += 60
        ticks.now += 0.25

    client = Client(app=recorder.Recorder(slow, state))
    for _ in range(3):
        client.webhooks("demo")

    assert [datetime(2023, 11, 14, 22, minute, 20, tzinfo=UTC) for minute in (13, 14, 15)] == [
        one.time for one in state.journal
    ]
    assert [250.0, 250.0, 0.0] == [one.milliseconds for one in state.journal]
