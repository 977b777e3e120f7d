"""Writes the reports as files; a run that is cut off leaves none of them half written."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from contracts.reports.json_report import SCHEMA, as_json
from contracts.reports.junit import as_junit
from contracts.reports.report import Report
from contracts.reports.sarif import as_sarif
from contracts.usage import UsageError


def write(folder: Path, report: Report) -> None:
    """Write every report into a folder, which is made if need be."""
    try:
        folder.mkdir(parents=True, exist_ok=True)
        for name, content in _files(report):
            _replace(folder / name, content)
    except OSError as error:
        raise UsageError(f"--report-dir {error.filename or folder}: {error.strerror}") from None


def _files(report: Report) -> Iterator[tuple[str, bytes]]:
    # Only who wants the page pays for importing what renders it.
    from contracts.reports.page import as_html  # noqa: PLC0415

    yield "report.json", as_json(report).encode()
    yield SCHEMA.name, SCHEMA.read_bytes()
    yield "junit.xml", as_junit(report)
    yield "report.sarif", as_sarif(report).encode()
    yield "report.html", as_html(report).encode()


def _replace(path: Path, content: bytes) -> None:
    unfinished = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        unfinished.write_bytes(content)
        unfinished.replace(path)
    finally:
        unfinished.unlink(missing_ok=True)
