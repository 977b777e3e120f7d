"""Ctrl-C and SIGTERM end what may be interrupted, the requests and the screen, and nothing else.

A run that was told to stop still has a verdict, and its reports are written whole.
"""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from types import FrameType
from typing import Any, Final

SIGNALS: Final = (signal.SIGINT, signal.SIGTERM)
Handler = Callable[[int, FrameType | None], Any] | int | signal.Handlers | None


class _Gate:
    """Whether a signal that arrives now interrupts."""

    open = True


def hold() -> None:
    """Catch the signals: from the first `allowed` block on, they interrupt such blocks alone."""
    _Gate.open = True
    _handle(_interrupt)


def ignore() -> None:
    """Ignore the signals, in a process that has nothing left to do."""
    _handle(signal.SIG_IGN)


@contextmanager
def restored() -> Iterator[None]:
    """Put back, behind the block, what the signals did before it."""
    before = {number: signal.getsignal(number) for number in SIGNALS}
    try:
        yield
    finally:
        _Gate.open = True
        for number, handler in before.items():
            _handle(handler, number)


def _handle(handler: Handler, *numbers: signal.Signals) -> None:
    """Set a handler; what the process was started without, behind a shell's &, it stays without."""
    if threading.current_thread() is not threading.main_thread():
        return
    for number in numbers or SIGNALS:
        if numbers or signal.getsignal(number) is not signal.SIG_IGN:
            signal.signal(number, handler if handler is not None else signal.SIG_DFL)


@contextmanager
def allowed() -> Iterator[None]:
    """Let a signal raise `KeyboardInterrupt` once, within this block and no longer."""
    _Gate.open = True
    try:
        yield
    finally:
        _Gate.open = False


def _interrupt(_number: int, _frame: FrameType | None) -> None:
    if _Gate.open:
        _Gate.open = False
        raise KeyboardInterrupt
