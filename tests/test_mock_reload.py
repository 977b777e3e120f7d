"""A saved fixture is served, a broken one is not."""

import errno
import json
import logging
import os
import threading
import time
from pathlib import Path
from typing import Any

import pytest
from http_client import ask
from mock_client import AUTHORIZATION, Client, folder, path_of

from find_webhook_kit.mock_server.answers import fixture_folder, fixture_store
from find_webhook_kit.mock_server.answers.fixture_file import read_fixture
from find_webhook_kit.mock_server.answers.fixtures import Fixture
from find_webhook_kit.mock_server.app.stack import create_app
from find_webhook_kit.mock_server.http.server import serving
from find_webhook_kit.mock_server.settings import Settings
from find_webhook_kit.spec import PATH, load

GOOD = "webhooks: []"
BROKEN = "webhooks: [x]"


@pytest.fixture(autouse=True)
def _look_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(fixture_store, "INTERVAL", 0)


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
    issue = f"{tmp_path}/mine.yaml, line 1: item 1 /webhooks/0 must be object, not 'x'"

    assert (200, [], "stale") == (answer.status, answer.json, answer.headers["Mock-Fixtures"])
    assert issue in caplog.text
    assert [issue] == json.loads(client.ask("/__mock/states").body)["flaws"]


def test_mock_recovers_from_a_broken_save(client: Client, tmp_path: Path) -> None:
    """The next good save is served as if nothing had been."""
    folder(tmp_path, mine_yaml=BROKEN)
    client.webhooks("mine")
    folder(tmp_path, mine_yaml="answer: unauthorized")
    answer = client.webhooks("mine")

    assert 401 == answer.status
    assert "Mock-Fixtures" not in answer.headers


def test_broken_save_holds_back_no_other(client: Client, tmp_path: Path) -> None:
    """Each file is as it was last good, and what is wrong with one is told all the time."""
    folder(tmp_path, mine_yaml=BROKEN)
    client.webhooks("mine")
    folder(tmp_path, other_yaml="answer: unauthorized")
    answer = client.webhooks("other")
    issues = json.loads(client.ask("/__mock/states").body)["flaws"]

    assert (401, "stale") == (answer.status, answer.headers["Mock-Fixtures"])
    assert 200 == client.webhooks("mine").status
    assert [f"{tmp_path}/mine.yaml, line 1: item 1 /webhooks/0 must be object, not 'x'"] == issues


def test_broken_new_file_is_no_instance(client: Client, tmp_path: Path) -> None:
    """What was never good cannot be served."""
    folder(tmp_path, new_yaml=BROKEN)
    answer = client.webhooks("new")

    assert ("unknown", "stale") == (
        answer.headers["Mock-Instance"],
        answer.headers["Mock-Fixtures"],
    )


def test_deleted_broken_file_is_forgotten(client: Client, tmp_path: Path) -> None:
    """Its last good state goes with it, and so does what was wrong."""
    folder(tmp_path, mine_yaml=BROKEN)
    client.webhooks("mine")
    (tmp_path / "mine.yaml").unlink()
    answer = client.webhooks("mine")

    assert "unknown" == answer.headers["Mock-Instance"]
    assert "Mock-Fixtures" not in answer.headers


def test_second_file_of_an_instance_changes_nothing(client: Client, tmp_path: Path) -> None:
    """Who had the id keeps it, wherever the other one stands in the alphabet."""
    folder(tmp_path, another_yaml="instance: mine\nanswer: unauthorized")
    answer = client.webhooks("mine")
    issues = json.loads(client.ask("/__mock/states").body)["flaws"]

    assert (200, "stale") == (answer.status, answer.headers["Mock-Fixtures"])
    assert [f"{tmp_path}/another.yaml: mine.yaml already is the instance 'mine'"] == issues


@pytest.mark.parametrize("change", ["deleted", "a sequence"])
def test_sequence_keeps_what_it_shows(client: Client, tmp_path: Path, change: str) -> None:
    """A step that is gone is told, and the sequence walks on as it did."""
    folder(tmp_path, walk_yaml="sequence: [mine, unauthorized]")
    client.webhooks("walk")
    if change == "deleted":
        (tmp_path / "mine.yaml").unlink()
    else:
        folder(tmp_path, mine_yaml="sequence: [demo]")
    client.ask("/__mock/reset", method="POST")
    answers = [client.webhooks("walk") for _ in range(2)]
    issues = json.loads(client.ask("/__mock/states").body)["flaws"]

    assert [200, 401] == [answer.status for answer in answers]
    assert "stale" == answers[0].headers["Mock-Fixtures"]
    assert 1 == len(issues)
    assert "walk.yaml, line 1: item 1 /sequence/0 must be an instance that is" in issues[0]


def test_only_saved_files_are_read(
    client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Among a thousand fixtures, a save costs one of them."""
    monkeypatch.setattr(fixture_folder, "TICK", 0)
    folder(tmp_path, other_yaml=GOOD)
    client.webhooks("mine")
    read: list[str] = []

    def reading(path: Path, *rest: Any) -> Fixture:
        read.append(path.name)
        return read_fixture(path, *rest)

    monkeypatch.setattr(fixture_store, "read_fixture", reading)
    for _ in range(3):
        client.webhooks("mine")
    folder(tmp_path, mine_yaml="answer: unauthorized")
    for _ in range(3):
        client.webhooks("mine")

    assert ["mine.yaml"] == read


def test_save_of_the_same_size_and_time_is_seen(
    client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A program may set the time of a file back, but not that of its change."""
    monkeypatch.setattr(fixture_folder, "TICK", 0)
    path = tmp_path / "mine.yaml"
    before = path.stat()
    client.webhooks("mine")
    while path.stat().st_ctime_ns == before.st_ctime_ns:  # the disk's clock is coarse
        path.write_text("[{a: 1}]    ")
        os.utime(path, ns=(before.st_atime_ns, before.st_mtime_ns))

    assert (before.st_size, before.st_mtime_ns) == (path.stat().st_size, path.stat().st_mtime_ns)
    assert "stale" == client.webhooks("mine").headers["Mock-Fixtures"]


def test_folder_that_comes_back_is_read(client: Client, tmp_path: Path) -> None:
    """While the folder is away everything stays, and is told as stale."""
    gone = tmp_path.with_name(f"{tmp_path.name}-gone")
    tmp_path.rename(gone)
    away = client.webhooks("mine")
    gone.rename(tmp_path)
    back = client.webhooks("mine")

    assert (200, "stale") == (away.status, away.headers["Mock-Fixtures"])
    assert "Mock-Fixtures" not in back.headers


def test_requests_to_a_server_wait_for_no_file(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A fixture that takes long to read is served when it is read, and nobody waits for it."""
    monkeypatch.setattr(fixture_store, "INTERVAL", 0.02)
    begun, end = threading.Event(), threading.Event()
    files = folder(tmp_path, mine_yaml=GOOD)

    def reading(path: Path, *rest: Any) -> Fixture:
        begun.set()
        assert end.wait(30)
        return read_fixture(path, *rest)

    def status() -> int:
        return ask(mock.url + path_of("mine"), AUTHORIZATION).status

    with serving(Settings(port=0, fixtures=files)) as mock:
        monkeypatch.setattr(fixture_store, "read_fixture", reading)
        folder(tmp_path, mine_yaml="answer: unauthorized")
        assert begun.wait(30)
        meanwhile = [status() for _ in range(3)]
        end.set()
        while status() != 401:  # is a matter of a moment, or the test never ends
            time.sleep(0.01)

    assert [200] * 3 == meanwhile


def test_changed_contract_needs_a_restart(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """The mock goes on with the contract that it was started with, and says so."""
    copy = tmp_path / "openapi.yaml"
    copy.write_bytes(PATH.read_bytes())
    client = Client(app=create_app(Settings(), load(copy)))
    copy.write_text("another one")
    with caplog.at_level(logging.WARNING):
        client.webhooks("demo")

    assert "restart the mock" in caplog.text
    assert json.loads(client.ask("/__mock/health").body)["contract_changed"]


def test_file_that_could_not_be_opened_is_read_later(
    client: Client, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A process out of file descriptors finds nothing wrong with a file: it is read once it can be.

    Until then the answer is the old one, and says that it is stale.
    """
    monkeypatch.setattr(fixture_folder, "TICK", 0)
    folder(tmp_path, mine_yaml="answer: unauthorized")
    opened = os.open

    def none_left(path: Any, *rest: Any) -> int:
        if str(path).endswith("mine.yaml"):
            raise OSError(errno.EMFILE, os.strerror(errno.EMFILE))
        return opened(path, *rest)

    with monkeypatch.context() as patch:
        patch.setattr(os, "open", none_left)
        before = client.webhooks("mine")
    after = client.webhooks("mine")

    assert (200, "stale") == (before.status, before.headers["Mock-Fixtures"])
    assert 401 == after.status
    assert "Mock-Fixtures" not in after.headers
