"""What is there to be copied into a pipeline is sound: files, flags and reports exist."""

from __future__ import annotations

import re
from pathlib import Path
from typing import Any

import pytest
import yaml

from find_webhook_kit.contracts.config import flags
from find_webhook_kit.contracts.config.target_file import LIMITS, read

FOLDER = Path(__file__).parents[1] / "contracts" / "ci"
SNIPPETS = sorted(FOLDER.glob("*.yml"))
REPORTS = {"report.json", "junit.xml", "report.html", "report.sarif"}


def commands(value: Any) -> list[str]:
    """List the command lines of a pipeline, wherever in it they stand."""
    if isinstance(value, dict):
        lines = [line for key in ("run", "script") for line in _lines(value.get(key))]
        return lines + [line for item in value.values() for line in commands(item)]
    if isinstance(value, list):
        return [line for item in value for line in commands(item)]
    return []


def _lines(value: Any) -> list[str]:
    return [value] if isinstance(value, str) else value if isinstance(value, list) else []


@pytest.mark.parametrize("path", SNIPPETS, ids=lambda path: path.name)
def test_every_flag_in_a_snippet_exists(path: Path) -> None:
    """A copied line runs as it is."""
    lines = commands(yaml.safe_load(path.read_text(encoding="utf-8")))
    used = {flag for line in lines for flag in re.findall(r"--[a-z-]+", line)}

    assert any("contract-test --target target.toml --report-dir reports" in line for line in lines)
    assert used <= {name for name, _ in (*flags.SHARED, *flags.COMMAND_ONLY)}


@pytest.mark.parametrize("path", SNIPPETS, ids=lambda path: path.name)
def test_reports_that_a_snippet_collects_are_written(path: Path) -> None:
    """Each file that is uploaded is one that --report-dir writes."""
    named = set(re.findall(r"reports/([\w.]+)", path.read_text(encoding="utf-8")))

    assert named <= REPORTS
    assert named


@pytest.mark.parametrize("path", SNIPPETS, ids=lambda path: path.name)
def test_no_snippet_holds_a_token_or_lets_a_failure_pass(path: Path) -> None:
    """The token is a secret of the pipeline, and every exit code but 0 is a failure."""
    text = path.read_text(encoding="utf-8")

    assert "--token" not in text
    assert not re.search(r"\|\| *true|continue-on-error: true|allow_failure: true", text)


def test_target_file_to_copy_is_a_good_one() -> None:
    """It says everything that one can say, and can be read."""
    found = read(FOLDER / "target.toml")
    text = (FOLDER / "target.toml").read_text(encoding="utf-8")

    assert ("https://api.example.com", {"shop": 2, "fresh": 0}) == (found.url, found.counts)
    assert [] == [name for name in LIMITS if name not in text and name != "max_examples"]
