"""What is drawn hangs on the seed alone, and leaves nothing behind."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[1]
DRAW = """
from find_webhook_kit.contracts.plan.generated import generated
from find_webhook_kit.contracts.plan.subject import subjects
from find_webhook_kit.contracts.wire.target import target
from find_webhook_kit.spec import contract
asked = target("http://h", token="t", instance_ids=("a",))
find, *_ = subjects(contract(), asked)
for probe in generated(find, seed=3, max_examples=20):
    print(ascii((probe.path, probe.headers, probe.credentials.shell)))
"""


def drawn(folder: Path, **environment: str) -> bytes:
    """Draw in a process of its own, standing in a folder of its own."""
    folder.mkdir()
    return subprocess.run(  # noqa: S603 - our own lines
        [sys.executable, "-c", DRAW],
        cwd=folder,
        env=os.environ | {"PYTHONPATH": str(ROOT)} | environment,
        capture_output=True,
        check=True,
    ).stdout


def test_two_processes_draw_the_same_and_leave_nothing(tmp_path: Path) -> None:
    """Neither the hash seed nor CI nor the working folder changes a request."""
    one = drawn(tmp_path / "one", PYTHONHASHSEED="1")
    other = drawn(tmp_path / "other", PYTHONHASHSEED="2", CI="true")

    assert one == other
    assert 20 >= len(one.splitlines()) >= 10
    assert [[], []] == [list((tmp_path / name).iterdir()) for name in ("one", "other")]


WITHOUT_A_FOLDER = """
import os, tempfile
folder = tempfile.mkdtemp()
os.chdir(folder)
os.rmdir(folder)
from find_webhook_kit.contracts.judge import _drawer
from find_webhook_kit.contracts.plan.subject import subjects
from find_webhook_kit.contracts.wire.target import target
from find_webhook_kit.spec import contract
where = target("http://127.0.0.1:9", token="t", instance_ids=("crm",))
subject, *_ = subjects(contract(), where)
print(len(list(_drawer().generated(subject, seed=0, max_examples=5))))
"""


def test_cases_are_drawn_where_the_working_folder_is_gone() -> None:
    """Hypothesis asks for it while it is imported; the second try finds all of its parts."""
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-c", WITHOUT_A_FOLDER], capture_output=True, text=True, check=False
    )

    assert "" == done.stderr
    assert int(done.stdout) > 0
