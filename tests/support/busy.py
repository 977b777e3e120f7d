"""Runs a command twice in a row beside busy loops: `busy.py 8 command ...`; both must succeed."""

from __future__ import annotations

import subprocess
import sys
from contextlib import ExitStack

LOOP = "while True: pass"
TIMES = 2


def main(loops: int, command: list[str]) -> int:
    """Return the first exit code that is not 0, if there is one."""
    with ExitStack() as stack:
        for _ in range(loops):
            busy = stack.enter_context(subprocess.Popen([sys.executable, "-c", LOOP]))  # noqa: S603 - ours
            stack.callback(busy.kill)
        codes = (subprocess.run(command, check=False).returncode for _ in range(TIMES))  # noqa: S603 - ours
        return next(filter(None, codes), 0)


if __name__ == "__main__":
    sys.exit(main(int(sys.argv[1]), sys.argv[2:]))
