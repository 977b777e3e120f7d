"""Where reports and the archive are to be written, looked at before anything is sent."""

from __future__ import annotations

import os
import stat
from pathlib import Path

from find_webhook_kit.contracts.usage import UsageError


def report_folder(folder: Path | None) -> Path | None:
    """Return where the folder is, made if need be, wherever the process may stand later."""
    if folder is None:
        return None
    return _made(absolute(folder, "--report-dir"), "--report-dir")


def archive(path: Path | None) -> Path | None:
    """Return where the archive is to be, in a folder that is there."""
    if path is None:
        return None
    path = absolute(path, "--har")
    try:
        mode = path.stat().st_mode
    except FileNotFoundError:
        mode = stat.S_IFREG
    except OSError as error:
        raise UsageError(f"--har {path}: {error.strerror}") from None
    if stat.S_ISDIR(mode):
        raise UsageError(f"--har {path}: is a folder: name a file in it, such as exchanges.har")
    if not stat.S_ISREG(mode):
        return path
    _made(path.parent, "--har")
    return path


def absolute(path: Path, flag: str) -> Path:
    """Return where a file is, wherever the process may stand later."""
    try:
        return path.absolute()
    except FileNotFoundError:
        raise UsageError(f"{flag} {path}: the working folder is gone") from None


def _made(folder: Path, flag: str) -> Path:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"{flag} {folder}: {error.strerror}") from None
    if not os.access(folder, os.W_OK):
        raise UsageError(f"{flag} {folder}: not writable")
    return folder
