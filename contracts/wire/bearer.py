"""The bearer token: given once, or had from a command, which is asked again once it is refused."""

from __future__ import annotations

import os
import re
import shlex
import signal
import subprocess
from contextlib import suppress
from dataclasses import dataclass, field
from threading import Lock
from typing import Final

from find_webhook_kit.contracts.usage import UsageError

MOST_RENEWALS: Final = 10
PATIENCE: Final = 30.0
"""Seconds that a command has to print a token."""

TOKEN: Final = re.compile(r"[\x21-\x7e]+")


@dataclass(eq=False)
class Bearer:
    """The token as it is now, and every one that it has been.

    Without a command it never changes.
    """

    value: str = field(repr=False)
    command: tuple[str, ...] = ()
    past: list[str] = field(default_factory=list, repr=False)
    _renewals: int = 0
    _lock: Lock = field(default_factory=Lock, repr=False)

    def renew(self, refused: str) -> bool:
        """Get another token in place of a refused one; tell whether there is another one now.

        Whoever comes second, with a token that somebody else has renewed already, gets that one.
        A command that fails, or prints what was refused, is not asked for ever.
        """
        with self._lock:
            if self.value != refused:
                return True
            if not self.command or self._renewals >= MOST_RENEWALS:
                return False
            self._renewals += 1
            with suppress(UsageError):
                self._replace(_printed(self.command))
            if self.value == refused:
                self._renewals = MOST_RENEWALS
            return self.value != refused

    def _replace(self, value: str) -> None:
        self.past.append(self.value)
        self.value = value


def from_command(text: str) -> Bearer:
    """Run a command, which is split as a shell would, and take what it prints for the token.

    Raises `UsageError`, which never tells what was printed.
    """
    try:
        command = tuple(shlex.split(text))
    except ValueError as error:
        raise UsageError(f"--token-command: {error}") from None
    if not command:
        raise UsageError("--token-command is empty: name a program that prints a token")
    return Bearer(_printed(command), command)


def _printed(command: tuple[str, ...]) -> str:
    output = _output(command)
    token = output.decode("latin-1").strip()
    if TOKEN.fullmatch(token) is None:
        what = "more than a token" if token else "nothing"
        raise UsageError(f"--token-command: it printed {what}: one line with the token is wanted")
    return token


def _output(command: tuple[str, ...]) -> bytes:
    """Run a command to its end, or to the end of our patience; nobody is asked for input."""
    try:
        process = subprocess.Popen(  # noqa: S603 - what the caller asked for
            command,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            start_new_session=True,
        )
    except (OSError, ValueError) as error:
        reason = getattr(error, "strerror", None) or "it cannot be started"
        raise UsageError(f"--token-command: {reason}") from None
    with process:
        try:
            output, _ = process.communicate(timeout=PATIENCE)
        except subprocess.TimeoutExpired:
            raise UsageError(f"--token-command: it took longer than {PATIENCE:g} s") from None
        finally:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGKILL)  # whatever it has left behind
    if process.returncode:
        raise UsageError(f"--token-command: it failed with exit status {process.returncode}")
    return output
