"""The entry of `mock-server`: from the first import on, a signal ends it without a trace."""

from __future__ import annotations

import os
import signal
import sys
from collections.abc import Sequence
from types import FrameType
from typing import Final

from find_webhook_kit.mock_server import streams

INTERRUPTED: Final = 130
"""What a shell says of a command that Ctrl-C ended before it had begun."""


TERMINATED: Final = 143
"""What it says likewise of SIGTERM."""


def main(argv: Sequence[str] | None = None) -> int:
    """Serve the mock until Ctrl-C; return 2 when it cannot start."""
    # The first process of a container gets no signal that it has not asked for. The server asks
    # for its own later, when there is more to end than this process.
    before = signal.signal(signal.SIGTERM, _end)
    streams.prepare()
    try:
        from find_webhook_kit.mock_server.cli import run  # noqa: PLC0415 - it takes most of the start

        return run(argv)
    except KeyboardInterrupt:
        return INTERRUPTED
    finally:
        streams.flush()
        signal.signal(signal.SIGTERM, before)


def _end(_: int, __: FrameType | None) -> None:
    os._exit(TERMINATED)  # an exception might not leave the import that is under way


if __name__ == "__main__":
    sys.exit(main())
