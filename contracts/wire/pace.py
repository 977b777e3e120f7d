"""When the next request may leave: one budget and one pace for all connections of a run."""

from __future__ import annotations

import threading
from collections import deque
from collections.abc import Callable
from dataclasses import dataclass
from math import inf
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
        self.slowed: list[float] = []  # when the run went on at a given rate, in its seconds
        self.rate = limits.rate
        self.started = clock()
        self._next = self.started
        self._slowed = self.started
        self._times: deque[float] = deque(maxlen=1000)
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
        """Wait until the next request may leave, and count it; raise `BudgetSpent` at the end.

        Whoever waits looks again before it leaves: everybody may have been throttled meanwhile.
        """
        while (early := self._early()) > 0:
            self.sleep(early)

    def _early(self) -> float:
        """Let a request leave where its time has come; else return the seconds until then."""
        with self._lock:
            now = self.clock()
            self._check(max(self._next, now))
            if now < self._next:
                return self._next - now
            self.sent += 1
            self._times.append(now)
            if self.rate:
                apart = 1 / self.rate
                on_time = now - self._next < apart  # a thread may wake up a little late
                self._next = (self._next if on_time else now) + apart
                self._recover(apart)
            return 0.0

    def _recover(self, seconds: float) -> None:
        """Become faster again, by one request a second for every second without throttling."""
        if self.rate != self.limits.rate:
            self.rate = min(self.rate + seconds, self.limits.rate or inf)

    def _check(self, place: float) -> None:
        if place - self.started >= self.limits.max_time:
            raise self.out_of_time()
        if 0 < self.limits.max_requests <= self.sent:
            raise BudgetSpent(f"--max-requests {self.limits.max_requests}")

    def out_of_time(self) -> BudgetSpent:
        """Return what is raised once the time for the run is over."""
        return BudgetSpent(f"--max-time {self.limits.max_time:g}")

    def unthrottle(self) -> None:
        """Go on at full pace: what was taken for throttling was none."""
        with self._lock:
            self.rate = self.limits.rate

    def throttle(self, seconds: float, left: float, rate: float | None = None) -> None:
        """Let nothing leave for some seconds, and send at a rate, or half as fast, behind them.

        `left` is the time at which the refused request had left: what was under way before the
        run slowed down says nothing about the new pace. Raises `BudgetSpent` where the run would
        be over by then: waiting is of no use.
        """
        with self._lock:
            now = self.clock()
            until = now + seconds
            if until - self.started >= self.limits.max_time:
                raise BudgetSpent(
                    f"--max-time {self.limits.max_time:g}: "
                    f"the server asks for a pause of {seconds:.0f} s (Retry-After)"
                )
            if left >= self._slowed:
                recent = sum(now - RECENT < sent <= now for sent in self._times)
                measured = min(self.rate or inf, recent / RECENT)
                slower = max(measured / 2, SLOWEST) if rate is None else rate
                self.rate = min(slower, self.limits.rate or inf)
                self._slowed = now
                if rate is not None:
                    self.slowed.append(until - self.started)
            self._next = max(self._next, until)
