"""Fixtures are files that a person writes, so what is wrong with them is said where it stands."""

from pathlib import Path
from typing import cast

import pytest
from mock_client import Client, folder

from mock_server.fixtures import KEYS, FixtureError, Webhooks, load
from mock_server.settings import Settings
from spec import Json, contract

OPERATION = contract().operations["findWebhook"]
ITEM = (
    '{name: a, url: b, webhookId: "c{n}", createdAt: 2024-01-01T00:00:00Z, '
    "updatedAt: 2024-01-01T00:00:00Z}"
)
LOST = "must be an instance that is no sequence"
TOO_EARLY = "must be not before createdAt, 2024-01-01T00:00:00Z, not '2023-01-01T00:00:00Z'"


def flaws(files: Path) -> list[str]:
    """Load a folder that cannot be served, and return what is said about it, without the path."""
    with pytest.raises(FixtureError) as caught:
        load(files, OPERATION)
    return [
        str(flaw).replace(f"{files}/", "").replace(str(files), "DIR") for flaw in caught.value.flaws
    ]


def loaded(files: Path, instance: str) -> list[dict[str, Json]]:
    """Load a folder and return the webhooks of an instance."""
    state = load(files, OPERATION)[instance].state
    assert isinstance(state, Webhooks)
    return list(state.items)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        pytest.param(
            "webhooks:\n- {name: 5}\n",
            [
                "bad.yaml, line 2: item 1 /webhooks/0/url is required and absent",
                "bad.yaml, line 2: item 1 /webhooks/0/webhookId is required and absent",
                "bad.yaml, line 2: item 1 /webhooks/0/createdAt is required and absent",
                "bad.yaml, line 2: item 1 /webhooks/0/updatedAt is required and absent",
                "bad.yaml, line 2: item 1 /webhooks/0/name must be string, not 5",
            ],
            id="members",
        ),
        pytest.param(
            f"- {ITEM}\n- {ITEM.replace('00:00:00Z}', 'late}').replace('{n}', '')}\n",
            ["bad.yaml, line 2: item 2 /1/updatedAt must be a date-time, not '2024-01-01Tlate'"],
            id="bare list",
        ),
        pytest.param(
            f"webhooks:\n- {ITEM}\n- {ITEM}\n",
            ["bad.yaml, line 3: item 2 /webhooks/1/webhookId must be unique, not 'c{n}'"],
            id="one id twice",
        ),
        pytest.param(
            f"webhooks:\n- {ITEM.replace('2024-01-01T00:00:00Z}', '2023-01-01T00:00:00Z}')}\n",
            [
                f"bad.yaml, line 2: item 1 /webhooks/0/updatedAt {TOO_EARLY}",
            ],
            id="updated before created",
        ),
        pytest.param(
            f"webhooks:\n- {ITEM[:-1]}, instanceInstanceId: 7}}\n",
            ["bad.yaml, line 2: item 1 /webhooks/0/instanceInstanceId must be string, not 7"],
            id="owner",
        ),
        pytest.param(
            "webhooks: [x]", ["bad.yaml, line 1: item 1 /webhooks/0 must be object, not 'x'"]
        ),
        pytest.param("webhooks: {}", ["bad.yaml, line 1: /webhooks must be a list of webhooks"]),
        pytest.param("just a text", ["bad.yaml, line 1: must be a list of webhooks or a mapping"]),
        pytest.param("", ["bad.yaml: the file is empty"]),
        pytest.param(
            "a: [", ["bad.yaml, line 2: not readable as YAML: did not find expected node content"]
        ),
        pytest.param(
            "webhooks: []\nname: x\n",
            [
                f"bad.yaml, line 2: /name is not known; a fixture has {', '.join(KEYS)}",
            ],
            id="unknown key",
        ),
        pytest.param(
            "description: x",
            ["bad.yaml, line 1: needs exactly one of webhooks, answer, sequence"],
            id="no state",
        ),
        pytest.param(
            "webhooks: []\nanswer: unauthorized",
            ["bad.yaml, line 1: needs exactly one of webhooks, answer, sequence"],
            id="two states",
        ),
        pytest.param(
            "answer: minimal",
            ["bad.yaml, line 1: /answer must name an error example: badRequest, unauthorized"],
            id="answer of another status",
        ),
        pytest.param(
            "sequence: [demo,\n x]",
            [
                f"bad.yaml, line 2: item 2 /sequence/1 {LOST}, not 'x'",
            ],
            id="lost step",
        ),
        pytest.param("sequence: []", ["bad.yaml, line 1: /sequence must be a list of instances"]),
        pytest.param("sequence: [1]", ["bad.yaml, line 1: item 1 /sequence/0 must be an instance"]),
        pytest.param(
            "instance: 5\nwebhooks: []",
            ["bad.yaml, line 1: /instance must be a text (quote it if it looks like a number)"],
            id="instance",
        ),
        pytest.param(
            "repeat: 0\nwebhooks: []",
            ["bad.yaml, line 1: /repeat must be a number from 1 to 10000"],
            id="repeat nothing",
        ),
        pytest.param(
            "repeat: 2\nanswer: unauthorized",
            ["bad.yaml, line 1: /repeat goes with webhooks alone"],
            id="repeat an answer",
        ),
        pytest.param(
            f"repeat: 3\nwebhooks:\n- {ITEM.replace('{n}', '')}\n",
            ["bad.yaml, line 3: item 1 /webhooks/0/webhookId must be unique, not 'c'"],
            id="repeat one id",
        ),
    ],
)
def test_flaw_is_told_where_it_stands(tmp_path: Path, text: str, said: list[str]) -> None:
    """A bad fixture is refused with file, line, item, pointer and reason, a line for each flaw."""
    assert said == flaws(folder(tmp_path, bad_yaml=text))


def test_flaws_of_all_files_are_told(tmp_path: Path) -> None:
    """One bad file does not hide another."""
    files = folder(tmp_path, one_yaml="a: 1", two_yaml="b: 1", good_yaml="webhooks: []")

    assert ["one.yaml", "two.yaml"] == [flaw.partition(",")[0] for flaw in flaws(files)]


def test_two_files_cannot_be_one_instance(tmp_path: Path) -> None:
    """Which of two files wins is not left to the alphabet."""
    files = folder(tmp_path, one_yaml="[]", two_yaml="instance: one\nwebhooks: []")

    assert ["two.yaml: one.yaml already is the instance 'one'"] == flaws(files)


def test_folder_without_fixtures_is_refused(tmp_path: Path) -> None:
    """A folder given by mistake is told, not served."""
    assert ["DIR: holds no fixture (.yaml, .yml, .json)"] == flaws(
        folder(tmp_path, notes_md="# hi")
    )


def test_missing_folder_is_refused(tmp_path: Path) -> None:
    """A folder that is not there is told."""
    missing = tmp_path / "nowhere"

    assert ["DIR: cannot be read as a folder: No such file or directory"] == flaws(missing)


def test_file_in_place_of_a_folder_is_refused(tmp_path: Path) -> None:
    """A file is no folder."""
    path = folder(tmp_path, demo_yaml="[]") / "demo.yaml"

    assert ["DIR: cannot be read as a folder: Not a directory"] == flaws(path)


@pytest.mark.parametrize("name", [".demo.yaml.swp", ".hidden.yaml", "#demo.yaml", "~demo.yaml"])
def test_files_of_editors_are_left_alone(tmp_path: Path, name: str) -> None:
    """What an editor puts beside a fixture is none."""
    (folder(tmp_path, mine_yaml="[]") / name).write_text("{broken")

    assert [] == loaded(tmp_path, "mine")


def test_recorded_body_is_a_fixture(tmp_path: Path) -> None:
    """A 200 body pasted from another server is served under the id of its file."""
    recorded = contract().operations["findWebhook"].responses[200].content["application/json"]
    body = cast("list[dict[str, Json]]", recorded.examples["one"].value)
    import json  # noqa: PLC0415

    client = Client(Settings(fixtures=folder(tmp_path, mine_json=json.dumps(body))))

    assert [{**body[0], "instanceInstanceId": "mine"}] == client.webhooks("mine").json


def test_members_beyond_the_contract_are_kept(tmp_path: Path) -> None:
    """Objects are open, so a recorded body may hold more than is documented."""
    files = folder(tmp_path, mine_yaml=f"- {ITEM[:-1]}, extra: [1, null]}}")

    assert [1, None] == loaded(files, "mine")[0]["extra"]


def test_timestamps_keep_their_spelling(tmp_path: Path) -> None:
    """A timestamp without quotes is the text that was written."""
    files = folder(tmp_path, mine_yaml=f"- {ITEM.replace('00Z', '00.120+05:30')}")

    assert "2024-01-01T00:00:00.120+05:30" == loaded(files, "mine")[0]["createdAt"]


def test_owner_stands_where_the_contract_lists_it(tmp_path: Path) -> None:
    """A member that the file leaves to the mock comes in the place where readers expect it."""
    files = folder(tmp_path, mine_yaml=f"- {ITEM[:-1]}, extra: 1}}")

    assert ["updatedAt", "instanceInstanceId", "extra"] == list(loaded(files, "mine")[0])[-3:]


def test_repeat_numbers_the_items(tmp_path: Path) -> None:
    """`{n}` is the number of the item, and the items take turns."""
    files = folder(tmp_path, mine_yaml=f"repeat: 3\nwebhooks:\n- {ITEM}\n- {ITEM}\n")

    assert ["c1", "c2", "c3"] == [item["webhookId"] for item in loaded(files, "mine")]


def test_number_is_only_for_repeats(tmp_path: Path) -> None:
    """Without `repeat`, `{n}` is a text like others."""
    files = folder(tmp_path, mine_yaml=f"webhooks:\n- {ITEM}\n")

    assert "c{n}" == loaded(files, "mine")[0]["webhookId"]
