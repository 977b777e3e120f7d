"""How many files this process may open: a connection is one, and no target is to blame for it."""

from __future__ import annotations

import errno
import sys
from typing import Final

from find_webhook_kit.contracts.usage import UsageError

if sys.platform != "win32":
    import resource

TOO_FEW: Final = frozenset({errno.EMFILE, errno.ENFILE})
RESERVE: Final = 24
"""Files for everything but connections."""

OF_THE_MOCK: Final = 12
"""Files more, where our own mock runs in this process."""

ADVICE: Final = "raise the limit (ulimit -n), or give a lower --connections"


def refuse_for_want_of_files(error: Exception) -> None:
    """Raise `UsageError` where a connection could not be opened since too many files are open."""
    if isinstance(error, OSError) and error.errno in TOO_FEW:
        raise UsageError(f"this process may not open another file: {ADVICE}") from None


def make_room(connections: int, *, mock: bool = False) -> None:
    """Let this process open so many connections; raise `UsageError` where it may not.

    Our own mock has the other end of each.
    """
    if sys.platform == "win32":
        return
    wanted = RESERVE + OF_THE_MOCK + 2 * connections if mock else RESERVE + connections
    soft, hard = resource.getrlimit(resource.RLIMIT_NOFILE)
    if hard != resource.RLIM_INFINITY and hard < wanted:
        raise UsageError(f"this process may open {hard} files, and needs {wanted}: {ADVICE}")
    if soft != resource.RLIM_INFINITY and soft < wanted:
        resource.setrlimit(resource.RLIMIT_NOFILE, (wanted, hard))
