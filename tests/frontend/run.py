"""Runs docs/in-your-app.md under build/frontend: writes its files, runs its commands."""

from __future__ import annotations

import os
import random
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from contextlib import contextmanager, suppress
from email.message import Message
from pathlib import Path
from typing import Final

from support.blocks import files, scripts

from find_webhook_kit.mock_server.http.server import serving
from find_webhook_kit.mock_server.settings import Settings
from find_webhook_kit.spec import PATH

HERE: Final = Path(__file__).parent
FOLDER: Final = HERE.parents[1] / "build" / "frontend"
OWN_MOCK: Final = {"pytest", "npx playwright test"}
"""What starts a mock by itself, at the port that the page names."""


def main() -> int:
    """Run each block of commands until one fails; return its exit code."""
    ports = {"8080": _free(), "5173": _free()}
    _lay(ports)
    _install()
    for script in scripts():
        sys.stdout.write(f"\n$ {script}\n")
        sys.stdout.flush()
        code = _run(_moved(script, ports), own_mock=script in OWN_MOCK, ports=ports)
        if code:
            return code
    return 0


def _run(script: str, *, own_mock: bool, ports: Mapping[str, int]) -> int:
    if own_mock:
        return _shell(script).wait()
    with serving(Settings(port=ports["8080"], writes=True)):
        if script.endswith("npx vite"):
            return _behind_proxy(script, ports["5173"])
        return _shell(script).wait()


def _behind_proxy(script: str, port: int) -> int:
    """Start a server that stays; what its environment prefers is what its proxy asks for."""
    preferred = _parts(*re.findall(r"PREFER='(.*?)'", script))
    with _staying(script):
        headers = _headers(f"http://127.0.0.1:{port}/api/v2/instance/demo/webhook")
    applied = _parts(headers["Preference-Applied"] or "")
    sys.stdout.write(f"the proxy asked for {applied}\n")
    return 0 if applied == preferred else 1


def _parts(preference: str) -> list[str]:
    return sorted(part.strip() for part in preference.split(","))


@contextmanager
def _staying(script: str) -> Iterator[None]:
    process = _shell(script)
    try:
        yield
    finally:
        os.killpg(process.pid, signal.SIGKILL)  # with its tools, which would complain otherwise
        process.wait()


def _headers(url: str) -> Message:
    request = urllib.request.Request(url, headers={"Authorization": "Bearer demo-token"})  # noqa: S310 - ours
    for _ in range(600):
        try:
            with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310 - ours
                return answer.headers  # type: ignore[no-any-return]
        except urllib.error.HTTPError as error:
            return error.headers
        except OSError:  # not there yet
            time.sleep(0.1)
    raise TimeoutError(url)


def _shell(script: str) -> subprocess.Popen[bytes]:
    environment = {
        **os.environ,
        "PATH": f"{Path(sys.executable).parent}{os.pathsep}{os.environ['PATH']}",
        "CHROMIUM": os.environ.get("CHROMIUM") or shutil.which("chromium") or "",
        "CYPRESS_INSTALL_BINARY": "0",
        "CI": "true",
    }
    command = ["bash", "-e", "-o", "pipefail", "-c", script]
    return subprocess.Popen(  # noqa: S603 - the page's own
        command, cwd=FOLDER, env=environment, stdin=subprocess.DEVNULL, start_new_session=True
    )


def _install() -> None:
    """Install what the lock file names, unless it is there."""
    lock, installed = FOLDER / "package-lock.json", FOLDER / "node_modules" / "installed.json"
    if installed.exists() and installed.read_bytes() == lock.read_bytes():
        return
    if _shell("npm ci --silent --no-audit --no-fund").wait():
        sys.exit("npm could not install what tests/frontend/package-lock.json names")
    shutil.copy(lock, installed)


def _lay(ports: Mapping[str, int]) -> None:
    """Lay out the project, and the page's files in it."""
    FOLDER.mkdir(parents=True, exist_ok=True)
    for path in FOLDER.iterdir():
        if path.is_dir() and path.name != "node_modules":
            shutil.rmtree(path)
        elif path.is_file():
            path.unlink()
    shutil.copytree(
        HERE, FOLDER, dirs_exist_ok=True, ignore=shutil.ignore_patterns("*.py", "__pycache__")
    )
    shutil.copy(PATH, FOLDER / "openapi.yaml")
    for name, text in files().items():
        _write(FOLDER / name, text)
    for folder in ("e2e", "src", "cypress", "tests", "."):
        for path in (FOLDER / folder).glob("**/*" if folder != "." else "*"):
            if path.is_file() and path.suffix != ".json" and path.name != "openapi.yaml":
                _write(path, _moved(path.read_text(encoding="utf-8"), ports))


def _write(path: Path, text: str) -> None:
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text(text, encoding="utf-8")


def _moved(text: str, ports: Mapping[str, int]) -> str:
    for told, free in ports.items():
        text = re.sub(rf"\b{told}\b", str(free), text)
    return text


def _free() -> int:
    """Return a port that nobody listens at, none of those that systems hand out by themselves."""
    for port in random.sample(range(20000, 30000), 100):
        with suppress(OSError), socket.create_server(("127.0.0.1", port)):
            return port
    raise OSError("no free port from 20000 to 29999")


if __name__ == "__main__":
    sys.exit(main())
