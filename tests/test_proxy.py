"""Which proxy a target is behind, and how it is asked for a tunnel."""

from __future__ import annotations

import socket
import threading
import time
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager, suppress
from typing import Any

import pytest

from find_webhook_kit.contracts.usage import UsageError
from find_webhook_kit.contracts.wire.no_proxy import excluded
from find_webhook_kit.contracts.wire.proxy import Proxy, proxy

FAR = 60.0
"""Seconds that no test lasts."""


@pytest.mark.parametrize(
    ("no_proxy", "host", "out"),
    [
        ("*", "api.example.com", True),
        ("other.example, *", "10.1.2.3", True),
        ("api.example.com", "api.example.com", True),
        ("API.example.COM", "api.EXAMPLE.com", True),
        ("example.com", "api.example.com", True),
        (".example.com", "api.example.com", True),
        (".example.com", "example.com", True),
        ("*.example.com", "api.example.com", True),
        ("example.com.", "api.example.com", True),
        ("example.com", "api.example.com.", True),
        ("ample.com", "api.example.com", False),
        ("example.com", "example.com.evil.example", False),
        ("a b\texample.com", "example.com", True),
        ("api.example.com:443", "api.example.com", True),
        ("api.example.com:8443", "api.example.com", False),
        (".example.com:443", "api.example.com", True),
        ("*:443", "api.example.com", True),
        ("10.1.2.3", "10.1.2.3", True),
        ("10.1.2.3:443", "10.1.2.3", True),
        ("10.1.2.3:80", "10.1.2.3", False),
        ("10.0.0.0/8", "10.1.2.3", True),
        ("10.9.9.9/8", "10.1.2.3", True),
        ("10.0.0.0/16", "10.1.2.3", False),
        ("10.0.0.0/33", "10.1.2.3", False),
        ("0.0.0.0/0", "api.example.com", False),
        ("10.0.0.0/8", "::ffff:10.1.2.3", True),
        ("1.2.3", "10.1.2.3", False),
        ("3", "10.1.2.3", False),
        ("fd00::/8", "fd00::1", True),
        ("[fd00::1]", "fd00::1", True),
        ("[fd00::1]:443", "fd00::1", True),
        ("[fd00::1]:80", "fd00::1", False),
        ("[fd00::]/8", "fd00::1", True),
        ("FD00:0::1", "fd00::1", True),
        ("::ffff:0:0/96", "::1", False),
        ("fd00::/8", "10.1.2.3", False),
        ("", "api.example.com", False),
        (" , ,. ", "api.example.com", False),
        (":443", "api.example.com", False),
    ],
)
def test_no_proxy_is_read_as_curl_reads_it(no_proxy: str, host: str, out: bool) -> None:  # noqa: FBT001
    """Names with what is below them, networks, ports; an excluded host's token stays away."""
    assert out is excluded(no_proxy, host, 443)


@pytest.mark.parametrize(
    ("environment", "scheme", "found"),
    [
        ({"HTTPS_PROXY": "http://one:1"}, "https", "one"),
        ({"https_proxy": "http://one:1", "HTTPS_PROXY": "http://two:2"}, "https", "one"),
        ({"HTTPS_PROXY": "http://one:1"}, "http", None),
        ({"ALL_PROXY": "http://one:1"}, "https", "one"),
        ({"all_proxy": "one:1"}, "http", "one"),
        ({"ALL_PROXY": "http://one:1", "HTTPS_PROXY": "http://two:2"}, "https", "two"),
        ({"ALL_PROXY": "http://one:1", "https_proxy": ""}, "https", None),
        ({"ALL_PROXY": "http://one:1", "NO_PROXY": "10.0.0.0/8"}, "https", None),
        ({"ALL_PROXY": "http://one:1", "no_proxy": "", "NO_PROXY": "*"}, "https", "one"),
        ({"HTTP_PROXY": "http://one:1"}, "http", "one"),
        ({"HTTP_PROXY": "http://one:1", "REQUEST_METHOD": "GET"}, "http", None),
    ],
)
def test_environment_names_a_proxy(
    monkeypatch: pytest.MonkeyPatch, environment: Mapping[str, str], scheme: str, found: str | None
) -> None:
    """A variable in small letters wins, one for all schemes comes last, an empty one says: none."""
    monkeypatch.setattr("os.environ", environment)
    chosen = proxy(None, scheme=scheme, host="10.1.2.3", port=1, loopback=False)

    assert found == (chosen and chosen.host)


@pytest.mark.parametrize(
    "url",
    [
        "http://me:s3cret@proxy:port",
        "http://me:s3cret@[::1",
        "socks5://me:s3cret@proxy:1",
        "https://me:s3cret@proxy:1",
        "http://me:s3cret@",
        "me:s3cret@proxy:99999",
        "http://me:s3cret@proxy:0",
    ],
)
@pytest.mark.parametrize("name", ["--proxy", "ALL_PROXY"])
def test_mistyped_proxy_is_not_repeated(
    monkeypatch: pytest.MonkeyPatch, url: str, name: str
) -> None:
    """The sentence names where it was given, and no password."""
    monkeypatch.setattr("os.environ", {} if name == "--proxy" else {name: url})
    given = url if name == "--proxy" else None
    with pytest.raises(UsageError) as refusal:
        proxy(given, scheme="https", host="api.example.com", port=443, loopback=False)

    assert name in str(refusal.value)
    assert "s3cret" not in str(refusal.value)


@contextmanager
def answering(speak: Callable[[socket.socket], None]) -> Iterator[tuple[Proxy, list[bytes]]]:
    """Run a proxy that reads a head and lets somebody speak."""
    heard: list[bytes] = []
    with socket.create_server(("127.0.0.1", 0)) as server:

        def serve() -> None:
            with suppress(OSError):
                client, _ = server.accept()
                with client:
                    heard.append(client.recv(65536))
                    speak(client)

        thread = threading.Thread(target=serve)
        thread.start()
        yield Proxy("127.0.0.1", server.getsockname()[1], (("Proxy-Authorization", "x"),)), heard
    thread.join()


def saying(content: bytes) -> Callable[[socket.socket], None]:
    return lambda client: client.sendall(content)


def flooding(content: bytes) -> Callable[[socket.socket], None]:
    def speak(client: socket.socket) -> None:
        with suppress(OSError):
            while True:
                client.sendall(content)

    return speak


@pytest.mark.parametrize(
    ("host", "named"), [("api.example.com", "api.example.com:443"), ("fd00::1", "[fd00::1]:443")]
)
def test_tunnel_is_asked_for_by_host_and_port(host: str, named: str) -> None:
    """An IPv6 address stands in brackets, as in a URL (RFC 9110, section 9.3.6)."""
    with answering(saying(b"HTTP/1.1 200 OK\r\n\r\n")) as (way, heard):
        way.tunnel(host, 443, time.monotonic() + FAR).close()

    head = f"CONNECT {named} HTTP/1.1\r\nHost: {named}\r\nProxy-Authorization: x\r\n\r\n"
    assert [head.encode()] == heard


def test_interim_answers_and_headers_come_before_the_tunnel() -> None:
    """A proxy may say what it likes on the way there."""
    with answering(saying(b"HTTP/1.1 102 Wait\r\n\r\nHTTP/1.0 200 Yes\r\nX: y\r\n\r\n")) as (
        way,
        _,
    ):
        way.tunnel("h", 443, time.monotonic() + FAR).close()


@pytest.mark.parametrize(
    ("speak", "reason"),
    [
        pytest.param(saying(b"HTTP/1.1 407 No\r\n\r\n"), "a user and a password", id="407"),
        pytest.param(saying(b"HTTP/1.1 503 No\r\n\r\n"), "refused CONNECT with 503", id="503"),
        pytest.param(saying(b"HTTP/1.1 302 No\r\n\r\n"), "refused CONNECT with 302", id="302"),
        pytest.param(saying(b"\x16\x03\x01 no\r\n\r\n"), "not HTTP/1.1", id="not HTTP"),
        pytest.param(saying(b""), "not HTTP/1.1", id="nothing"),
        pytest.param(
            saying(b"HTTP/1.1 200 OK\r\n\r\n\x15\x03"), "bytes of its own", id="bytes of its own"
        ),
        pytest.param(flooding(b"HTTP/1.1 102 Go\r\n\r\n"), "did not answer", id="hints for ever"),
        pytest.param(flooding(b"X" * 4096), "not HTTP/1.1", id="a line without end"),
    ],
)
def test_proxy_that_opens_no_tunnel_says_why(
    speak: Callable[[socket.socket], None], reason: str
) -> None:
    """A flood is read to a limit, and is no answer either."""
    with answering(speak) as (way, _), pytest.raises(OSError, match=reason):
        way.tunnel("h", 443, time.monotonic() + FAR)


def test_answer_that_trickles_ends_at_the_deadline() -> None:
    """Each byte is in time, and all of them are not."""
    stop = threading.Event()

    def speak(client: socket.socket) -> None:
        with suppress(OSError):
            while not stop.wait(0.001):
                client.sendall(b"X")

    ticks: Any = iter(range(1_000_000))
    with answering(speak) as (way, _):
        with pytest.raises(TimeoutError):
            way.tunnel("h", 443, 50.0, lambda: float(next(ticks)))
        stop.set()
