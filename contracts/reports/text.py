"""Writes a finding for a person: what, the promise, what came, where, and how to see it again."""

from __future__ import annotations

from contracts.finding import Finding
from contracts.reports.promise import Promise


def lines(finding: Finding, told: Promise) -> str:
    """Write a masked finding and the promise it is about; the curl line stands alone."""
    often = f" ({times(finding)})" if times(finding) else ""
    rows = (
        ("promised", ", ".join(filter(None, (finding.expected, told.text)))),
        ("came", finding.got),
        ("where", where(finding)),
    )
    return "\n".join(
        [
            f"{finding.severity}: {finding.message}{often} [{finding.kind}, {finding.clause}]",
            *(f"  {name:<8}  {text}" for name, text in rows if text),
            *([f"  {finding.curl}"] if finding.curl else []),
        ]
    )


def times(finding: Finding) -> str:
    """Say how often it was met: `3 of 20`, `3 times`, or nothing for once."""
    if finding.of:
        return f"{finding.count} of {finding.of}"
    return f"{finding.count} times" if finding.count > 1 else ""


def where(finding: Finding) -> str:
    """Say for which instance, at which place of the body, and in which request."""
    return ", ".join(
        [
            *([f"instance '{finding.instance}'"] if finding.instance else []),
            *([f"at {finding.pointer}"] if finding.pointer else []),
            *([f"request {finding.request}"] if finding.request else []),
        ]
    )
