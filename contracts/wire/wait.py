"""Waits for a target that is still starting (--wait)."""

from __future__ import annotations

import time
from collections.abc import Callable
from http import HTTPStatus
from typing import Final

from find_webhook_kit.contracts.wire.channel import Channel
from find_webhook_kit.contracts.wire.connection import Lost
from find_webhook_kit.contracts.wire.probe import Probe

EVERY: Final = 0.5
"""Seconds between two attempts."""

STARTING: Final = frozenset(
    {HTTPStatus.BAD_GATEWAY, HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.GATEWAY_TIMEOUT}
)
"""What a gateway says of an application that does not answer yet."""


def wait_for(channel: Callable[[], Channel], probe: Probe, seconds: float) -> float:
    """Ask until something else comes than a refused connection, 502, 503 or 504, or time is up.

    Return how many seconds that took. These answers are not judged: a cold start breaks nothing.
    """
    began = time.monotonic()
    while time.monotonic() - began < seconds:
        try:
            if channel().ask(probe, 0, stay=False).status not in STARTING:
                break
        except Lost:
            pass
        time.sleep(EVERY)
    return time.monotonic() - began
