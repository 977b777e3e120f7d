"""Starts the mock as a command, in a process of its own."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TextIO

Process = subprocess.Popen[str]
AROUND = {**os.environ, "PYTHONWARNINGS": "error"}
"""Variables around a mock: what it warned of would end it."""

COMMAND = [sys.executable, "-m", "find_webhook_kit.mock_server", "--port=0"]


@contextmanager
def mock_process(
    *flags: str, descriptors: int | None = None, stderr: int | TextIO = subprocess.PIPE
) -> Iterator[tuple[Process, int]]:
    """Start the mock, with few file descriptors if need be; give it with its port, and end it.

    The first line of its output, which names the port, has been read.
    """
    limit = ["sh", "-c", f'ulimit -n {descriptors} && exec "$@"', "sh"] if descriptors else []
    command = [*limit, *COMMAND, *flags]
    with subprocess.Popen(command, stdout=-1, stderr=stderr, text=True, env=AROUND) as process:  # noqa: S603 - ours
        try:
            assert process.stdout is not None
            yield process, int(process.stdout.readline().rpartition(":")[2])
        finally:
            process.kill()
