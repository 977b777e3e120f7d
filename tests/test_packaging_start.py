"""Both commands start without a clone: by pipx and by uvx, from a path and from a wheel."""

from __future__ import annotations

import os
import re
import shlex
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path
from urllib.request import urlopen

import pytest
from test_packaging import ROOT, pip
from test_packaging import wheel as wheel  # noqa: PLC0414 - a fixture

pytestmark = pytest.mark.packaging
PAGE = (ROOT / "docs" / "packaging.md").read_text(encoding="utf-8")
LINES = re.findall(r"^(?:pipx|uvx) .*", PAGE, re.MULTILINE)
SOURCES = ("clone", "wheel")


@pytest.fixture(scope="module")
def tools(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The folder with pipx and uv, as pip installs them."""
    folder = tmp_path_factory.mktemp("tools") / "venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)  # noqa: S603
    pip("install", "pipx", "uv>=0.8,<1", python=folder / "bin/python")
    return folder / "bin"


@pytest.fixture(scope="module")
def clone(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A clone of what is committed."""
    folder = tmp_path_factory.mktemp("clone") / "kit"
    subprocess.run(["git", "clone", "--quiet", ROOT, folder], check=True)  # noqa: S603, S607
    return folder


@pytest.fixture(params=SOURCES)
def source(request: pytest.FixtureRequest) -> Iterator[Path]:
    """What the dot of the page stands for; a clone is afterwards as it was."""
    found: Path = request.getfixturevalue(request.param)
    yield found
    if request.param == "clone":
        status = ["git", "-C", str(found), "status", "--porcelain"]
        assert b"" == subprocess.run(status, check=True, capture_output=True).stdout  # noqa: S603


@pytest.mark.parametrize("line", LINES)
def test_line_of_the_page_starts_the_command(
    line: str, source: Path, tools: Path, tmp_path_factory: pytest.TempPathFactory
) -> None:
    """The mock answers, the judge judges, and the folder that it was called in stays empty."""
    here, home = tmp_path_factory.mktemp("here"), tmp_path_factory.mktemp("home")
    first, *rest = shlex.split(line)
    words = [re.sub(r"^\.(?=$|\[)", str(source), word) for word in rest]
    command = [str(tools / first), *words]
    environment = {
        **{name: value for name, value in os.environ.items() if name != "VIRTUAL_ENV"},
        "PATH": f"{tools}:/usr/bin:/bin",
        "PIPX_HOME": str(home),
        "PYTHONDONTWRITEBYTECODE": "1",
    }
    process = subprocess.Popen(  # noqa: S603 - a line of our page
        command,
        cwd=here,
        env=environment,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        start_new_session=True,
    )
    with process:
        try:
            assert process.stdout
            if "mock-server" in words:
                told = ""
                while not (found := re.search(r"http://127\.0\.0\.1:\d+", told)):
                    told += (said := process.stdout.readline())
                    assert said, told
                with urlopen(f"{found[0]}/__mock/health", timeout=30) as answer:  # noqa: S310
                    assert 200 == answer.status
            else:
                told = process.stdout.read()
                assert 0 == process.wait(timeout=60), told
                assert "conforms (exit 0)" in told
        finally:
            with suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGKILL)

    assert [] == list(here.iterdir())


def test_page_has_both_commands_by_both_tools() -> None:
    """No entrance is missing."""
    starts = {
        (line.split()[0], word)
        for line in LINES
        for word in ("mock-server", "contract-test")
        if word in line.split()
    }

    assert 4 == len(starts)
