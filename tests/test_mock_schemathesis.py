"""A judge that is not ours finds nothing wrong with the mock, out of the box."""

import json
import subprocess
import sys
from pathlib import Path

import pytest

from find_webhook_kit.mock_server.http.server import serving
from find_webhook_kit.mock_server.settings import Settings
from find_webhook_kit.spec import PATH


@pytest.mark.parametrize("prefer", ["return=representation", "dynamic=true"])
def test_schemathesis_finds_nothing(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], prefer: str
) -> None:
    """Every check of Schemathesis passes without configuration, and it reached answers of 200."""
    with serving(Settings(port=0, log="json")) as mock:
        command = [
            str(Path(sys.executable).with_name("schemathesis")),
            "run",
            str(PATH),
            f"--url={mock.url}",
            "--checks=all",
            "--seed=1",
            "--max-examples=25",
            "--header=Authorization: Bearer demo-token",
            f"--header=Prefer: {prefer}",
        ]
        run = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)  # noqa: S603

    assert (0, True) == (run.returncode, "No issues found" in run.stdout), run.stdout
    statuses = {json.loads(line)["status"] for line in capsys.readouterr().out.splitlines()}
    assert {200, 401, 405} <= statuses
