"""The command `mock-server`."""

import errno
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any

import pytest
from http_client import ask, connect
from mock_client import folder
from support.processes import mock_process

from find_webhook_kit.mock_server.__main__ import main
from find_webhook_kit.mock_server.http.server import AddressError, serving
from find_webhook_kit.mock_server.settings import Settings

PATIENCE = 30
SOON = b"GET /api/v2/instance/demo/webhook HTTP/1.1\r\nHost: mock\r\n\r\n"
LATE = SOON[:-2] + b"Authorization: Bearer demo-token\r\nPrefer: delay=60000\r\n\r\n"


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
        (["--port", "9" * 5000], "...' is not a port"),
        (["--workers", "9" * 5000], "...' is not a number from 1 to 64"),
        (["--fixtures", ""], "a folder must be named; . is the one you are in"),
        (["--fixtures", " "], "a folder must be named; . is the one you are in"),
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
        (["--host", ".."], "cannot listen on ..:8080: this is no host name"),
        (["--host", "a" * 70], "this is no host name"),
        (["--host", "a\udcffb"], "this is no host name"),
        (["--host", ""], "an address must be named"),
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


@pytest.mark.parametrize(
    ("argv", "shown"),
    [
        (["--tok=t0psecret"], "unrecognized arguments: --tok"),
        (["--tokens", "t0psecret"], "unrecognized arguments: --tokens, 1 more"),
        (["http://user:t0psecret@h/"], "unrecognized arguments: 1 more"),
        (["t0psecret", "t0psecret"], "unrecognized arguments: 2 more"),
        (["-t0psecret"], "unrecognized arguments: 1 more"),
        (["--t0psecret!"], "unrecognized arguments: 1 more"),
        (["--\x1b[31mx"], "unrecognized arguments: 1 more"),
    ],
)
def test_argument_that_nobody_knows_is_named_by_its_flag_alone(
    capsys: pytest.CaptureFixture[str], argv: list[str], shown: str
) -> None:
    """It may be a token whose flag was mistyped, an address with a password, or an escape."""
    code, error = said(capsys, *argv)

    assert 2 == code
    assert error.splitlines()[-1].startswith(f"mock-server: error: {shown}")
    assert "t0psecret" not in error
    assert "\x1b" not in error


@pytest.mark.parametrize("flag", ["--lie", "--auth", "--log", "--host", "--port", "--trust-host"])
def test_wrong_value_gives_no_orders_to_a_terminal(
    capsys: pytest.CaptureFixture[str], flag: str
) -> None:
    """What cannot be printed is told by its escape."""
    code, error = said(capsys, flag, "\x1b[31mx\u202e")

    assert 2 == code
    assert error.replace("\n", "").isprintable()


def test_bad_fixture_stops_the_start(capsys: pytest.CaptureFixture[str], tmp_path: Path) -> None:
    """A fixture that breaks the contract is exit code 2, with the place of every issue."""
    files = folder(tmp_path, bad_yaml="webhooks: [x, y]")

    code, error = said(capsys, "--fixtures", str(files))

    assert 2 == code
    assert [
        f"mock-server: {files}/bad.yaml, line 1: item 1 /webhooks/0 must be object, not 'x'",
        f"{files}/bad.yaml, line 1: item 2 /webhooks/1 must be object, not 'y'",
    ] == error.splitlines()


def test_taken_port_is_one_line(capsys: pytest.CaptureFixture[str]) -> None:
    """A port that something else listens on is told in one line, with what to do; exit code 2."""
    with socket.create_server(("127.0.0.1", 0)) as taken:
        port = taken.getsockname()[1]

        assert (
            2,
            (
                f"mock-server: cannot listen on 127.0.0.1:{port}: Address already in use; "
                "--port 0 picks a free port\n"
            ),
        ) == said(capsys, "--port", str(port))


@pytest.mark.parametrize(
    "number",
    [
        pytest.param(signal.SIGINT, id="SIGINT"),
        pytest.param(signal.SIGTERM, id="SIGTERM", marks=pytest.mark.catalogue),
    ],
)
def test_command_serves_until_told_to_stop(number: signal.Signals) -> None:
    """The first line names the URL once it answers; a signal ends the mock, and no client does."""
    with mock_process("--log=text", "--workers=2") as (process, port):
        assert process.stdout is not None
        url, welcome = f"http://127.0.0.1:{port}", process.stdout.readline()
        assert 200 == ask(f"{url}/__mock/health?secret").status
        waiting = connect(url)
        waiting.sendall(SOON + LATE)
        assert b"HTTP/1.1 401" in waiting.recv(65536)  # so the mock has the other request, too
        process.send_signal(number)
        log, error = process.communicate(timeout=PATIENCE)

    with waiting:
        assert b"" == waiting.recv(1)
    assert (0, "") == (process.returncode, error)
    assert f'curl -H "Authorization: Bearer demo-token" {url}/api' in welcome
    assert "200 GET /__mock/health " in log
    assert "secret" not in log


# Who was started in the background of a shell ignores the signal, and so would its children.
INTERRUPT = (
    "import signal\n"
    "signal.signal(signal.SIGINT, signal.default_int_handler)\n"
    "signal.raise_signal(signal.SIGINT)\n"
)
# The first process of a container ignores what it has not asked for.
TERMINATE = (
    "import signal\n"
    "if signal.getsignal(signal.SIGTERM) == signal.SIG_DFL:\n"
    "    signal.signal(signal.SIGTERM, signal.SIG_IGN)\n"
    "try:\n"
    "    signal.raise_signal(signal.SIGTERM)\n"
    "except BaseException:\n"
    "    pass  # as imports that try one thing after the other do\n"
)


@pytest.mark.parametrize(
    ("signalled", "code"), [(INTERRUPT, 130), (TERMINATE, 143)], ids=["Ctrl-C", "SIGTERM"]
)
def test_signal_during_the_imports_ends_the_mock_without_a_trace(
    tmp_path: Path, signalled: str, code: int
) -> None:
    """Whoever wants it to end at once sees nothing of what was under way."""
    (tmp_path / "uvicorn.py").write_text(signalled)
    command = [sys.executable, "-m", "find_webhook_kit.mock_server", "--port=0"]
    done = subprocess.run(  # noqa: S603
        command, env={"PYTHONPATH": str(tmp_path)}, capture_output=True, check=False, timeout=30
    )

    assert (code, b"", b"") == (done.returncode, done.stdout, done.stderr)


def test_workers_need_a_system_that_forks(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch
) -> None:
    """Without one, a sentence says what to do instead."""
    monkeypatch.delattr(os, "fork")
    code, error = said(capsys, "--port=0", "--workers=2")

    assert 2 == code
    assert error.startswith("mock-server: --workers needs a system that can fork")
    assert 1 == len(error.splitlines())


@pytest.mark.parametrize("allowed", [0, 1])
def test_process_that_cannot_be_started_is_told(
    capsys: pytest.CaptureFixture[str], monkeypatch: pytest.MonkeyPatch, allowed: int
) -> None:
    """A limit of the system is one line; the workers that had begun are ended."""
    forks = iter([os.fork] * allowed)

    def fork() -> int:
        if (real := next(forks, None)) is None:
            raise BlockingIOError(errno.EAGAIN, os.strerror(errno.EAGAIN))
        return real()

    monkeypatch.setattr(os, "fork", fork)
    code, error = said(capsys, "--port=0", "--workers=2")

    assert 2 == code
    assert error == (
        "mock-server: cannot start another process: Resource temporarily unavailable; "
        "use fewer --workers, or raise the limit (ulimit -u)\n"
    )


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such limit")
def test_too_few_files_are_told() -> None:
    """Where the system allows fewer than a mock needs, one line says so; there is no trace."""
    code = (
        "import os, resource, sys\n"
        "from find_webhook_kit.mock_server import cli\n"  # what the imports need is another matter
        "for limit in 19, 12, 8, 4:\n"
        "    if not (child := os.fork()):\n"
        "        resource.setrlimit(resource.RLIMIT_NOFILE, (limit, limit))\n"
        "        sys.exit(cli.run(['--port=0']))\n"
        "    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)\n"
    )
    done = subprocess.run(  # noqa: S603 - our own
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=PATIENCE
    )

    assert (0, "2\n" * 4) == (done.returncode, done.stdout)
    assert done.stderr == "".join(
        f"mock-server: this process may open {limit} files, and the mock needs 20: "
        "raise the limit (ulimit -n)\n"
        for limit in (19, 12, 8, 4)
    )


@pytest.mark.parametrize(
    ("host", "served"),
    [
        ("localhost", ["127.0.0.1", "[::1]"]),
        ("LocalHost", ["127.0.0.1", "[::1]"]),
        ("::", ["127.0.0.1", "[::1]"]),
        ("::1", ["[::1]"]),
        ("127.0.0.1", ["127.0.0.1"]),
        ("0.0.0.0", ["127.0.0.1"]),  # noqa: S104 - what is bound is seen by this test alone
    ],
)
def test_host_is_served_in_each_family_that_it_means(host: str, served: list[str]) -> None:
    """Clients look a name up in one family or the other, and the mock cannot know which."""
    with serving(Settings(host=host, port=0)) as mock:
        port = mock.url.rpartition(":")[2]
        for address in served:
            assert 200 == ask(f"http://{address}:{port}/__mock/health").status

    assert mock.url.removeprefix("http://").rpartition(":")[0] in served


def test_family_that_is_not_there_is_left_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """A machine without IPv6 serves localhost all the same."""
    create = socket.create_server

    def without_ipv6(address: tuple[str, int], **options: Any) -> socket.socket:
        if options["family"] == socket.AF_INET6:
            raise OSError(errno.EADDRNOTAVAIL, "Cannot assign requested address")
        return create(address, **options)

    monkeypatch.setattr(socket, "create_server", without_ipv6)
    with serving(Settings(host="localhost", port=0)) as mock:
        assert mock.url.startswith("http://127.0.0.1:")
    with pytest.raises(AddressError, match="Cannot assign"), serving(Settings(host="::1", port=0)):
        pass


def test_port_that_is_taken_in_one_family_is_told() -> None:
    """It is not served at half of what was asked for."""
    with socket.create_server(("::1", 0), family=socket.AF_INET6) as taken:
        port = taken.getsockname()[1]
        with pytest.raises(AddressError), serving(Settings(host="localhost", port=port)):
            pass


def test_variable_of_another_server_is_ignored(monkeypatch: pytest.MonkeyPatch) -> None:
    """`WEB_CONCURRENCY` is for uvicorn's own command, and may hold anything."""
    monkeypatch.setenv("WEB_CONCURRENCY", "x")
    with serving() as mock:
        assert mock.url.startswith("http://")
