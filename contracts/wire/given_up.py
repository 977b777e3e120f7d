"""Tells a target that is gone, and an instance that is too slow, by requests that were given up."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import Final

from find_webhook_kit.contracts.wire.exchange import Exchange, LossKind
from find_webhook_kit.contracts.wire.probe import Probe

LOST_IN_A_ROW: Final = 3
"""Requests that broke one after the other; then the target is asked whether it is there.

Where nobody accepts or nobody answers in time, it is asked at the first.
"""

LATE_TWICE: Final = 2


@dataclass(eq=False)
class GivenUp:
    """The exchanges that were given up since the last answer; one thread asks at a time."""

    exchanges: list[Exchange] = field(default_factory=list)
    _late: Counter[object] = field(default_factory=Counter)

    def count(self, exchange: Exchange, *, answered: bool) -> bool:
        """Tell whether the target may be gone, which was ever `answered` by."""
        self._count_late(exchange)
        if exchange.answer is not None:  # it says nothing about what left later
            self.exchanges = [item for item in self.exchanges if item.started >= exchange.started]
            return False
        if answered:
            self.exchanges.append(exchange)
        broken = exchange.losses[-1].kind is LossKind.BROKEN
        return len(self.exchanges) >= (LOST_IN_A_ROW if broken else 1)

    def was_late(self, probe: Probe) -> bool:
        """Tell whether time ran out twice in a row for what a probe asks for."""
        return self._late[probe.thing] >= LATE_TWICE

    def _count_late(self, exchange: Exchange) -> None:
        """Count how often in a row time ran out for an instance, in any of the attempts."""
        answer, where = exchange.answer, exchange.probe.thing
        late = sum(loss.kind is LossKind.LATE for loss in exchange.losses)
        if answer is None or answer.late:
            self._late[where] += late + (answer is not None)
        else:
            self._late[where] = 0
