"""Start a server on a free port, with the app behind it, and end both."""

from __future__ import annotations

import os
import shlex
import shutil
import signal
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from pathlib import Path
from string import Template

from real_servers.servers import BY_NAME, HOME, SOURCES, Server

TOKEN = "s3cret-token-of-a-real-server"
START = 30.0
"""How many seconds a server may take until it accepts connections."""


class NotStarted(Exception):
    """A server ended, or listened nowhere."""


@contextmanager
def serving(server: Server) -> Iterator[str]:
    """Run a server, and what is behind it, and tell its URL."""
    if server.behind:
        with serving(BY_NAME[server.behind]) as behind, _running(server, behind) as url:
            yield url
    else:
        with _running(server, "") as url:
            yield url


@contextmanager
def _running(server: Server, behind: str) -> Iterator[str]:
    port = _free_port()
    folder = HOME / "run" / server.name
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    words = {"PORT": str(port), "BEHIND": behind.rpartition(":")[2], "FOLDER": str(folder)}
    if server.file:
        config = folder / server.file
        text = (SOURCES / "gateways" / server.file).read_text(encoding="utf-8")
        config.write_text(Template(text).safe_substitute(words), encoding="utf-8")
        words["CONFIG"] = str(config)
    command = shlex.split(Template(server.command).substitute(words))
    environment = {
        **os.environ,
        "API_TOKEN": TOKEN,
        "PORT": str(port),
        "WEBHOOKS": str(SOURCES / "webhooks.json"),
        "PATH": f"{os.environ['PATH']}:/usr/sbin",
        "NODE_ENV": "production",
    }
    with Path(folder, "output").open("wb") as output:
        process = subprocess.Popen(  # noqa: S603 - a command of our own table
            command,
            cwd=HOME / server.folder,
            env=environment,
            stdin=subprocess.DEVNULL,
            stdout=output,
            stderr=output,
            start_new_session=True,
        )
        try:
            _wait(process, port, server.name)
            yield f"http://127.0.0.1:{port}"
        finally:
            _end(process)


def _free_port() -> int:
    with socket.create_server(("127.0.0.1", 0)) as free:
        return int(free.getsockname()[1])


def _wait(process: subprocess.Popen[bytes], port: int, name: str) -> None:
    end = time.monotonic() + START
    while time.monotonic() < end and process.poll() is None:
        with suppress(OSError), socket.create_connection(("127.0.0.1", port), timeout=1):
            return
        time.sleep(0.05)
    raise NotStarted(f"{name} did not start: see build/real-servers/run/{name}/output")


def _end(process: subprocess.Popen[bytes]) -> None:
    """End a server as a supervisor does, and then whatever is left of its own session."""
    process.terminate()
    with suppress(subprocess.TimeoutExpired):
        process.wait(5)
    with suppress(ProcessLookupError):
        os.killpg(process.pid, signal.SIGKILL)
    process.wait()
