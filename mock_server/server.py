"""Puts the mock on a socket: for a person until Ctrl-C, or for a test while a block lasts."""

from __future__ import annotations

import asyncio
import logging
import socket
import sys
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from types import FrameType
from typing import Final, cast

import uvicorn

from mock_server.app import create_app
from mock_server.memory import Memory
from mock_server.protocol import Protocol
from mock_server.settings import Settings
from mock_server.workers import beside

if sys.platform != "win32":
    import resource

CONNECTIONS: Final = 4096
"""How many connections may wait at once; as many may be open."""

_LOGGER: Final = logging.getLogger("uvicorn.error")


@dataclass(eq=False)
class AddressError(Exception):
    """An address that the mock cannot listen on."""

    host: str
    port: int
    reason: str

    def __str__(self) -> str:
        return f"cannot listen on {self.host}:{self.port}: {self.reason}"


@dataclass(frozen=True, slots=True)
class Running:
    """A mock that answers: where, to which token, and what it remembers."""

    url: str
    token: str
    memory: Memory = field(repr=False)


def serve(settings: Settings, announce: Callable[[str], None]) -> None:
    """Serve until Ctrl-C or SIGTERM; the URL is announced once the mock listens."""
    _raise_file_limit()
    memory = Memory(settings)

    def work(orphaned: Callable[[], bool]) -> None:
        _Server(memory, _nothing, orphaned).run(sockets=[listener])

    with _listening(settings) as listener, beside(settings.workers - 1, work):
        _Server(memory, lambda: announce(_url(listener))).run(sockets=[listener])


@contextmanager
def serving(settings: Settings | None = None) -> Iterator[Running]:
    """Serve in a background thread while the block lasts; the default port is a free one."""
    settings = settings or Settings(port=0)
    memory = Memory(settings)
    with _listening(settings) as listener:
        ready = threading.Event()
        server = _Server(memory, ready.set)
        thread = threading.Thread(
            target=server.run, kwargs={"sockets": [listener]}, name="mock-server", daemon=True
        )
        thread.start()
        while not ready.wait(timeout=0.1):
            if not thread.is_alive():
                raise RuntimeError("The mock did not start; its log says why.")
        try:
            yield Running(_url(listener), settings.tokens[0], memory)
        finally:
            server.should_exit = True
            thread.join()


class _Server(uvicorn.Server):
    """uvicorn with the mock's protocol, which says when it listens and ends without a word."""

    def __init__(
        self,
        memory: Memory,
        ready: Callable[[], None],
        orphaned: Callable[[], bool] = bool,
    ) -> None:
        async def look() -> None:
            memory.library.look()  # a broken save is told without waiting for a request
            self.should_exit |= orphaned()

        self._level = _LOGGER.level
        super().__init__(
            uvicorn.Config(
                create_app(memory=memory),
                callback_notify=look,
                timeout_notify=0,
                http=Protocol,
                ws="none",
                lifespan="on",
                log_config=None,
                log_level=logging.ERROR,
                access_log=False,
                server_header=False,
                proxy_headers=False,
                backlog=CONNECTIONS,
                timeout_graceful_shutdown=1,
            )
        )
        self._ready = ready

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        if self.started:
            self._ready()

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        # An answer that is cut off by the end of the mock is no error, and nobody waits for it.
        _LOGGER.setLevel(logging.CRITICAL)
        for connection in list(self.server_state.connections):
            cast("Protocol", connection).transport.close()
        await asyncio.sleep(0.01)  # until each request knows that its client is gone
        for task in list(self.server_state.tasks):
            task.cancel()
        for connection in list(self.server_state.connections):
            cast("Protocol", connection).transport.abort()  # its client does not read
        await super().shutdown(sockets)
        _LOGGER.setLevel(self._level)  # the process may run other servers

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:  # noqa: ARG002
        # uvicorn would send the signal once more when all is done, to end in an interrupt.
        self.should_exit = True


def _nothing() -> None:
    """Say nothing: one of several processes has said it."""


@contextmanager
def _listening(settings: Settings) -> Iterator[socket.socket]:
    """Bind the address before anything else, so that a taken port is told as such."""
    try:
        family, *_, address = socket.getaddrinfo(
            settings.host, settings.port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
        listener = socket.create_server(address, family=family, backlog=CONNECTIONS)
    except OSError as error:
        # Python repeats the address in the system's words.
        reason = str(error.strerror).partition(" (while")[0]
        raise AddressError(settings.host, settings.port, reason) from None
    with listener:
        yield listener


def _url(listener: socket.socket) -> str:
    """Return the address that a client on this machine can use."""
    host, port = listener.getsockname()[:2]
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - compared, not bound
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"


def _raise_file_limit() -> None:
    """Allow a file descriptor for each connection, where the system's default is lower."""
    if sys.platform != "win32":
        soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
        wanted = CONNECTIONS + 256
        if hard != resource.RLIM_INFINITY:
            wanted = min(wanted, hard)
        if soft < wanted:
            resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
