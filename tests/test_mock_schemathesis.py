"""A judge that is not ours finds nothing wrong with the mock, out of the box."""

import re

import pytest
from second_judge import told

from find_webhook_kit.mock_server.http.server import serving
from find_webhook_kit.mock_server.settings import Settings

READING, WRITING = Settings(port=0, log="json"), Settings(port=0, log="json", writes=True)


@pytest.mark.parametrize(
    ("settings", "prefer", "statuses"),
    [
        pytest.param(READING, "return=representation", {200, 401, 404, 405}, id="read-only"),
        pytest.param(READING, "dynamic=true", {200, 401, 405}, id="generated"),
        pytest.param(WRITING, "return=representation", {200, 201, 400, 401, 404, 405}, id="writes"),
    ],
)
def test_schemathesis_finds_nothing(settings: Settings, prefer: str, statuses: set[int]) -> None:
    """Every check passes in every phase, of sequences too, and it reached what is documented."""
    with serving(settings) as mock:
        code, text = told(
            "run",
            f"{mock.url}/openapi.yaml",
            f"--url={mock.url}",
            "--checks=all",
            "--phases=examples,coverage,fuzzing,stateful",
            "--header=Authorization: Bearer demo-token",
            f"--header=Prefer: {prefer}",
        )

    assert (0, True) == (code, "No issues found" in text), text
    logged = set(re.findall(r'"status": ?(\d+)', text))
    assert statuses <= set(map(int, logged))
