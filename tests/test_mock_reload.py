"""A saved fixture is served, a broken one is not."""

import json
import logging
from pathlib import Path

import pytest
from mock_client import Client, folder

from mock_server import library
from mock_server.settings import Settings

GOOD = "webhooks: []"
BROKEN = "webhooks: [x]"


@pytest.fixture(autouse=True)
def _look_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(library, "INTERVAL", 0)


@pytest.fixture
def client(tmp_path: Path) -> Client:
    """Give a mock with a fixture of its own."""
    return Client(Settings(fixtures=folder(tmp_path, mine_yaml=GOOD)))


def test_saved_fixture_is_served(client: Client, tmp_path: Path) -> None:
    """The next request sees what was saved."""
    folder(tmp_path, mine_yaml="answer: unauthorized")

    assert 401 == client.webhooks("mine").status


def test_new_and_deleted_fixtures_are_noticed(client: Client, tmp_path: Path) -> None:
    """A file more is an instance more, a file less one less."""
    folder(tmp_path, other_yaml=GOOD)
    (tmp_path / "mine.yaml").unlink()

    assert "Mock-Instance" not in client.webhooks("other").headers
    assert "unknown" == client.webhooks("mine").headers["Mock-Instance"]


def test_broken_save_keeps_the_last_good_fixtures(
    client: Client, tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    """The answer stays, and says that it is stale, as do the terminal and the page."""
    folder(tmp_path, mine_yaml=BROKEN)
    with caplog.at_level(logging.WARNING):
        answer = client.webhooks("mine")
    flaw = f"{tmp_path}/mine.yaml, line 1: item 1 /webhooks/0 must be object, not 'x'"

    assert (200, [], "stale") == (answer.status, answer.json, answer.headers["Mock-Fixtures"])
    assert flaw in caplog.text
    assert [flaw] == json.loads(client.ask("/__mock/states").body)["flaws"]


def test_mock_recovers_from_a_broken_save(client: Client, tmp_path: Path) -> None:
    """The next good save is served as if nothing had been."""
    folder(tmp_path, mine_yaml=BROKEN)
    client.webhooks("mine")
    folder(tmp_path, mine_yaml="answer: unauthorized")
    answer = client.webhooks("mine")

    assert 401 == answer.status
    assert "Mock-Fixtures" not in answer.headers


def test_changed_contract_needs_a_restart(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """The mock goes on with the contract that it was started with, and says so."""
    copy = tmp_path / "openapi.yaml"
    copy.write_text("before")
    monkeypatch.setattr(library, "PATH", copy)
    client = Client()
    copy.write_text("after, and longer")
    with caplog.at_level(logging.WARNING):
        client.webhooks("demo")

    assert "restart the mock" in caplog.text
    assert json.loads(client.ask("/__mock/health").body)["contract_changed"]
