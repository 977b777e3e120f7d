"""Headers for a gateway and proxies on the way: sent, and never shown."""

from __future__ import annotations

import json
import socket
import socketserver
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest
from liars.honest import TOKEN, speak
from liars.server import serving

from find_webhook_kit.contracts.__main__ import main
from find_webhook_kit.contracts.usage import UsageError
from find_webhook_kit.contracts.wire.gateway import gateway_header
from find_webhook_kit.contracts.wire.proxy import proxy

QUICK = ("--token", TOKEN, "--instance-id", "crm", "--profile", "quick")
FAR: Any = {"scheme": "https", "host": "api.example.com", "port": 443, "loopback": False}
NEAR: Any = {"scheme": "http", "host": "127.0.0.1", "port": 1, "loopback": True}


def test_variable_is_filled_in_on_the_wire_alone(monkeypatch: pytest.MonkeyPatch) -> None:
    """A curl line keeps it, so that it runs as printed and shows nothing."""
    monkeypatch.setenv("KEY", "k-12345")
    header = gateway_header("X-Key: id=$KEY")

    assert ("X-Key", "id=k-12345", '"X-Key: id=$KEY"') == (header.name, header.wire, header.word)


def test_value_without_a_variable_is_not_shown() -> None:
    """Nobody can tell a secret from a name."""
    assert "'X-Key: …'" == gateway_header("X-Key: k-12345").word


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("X-Key", "write it as 'Name: value'"),
        (": x", "write it as 'Name: value'"),
        ("X Key: x", "write it as 'Name: value'"),
        ("Authorization: x", "the token goes into --token"),
        ("host: x", "it is the host of BASE_URL"),
        ("Content-Length: 1", "the judge frames its requests itself"),
        ("X-Key: $NO_SUCH_VARIABLE", "the environment has no variable NO_SUCH_VARIABLE"),
        ("X-Key: a\nb", "holds what a header cannot"),
        ("X-Key s3cret", "write it as 'Name: value'"),
        ("X Key: s3cret", "write it as 'Name: value'"),
        ("s3cret s3cret: x", "write it as 'Name: value'"),
        ("", "write it as 'Name: value'"),
        ("X-Key: s3cret\N{SNOWMAN}", "holds what a header cannot"),
        ("X-Key: $NO_SUCH_VARIABLE s3cret", "the environment has no variable NO_SUCH_VARIABLE"),
    ],
)
def test_header_that_cannot_be_sent_is_refused(text: str, reason: str) -> None:
    """The sentence names the header, never its value."""
    with pytest.raises(UsageError, match="--header") as refusal:
        gateway_header(text)

    assert reason in str(refusal.value)
    assert "s3cret" not in str(refusal.value)


def test_no_report_holds_the_value(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Not even where the server sends it back."""
    with serving(speak) as url:
        main([url, *QUICK, "--header", "X-Key: k-12345", "--report-dir", str(tmp_path)])
    texts = [path.read_text(encoding="utf-8") for path in tmp_path.iterdir()]

    assert not [text for text in (*texts, capsys.readouterr().out) if "k-12345" in text]


class _Proxy(socketserver.StreamRequestHandler):
    """A proxy that writes down what it was asked for, and knows one server."""

    server: _ProxyServer

    def handle(self) -> None:
        line = self.rfile.readline()
        if not line:  # somebody only looked whether anybody is here
            return
        head = [line, *iter(self.rfile.readline, b"\r\n")]
        self.server.heard.append(line.decode().split(" ")[1])
        self.server.keys |= {item for item in head if item.lower().startswith(b"proxy-auth")}
        with socket.create_connection(self.server.behind) as behind:
            if line.startswith(b"CONNECT"):
                self.wfile.write(b"HTTP/1.1 200 OK\r\n\r\n")
                return
            request = b"".join(head).replace(b"http://somewhere.example", b"")
            behind.sendall(request.replace(b"keep-alive", b"close") + b"\r\n")
            while chunk := behind.recv(65536):
                self.wfile.write(chunk)


class _ProxyServer(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    request_queue_size = 64

    def __init__(self, url: str) -> None:
        super().__init__(("127.0.0.1", 0), _Proxy)
        host, _, port = url.removeprefix("http://").partition(":")
        self.behind = (host, int(port))
        self.heard: list[str] = []
        self.keys: set[bytes] = set()


@contextmanager
def proxying(url: str) -> Iterator[_ProxyServer]:
    with _ProxyServer(url) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


def test_proxy_carries_http(tmp_path: Path) -> None:
    """A request names the whole URL, and the proxy gets its credentials (RFC 9112, 3.2.2)."""
    with serving(speak) as url, proxying(url) as server:
        port = server.server_address[1]
        code = main(
            [
                "http://somewhere.example",
                *QUICK,
                "--rate-limit",
                "0",
                "--proxy",
                f"http://me:pass@127.0.0.1:{port}",
                "--report-dir",
                str(tmp_path),
            ]
        )
    report = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))

    assert (0, "http://somewhere.example") == (code, report["target"])
    assert {"http://somewhere.example/"} == {item[:25] for item in server.heard}
    assert {b"Proxy-Authorization: Basic bWU6cGFzcw==\r\n"} == server.keys


def test_proxy_is_asked_to_connect_for_https() -> None:
    """What is in the tunnel is between the judge and its target."""
    with serving(speak) as url, proxying(url) as server:
        port = server.server_address[1]
        code = main(["https://somewhere.example", *QUICK, "--proxy", f"http://127.0.0.1:{port}"])

    assert 4 == code  # this proxy hangs up where TLS should begin
    assert {"somewhere.example:443"} == set(server.heard)


@pytest.mark.parametrize(
    ("no_proxy", "found"), [("", "proxy.example"), ("api.example.com", None), ("*", None)]
)
def test_environment_names_a_proxy(
    monkeypatch: pytest.MonkeyPatch, no_proxy: str, found: str | None
) -> None:
    """As every other client of HTTP has it, in either case."""
    monkeypatch.setenv("https_proxy", "http://proxy.example:8080")
    monkeypatch.setenv("no_proxy", no_proxy)
    chosen = proxy(None, **FAR)

    assert found == (chosen and chosen.host)


def test_this_machine_is_not_behind_a_proxy_of_the_environment(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """A mock on 127.0.0.1 would never be found there."""
    monkeypatch.setenv("http_proxy", "http://proxy.example:8080")

    assert proxy(None, **NEAR) is None


@pytest.mark.parametrize("text", ["socks5://h:1", "http://", "http://h:99999"])
def test_proxy_that_is_none_is_refused(text: str) -> None:
    """Only a proxy that is spoken to in plain HTTP is known."""
    with pytest.raises(UsageError, match="--proxy"):
        proxy(text, **FAR)
