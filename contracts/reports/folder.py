"""Writes the reports as files; a run that is cut off leaves none of them half written."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Final

from find_webhook_kit.contracts.reports.json_report import SCHEMA, as_json
from find_webhook_kit.contracts.reports.junit import as_junit
from find_webhook_kit.contracts.reports.report import Report
from find_webhook_kit.contracts.reports.sarif import as_sarif
from find_webhook_kit.contracts.whole_file import write_file

ARCHIVE: Final = "exchanges.har"
PAGE: Final = "report.html"


def write(folder: Path, report: Report, archive: str = "") -> list[str]:
    """Write every report into a folder, made if need be; return what could not be, and why.

    `archive` is that of the exchanges.
    """
    files = dict(_files(report)) | ({ARCHIVE: archive.encode} if archive else {})
    failures = [_made(folder / name, make) for name, make in files.items()]
    return [f"--report-dir {failure}" for failure in failures if failure]


def _made(path: Path, make: Callable[[], bytes]) -> str:
    """Make a file and write it; return what went wrong, which holds back no other file."""
    try:
        return write_file(path, make())
    except Exception as error:  # noqa: BLE001 - a fault of this program, and no verdict
        return f"{path}: could not be made: {type(error).__name__}, a fault of this program"


def _files(report: Report) -> Iterator[tuple[str, Callable[[], bytes]]]:
    # Only who wants the page pays for importing what renders it.
    from find_webhook_kit.contracts.reports.page import as_html  # noqa: PLC0415

    yield "report.json", lambda: as_json(report).encode()
    yield SCHEMA.name, SCHEMA.read_bytes
    yield "junit.xml", lambda: as_junit(report)
    yield "report.sarif", lambda: as_sarif(report).encode()
    yield PAGE, lambda: as_html(report).encode()
