"""A server in a process of its own: how long it takes to answer, its CPU and its memory (Linux)."""

from __future__ import annotations

import os
import socket
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from time import perf_counter, sleep
from typing import Final

START: Final = 60.0
"""Seconds that a server may take to start."""

_TICKS: Final = os.sysconf("SC_CLK_TCK")


class Process:
    """A server that has answered once, `start` seconds after it was told to begin."""

    def __init__(self, command: Sequence[str], port: int, request: bytes) -> None:
        self.port = port
        began = perf_counter()
        self._process = subprocess.Popen(  # noqa: S603 - our own commands
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=subprocess.DEVNULL,
        )
        while not _answers(port, request):
            if self._process.poll() is not None or perf_counter() - began > START:
                self.stop()
                raise RuntimeError(f"does not start: {' '.join(command)}")
            sleep(0.002)
        self.start = perf_counter() - began
        self.idle = self.memory

    @property
    def cpu(self) -> float:
        """Seconds of CPU so far, of the process and its children."""
        return sum(_cpu(number) for number in self._family())

    @property
    def memory(self) -> float:
        """MiB that are in memory now, of the process and its children."""
        return sum(_resident(number) for number in self._family())

    def _family(self) -> list[int]:
        return [self._process.pid, *_children(self._process.pid)]

    def stop(self) -> None:
        self._process.terminate()
        try:
            self._process.wait(timeout=10)
        except subprocess.TimeoutExpired:
            self._process.kill()
            self._process.wait()


@contextmanager
def running(command: Sequence[str], port: int, request: bytes) -> Iterator[Process]:
    """Run a server while the block lasts."""
    process = Process(command, port, request)
    try:
        yield process
    finally:
        process.stop()


def free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
    return port


def _answers(port: int, request: bytes) -> bool:
    try:
        with socket.create_connection(("127.0.0.1", port), timeout=5) as connection:
            connection.sendall(request)
            return connection.recv(4096).startswith(b"HTTP/1.1 200 ")
    except OSError:
        return False


def _cpu(number: int) -> float:
    fields = Path(f"/proc/{number}/stat").read_text().rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / _TICKS


def _resident(number: int) -> float:
    return int(_status(number)["VmRSS"].split()[0]) / 1024


def _status(number: int) -> Mapping[str, str]:
    lines = Path(f"/proc/{number}/status").read_text().splitlines()
    return dict(line.split(":", 1) for line in lines)


def _children(number: int) -> Iterator[int]:
    for child in Path(f"/proc/{number}/task/{number}/children").read_text().split():
        yield int(child)
        yield from _children(int(child))
