"""Writes the reports as files; a run that is cut off leaves none of them half written."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path

from contracts.reports.json_report import SCHEMA, as_json
from contracts.reports.junit import as_junit
from contracts.reports.report import Report
from contracts.reports.sarif import as_sarif


def write(folder: Path, report: Report) -> list[str]:
    """Write every report into a folder, made if need be; return what could not be, and why."""
    failures = []
    for name, content in _files(report):
        try:
            folder.mkdir(parents=True, exist_ok=True)
            _replace(folder / name, content)
        except OSError as error:
            failures.append(f"--report-dir {folder / name}: {error.strerror}")
    return failures


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
