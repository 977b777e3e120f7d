"""Reads a document as it stood in a revision of git: `HEAD~1:spec/openapi.yaml`."""

from __future__ import annotations

import os
import subprocess
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from find_webhook_kit.spec import Document, DocumentError
from find_webhook_kit.spec.document import MAX_BYTES, parsed, read
from find_webhook_kit.spec.references import References

SECONDS: Final = 30
QUIET: Final = {"LC_ALL": "C", "GIT_TERMINAL_PROMPT": "0", "GIT_NO_LAZY_FETCH": "1"}
"""Git speaks English, asks nobody and fetches nothing."""


def opened(name: str) -> References:
    """Read the document that a path names, or else a revision and a path with a colon between."""
    path = Path(name)
    revision, colon, place = name.partition(":")
    if not colon or not revision or not place or path.exists():
        return References(read(path))
    if revision.startswith("-"):
        raise DocumentError(path, "a revision of git does not begin with `-`")
    taken = Revision(revision)
    return References(taken.document(place), taken.read)


@dataclass(frozen=True, slots=True)
class Revision:
    """A revision of the repository that the working folder is in, by any name that git knows."""

    name: str

    def read(self, path: Path, _folder: Path) -> Document:
        """Read a file that a document of this revision refers to, from the same revision."""
        return self.document(path.as_posix().removeprefix(f"{self.name}:"))

    def document(self, place: str) -> Document:
        """Read a file; its path begins at the top of the repository, or with `./` here."""
        path = Path(f"{self.name}:{place}")
        size = self._git(path, "-s")
        if int(size) > MAX_BYTES:
            raise DocumentError(path, f"larger than {MAX_BYTES} bytes: leave something out")
        return parsed(path, self._git(path, "blob"))

    def _git(self, path: Path, what: str) -> bytes:
        command = ["git", "cat-file", what, str(path)]
        try:
            done = subprocess.run(  # noqa: S603 - no shell, and no flag begins with a revision
                command,
                stdin=subprocess.DEVNULL,
                capture_output=True,
                env={**os.environ, **QUIET},
                timeout=SECONDS,
                check=False,
            )
        except FileNotFoundError:
            raise DocumentError(path, "git is not installed: name a file instead") from None
        except (OSError, ValueError, subprocess.TimeoutExpired) as error:
            raise DocumentError(path, f"git does not answer: {type(error).__name__}") from None
        if done.returncode:
            raise DocumentError(path, _reason(done.stderr.decode(errors="replace")))
        return done.stdout


def _reason(said: str) -> str:
    """Say in one line why git has no such file, and what to do."""
    first = next((line for line in said.splitlines() if line.startswith(("fatal", "error"))), said)
    words = first.partition(": ")[2] or "git has no such file"
    if "not a git repository" in words:
        return "the working folder is in no repository of git: name a file, or go there"
    if "does not exist" in words or "exists on disk" in words or "bad file" in words:
        return f"git has no such file there: {words}"
    return f"git knows no such revision (in a shallow clone, fetch it first): {words}"
