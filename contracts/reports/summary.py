"""Renders a report as Markdown, for the summary of a step on GitHub."""

from __future__ import annotations

import re
from collections.abc import Iterator
from typing import Final

from find_webhook_kit.contracts.exit_code import Exit
from find_webhook_kit.contracts.finding import Finding, Severity
from find_webhook_kit.contracts.reports.report import Gap, Report
from find_webhook_kit.contracts.reports.text import came, times, where
from find_webhook_kit.contracts.verdict import Status

SHOWN: Final = 25  # findings
LENGTH: Final = 256_000  # bytes of them: GitHub takes 1 MiB a step
SIGNS: Final = {Severity.ERROR: "❌", Severity.WARNING: "⚠️", Severity.NOTE: "ℹ️"}  # noqa: RUF001


def as_markdown(report: Report) -> str:
    """Return the summary: verdict, findings, what was not proven."""
    return "".join(f"{text}\n\n" for text in _paragraphs(report))


def _paragraphs(report: Report) -> Iterator[str]:
    sign = "✅" if report.exit_code is Exit.CONFORMS else "❌"
    code = report.exit_code
    named = report.contract.title.rpartition(", ")[2]  # without the product that it is a part of
    yield f"## {sign} {escaped(named)}: {code.words} (exit {int(code)})"
    yield f"{escaped(report.meaning)}: {escaped(report.unreachable or report.counted)}"
    if report.diagnosis:
        yield f"**{escaped(report.diagnosis)}**"
    yield escaped(report.facts)
    yield escaped(report.provenance)
    if report.changes:
        yield escaped(report.changes.words)
    shown = list(_findings(report))
    yield from shown
    if report.total > len(shown):
        yield f"… and {report.total - len(shown)} more findings, see the report."
    yield from [] if report.unreachable else _clauses(report)


def _findings(report: Report) -> Iterator[str]:
    size = 0
    for finding in report.findings[:SHOWN]:
        text = "\n\n".join(_finding(finding, report))
        size += len(text.encode()) + 1
        if size > LENGTH:
            return
        yield text


def _finding(finding: Finding, report: Report) -> Iterator[str]:
    often = f", {times(finding)}" if times(finding) else ""
    rows = (
        ("promised", finding.expected),
        ("stands in", report.promise(finding).text),
        ("came", came(finding)),
        ("hint", finding.hint),
        ("where", where(finding)),
    )
    sign = f"{SIGNS[finding.severity]} **{finding.severity}**"
    yield f"{sign} {_code(finding.message)}{often} ({escaped(finding.clause)}, {finding.kind})"
    yield "\n".join(f"- {name}: {_code(text)}" for name, text in rows if text)
    fence = "`" * max(3, 1 + max(map(len, re.findall("`+", finding.curl)), default=0))
    if finding.curl:
        yield f"{fence}sh\n{finding.curl}\n{fence}"


def _clauses(report: Report) -> Iterator[str]:
    counts = (
        f"{sum(clause.status is status for clause in report.clauses)} {status.value}"
        for status in Status
    )
    yield f"Clauses: {', '.join(counts)}."
    if report.stopped and report.stopped != report.diagnosis:
        yield f"Stopped: {escaped(report.stopped)}"
    if report.created:
        yield "\n".join(f"- {escaped(item.words)}" for item in report.created)
    if report.gaps:
        head = ("| not proven | must be | what would prove it |", "|---|---|---|")
        yield "\n".join((*head, *map(_row, report.gaps)))


def _row(gap: Gap) -> str:
    names = " ".join(_code(clause.id) for clause in gap.clauses)
    return f"| {names} | {'yes' if gap.required else 'no'} | {escaped(gap.hint)} |"


def _code(text: str) -> str:
    """Show a text as code: no mention, link, emoji or markup comes of it."""
    return f"<code>{escaped(text)}</code>"


def escaped(text: str) -> str:
    """Write what may be Markdown or HTML as entities, which are text and nothing else."""
    return re.sub(r"[!-+./:-@\[-`{-~]", lambda match: f"&#{ord(match.group())};", text)
