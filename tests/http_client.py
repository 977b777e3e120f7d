"""Asks a server over a socket: whole answers from a `Connection`, bytes from `connect`."""

from __future__ import annotations

import socket
from contextlib import closing
from http.client import HTTPConnection
from urllib.parse import urlsplit

from mock_client import Answer
from starlette.datastructures import Headers

PATIENCE = 120
"""Seconds after which a test gives up, however busy the machine is."""


class Connection:
    """A connection that stays open; the server is named by its URL or its port."""

    def __init__(self, where: str | int) -> None:
        host, port = _address(where)
        self._connection = HTTPConnection(host, port, timeout=PATIENCE)

    def close(self) -> None:
        self._connection.close()

    def ask(
        self, target: str, *headers: tuple[str, str], method: str = "GET", body: bytes | None = None
    ) -> Answer:
        """Send one request and read its answer, whatever its status is."""
        self._connection.request(method, target, body, dict(headers))
        came = self._connection.getresponse()
        return Answer(came.status, Headers(dict(came.getheaders())), came.read())


def ask(
    url: str, *headers: tuple[str, str], method: str = "GET", body: bytes | None = None
) -> Answer:
    """Ask for a URL, on a connection of its own."""
    parts = urlsplit(url)
    with closing(Connection(url)) as connection:
        target = parts._replace(scheme="", netloc="").geturl() or "/"
        return connection.ask(target, *headers, method=method, body=body)


def connect(where: str | int, timeout: float = PATIENCE) -> socket.socket:
    """Open a connection for raw bytes; the server is named by its URL or its port."""
    return socket.create_connection(_address(where), timeout)


def _address(where: str | int) -> tuple[str, int]:
    if isinstance(where, int):
        return "127.0.0.1", where
    parts = urlsplit(where)
    return str(parts.hostname), int(parts.port or 80)
