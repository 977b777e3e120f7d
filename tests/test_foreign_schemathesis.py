"""A judge that is not ours finds nothing wrong with the mock of any document."""

from __future__ import annotations

import subprocess
import sys
from pathlib import Path

import pytest

from find_webhook_kit.mock_server.http.server import serving
from find_webhook_kit.mock_server.settings import Settings

DATA = Path(__file__).with_name("data") / "contracts"
CREDENTIALS = """
[auth.openapi.apiKey]
api_key = "demo-token"
[auth.openapi.readerKey]
api_key = "demo-token"
[auth.openapi.session]
api_key = "demo-token"
[auth.openapi.login]
username = "ann"
password = "demo-token"
"""


@pytest.mark.parametrize("name", ["petstore", "library", "parcels"])
def test_schemathesis_finds_nothing(name: str, tmp_path: Path) -> None:
    """Every check passes in every phase; what a document forbids is refused, nothing else is."""
    config = tmp_path / "schemathesis.toml"
    config.write_text(CREDENTIALS if name == "library" else "", encoding="utf-8")
    file = DATA / f"{name}.yaml"
    with serving(Settings(port=0, contract=file)) as mock:
        command = [
            str(Path(sys.executable).with_name("schemathesis")),
            f"--config-file={config}",
            "run",
            str(file),
            f"--url={mock.url}",
            "--checks=all",
            "--seed=1",
            "--max-examples=8",
        ]
        run = subprocess.run(command, cwd=tmp_path, capture_output=True, text=True, check=False)  # noqa: S603

    assert (0, True) == (run.returncode, "No issues found" in run.stdout), run.stdout
