"""What the start of the mock leaves out, and that nobody misses it."""

import subprocess
import sys
from functools import cache

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

STACK = "find_webhook_kit.mock_server.app.stack"
START = """
import FIRST, find_webhook_kit.mock_server.app.stack as stack, connexion
import os, sys, find_webhook_kit.mock_server.http.server
stack.create_app()
print(*sys.modules, flush=True)
for use in sys.argv[1:]:
    if not (child := os.fork()):
        exec(use)
        sys.exit()
    os.waitpid(child, 0)
"""


@cache
def told(first: str) -> list[str]:
    """Start in an interpreter that has imported nothing; return what it loaded, and each use."""
    command = [sys.executable, "-W", "ignore", "-c", START.replace("FIRST", first), *USES]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout.splitlines()  # noqa: S603 - our own


def test_start_imports_nothing_that_it_does_not_use() -> None:
    """What tests, generates data or asks other servers is not loaded to serve."""
    loaded = set(told(STACK)[0].split())

    assert "connexion" in loaded
    assert set() == HEAVY & loaded


@pytest.mark.parametrize("first", [STACK, pytest.param("connexion", marks=pytest.mark.catalogue)])
def test_what_was_put_off_works(first: str) -> None:
    """Another user of Connexion in the same process notices nothing."""
    assert list(USES.values()) == [line.partition(" ")[0] for line in told(first)[1:]]
