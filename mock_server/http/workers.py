"""Runs a server in several processes that take turns at one socket; for load, not for state.

The process that starts them serves nothing: so it can start another one at any time, which inherits
no client's connection, and it notices at once when one has ended.
"""

from __future__ import annotations

import logging
import os
import signal
import sys
import time
import traceback
from collections.abc import Callable, Iterable
from contextlib import suppress
from dataclasses import dataclass
from itertools import count
from typing import Final

GRACE: Final = 3.0
"""Seconds for a worker to end in order; one that is stuck is killed then."""

YOUNG: Final = 1.0
"""Seconds after its start in which a worker that ends by itself could not start at all."""

PAUSE: Final = 0.1
"""Seconds before a worker that was killed when it was young is replaced."""

Run = Callable[[int, Callable[[], bool]], None]
"""A worker: gets its number, from 0 on, and a question to ask now and then: is it an orphan?"""

_LOGGER: Final = logging.getLogger(__name__)


class NoForkError(Exception):
    """A system that cannot copy a process."""

    def __str__(self) -> str:
        return (
            "--workers needs a system that can fork, which this one cannot; "
            "start one mock a port instead, each with --port"
        )


@dataclass(eq=False)
class NoWorkerError(Exception):
    """A system that starts no further process now."""

    reason: str

    def __str__(self) -> str:
        return (
            f"cannot start another process: {self.reason}; "
            "use fewer --workers, or raise the limit (ulimit -u)"
        )


def attend(number: int, run: Run) -> None:
    """Run workers until this process gets SIGINT or SIGTERM; replace one that ends before.

    Raise `NoForkError` where that is not possible, `NoWorkerError` where it is not possible now,
    and `SystemExit` with the code of a worker that could not start.
    """
    if not hasattr(os, "fork"):
        raise NoForkError
    heard = {signal.SIGINT, signal.SIGTERM, signal.SIGCHLD}
    # A signal that nobody handles may be dropped, and one that is blocked waits to be asked for.
    before_handler = signal.signal(signal.SIGCHLD, lambda *_: None)
    before = signal.pthread_sigmask(signal.SIG_BLOCK, heard)
    crew = _Crew(run, before)
    try:
        for _ in range(number):
            crew.start()
        while signal.sigwait(heard) == signal.SIGCHLD:
            crew.replace_the_dead()
    finally:
        crew.stop()
        while signal.sigpending() & heard:
            signal.sigwait(heard)  # whoever said it twice was heard
        signal.pthread_sigmask(signal.SIG_SETMASK, before)
        signal.signal(signal.SIGCHLD, before_handler)


class _Crew:
    """The workers that run, by process id, each with the time of its start."""

    def __init__(self, run: Run, mask: Iterable[int]) -> None:
        self._run = run
        self._mask = mask
        self._numbers = count()
        self._workers: dict[int, float] = {}

    def start(self) -> int:
        """Fork a worker, and return its process id."""
        number, parent = next(self._numbers), os.getpid()
        try:
            worker = os.fork()
        except OSError as error:  # too many processes, or too little memory
            raise NoWorkerError(str(error.strerror)) from None
        if worker == 0:
            self._become(number, parent)
        self._workers[worker] = time.monotonic()
        return worker

    def _become(self, number: int, parent: int) -> None:
        """Run the function, and end without a word from the parent's cleaning up."""
        code = 1
        try:
            for each in (signal.SIGTERM, signal.SIGCHLD):
                signal.signal(each, signal.SIG_DFL)
            signal.pthread_sigmask(signal.SIG_SETMASK, self._mask)
            self._run(number, lambda: os.getppid() != parent)
            code = 0
        except SystemExit as stop:
            code = stop.code if isinstance(stop.code, int) else code
        except KeyboardInterrupt:
            code = 0  # the parent got it, too
        except BaseException:  # noqa: BLE001 - nobody else would tell it
            traceback.print_exc()
        finally:
            with suppress(OSError, ValueError):
                sys.stdout.flush()
            os._exit(code)

    def replace_the_dead(self) -> None:
        """Start a worker for each that has ended, and say so."""
        for worker, status in _ended():
            if worker not in self._workers:
                continue  # an orphan of somebody else's, where this process is the first of all
            young = time.monotonic() - self._workers.pop(worker) < YOUNG
            code = os.waitstatus_to_exitcode(status)
            if code > 0 and young:
                raise SystemExit(code)
            if young:
                time.sleep(PAUSE)
            how = signal.Signals(-code).name if code < 0 else f"exit code {code}"
            _LOGGER.warning(
                "Worker %d ended with %s; %d takes its place.", worker, how, self.start()
            )

    def stop(self) -> None:
        """End all workers: in order, and those that are stuck after a while all the same."""
        for number in (signal.SIGTERM, signal.SIGCONT):  # one that was stopped wakes up to end
            self._send(number)
        end = time.monotonic() + GRACE
        while self._workers and time.monotonic() < end:
            for worker, _ in _ended():
                self._workers.pop(worker, None)
            time.sleep(0.005)
        self._send(signal.SIGKILL)
        for worker in self._workers:
            with suppress(ChildProcessError):
                os.waitpid(worker, 0)

    def _send(self, number: signal.Signals) -> None:
        for worker in self._workers:
            with suppress(ProcessLookupError):
                os.kill(worker, number)


def _ended() -> list[tuple[int, int]]:
    """Return the process ids and states of all children that have ended since."""
    ended = []
    with suppress(ChildProcessError):
        while (child := os.waitpid(-1, os.WNOHANG))[0]:
            ended.append(child)
    return ended
