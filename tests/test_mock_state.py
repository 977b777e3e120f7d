"""`/__mock/state` shows what clients have written, and nothing else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from writable_mock import NEW, WritableMock

from find_webhook_kit.mock_server.settings import Settings


def shown(mock: WritableMock) -> Any:
    return mock.ask("GET", "/__mock/state").json()


def test_state_is_empty_where_nobody_wrote() -> None:
    """Fixtures are states that are shown elsewhere."""
    mock = WritableMock(Settings(writes=True, clock="fixed", seed=7))

    assert {
        "writes": True,
        "writable": [],
        "clock": "fixed",
        "seed": 7,
        "made": 0,
        "instances": [],
    } == shown(mock)


def test_state_has_each_list_as_it_is_answered() -> None:
    """The owner of an item is whose list it stands in; a deleted one is gone."""
    mock = WritableMock()
    demo = mock.of("demo")
    demo.ask("DELETE", "/wh-crm")
    made = mock.made()
    twins = mock.of("twins")
    twins.ask("DELETE", f"/{twins.ask('GET').json()[0]['webhookId']}")
    told = shown(mock)

    assert ["demo", "nobody", "twins"] == [it["id"] for it in told["instances"]]
    assert [[], [made]] == [it["items"] for it in told["instances"][:2]]
    assert twins.ask("GET").json() == told["instances"][2]["items"]
    assert 1 == told["made"]


def test_state_names_those_that_take_writes_where_not_all_do(tmp_path: Path) -> None:
    """The built-in one, and fixtures that say so."""
    (tmp_path / "mine.yaml").write_text("writable: true\nwebhooks: []\n", encoding="utf-8")

    assert {"scratch", "mine"} == set(shown(WritableMock(Settings(fixtures=tmp_path)))["writable"])


def test_state_gives_no_secret_of_a_url_away() -> None:
    """It is shown to whoever may see the page, without a token."""
    mock = WritableMock()
    mock.made(url="https://me:s3cr3t@hooks.example.com/?sig=s3cr3t")

    assert "s3cr3t" not in mock.ask("GET", "/__mock/state").text


def test_reset_empties_the_state() -> None:
    """And the count of what was made, so that the next ids are the first ones again."""
    mock = WritableMock()
    first = mock.made()
    mock.ask("POST", "/__mock/reset")

    assert ([], 0) == (shown(mock)["instances"], shown(mock)["made"])
    assert first == mock.made()


def test_fixed_times_hang_on_one_instance_alone() -> None:
    """What others write in between moves nothing: times are a function of instance and count."""
    alone, among = WritableMock(), WritableMock()
    alone.made()
    among.of("other").made()
    among.made()
    among.of("other").made()

    assert alone.made() == among.made()


def test_list_that_was_written_says_so() -> None:
    """Its source is no file any more."""
    mock = WritableMock()
    mock.ask("POST", "", NEW)

    assert "written; items=1" == mock.ask("GET").headers["Mock-Source"]
