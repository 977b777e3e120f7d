"""Sends the mock what nobody would: `make fuzz`, with N=… inputs and SEED=… (0 by default).

Half of the inputs are ASGI scopes for a mock in this process, the other half are bytes for one
behind a socket. Each must be answered in time, with an error of the contract's shape or none, and
leave the mock as it was. The memory must stay as it is once everything has been seen.
"""

from __future__ import annotations

import argparse
import os
import re
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Final

import fuzz_bytes
import fuzz_scopes
from support.processes import mock_process

GROWTH: Final = 24
"""MiB that a mock may grow by after its first tenth of the inputs."""


def main() -> int:
    """Run both fuzzers, and say what they cost."""
    parser = argparse.ArgumentParser(description="Fuzz the mock.")
    parser.add_argument("--count", type=int, default=100_000, help="inputs (%(default)s)")
    parser.add_argument("--seed", type=int, default=0, help="the same inputs again (%(default)s)")
    asked = parser.parse_args()
    half = asked.count // 2
    with mock_process() as (process, port):
        runs: dict[str, tuple[int, Callable[[int, int], None]]] = {
            "ASGI scopes": (os.getpid(), fuzz_scopes.fuzz),
            "bytes": (process.pid, lambda count, seed: fuzz_bytes.fuzz(port, count, seed)),
        }
        for name, (pid, fuzz) in runs.items():
            _run(name, pid, fuzz, half, asked.seed)
        process.terminate()
        _, error = process.communicate(timeout=30)
    if error or process.returncode:
        sys.exit(f"The mock ended with {process.returncode} and said:\n{error}")
    return 0


def _run(name: str, pid: int, fuzz: Callable[[int, int], None], count: int, seed: int) -> None:
    """Fuzz one tenth to warm up, then the rest, and compare the memory."""
    start = time.monotonic()
    fuzz(count // 10, seed)
    before = _memory(pid)
    fuzz(count - count // 10, seed + count)
    seconds, grown = time.monotonic() - start, _memory(pid) - before
    print(f"{name}: {count} inputs in {seconds:.0f} s, {before:.0f} MiB and {grown:+.1f} MiB")
    if grown > GROWTH:
        sys.exit(f"The mock grew by {grown:.1f} MiB, more than {GROWTH}.")


def _memory(pid: int) -> float:
    """Return the resident memory of a process in MiB."""
    status = Path(f"/proc/{pid}/status").read_text(encoding="ascii")
    return int(re.search(r"VmRSS:\s+(\d+)", status)[1]) / 1024  # type: ignore[index]  # Linux has it


if __name__ == "__main__":
    sys.exit(main())
