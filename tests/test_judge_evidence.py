"""Reports keep what a year of nightly runs needs: what came, when, how long, and since when."""

from __future__ import annotations

import json
import os
import re
from collections import Counter
from dataclasses import asdict, replace
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import jsonschema_rs
import pytest
from liars.bend import drop, items
from liars.honest import CHALLENGE, KNOWN_IDS, TOKEN, UNKNOWN_ID, refusal, said, speak
from liars.server import Request, Speaker, Speech, serving
from network import Network
from ours import VERSIONS
from rich.console import Console
from verdicts import (
    CONFORMS,
    EXCHANGES,
    FINDING,
    MASK,
    NOT_PROVEN,
    UNREACHABLE,
    VERDICT,
    everywhere,
    exchanged,
    told,
)

from find_webhook_kit.contracts.__main__ import main
from find_webhook_kit.contracts.config.options import Options
from find_webhook_kit.contracts.exit_code import Exit
from find_webhook_kit.contracts.finding import Evidence
from find_webhook_kit.contracts.judge import judge
from find_webhook_kit.contracts.reports import Mask, publish, report, show
from find_webhook_kit.contracts.reports.annotations import commands
from find_webhook_kit.contracts.reports.evidence import masked
from find_webhook_kit.contracts.reports.facts import UNKNOWN, Versions, latency
from find_webhook_kit.contracts.reports.har import BODIES, BODY, as_har
from find_webhook_kit.contracts.reports.history import previous
from find_webhook_kit.contracts.reports.json_report import as_json
from find_webhook_kit.contracts.reports.junit import as_junit
from find_webhook_kit.contracts.reports.page import as_html
from find_webhook_kit.contracts.reports.sarif import as_sarif
from find_webhook_kit.contracts.reports.summary import as_markdown
from find_webhook_kit.contracts.verdict import Verdict
from find_webhook_kit.contracts.wire.exchange import Answer, Exchange
from find_webhook_kit.contracts.wire.target import target
from find_webhook_kit.spec import PATH, load

QUICK = Options(max_examples=0, repetitions=5, unsafe_methods=True)
SAFE = replace(QUICK, unsafe_methods=False)
ASKED = target("http://127.0.0.1:81", token=TOKEN, instance_ids=KNOWN_IDS, unknown_id=UNKNOWN_ID)
IDS = [flag for known in KNOWN_IDS for flag in ("--instance-id", known)]


@pytest.fixture(autouse=True)
def nothing_around(monkeypatch: pytest.MonkeyPatch) -> None:
    """A pipeline around has no say in these tests."""
    for name in ("CONTRACT_TOKEN", "GITHUB_ACTIONS", "GITHUB_STEP_SUMMARY"):
        monkeypatch.delenv(name, raising=False)


def as_value(verdict: Verdict = VERDICT) -> dict[str, Any]:
    value: dict[str, Any] = json.loads(as_json(report(verdict, MASK)))
    return value


def sarif(verdict: Verdict) -> dict[str, Any]:
    value: dict[str, Any] = json.loads(as_sarif(report(verdict, MASK)))["runs"][0]
    return value


# What came


def test_finding_shows_what_came() -> None:
    """Status, headers and body, with the value of a header that may be a secret hidden."""
    came = as_value()["findings"][0]["came"]

    assert {
        "status": 200,
        "headers": ["content-type: application/json", "x-key: ***"],
        "location": "",
        "body": '[{"url":1}]',
        "bytes": 11,
    } == came


def test_redirect_says_where_it_leads() -> None:
    """Whoever reads the line knows what to use in its place; secrets of the query are hidden."""
    location = "https://api.example.com/v3/x?lang=en&session=abcdef1234567"
    came = Evidence(301, (("location", location),), "", 0)
    found = told(replace(FINDING, got="301", came=came))
    shown = "https://api.example.com/v3/x?lang=en&session=***"

    assert shown == json.loads(as_json(found))["findings"][0]["came"]["location"]
    assert f"came 301, to {shown}" in "".join(commands(found))


@pytest.mark.parametrize("length", [199, 200, 5_000])
def test_body_is_cut_to_its_start(length: int) -> None:
    """Two hundred characters tell a page from JSON."""
    came = masked(replace(FINDING, came=Evidence(200, (), "x" * length, length)), MASK).came

    assert came is not None
    assert (min(length, 200), length) == (len(came.body), came.size)


def test_evidence_of_many_findings_stays_small() -> None:
    """The heaviest findings keep theirs; no finding goes for it."""
    came = Evidence(200, tuple((f"server{n}", "x" * 300) for n in range(60)), "y" * 500, 500)
    found = told(*(replace(FINDING, message=str(n), came=came) for n in range(900)))
    value = json.loads(as_json(found))

    assert (900, 0) == (len(value["findings"]), value["omitted"])
    assert value["findings"][0]["came"]
    assert value["findings"][-1]["came"] is None
    assert len(as_json(found)) < 2_500_000


def test_every_instance_is_named() -> None:
    """In each report that holds findings."""
    verdict = judged_without_url()
    found = report(verdict, Mask(TOKEN))

    assert {"crm", "shop", "bare"} <= set(json.loads(as_json(found))["findings"][0]["instances"])
    for text in (as_junit(found).decode(), as_html(found), as_sarif(found)):
        assert {"crm", "shop", "bare"} <= set(re.findall(r"\w+", text))


@cache
def judged_without_url() -> Verdict:
    return judge(ASKED, QUICK, world=Network(items(drop("url"))).world)


# When, how long, by what


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


# The environment


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


DIAGNOSED = replace(NOT_PROVEN, stopped="", diagnosis="the token was refused from request 1 on")


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


# SARIF


@pytest.mark.parametrize(
    ("verdict", "successful"),
    [
        (CONFORMS, True),
        (VERDICT, True),
        (NOT_PROVEN, False),
        (replace(NOT_PROVEN, stopped=""), False),
        (UNREACHABLE, False),
        (replace(VERDICT, stopped="out of time"), False),
    ],
)
def test_only_a_whole_verdict_is_a_successful_execution(verdict: Verdict, successful: bool) -> None:  # noqa: FBT001
    """A night with an expired token closes no alert."""
    assert successful == sarif(verdict)["invocations"][0]["executionSuccessful"]


def test_rules_help() -> None:
    """What a viewer shows beside an alert: where the promise stands, and what to do."""
    driver = sarif(VERDICT)["tool"]["driver"]

    assert (VERSIONS.kit, VERSIONS.kit) == (driver["version"], driver["semanticVersion"])
    for rule in driver["rules"]:
        assert rule["help"]["text"].endswith(".")
        assert rule["help"]["markdown"]
        assert rule["id"] in rule["help"]["text"]
        assert re.fullmatch(r"[A-Z]\w+", rule["name"])
    assert "https://www.rfc-editor.org/rfc/rfc9110#section-5.3" in {
        rule.get("helpUri") for rule in driver["rules"]
    }


# The exchanges


def har(verdict: Verdict = VERDICT, mask: Mask = MASK) -> dict[str, Any]:
    log: dict[str, Any] = json.loads(as_har(verdict, mask))["log"]
    return log


def test_archive_holds_every_exchange() -> None:
    """Method, address, headers, answer and time, as a browser's panel reads them."""
    first, second = har()["entries"]

    assert "2026-11-27T04:17:02.500Z" == first["startedDateTime"]
    assert 250 == first["time"]
    assert (200, "OK", '[{"name": "crm"}]', 17) == (
        first["response"]["status"],
        first["response"]["statusText"],
        first["response"]["content"]["text"],
        first["response"]["content"]["size"],
    )
    assert (0, "the connection broke; the connection broke") == (
        second["response"]["status"],
        second["response"]["_error"],
    )


def test_archive_shows_no_credentials() -> None:
    """The token is its variable, in headers and in the address."""
    request = har()["entries"][0]["request"]

    assert {"name": "Authorization", "value": "Bearer $CONTRACT_TOKEN"} in request["headers"]
    assert request["url"].endswith("?access_token=$CONTRACT_TOKEN")
    assert [{"name": "access_token", "value": "$CONTRACT_TOKEN"}] == request["queryString"]


def test_archive_hides_headers_that_may_be_secrets() -> None:
    """Only those that are known to be harmless are shown."""
    headers = (("set-cookie", "sid=1"), ("x-api-key", "k"), ("server", "nginx"))
    exchange = replace(EXCHANGES[0], answer=Answer(200, headers, b"[]", 0.1))
    shown = har(replace(VERDICT, exchanges=(exchange,)))["entries"][0]["response"]["headers"]

    assert ["***", "***", "nginx"] == [item["value"] for item in shown]


def test_archive_cuts_webhook_urls_in_bodies() -> None:
    """And leaves the body a body, with its own line breaks."""
    body = b'[\n {"url": "https://hooks.example.com/secret"}\n]'
    exchange = replace(EXCHANGES[0], answer=Answer(200, (), body, 0.1))
    verdict = replace(VERDICT, exchanges=(exchange,))
    hidden, shown = (
        har(verdict, Mask(TOKEN, show_values=show))["entries"][0]["response"]["content"]["text"]
        for show in (False, True)
    )

    assert '[\n {"url": "https://hooks.example.com/\u2026"}\n]' == hidden
    assert body.decode() == shown


def test_archive_stays_small() -> None:
    """Long bodies are cut, and behind a limit they are left out; each says so."""
    answers = [Answer(200, (), b"%d" % number + b"x" * 100_000, 0.1) for number in range(150)]
    exchanges = tuple(replace(EXCHANGES[0], answer=item) for item in answers)
    contents = [
        it["response"]["content"] for it in har(replace(VERDICT, exchanges=exchanges))["entries"]
    ]

    assert {100_001, 100_002, 100_003} == {item["size"] for item in contents}
    assert BODY == len(contents[0]["text"])
    assert f"cut behind {BODY} characters" == contents[0]["comment"]
    assert "text" not in contents[-1]
    assert BODIES >= sum(len(json.dumps(item.get("text", ""))) for item in contents)


def test_archive_of_letters_that_cost_much_stays_small() -> None:
    """An emoji takes twelve bytes of an archive."""
    body = "\N{WAVING HAND SIGN}".encode() * 100_000
    exchanges = (replace(EXCHANGES[0], answer=Answer(200, (), body, 0.1)),) * 300
    text = as_har(replace(VERDICT, exchanges=exchanges), MASK)

    assert len(text) < BODIES + 1_000_000


def test_archive_of_odd_answers_is_an_archive() -> None:
    """Bytes that are no text, heads that could not be read, statuses that nobody knows."""
    odd = (
        Answer(0, (), b"\xff\xfe\x00", 0.1),
        Answer(999, (("content-type", "\xff"),), b"\xd8\x00", 0.1),
        Answer(302, (("location", "//[::1"),), b"", 0.1),
    )
    exchanges = (exchanged("\ud800 \x1b[31m"), *(replace(EXCHANGES[0], answer=it) for it in odd))
    log = har(replace(VERDICT, exchanges=exchanges))

    assert [] == [error.message for error in HAR.iter_errors({"log": log})]


@pytest.mark.parametrize("verdict", [VERDICT, CONFORMS, UNREACHABLE, DIAGNOSED])
def test_archive_keeps_the_format(verdict: Verdict) -> None:
    """HAR 1.2, as its specification lists what must be there."""
    assert [] == [error.message for error in HAR.iter_errors({"log": har(verdict)})]


def _object(**properties: object) -> dict[str, object]:
    return {"type": "object", "required": list(properties), "properties": properties}


TEXT = {"type": "string"}
NUMBER = {"type": "number"}
PAIRS = {"type": "array", "items": _object(name=TEXT, value=TEXT)}
HAR = jsonschema_rs.Draft202012Validator(
    _object(
        log=_object(
            version={"const": "1.2"},
            creator=_object(name=TEXT, version=TEXT),
            entries={
                "type": "array",
                "items": _object(
                    startedDateTime={"type": "string", "format": "date-time"},
                    time={"type": "number", "minimum": 0},
                    request=_object(
                        method=TEXT,
                        url={"type": "string", "format": "uri-reference"},
                        httpVersion=TEXT,
                        cookies=PAIRS,
                        headers=PAIRS,
                        queryString=PAIRS,
                        headersSize=NUMBER,
                        bodySize=NUMBER,
                    ),
                    response=_object(
                        status={"type": "integer"},
                        statusText=TEXT,
                        httpVersion=TEXT,
                        cookies=PAIRS,
                        headers=PAIRS,
                        content=_object(size={"type": "integer"}, mimeType=TEXT),
                        redirectURL=TEXT,
                        headersSize=NUMBER,
                        bodySize=NUMBER,
                    ),
                    cache={"type": "object"},
                    timings=_object(send=NUMBER, wait=NUMBER, receive=NUMBER),
                ),
            },
        )
    ),
    validate_formats=True,
)
"""What the specification of HAR 1.2 asks for."""


def test_archive_of_a_run_holds_what_was_sent(tmp_path: Path) -> None:
    """As many as there were requests, and no token among them."""
    heard: list[Request] = []

    def speaker(request: Request) -> Speech:
        heard.append(request)
        return speak(request)

    path = tmp_path / "new" / "run.har"
    folder = tmp_path / "reports"
    with serving(speaker) as url:
        main([url, *IDS, "--token", TOKEN, "--max-examples", "0", "--har", str(path),
              "--report-dir", str(folder)])  # fmt: skip
    entries = json.loads(path.read_text())["log"]["entries"]

    assert len(heard) == len(entries)
    assert Counter(item.method for item in heard) == Counter(
        entry["request"]["method"] for entry in entries
    )
    assert TOKEN[:8] not in path.read_text()
    assert path.read_bytes() == (folder / "exchanges.har").read_bytes()


@pytest.mark.parametrize("place", [".", "file/run.har"])
def test_archive_that_cannot_be_written_is_wrong_usage(
    tmp_path: Path, place: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """It is said before a request is sent, with the flag and the path."""
    (tmp_path / "file").touch()

    assert 2 == main(["--har", str(tmp_path / place)])
    assert "--har" in capsys.readouterr().err


# Since the last report


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
        main([f"http://127.0.0.1:{url}", "--token", "t", "--instance-id", "a",
              "--report-dir", str(tmp_path), *flags])  # fmt: skip

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

    assert 4 == main(
        ["http://127.0.0.1:1", "--token", "t", "--instance-id", "a", "--report-dir", str(tmp_path)]
    )
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


def test_hostile_words_stay_words_in_every_new_place() -> None:
    """A report of such a finding is the same JSON, and its page has no markup of it."""
    hostile = "<img src=x onerror=y>\x1b]8;;http://x\x07"
    found = told(everywhere(hostile))

    assert "<img" not in as_html(found)
    assert "\x1b" not in as_json(found)
