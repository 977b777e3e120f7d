"""A printed curl line sends what the judge sent, byte for byte, and runs nothing else."""

from __future__ import annotations

import os
import re
import shutil
import socketserver
import subprocess
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from find_webhook_kit.contracts.clauses import Transcript
from find_webhook_kit.contracts.config.options import Options
from find_webhook_kit.contracts.judge import judge
from find_webhook_kit.contracts.mask import Mask
from find_webhook_kit.contracts.wire.client import Client
from find_webhook_kit.contracts.wire.curl import curl
from find_webhook_kit.contracts.wire.gateway import gateway_header
from find_webhook_kit.contracts.wire.probe import Credentials, Probe, Validity
from find_webhook_kit.contracts.wire.proxy import proxy
from find_webhook_kit.contracts.wire.shell import Live, word
from find_webhook_kit.contracts.wire.target import Target, target

SHELLS = [shell for shell in ("bash", "dash", "sh") if shutil.which(shell)]
needs_curl = pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")

TOKEN = "tok$e-n/`'\"\\x+%2F=&#!*~"
"""Whatever a token may hold: a shell and a URL read most of it in their own ways."""
KEY = "k 1'\"$(x)"
PROBE = Probe("p", "/api/v2/instance/crm/webhook", "crm")
PERCENT = re.compile(rb"%[0-9a-f]{2}")
OWN = re.compile(rb"(?i)\r\n(connection|proxy-connection): [^\r]*")


class _Recorder(socketserver.StreamRequestHandler):
    """Reads a head as it is, and answers each request alike."""

    server: _Server

    def handle(self) -> None:
        while line := self.rfile.readline():
            head = b"".join([line, *iter(self.rfile.readline, b"\r\n")])
            self.server.heard.append(head)
            answer = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\nContent-Type: application/json\r\n"
            silent = line.startswith(b"HEAD") and not self.server.talks
            body = b"" if silent else b"[]"
            self.wfile.write(answer + b"Connection: close\r\n\r\n" + body)
            return


class _Server(socketserver.ThreadingTCPServer):
    allow_reuse_address = True
    request_queue_size = 128
    daemon_threads = True

    def __init__(self) -> None:
        super().__init__(("127.0.0.1", 0), _Recorder)
        self.heard: list[bytes] = []
        self.talks = False  # where it should not, after HEAD

    @property
    def port(self) -> int:
        return int(self.server_address[1])


@contextmanager
def recording() -> Iterator[_Server]:
    with _Server() as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        try:
            yield server
        finally:
            server.shutdown()
            thread.join()


def normal(head: bytes) -> bytes:
    """Leave out what is about the connection, and what HTTP takes for the same.

    That is the space that may follow an empty value, and the case of percent-encoding, which curl
    chooses for itself in a query.
    """
    head = OWN.sub(b"", head).replace(b": \r\n", b":\r\n")
    path, mark, rest = head.partition(b"?")
    return path + mark + PERCENT.sub(lambda found: found.group().upper(), rest)


def run(shell: str, *lines: str, folder: Path, **environment: str) -> str:
    """Let a shell run some lines, with nothing in its environment but what they may use."""
    found = {"PATH": os.environ["PATH"], "CONTRACT_TOKEN": TOKEN, "HOME": str(folder)}
    done = subprocess.run(  # noqa: S603 - our own lines
        [shell, "-c", "\n".join(lines)],
        env={**found, **environment},
        cwd=folder,
        capture_output=True,
        check=False,
        timeout=60,
    )
    assert b"" == done.stderr
    return done.stdout.decode(errors="surrogateescape")


def judged_by(server: _Server) -> Target:
    """Return a target whose every part has something that a shell would run."""
    return replace(
        target(
            f"http://127.0.0.1:{server.port}/pre/$(touch$IFS@)'!",
            token=TOKEN,
            instance_ids=("o'bri en$(x)!", "b"),
        ),
        headers=(gateway_header("X-Key: id=$GATEWAY_KEY"), gateway_header("X-Empty:")),
    )


@pytest.fixture
def lines(monkeypatch: pytest.MonkeyPatch) -> Iterator[tuple[list[str], list[bytes], _Server]]:
    """The different lines of a full run, what the judge sent, and the server, still there."""
    records: list[Transcript] = []

    def keeping(*given: Any, **named: Any) -> Transcript:
        records.append(Transcript(*given, **named))
        return records[-1]

    monkeypatch.setattr("find_webhook_kit.contracts.assessment.Transcript", keeping)
    monkeypatch.setenv("GATEWAY_KEY", KEY)
    with recording() as server:
        judged = judged_by(server)
        judge(judged, Options(max_examples=5, repetitions=1, unsafe_methods=True))
        sent, server.heard = server.heard, []
        found = [curl(item.probe, judged) for item in records[0].exchanges]
        yield list(dict.fromkeys(found)), sent, server


@needs_curl
def test_every_line_of_a_run_sends_what_the_judge_sent(
    lines: tuple[list[str], list[bytes], _Server], tmp_path: Path
) -> None:
    """Planned and generated requests, every method, gateway headers, whatever the token holds."""
    written, sent, server = lines
    run("sh", *(f"{line} >/dev/null" for line in written), folder=tmp_path, GATEWAY_KEY=KEY)

    assert len(written) > 100
    assert sorted(set(map(normal, sent))) == sorted(set(map(normal, server.heard)))
    assert [] == list(tmp_path.iterdir())
    assert not [line for line in written if TOKEN in line or KEY in line]


def test_every_shell_reads_a_line_alike(
    lines: tuple[list[str], list[bytes], _Server], tmp_path: Path
) -> None:
    """The words that curl gets are the same in each shell."""
    spelled = "curl() { printf '%s\\0' \"$@\"; }"
    heard = {
        shell: run(shell, spelled, *lines[0], folder=tmp_path, GATEWAY_KEY=KEY) for shell in SHELLS
    }

    assert 1 == len(set(heard.values()))
    assert TOKEN in heard["sh"]


@needs_curl
@pytest.mark.parametrize(
    "shown",
    [
        "Bearer a\tb",
        "Bearer $(touch f)",
        "Bearer `touch f`$HOME",
        "Bearer ${CONTRACT_TOKEN}x!",
        "'\"\\'",
        "%s%d%%",
        "##[x]",
        "-d @x",
        "@/etc/hostname",
        "\x01\x7f",
        "Bearer a;b|c&d>e<f",
        "$CONTRACT_TOKE",
    ],
)
def test_generated_credentials_are_sent_as_they_are(tmp_path: Path, shown: str) -> None:
    """Nothing in them is the shell's, and no character is one that a report would have to hide."""
    credentials = Credentials("generated", Validity.INVALID, lambda _: (shown,), (shown,))
    with recording() as server:
        judged = target(f"http://127.0.0.1:{server.port}", token=TOKEN, instance_ids=("crm",))
        line = curl(replace(PROBE, credentials=credentials), judged)
        run("sh", f"{line} >/dev/null", folder=tmp_path)

    assert f"\r\nAuthorization: {shown}\r\n".encode() in server.heard[0]
    assert [] == list(tmp_path.iterdir())
    assert line.isprintable()
    assert line == Mask(TOKEN).line(line, 10_000)


@needs_curl
def test_body_behind_a_head_is_seen(tmp_path: Path) -> None:
    """`curl -I` would hide it; a right answer is not waited for."""
    with recording() as server:
        judged = target(f"http://127.0.0.1:{server.port}", token=TOKEN, instance_ids=("crm",))
        line = curl(replace(PROBE, method="HEAD"), judged)
        clean = run("sh", line, folder=tmp_path)
        server.talks = True
        broken = run("sh", line, folder=tmp_path)

    assert clean.endswith("\r\n\r\n")
    assert broken.endswith("\r\n\r\n[]")


@needs_curl
def test_line_goes_through_the_proxy_that_the_judge_used(tmp_path: Path) -> None:
    """With the variable that named it, where it has a password; the target is named in full."""
    with recording() as server:
        address = f"127.0.0.1:{server.port}"
        given = {"http_proxy": f"http://me:p%40ss@{address}"}
        with pytest.MonkeyPatch.context() as patch:
            patch.setattr("os.environ", given)
            chosen = proxy(None, scheme="http", host="api.example.com", port=80, loopback=False)
        judged = target("http://api.example.com", token=TOKEN, instance_ids=("crm",))
        line = curl(PROBE, replace(judged, proxy=chosen))
        run("sh", f"{line} >/dev/null", folder=tmp_path, **given)

    assert '--proxy "$http_proxy"' in line
    assert server.heard[0].startswith(b"GET http://api.example.com/api/v2/instance/crm/webhook ")
    assert b"\r\nProxy-Authorization: Basic bWU6cEBzcw==\r\n" in server.heard[0]


@pytest.mark.parametrize(
    ("given", "shown"),
    [
        ("http://proxy:8080", "--proxy http://proxy:8080 "),
        ("proxy", "--proxy http://proxy:3128 "),
        ("http://[::1]:8080", "--proxy 'http://[::1]:8080' "),
        ("http://me:$PASSWORD@proxy:8080", '--proxy "http://me:$PASSWORD@proxy:8080" '),
        ("http://me:s3cret@proxy:8080", "--proxy 'http://…@proxy:8080' "),
    ],
)
def test_password_of_a_proxy_is_not_printed(
    monkeypatch: pytest.MonkeyPatch, given: str, shown: str
) -> None:
    """A variable keeps it, and is filled in for the judge; without one somebody must know it."""
    monkeypatch.setenv("PASSWORD", "s3cret")
    judged = target("http://api.example.com", token=TOKEN, instance_ids=("crm",))
    chosen = proxy(given, scheme="http", host="api.example.com", port=80, loopback=False)
    line = curl(PROBE, replace(judged, proxy=chosen))

    assert shown in line
    assert "s3cret" not in line


@pytest.mark.parametrize(
    ("client", "shown"),
    [
        (Client(timeout=2.5), "--max-time 2.5 "),
        (Client(timeout=5.0), "--max-time 5 "),
        (Client(around_proxies=True), "--noproxy '*' "),
        (Client(ca_file=Path("my ca.pem")), "--cacert 'my ca.pem' "),
        (Client(ca_file=Path("$(touch f).pem")), "--cacert '$(touch f).pem' "),
        (Client(cert=Path("a:b.pem"), key=Path("k")), "--cert 'a\\:b.pem' --key k "),
        (Client(token_variable="CHAT_TOKEN"), '"Authorization: Bearer $CHAT_TOKEN" '),
        (Client(), "--http1.1 "),
        (Client(), "-A contract-test "),
    ],
)
def test_line_has_what_the_judge_was_given(client: Client, shown: str) -> None:
    """Certificates, patience, the variable of the token."""
    judged = target("https://api.example.com", token=TOKEN, instance_ids=("crm",))

    assert shown in curl(PROBE, replace(judged, client=client))


def test_no_accept_header_is_said_to_curl() -> None:
    """It has one of its own, unless told otherwise."""
    judged = target("http://api.example.com", token=TOKEN, instance_ids=("crm",))

    assert "-H 'Accept:' " in curl(replace(PROBE, headers=()), judged)


@pytest.mark.parametrize(
    ("text", "variables"),
    [
        ("$(touch f)$HOME", {}),
        ("${HOME}$(touch f)", {}),
        ("`touch f`$HOME!x", {}),
        ("$HOME\\", {}),
        ('"$HOME"; touch f; "', {}),
        ("'$HOME'; touch f", {}),
        ("$KEY", {"KEY": "$(touch f)`touch f`\"; touch f; '"}),
    ],
)
def test_gateway_header_runs_nothing(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, text: str, variables: dict[str, str]
) -> None:
    """A target file names variables, and gives no orders."""
    monkeypatch.setenv("HOME", "at home")
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    header = gateway_header(f"X-Gw: {text}")
    said = run(
        "sh", f"printf %s {header.word}", folder=tmp_path, **{"HOME": "at home", **variables}
    )

    assert f"X-Gw: {header.wire}" == said
    assert [] == list(tmp_path.iterdir())


@pytest.mark.parametrize(
    ("pieces", "shown"),
    [
        (("plain",), "plain"),
        (("",), "''"),
        (("it's",), "'it'\"'\"'s'"),
        (("a ", Live("$X")), '"a $X"'),
        (("a$ ", Live("$X")), "'a$ '\"$X\""),
        (("a!", Live("$X")), "'a!'\"$X\""),
        (("##",), "'#''#'"),
        (("a\nb",), "\"$(printf 'a\\012b')\""),
        (("-\t%",), "\"$(printf '\\055\\011\\045')\""),
        (("\N{RIGHT-TO-LEFT OVERRIDE}",), "\"$(printf '\\342\\200\\256')\""),
    ],
)
def test_word_of_a_shell(pieces: tuple[str, ...], shown: str) -> None:
    """What is literal stays so; what cannot be shown is spelled out."""
    assert shown == word(*pieces)
