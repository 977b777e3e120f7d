"""Who wants the mock alone carries nothing of the judge; the judge says what brings the rest."""

from __future__ import annotations

import re
import sys
import tomllib
from pathlib import Path

import pytest

from find_webhook_kit.contracts.__main__ import main
from find_webhook_kit.contracts.extra import PACKAGES

PROJECT = tomllib.loads((Path(__file__).parents[1] / "pyproject.toml").read_text())["project"]
EXTRAS = PROJECT["optional-dependencies"]


def names(requirements: list[str]) -> set[str]:
    return {re.split(r"[\[><=]", item)[0] for item in requirements}


def test_extra_of_the_judge_is_what_its_command_asks_for() -> None:
    """What is required before a run is what the extra brings."""
    assert set(PACKAGES) == names(EXTRAS["judge"])


def test_mock_alone_has_no_pin_of_the_judge() -> None:
    """The extra of the mock adds nothing, and pytest is nobody's business but the user's."""
    assert [] == EXTRAS["mock"]
    assert set() == names(PROJECT["dependencies"]) & {*PACKAGES, "pytest"}


@pytest.mark.parametrize("missing", PACKAGES)
def test_judge_without_its_packages_names_the_extra(
    missing: str, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """One clear line and exit code 2, before a request leaves."""
    monkeypatch.setitem(sys.modules, missing, None)

    assert 2 == main(["http://127.0.0.1:1", "--instance-id", "a", "--token", "t"])
    said = capsys.readouterr().err
    assert said.startswith(f"contract-test: error: the judge needs {missing}, ")
    assert "pip install 'find-webhook-contract-kit[judge]'" in said
