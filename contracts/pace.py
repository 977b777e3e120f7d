"""When the next request may leave: one budget and one pace for all connections of a run."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass
from typing import Final

SLOWEST: Final = 1.0
"""Requests a second that no throttling makes slower; who wants less says when to come again."""

RECENT: Final = 1.0
"""Seconds over which the pace is measured that a server has throttled."""


@dataclass(eq=False)
class BudgetSpent(Exception):
    """The run has cost what it may cost; the limit is named as the flag that sets it."""

    limit: str

    def __str__(self) -> str:
        return f"the run was cut short by {self.limit}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What the run may cost: seconds a request, seconds a run, requests a second (0: no limit).

    `max_requests` counts what is sent, repetitions included (0: no limit).
    """

    timeout: float = 5.0
    max_time: float = 60.0
    rate: float = 0.0
    max_requests: int = 0


class Pace:
    """Counts what leaves, and lets no request leave before its time.

    `sleep` takes seconds and returns early where the run is stopped.
    """

    def __init__(
        self, limits: Limits, clock: Callable[[], float], sleep: Callable[[float], None]
    ) -> None:
        self.limits = limits
        self.clock = clock
        self.sleep = sleep
        self.sent = 0
        self.rate = limits.rate
        self.started = clock()
        self._next = self.started
        self._held = self.started
        self._times: list[float] = []
        self._lock = threading.Lock()

    @property
    def seconds(self) -> float:
        """Seconds since the run began."""
        return self.clock() - self.started

    @property
    def left(self) -> float:
        """Seconds until the run has to end."""
        return self.limits.max_time - self.seconds

    def wait(self) -> None:
        """Take the next place in the line and wait for it; raise `BudgetSpent` at the end."""
        with self._lock:
            place = max(self._next, self.clock())
            self._check(place)
            self.sent += 1
            self._times = [*self._times[-999:], place]
            self._next = place + (1 / self.rate if self.rate else 0.0)
        while (early := place - self.clock()) > 0:
            self.sleep(early)
            if self.left <= 0:
                raise self.out_of_time()

    def _check(self, place: float) -> None:
        if place - self.started >= self.limits.max_time:
            raise self.out_of_time()
        if 0 < self.limits.max_requests <= self.sent:
            raise BudgetSpent(f"--max-requests {self.limits.max_requests}")

    def out_of_time(self) -> BudgetSpent:
        """Return what is raised once the time for the run is over."""
        return BudgetSpent(f"--max-time {self.limits.max_time:g}")

    def throttle(self, seconds: float) -> None:
        """Let nothing leave for some seconds, and send half as fast behind them.

        Raises `BudgetSpent` where the run would be over by then: waiting is of no use.
        """
        with self._lock:
            now = self.clock()
            until = now + seconds
            if until - self.started >= self.limits.max_time:
                raise BudgetSpent(
                    f"--max-time {self.limits.max_time:g}: "
                    f"the server asks for a pause of {seconds:.0f} s (Retry-After)"
                )
            if now >= self._held:  # one pause for all that were refused at the same time
                recent = sum(now - RECENT < sent <= now for sent in self._times)
                measured = min(self.rate or float("inf"), recent / RECENT)
                self.rate = max(measured / 2, SLOWEST)
            self._held = max(self._held, until)
            self._next = max(self._next, until)
