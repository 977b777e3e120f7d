"""A report says what is new since the last one, and the history tells of all nights."""

from __future__ import annotations

import json
import os
from dataclasses import replace
from datetime import UTC, datetime
from functools import cache
from pathlib import Path
from typing import Any

import pytest
from liars.bend import drop, items
from liars.honest import CHALLENGE, KNOWN_IDS, TOKEN, UNKNOWN_ID, refusal, said, speak
from liars.server import Request, Speaker, Speech
from network import Network
from rich.console import Console
from verdicts import (
    MASK,
    VERDICT,
    as_value,
)

from find_webhook_kit.contracts.__main__ import main
from find_webhook_kit.contracts.config.options import Depth, Options
from find_webhook_kit.contracts.exit_code import Exit
from find_webhook_kit.contracts.judge import judge
from find_webhook_kit.contracts.reports import Mask, publish, report
from find_webhook_kit.contracts.reports.history import previous
from find_webhook_kit.contracts.verdict import Verdict
from find_webhook_kit.contracts.wire.target import target

QUICK = Options(max_examples=0, repetitions=5, unsafe_methods=True, depth=Depth.QUICK)
SAFE = replace(QUICK, unsafe_methods=False)
ASKED = target("http://127.0.0.1:81", token=TOKEN, instance_ids=KNOWN_IDS, unknown_id=UNKNOWN_ID)
NOBODY = ["--token", "t", "--instance-id", "a", "--profile", "quick"]


@pytest.fixture(autouse=True)
def nothing_around(monkeypatch: pytest.MonkeyPatch) -> None:
    """A pipeline around has no say in these tests."""
    for name in ("CONTRACT_TOKEN", "GITHUB_ACTIONS", "GITHUB_STEP_SUMMARY"):
        monkeypatch.delenv(name, raising=False)


@cache
def night(speaker: Speaker) -> Verdict:
    return judge(ASKED, SAFE, world=Network(speaker).world)


def nights(
    folder: Path, *speakers: Speaker, dated: bool = False, environment: str = ""
) -> list[dict[str, Any]]:
    """Judge these servers night for night, at one address; return the reports."""
    found = []
    for day, speaker in enumerate(speakers, 20):
        started = datetime(2026, 11, day, 4, tzinfo=UTC)
        verdict = replace(night(speaker), started=started, environment=environment)
        place = folder / (f"2026-11-{day}" if dated else "reports")
        publish(
            verdict,
            Mask(TOKEN),
            console=Console(highlight=False, width=200),
            folder=place,
            environment=dict(os.environ),
        )
        found.append(json.loads((place / "report.json").read_text()))
    return found


NO_URL, NO_NAME = items(drop("url")), items(drop("name"))


def silent(request: Request) -> Speech:
    return said(request, refusal(401, CHALLENGE))


@pytest.mark.parametrize("dated", [False, True])
def test_report_says_what_is_new_since_the_last_one(tmp_path: Path, dated: bool) -> None:  # noqa: FBT001
    """The one that stood in the folder before, or in the newest folder beside it."""
    first, second, third, fourth = nights(tmp_path, speak, NO_URL, NO_URL, NO_NAME, dated=dated)

    assert first["history"] is None
    assert second["history"]["summary"].startswith(
        "1 new finding since 2026-11-20 (1 error), 0 gone"
    )
    assert third["history"]["summary"].startswith(
        "no new findings since 2026-11-21, 0 gone, 1 still"
    )
    assert "2026-11-21T04:00:00Z" == third["findings"][0]["since"]
    assert (1, 0) == (fourth["history"]["new"], fourth["history"]["still"])
    assert ["[].url is required and absent"] == [it["message"] for it in fourth["history"]["gone"]]


def test_summary_and_screen_have_the_line(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """A person sees it first."""
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "summary.md"))
    nights(tmp_path, speak, NO_URL)

    assert "1 new finding since 2026-11-20" in capsys.readouterr().out
    assert "1 new finding since 2026-11-20" in (tmp_path / "summary.md").read_text()
    assert "1 new finding since 2026-11-20" in (tmp_path / "reports/report.html").read_text()
    assert "1 new finding since 2026-11-20" in (tmp_path / "reports/junit.xml").read_text()


def test_night_that_proved_nothing_closes_and_opens_nothing(tmp_path: Path) -> None:
    """An expired token is no repair, and the night after it brings no new findings."""
    _, expired, after = nights(tmp_path, NO_URL, silent, NO_URL)

    assert (0, []) == (expired["history"]["new"], expired["history"]["gone"])
    assert ["[].url is required and absent"] == [
        it["message"] for it in expired["history"]["unseen"]
    ]
    assert (0, 1) == (after["history"]["new"], after["history"]["still"])
    assert "2026-11-20T04:00:00Z" == after["findings"][0]["since"]


def test_reports_of_other_targets_are_not_compared(tmp_path: Path) -> None:
    """Nor those of another environment."""
    for name, url in (("staging", 1), ("production", 1), ("", 1), ("", 2)):
        flags = ["--environment", name] if name else []
        main([f"http://127.0.0.1:{url}", *NOBODY, "--report-dir", str(tmp_path), *flags])

        assert json.loads((tmp_path / "report.json").read_text())["history"] is None


def test_folders_without_a_date_are_not_compared(tmp_path: Path) -> None:
    """What stands beside a folder may be about anything."""
    for name in ("one", "other"):
        assert nights(tmp_path / name, speak)[0]["history"] is None


@pytest.mark.parametrize(
    "content",
    ["", "[]", "{", "null", '{"verdict": 1}', "[" * 100_000, "9" * 5_000, '{"stopped": "\\ud800"}'],
)
def test_broken_report_of_before_does_not_matter(tmp_path: Path, content: str) -> None:
    """It is overwritten, as any other."""
    (tmp_path / "report.json").write_text(content)

    assert 4 == main(["http://127.0.0.1:1", *NOBODY, "--report-dir", str(tmp_path)])
    assert json.loads((tmp_path / "report.json").read_text())["history"] is None


def test_report_of_before_gives_no_orders(tmp_path: Path) -> None:
    """Whoever has written it: half of a pair, escapes, a text that is no time."""
    (first,) = nights(tmp_path, NO_URL, environment="staging")
    path = tmp_path / "reports" / "report.json"
    first["findings"][0]["message"] = "\ud800 \x1b[31m ##[x"
    path.write_text(json.dumps(first))
    (second,) = nights(tmp_path, speak, environment="staging")
    first["findings"][0]["since"] = "\x1b[31m"
    path.write_text(json.dumps(first))
    (third,) = nights(tmp_path, speak, environment="staging")

    assert ["\\ud800 \\u001b[31m #\\u0023[x"] == [
        item["message"] for item in second["history"]["gone"] + second["history"]["unseen"]
    ]
    assert third["history"] is None


@pytest.mark.parametrize("folder", ["reports", "2026-11-20"])
def test_what_is_no_file_is_no_report_of_before(tmp_path: Path, folder: str) -> None:
    """A pipe is not waited for, and a folder that went away is none."""
    place = tmp_path / folder
    place.mkdir()
    os.mkfifo(place / "report.json")
    now = report(VERDICT, MASK).snapshot

    assert previous(place, now) is None
    assert previous(tmp_path / "gone" / folder, now) is None


def test_history_tells_of_all_nights(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Each with its verdict and its changes, then what is new, gone and still there."""
    nights(tmp_path, speak, NO_URL, silent, NO_NAME, dated=True)
    capsys.readouterr()
    code = main(["history", str(tmp_path)])
    lines = capsys.readouterr().out.splitlines()

    assert 0 == code
    assert lines[0].startswith("http://127.0.0.1:")
    assert [f"2026-11-{day}T04:00:00Z" for day in (20, 21, 22, 23)] == [
        line.split()[0] for line in lines[1:5]
    ]
    assert "1 new finding since 2026-11-20 (1 error), 0 gone, 0 still there" in lines[2]
    assert "0 gone" in lines[3]
    assert "1 new finding since 2026-11-22 (1 error), 1 gone, 0 still there" in lines[4]
    assert [
        "  new     error: [].name is required and absent [body.200.name], since 2026-11-23",
        "  gone    error: [].url is required and absent [body.200.url], since 2026-11-21",
    ] == lines[5:]


@pytest.mark.parametrize(
    ("content", "words"),
    [("{", "is not JSON"), ("{}", "is no report of contract-test"), (None, "holds no report.json")],
)
def test_history_of_what_is_no_report_is_wrong_usage(
    tmp_path: Path, content: str | None, words: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """The sentence names the file."""
    if content is not None:
        (tmp_path / "report.json").write_text(content)

    assert 2 == main(["history", str(tmp_path)])
    assert words in capsys.readouterr().err
    assert 2 == main(["history", str(tmp_path / "nowhere")])


def test_history_gives_no_orders_to_a_terminal(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whoever wrote the report."""
    value = as_value(replace(VERDICT, stopped=""))
    value["findings"][0]["message"] = "\x1b[31m\n::error::x"
    for number in range(2):
        folder = tmp_path / str(number)
        folder.mkdir()
        value["started"] = f"2026-11-2{number}T00:00:00Z"
        (folder / "report.json").write_text(json.dumps(value))
    main(["history", str(tmp_path)])
    out = capsys.readouterr().out

    assert "\\u001b[31m\\u000a::error::x" in out
    assert Exit.CONFORMS is Exit(0)
