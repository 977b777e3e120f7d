"""What a run keeps of the contents that came: one copy of each, and no more than can be judged."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import Final

from find_webhook_kit.contracts.wire.exchange import KEPT_OF_TOO_MUCH, Answer
from find_webhook_kit.contracts.wire.framing import fault
from find_webhook_kit.contracts.wire.pace import BudgetSpent

MAX_KEPT: Final = 128 * 1024 * 1024  # bytes of different contents that one run keeps
MAX_WEIGHT: Final = 20_000_000  # of the contents of one run; an item weighs about 80
MAX_WEIGHT_EACH: Final = 1_000_000


class ContentStore:
    """Keeps one copy of what was answered many times, and no more than a machine can hold."""

    def __init__(self) -> None:
        self._contents: dict[bytes, bytes] = {}
        self._bytes = 0
        self._weight = 0
        self._lock = threading.Lock()

    def kept(self, answer: Answer) -> Answer:
        """Return an answer that shares its content with the equal ones; raise `BudgetSpent`."""
        weight = _weight(answer.content)
        if weight > MAX_WEIGHT_EACH:
            answer = _lightened(answer)
            weight = 0
        with self._lock:
            content = self._contents.setdefault(answer.content, answer.content)
            if content is answer.content:
                self._bytes += len(content)
            self._weight += weight
        if self._bytes > MAX_KEPT:
            raise BudgetSpent(f"{MAX_KEPT >> 20} MiB of answers, all of them different")
        if self._weight > MAX_WEIGHT:
            raise BudgetSpent(f"answers of {MAX_WEIGHT // 2} values, an object taken for five")
        return replace(answer, content=content)


def _weight(content: bytes) -> int:
    """Estimate what it costs to judge a text of JSON by the values in it, objects above all."""
    return 10 * content.count(b"{") + 2 * (content.count(b"[") + content.count(b","))


def _lightened(answer: Answer) -> Answer:
    """Keep the start of a content that is too much to be judged."""
    start = answer.content[:KEPT_OF_TOO_MUCH]
    message = f"the content has more than {MAX_WEIGHT_EACH // 2} values, an object taken for five"
    return replace(answer, content=start, faults=(*answer.faults, fault(start, 0, message)))
