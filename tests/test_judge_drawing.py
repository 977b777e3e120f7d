"""What is drawn hangs on the seed alone, and leaves nothing behind."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from find_webhook_kit.contracts.plan.generated import generated
from find_webhook_kit.contracts.plan.subject import Subject, subjects
from find_webhook_kit.contracts.wire.target import target
from find_webhook_kit.spec import contract

TESTS = Path(__file__).parent
DRAW = "from test_judge_drawing import drawn; print(drawn())"
WITHOUT_A_FOLDER = f"""
import os
os.rmdir(os.getcwd())
from find_webhook_kit.contracts.judge import _drawer
_drawer()
{DRAW}
"""


def drawn() -> str:
    """Draw in this process, which may have any hash seed."""
    subject, *_ = subjects(contract(), target("http://h", token="t", instance_ids=("a",)))
    assert isinstance(subject, Subject)
    probes = list(generated(subject, seed=3, max_examples=10))
    assert 10 >= len(probes) >= 5
    return ascii([(probe.path, probe.headers, probe.credentials.shell) for probe in probes])


def drawn_by(script: str, folder: Path) -> str:
    """Draw in a process of its own, standing in a folder of its own."""
    folder.mkdir()
    settings = {"PYTHONPATH": f"{TESTS.parent}:{TESTS}", "PYTHONHASHSEED": "1", "CI": "true"}
    done = subprocess.run(  # noqa: S603 - our own lines
        [sys.executable, "-c", script],
        cwd=folder,
        env=os.environ | settings,
        capture_output=True,
        text=True,
        check=False,
    )
    assert "" == done.stderr
    return done.stdout.strip()


def test_two_processes_draw_the_same_and_leave_nothing(tmp_path: Path) -> None:
    """Neither the hash seed nor CI nor the working folder changes a request."""
    assert drawn() == drawn_by(DRAW, tmp_path / "other")
    assert [] == list((tmp_path / "other").iterdir())


def test_cases_are_drawn_where_the_working_folder_is_gone(tmp_path: Path) -> None:
    """Hypothesis asks for it while it is imported; the second try finds all of its parts."""
    assert drawn() == drawn_by(WITHOUT_A_FOLDER, tmp_path / "gone")
