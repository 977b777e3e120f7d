"""A relay that adds distance: what passes it arrives later, and a connection may be lost."""

from __future__ import annotations

import asyncio
import random
import ssl
import threading
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from urllib.parse import urlsplit

MOMENT = 0.02


@dataclass(frozen=True, slots=True)
class Distance:
    """How far a target is: seconds for a round trip, and which share of connections is lost.

    A new connection costs a round trip more, as the handshake of TCP does. A lost one is closed
    when its first request arrives.
    """

    round_trip: float
    lost: float = 0.0
    seed: int = 0


@contextmanager
def relayed(url: str, distance: Distance, *, tls: ssl.SSLContext | None = None) -> Iterator[str]:
    """Serve what stands behind a URL from a distance; with a context, over TLS."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    try:
        relay = _Relay(url, distance)
        near = asyncio.run_coroutine_threadsafe(relay.start(tls), loop).result()
        yield f"{'https' if tls else 'http'}://127.0.0.1:{near}"
    finally:
        asyncio.run_coroutine_threadsafe(relay.end(), loop).result()
        loop.call_soon_threadsafe(loop.stop)
        thread.join()
        loop.close()


class _Relay:
    """Two lines: one that adds the distance, and behind it one that ends TLS, if there is any."""

    def __init__(self, url: str, distance: Distance) -> None:
        parts = urlsplit(url)
        self.there = (str(parts.hostname), int(parts.port or 80))
        self.distance = distance
        self.random = random.Random(distance.seed)  # noqa: S311 - no secret
        self.servers: list[asyncio.Server] = []
        self.tasks: set[asyncio.Task[None]] = set()

    async def start(self, tls: ssl.SSLContext | None) -> int:
        behind = self.there
        if tls is not None:
            behind = ("127.0.0.1", await self._serve(self.there, 0.0, tls))
        return await self._serve(behind, self.distance.round_trip / 2, None)

    async def end(self) -> None:
        await asyncio.sleep(MOMENT)  # asyncio leaks whom it is just accepting (Python 3.11)
        for server in self.servers:
            server.close()
        for task in self.tasks:
            task.cancel()
        await asyncio.gather(*self.tasks, return_exceptions=True)
        for server in self.servers:
            await server.wait_closed()
        await asyncio.sleep(MOMENT)  # what was aborted is closed in one of the next turns

    async def _serve(
        self, there: tuple[str, int], one_way: float, tls: ssl.SSLContext | None
    ) -> int:
        async def connected(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
            task = asyncio.current_task()
            assert task is not None
            self.tasks.add(task)
            task.add_done_callback(self.tasks.discard)
            try:
                # Either side may hang up at any time; who ends the relay wants no trace of it.
                with suppress(OSError, asyncio.CancelledError):
                    await self._relay(reader, writer, there, one_way)
            finally:
                writer.transport.abort()

        server = await asyncio.start_server(connected, "127.0.0.1", 0, ssl=tls, backlog=256)
        self.servers.append(server)
        port: int = server.sockets[0].getsockname()[1]
        return port

    async def _relay(
        self,
        reader: asyncio.StreamReader,
        writer: asyncio.StreamWriter,
        there: tuple[str, int],
        one_way: float,
    ) -> None:
        await asyncio.sleep(2 * one_way)  # the handshake
        if one_way and self.random.random() < self.distance.lost:
            await reader.read(1)
            return
        theirs, ours = await asyncio.open_connection(*there)
        try:
            await asyncio.gather(_carry(reader, ours, one_way), _carry(theirs, writer, one_way))
        finally:
            ours.transport.abort()


async def _carry(
    reader: asyncio.StreamReader, writer: asyncio.StreamWriter, one_way: float
) -> None:
    """Carry bytes so many seconds later than they came, in their order, then the end."""
    loop = asyncio.get_running_loop()
    under_way: asyncio.Queue[tuple[float, bytes]] = asyncio.Queue()

    async def read() -> None:
        data = b"."
        while data:
            try:
                data = await reader.read(65536)
            except OSError:
                data = b""
            under_way.put_nowait((loop.time() + one_way, data))

    async def write() -> None:
        while True:
            due, data = await under_way.get()
            await asyncio.sleep(due - loop.time())
            if not data:
                with suppress(OSError, RuntimeError):
                    writer.write_eof() if writer.can_write_eof() else writer.close()
                return
            writer.write(data)
            await writer.drain()

    await asyncio.gather(read(), write())
