"""What each report says of the run: when, how long, by what, where, and why it ended so."""

from __future__ import annotations

import json
import re
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from ours import VERSIONS
from rich.console import Console
from verdicts import (
    DIAGNOSED,
    EXCHANGES,
    MASK,
    UNREACHABLE,
    VERDICT,
    as_value,
)

from find_webhook_kit.contracts.__main__ import main
from find_webhook_kit.contracts.reports import report, show
from find_webhook_kit.contracts.reports.annotations import commands
from find_webhook_kit.contracts.reports.facts import UNKNOWN, Versions, latency
from find_webhook_kit.contracts.reports.json_report import as_json
from find_webhook_kit.contracts.reports.junit import as_junit
from find_webhook_kit.contracts.reports.page import as_html
from find_webhook_kit.contracts.reports.sarif import as_sarif
from find_webhook_kit.contracts.reports.summary import as_markdown
from find_webhook_kit.contracts.verdict import Verdict
from find_webhook_kit.contracts.wire.exchange import Answer, Exchange
from find_webhook_kit.spec import PATH, load


def sarif(verdict: Verdict) -> dict[str, Any]:
    value: dict[str, Any] = json.loads(as_sarif(report(verdict, MASK)))["runs"][0]
    return value


def test_report_says_when_and_by_what() -> None:
    """Two reports can be told apart, and it is known whether they can be compared."""
    value = as_value()

    assert "2026-11-27T04:17:02Z" == value["started"]
    assert asdict(VERSIONS) == value["versions"]
    assert {"min": 0.25, "median": 0.25, "p95": 0.25} == value["latency"]


@pytest.mark.parametrize("render", [as_html, as_markdown, as_junit, as_sarif, as_json])
def test_every_report_says_when_and_by_what(render: Any) -> None:
    """No file needs another one to be understood."""
    text = str(render(report(replace(VERDICT, environment="staging"), MASK)))
    plain = re.sub(r"&#(\d+);", lambda match: chr(int(match[1])), text)

    for fact in ("2026-11-27T04:17:02", VERSIONS.digest, VERSIONS.python, "staging"):
        assert fact in plain, fact
    assert VERSIONS.kit in plain


def test_times_are_those_of_utc() -> None:
    """Whatever the clock on the wall says."""
    east = datetime(2026, 11, 27, 1, 0, tzinfo=UTC) + timedelta()
    moved = replace(VERDICT, started=east.astimezone())

    assert "2026-11-27T01:00:00Z" == report(moved, MASK).started


def test_digest_hangs_on_no_line_ending(tmp_path: Path) -> None:
    """A clone on Windows judges by the same contract."""
    content = PATH.read_bytes()
    other = tmp_path / "openapi.yaml"
    other.write_bytes(content.replace(b"\n", b"\r\n"))
    changed = tmp_path / "changed.yaml"
    changed.write_bytes(content.replace(b"Name of the Webhook", b"Name of a Webhook"))

    assert load(PATH).digest == load(other).digest
    assert load(PATH).digest != load(changed).digest or content == changed.read_bytes()


def test_version_is_a_semantic_one() -> None:
    """SARIF asks for one, also of a copy that nobody installed."""
    pattern = r"\d+\.\d+\.\d+(-[0-9A-Za-z.-]+)?(\+[0-9A-Za-z.-]+)?"

    assert re.fullmatch(pattern, VERSIONS.kit)
    assert re.fullmatch(pattern, UNKNOWN)


def test_version_is_that_of_the_distribution() -> None:
    """The name under which it is asked for is the project's."""
    project = Path(__file__).parents[1].joinpath("pyproject.toml").read_text(encoding="utf-8")
    name = re.search(r'^name = "(.+)"', project, re.MULTILINE)

    assert name
    assert VERSIONS == Versions(
        __import__("importlib.metadata").metadata.version(name[1]),
        VERSIONS.contract,
        VERSIONS.digest,
        VERSIONS.python,
    )


def timed(*seconds: float) -> list[Exchange]:
    return [replace(EXCHANGES[0], answer=Answer(200, (), b"", time)) for time in seconds]


def test_latency_is_told_as_minimum_median_and_p95() -> None:
    """The slowest one in twenty says more than the slowest."""
    found = latency(timed(*(number / 100 for number in range(100, 0, -1))))

    assert found
    assert (0.01, 0.505, 0.95) == (found.minimum, found.median, found.p95)


def test_latency_counts_answers_that_ended() -> None:
    """A request that was lost, or cut by our own patience, has none."""
    late = replace(EXCHANGES[0], answer=Answer(200, (), b"", 5.0, late=True))
    found = latency([*timed(0.2), late, EXCHANGES[1]])

    assert found
    assert 0.2 == found.p95
    assert latency([late, EXCHANGES[1]]) is None


def test_environment_stands_where_reports_are_kept_apart() -> None:
    """Staging and production never share a category, a suite or a heading."""
    verdict = replace(VERDICT, environment="staging")
    suite = ET.fromstring(as_junit(report(verdict, MASK)))[0]  # noqa: S314 - our own bytes

    assert "contract-test/staging/" == sarif(verdict)["automationDetails"]["id"]
    assert "contract-test/" == sarif(VERDICT)["automationDetails"]["id"]
    assert {"contract.staging"} == {case.get("classname") for case in suite.iter("testcase")}
    assert "staging" == as_value(verdict)["environment"]
    assert "staging at " in as_markdown(report(verdict, MASK)).replace("&#45;", "-")


@pytest.mark.parametrize("name", ["", "a/b", "a b", "-x", "x" * 65, "a\n", "\u0430"])
def test_environment_is_a_plain_name(name: str, capsys: pytest.CaptureFixture[str]) -> None:
    """It becomes a part of paths and categories."""
    with pytest.raises(SystemExit) as ended:
        main([f"--environment={name}"])

    assert 2 == ended.value.code
    assert "argument --environment" in capsys.readouterr().err


# The diagnosis


def test_diagnosis_stands_in_front(capsys: pytest.CaptureFixture[str]) -> None:
    """It is the first line of the screen, and in every report."""
    show(report(DIAGNOSED, MASK), Console(highlight=False))
    first = capsys.readouterr().out.splitlines()[0]
    notices = sarif(DIAGNOSED)["invocations"][0]["toolExecutionNotifications"]

    assert DIAGNOSED.diagnosis == first
    assert DIAGNOSED.diagnosis == as_value(DIAGNOSED)["diagnosis"]
    assert DIAGNOSED.diagnosis == notices[0]["message"]["text"]
    assert DIAGNOSED.diagnosis in as_junit(report(DIAGNOSED, MASK)).decode()
    assert DIAGNOSED.diagnosis in as_html(report(DIAGNOSED, MASK))
    assert DIAGNOSED.diagnosis in as_markdown(report(DIAGNOSED, MASK))
    assert DIAGNOSED.diagnosis in "\n".join(commands(report(DIAGNOSED, MASK)))


def test_diagnosis_is_told_once_where_it_is_why_the_run_ended() -> None:
    """One cause, one line."""
    cause = "everything redirects"
    both = replace(UNREACHABLE, unreachable=cause, diagnosis=cause)
    notices = sarif(both)["invocations"][0]["toolExecutionNotifications"]

    assert 1 == [item["message"]["text"] for item in notices].count(cause)
    assert 1 == sum(cause in line for line in commands(report(both, MASK)))
