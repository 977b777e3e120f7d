"""Reports say the same to people, pipelines and programs, and never say the token."""

from __future__ import annotations

import io
import json
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from rich.console import Console

from contracts.finding import Finding, Kind, Severity
from contracts.report import Mask, as_json, as_junit, lines, write
from contracts.screen import show
from contracts.target import target
from contracts.verdict import Outcome, Status, Verdict

TOKEN = "tok-e/n-12345"
MASK = Mask(TOKEN)
FINDING = Finding(
    severity=Severity.ERROR,
    kind=Kind.BREAKING,
    message="[].url is not string\x00",
    expected="string",
    got=json.dumps({"url": f"https://hooks.example.com/secret?t=1 {TOKEN}"}),
    pointer="/0/url",
    instance="crm",
    curl='curl -sS -i -H "Authorization: Bearer $CONTRACT_TOKEN" http://h/x',
    clause="body.200.url",
    count=3,
)
OUTCOMES = (
    Outcome("a", "s", required=True, status=Status.PASSED, evidence=4, findings=()),
    Outcome("b.url", "s", required=False, status=Status.FAILED, evidence=1, findings=(FINDING,)),
    Outcome("b", "s", required=True, status=Status.NOT_PROVEN, evidence=0, findings=()),
    Outcome("c", "s", required=False, status=Status.NOT_PROVEN, evidence=0, findings=()),
    Outcome("d", "s", required=False, status=Status.NOT_APPLICABLE, evidence=0, findings=()),
)  # fmt: skip
VERDICT = Verdict(
    target("http://127.0.0.1:9", token=TOKEN, instance_ids=("crm",)), 7, 42, 1.25, 42, OUTCOMES
)


def test_json_report_has_the_fields_that_programs_hold_on_to() -> None:
    """Verdict, code, target, seed, requests, clauses and findings."""
    report = json.loads(as_json(VERDICT, MASK))

    assert ("does-not-conform", 1, "http://127.0.0.1:9", 7, 42) == tuple(
        report[name] for name in ("verdict", "exit_code", "target", "seed", "requests")
    )
    assert {"id": "a", "source": "s", "required": True, "evidence": 4, "status": "passed"} == (
        report["clauses"][0]
    )
    assert {
        "severity", "kind", "clause", "message", "pointer", "instance", "expected", "got",
        "count", "of", "request", "curl",
    } == set(report["findings"][0])  # fmt: skip


def test_junit_has_one_case_a_clause() -> None:
    """A broken clause fails, an unproven one is skipped, or an error where it is required."""
    suite = ET.fromstring(as_junit(VERDICT, MASK))[0]  # noqa: S314 - our own bytes

    assert ("5", "1", "1", "2") == tuple(
        suite.get(name) for name in ("tests", "failures", "errors", "skipped")
    )
    assert [[], ["failure"], ["error"], ["skipped"], ["skipped"]] == [
        [result.tag for result in case] for case in suite
    ]


def test_unreachable_target_is_an_error_in_junit() -> None:
    """A pipeline that reads JUnit alone does not see green."""
    found = replace(VERDICT, outcomes=OUTCOMES[2:], unreachable="refused")
    suite = ET.fromstring(as_junit(found, MASK))[0]  # noqa: S314 - our own bytes

    assert "1" == suite.get("errors")


def screen(verdict: Verdict, mask: Mask = MASK) -> str:
    out = io.StringIO()
    show(verdict, mask, Console(file=out, highlight=False, width=40))
    return out.getvalue()


def test_screen_ends_with_our_code_and_its_meaning() -> None:
    """Make turns every failure into its own 2, so the last line names ours."""
    last = screen(VERDICT).splitlines()[-1]

    assert "exit 1 (does-not-conform): the target breaks the contract; 1 error," in last


def test_curl_line_is_never_wrapped() -> None:
    """It runs as printed, however narrow the terminal is."""
    assert f"  {FINDING.curl}" in screen(VERDICT).splitlines()


def test_screen_stays_one_screen() -> None:
    """A hundred findings are counted, the first eight shown."""
    findings = tuple(replace(FINDING, message=str(number)) for number in range(100))
    text = screen(replace(VERDICT, outcomes=(replace(OUTCOMES[1], findings=findings),)))

    assert "... and 92 more findings: --report-dir DIR writes them all" in text
    assert 50 > len(text.splitlines())


@pytest.mark.parametrize("secret", [TOKEN, "tok-e%2Fn-12345", TOKEN[:-1]])
def test_token_stands_nowhere(tmp_path: Path, secret: str) -> None:
    """Whole, percent-encoded or cut: a report holds the variable instead."""
    findings = (replace(FINDING, message=secret, expected=secret, got=secret, instance=secret),)
    verdict = replace(VERDICT, outcomes=(replace(OUTCOMES[1], findings=findings),))
    mask = replace(MASK, show_values=True)
    write(tmp_path / "new" / "folder", verdict, mask)
    texts = [file.read_text() for file in (tmp_path / "new" / "folder").iterdir()]

    assert 2 == len(texts)
    for text in [*texts, screen(verdict, mask), lines(findings[0], mask)]:
        assert secret not in text
        assert "$CONTRACT_TOKEN" in text


def test_values_are_cut_and_webhook_urls_end_at_their_origin() -> None:
    """A webhook URL is a secret: whoever knows it can post to it."""
    got = MASK.value(FINDING.got)

    assert '{"url": "https://hooks.example.com/… $CONTRACT_TOKEN"}' == got
    assert 80 == len(MASK.value("x" * 500))


def test_answers_cannot_steer_a_terminal() -> None:
    """Escape codes, line breaks and direction marks are written out."""
    assert "a\\u001b[31m\\u000ab\\u202e" == MASK.value("a\x1b[31m\nb\N{RIGHT-TO-LEFT OVERRIDE}")


def test_values_are_shown_on_request() -> None:
    """`--show-values` cuts nothing but the token."""
    assert "x" * 500 == replace(MASK, show_values=True).value("x" * 500)
