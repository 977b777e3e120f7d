"""The command `mock-server`."""

import signal
import socket
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from pathlib import Path

import pytest
from mock_client import folder

from mock_server.__main__ import main

LATE = (
    b"GET /api/v2/instance/demo/webhook HTTP/1.1",
    b"Host: mock",
    b"Authorization: Bearer demo-token",
    b"Prefer: delay=60000",
)


def said(capsys: pytest.CaptureFixture[str], *argv: str) -> tuple[int, str]:
    """Run the command to its end in this process; return its code and what stands on stderr."""
    try:
        code = main(argv)
    except SystemExit as stop:
        code = int(stop.code or 0)
    return code, capsys.readouterr().err


@pytest.mark.parametrize(
    ("argv", "complaint"),
    [
        (["--port", "70000"], "'70000' is not a port"),
        (["--port", "http"], "'http' is not a port"),
        (["--auth", "maybe"], "invalid choice: 'maybe'"),
        (["--token", ""], "a token has letters"),
        (["--token", "a b"], "a token has letters"),
        (["--workers", "0"], "'0' is not a number from 1 to 64"),
        (["--trust-host", "http://localhost:5173"], "'http://localhost:5173' is not a host"),
        (["--trust-host", ""], "'' is not a host"),
        (["--trust-host", "*"], "'*' is not a host"),
        (["--trust-host", "a b"], "'a b' is not a host"),
        (["--trust-host", "mock:http"], "'mock:http' is not a host"),
        (["--trust-host", "mock:123456"], "'mock:123456' is not a host"),
        (["--lie", "zzz"], "invalid choice: 'zzz'"),
        (["--nothing"], "unrecognized arguments"),
        (["--fixtures", "/nowhere"], "/nowhere: cannot be read as a folder"),
        (["--host", "256.1.1.1"], "cannot listen on 256.1.1.1:8080"),
    ],
)
def test_wrong_usage_is_exit_code_2(
    capsys: pytest.CaptureFixture[str], argv: list[str], complaint: str
) -> None:
    """What cannot be done is told in words, with exit code 2."""
    code, error = said(capsys, *argv)

    assert 2 == code
    assert complaint in error
    assert "Traceback" not in error


def test_refused_token_is_not_shown(capsys: pytest.CaptureFixture[str]) -> None:
    """A token with a slip in it may still be a secret."""
    _, error = said(capsys, "--token", "s3cr3t s3cr3t")

    assert "s3cr3t" not in error


def test_bad_fixture_stops_the_start(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """A fixture that breaks the contract is exit code 2, with the place of every flaw."""
    files = folder(tmp_path, bad_yaml="webhooks: [x, y]")

    code, error = said(capsys, "--fixtures", str(files))

    assert 2 == code
    assert [
        f"mock-server: {files}/bad.yaml, line 1: item 1 /webhooks/0 must be object, not 'x'",
        f"{files}/bad.yaml, line 1: item 2 /webhooks/1 must be object, not 'y'",
    ] == error.splitlines()


def test_taken_port_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    """A port that something else listens on is told in one line, with exit code 2."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

        assert (
            2,
            f"mock-server: cannot listen on 127.0.0.1:{port}: Address already in use\n",
        ) == said(capsys, "--port", str(port))


@pytest.fixture
def process() -> Iterator["subprocess.Popen[str]"]:
    """Start the command as a person does, on a free port."""
    command = [sys.executable, "-m", "mock_server", "--port=0", "--log=text", "--workers=2"]
    with subprocess.Popen(command, stdout=-1, stderr=-1, text=True) as process:  # noqa: S603
        yield process
        process.kill()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=["SIGINT", "SIGTERM"])
def test_command_serves_until_told_to_stop(
    process: "subprocess.Popen[str]", number: signal.Signals
) -> None:
    """The first line names the URL once it answers; a signal ends the mock at once, in order."""
    assert process.stdout is not None
    welcome = [process.stdout.readline() for _ in range(3)]
    url = welcome[0].split()[-1]
    with urllib.request.urlopen(f"{url}/__mock/health?secret", timeout=5) as answer:  # noqa: S310
        assert 200 == answer.status
    waiting = socket.create_connection(("127.0.0.1", int(url.rpartition(":")[2])), timeout=5)
    waiting.sendall(b"\r\n".join([*LATE, b"", b""]))
    time.sleep(0.1)  # a request that the mock has, and has not answered
    start = time.monotonic()
    process.send_signal(number)
    log, error = process.communicate(timeout=5)

    with waiting:
        assert b"" == waiting.recv(1)
    assert time.monotonic() - start < 1
    assert (0, "") == (process.returncode, error)
    assert f'curl -H "Authorization: Bearer demo-token" {url}/api' in welcome[1]
    assert "200 GET /__mock/health " in log
    assert "secret" not in log


def test_interrupt_during_the_imports_leaves_no_trace(tmp_path: Path) -> None:
    """Whoever presses Ctrl-C at once sees nothing of what was under way."""
    # Who was started in the background of a shell ignores the signal, and so would its children.
    interrupt = (
        "import signal\n"
        "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
        "signal.raise_signal(signal.SIGINT)\n"
    )
    (tmp_path / "uvicorn.py").write_text(interrupt)
    command = [sys.executable, "-m", "mock_server", "--port=0"]
    done = subprocess.run(  # noqa: S603
        command, env={"PYTHONPATH": str(tmp_path)}, capture_output=True, check=False, timeout=30
    )

    assert (130, b"", b"") == (done.returncode, done.stdout, done.stderr)
