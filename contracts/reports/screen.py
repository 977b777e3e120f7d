"""Renders a report for a person: one screen, the verdict first, the exit code last."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Final

from rich.console import Console
from rich.text import Text

from find_webhook_kit.contracts.exit_code import Exit
from find_webhook_kit.contracts.finding import Severity
from find_webhook_kit.contracts.reports.report import Report
from find_webhook_kit.contracts.reports.text import lines
from find_webhook_kit.contracts.verdict import JUDGED, Status

SHOWN: Final = 8
NAMED: Final = 4
STYLES: Final = {Severity.ERROR: "bold red", Severity.WARNING: "yellow", Severity.NOTE: "dim"}


def show(
    report: Report, console: Console, *, between: tuple[str, ...] = (), page: str = ""
) -> None:
    """Print the report; lines are never wrapped, so that a curl line can be copied.

    `between` is printed before the last line, which stays the one that names the exit code.
    `page` is where the whole report stands, if it was written.
    """

    def say(text: str, style: str = "") -> None:
        console.print(Text(text, style), soft_wrap=True)

    style = "bold green" if report.exit_code is Exit.CONFORMS else "bold red"
    if report.diagnosis:
        say(report.diagnosis, style)
    say(first_line(report), style)
    if report.changes:
        say(report.changes.words)
    for finding in report.findings[:SHOWN]:
        head, _, rest = lines(finding, report.promise(finding)).partition("\n")
        say("")
        say(head, STYLES[finding.severity])
        say(rest)
    if report.total > SHOWN:
        more = f"\n... and {report.total - SHOWN} more findings"
        say(f"{more}, in the report" if page else f"{more}: --report-dir DIR writes them")
    say("")
    for line in (*([] if report.unreachable else summary(report)), *between):
        say(line)
    if page:
        say(f"report: {page}")
    say(last_line(report), style)


def first_line(report: Report) -> str:
    """Give the verdict and what it is about."""
    code = report.exit_code
    return f"{code.words} (exit {int(code)}): {report.counted}; {report.facts}"


def last_line(report: Report) -> str:
    """Name our exit code and its meaning, because make turns every failure into its own 2."""
    code = report.exit_code
    reason = report.diagnosis or report.unreachable or report.counted
    return f"exit {int(code)} ({code.words}): {report.meaning}; {reason}"


def summary(report: Report) -> Iterator[str]:
    """Count the clauses, and say what would prove those that are not proven."""
    for status in Status:
        named = [clause.id for clause in report.clauses if clause.status is status]
        listed = f": {_names(named)}" if status is not Status.PASSED and named else ""
        yield f"{len(named):4} {status.value.replace('-', ' ')}{listed}"
    for gap in report.gaps:
        names = _names([clause.id for clause in gap.clauses])
        yield f"{'must be proven' if gap.required else 'may stay unproven'}: {names}: {gap.hint}"
    yield from unjudged(report)
    if report.taken:
        told = _names([item.words for item in report.taken])
        yield f"values that nobody gave: {told}; --param NAME=VALUE gives others"
    for reason, count in report.left_out.items():
        yield f"{count} requests were not sent: {reason}"
    yield from created(report)
    if report.stopped and report.stopped != report.diagnosis:
        yield f"stopped: {report.stopped}"


def unjudged(report: Report) -> Iterator[str]:
    """Name each operation that nobody asked for, by what would have it judged."""
    reasons: dict[str, list[str]] = {}
    for clause in report.clauses:
        operation, _, promise = clause.id.rpartition(":")
        if promise == JUDGED and clause.status is Status.NOT_APPLICABLE:
            reasons.setdefault(clause.hint.partition(" is not judged: ")[2], []).append(operation)
    yield from (f"not judged: {', '.join(named)}: {reason}" for reason, named in reasons.items())


def created(report: Report) -> Iterator[str]:
    """List what was created, and what became of it; what is still there comes with what to do."""
    yield from (item.words for item in report.created)
    if any(item.state in {"disabled", "left"} for item in report.created):
        yield "not all of it could be put back: contract-test cleanup tries again"


def _names(named: list[str]) -> str:
    rest = f" and {len(named) - NAMED} more" if len(named) > NAMED else ""
    return ", ".join(named[:NAMED]) + rest
