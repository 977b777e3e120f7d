"""How an answer travels: whole, slowly, in part or not at all."""

from __future__ import annotations

import asyncio
from typing import Final, Literal

from starlette.types import Message, Receive, Scope, Send

DeliveryMode = Literal["whole", "slow", "cut", "dropped"]
"""What becomes of an answer on its way: all of it arrives, slowly, only half of it, or nothing."""

BROKEN: Final = frozenset({"cut", "dropped"})
"""How an answer travels behind which the connection ends."""

HANG_UP: Final = "mock_server.hang_up"
"""The extension of a scope that closes its connection."""

SLOW: Final = 5.0
"""Seconds that the body of a slow answer takes."""

PIECES: Final = 10
"""In how many parts a slow body comes."""


class HungUpError(ConnectionError):
    """The connection that an answer was to end, where there is none: the app runs in-process."""


async def deliver(mode: DeliveryMode, start: Message, body: bytes, send: Send) -> None:
    """Send the start of an answer and its body, as far as they arrive."""
    if mode == "dropped":
        return
    await send(start)
    if mode == "slow":
        await _slowly(body, send)
    elif mode == "cut":
        await send(_piece(body[: len(body) // 2]))
    else:
        await send({"type": "http.response.body", "body": body})


async def _slowly(body: bytes, send: Send) -> None:
    step = len(body) // PIECES + 1
    for start in range(0, len(body), step):
        await asyncio.sleep(SLOW / PIECES)
        await send(_piece(body[start : start + step]))
    await send({"type": "http.response.body", "body": b""})


def _piece(body: bytes) -> Message:
    return {"type": "http.response.body", "body": body, "more_body": True}


async def hang_up(scope: Scope, receive: Receive) -> None:
    """End the connection, and wait until it is gone, so that nobody misses an answer."""
    if HANG_UP not in scope.get("extensions", {}):
        raise HungUpError
    scope["extensions"][HANG_UP]["close"]()
    while (await receive())["type"] != "http.disconnect":
        pass
