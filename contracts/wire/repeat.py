"""Whether a request that brought no answer, or only `not now`, goes out again, and when.

A lost request goes again once. A throttled one waits as long as the server says (RFC 9110, section
10.2.3), and everybody else with it. A 503 without Retry-After may be either throttling (nginx) or a
failure: sent again at once, and then later, it tells which.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from email.utils import parsedate_to_datetime
from http import HTTPStatus
from typing import Final

from find_webhook_kit.contracts.wire.exchange import LOST, Answer, Loss, LossKind
from find_webhook_kit.contracts.wire.pace import SLOWEST

LOST_TWICE: Final = 2
THROTTLED_TIMES: Final = 3
RECONNECTING: Final = (0.1, 0.3, 0.9)
"""Seconds before each attempt to connect again: a server may just be starting again."""

SHORT: Final = 10.0
"""Seconds that a run waits at its start, where it is not told to --wait."""

PAUSE: Final = 1.0
"""Seconds to wait where a server throttles and does not say for how long."""


@dataclass(frozen=True, slots=True)
class Again:
    """The request goes out again: `pause` seconds later, or all wait for `throttle` seconds.

    `rate` is how many requests a second leave behind that; None for half as many as before.
    """

    pause: float = 0.0
    throttle: float = 0.0
    rate: float | None = None


def not_now(answer: Answer) -> Loss | None:
    """Return why an answer is only a `not now`; None for every other one."""
    if answer.throttles:
        return Loss(LossKind.THROTTLED, f"answered {answer.status}")
    if answer.status == HTTPStatus.SERVICE_UNAVAILABLE:
        return Loss(LossKind.UNAVAILABLE, f"answered {answer.status}")
    return None


def after_loss(losses: Sequence[Loss], *, answered: bool) -> Again | None:
    """Decide what follows the last of these losses; None where the request is given up.

    `answered` tells whether anything was answered in this run: who was never there is not
    waited for.
    """
    if losses[-1].kind is LossKind.REFUSED and answered:
        refused = _count(losses, LossKind.REFUSED)
        return Again(RECONNECTING[refused - 1]) if refused <= len(RECONNECTING) else None
    return Again() if _count(losses, *LOST) < LOST_TWICE else None


def after_not_now(losses: Sequence[Loss], answer: Answer, *, opening: bool) -> Again | None:
    """Decide what follows an answer that says: not now; None where it is taken as it is.

    In the `opening` of a run one short wait has to do: what throttles or fails from the start on
    is a diagnosis, and is told at once.
    """
    kind = losses[-1].kind
    times = _count(losses, kind)
    if times > (1 if opening else THROTTLED_TIMES):
        return None
    if opening and retry_after(answer) > SHORT:
        return None
    if kind is LossKind.UNAVAILABLE:
        # Nobody says how fast is too fast: start from the slowest, and become faster.
        return Again(throttle=PAUSE, rate=SLOWEST) if times > 1 else Again()
    return Again(throttle=retry_after(answer))


def _count(losses: Sequence[Loss], *kinds: LossKind) -> int:
    return sum(loss.kind in kinds for loss in losses)


def retry_after(answer: Answer) -> float:
    """Return the seconds that a server asks for (RFC 9110, section 10.2.3); a bad value is none."""
    text = answer.header("retry-after") or ""
    if text.isascii() and text.isdecimal():
        return float(text[:9])  # a longer wait than any run
    try:
        then = parsedate_to_datetime(text)
        then = then.replace(tzinfo=then.tzinfo or UTC)  # the form of asctime names no zone
        return max((then - datetime.now(UTC)).total_seconds(), 0.0)
    except Exception:  # noqa: BLE001 - that parser fails in many ways on what is no date
        return PAUSE
