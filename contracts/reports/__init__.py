"""Tells a verdict: on the screen, in files, and to GitHub; none of it holds a secret."""

from __future__ import annotations

import io
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import replace
from pathlib import Path

from rich.console import Console

from find_webhook_kit.contracts import streams
from find_webhook_kit.contracts.interrupts import allowed
from find_webhook_kit.contracts.mask import Mask
from find_webhook_kit.contracts.reports.annotations import commands
from find_webhook_kit.contracts.reports.evidence import masked
from find_webhook_kit.contracts.reports.folder import PAGE, write
from find_webhook_kit.contracts.reports.har import as_har
from find_webhook_kit.contracts.reports.history import compared, previous
from find_webhook_kit.contracts.reports.promise import promise
from find_webhook_kit.contracts.reports.report import Report, report
from find_webhook_kit.contracts.reports.screen import show
from find_webhook_kit.contracts.reports.summary import as_markdown
from find_webhook_kit.contracts.reports.text import lines
from find_webhook_kit.contracts.verdict import Verdict
from find_webhook_kit.contracts.whole_file import append, write_file

__all__ = ["Mask", "Report", "lines", "masked", "promise", "publish", "report", "show", "write"]


def publish(  # noqa: PLR0913 - where a verdict is told
    verdict: Verdict,
    mask: Mask,
    *,
    console: Console,
    folder: Path | None,
    environment: Mapping[str, str],
    har: Path | None = None,
) -> None:
    """Write the files, tell GitHub where it listens, and then show the verdict.

    None of it changes the verdict: what cannot be written is named on the error stream, and who
    stops reading the screen misses what he does not read.
    """
    told = report(verdict, mask)
    if folder is not None and (last := previous(folder, told.snapshot)):
        told = replace(told, changes=compared(last, told.snapshot))
    archive = as_har(verdict, mask) if har or folder else ""
    failures = list(_written(told, archive, folder=folder, har=har, environment=environment))
    for failure in failures:
        streams.complain(f"contract-test: {mask.line(failure)}")
    page = mask.line(str(folder / PAGE)) if folder and not failures else ""
    on_github = environment.get("GITHUB_ACTIONS") == "true"
    with suppress(KeyboardInterrupt), allowed():
        _show(told, console, tuple(commands(told)) if on_github else (), page)


def _written(
    told: Report,
    archive: str,
    *,
    folder: Path | None,
    har: Path | None,
    environment: Mapping[str, str],
) -> Iterator[str]:
    """Write each file, and say which could not be written."""
    if folder is not None:
        yield from write(folder, told, archive)
    if har is not None and (failure := write_file(har, archive.encode())):
        yield f"--har {failure}"
    if summary := environment.get("GITHUB_STEP_SUMMARY"):
        try:
            append(Path(summary), as_markdown(told))
        except OSError as error:
            yield f"GITHUB_STEP_SUMMARY: {error.strerror}"


def _show(told: Report, console: Console, between: tuple[str, ...], page: str) -> None:
    """Draw the screen first, since rich ends the process where nobody reads."""
    drawn = io.StringIO()
    stream, console.file = console.file, drawn
    show(told, console, between=between, page=page)
    streams.tell(drawn.getvalue().removesuffix("\n"), stream)
