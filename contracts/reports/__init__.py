"""Tells a verdict: on the screen, in files, and to GitHub; none of it holds a secret."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from pathlib import Path

from rich.console import Console

from contracts.reports.annotations import commands
from contracts.reports.folder import write
from contracts.reports.mask import Mask
from contracts.reports.promise import promise
from contracts.reports.report import Report, report
from contracts.reports.screen import show
from contracts.reports.summary import as_markdown
from contracts.reports.text import lines
from contracts.verdict import Verdict

__all__ = ["Mask", "Report", "lines", "promise", "publish", "report", "show", "write"]


def publish(
    verdict: Verdict,
    mask: Mask,
    *,
    console: Console,
    folder: Path | None,
    environment: Mapping[str, str],
) -> None:
    """Show the verdict, tell GitHub where it listens, and write the files."""
    told = report(verdict, mask)
    on_github = environment.get("GITHUB_ACTIONS") == "true"
    show(told, console, between=tuple(commands(told)) if on_github else ())
    if summary := environment.get("GITHUB_STEP_SUMMARY"):
        _append(Path(summary), as_markdown(told))
    if folder is not None:
        write(folder, told)


def _append(path: Path, text: str) -> None:
    """A summary that cannot be written changes no verdict."""
    try:
        with path.open("a", encoding="utf-8") as file:
            file.write(text)
    except OSError as error:
        print(f"GITHUB_STEP_SUMMARY: {error.strerror}", file=sys.stderr)  # noqa: T201
