"""Renders a report as one HTML file: no script in it, nothing outside it, all texts escaped."""

from __future__ import annotations

from base64 import b64encode
from functools import cache
from hashlib import sha256
from pathlib import Path
from typing import Final

from jinja2 import Environment, FileSystemLoader, StrictUndefined

from find_webhook_kit.contracts.finding import Severity
from find_webhook_kit.contracts.reports.promise import standard
from find_webhook_kit.contracts.reports.report import Report
from find_webhook_kit.contracts.reports.text import came, others, times
from find_webhook_kit.contracts.verdict import Status

SHOWN: Final = 200  # findings
FOLDER: Final = Path(__file__).parent
POLICY: Final = (
    "default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
)


def as_html(report: Report) -> str:
    """Return the page. Its policy allows its own style sheet, named by its digest, and no more."""
    style = (FOLDER / "page.css").read_text(encoding="utf-8")
    digest = b64encode(sha256(style.encode()).digest()).decode()
    findings = report.findings[:SHOWN]
    return (
        _environment()
        .get_template("page.html")
        .render(
            report=report,
            style=style,
            policy=POLICY.format(digest=digest),
            groups={
                severity: [item for item in findings if item.severity is severity]
                for severity in Severity
            },
            hidden=report.total - len(findings),
            statuses={
                status: sum(clause.status is status for clause in report.clauses)
                for status in Status
            },
        )
    )


@cache  # so that a template is compiled once
def _environment() -> Environment:
    environment = Environment(
        loader=FileSystemLoader(FOLDER),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
    environment.filters |= {"came": came, "others": others, "times": times, "standard": standard}
    return environment
