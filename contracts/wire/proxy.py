"""The proxy between the judge and its target, where there is one (RFC 9110, section 9.3.6)."""

from __future__ import annotations

import base64
import os
import socket
import time
from dataclasses import dataclass, field
from typing import Final
from urllib.parse import unquote, urlsplit

from find_webhook_kit.contracts.usage import UsageError, is_text
from find_webhook_kit.contracts.wire.dial import Clock, dial
from find_webhook_kit.contracts.wire.framing import MAX_HEAD, MAX_INTERIM
from find_webhook_kit.contracts.wire.no_proxy import excluded
from find_webhook_kit.contracts.wire.shell import word
from find_webhook_kit.contracts.wire.variables import filled, pieces

DEFAULT_PORT: Final = 3128
FORBIDDEN: Final = 407  # Proxy Authentication Required


@dataclass(frozen=True, slots=True)
class Proxy:
    """Where a proxy is, and the headers that open it."""

    host: str
    port: int
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)
    word: str = field(default="", repr=False)  # of a shell, for curl's --proxy
    secrets: tuple[str, ...] = field(default=(), repr=False)

    def connect(self, deadline: float, clock: Clock = time.monotonic) -> socket.socket:
        """Return a connection to the proxy itself; raises `OSError`."""
        return dial(self.host, self.port, deadline, clock)

    def tunnel(
        self, host: str, port: int, deadline: float, clock: Clock = time.monotonic
    ) -> socket.socket:
        """Return a connection to a host through the proxy; raises `OSError`.

        `deadline` is a time of the clock, for all of it, however slowly a proxy answers.
        """
        connection = self.connect(deadline, clock)
        try:
            self._ask(connection, authority(host, port), deadline, clock)
        except BaseException:
            connection.close()
            raise
        connection.settimeout(max(deadline - clock(), 0.1))
        return connection

    def _ask(self, connection: socket.socket, to: str, deadline: float, clock: Clock) -> None:
        """Ask for the tunnel, and read the answer to its end."""
        import h11  # noqa: PLC0415 - --help does without it

        parser = h11.Connection(h11.CLIENT, max_incomplete_event_size=MAX_HEAD)
        head = h11.Request(method="CONNECT", target=to, headers=[("Host", to), *self.headers])
        connection.sendall((parser.send(head) or b"") + (parser.send(h11.EndOfMessage()) or b""))
        interim = 0
        while True:
            try:
                event = parser.next_event()
            except h11.RemoteProtocolError:
                raise OSError("the proxy's answer to CONNECT is not HTTP/1.1") from None
            if event is h11.NEED_DATA:
                parser.receive_data(_received(connection, deadline, clock))
            elif isinstance(event, h11.InformationalResponse) and interim < MAX_INTERIM:
                interim += 1
            elif isinstance(event, h11.Response):
                return _opened(event.status_code, parser.trailing_data[0])
            else:
                raise OSError("the proxy did not answer CONNECT")


def _received(connection: socket.socket, deadline: float, clock: Clock) -> bytes:
    left = deadline - clock()
    if left <= 0:
        raise TimeoutError("timed out")
    connection.settimeout(left)
    return connection.recv(4096)


def _opened(status: int, behind: bytes) -> None:
    """Return where a status opens the tunnel; a server of TLS never speaks first in it."""
    if status == FORBIDDEN:
        raise OSError("the proxy asks for a user and a password (407)")
    if not 200 <= status < 300:  # noqa: PLR2004 - any 2xx, RFC 9110, section 9.3.6
        raise OSError(f"the proxy refused CONNECT with {status}")
    if behind:
        raise OSError("the proxy sent bytes of its own into the tunnel")


def authority(host: str, port: int) -> str:
    """Write a host and a port as a URL does, an IPv6 address in brackets."""
    return f"[{host}]:{port}" if ":" in host else f"{host}:{port}"


def proxy(given: str | None, *, scheme: str, host: str, port: int, loopback: bool) -> Proxy | None:
    """Return the proxy of --proxy (empty: none), or the one that the environment names.

    A target on this machine is never looked for behind a proxy of the environment.
    """
    if given is not None:
        return _proxy("--proxy", given) if given else None
    name = variable(scheme)
    if not name or loopback or excluded(_no_proxy(), host, port):
        return None
    return _proxy(name, f"${name}")


def variable(scheme: str) -> str:
    """Return the variable that names a proxy for a scheme, empty where none does.

    One that is set and empty counts, and says: none. In a CGI script HTTP_PROXY is a header of
    some client ("httpoxy").
    """
    forged = {"HTTP_PROXY"} if "REQUEST_METHOD" in os.environ else set()
    names = (f"{scheme}_proxy", f"{scheme}_proxy".upper(), "all_proxy", "ALL_PROXY")
    found = next((name for name in names if name in os.environ and name not in forged), "")
    return found if os.environ.get(found) else ""


def _no_proxy() -> str:
    return os.environ.get("no_proxy", os.environ.get("NO_PROXY", ""))


def _proxy(name: str, given: str) -> Proxy:
    """Read the URL of a proxy that `name` gave, with $NAME for a variable of the environment.

    No error repeats it: it may hold a password.
    """
    url = filled(name, given)
    if not is_text(url):
        raise UsageError(f"{name} is not UTF-8")
    try:
        parts = urlsplit(url if "//" in url else f"http://{url}")
        port = DEFAULT_PORT if parts.port is None else parts.port
    except ValueError:
        raise UsageError(f"{name} is not a URL such as http://host:port") from None
    if parts.scheme != "http" or not parts.hostname or not port:
        raise UsageError(f"{name} must look like http://host:port; other proxies are not known")
    user, password = unquote(parts.username or ""), unquote(parts.password or "")
    if parts.username is None:
        return Proxy(parts.hostname, port, word=word(f"http://{authority(parts.hostname, port)}"))
    pair = base64.b64encode(f"{user}:{password}".encode()).decode()
    told = parts.port is not None and given != url  # a variable keeps the secret
    shown = pieces(given) if told else [f"http://…@{authority(parts.hostname, port)}"]
    return Proxy(
        parts.hostname,
        port,
        (("Proxy-Authorization", f"Basic {pair}"),),
        word(*shown),
        (password, parts.password or "", pair),
    )
