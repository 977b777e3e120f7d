"""Who edits the contract and makes a mistake is told the file and the place, and sees no trace."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest

from find_webhook_kit.contracts.__main__ import main
from find_webhook_kit.mock_server.cli import run
from find_webhook_kit.spec import meaning


@pytest.fixture(autouse=True)
def _misspelt(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Let a rule have no severity, but another word."""
    before, rules, after = meaning.RULES.read_text(encoding="utf-8").partition("\nrules:\n")
    text = before + rules + after.replace("severity:", "severty:", 1)
    path = tmp_path / "misspelt.yaml"
    path.write_text(text, encoding="utf-8")
    monkeypatch.setattr(meaning, "RULES", path)


@pytest.mark.parametrize(
    "command",
    [
        pytest.param(lambda: main(["--profile", "quick"]), id="contract-test"),
        pytest.param(lambda: run(["--port", "0"]), id="mock-server"),
    ],
)
def test_mistake_in_the_rules_is_wrong_usage(
    command: Callable[[], int], capsys: pytest.CaptureFixture[str]
) -> None:
    """The code is 2, as for every other file that is wrong."""
    code = command()
    told = capsys.readouterr().err

    assert 2 == code
    assert "rules: severity: must be there, as a text" in told
    assert "misspelt.yaml, line " in told
    assert "Traceback" not in told
