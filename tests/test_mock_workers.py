"""More than one process: what is shared, and what each keeps for itself."""

from __future__ import annotations

import http.client
import json
import re
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import ExitStack, closing, contextmanager

import pytest
from mock_client import AUTHORIZATION, path_of

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


class Line:
    """A connection that stays with the process that took it."""

    def __init__(self, port: int) -> None:
        self._connection = http.client.HTTPConnection("127.0.0.1", port, timeout=PATIENCE)

    def close(self) -> None:
        self._connection.close()

    def ask(self, method: str, path: str, headers: dict[str, str]) -> tuple[object, ...]:
        """Return all of an answer but its date."""
        self._connection.request(method, path, headers={**dict([AUTHORIZATION]), **headers})
        answer = self._connection.getresponse()
        body = answer.read()
        kept = [pair for pair in answer.getheaders() if pair[0].lower() != "date"]
        return answer.status, kept, body

    def body(self, path: str) -> bytes:
        *_, body = self.ask("GET", path, {})
        assert isinstance(body, bytes)
        return body

    def seen(self) -> set[str]:
        """Return the paths in the journal of the process behind the connection."""
        return {entry["path"] for entry in json.loads(self.body("/__mock/journal"))["entries"]}


@contextmanager
def two_workers() -> Iterator[int]:
    """Run the command with two processes, and give its port."""
    command = [sys.executable, "-m", "mock_server", "--port=0", "--workers=2"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:  # noqa: S603
        try:
            assert process.stdout is not None
            port = re.search(r":(\d+)$", process.stdout.readline())
            assert port is not None
            yield int(port[1])
        finally:
            process.terminate()


def one_of_each(port: int, stack: ExitStack) -> tuple[Line, Line]:
    """Connect until the second process has taken a connection, too."""
    first = stack.enter_context(closing(Line(port)))
    end = time.monotonic() + PATIENCE
    while time.monotonic() < end:
        first.body(path_of("mark"))  # an idle connection would be closed
        second = stack.enter_context(closing(Line(port)))
        if path_of("mark") not in second.seen():
            return first, second
    pytest.fail("one process took all connections")


def test_workers_differ_in_sequences_and_journal_alone() -> None:
    """Two processes give the same bytes; what a client did before, each knows for itself."""
    with two_workers() as port, ExitStack() as stack:
        lines = one_of_each(port, stack)
        answers = [[line.ask(*row) for row in ROWS for _ in range(3)] for line in lines]
        steps = [[len(json.loads(line.body(SEQUENCE))) for line in lines] for _ in range(2)]

    assert answers[0] == answers[1]
    assert [[0, 0], [1, 1]] == steps
