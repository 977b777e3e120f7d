"""Makes the environment of the Makefile, and tells how it goes: `python install.py FOLDER`.

It runs before anything is installed, so it needs Python alone. What it says goes to stderr, a line
each, so that a pipe and the log of a pipeline show it at once; what pip says goes to a file.
"""

from __future__ import annotations

import os
import subprocess
import sys
import time
from collections.abc import Sequence
from dataclasses import dataclass, field
from pathlib import Path

EVERY = 4.0
"""Seconds after which it says that it is still there."""

SHOWN = 15
"""Lines of a failed step that are shown."""

WIDTH = 100


@dataclass
class Setup:
    """Steps one after the other, with their output in a file and the seconds since the first."""

    log: Path
    every: float = EVERY
    began: float = field(default_factory=time.monotonic)

    def say(self, text: str) -> None:
        seconds = time.monotonic() - self.began
        print(f"setup, {seconds:3.0f} s: {text}"[:WIDTH], file=sys.stderr, flush=True)

    def step(self, words: str, command: Sequence[str]) -> int:
        """Run a command; say what it is for, and while it runs what it said last."""
        self.say(words)
        with self.log.open("ab") as log:
            start = log.tell()
            # Else what goes to stderr stands before all that was said earlier.
            at_once = {**os.environ, "PYTHONUNBUFFERED": "1"}
            with subprocess.Popen(command, stdout=log, stderr=log, env=at_once) as process:  # noqa: S603
                code = self._wait(process, start)
        if code:
            self._failed(words, code, start)
        return code

    def _wait(self, process: subprocess.Popen[bytes], start: int) -> int:
        try:
            while True:
                try:
                    return process.wait(self.every)
                except subprocess.TimeoutExpired:
                    said = [it for it in self._lines(start) if not it.startswith("WARNING")]
                    self.say(said[-1] if said else "still at it")
        except BaseException:
            process.terminate()
            raise

    def _lines(self, start: int) -> list[str]:
        """Return what a step has said, line by line."""
        text = self.log.read_bytes()[start:].decode(errors="replace")
        return [line.strip() for line in text.splitlines() if line.strip()]

    def _failed(self, words: str, code: int, start: int) -> None:
        for line in self._lines(start)[-SHOWN:]:
            print(f"    {line}", file=sys.stderr)
        self.say(f"failed, exit code {code}: {words}")
        print(f"    all that was said: {self.log}", file=sys.stderr, flush=True)


def install(folder: Path, setup: Setup) -> int:
    """Make an environment and install everything into it; return the first exit code not 0."""
    python = str(folder / "bin" / "python")
    pip = [python, "-m", "pip", "install", "--disable-pip-version-check", "--progress-bar=off"]
    wanted = ["--constraint", "constraints.txt", "--editable", ".[dev]"]
    setup.say(f"the first time takes a minute or two; pip's output is in {setup.log}")
    return setup.step(
        f"an environment in {folder}", [sys.executable, "-m", "venv", str(folder)]
    ) or (setup.step("pip installs the packages of constraints.txt", [*pip, *wanted]))


def main(folder: Path) -> int:
    """Install into a folder that need not be there."""
    folder.mkdir(parents=True, exist_ok=True)
    log = folder / "setup.log"
    log.write_bytes(b"")
    setup = Setup(log)
    try:
        code = install(folder, setup)
    except KeyboardInterrupt:
        setup.say("interrupted: the next make goes on")
        return 130
    if not code:
        setup.say(f"ready in {folder}")
    return code


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
