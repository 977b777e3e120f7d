"""Runs a server in several processes that take turns at one socket; for load, not for state."""

from __future__ import annotations

import os
import signal
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress


@contextmanager
def beside(count: int, run: Callable[[Callable[[], bool]], None]) -> Iterator[None]:
    """Run a function in some more processes while the block lasts.

    The function gets a question to ask now and then: has the process that started it gone?
    """
    parent = os.getpid()
    children = [_child(run, parent) for _ in range(count)]
    try:
        yield
    finally:
        for child in children:
            with suppress(ProcessLookupError):
                os.kill(child, signal.SIGTERM)
        for child in children:
            with suppress(ChildProcessError):
                os.waitpid(child, 0)


def _child(run: Callable[[Callable[[], bool]], None], parent: int) -> int:
    """Fork; the child runs the function and ends without a word from the parent's cleaning up."""
    child = os.fork()
    if child == 0:
        try:
            run(lambda: os.getppid() != parent)
        finally:
            os._exit(0)
    return child
