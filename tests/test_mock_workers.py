"""More than one process: what is shared, and what each keeps for itself."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager

from http_client import Connection
from mock_client import AUTHORIZATION, path_of
from support.processes import Process, mock_process

DEMO = path_of("demo")
SEQUENCE = path_of("sequence")
PATIENCE = 30

ROWS: list[tuple[str, str, dict[str, str]]] = [
    *(
        ("GET", path_of(name), {})
        for name in ("demo", "many", "huge", "hostile", "unauthorized", "bad-request", "nobody")
    ),
    ("HEAD", DEMO, {}),
    ("OPTIONS", DEMO, {}),
    ("POST", DEMO, {}),
    ("GET", DEMO, {"Authorization": "Bearer junk"}),
    ("GET", DEMO, {"Accept": "text/html"}),
    ("GET", path_of("many"), {"Accept-Encoding": "gzip"}),
    ("GET", DEMO, {"If-None-Match": "*"}),
    ("GET", DEMO, {"Prefer": "dynamic=true, seed=7"}),
    ("GET", DEMO, {"Prefer": "code=401"}),
    ("GET", DEMO, {"Prefer": "lie=null-member"}),
    ("GET", DEMO, {"Origin": "https://a.example"}),
    ("GET", "/nothing", {}),
    ("GET", "/openapi.yaml", {}),
    ("GET", "/__mock/states", {}),
]


class Line(Connection):
    """A connection that stays with the process that took it."""

    def whole(self, method: str, path: str, headers: dict[str, str]) -> tuple[object, ...]:
        """Return all of an answer but its date."""
        shown = {**dict([AUTHORIZATION]), **headers}
        answer = self.ask(path, *shown.items(), method=method)
        kept = [pair for pair in answer.headers.items() if pair[0] != "date"]
        return answer.status, kept, answer.body

    def body(self, path: str) -> bytes:
        return self.ask(path, AUTHORIZATION).body


def workers_of(process: Process) -> set[int]:
    """Return the process ids of the workers; a later one may have the lower id."""
    listed = ["pgrep", "-P", str(process.pid)]
    shown = subprocess.run(listed, capture_output=True, text=True, check=True).stdout  # noqa: S603
    return {*map(int, shown.split())}


@contextmanager
def stopped(worker: int) -> Iterator[None]:
    """Let a worker do nothing while the block lasts."""
    os.kill(worker, signal.SIGSTOP)
    while not state_of(worker).startswith("T"):
        time.sleep(0.01)
    yield
    os.kill(worker, signal.SIGCONT)


def state_of(worker: int) -> str:
    shown = ["ps", "-o", "stat=", "-p", str(worker)]
    return subprocess.run(shown, capture_output=True, text=True, check=False).stdout  # noqa: S603


def lines_to_each(process: Process, port: int, stack: ExitStack) -> list[Line]:
    """Connect to each of two workers, while the other one can take no connection."""
    lines = []
    for other in workers_of(process):
        with stopped(other):
            lines.append(stack.enter_context(closing(Line(port))))
            lines[-1].body(DEMO)
    return lines


def test_workers_differ_in_sequences_and_journal_alone() -> None:
    """Two processes give the same bytes; what a client did before, each knows for itself."""
    with mock_process("--workers=2") as (process, port), ExitStack() as stack:
        lines = lines_to_each(process, port, stack)
        answers = [[line.whole(*row) for row in ROWS for _ in range(3)] for line in lines]
        steps = [[len(json.loads(line.body(SEQUENCE))) for line in lines] for _ in range(2)]

    assert answers[0] == answers[1]
    assert [[0, 0], [1, 1]] == steps


def test_worker_that_ended_is_replaced_and_told() -> None:
    """However it ended, the mock goes on with as many as before, and says what happened.

    Whoever then sends SIGTERM to the mock does not wait for a worker that waits itself.
    """
    ends = {signal.SIGKILL: "SIGKILL", signal.SIGSEGV: "SIGSEGV", signal.SIGTERM: "exit code 0"}
    with mock_process("--workers=2") as (process, port), ExitStack() as stack:
        assert process.stderr is not None
        for line in lines_to_each(process, port, stack):  # each of them has started
            line.close()
        for number, how in ends.items():
            first, second = workers_of(process)
            os.kill(first, number)
            told = process.stderr.readline()
            (other,) = workers_of(process) - {second}
            with stopped(second), closing(Line(port)) as line:
                line.body(DEMO)

            assert f"Worker {first} ended with {how}; {other} takes its place.\n" == told
        os.kill(other, signal.SIGSTOP)
        process.terminate()
        _, error = process.communicate(timeout=PATIENCE)

    assert (0, "") == (process.returncode, error)
    assert "" == state_of(other)


ATTENDED = """
import os, signal, sys, time
from find_webhook_kit.mock_server.http import workers
workers.GRACE = 0.2

def stuck(number, orphaned):
    signal.signal(signal.SIGTERM, signal.SIG_IGN)
    os.kill(os.getppid(), signal.SIGTERM)
    time.sleep(600)

def lame(number, orphaned):
    sys.exit(3)

def broken(number, orphaned):
    1 / 0

workers.attend(2, NAME)
"""


def attended(run: str) -> tuple[int, str]:
    """Attend two workers of a kind; return the exit code and what was said."""
    done = subprocess.run(  # noqa: S603
        [sys.executable, "-c", ATTENDED.replace("NAME", run)],
        capture_output=True,
        text=True,
        check=False,
        timeout=PATIENCE,
    )
    return done.returncode, done.stderr


def test_worker_that_is_stuck_is_killed() -> None:
    """One that hears nothing does not keep the mock from ending."""
    assert (0, "") == attended("stuck")


def test_worker_that_cannot_start_ends_the_mock() -> None:
    """Another one could not start either; its exit code is the mock's."""
    assert (3, "") == attended("lame")


def test_worker_that_breaks_at_its_start_says_why() -> None:
    """A mistake of the mock itself is told on its terminal."""
    code, error = attended("broken")

    assert 1 == code
    assert "ZeroDivisionError" in error
