"""Renders a report as JUnit XML, for pipelines: one case a clause."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final
from xml.etree import ElementTree as ET

from find_webhook_kit.contracts.exit_code import Exit
from find_webhook_kit.contracts.finding import Finding
from find_webhook_kit.contracts.reports.report import Report, ReportedClause
from find_webhook_kit.contracts.reports.text import answer, lines
from find_webhook_kit.contracts.verdict import Status

SHOWN: Final = 20  # findings of a clause
UNPRINTABLE: Final = re.compile("[^\t\n\r\x20-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")


def as_junit(report: Report) -> bytes:
    """Return JUnit XML; what must be proven and was not is an error, other gaps are skipped."""
    root = ET.Element("testsuites", name="contract-test")
    where = ".".join(filter(None, ("contract", report.environment)))
    started = report.started.removesuffix("Z")
    suite = ET.SubElement(root, "testsuite", name=where, timestamp=started)
    properties = ET.SubElement(suite, "properties")
    for name, value in filter(lambda pair: pair[1], _properties(report)):
        ET.SubElement(properties, "property", name=name, value=_printable(value))
    for clause in report.clauses:
        case = ET.SubElement(suite, "testcase", classname=where, name=clause.id, time="0")
        for tag, kind, message, text in _result(clause, report):
            attributes = {"type": kind, "message": _printable(message)} if kind else {}
            ET.SubElement(case, tag, attributes).text = _printable(text)
    if why := report.diagnosis or report.stopped:
        case = ET.SubElement(suite, "testcase", classname=where, name="run", time="0")
        ET.SubElement(case, "error", type="stopped", message=_printable(why))
    for element in (root, suite):
        for name, tag in COUNTS:
            element.set(name, str(len(suite.findall(tag))))
        element.set("time", f"{report.seconds:.3f}")
    ET.indent(root)
    content: bytes = ET.tostring(root, encoding="utf-8", xml_declaration=True)
    return content


COUNTS: Final = (
    ("tests", "testcase"),
    ("failures", "testcase/failure"),
    ("errors", "testcase/error"),
    ("skipped", "testcase/skipped"),
)


def _properties(report: Report) -> Iterator[tuple[str, str]]:
    yield "target", report.target
    yield "seed", str(report.seed)
    yield "requests", str(report.requests)
    yield "verdict", report.exit_code.words
    yield "exit_code", str(int(report.exit_code))
    yield "diagnosis", report.diagnosis
    yield "environment", report.environment
    yield "started", report.started
    yield "versions", str(report.versions)
    yield "latency", str(report.latency or "")
    yield "history", report.changes.words if report.changes else ""
    yield from (("created", item.words) for item in report.created)


def _result(clause: ReportedClause, report: Report) -> Iterator[tuple[str, str, str, str]]:
    """List what stands in a case: its tag, its type, a message, a text."""
    findings = [finding for finding in report.findings if finding.clause == clause.id]
    notes = "\n\n".join(_notes(clause, findings))
    if report.exit_code is Exit.UNREACHABLE and clause.required:
        yield "error", "unreachable", f"target unreachable: {report.unreachable}", ""
    elif clause.status is Status.FAILED:
        first = findings[0].message if findings else f"{clause.found} findings"
        yield "failure", str(findings[0].kind) if findings else "failed", first, notes
    elif clause.status is Status.NOT_PROVEN and clause.required:
        yield "error", clause.status.value, f"not proven: {clause.hint}", notes
    elif clause.hint:
        yield "skipped", clause.status.value, f"{clause.status.value}: {clause.hint}", notes
    elif notes:
        yield "system-out", "", "", notes


def _notes(clause: ReportedClause, findings: list[Finding]) -> Iterator[str]:
    for finding in findings[:SHOWN]:
        yield "\n".join([lines(finding, clause.promise), *answer(finding)])
    if clause.found > SHOWN:
        yield f"... and {clause.found - SHOWN} more findings"


def _printable(text: str) -> str:
    """Escape what XML 1.0 cannot hold."""
    return UNPRINTABLE.sub(lambda match: f"\\u{ord(match.group()):04x}", text)
