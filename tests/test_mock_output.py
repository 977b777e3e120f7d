"""What becomes of the mock's output ends nothing: it serves, whoever reads."""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import pytest
from wire import exchange

ROOT = Path(__file__).parents[1]
BUFFERED = {name: os.environ[name] for name in os.environ if name != "PYTHONUNBUFFERED"}
"""Output is written when a process ends, as at a user's, whatever is set here."""

ENDS = {
    "a reader of one line": "| head -1",
    "a reader of nothing": "| true",
    "a full disk": "> /dev/full",
    "a full disk for both": "> /dev/full 2>&1",
    "stdout closed": ">&-",
    "stderr closed": "2>&-",
    "all closed": "<&- >&- 2>&-",
}
MORE = ["--log json", "--log json --workers 2", ""]
KINDS = ("a reader of one line", "a full disk for both", "all closed")
"""A pipe, a device that takes nothing, and no file at all; the others are in the catalogue."""

CODES = {"--help": 0, "--host ..": 2}
GOOD = (
    b"GET /api/v2/instance/demo/webhook HTTP/1.1\r\nHost: mock\r\nConnection: close\r\n"
    b"Authorization: Bearer demo-token\r\n\r\n"
)


def shell(words: str, end: str) -> subprocess.Popen[str]:
    """Start the mock with its output going somewhere, and let the shell pass on its exit code."""
    line = f"{sys.executable} -m find_webhook_kit.mock_server {words} {end}"
    return subprocess.Popen(  # noqa: S603 - our own command
        ["/bin/bash", "-c", f"{line}; exit ${{PIPESTATUS[0]}}"],
        cwd=ROOT,
        env=BUFFERED,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        start_new_session=True,
    )


def free() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        return int(listener.getsockname()[1])


def answers(port: int, process: subprocess.Popen[str]) -> bool:
    """Tell whether the mock answers, as soon as it does; it does not where it has ended."""
    while process.poll() is None:
        try:
            return [200] == [answer.status for answer in exchange(port, [GOOD])]
        except ConnectionError:
            time.sleep(0.02)
    return False


def serves(end: str, more: str) -> None:
    port = free()
    process = shell(f"--port {port} {more}", end)
    try:
        assert [True] * 5 == [answers(port, process) for _ in range(5)]
    finally:
        os.killpg(process.pid, signal.SIGINT)
        _, error = process.communicate(timeout=30)

    assert "" == error
    assert process.returncode in {0, 130, -signal.SIGINT}  # the shell heard it, too


def keeps_its_code(end: str, words: str) -> None:
    process = shell(words, end)
    _, error = process.communicate(timeout=30)

    assert CODES[words] == process.returncode
    assert "Traceback" not in error
    assert "Exception ignored" not in error


@pytest.mark.parametrize(("end", "more"), list(zip(KINDS, MORE, strict=True)))
def test_mock_serves_whoever_reads(end: str, more: str) -> None:
    """It says where it is, or cannot; then it answers, and Ctrl-C ends it in order."""
    serves(ENDS[end], more)


@pytest.mark.parametrize(("end", "words"), [("a full disk", "--help"), ("all closed", "--host ..")])
def test_other_ends_keep_their_code(end: str, words: str) -> None:
    """Help is 0 and wrong usage is 2, whether it is read or not."""
    keeps_its_code(ENDS[end], words)


@pytest.mark.catalogue
@pytest.mark.parametrize("more", sorted(set(MORE)))
@pytest.mark.parametrize("end", ENDS.values(), ids=ENDS)
def test_mock_serves_whoever_reads_in_every_way(end: str, more: str) -> None:
    """So it is with one process or two, with a log or without: `make test-catalogue`."""
    serves(end, more)


@pytest.mark.catalogue
@pytest.mark.parametrize("words", CODES)
@pytest.mark.parametrize("end", ENDS.values(), ids=ENDS)
def test_every_other_end_keeps_its_code(end: str, words: str) -> None:
    """So it is with each: `make test-catalogue`."""
    keeps_its_code(end, words)
