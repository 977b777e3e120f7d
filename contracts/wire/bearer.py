"""The bearer token: given once, or had from a command, which is asked again once it is refused."""

from __future__ import annotations

import os
import re
import select
import shlex
import signal
import subprocess
import time
from contextlib import suppress
from dataclasses import dataclass, field
from threading import Lock
from typing import Final

from find_webhook_kit.contracts.usage import UsageError

MOST_RENEWALS: Final = 10
PATIENCE: Final = 30.0
"""Seconds that a command has to print a token."""

MOST_PRINTED: Final = 1024 * 1024
WANTED: Final = "one line with the token is wanted"
TOO_MUCH: Final = f"--token-command: it printed more than a token: {WANTED}"
NOTHING: Final = f"--token-command: it printed nothing: {WANTED}"

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
                printed = _printed(self.command)
                self.past.append(self.value)
                self.value = printed
            if self.value == refused:
                self._renewals = MOST_RENEWALS
            return self.value != refused


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
        raise UsageError(TOO_MUCH if token else NOTHING)
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
            output = _read(process)
        except TimeoutError:
            raise UsageError(f"--token-command: it took longer than {PATIENCE:g} s") from None
        finally:
            with suppress(ProcessLookupError, PermissionError):
                os.killpg(process.pid, signal.SIGKILL)  # whatever it has left behind
    if process.returncode:
        raise UsageError(f"--token-command: it failed with exit status {process.returncode}")
    return output


def _read(process: subprocess.Popen[bytes]) -> bytes:
    """Return what a program prints until it ends; raise `TimeoutError`, also for its end.

    Of what is too much for a token, no more is read than tells that.
    """
    deadline = time.monotonic() + PATIENCE
    assert process.stdout is not None  # noqa: S101 - for mypy
    output = bytearray()
    while len(output) <= MOST_PRINTED:
        if not select.select([process.stdout], [], [], max(deadline - time.monotonic(), 0))[0]:
            raise TimeoutError
        chunk = os.read(process.stdout.fileno(), MOST_PRINTED)
        if not chunk:
            break
        output += chunk
    else:
        raise UsageError(TOO_MUCH)
    try:
        process.wait(max(deadline - time.monotonic(), 0))
    except subprocess.TimeoutExpired:
        raise TimeoutError from None
    return bytes(output)
