"""A fixture says what requests for its instance prefer, and a saved sequence begins again."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

import pytest
from mock_client import Client

from find_webhook_kit.mock_server.answers.fixture_store import FixtureStore
from find_webhook_kit.mock_server.answers.fixtures import FixtureError
from find_webhook_kit.mock_server.settings import Settings
from find_webhook_kit.mock_server.state import State
from find_webhook_kit.spec import contract

HOOK = """
webhooks:
  - name: crm
    url: https://hooks.example.com/one
    webhookId: wh-1
    createdAt: "2024-04-14T09:30:00Z"
    updatedAt: "2024-04-14T09:30:00Z"
"""


@pytest.fixture(autouse=True)
def _looks_each_time(monkeypatch: pytest.MonkeyPatch) -> None:
    """A look at the disk is never too old."""
    monkeypatch.setattr("find_webhook_kit.mock_server.answers.fixture_store.INTERVAL", 0)


def client_of(folder: Path, files: dict[str, str]) -> Client:
    """Serve files."""
    for name, text in files.items():
        (folder / name).write_text(text, encoding="utf-8")
    return Client(Settings(fixtures=folder))


@pytest.mark.parametrize(
    ("text", "status", "applied"),
    [
        ('prefer: "lie=server-error"', 500, "lie=server-error"),
        ('prefer: "lie=server-error, delay=0"', 500, "delay=0, lie=server-error"),
        ("prefer: code=401", 401, "code=401"),
        ("prefer: example=none", 200, "example=none"),
        ('prefer: "dynamic=true, size=2"', 200, "dynamic=true, size=2"),
        ("prefer: delay=0\nanswer: unauthorized", 401, "delay=0"),
        ("prefer: lie=forbidden\nanswer: unauthorized", 403, "lie=forbidden"),
        ("prefer: lie=null-member" + HOOK, 200, "lie=null-member"),
        ("prefer: delay=0\nsequence: [demo]", 200, "delay=0"),
    ],
)
def test_file_says_what_is_preferred(tmp_path: Path, text: str, status: int, applied: str) -> None:
    """Any preference may stand in a file, alone or beside what the instance has."""
    answer = client_of(tmp_path, {"mine.yaml": text}).webhooks("mine")

    assert (status, applied) == (answer.status, answer.headers["Preference-Applied"])


def test_preference_beside_webhooks_leaves_them(tmp_path: Path) -> None:
    """What is late is what the file lists."""
    answer = client_of(tmp_path, {"mine.yaml": "prefer: delay=1" + HOOK}).webhooks("mine")

    assert b'"name":"crm"' in answer.body


def test_preference_alone_answers_with_the_example(tmp_path: Path) -> None:
    """A file without data of its own shows the first example of a success, owned by its id."""
    answer = client_of(tmp_path, {"mine.yaml": "prefer: delay=1"}).webhooks("mine")

    assert b'"instanceInstanceId":"mine"' in answer.body


def test_client_wins_over_the_file(tmp_path: Path) -> None:
    """What a request prefers counts more than what a file does."""
    client = client_of(tmp_path, {"mine.yaml": "prefer: lie=server-error"})

    assert 401 == client.webhooks("mine", ("Prefer", "code=401")).status


def test_switch_wins_over_the_file(tmp_path: Path) -> None:
    """The live switch is for all instances, and counts more than one file."""
    (tmp_path / "mine.yaml").write_text("prefer: lie=server-error", encoding="utf-8")
    client = Client(Settings(fixtures=tmp_path, prefer="lie=unavailable"))

    assert 503 == client.webhooks("mine").status


def test_other_instances_are_as_they_were(tmp_path: Path) -> None:
    """A preference in a file is for its instance alone."""
    client = client_of(tmp_path, {"mine.yaml": "prefer: lie=server-error"})

    assert [500, 200, 200] == [client.webhooks(name).status for name in ("mine", "demo", "nobody")]


@pytest.mark.parametrize("more", ["", "\nprefer: delay=0"])
def test_step_of_a_sequence_brings_its_preferences(tmp_path: Path, more: str) -> None:
    """A sequence shows its steps with all that they say, one after the other."""
    files = {
        "down.yaml": "prefer: lie=server-error",
        "none.yaml": "prefer: example=none",
        "mine.yaml": f"sequence: [down, none, demo, down]{more}",
    }
    client = client_of(tmp_path, files)

    answers = [client.webhooks("mine") for _ in range(5)]

    assert [500, 200, 200, 500, 500] == [answer.status for answer in answers]
    assert [b"[]", False] == [answers[1].body, answers[2].body == b"[]"]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("prefer: lie=nothing", "There is no lie 'nothing'"),
        ("prefer: code=599", "There is no code '599'"),
        ("prefer: delay=fast", "The preference delay takes"),
        ("prefer: wait=5", "There is no preference 'wait'"),
        ('prefer: "lie=dropped, code=401"', "a lie bends"),
        ("prefer: {lie: dropped}", "must be a text"),
        ("prefer: [lie=dropped]", "must be a text"),
        ("prefer: 7", "must be a text"),
        ("prefer:", "must be a text"),
    ],
)
def test_bad_preference_is_told_with_its_line(tmp_path: Path, text: str, reason: str) -> None:
    """The mock does not start, and names file, line, key and what is wrong."""
    with pytest.raises(FixtureError) as caught:
        client_of(tmp_path, {"mine.yaml": f"description: x\n{text}"})

    assert str(caught.value).startswith(f"{tmp_path / 'mine.yaml'}, line 2: /prefer ")
    assert reason in str(caught.value)


@pytest.mark.parametrize(
    ("instance", "statuses"),
    [
        ("server-error", [500, 500]),
        ("rate-limited", [429, 429]),
        ("flaky", [503, 200, 503, 200]),
    ],
)
def test_commonest_states_have_an_id(instance: str, statuses: list[int]) -> None:
    """What every screen must survive is one id away."""
    client = Client()

    assert statuses == [client.webhooks(instance).status for _ in statuses]


def test_the_network_has_an_id_too() -> None:
    """One instance drops the connection, and one takes its time."""
    by_id = State(Settings()).fixture_store.by_id

    assert "lie=dropped" == by_id["offline"].prefer.text
    assert "delay=3000" == by_id["slow"].prefer.text


def test_saved_sequence_begins_anew(tmp_path: Path) -> None:
    """Whatever was asked before, a sequence that is saved shows its first step."""
    client = client_of(tmp_path, {"mine.yaml": "sequence: [empty, unauthorized]"})
    before = [client.webhooks("mine").status for _ in range(3)]
    (tmp_path / "mine.yaml").write_text("sequence: [bad-request, demo, empty]", encoding="utf-8")
    after = [client.webhooks("mine").status for _ in range(3)]

    assert ([200, 401, 401], [400, 200, 200]) == (before, after)


def test_sequence_saved_as_it_was_begins_anew(tmp_path: Path) -> None:
    """To save a file counts, whether something in it changed or not."""
    client = client_of(tmp_path, {"mine.yaml": "sequence: [bad-request, demo]"})
    before = [client.webhooks("mine").status for _ in range(2)]
    os.utime(tmp_path / "mine.yaml", (1, 1))

    assert [400, 200, 400] == [*before, client.webhooks("mine").status]


def test_sequence_for_an_id_that_was_asked_for_begins_at_its_first_step(tmp_path: Path) -> None:
    """Visits to an instance that no file had do not count for the file."""
    client = client_of(tmp_path, {"other.yaml": "answer: unauthorized"})
    assert [200] * 5 == [client.webhooks("mine").status for _ in range(5)]
    (tmp_path / "mine.yaml").write_text("sequence: [bad-request, demo]", encoding="utf-8")

    assert [400, 200] == [client.webhooks("mine").status for _ in range(2)]


def test_another_saved_file_moves_no_sequence(tmp_path: Path) -> None:
    """A sequence goes on where it was when some other file is saved."""
    client = client_of(tmp_path, {"mine.yaml": "sequence: [bad-request, unauthorized, demo]"})
    first = client.webhooks("mine").status
    (tmp_path / "other.yaml").write_text("answer: unauthorized", encoding="utf-8")

    assert [400, 401] == [first, client.webhooks("mine").status]


def test_file_that_is_not_saved_is_the_same(tmp_path: Path) -> None:
    """Looking at the disk once more changes nothing."""
    client_of(tmp_path, {"mine.yaml": "sequence: [bad-request, demo]"})

    def catalogues() -> Iterator[object]:
        store = FixtureStore(tmp_path, contract())
        for _ in range(3):
            yield store.by_id
            store.look()

    first, *others = catalogues()

    assert all(first is other for other in others)
