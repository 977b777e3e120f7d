"""The self-test tells which lies the run as configured would let pass."""

from __future__ import annotations

from pathlib import Path

import pytest

from find_webhook_kit.contracts import mock_target as module
from find_webhook_kit.contracts.__main__ import main
from find_webhook_kit.contracts.config.configuration import configuration
from find_webhook_kit.contracts.selftest import selftest

QUICK = ("--selftest", "--profile", "quick")
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
    values = {"profile": "quick", "max_response_time": 0.25, "max_time": 3.0}
    code = selftest(configuration(values, None), said.append)

    assert 0 == code
    assert "caught" in said[0]
