"""Clients that come in thousands, stay, do not read or go: the next one is served all the same."""

import logging
import resource
import signal
import socket
import struct
import time
import tracemalloc
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, suppress
from itertools import cycle, islice, repeat

import pytest
from http_client import connect
from probes import GOOD, kept, line, of
from support.processes import mock_process
from wire import exchange

from find_webhook_kit.mock_server.answers import delivery
from find_webhook_kit.mock_server.http import idle_connections as crowd
from find_webhook_kit.mock_server.http import protocol
from find_webhook_kit.mock_server.http.protocol import Protocol
from find_webhook_kit.mock_server.http.server import Running, serving
from find_webhook_kit.mock_server.visits import Visits

CROWD = 3000
LIMIT = 180
TOO_MUCH = 64 * 1024 * 1024


def port_of(mock: Running) -> int:
    return int(mock.url.rpartition(":")[2])


def statuses(port: int, sent: bytes) -> list[int]:
    return [answer.status for answer in exchange(port, [sent])]


def wait_until(true: Callable[[], bool]) -> None:
    """Wait for what comes soon, and fail where it does not come at all."""
    end = time.monotonic() + LIMIT
    while not true():
        assert time.monotonic() < end
        time.sleep(0.01)


@pytest.fixture
def many() -> Iterator[int]:
    """Return how many connections this process may hold both ends of, and allow them."""
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    wanted = 2 * CROWD + 256
    limit = wanted if hard == resource.RLIM_INFINITY else min(wanted, hard)
    resource.setrlimit(resource.RLIMIT_NOFILE, (max(soft, limit), hard))
    yield (limit - 256) // 2
    resource.setrlimit(resource.RLIMIT_NOFILE, (soft, hard))


IDLE = {"silent": b"", "half a head": line(), "kept": kept()}


def serves_beside(sent: Iterable[bytes]) -> None:
    with serving() as mock, ExitStack() as idle:
        for each in sent:
            idle.enter_context(connect(port_of(mock))).sendall(each)

        assert [200] == statuses(port_of(mock), GOOD)


def test_a_thousand_idle_connections_keep_nobody_out(
    monkeypatch: pytest.MonkeyPatch, many: int
) -> None:
    """Whoever comes after them is served, though a third of each kind is there."""
    monkeypatch.setattr(Protocol, "deadline", LIMIT)
    serves_beside(islice(cycle(IDLE.values()), many // 3))


@pytest.mark.catalogue
@pytest.mark.parametrize("sent", IDLE.values(), ids=IDLE)
def test_three_thousand_of_one_kind_keep_nobody_out(
    monkeypatch: pytest.MonkeyPatch, many: int, sent: bytes
) -> None:
    """So it is where all of them do the same: `make test-catalogue`."""
    monkeypatch.setattr(Protocol, "deadline", LIMIT)
    serves_beside(repeat(sent, many))


def test_mock_out_of_file_descriptors_recovers() -> None:
    """Connections beyond what the system allows are turned away without a word on the terminal.

    Where clients keep theirs, each next one finds room.
    """
    with mock_process(descriptors=64) as (process, port):
        with ExitStack() as clients:
            kept_up = [ask(clients.enter_context(connect(port))) for _ in range(200)]
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

    assert [b"HTTP/1.1 200"] * 200 == kept_up
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
    monkeypatch.setattr(Protocol, "deadline", 1.0)
    with serving() as mock:
        assert [200] == statuses(port_of(mock), kept() + b"\r\n")


def test_half_closed_client_is_not_waited_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who may have gone gets an answer that comes soon, and not one that comes late."""
    late, soon = kept(b"Prefer: delay=60000\r\n"), kept(b"Prefer: delay=50\r\n")
    with serving() as mock:
        monkeypatch.setattr(protocol, "HALF_CLOSED", LIMIT)
        answers = exchange(port_of(mock), [soon], finish=True)
        monkeypatch.setattr(protocol, "HALF_CLOSED", 0.1)

        assert [200] == [answer.status for answer in answers]
        assert [] == exchange(port_of(mock), [late], finish=True)


def test_client_that_leaves_is_no_failure(
    monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    """A reset in the middle of several requests leaves no trace on the terminal."""
    monkeypatch.setattr(delivery, "SLOW", 0.5)
    with serving() as mock:
        with connect(port_of(mock)) as leaving:
            reset = struct.pack("ii", 1, 0)
            leaving.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, reset)
            leaving.sendall(kept(b"Prefer: lie=slow-body\r\n") * 3)
            leaving.recv(1)  # the mock has all of them, and has answered none in full
        wait_until(lambda: len(mock.state.journal) > 0)

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


@pytest.mark.parametrize("workers", ["1", pytest.param("2", marks=pytest.mark.catalogue)])
def test_sigterm_ends_the_mock_whoever_is_stuck(workers: str) -> None:
    """Without a word, whatever clients do, and long before some of them had their answer."""
    with mock_process(f"--workers={workers}") as (process, port), ExitStack() as clients:
        for sent in list(STUCK.values()) * 3:
            clients.enter_context(connect(port)).sendall(sent)
        wait_until(lambda: [200] == statuses(port, GOOD))
        process.send_signal(signal.SIGTERM)
        _, error = process.communicate(timeout=LIMIT / 2)

    assert (0, "") == (process.returncode, error)


def ask(connection: socket.socket, sent: bytes = kept()) -> bytes:
    """Ask on a kept connection, and return the first bytes of what comes."""
    connection.sendall(sent)
    return connection.recv(65536)[:12]


def test_idlest_connection_makes_room_for_the_next_client(monkeypatch: pytest.MonkeyPatch) -> None:
    """Near the limit whoever was silent for longest goes, and everybody else stays."""
    monkeypatch.setattr(crowd, "room", lambda: 4)
    with serving() as mock, ExitStack() as clients:
        first, second, third, fourth = [
            clients.enter_context(connect(port_of(mock))) for _ in range(4)
        ]
        for client in (second, first, third, fourth, second):
            assert b"HTTP/1.1 200" == ask(client)
            time.sleep(0.01)  # the clock of the loop counts milliseconds
        fifth = clients.enter_context(connect(port_of(mock)))

        assert b"HTTP/1.1 200" == ask(fifth)
        assert b"" == first.recv(1)
        assert [b"HTTP/1.1 200"] * 3 == [ask(client) for client in (second, third, fourth)]


def test_request_under_way_is_not_what_makes_room(monkeypatch: pytest.MonkeyPatch) -> None:
    """One that came in part or waits for its answer gets it, however many come."""
    monkeypatch.setattr(crowd, "room", lambda: 1)
    with serving() as mock, ExitStack() as clients:
        late = clients.enter_context(connect(port_of(mock)))
        assert b"HTTP/1.1 200" == ask(late, kept() + kept(b"Prefer: delay=300\r\n"))
        begun = clients.enter_context(connect(port_of(mock)))
        assert b"HTTP/1.1 200" == ask(begun, kept() + kept()[:-2])
        for _ in range(10):
            assert [200] == statuses(port_of(mock), GOOD)
        begun.sendall(b"\r\n")

        assert [b"HTTP/1.1 200"] * 2 == [client.recv(65536)[:12] for client in (begun, late)]


def test_crowd_of_busy_clients_leaves_descriptors_for_files(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """Where nobody is idle the newest one is turned away, and whoever came before is served."""
    monkeypatch.setattr(crowd, "_most", lambda: 2)
    with serving() as mock, ExitStack() as clients:
        busy = [clients.enter_context(connect(port_of(mock))) for _ in range(2)]
        for client in busy:
            assert b"HTTP/1.1 200" == ask(client, kept() + kept()[:-2])
        turned_away = clients.enter_context(connect(port_of(mock)))

        assert b"" == turned_away.recv(1)
        assert [b"HTTP/1.1 200"] * 2 == [ask(client, b"\r\n") for client in busy]
