"""What things cost, as ratios against a reference measured in the same run: `make bench`.

Absolute times say little on a shared machine; each figure stands beside a bare server that was
asked in turn with the one measured.
"""

from __future__ import annotations

import http.client
import statistics
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from functools import partial
from urllib.parse import urlsplit

import uvicorn
from starlette.types import Receive, Scope, Send

from contracts.judge import judge
from contracts.mock_target import mock_target
from contracts.options import Options
from contracts.target import Target
from mock_server.server import serving
from mock_server.settings import DEMO_TOKEN

ROUNDS = 7
REQUESTS = 200
PATH = "/api/v2/instance/demo/webhook"
HEADERS = {"Authorization": f"Bearer {DEMO_TOKEN}", "Accept": "application/json"}


def main() -> None:
    """Measure and print one line a figure."""
    with serving() as mock, bare(fetched(mock.url)) as reference:
        report("mock: one GET", mock.url, reference)
        report("mock: a GET of 50", mock.url, reference, path=PATH.replace("demo", "many"))
        report("mock: dynamic", mock.url, reference, headers={"Prefer": "dynamic=true"})
        report("mock: a 401", mock.url, reference, headers={"Authorization": "Bearer junk"})
    commands()
    verdicts()


def fetched(url: str) -> bytes:
    connection = connect(url)
    connection.request("GET", PATH, headers=HEADERS)
    content = connection.getresponse().read()
    connection.close()
    return content


@contextmanager
def bare(content: bytes) -> Iterator[str]:
    """Serve the same bytes from an ASGI application that does nothing else."""

    async def app(scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG001
        headers = [
            (b"content-type", b"application/json"),
            (b"content-length", b"%d" % len(content)),
        ]
        await send({"type": "http.response.start", "status": 200, "headers": headers})
        await send({"type": "http.response.body", "body": content})

    config = uvicorn.Config(app, port=0, log_config=None, lifespan="off", access_log=False)
    server = uvicorn.Server(config)
    thread = threading.Thread(target=server.run)
    thread.start()
    while not server.started:
        time.sleep(0.01)
    try:
        yield f"http://127.0.0.1:{server.servers[0].sockets[0].getsockname()[1]}"
    finally:
        server.should_exit = True
        thread.join()


def report(
    name: str, url: str, reference: str, *, path: str = PATH, headers: dict[str, str] | None = None
) -> None:
    """Print how many times a request costs what it costs the bare server."""
    mine, theirs = [], []
    for _ in range(ROUNDS):
        theirs.append(seconds(partial(ask, reference, PATH, HEADERS)))
        mine.append(seconds(partial(ask, url, path, HEADERS | (headers or {}))))
    line(name, mine, theirs, f"a bare server, {REQUESTS} requests on one connection")


def ask(url: str, path: str, headers: dict[str, str]) -> None:
    connection = connect(url)
    for _ in range(REQUESTS):
        connection.request("GET", path, headers=headers)
        connection.getresponse().read()
    connection.close()


def connect(url: str) -> http.client.HTTPConnection:
    return http.client.HTTPConnection(str(urlsplit(url).netloc))


def commands() -> None:
    """Compare what the commands cost to start with an interpreter that imports uvicorn."""
    reference = ["-c", "import uvicorn"]
    for name, command in {
        "mock: import": ["-c", "import mock_server.server"],
        "judge: import": ["-c", "import contracts.__main__"],
    }.items():
        theirs = [seconds(partial(run, reference)) for _ in range(ROUNDS)]
        mine = [seconds(partial(run, command)) for _ in range(ROUNDS)]
        line(name, mine, theirs, "importing uvicorn alone")
    ratio = int(run(["-c", MEMORY])) / int(run(["-c", "import uvicorn" + PEAK]))
    print(f"{'mock: memory':22} {ratio:6.1f} x importing uvicorn alone")


# The peak that the kernel reports for a child counts its parent's memory at the fork as well.
PEAK = "\nprint(open('/proc/self/status').read().split('VmHWM:')[1].split()[0])"
MEMORY = "from mock_server.server import serving\nwith serving(): pass" + PEAK


def run(arguments: list[str]) -> str:
    command = [sys.executable, *arguments]
    return subprocess.run(command, check=True, capture_output=True, text=True).stdout  # noqa: S603


def verdicts() -> None:
    """Compare a verdict with as many plain requests to the same server."""
    with mock_target() as target:
        for name, examples in {"judge: planned": 0, "judge: default": 50}.items():
            options = Options(max_examples=examples, unsafe_methods=True)
            count = judge(target, options).requests
            mine = [seconds(partial(judge, target, options)) for _ in range(3)]
            theirs = [seconds(partial(plain, target, count)) for _ in range(3)]
            line(f"{name} ({count})", mine, theirs, "as many GETs, one connection each")


def plain(target: Target, count: int) -> None:
    for _ in range(count):
        connection = connect(target.url)
        connection.request("GET", PATH, headers=HEADERS)
        connection.getresponse().read()
        connection.close()


def seconds(work: Callable[[], object]) -> float:
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def line(name: str, mine: list[float], theirs: list[float], reference: str) -> None:
    ratios = sorted(one / other for one, other in zip(mine, theirs, strict=True))
    print(
        f"{name:22} {statistics.median(ratios):6.1f} x {reference} "
        f"({ratios[0]:.1f} to {ratios[-1]:.1f}; {statistics.median(mine) * 1000:.0f} ms)"
    )


if __name__ == "__main__":
    main()
