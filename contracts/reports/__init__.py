"""Tells a verdict: on the screen, in files, and to GitHub; none of it holds a secret."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from contextlib import suppress
from pathlib import Path

from rich.console import Console

from contracts import streams
from contracts.interrupts import allowed
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
    """Write the files, tell GitHub where it listens, and then show the verdict.

    None of it changes the verdict: what cannot be written is named on the error stream, and who
    stops reading the screen misses what he does not read.
    """
    told = report(verdict, mask)
    for failure in _written(told, folder, environment):
        streams.complain(f"contract-test: {mask.line(failure)}")
    on_github = environment.get("GITHUB_ACTIONS") == "true"
    with suppress(KeyboardInterrupt), allowed():
        _show(told, console, tuple(commands(told)) if on_github else ())


def _show(told: Report, console: Console, between: tuple[str, ...]) -> None:
    """Draw the screen first, since rich ends the process where nobody reads."""
    drawn = io.StringIO()
    stream, console.file = console.file, drawn
    show(told, console, between=between)
    streams.tell(drawn.getvalue().removesuffix("\n"), stream)


def _written(told: Report, folder: Path | None, environment: Mapping[str, str]) -> Iterator[str]:
    """Write each file, and say which could not be written."""
    if folder is not None:
        yield from write(folder, told)
    if summary := environment.get("GITHUB_STEP_SUMMARY"):
        try:
            with Path(summary).open("a", encoding="utf-8") as file:
                file.write(as_markdown(told))
        except OSError as error:
            yield f"GITHUB_STEP_SUMMARY: {error.strerror}"
