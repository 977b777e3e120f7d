"""What the start of the mock leaves out, and that nobody misses it."""

import subprocess
import sys

import pytest

HEAVY = {
    "httpx",
    "hypothesis",
    "jinja2",
    "pytest",
    "requests",
    "rich",
    "schemathesis",
    "starlette.testclient",
}


def run(code: str) -> str:
    """Run code in an interpreter that has imported nothing yet."""
    command = [sys.executable, "-W", "ignore", "-c", code]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()  # noqa: S603 - our own


def test_start_imports_nothing_that_it_does_not_use() -> None:
    """What tests, generates data or asks other servers is not loaded to serve."""
    code = "import sys, find_webhook_kit.mock_server.http.server; print(*sys.modules)"
    loaded = set(run(code).split())

    assert "connexion" in loaded
    assert set() == HEAVY & loaded


@pytest.mark.parametrize(
    ("use", "module"),
    [
        pytest.param(
            "app = connexion.AsyncApp('x'); print(type(app.test_client()).__module__)",
            "starlette.testclient",
            id="test client",
        ),
        pytest.param(
            "import httpx; print(httpx.AsyncClient.__module__)", "httpx", id="import of one's own"
        ),
        pytest.param(
            "from connexion import security; print(type(security.httpx.AsyncClient()).__module__)",
            "httpx",
            id="HTTP client",
        ),
        pytest.param(
            "from connexion import spec; print(spec.jinja2.Template('jin{{ a }}').render(a='ja2'))",
            "jinja2",
            id="template",
        ),
    ],
)
def test_what_was_put_off_works(use: str, module: str) -> None:
    """Another user of Connexion in the same process notices nothing."""
    assert (
        module
        == run(f"import connexion, find_webhook_kit.mock_server.app.stack; {use}").partition(" ")[0]
    )
    assert (
        module
        == run(f"import find_webhook_kit.mock_server.app.stack, connexion; {use}").partition(" ")[0]
    )
