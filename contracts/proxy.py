"""The proxy between the judge and its target, where there is one (RFC 9110, section 9.3.6)."""

from __future__ import annotations

import base64
import http.client
import socket
from dataclasses import dataclass, field
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit
from urllib.request import getproxies, proxy_bypass

from contracts.usage import UsageError

if TYPE_CHECKING:
    from contracts.target import Target


@dataclass(frozen=True, slots=True)
class Proxy:
    """Where a proxy is, and the headers that open it."""

    host: str
    port: int
    headers: tuple[tuple[str, str], ...] = field(default=(), repr=False)

    def tunnel(self, host: str, port: int, timeout: float) -> socket.socket:
        """Return a connection to a host through the proxy; raises `OSError`."""
        connection = http.client.HTTPConnection(self.host, self.port, timeout=timeout)
        connection.set_tunnel(host, port, dict(self.headers))
        try:
            connection.connect()
        except http.client.HTTPException as error:
            raise OSError(f"the proxy did not answer CONNECT: {error}") from None
        return connection.sock

    def connect(self, timeout: float) -> socket.socket:
        """Return a connection to the proxy itself; raises `OSError`."""
        return socket.create_connection((self.host, self.port), timeout)


def proxy(given: str, judged: Target) -> Proxy | None:
    """Return the proxy of --proxy, or the one that the environment names for the target.

    A target on this machine is never looked for behind a proxy of the environment.
    """
    url = given or _of_the_environment(judged)
    if not url:
        return None
    name = "--proxy" if given else f"{judged.scheme.upper()}_PROXY"
    try:
        parts = urlsplit(url if "//" in url else f"http://{url}")
        port = parts.port or 3128
    except ValueError as error:
        raise UsageError(f"{name} is not a URL: {error}") from None
    if parts.scheme != "http" or not parts.hostname:
        raise UsageError(f"{name} must look like http://host:port")
    return Proxy(parts.hostname, port, _credentials(parts.username, parts.password))


def _of_the_environment(judged: Target) -> str:
    if judged.loopback or proxy_bypass(judged.host):
        return ""
    return getproxies().get(judged.scheme, "")


def _credentials(user: str | None, password: str | None) -> tuple[tuple[str, str], ...]:
    if user is None:
        return ()
    pair = f"{unquote(user)}:{unquote(password or '')}".encode()
    return (("Proxy-Authorization", f"Basic {base64.b64encode(pair).decode()}"),)
