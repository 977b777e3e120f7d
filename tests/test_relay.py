"""The relay that adds distance ends in silence, whatever is under way."""

from __future__ import annotations

import socket
from urllib.parse import urlsplit

import pytest
from liars.server import Speech, serving
from relay import Distance, relayed

REQUEST = b"GET / HTTP/1.1\r\nHost: h\r\n\r\n"
ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n[]"


@pytest.mark.parametrize(
    ("sent", "read"),
    [
        pytest.param(b"", 0, id="in the handshake"),
        pytest.param(REQUEST, 0, id="with a request under way"),
        pytest.param(REQUEST, 1, id="behind an answer"),
    ],
)
@pytest.mark.parametrize("hangs_up", [False, True], ids=["client waits", "client is gone"])
def test_relay_that_is_cut_leaves_no_trace(
    sent: bytes,
    read: int,
    hangs_up: bool,  # noqa: FBT001 - a case
    caplog: pytest.LogCaptureFixture,
    capfd: pytest.CaptureFixture[str],
) -> None:
    """A client and a server may be in the middle of an exchange when it ends."""
    with (
        serving(lambda _: Speech(ANSWER, stays=True)) as near,
        socket.socket() as client,
        relayed(near, Distance(0.01 if read else 0.2)) as far,
    ):
        client.connect(("127.0.0.1", urlsplit(far).port or 0))
        client.sendall(sent)
        client.recv(read)
        if hangs_up:
            client.close()

    assert ([], "") == (caplog.records, capfd.readouterr().err)
