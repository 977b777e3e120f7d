"""A server that means harm gets a verdict like any other, and never the token."""

from __future__ import annotations

import itertools
import json
import socket
import ssl
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from pathlib import Path

import pytest
from liars.honest import KNOWN_IDS, TOKEN, Answer, found, said, speak
from liars.server import Request, Speech, serving

from find_webhook_kit.contracts.__main__ import main
from find_webhook_kit.contracts.config.options import Depth, Options
from find_webhook_kit.contracts.judge import judge
from find_webhook_kit.contracts.wire.pace import Limits
from find_webhook_kit.contracts.wire.probe import SAFE_METHODS, Probe
from find_webhook_kit.contracts.wire.sender import Sender
from find_webhook_kit.contracts.wire.target import target
from find_webhook_kit.contracts.wire.world import World

TLS = Path(__file__).parent / "data" / "tls"
IDS = [flag for known in KNOWN_IDS for flag in ("--instance-id", known)]
QUICK = Options(max_examples=0, repetitions=1, depth=Depth.QUICK, connections=4, max_time=600.0)


def certified(name: str) -> ssl.SSLContext:
    """A server's side of TLS, with one of the certificates of `tests/data/tls`."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(TLS / f"{name}.pem")
    return context


def command(url: str, folder: Path, *flags: str) -> int:
    return main([url, *IDS, "--profile", "quick", "--report-dir", str(folder), *flags])


def told(folder: Path, captured: pytest.CaptureFixture[str]) -> str:
    """Everything that the command said and wrote."""
    output = captured.readouterr()
    return output.out + output.err + "".join(file.read_text() for file in folder.iterdir())


@pytest.fixture(autouse=True)
def token_in_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONTRACT_TOKEN", TOKEN)


@pytest.mark.parametrize(
    ("certificate", "flags", "reason"),
    [
        ("expired", ["--ca-file", str(TLS / "ca.pem")], "certificate has expired"),
        ("early", ["--ca-file", str(TLS / "ca.pem")], "certificate is not yet valid"),
        ("other", ["--ca-file", str(TLS / "ca.pem")], "IP address mismatch"),
        ("good", [], "unable to get local issuer certificate"),
    ],
)
def test_certificate_that_cannot_be_trusted_makes_the_target_unreachable(
    certificate: str,
    flags: list[str],
    reason: str,
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
) -> None:
    """No request leaves, so no token does; the report says why."""
    heard: list[Request] = []

    def speaker(request: Request) -> Speech:
        heard.append(request)
        return speak(request)

    with serving(speaker, tls=certified(certificate)) as url:
        code = command(url, tmp_path, *flags)
    text = told(tmp_path, capsys)

    assert (4, []) == (code, heard)
    assert reason in json.loads((tmp_path / "report.json").read_text())["unreachable"]
    assert TOKEN not in text


def test_good_certificate_of_a_given_authority_is_trusted(tmp_path: Path) -> None:
    """--ca-file names who vouches for the target."""
    with serving(speak, tls=certified("good")) as url:
        assert 0 == command(url, tmp_path, "--ca-file", str(TLS / "ca.pem"))


def test_target_may_have_an_address_of_ipv6(tmp_path: Path) -> None:
    """The brackets of the URL are not part of the address."""
    with serving(speak, host="::1") as url:
        assert 0 == command(url, tmp_path)


def test_redirect_is_followed_nowhere(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """Not in circles, and not to another host, which would be told the token."""
    elsewhere: list[Request] = []

    def other(request: Request) -> Speech:
        elsewhere.append(request)
        return speak(request)

    with serving(other) as there:
        moved = Answer(302, (("Location", f"{there}/api/v2/instance/crm/webhook"),))
        with serving(lambda request: said(request, moved)) as url:
            code = command(url, tmp_path)
    text = told(tmp_path, capsys)

    assert (4, []) == (code, elsewhere)
    assert TOKEN not in text


def test_token_in_every_part_of_an_answer_is_told_nowhere(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Whatever a server repeats, the reports are fit to be read by anybody."""
    raw = f"HTTP/1.1 {TOKEN} {TOKEN}\r\n{TOKEN}\r\n: {TOKEN}\r\n\r\n{TOKEN}".encode()
    texts = {
        "crm": raw,
        "shop": f"HTTP/1.1 200 {TOKEN}\r\nX-{TOKEN}: {TOKEN}\0\r\n\r\n[{TOKEN}".encode(),
        "bare": f"HTTP/1.1 200 OK\r\nContent-Length: {TOKEN}\r\n\r\n".encode(),
        "idle": f"HTTP/1.1 200 OK\r\nTransfer-Encoding: {TOKEN}\r\n\r\n".encode(),
        "nobody": f"HTTP/1.1 200 OK\r\nContent-Encoding: {TOKEN}\r\n\r\n{TOKEN}".encode(),
    }

    def speaker(request: Request) -> Speech:
        return Speech(texts.get(request.path.split("/")[4], TOKEN.encode()))

    with serving(speaker) as url:
        code = command(url, tmp_path, "--unknown-instance-id", "nobody", "--show-values")

    assert 1 == code
    assert TOKEN not in told(tmp_path, capsys)


@contextmanager
def handling(handle: Callable[[socket.socket], None]) -> Iterator[str]:
    """Serve connections as a function wants to."""
    with socket.create_server(("127.0.0.1", 0), backlog=64) as listener:

        def accept() -> None:
            with suppress(OSError):
                while True:
                    connection, _ = listener.accept()
                    with connection, suppress(OSError):
                        handle(connection)

        thread = threading.Thread(target=accept)
        thread.start()
        yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        listener.shutdown(socket.SHUT_RDWR)
        thread.join()


def half_closed(connection: socket.socket) -> None:
    connection.shutdown(socket.SHUT_WR)
    while connection.recv(65536):
        pass


def reset(connection: socket.socket) -> None:
    connection.recv(65536)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")


def reset_halfway(connection: socket.socket) -> None:
    connection.recv(65536)
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\n[")
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, b"\1\0\0\0\0\0\0\0")


@pytest.mark.parametrize(
    ("handle", "code", "reason"),
    [
        (half_closed, 4, "closed without an answer"),
        (reset, 4, "the connection broke: Connection reset by peer"),
        (reset_halfway, 1, "the answer was cut off: the connection broke"),
    ],
)
def test_connection_that_breaks_ends_in_a_verdict(
    handle: Callable[[socket.socket], None], code: int, reason: str
) -> None:
    """Where it broke decides: without a byte of an answer the target is unreachable."""
    with handling(handle) as url:
        verdict = judge(target(url, token=TOKEN, instance_ids=("crm",)), QUICK)
    words = [verdict.unreachable, *(finding.message for finding in verdict.findings)]

    assert code == verdict.exit_code
    assert any(reason in text for text in words)


def test_refusal_of_a_request_that_was_not_read_is_an_answer() -> None:
    """A server that answers and hangs up before it has heard it all has answered."""

    def refuse(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 400 No\r\nContent-Length: 0\r\n\r\n")
        connection.shutdown(socket.SHUT_WR)
        connection.recv(65536)

    with handling(refuse) as url:
        verdict = judge(target(url, token=TOKEN, instance_ids=("crm",)), QUICK)

    assert "" == verdict.unreachable
    assert verdict.answered


BODIES = {
    "deep arrays": b"[" * 20_000,
    "deep arrays that end": b"[" * 20_000 + b"]" * 200_000,
    "deep objects": b'[{"a":' * 5_000,
    "nested below the reader's limit": b"[" * 400 + b"]" * 400,
    "a number of a million digits": b"[" + b"7" * 1_000_000 + b"]",
    "a number of a million decimals": b"[0." + b"7" * 1_000_000 + b"]",
    "a large exponent": b"[1e999999999]",
    "many items": b"[" + b"{}," * 1200 + b"{}]",
    "many members": b"[{" + b",".join(b'"m%d":0' % number for number in range(1200)) + b"}]",
    "a text of a megabyte": b'["' + b"x" * 1_000_000 + b'"]',
    "one open text": b'["' + b"\\u0000" * 10_000,
}


SOME = 3
"""Requests that such a body answers; more of them cost time, and show nothing else."""


@pytest.mark.parametrize("body", BODIES.values(), ids=BODIES)
def test_monstrous_json_ends_in_a_verdict(body: bytes) -> None:
    """However deep, long or wide, it is an error of the server's and none of ours."""

    def speaker(request: Request) -> Speech:
        answer = replace(found([]), body=body)
        monstrous = request.method == "GET" and request.number <= SOME
        return said(request, answer) if monstrous else speak(request)

    with serving(speaker) as url:
        verdict = judge(target(url, token=TOKEN, instance_ids=("crm",)), QUICK)

    assert 1 == verdict.exit_code
    assert "" == verdict.stopped


def test_trickle_costs_a_request_its_time_and_no_more() -> None:
    """Bytes that keep coming do not keep a request alive."""
    ticks = itertools.count()

    def trickle(connection: socket.socket) -> None:
        connection.sendall(b"HTTP/1.1 200 OK\r\n\r\n")
        while True:
            connection.sendall(b"[")

    with handling(trickle) as url:
        judged = target(url, token=TOKEN, instance_ids=("crm",))
        limits = Limits(timeout=1.0)
        world = World(clock=lambda: next(ticks) / 50)
        probe = Probe("p", "/x", "x")
        exchange = Sender(judged, SAFE_METHODS, limits, probe, world=world).ask(probe)
    assert exchange is not None
    assert exchange.answer is not None

    assert exchange.answer.late
