"""What it costs to judge a server that means harm: `make bench-pressure`, a few minutes.

Each hostile server is judged by a process of its own with the default options; its exit code,
its wall time and its peak memory stand in one row. Nothing here has an end but the judge's own.
"""

from __future__ import annotations

import gzip
import itertools
import os
import re
import socket
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from pathlib import Path

# The peak that the kernel reports of a child counts its parent's memory at the fork as well.
JUDGE = """
import sys
from find_webhook_kit.contracts.__main__ import main
code = main()
print(open("/proc/self/status").read().split("VmHWM:")[1].split()[0])
sys.exit(code)
"""
TOKEN = "bench-token-of-no-worth"
KIB = 1024
MIB = KIB * KIB
HEAD = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
CHUNKED = HEAD + b"Transfer-Encoding: chunked\r\n\r\n"
ZIPPED = HEAD + b"Content-Encoding: gzip\r\n"

Say = Callable[[socket.socket], None]
"""What a server does with a connection on which a request has come."""


def once(raw: bytes) -> Say:
    return lambda connection: connection.sendall(raw)


def sized(body: bytes, head: bytes = HEAD) -> Say:
    return once(head + b"Content-Length: %d\r\n\r\n" % len(body) + body)


def endless(head: bytes, part: bytes) -> Say:
    """Say a head, and then one thing for ever."""
    block = part * max(1, MIB // len(part))

    def say(connection: socket.socket) -> None:
        connection.sendall(head)
        while True:
            connection.sendall(block)

    return say


def silent(connection: socket.socket) -> None:
    while connection.recv(KIB):
        pass


def trickling(connection: socket.socket) -> None:
    for byte in itertools.cycle(HEAD + b"\r\n" + b"[" * KIB):
        connection.sendall(bytes([byte]))
        time.sleep(1)


def half_closed(connection: socket.socket) -> None:
    connection.shutdown(socket.SHUT_WR)
    silent(connection)


def reset(connection: socket.socket) -> None:
    connection.sendall(HEAD + b"Content-Length: 100\r\n\r\n[")
    linger = (1).to_bytes(4, sys.byteorder) + bytes(4)
    connection.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, linger)


def different(size: int) -> Say:
    """Say another long text at each request."""
    numbers = itertools.count()

    def say(connection: socket.socket) -> None:
        text = b'["%d' % next(numbers)
        sized(text + b"x" * (size - len(text) - 2) + b'"]')(connection)

    return say


WEBHOOK = (
    b'{"name":"n","url":"u","webhookId":"%d","createdAt":"2024-04-14T09:30:00Z",'
    b'"updatedAt":"2024-04-14T09:30:00Z","instanceInstanceId":"crm"}'
)


def many(item: bytes, count: int) -> bytes:
    return (
        b"[" + b",".join(item % number if b"%d" in item else item for number in range(count)) + b"]"
    )


def rows() -> dict[str, Say]:
    members = b"[{%b}]" % b",".join(b'"m%d":0' % number for number in range(600_000))
    zeros = bombs(10 * 1024)
    return {
        "accepts and says nothing": silent,
        "a byte a second": trickling,
        "closes its side at once": half_closed,
        "resets in the middle": reset,
        "endless [": endless(HEAD + b"\r\n", b"["),
        'endless {"a":': endless(HEAD + b"\r\n", b'{"a":'),
        "a number without end": endless(HEAD + b"\r\n[", b"7"),
        "endless chunks of one byte": endless(CHUNKED, b"1\r\n[\r\n"),
        "endless extensions of chunks": endless(CHUNKED + b"1;", b"x"),
        "endless trailers": endless(CHUNKED + b"0\r\n", b"X: x\r\n"),
        "endless headers": endless(HEAD, b"X: x\r\n"),
        "one endless header": endless(HEAD + b"X: ", b"x"),
        "endless interim answers": endless(b"", b"HTTP/1.1 102 Processing\r\n\r\n"),
        "an endless status line": endless(b"HTTP/1.1 200 ", b"x"),
        "endless bytes": endless(b"", b"\x80"),
        "10 GB of zeros as gzip": sized(zeros, ZIPPED),
        "gzip in gzip": sized(gzip.compress(zeros), ZIPPED.replace(b"gzip", b"gzip, gzip")),
        "400,000 empty members of gzip": sized(gzip.compress(b"", mtime=0) * 400_000, ZIPPED),
        "8 MiB of [": sized(b"[" * (8 * MIB)),
        "8 MiB of digits": sized(b"[" + b"7" * (8 * MIB - 2) + b"]"),
        "1,000,000 numbers": sized(many(b"0", 1_000_000)),
        "490,000 numbers": sized(many(b"0", 490_000)),
        "50,000 numbers": sized(many(b"0", 50_000)),
        "8,000 empty objects": sized(many(b"{}", 8_000)),
        "80,000 empty objects": sized(many(b"{}", 80_000)),
        "450,000 members": sized(b"[{%b}]" % b",".join(b'"m%d":0' % n for n in range(450_000))),
        "1,000,000 empty objects": sized(many(b"{}", 1_000_000)),
        "600,000 members": sized(members),
        "40,000 webhooks": sized(many(WEBHOOK, 40_000)),
        "8 MiB, other ones each time": different(8 * MIB),
        "redirects in circles": once(
            b"HTTP/1.1 302 Found\r\nLocation: /api/v2/instance/crm/webhook\r\n"
            b"Content-Length: 0\r\n\r\n"
        ),
    }


def bombs(mebibytes: int) -> bytes:
    """Return so many MiB of zeros as gzip, without ever holding them."""
    import zlib  # noqa: PLC0415

    packer = zlib.compressobj(wbits=31)
    zeros = bytes(MIB)
    return b"".join(packer.compress(zeros) for _ in range(mebibytes)) + packer.flush()


@contextmanager
def serving(say: Say) -> Iterator[int]:
    listener = socket.create_server(("127.0.0.1", 0), backlog=64)

    def talk(connection: socket.socket) -> None:
        with connection, suppress(OSError):
            connection.recv(64 * KIB)
            say(connection)

    def accept() -> None:
        with suppress(OSError):
            while True:
                connection, _ = listener.accept()
                threading.Thread(target=talk, args=(connection,), daemon=True).start()

    threading.Thread(target=accept, daemon=True).start()
    try:
        yield listener.getsockname()[1]
    finally:
        listener.close()


def judged(port: int, *flags: str) -> tuple[int, float, int, str]:
    """Judge in a process of its own: exit code, seconds, peak memory in MiB, the last line."""
    command = [sys.executable, "-c", JUDGE, f"http://127.0.0.1:{port}", *flags]
    command += ["--instance-id", "crm", "--instance-id", "shop"]
    started = time.perf_counter()
    run = subprocess.run(  # noqa: S603 - our own command
        command,
        cwd=Path(__file__).parents[2],
        env=os.environ | {"CONTRACT_TOKEN": TOKEN},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        check=False,
    )
    seconds = time.perf_counter() - started
    if TOKEN in run.stdout:
        raise AssertionError("the token was told")
    *_, last, peak = ["", *run.stdout.splitlines()]
    requests = re.search(r"(\d+) requests", run.stdout)
    words = f"{requests[1] if requests else '?'} requests; {last}"
    return run.returncode, seconds, int(peak) // KIB, words


def main() -> None:
    """Judge each, and print a row for it."""
    wanted = sys.argv[1] if len(sys.argv) > 1 else ""
    print("| server | exit | seconds | peak MiB | |\n|---|---:|---:|---:|---|")
    for name, say in rows().items():
        if wanted in name:
            with serving(say) as port:
                code, seconds, peak, last = judged(port)
            print(f"| {name} | {code} | {seconds:.1f} | {peak} | {last} |", flush=True)


if __name__ == "__main__":
    main()
