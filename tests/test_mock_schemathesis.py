"""A judge that is not ours finds nothing wrong with the mock, out of the box."""

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from find_webhook_kit.mock_server.http.server import serving
from find_webhook_kit.mock_server.settings import Settings

EXAMPLES = os.environ.get("SCHEMATHESIS_EXAMPLES", "25")
"""How many cases each operation gets; `make test-schemathesis` asks for many."""

READING, WRITING = Settings(port=0, log="json"), Settings(port=0, log="json", writes=True)


@pytest.mark.parametrize(
    ("settings", "prefer", "statuses"),
    [
        pytest.param(READING, "return=representation", {200, 401, 404, 405}, id="read-only"),
        pytest.param(READING, "dynamic=true", {200, 401, 405}, id="generated"),
        pytest.param(WRITING, "return=representation", {200, 201, 400, 401, 404, 405}, id="writes"),
    ],
)
def test_schemathesis_finds_nothing(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    settings: Settings,
    prefer: str,
    statuses: set[int],
) -> None:
    """Every check passes in every phase, of sequences too, and it reached what is documented."""
    with serving(settings) as mock:
        command = [
            str(Path(sys.executable).with_name("schemathesis")),
            "run",
            f"{mock.url}/openapi.yaml",
            f"--url={mock.url}",
            "--checks=all",
            "--phases=examples,coverage,fuzzing,stateful",
            "--seed=1",
            f"--max-examples={EXAMPLES}",
            "--header=Authorization: Bearer demo-token",
            f"--header=Prefer: {prefer}",
        ]
        run = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)  # noqa: S603

    assert (0, True) == (run.returncode, "No issues found" in run.stdout), run.stdout
    seen = {json.loads(line)["status"] for line in capsys.readouterr().out.splitlines()}
    assert statuses <= seen
