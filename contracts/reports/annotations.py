"""Renders a report as GitHub annotations: workflow commands that point into the contract."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from find_webhook_kit.contracts.finding import Finding, Severity
from find_webhook_kit.contracts.reports.promise import document
from find_webhook_kit.contracts.reports.report import Report
from find_webhook_kit.contracts.reports.text import came, times, where
from find_webhook_kit.contracts.verdict import Status

SHOWN: Final = 10  # of a kind: GitHub drops what a step writes beyond that
NAMES: Final = {Severity.ERROR: "error", Severity.WARNING: "warning", Severity.NOTE: "notice"}


def commands(report: Report) -> Iterator[str]:
    """List them, a line each; the last of a kind counts those left out."""
    for severity, name in NAMES.items():
        gaps = list(_unproven(report)) if severity is Severity.ERROR else []
        findings = [item for item in report.findings if item.severity is severity]
        total = len(gaps) + report.counts[severity]
        shown = total if total <= SHOWN else SHOWN - 1
        listed = [*gaps, *(_finding(item, report) for item in findings[:shown])][:shown]
        for line, title, message in listed:
            yield _command(name, document(report.contract), line, title, message)
        if total > len(listed):
            more = f"and {total - len(listed)} more"
            yield _command(name, document(report.contract), 1, "contract-test", more)


def _unproven(report: Report) -> Iterator[tuple[int, str, str]]:
    for reason in dict.fromkeys(filter(None, (report.diagnosis, *report.causes))):
        yield 1, f"contract-test: {report.exit_code.words}", reason
    for line in report.clauses if not report.unreachable else ():
        if line.required and line.status is Status.NOT_PROVEN:
            yield line.promise.near, f"{line.id} is not proven", line.hint


def _finding(finding: Finding, report: Report) -> tuple[int, str, str]:
    told = report.promise(finding)
    often = f" ({times(finding)})" if times(finding) else ""
    rows = (
        f"{finding.message}{often}",
        f"promised {finding.expected}, {told.text}" if finding.expected else told.text,
        f"came {came(finding)}" if came(finding) else "",
        f"hint {finding.hint}" if finding.hint else "",
        where(finding),
        finding.curl,
    )
    return told.near, f"{finding.clause} ({finding.kind})", "\n".join(filter(None, rows))


def _command(command: str, file: str, line: int, title: str, message: str) -> str:
    place = f"file={_property(file)},line={line},title={_property(title)}"
    return f"::{command} {place}::{_text(message)}"


def _text(text: str) -> str:
    """Escape what would end a command."""
    return text.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(text: str) -> str:
    """Escape what would end a property of a command."""
    return _text(text).replace(":", "%3A").replace(",", "%2C")
