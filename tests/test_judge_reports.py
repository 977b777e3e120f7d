"""Reports say the same to people, pipelines and programs, and stay small."""

from __future__ import annotations

import io
import json
import re
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any
from xml.etree import ElementTree as ET

import jsonschema_rs
import pytest
from liars import KNOWN_IDS, LIARS, TOKEN, UNKNOWN_ID, serving
from ours import CLAUSES, CONTRACT, VERSIONS
from rich.console import Console
from verdicts import (
    CONFORMS,
    FINDING,
    HOSTILE,
    MASK,
    NOT_PROVEN,
    NOTE,
    UNREACHABLE,
    URL_LINE,
    VERDICT,
    WARNING,
    everywhere,
    told,
)

from find_webhook_kit.contracts.config.options import Options
from find_webhook_kit.contracts.finding import Severity
from find_webhook_kit.contracts.judge import judge
from find_webhook_kit.contracts.reports import lines, masked, promise, publish, report, show, write
from find_webhook_kit.contracts.reports.annotations import commands
from find_webhook_kit.contracts.reports.json_report import SCHEMA, as_json
from find_webhook_kit.contracts.reports.junit import as_junit
from find_webhook_kit.contracts.reports.page import as_html
from find_webhook_kit.contracts.reports.report import MAX_FINDINGS, Report
from find_webhook_kit.contracts.reports.sarif import as_sarif
from find_webhook_kit.contracts.reports.summary import as_markdown
from find_webhook_kit.contracts.verdict import Verdict
from find_webhook_kit.contracts.wire.target import target
from find_webhook_kit.spec import PATH, contract, load

REPORTS = {"report.json", "report.schema.json", "junit.xml", "report.sarif", "report.html"}


def screen(found: Report) -> str:
    out = io.StringIO()
    show(found, Console(file=out, highlight=False, width=40))
    return out.getvalue()


# The promise


def test_promise_names_the_line_of_the_contract_and_the_page() -> None:
    """A finding about the document leads to the line that was broken."""
    assert (
        f"spec/openapi.yaml:{URL_LINE} (vendor page 2.1.2)"
        == promise("/components/schemas/Webhook/properties/url", CONTRACT).text
    )


def test_promise_of_a_standard_names_its_section_alone() -> None:
    """An RFC has no line in the contract; a tool that needs one gets the operation's."""
    found = promise("RFC 9110, section 5.3", CONTRACT)

    assert ("RFC 9110, section 5.3", None) == (found.text, found.line)
    assert found.near == contract().line(contract().operations["findWebhook"].source)


@pytest.mark.parametrize("clause", CLAUSES, ids=lambda clause: clause.id)
def test_source_of_a_clause_leads_to_the_line_that_names_it(clause: Any) -> None:
    """A pointer leads to the key that it ends with, and a rule to the member that it is about."""
    found = promise(clause.source, CONTRACT)
    key = clause.source.rpartition("/")[2].replace("~1", "/")
    text = PATH.read_text(encoding="utf-8").splitlines()[found.near - 1]

    if clause.source.startswith("/"):
        assert f"{key}:" == text.strip().partition(" ")[0].replace('"', "")
    elif clause.source.startswith(("vendor page", "an assumption")):
        assert found.line
        assert text.strip().strip('":') in {*re.findall(r"\w+", clause.source), "200"}
    else:
        assert found.line is None


def test_readme_shows_a_line_of_the_contract() -> None:
    """Its example leads to where the promise stands today."""
    readme = Path(__file__).parents[1].joinpath("README.md").read_text(encoding="utf-8")

    assert promise("/components/schemas/Webhook/properties/enabled", CONTRACT).text in readme


# The screen


def test_screen_starts_with_the_verdict_and_its_price() -> None:
    """The first line is the answer, and what repeats the run."""
    assert (
        "does-not-conform (exit 1): 1 error, 1 warning, 1 note; "
        "http://127.0.0.1:9, 42 requests in 1.2 s, seed 7"
    ) == screen(told()).splitlines()[0]


def test_screen_ends_with_our_code_and_its_meaning() -> None:
    """Make turns every failure into its own 2, so the last line names ours."""
    assert (
        "exit 1 (does-not-conform): the target breaks the contract; 1 error, 1 warning, 1 note"
    ) == screen(told()).splitlines()[-1]


def test_finding_says_what_was_promised_what_came_where_and_how_often() -> None:
    """An engineer can act on it without another look-up."""
    head, promised, came, hint, where, curl = lines(
        masked(FINDING, MASK), promise("/components/schemas/Webhook/properties/url", CONTRACT)
    ).splitlines()

    assert "error: [].url is not string\\u0000 (3 of 20) [breaking, body.200.url]" == head
    assert f"  promised  string, spec/openapi.yaml:{URL_LINE} (vendor page 2.1.2)" == promised
    assert '  came      {"url": "https://hooks.example.com/… $CONTRACT_TOKEN"}' == came
    assert "  hint      look again" == hint
    assert "  where     instance 'crm' and 1 other, at /0/url, request 7" == where
    assert f"  {FINDING.curl}" == curl


def test_curl_line_is_never_wrapped() -> None:
    """It runs as printed, however narrow the terminal is."""
    assert f"  {FINDING.curl}" in screen(told()).splitlines()


def test_screen_stays_one_screen() -> None:
    """A hundred findings are counted, the first eight shown."""
    plain = replace(FINDING, hint="")
    text = screen(told(*(replace(plain, message=str(number)) for number in range(100))))

    assert "... and 92 more findings: --report-dir DIR writes them" in text
    assert 64 > len(text.splitlines())


def test_screen_says_where_the_report_is() -> None:
    """Who has written the report is not told to write it, and finds it."""
    many = told(*(replace(FINDING, message=str(number)) for number in range(100)))
    out = io.StringIO()

    show(many, Console(file=out, highlight=False, width=40), page="reports/report.html")

    assert "... and 92 more findings, in the report\n" in out.getvalue()
    assert "report: reports/report.html" == out.getvalue().splitlines()[-2]


def test_credentials_of_the_document_stand_where_the_document_has_them() -> None:
    """An operation that says nothing of credentials has those of the whole document."""
    library = load(Path(__file__).parent / "data" / "contracts" / "library.yaml")

    assert promise("/paths/~1books/get/security", library).text.startswith(
        "contracts/library.yaml:4 ("
    )


def test_contract_without_a_folder_has_its_name_alone() -> None:
    """`--contract api.yaml` is no file of the root."""
    bare = replace(CONTRACT, path=Path("api.yaml"))

    assert "api.yaml:" == promise("/components/schemas/Webhook", bare).text[:9]


def test_each_clause_has_its_turn() -> None:
    """Ten findings of one clause do not push the one of another off the screen."""
    loud = [replace(FINDING, message=str(number)) for number in range(10)]
    quiet = replace(FINDING, clause="http.headers", message="quiet")

    assert ["0", "quiet", "1"] == [item.message for item in told(*loud, quiet, NOTE).findings[:3]]


def test_what_was_not_proven_comes_with_what_would_prove_it() -> None:
    """A missing clause is a request to the user, and says which."""
    text = screen(report(NOT_PROVEN, MASK))

    assert "must be proven: status.200: no known instance was answered with 200: are the" in text
    assert "may stay unproven: body.200.name: give a token and an --instance-id with a" in text
    assert "stopped: out of time" in text


def test_server_gives_no_orders_to_a_pipeline() -> None:
    """No line of the screen starts as a workflow command does, and none holds an old one."""
    text = screen(told(everywhere(HOSTILE)))

    assert not [line for line in text.splitlines() if line.lstrip().startswith("::")]
    assert "##[" not in text


# JSON


@pytest.mark.parametrize("verdict", [VERDICT, CONFORMS, NOT_PROVEN, UNREACHABLE])
def test_json_report_keeps_its_schema(verdict: Verdict) -> None:
    """Every verdict has a report that the published schema allows."""
    assert [] == list(schema().iter_errors(json.loads(as_json(report(verdict, MASK)))))


def test_json_report_of_a_real_run_keeps_its_schema() -> None:
    """It has every clause, and names each operation that nobody asked it to judge."""
    row = next(row for row in LIARS if row.name == "a member is missing now and then")
    with serving(row.speaker) as url:
        judged = target(url, token=TOKEN, instance_ids=KNOWN_IDS, unknown_id=UNKNOWN_ID)
        found = json.loads(as_json(report(judge(judged, Options(max_examples=0)), MASK)))

    assert [] == list(schema().iter_errors(found))
    others = {f"{name}:judged" for name in CONTRACT.operations if name != "findWebhook"}
    ids = [clause["id"] for clause in found["clauses"]]
    assert sorted({clause.id for clause in CLAUSES} | others) == sorted(ids)
    assert {"not-applicable"} == {
        clause["status"] for clause in found["clauses"] if clause["id"] in others
    }
    assert ([], 0) == (found["created"], found["counts"]["warning"])


def test_schema_demands_every_field() -> None:
    """A report without one of its fields, at any depth, is refused, and so is one with more."""
    found = json.loads(as_json(told()))
    objects = (found, found["counts"], found["clauses"][0], found["findings"][0])

    for holder in objects:
        for name in list(holder):
            value = holder.pop(name)
            assert not schema().is_valid(found), name
            holder[name] = value
        holder["another"] = 1
        assert not schema().is_valid(found)
        del holder["another"]
    assert schema().is_valid(found)


def schema() -> Any:
    return jsonschema_rs.Draft202012Validator(json.loads(SCHEMA.read_text(encoding="utf-8")))


def test_json_report_has_the_fields_that_programs_hold_on_to() -> None:
    """Verdict, code, target, seed, requests, clauses and findings."""
    found = json.loads(as_json(told()))

    assert ("does-not-conform", 1, "http://127.0.0.1:9", 7, 42) == tuple(
        found[name] for name in ("verdict", "exit_code", "target", "seed", "requests")
    )
    assert ("status.401", True, 4, "passed") == tuple(
        found["clauses"][0][name] for name in ("id", "required", "evidence", "status")
    )
    assert ("error", "breaking", "body.200.url", "/0/url", "crm", 3, 20, URL_LINE) == tuple(
        found["findings"][0][name]
        for name in ("severity", "kind", "clause", "pointer", "instance", "count", "of", "line")
    )


# JUnit


def suite(verdict: Verdict) -> ET.Element:
    return ET.fromstring(as_junit(report(verdict, MASK)))[0]  # noqa: S314 - our own bytes


def test_junit_has_one_case_a_clause() -> None:
    """A broken clause fails, an unproven one is skipped, or an error where it is required."""
    found = suite(VERDICT)

    assert ("6", "1", "1", "2", "1.250") == tuple(
        found.get(name) for name in ("tests", "failures", "errors", "skipped", "time")
    )
    assert [[], ["failure"], ["error"], ["skipped"], ["skipped"], ["system-out"]] == [
        [result.tag for result in case] for case in found.iter("testcase")
    ]


def test_junit_says_how_to_repeat_the_run() -> None:
    """Its properties hold what was judged and the seed."""
    found = {item.get("name"): item.get("value") for item in suite(VERDICT).iter("property")}

    assert {
        "target": "http://127.0.0.1:9",
        "seed": "7",
        "requests": "42",
        "verdict": "does-not-conform",
        "exit_code": "1",
        "started": "2026-11-27T04:17:02Z",
        "versions": str(VERSIONS),
        "latency": "latency min 250 ms, median 250 ms, p95 250 ms",
    } == found


@pytest.mark.parametrize("verdict", [NOT_PROVEN, UNREACHABLE])
def test_junit_of_a_run_that_proved_nothing_has_errors(verdict: Verdict) -> None:
    """A pipeline that reads JUnit alone does not see green."""
    assert 1 <= int(suite(verdict).get("errors", ""))


def test_junit_of_a_run_that_was_cut_short_has_an_error_of_its_own() -> None:
    """All clauses may have passed by then, and the verdict is still not proven."""
    found = suite(replace(CONFORMS, stopped="out of time"))

    assert ("2", "1") == (found.get("tests"), found.get("errors"))


# What a verdict, an element and a case may hold: the schema of Jenkins' xUnit plugin.
ATTRIBUTES = {
    "testsuites": {"name", "time", "tests", "failures", "errors", "skipped"},
    "testsuite": {"name", "timestamp", "time", "tests", "failures", "errors", "skipped"},
    "properties": set[str](),
    "property": {"name", "value"},
    "testcase": {"name", "classname", "time"},
    "failure": {"message", "type"},
    "error": {"message", "type"},
    "skipped": {"message", "type"},
    "system-out": set[str](),
}
CHILDREN = {
    "testsuites": {"testsuite"},
    "testsuite": {"properties", "testcase"},
    "properties": {"property"},
    "testcase": {"failure", "error", "skipped", "system-out"},
}


@pytest.mark.parametrize("verdict", [VERDICT, CONFORMS, NOT_PROVEN, UNREACHABLE])
def test_junit_keeps_to_the_elements_that_readers_know(verdict: Verdict) -> None:
    """Properties come first, every count is right, and nothing is there that a schema refuses."""
    root = ET.fromstring(as_junit(report(verdict, MASK)))  # noqa: S314 - our own bytes

    for element in root.iter():
        assert ATTRIBUTES[element.tag] == set(element.attrib), element.tag
        assert {child.tag for child in element} <= CHILDREN.get(element.tag, set())
    assert "properties" == root[0][0].tag
    for holder in (root, root[0]):
        for name, path in (("tests", ""), ("failures", "/failure"), ("errors", "/error")):
            assert str(len(root.findall(f".//testcase{path}"))) == holder.get(name)


# Files


def test_every_report_is_written(tmp_path: Path) -> None:
    """The folder is made, and nothing unfinished is left in it."""
    folder = tmp_path / "new" / "folder"
    write(folder, told())

    assert REPORTS == {file.name for file in folder.iterdir()}


def test_report_that_cannot_be_finished_leaves_the_last_one(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A run that is cut off leaves no half file, and no unfinished one."""
    write(tmp_path, told())
    before = (tmp_path / "report.json").read_bytes()

    def cut(path: Path, _: bytes) -> int:
        path.touch()
        raise KeyboardInterrupt

    monkeypatch.setattr(Path, "write_bytes", cut)
    with pytest.raises(KeyboardInterrupt):
        write(tmp_path, report(CONFORMS, MASK))

    assert before == (tmp_path / "report.json").read_bytes()
    assert REPORTS == {file.name for file in tmp_path.iterdir()}


def test_report_that_cannot_be_written_keeps_no_other_back(tmp_path: Path) -> None:
    """The sentence names the flag, the file and the reason."""
    (tmp_path / "report.json").mkdir()

    assert [f"--report-dir {tmp_path}/report.json: Is a directory"] == write(tmp_path, told())
    assert REPORTS == {file.name for file in tmp_path.iterdir()}


def test_without_a_folder_nothing_is_written(tmp_path: Path) -> None:
    """The screen is enough for a person."""
    console = Console(file=io.StringIO())
    publish(VERDICT, MASK, console=console, folder=None, environment={"PWD": str(tmp_path)})

    assert [] == list(tmp_path.iterdir())


# Size

RENDERERS: dict[str, tuple[Callable[[Report], str | bytes], int]] = {
    "report.json": (as_json, 2_900_000),
    "junit.xml": (as_junit, 1_000_000),
    "report.sarif": (as_sarif, 3_000_000),
    "report.html": (as_html, 3_000_000),
    "summary": (as_markdown, 300_000),
    "annotations": (lambda found: "\n".join(commands(found)), 300_000),
    "screen": (screen, 200_000),
}
"""Each renderer, and the bytes that it never exceeds."""

LONG = {
    "plain": "x" * 5_000,
    "hostile": HOSTILE * 20,
    "quotes": '"&`' * 2_000,
    "beyond the BMP": "\N{WAVING HAND SIGN}" * 5_000,
    "beyond the BMP, and not cut": "\N{WAVING HAND SIGN}" * 1_000,
    "control characters": "\x00" * 1_000,
}


def crowd(text: str, count: int) -> Report:
    """Report so many findings, each as long as a server can make it."""
    long = everywhere(text)
    return told(
        *(
            replace(long, message=f"{number}{text[:400]}", severity=severity, clause=clause)
            for number in range(count // 4)
            for severity, clause in (
                (Severity.ERROR, FINDING.clause),
                (Severity.ERROR, WARNING.clause),
                (Severity.WARNING, WARNING.clause),
                (Severity.NOTE, FINDING.clause),
            )
        ),
    )


@pytest.mark.parametrize("kind", LONG)
def test_report_of_very_many_findings_stays_small(kind: str) -> None:
    """Each renderer shows the heaviest and counts the rest, whatever the characters cost."""
    count = MAX_FINDINGS // 2
    found = crowd(LONG[kind], count)
    contents = {name: render(found) for name, (render, _) in RENDERERS.items()}
    sizes = {
        name: len(content.encode() if isinstance(content, str) else content)
        for name, content in contents.items()
    }

    assert count == found.total
    assert {} == {name: size for name, size in sizes.items() if size > RENDERERS[name][1]}


def test_short_findings_are_held_up_to_a_thousand() -> None:
    """The number of those that are not listed stands in the report."""
    many = told(*(replace(FINDING, message=str(number)) for number in range(2_000)))
    found = json.loads(as_json(many))

    assert MAX_FINDINGS == len(found["findings"])
    assert (2_000, 1_000) == (found["counts"]["error"], found["omitted"])
