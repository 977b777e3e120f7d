"""The self-test tells which lies the run as configured would let pass."""

from __future__ import annotations

from pathlib import Path
from typing import Final

import pytest

from find_webhook_kit.contracts import mock_target as module
from find_webhook_kit.contracts.__main__ import main
from find_webhook_kit.contracts.config.configuration import configuration
from find_webhook_kit.contracts.selftest import selftest

QUICK = ("--selftest", "--profile", "quick")
THINGS: Final = """
openapi: 3.0.3
info: {title: Things, version: 1.0.0}
paths:
  /things:
    get:
      operationId: listThings
      responses: {"200": {description: all, content: {application/json: {schema: {type: array,
        items: {type: object, required: [id], properties: {id: {type: integer}}}}}}}}
"""
ONE: Final = """  /things/{id}:
    get:
      operationId: findThing
      parameters: [{name: id, in: path, required: true, schema: {type: string}}]
      responses: {"200": {description: one, content: {application/json: {schema: {type: object}}}}}
"""
WRITE: Final = THINGS.replace("get:", "post:")
HIDING = """
[[accepted]]
clause = "body.200.url"
message = "[].url is required and absent"
place = "/*/url"
instance = "*"
reason = "we know"
owner = "us"
expires = 2999-01-01
"""


@pytest.fixture(autouse=True)
def few_lies(monkeypatch: pytest.MonkeyPatch) -> None:
    """Three lies tell as much as fifty."""
    lies = {name: module.LIES[name] for name in ("missing-member", "extra-member", "jitter")}
    monkeypatch.setattr(module, "LIES", lies)


def test_lies_that_are_caught_are_told_with_their_clauses(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """A warning is named as one, and what needs a limit is not looked for without it."""
    code = main([*QUICK])
    out = capsys.readouterr().out

    assert 0 == code
    assert [
        ["missing-member", "caught", "(body.200.url)"],
        ["extra-member", "a", "warning:"],
        ["jitter", "not", "looked"],
    ] == [line.split()[:3] for line in out.splitlines()[:3]]
    assert "3 of 3 lies were caught or named above" in out


def test_known_drift_that_hides_a_lie_is_a_miss(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """What was accepted on the live system must not blind the gate unnoticed."""
    path = tmp_path / "known-drift.toml"
    path.write_text(HIDING, encoding="utf-8")
    code = main([*QUICK, "--known-drift", str(path)])

    assert 1 == code
    assert "missed: missing-member" in capsys.readouterr().out


def test_strict_run_catches_what_is_worth_a_warning(capsys: pytest.CaptureFixture[str]) -> None:
    """The self-test judges as the flags say."""
    main([*QUICK, "--strict"])

    assert "extra-member         caught" in capsys.readouterr().out


def test_limit_makes_lateness_a_lie(monkeypatch: pytest.MonkeyPatch) -> None:
    """With --max-response-time, what is late is caught."""
    monkeypatch.setattr(module, "LIES", {"jitter": ""})
    said: list[str] = []
    values = {"profile": "quick", "max_response_time": 1.5, "max_time": 3.0}
    code = selftest(configuration(values, None), said.append)

    assert 0 == code
    assert "caught" in said[0]


def told(
    monkeypatch: pytest.MonkeyPatch, folder: Path, document: str, *lies: str, **flags: object
) -> tuple[int, list[str]]:
    """Run the self-test for some lies of the mock of a document."""
    path = folder / "things.yaml"
    path.write_text(document, encoding="utf-8")
    monkeypatch.setattr(module, "LIES", dict.fromkeys(lies, ""))
    said: list[str] = []
    code = selftest(
        configuration({"profile": "quick", "contract": path, **flags}, None), said.append
    )
    return code, said


def test_lie_that_no_operation_can_tell_is_no_miss(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """A contract without times has no gate for times."""
    code, said = told(monkeypatch, tmp_path, THINGS, "missing-member", "epoch-date")

    assert 0 == code
    assert "missing-member       caught (body.200.id)" == said[0]
    assert "epoch-date           not told: nothing that is judged has what it is about" == said[1]


def test_run_that_is_red_without_a_lie_catches_none_by_that(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """What an honest mock is told too is no sign of a lie, and is said first."""
    lies = ("missing-member", "epoch-date", "extra-member")
    _, said = told(monkeypatch, tmp_path, THINGS + ONE, *lies)

    assert "without a lie: not-proven (findThing:judged)" == said[0]
    assert "missing-member       caught (listThings:body.200.id)" == said[1]
    assert said[2].startswith("epoch-date           not told")
    assert said[3].startswith("extra-member         a warning")


def test_run_that_is_cut_short_catches_nothing_by_that(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Twenty requests prove little, and what was accepted hides the lie in all of them."""
    path = tmp_path / "known-drift.toml"
    path.write_text(HIDING.replace(".url", ".id").replace("/url", "/id"), encoding="utf-8")
    flags = {"known_drift": path, "max_requests": 20}
    code, said = told(monkeypatch, tmp_path, THINGS, "missing-member", **flags)

    assert 1 == code
    assert "missing-member       MISSED" in said


def test_lie_that_keeps_a_run_from_its_end_is_caught(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Who is told to come later, again and again, sees too little for a verdict."""
    _, said = told(monkeypatch, tmp_path, THINGS, "flaky", max_time=2.0)

    assert said[0].startswith("flaky                caught")


def test_nothing_that_can_be_judged_is_no_gate(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Where no lie is told, none would be caught."""
    code, said = told(monkeypatch, tmp_path, WRITE, "missing-member", "server-error")

    assert 1 == code
    assert said[-1].endswith("none was caught")
