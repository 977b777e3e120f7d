"""A judge that is not ours finds nothing wrong with the mock of any document."""

from __future__ import annotations

from pathlib import Path

import pytest
from second_judge import told

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
        code, text = told(
            f"--config-file={config}", "run", str(file), f"--url={mock.url}", "--checks=all"
        )

    assert (0, True) == (code, "No issues found" in text), text
