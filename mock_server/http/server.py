"""Puts the mock on a socket: for a person until Ctrl-C, or for a test while a block lasts."""

from __future__ import annotations

import asyncio
import errno
import logging
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import ExitStack, contextmanager, suppress
from dataclasses import dataclass, field
from functools import partial
from types import FrameType
from typing import Final, cast

import uvicorn

from find_webhook_kit.mock_server.app.stack import create_app
from find_webhook_kit.mock_server.http.at_once import AtOnce
from find_webhook_kit.mock_server.http.idle_connections import CONNECTIONS, raise_file_limit
from find_webhook_kit.mock_server.http.protocol import KEEP_ALIVE
from find_webhook_kit.mock_server.http.workers import attend
from find_webhook_kit.mock_server.settings import Settings
from find_webhook_kit.mock_server.state import State
from find_webhook_kit.spec import Contract

_LOGGER: Final = logging.getLogger("uvicorn.error")


@dataclass(eq=False)
class AddressError(Exception):
    """An address that the mock cannot listen on."""

    host: str
    port: int
    reason: str

    def __str__(self) -> str:
        host = self.host if self.host.isprintable() else ascii(self.host)
        host = f"[{host}]" if ":" in host else host
        return f"cannot listen on {host}:{self.port}: {self.reason}"


@dataclass(frozen=True, slots=True)
class Running:
    """A mock that answers: where, to which token, and what it remembers."""

    url: str
    token: str
    state: State = field(repr=False)
    settle: Callable[[], None] = field(repr=False)
    """Waits until what was answered stands in the journal: an answer leaves before that."""


def serve(settings: Settings, contract: Contract, announce: Callable[[str], None]) -> None:
    """Serve until Ctrl-C or SIGTERM; the URL is announced once the mock listens."""
    raise_file_limit()
    state = State(settings, contract)
    with _listening(settings) as listeners:
        announced = partial(announce, _url(listeners[0]))

        def work(number: int, orphaned: Callable[[], bool]) -> None:
            ready = _nothing if number else announced
            _Server(state, ready, orphaned).run(sockets=listeners)

        if settings.workers > 1:
            attend(settings.workers, work)
        else:
            _Server(state, announced).run(sockets=listeners)


@contextmanager
def serving(
    settings: Settings | None = None, contract: Contract | None = None
) -> Iterator[Running]:
    """Serve in a background thread while the block lasts; the default port is a free one."""
    settings = settings or Settings(port=0)
    state = State(settings, contract)
    with _listening(settings) as listeners:
        ready = threading.Event()
        server = _Server(state, ready.set)
        thread = threading.Thread(
            target=server.run, kwargs={"sockets": listeners}, name="mock-server", daemon=True
        )
        thread.start()
        while not ready.wait(timeout=0.1):
            if not thread.is_alive():
                raise RuntimeError("The mock did not start; its log says why.")
        try:
            yield Running(_url(listeners[0]), settings.tokens[0], state, server.settle)
        finally:
            server.should_exit = True
            thread.join()


class _Server(uvicorn.Server):
    """uvicorn with the mock's protocol, which says when it listens and ends without a word."""

    def __init__(
        self,
        state: State,
        ready: Callable[[], None],
        orphaned: Callable[[], bool] = bool,
    ) -> None:
        async def look() -> None:
            state.fixture_store.look()  # a broken save is told without waiting for a request
            self.should_exit |= orphaned()

        self._level = _LOGGER.level
        super().__init__(
            uvicorn.Config(
                create_app(state=state),
                callback_notify=look,
                timeout_notify=0,
                http=AtOnce,
                ws="none",
                lifespan="on",
                log_config=None,
                log_level=logging.ERROR,
                access_log=False,
                server_header=False,
                proxy_headers=False,
                backlog=CONNECTIONS,
                timeout_keep_alive=KEEP_ALIVE,
                timeout_graceful_shutdown=1,
                workers=1,  # nor what WEB_CONCURRENCY says
            )
        )
        self._ready = ready
        self._loop: asyncio.AbstractEventLoop | None = None

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self._loop = asyncio.get_running_loop()
        if self.started:
            self._ready()

    def settle(self) -> None:
        """Wait, from another thread, until the event loop has done what it is doing now."""
        done = threading.Event()
        if self._loop is not None:
            with suppress(RuntimeError):  # it has ended
                self._loop.call_soon_threadsafe(done.set)
                done.wait(1)

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        # An answer that is cut off by the end of the mock is no error, and nobody waits for it.
        _LOGGER.setLevel(logging.CRITICAL)
        for connection in list(self.server_state.connections):
            cast("AtOnce", connection).transport.close()
        await asyncio.sleep(0.01)  # until each request knows that its client is gone
        for task in list(self.server_state.tasks):
            task.cancel()
        for connection in list(self.server_state.connections):
            cast("AtOnce", connection).transport.abort()  # its client does not read
        await super().shutdown(sockets)
        _LOGGER.setLevel(self._level)  # the process may run other servers

    def handle_exit(self, sig: int, frame: FrameType | None) -> None:  # noqa: ARG002
        # uvicorn would send the signal once more when all is done, to end in an interrupt.
        self.should_exit = True


def _nothing() -> None:
    """Say nothing: one of several processes has said it."""


_LOCALHOST: Final = ("127.0.0.1", "::1")
"""What the name means, whatever a resolver makes of it (RFC 6761, section 6.3)."""

_ABSENT: Final = frozenset({errno.EADDRNOTAVAIL, errno.EAFNOSUPPORT})
"""What a system says that has no such address; one without IPv6 has no ::1."""

_TRIES: Final = 20
"""How often a free port is looked for that is free at each address."""


@contextmanager
def _listening(settings: Settings) -> Iterator[list[socket.socket]]:
    """Bind the addresses before anything else, so that a taken port is told as such."""
    try:
        listeners = _bound(_addresses(settings.host), settings.port)
    except OSError as error:
        # Python repeats the address in the system's words.
        reason = str(error.strerror).partition(" (while")[0]
        hint = "; --port 0 picks a free port" if error.errno == errno.EADDRINUSE else ""
        raise AddressError(settings.host, settings.port, reason + hint) from None
    except ValueError:  # of the encoding of names, or of a NUL
        raise AddressError(settings.host, settings.port, "this is no host name") from None
    with ExitStack() as stack:
        for listener in listeners:
            stack.enter_context(listener)
        yield listeners


def _addresses(host: str) -> list[tuple[socket.AddressFamily, str]]:
    """Return every address that a host has, IPv4 first, which more clients can use."""
    names = _LOCALHOST if host.lower() == "localhost" else (host,)
    found = [
        (family, str(address[0]))
        for name in names
        for family, *_, address in socket.getaddrinfo(
            name, None, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )
    ]
    return sorted(dict.fromkeys(found), key=lambda pair: pair[0] != socket.AF_INET)


def _bound(addresses: list[tuple[socket.AddressFamily, str]], port: int) -> list[socket.socket]:
    """Listen at each address, on one port; where any port will do, on one free at all of them."""
    for _ in range(_TRIES):
        try:
            return _bound_once(addresses, port)
        except OSError as error:
            if port or error.errno != errno.EADDRINUSE:
                raise
    return _bound_once(addresses, port)


def _bound_once(
    addresses: list[tuple[socket.AddressFamily, str]], port: int
) -> list[socket.socket]:
    listeners: list[socket.socket] = []
    for family, address in addresses:
        try:
            listeners.append(_listener(family, address, port))
        except OSError as error:
            if error.errno in _ABSENT and (listeners or address != addresses[-1][1]):
                continue
            for listener in listeners:
                listener.close()
            raise
        port = listeners[0].getsockname()[1]
    return listeners


def _listener(family: socket.AddressFamily, address: str, port: int) -> socket.socket:
    """Listen at an address; at `::`, which means every address, at those of IPv4, too."""
    both = address == "::" and socket.has_dualstack_ipv6()
    return socket.create_server(
        (address, port), family=family, backlog=CONNECTIONS, dualstack_ipv6=both
    )


def _url(listener: socket.socket) -> str:
    """Return the address that a client on this machine can use."""
    host, port = listener.getsockname()[:2]
    host = {"0.0.0.0": "127.0.0.1", "::": "::1"}.get(host, host)  # noqa: S104 - compared, not bound
    return f"http://[{host}]:{port}" if ":" in host else f"http://{host}:{port}"
