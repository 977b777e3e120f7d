"""A clause, a reading or a report that fails on an answer is told, and the verdict goes on."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import fuzz_judge
import pytest
from liars.honest import (
    JSON,
    KNOWN_IDS,
    TOKEN,
    UNKNOWN_ID,
    Answer,
    authorised,
    found,
    refusal,
    said,
    speak,
    webhook,
)
from liars.server import Request, Speaker, Speech
from network import Network
from rich.console import Console
from support.sampling import diagonal

from find_webhook_kit.contracts import assessment
from find_webhook_kit.contracts import judge as engine
from find_webhook_kit.contracts.clauses import CheckResult, Clause, Transcript, clauses
from find_webhook_kit.contracts.config.options import Depth, Options
from find_webhook_kit.contracts.finding import UNJUDGED, Severity
from find_webhook_kit.contracts.judge import judge
from find_webhook_kit.contracts.reports import Mask, folder, publish
from find_webhook_kit.contracts.verdict import Status, Verdict
from find_webhook_kit.contracts.wire import exchange, repeat
from find_webhook_kit.contracts.wire.target import target
from find_webhook_kit.spec import Operation
from find_webhook_kit.spec.meaning import Rules

SEED = 2024
TARGET = target(
    "http://api.example", token=TOKEN, instance_ids=KNOWN_IDS[:1], unknown_id=UNKNOWN_ID
)


def judged(speaker: Speaker, **chosen: Any) -> Verdict:
    quick = {"depth": Depth.QUICK, "max_examples": 0, "repetitions": 1, "connections": 1}
    options = Options(max_time=10_000.0, **quick | chosen)
    return judge(TARGET, options, world=Network(speaker).world)


def failing(
    monkeypatch: pytest.MonkeyPatch, name: str, fails: Callable[[Transcript], bool] = bool
) -> None:
    """Let a clause fail on the transcripts of a kind."""

    def listed(operation: Operation, rules: Rules) -> tuple[Clause, ...]:
        return tuple(map(bent, clauses(operation, rules)))

    def bent(clause: Clause) -> Clause:
        if clause.id != name:
            return clause

        def check(transcript: Transcript) -> CheckResult:
            if fails(transcript):
                raise RecursionError(f"too deep for {TOKEN}")
            return clause.check(transcript)

        return replace(clause, check=check)

    monkeypatch.setattr(assessment, "clauses", listed)


def met(*numbers: int) -> Callable[[Transcript], bool]:
    """Tell whether one of these requests is among what is judged."""
    return lambda transcript: any(item.number in numbers for item in transcript.exchanges)


@pytest.mark.parametrize(("strict", "code"), [(False, 3), (True, 1)])
def test_clause_that_fails_is_a_finding(
    monkeypatch: pytest.MonkeyPatch, *, strict: bool, code: int
) -> None:
    """Nothing says that the server conforms, nor that it does not: the clause is not proven."""
    failing(monkeypatch, "http.allow")
    verdict = judged(speak, strict=strict)

    assert [("http.allow", UNJUDGED, Severity.WARNING)] == [
        (item.clause, item.message, item.severity) for item in verdict.findings
    ]
    assert code == verdict.exit_code


def test_finding_names_the_answers_on_which_a_clause_failed(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """So that whoever mends it can ask again."""
    failing(monkeypatch, "http.frame", met(3, 20))
    (finding,) = judged(speak).findings

    assert {3, 20} == {item.request for item in finding.occurrences}
    assert "curl" in finding.curl
    assert f"RecursionError: too deep for {TOKEN}" == finding.got


def test_clause_that_fails_on_one_answer_judges_the_others(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """An odd answer hides no other one: who breaks a promise elsewhere still breaks it."""

    def speaker(request: Request) -> Speech:
        broken = request.number in {30, 31}
        return said(request, refusal(500)) if broken else speak(request)

    failing(monkeypatch, "status.server-error", met(3))
    verdict = judged(speaker)
    outcome = next(item for item in verdict.outcomes if item.id == "status.server-error")

    assert Status.FAILED == outcome.status
    assert 1 == verdict.exit_code
    assert {Severity.ERROR, Severity.WARNING} == {item.severity for item in outcome.findings}


def test_clause_that_fails_on_all_answers_is_asked_a_few_times_only(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Looking for the answers to blame costs no more than judging them a few times."""
    asked: list[int] = []

    def fails(transcript: Transcript) -> bool:
        asked.append(len(transcript.exchanges))
        return True

    failing(monkeypatch, "http.frame", fails)
    whole = len(judged(speak).exchanges)

    assert sum(asked) < 10 * whole


def test_clause_that_fails_on_answers_together_is_a_finding_too(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Where no answer alone is to blame, none is named."""
    failing(monkeypatch, "http.frame", lambda transcript: len(transcript.exchanges) > 20)
    verdict = judged(speak)

    assert [(UNJUDGED, 0)] == [(item.message, item.request) for item in verdict.findings]


PAIRS = {
    "null, then absent": ({"extra": None}, {}),
    "1, then true": ({"extra": 1}, {"extra": True}),
    "1, then 1.0": ({"extra": 1}, {"extra": 1.0}),
    "0, then -0.0": ({"extra": 0.0}, {"extra": -0.0}),
    "null, then absent, inside": ({"extra": {"a": None}}, {"extra": {}}),
    "false, then 0, in a list": ({"extra": [False]}, {"extra": [0]}),
    "an array, then an object": ({"extra": []}, {"extra": {}}),
}


@pytest.mark.parametrize("pair", PAIRS.values(), ids=PAIRS)
def test_reads_that_differ_in_json_alone_are_told_apart(pair: tuple[Any, Any]) -> None:
    """Python takes some values for equal that JSON writes in two ways, and absent for null."""

    def speaker(request: Request) -> Speech:
        body = [webhook("crm") | pair[request.number % 2]]
        known = request.path.endswith("/crm/webhook") and authorised(request)
        return said(request, found(body)) if known and request.method == "GET" else speak(request)

    told = [item for item in judged(speaker, repetitions=6).findings if "reads" in item.got]

    assert ["meaning.stable"] == [item.clause for item in told]
    assert told[0].got.startswith("[].extra")


def test_report_says_what_is_missing(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """The clause has to be proven by somebody else; the reports are whole, without the token."""
    failing(monkeypatch, "http.allow")
    fuzz_judge.publishes(judged(speak), tmp_path, show_values=False)
    lines = json.loads((tmp_path / "report.json").read_text())["clauses"]
    line = next(item for item in lines if item["id"] == "http.allow")

    assert ("not-proven", True) == (line["status"], line["required"])
    assert "this program failed" in line["supply"]


def test_one_cause_that_cannot_be_told_is_none(monkeypatch: pytest.MonkeyPatch) -> None:
    """The clauses tell what there is to tell."""

    def broken(*_: object, **__: object) -> None:
        raise ValueError("Invalid IPv6 URL")

    monkeypatch.setattr(engine, "diagnose", broken)
    verdict = judged(lambda request: said(request, refusal(500)))

    assert (1, "") == (verdict.exit_code, verdict.diagnosis)


def test_answer_that_cannot_be_read_is_a_fault_of_its_frame(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Whatever the reader stumbles over, the run goes on behind it."""

    def broken(raw: bytes, _: str) -> None:
        raise OverflowError(raw)

    monkeypatch.setattr("find_webhook_kit.contracts.wire.connection.frame", broken)
    verdict = judged(speak)

    assert 1 == verdict.exit_code
    assert ["the answer could not be read"] == [item.message for item in verdict.findings]


def test_pause_that_cannot_be_read_is_the_usual_one(monkeypatch: pytest.MonkeyPatch) -> None:
    """The parser of dates has failed in ways of its own."""

    def broken(_: str) -> None:
        raise IndexError

    monkeypatch.setattr(repeat, "parsedate_to_datetime", broken)

    assert repeat.PAUSE == repeat.retry_after(exchange.Answer(429, (("retry-after", "S"),), b"", 0))


@pytest.mark.parametrize("name", ["as_json", "as_junit", "as_sarif"])
def test_report_that_cannot_be_made_holds_back_no_other(
    monkeypatch: pytest.MonkeyPatch,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    name: str,
) -> None:
    """It is named on the error stream, without what it failed on, and the code is the verdict's."""

    def broken(_: object) -> None:
        raise ValueError(TOKEN)

    monkeypatch.setattr(folder, name, broken)
    verdict = judged(speak)
    mask = Mask.of(TARGET, show_values=False)
    publish(verdict, mask, console=Console(), folder=tmp_path, environment={})
    said_ = capsys.readouterr()

    assert "could not be made" in said_.err
    assert TOKEN not in said_.err
    assert "exit 0 (conforms)" in said_.out
    assert 5 == len(list(tmp_path.iterdir()))


VALUES = {
    "a charset in 4,301 pieces": ("Content-Type", f"application/json; charset*{'9' * 4301}=x"),
    "a charset of Python's own": ("Content-Type", "application/json; charset=punycode"),
    "a charset with a NUL": ("Content-Type", "application/json; charset=\x00"),
    "a range of 4,301 digits": ("Content-Range", f"bytes {'9' * 4301}-{'9' * 4301}/*"),
    "a length of 4,301 digits": ("Content-Length", "9" * 4301),
    "a pause in the year 99999999999": ("Retry-After", "Mon, 01 Jan 99999999999 00:00:00 GMT"),
    "a pause of 4,301 digits": ("Retry-After", "9" * 4301),
    "a location that is no URL": ("Location", "http://["),
}


ANSWERS = [(200, 1), (206, 9), (302, 1), (302, 9), (429, 1), (503, 9)]
"""A status, and the first request that is answered with it."""


@pytest.mark.parametrize(("value", "answer"), diagonal(list(VALUES), ANSWERS))
def test_header_that_no_parser_takes_is_judged(value: str, answer: tuple[int, int]) -> None:
    """Whatever the status, whether it opens the run or comes later."""
    header, (status, first) = VALUES[value], answer

    def speaker(request: Request) -> Speech:
        given = Answer(status, (header,) if header[0] == JSON[0] else (JSON, header), b"[]")
        return said(request, given) if request.number >= first else speak(request)

    assert UNJUDGED not in {item.message for item in judged(speaker).findings}


@pytest.mark.parametrize(("digits", "limit"), diagonal([640, 641, 3000, 4301], fuzz_judge.DIGITS))
def test_verdict_on_a_long_number_hangs_on_no_setting_of_python(digits: int, limit: int) -> None:
    """PYTHONINTMAXSTRDIGITS says how many digits Python reads; the finding is the same."""
    body = replace(found([]), body=b"[" + b"9" * digits + b"]")
    with fuzz_judge.digits_limited(limit):
        verdict = judged(lambda r: said(r, body) if r.method == "GET" else speak(r))
    messages = {item.message for item in verdict.findings if item.clause == "json"}
    long = "the body of a 200 is not readable JSON: a number of more than 640 digits"

    assert ({long} if digits > 640 else set()) == messages


def test_no_answer_makes_the_judge_fail() -> None:
    """Every run ends with a verdict and whole reports; `make fuzz-judge` asks for many more."""
    assert fuzz_judge.fuzz(600, SEED)["answers"] >= 600


def test_fuzz_names_the_run_that_failed(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever sees a failure can have it again."""
    monkeypatch.setattr(fuzz_judge, "judged", lambda *_: 1 / 0)
    with pytest.raises(ZeroDivisionError) as caught:
        fuzz_judge.fuzz(1, SEED)

    assert f"run {SEED}/0" in caught.value.__notes__[0]
