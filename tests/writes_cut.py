"""Runs that are cut off at a random request, by a signal or kill -9, and cleaned up behind.

As a program, `python tests/writes_cut.py RUNS SEED`: exits with the number of runs that left
something.
"""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import tempfile
import threading
from contextlib import redirect_stdout
from dataclasses import dataclass
from io import StringIO
from pathlib import Path
from typing import Any

from alarms_server import serving
from liars.writes.server import CONTRACT, SCRATCH, TOKEN, Asked, Said, Server
from liars.writes.table import wrapped

from find_webhook_kit.contracts.__main__ import main

ROOT = Path(__file__).parents[1]
REQUESTS = 150
"""A few more than a whole run sends: some are cut while they put back, some not at all."""

SIGNALS = (signal.SIGINT, signal.SIGTERM, signal.SIGKILL, signal.SIGKILL)
PATIENCE = 600
"""Seconds for one run, also where a machine has a lot else to do."""


@dataclass(frozen=True)
class Cut:
    """Where a run is cut: at which request, before or behind what it does there, and by what."""

    request: int
    behind: bool
    number: signal.Signals
    keeps: bool  # the server deletes nothing

    def __str__(self) -> str:
        place = "behind" if self.behind else "before"
        kind = ", nothing is deleted" if self.keeps else ""
        return f"{self.number.name} {place} request {self.request}{kind}"


def cuts(seed: int, runs: int) -> list[Cut]:
    chance = random.Random(seed)  # noqa: S311 - it hides nothing
    return [
        Cut(
            chance.randint(1, REQUESTS),
            chance.random() < 0.5,
            chance.choice(SIGNALS),
            chance.random() < 0.1,
        )
        for _ in range(runs)
    ]


def left(cut: Cut) -> list[Any]:
    """Play a run, cut it, clean up, and return what is still there."""
    server = Server()
    process: list[subprocess.Popen[bytes]] = []
    started, done = threading.Event(), list[bool]()

    def hit(*, behind: bool) -> None:
        if not done and behind is cut.behind and len(server.said) + 1 == cut.request:
            started.wait(PATIENCE)
            os.kill(process[0].pid, cut.number)
            if cut.number == signal.SIGKILL:
                process[0].wait(PATIENCE)

    def last(inner: Any, it: Asked, said: Said) -> Said:
        said = inner(it, said)
        hit(behind=True)
        return said

    server.first = lambda _: hit(behind=False)
    wrapped(server, "last", last)
    if cut.keeps:
        wrapped(server, "delete", lambda *_: None)
    with tempfile.TemporaryDirectory() as folder, serving(server) as url:
        told = ("--contract", str(CONTRACT), "--token", TOKEN, "--report-dir", folder)
        run = ("-m", "find_webhook_kit.contracts", url, *told)
        process.append(_started(*run, "--writes", "--scratch-instance", SCRATCH))
        started.set()
        process[0].wait(PATIENCE)
        done.append(True)
        with redirect_stdout(StringIO()):
            code = main(["cleanup", url, *told])
        journals = list(Path(folder).glob("contract-test-writes-*"))
    ours = [it for it in server.houses[SCRATCH].values() if "contract-test" in it["title"]]
    if cut.keeps:
        return [it for it in ours if it["armed"]]
    return [*ours, *journals, *([f"exit {code}"] if code else [])]


def _started(*words: str) -> subprocess.Popen[bytes]:
    return subprocess.Popen(  # noqa: S603 - ourselves
        [sys.executable, *words], cwd=ROOT, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )


def play(runs: int, seed: int) -> int:
    failed = 0
    for number, cut in enumerate(cuts(seed, runs), 1):
        there = left(cut)
        failed += bool(there)
        if there or number % 20 == 0:
            sys.stdout.write(f"{number} of {runs}, {failed} left something; {cut}: {there}\n")
            sys.stdout.flush()
    sys.stdout.write(f"{runs} runs, seed {seed}: {failed} left something\n")
    return min(failed, 99)


if __name__ == "__main__":
    sys.exit(play(int(sys.argv[1]), int(sys.argv[2])))
