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


def run(code: str, *arguments: str) -> str:
    """Run code in an interpreter that has imported nothing yet."""
    command = [sys.executable, "-W", "ignore", "-c", code, *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.strip()  # noqa: S603 - our own


def test_start_imports_nothing_that_it_does_not_use() -> None:
    """What tests, generates data or asks other servers is not loaded to serve."""
    code = (
        "import sys, find_webhook_kit.mock_server.http.server;"
        "from find_webhook_kit.mock_server.app.stack import create_app; create_app();"
        "print(*sys.modules)"
    )
    loaded = set(run(code).split())

    assert "connexion" in loaded
    assert set() == HEAVY & loaded


USES = {
    "app = connexion.AsyncApp('x'); print(type(app.test_client()).__module__)": (
        "starlette.testclient"
    ),
    "import httpx; print(httpx.AsyncClient.__module__)": "httpx",
    "from connexion import security; print(type(security.httpx.AsyncClient()).__module__)": "httpx",
    "from connexion import spec; print(spec.jinja2.Template('jin{{ a }}').render(a='ja2'))": (
        "jinja2"
    ),
}
"""What somebody does with Connexion, and where that which it needs comes from."""

EACH_FOR_ITSELF = """
import os, sys
for use in sys.argv[1:]:
    if not (child := os.fork()):
        exec(use)
        sys.exit()
    os.waitpid(child, 0)
"""


@pytest.mark.parametrize("first", ["connexion", "find_webhook_kit.mock_server.app.stack"])
def test_what_was_put_off_works(first: str) -> None:
    """Another user of Connexion in the same process notices nothing."""
    imports = f"import {first}, find_webhook_kit.mock_server.app.stack, connexion"
    told = run(f"{imports}\n{EACH_FOR_ITSELF}", *USES)

    assert list(USES.values()) == [line.partition(" ")[0] for line in told.splitlines()]
