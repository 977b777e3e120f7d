"""Clients that come in thousands, stay, do not read or go: the next one is served all the same."""

import logging
import resource
import signal
import socket
import struct
import subprocess
import sys
import time
import tracemalloc
from collections.abc import Callable, Iterator
from contextlib import ExitStack, suppress

import pytest
from probes import GOOD, kept, line, of
from wire import exchange

from mock_server import edge, protocol
from mock_server.protocol import Protocol
from mock_server.server import Running, serving
from mock_server.visits import Visits

CROWD = 3000
LIMIT = 60
TOO_MUCH = 64 * 1024 * 1024


def port_of(mock: Running) -> int:
    return int(mock.url.rpartition(":")[2])


def connect(port: int) -> socket.socket:
    return socket.create_connection(("127.0.0.1", port), timeout=LIMIT)


def statuses(port: int, sent: bytes) -> list[int]:
    return [answer.status for answer in exchange(port, [sent])]


def wait_until(true: Callable[[], bool]) -> None:
    """Wait for what comes soon, and fail where it does not come at all."""
    end = time.monotonic() + LIMIT
    while not true():
        assert time.monotonic() < end
        time.sleep(0.01)


@pytest.fixture
def crowd() -> Iterator[int]:
    """Return how many connections this process may hold both ends of, and allow them."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 2 * CROWD + 256
    limit = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, limit), hard))
    yield (limit - 256) // 2
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


@pytest.mark.parametrize("sent", [b"", line(), kept()], ids=["silent", "half a head", "kept"])
def test_three_thousand_idle_connections_keep_nobody_out(
    monkeypatch: pytest.MonkeyPatch, crowd: int, sent: bytes
) -> None:
    """Whoever comes after them is served."""
    monkeypatch.setattr(Protocol, "deadline", LIMIT)
    with serving() as mock, ExitStack() as idle:
        for _ in range(crowd):
            idle.enter_context(connect(port_of(mock))).sendall(sent)

        assert [200] == statuses(port_of(mock), GOOD)


def test_mock_out_of_file_descriptors_recovers() -> None:
    """Connections beyond what the system allows are turned away without a word on the terminal."""
    command = [sys.executable, "-m", "mock_server", "--port=0"]
    limited = ["sh", "-c", 'ulimit -n 64 && exec "$@"', "sh", *command]
    with subprocess.Popen(limited, stdout=-1, stderr=-1, text=True) as process:  # noqa: S603
        assert process.stdout is not None
        port = int(process.stdout.readline().rpartition(":")[2])
        with ExitStack() as idle:
            for _ in range(200):
                with suppress(ConnectionError):
                    idle.enter_context(connect(port)).sendall(line())
        served: list[int] = []

        def is_served() -> bool:
            with suppress(OSError):
                served[:] = statuses(port, GOOD)
            return bool(served)

        wait_until(is_served)
        process.terminate()
        _, error = process.communicate(timeout=LIMIT)

    assert [200] == served
    assert "" == error


def test_client_that_does_not_read_is_not_read(monkeypatch: pytest.MonkeyPatch) -> None:
    """Requests whose answers nobody takes stay on the way, and then the connection ends."""
    monkeypatch.setattr(Protocol, "stall", 0.3)
    requests = of(b"huge").replace(b"Connection: close\r\n", b"") * 1000
    with serving() as mock, connect(port_of(mock)) as greedy:
        sent = 0
        with suppress(ConnectionError):
            while sent < TOO_MUCH:
                sent += greedy.send(requests)

        assert sent < TOO_MUCH
        assert [200] == statuses(port_of(mock), GOOD)


def test_trickled_request_has_the_same_deadline(monkeypatch: pytest.MonkeyPatch) -> None:
    """A byte now and then does not keep a connection."""
    monkeypatch.setattr(Protocol, "deadline", 0.3)
    with serving() as mock, connect(port_of(mock)) as slow:
        slow.sendall(line() + b"X: ")
        slow.settimeout(0.02)
        received = b""
        while not received:
            slow.sendall(b"x")
            with suppress(TimeoutError):
                received = slow.recv(12)

    assert b"HTTP/1.1 408" == received


def test_empty_line_does_not_keep_a_connection(monkeypatch: pytest.MonkeyPatch) -> None:
    """Neither at its start nor behind an answer."""
    monkeypatch.setattr(Protocol, "deadline", 0.2)
    with serving() as mock:
        assert [200] == statuses(port_of(mock), kept() + b"\r\n")


def test_half_closed_client_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who may have gone gets an answer that comes soon, and not one that comes late."""
    monkeypatch.setattr(protocol, "HALF_CLOSED", 0.3)
    with serving() as mock:
        port = port_of(mock)
        late, soon = kept(b"Prefer: delay=60000\r\n"), kept(b"Prefer: delay=50\r\n")

        assert [] == exchange(port, [late], finish=True)
        assert [200] == [answer.status for answer in exchange(port, [soon], finish=True)]


def test_client_that_leaves_is_no_failure(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A reset in the middle of several requests leaves no trace on the terminal."""
    monkeypatch.setattr(edge, "SLOW", 0.5)
    with serving() as mock:
        with connect(port_of(mock)) as leaving:
            reset = struct.pack("ii", 1, 0)
            leaving.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, reset)
            leaving.sendall(kept(b"Prefer: lie=slow-body\r\n") * 3)
            time.sleep(0.05)  # a request that the mock has, and has not answered
        wait_until(lambda: len(mock.memory.journal) > 0)

        assert [200] == statuses(port_of(mock), GOOD)

    assert [] == [record for record in caplog.records if record.levelno >= logging.WARNING]


def test_long_ids_and_tokens_do_not_fill_the_memory() -> None:
    """A visit that is remembered costs the same, whatever it is called."""
    visits = Visits()
    tracemalloc.start()
    for number in range(1000):
        visits.add("token" * 1000, f"{number}" * 1000)
    size, _ = tracemalloc.get_traced_memory()
    tracemalloc.stop()

    assert size < 1024 * 1024


STUCK = {
    "silent": b"",
    "half a head": line(),
    "half a body": kept(b"Content-Length: 5\r\n"),
    "waits for a late answer": kept(b"Prefer: delay=60000\r\n"),
    "waits for a slow body": kept(b"Prefer: lie=slow-body\r\n"),
    "does not read": of(b"huge").replace(b"Connection: close\r\n", b"") * 100,
    "is kept": kept(),
}


@pytest.mark.parametrize("workers", ["1", "2"])
def test_sigterm_ends_the_mock_whoever_is_stuck(workers: str) -> None:
    """Within three seconds on a machine that has the time, without a word, whatever clients do."""
    command = [sys.executable, "-m", "mock_server", "--port=0", f"--workers={workers}"]
    with subprocess.Popen(command, stdout=-1, stderr=-1, text=True) as process:  # noqa: S603
        assert process.stdout is not None
        port = int(process.stdout.readline().rpartition(":")[2])
        with ExitStack() as clients:
            for sent in list(STUCK.values()) * 3:
                clients.enter_context(connect(port)).sendall(sent)
            wait_until(lambda: [200] == statuses(port, GOOD))
            process.send_signal(signal.SIGTERM)
            _, error = process.communicate(timeout=3 * 5)

    assert (0, "") == (process.returncode, error)
