"""What a verdict costs, against plain requests to the same server in the same run."""

from __future__ import annotations

import http.client
import subprocess
import sys
from collections.abc import Callable
from functools import partial
from statistics import median
from time import perf_counter
from urllib.parse import urlsplit

from find_webhook_kit.contracts.config.options import Options
from find_webhook_kit.contracts.judge import judge
from find_webhook_kit.contracts.mock_target import mock_target
from find_webhook_kit.contracts.wire.target import Target
from find_webhook_kit.spec import contract

ROUNDS = 5
PATH = "/api/v2/instance/demo/webhook"


def main() -> None:
    """Measure and print one line a figure."""
    commands()
    verdicts()


def commands() -> None:
    """Compare what the command costs to start with an interpreter that imports uvicorn."""
    theirs = [seconds(partial(run, "import uvicorn")) for _ in range(ROUNDS)]
    mine = [
        seconds(partial(run, "import find_webhook_kit.contracts.__main__")) for _ in range(ROUNDS)
    ]
    line("judge: import", mine, theirs, "importing uvicorn alone")


def run(code: str) -> None:
    subprocess.run([sys.executable, "-c", code], check=True)  # noqa: S603 - our own code


def verdicts() -> None:
    """Compare a verdict with as many plain requests to the same server."""
    with mock_target(contract()) as target:
        for name, examples in {"judge: planned": 0, "judge: default": 50}.items():
            options = Options(max_examples=examples, unsafe_methods=True)
            count = judge(target, options).requests
            mine = [seconds(partial(judge, target, options)) for _ in range(3)]
            theirs = [seconds(partial(plain, target, count)) for _ in range(3)]
            line(f"{name} ({count})", mine, theirs, "as many GETs, one connection each")


def plain(target: Target, count: int) -> None:
    headers = {"Authorization": f"Bearer {target.token}", "Accept": "application/json"}
    for _ in range(count):
        connection = http.client.HTTPConnection(str(urlsplit(target.url).netloc))
        connection.request("GET", PATH, headers=headers)
        connection.getresponse().read()
        connection.close()


def seconds(work: Callable[[], object]) -> float:
    started = perf_counter()
    work()
    return perf_counter() - started


def line(name: str, mine: list[float], theirs: list[float], reference: str) -> None:
    ratios = sorted(one / other for one, other in zip(mine, theirs, strict=True))
    print(
        f"{name:22} {median(ratios):6.1f} x {reference} "
        f"({ratios[0]:.1f} to {ratios[-1]:.1f}; {median(mine) * 1000:.0f} ms)"
    )
