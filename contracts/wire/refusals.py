"""Tells a token that has expired during a run from a server that refuses a valid one."""

from __future__ import annotations

from dataclasses import dataclass, field
from http import HTTPStatus
from math import inf
from typing import Final

from find_webhook_kit.contracts.wire.exchange import Exchange
from find_webhook_kit.contracts.wire.probe import Probe

IN_A_ROW: Final = 3
"""Requests with the valid token that were refused; then the control tells whether it has ended."""

TINY: Final = 1e-9


@dataclass(eq=False)
class Refusals:
    """What the valid token was refused of what it had opened before; one thread asks at a time.

    `ended_at` is when the token ended, in seconds of the run; `words` say so, once it has.
    """

    ended_at: float = inf
    words: str = ""
    _opened: dict[object, Exchange] = field(default_factory=dict)  # the last, by what it asked for
    _worked: int = 0  # requests that were sent by then
    _refused: list[Exchange] = field(default_factory=list)
    _in_a_row: int = 0

    def count(self, exchange: Exchange, sent: int) -> bool:
        """Tell whether the token is refused again and again, for what it has opened."""
        probe, answer = exchange.probe, exchange.answer
        if answer is None or not probe.plain or probe.made_up:
            return False
        if answer.status != HTTPStatus.UNAUTHORIZED:
            self._opened[probe.thing] = exchange
            self._worked = sent
            self._in_a_row = 0
            return False
        if probe.thing not in self._opened:
            return False
        self._refused.append(exchange)
        self._in_a_row += 1
        return self._in_a_row >= IN_A_ROW

    def has_opened(self, probe: Probe) -> bool:
        """Tell whether the token ever opened what a probe asks for."""
        return probe.thing in self._opened

    def end(self) -> None:
        """Say when the token ended, now that the control is refused, too."""
        last = max(item.started for item in self._opened.values())
        # Requests that were under way together may have been answered in either order.
        ended = [item.started for item in self._refused if item.ended >= last]
        self.ended_at = min([last + TINY, *ended])
        self.words = (
            f"the token worked until request {self._worked} and is refused since: has it expired?"
        )
