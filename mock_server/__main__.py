"""The entry of `mock-server`: from the first import on, Ctrl-C ends it without a trace."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from typing import Final

INTERRUPTED: Final = 130
"""What a shell says of a command that Ctrl-C ended before it had begun."""


def main(argv: Sequence[str] | None = None) -> int:
    """Serve the mock until Ctrl-C; return 2 when it cannot start."""
    try:
        from mock_server.command import run  # noqa: PLC0415 - it takes most of the start

        return run(argv)
    except KeyboardInterrupt:
        return INTERRUPTED


if __name__ == "__main__":
    sys.exit(main())
