"""Fixtures are files that a person writes, so what is wrong with them is said where it stands."""

import json
import unicodedata
from pathlib import Path
from typing import Any, Literal, cast
from urllib.parse import quote

import pytest
from mock_client import Client, folder
from support.sampling import diagonal

from find_webhook_kit.mock_server.answers.endpoint import endpoints
from find_webhook_kit.mock_server.answers.fixture_file import KEYS, MAX_ISSUES
from find_webhook_kit.mock_server.answers.fixture_store import FixtureStore
from find_webhook_kit.mock_server.answers.fixtures import FixtureError, Listed
from find_webhook_kit.mock_server.settings import Settings
from find_webhook_kit.spec import Json, contract, yaml_document
from find_webhook_kit.spec.draft4 import translated
from find_webhook_kit.spec.violations import Validator

ENDPOINT = endpoints(contract())["findWebhook"]
ITEM = (
    '{name: a, url: b, webhookId: "c{n}", createdAt: 2024-01-01T00:00:00Z, '
    "updatedAt: 2024-01-01T00:00:00Z}"
)
LOST = "must be an instance that is no sequence"
TOO_EARLY = "must be not before createdAt, 2024-01-01T00:00:00Z, not '2023-01-01T00:00:00Z'"


def issues(files: Path) -> list[str]:
    """Load a folder that cannot be served, and return what is said about it, without the path."""
    with pytest.raises(FixtureError) as caught:
        FixtureStore(files, contract())
    return [
        str(one).replace(f"{files}/", "").replace(str(files), "DIR") for one in caught.value.issues
    ]


def loaded(files: Path, instance: str) -> list[dict[str, Json]]:
    """Load a folder and return the webhooks of an instance."""
    state = FixtureStore(files, contract()).by_id[instance].state
    assert isinstance(state, Listed)
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
                f"bad.yaml, line 2: /name is not known; a fixture has {', '.join(KEYS)}, webhooks",
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
    """A bad fixture is refused with file, line, item, pointer and reason, a line for each issue."""
    assert said == issues(folder(tmp_path, bad_yaml=text))


def test_flaws_of_all_files_are_told(tmp_path: Path) -> None:
    """One bad file does not hide another."""
    files = folder(tmp_path, one_yaml="a: 1", two_yaml="b: 1", good_yaml="webhooks: []")

    assert ["one.yaml", "two.yaml"] == [issue.partition(",")[0] for issue in issues(files)]


def test_two_files_cannot_be_one_instance(tmp_path: Path) -> None:
    """Which of two files wins is not left to the alphabet."""
    files = folder(tmp_path, one_yaml="[]", two_yaml="instance: one\nwebhooks: []")

    assert ["two.yaml: one.yaml already is the instance 'one'"] == issues(files)


@pytest.mark.parametrize("files", [{}, {"notes_md": "# hi"}], ids=["empty", "others"])
def test_folder_without_fixtures_is_told(
    tmp_path: Path, caplog: pytest.LogCaptureFixture, files: dict[str, str]
) -> None:
    """A folder may be filled later; one that was given by mistake is told."""
    fixture_store = FixtureStore(folder(tmp_path, **files), contract())
    said = f"{tmp_path}: holds no fixture (.yaml, .yml, .json) yet"

    assert (said,) == fixture_store.notes
    assert said in caplog.text
    assert "demo" in fixture_store.by_id


def test_fixtures_in_a_subfolder_are_told(tmp_path: Path, caplog: pytest.LogCaptureFixture) -> None:
    """What lies deeper is not read, which nobody has to find out."""
    folder(tmp_path, mine_yaml="[]")
    for name in ("shops", "empty", ".git"):
        (tmp_path / name).mkdir()
    folder(tmp_path / "shops", deep_YAML="[]")
    folder(tmp_path / ".git", deep_yaml="[]")
    fixture_store = FixtureStore(tmp_path, contract())
    there_is = ", ".join(sorted(contract().operations))
    said = (
        f"{tmp_path}/shops: is not read, nor what it holds: "
        f"move the files up, or name it after an operation: {there_is}"
    )

    assert (said,) == fixture_store.notes
    assert said in caplog.text
    assert "deep" not in fixture_store.by_id


@pytest.mark.parametrize("name", ["up.YAML", "up.YML", "up.Yml", "up.JSON", "up.Json"])
def test_ending_may_be_in_upper_case(tmp_path: Path, name: str) -> None:
    """Some systems write the endings of files so."""
    (tmp_path / name).write_text("[]")

    assert [] == loaded(tmp_path, "up")


@pytest.mark.parametrize("written", ["NFC", "NFD"])
@pytest.mark.parametrize("asked", ["NFC", "NFD"])
def test_accent_in_a_file_name_has_two_spellings(
    tmp_path: Path, written: Literal["NFC", "NFD"], asked: Literal["NFC", "NFD"]
) -> None:
    """Disks spell `é` as one character or as two, and clients as they like."""
    (tmp_path / f"{unicodedata.normalize(written, 'café')}.yaml").write_text("[]")
    client = Client(Settings(fixtures=tmp_path))
    name = unicodedata.normalize(asked, "café")
    answer = client.webhooks(quote(name))
    listed = [item["id"] for item in json.loads(client.ask("/__mock/states").body)["instances"]]

    assert "Mock-Instance" not in answer.headers
    assert 1 == listed.count(unicodedata.normalize("NFC", "café"))
    assert 0 == listed.count(unicodedata.normalize("NFD", "café"))


def test_id_in_a_file_is_meant_as_it_is_written(tmp_path: Path) -> None:
    """An `instance:` names one id, to the byte."""
    name = unicodedata.normalize("NFD", "café")
    files = folder(tmp_path, mine_yaml=f"instance: {name}\nwebhooks: []")

    assert name in FixtureStore(files, contract()).by_id
    assert "café" not in FixtureStore(files, contract()).by_id


def test_two_spellings_of_a_name_are_one_instance(tmp_path: Path) -> None:
    """Two files that look alike are told, rather than one of them served."""
    for form in ("NFC", "NFD"):
        (tmp_path / f"{unicodedata.normalize(form, 'café')}.yaml").write_text("[]")
    (issue,) = issues(tmp_path)

    assert issue.endswith("already is the instance 'café'")


GIANTS = {
    "no members": "[" + "{}," * 30_000 + "{}]",
    "no members in a mapping": "webhooks: [" + "{}," * 30_000 + "{}]",
    "a name alone": "- {name: 1}\n" * 5_000,
    "unlike": "- x\n" * 25_000,
    "deep": "webhooks: [" + "{WebhookEvents: {a: [1, 2]}}," * 5_000 + "{}]",
}


@pytest.mark.parametrize("text", GIANTS.values(), ids=GIANTS)
def test_giant_fixture_ends_with_its_first_flaws(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, text: str
) -> None:
    """No more items are looked at than the issues that are told need."""
    monkeypatch.setattr(yaml_document, "LONG", yaml_document.LONG // 8)
    monkeypatch.setattr(yaml_document, "BEGINNING", yaml_document.BEGINNING // 8)
    judged: list[int] = []
    (media_type,) = ENDPOINT.operation.responses[200].content.values()
    validator = Validator(translated(media_type.schema, "response"))
    library = validator._library  # noqa: SLF001 - what it hands over is counted

    class Counting:
        def iter_errors(self, items: list[Json]) -> Any:
            judged.append(len(items))
            return library.iter_errors(items)

    monkeypatch.setattr(validator, "_library", Counting())
    monkeypatch.setitem(media_type.schema.__dict__, "_of_responses", validator)
    said = issues(folder(tmp_path, bad_yaml=text))

    assert MAX_ISSUES + 1 == len(said)
    assert "bad.yaml: these are its first 100 issues, there may be more" == said[-1]
    assert sum(judged) < 3000  # the built-in ones are judged, too


def test_start_ends_with_the_first_flaws(tmp_path: Path) -> None:
    """Of thousands of broken files, so many are read as a person can mend."""
    for number in range(300):
        (tmp_path / f"bad-{number:03}.yaml").write_text("a: 1")
    said = issues(tmp_path)

    assert (101, "DIR: may have more issues: mend these first") == (len(said), said[-1])


def test_missing_folder_is_refused(tmp_path: Path) -> None:
    """A folder that is not there is told."""
    missing = tmp_path / "nowhere"

    assert ["DIR: cannot be read as a folder: No such file or directory"] == issues(missing)


def test_file_in_place_of_a_folder_is_refused(tmp_path: Path) -> None:
    """A file is no folder."""
    path = folder(tmp_path, demo_yaml="[]") / "demo.yaml"

    assert ["DIR: cannot be read as a folder: Not a directory"] == issues(path)


@pytest.mark.parametrize("name", [".demo.yaml.swp", ".hidden.yaml", "#demo.yaml", "~demo.yaml"])
def test_files_of_editors_are_left_alone(tmp_path: Path, name: str) -> None:
    """What an editor puts beside a fixture is none."""
    (folder(tmp_path, mine_yaml="[]") / name).write_text("{broken")

    assert [] == loaded(tmp_path, "mine")


def test_recorded_body_is_a_fixture(tmp_path: Path) -> None:
    """A 200 body pasted from another server is served under the id of its file."""
    recorded = contract().operations["findWebhook"].responses[200].content["application/json"]
    body = cast("list[dict[str, Json]]", recorded.examples["one"].value)
    client = Client(Settings(fixtures=folder(tmp_path, mine_json=json.dumps(body))))

    assert [{**body[0], "instanceInstanceId": "mine"}] == client.webhooks("mine").json


@pytest.mark.parametrize(
    ("name", "suffix", "ensure_ascii"),
    diagonal(["huge", "hostile", "dates", "many"], ["json", "yaml"], [True, False]),
)
def test_own_answer_is_a_fixture(
    tmp_path: Path, name: str, suffix: str, *, ensure_ascii: bool
) -> None:
    """What the mock served is served again, to the last control character."""
    served = Client().webhooks(name).json
    text = json.dumps(served, ensure_ascii=ensure_ascii)
    client = Client(Settings(fixtures=folder(tmp_path, **{f"{name}_{suffix}": text})))

    assert served == client.webhooks(name).json


ODD = "\x7f\x80\x85\x9b\xa0\u2028\u2029\ufeff \u2028 \t\\ <<: *a !!str # ~ {n} \U0001f600"


@pytest.mark.parametrize("ensure_ascii", [True, False])
@pytest.mark.parametrize("indent", [None, 2, "\t"])
def test_odd_texts_are_served_as_they_are(
    tmp_path: Path, indent: int | str | None, *, ensure_ascii: bool
) -> None:
    """Values and keys of a JSON file arrive as a JSON parser reads them."""
    item: dict[str, Json] = {
        **{key: f"{ODD}{key}" for key in ("name", "url", "webhookId")},
        "createdAt": "2024-01-01T00:00:00Z",
        "updatedAt": "2024-01-01T00:00:00Z",
        "instanceInstanceId": "odd",
        ODD: [ODD, {"k" * 3000: ODD}],
    }
    text = json.dumps([item], ensure_ascii=ensure_ascii, indent=indent)
    (tmp_path / "odd.json").write_text(f"\ufeff{text}", encoding="utf-8")
    client = Client(Settings(fixtures=tmp_path))

    assert [item] == client.webhooks("odd").json


def test_flaw_gives_no_orders_to_a_terminal(tmp_path: Path) -> None:
    """Keys and names of files may hold anything; an issue is a line of plain text."""
    (tmp_path / "\x1b[31m.json").write_text('{"\\u001b]0;x\\u0007\\n": 1}')
    (issue,) = issues(tmp_path)

    assert issue.isprintable()
    assert "\\x1b]0;x" in issue


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
