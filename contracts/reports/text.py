"""Writes a finding for a person: what, the promise, what came, where, and how to see it again."""

from __future__ import annotations

from collections.abc import Iterator

from find_webhook_kit.contracts.finding import Finding
from find_webhook_kit.contracts.reports.promise import Promise
from find_webhook_kit.contracts.wording import numbered


def lines(finding: Finding, told: Promise) -> str:
    """Write a masked finding and the promise it is about; the curl line stands alone."""
    often = f" ({times(finding)})" if times(finding) else ""
    rows = (
        ("promised", ", ".join(filter(None, (finding.expected, told.text)))),
        ("came", came(finding)),
        ("hint", finding.hint),
        ("where", where(finding)),
    )
    return "\n".join(
        [
            f"{finding.severity}: {finding.message}{often} [{finding.kind}, {finding.clause}]",
            *(f"  {name:<8}  {text}" for name, text in rows if text),
            *([f"  {finding.curl}"] if finding.curl else []),
        ]
    )


def answer(finding: Finding) -> Iterator[str]:
    """Write the answer as it came, a line for each part, and every instance that got such a one."""
    if len(finding.instances) > 1:
        yield f"  {finding.whose}s {', '.join(finding.instances)}"
    if finding.came:
        yield f"  answer    HTTP {finding.came.status}, {finding.came.size} bytes"
        for name, value in finding.came.headers:
            yield f"    {name}: {value}"
        if finding.came.body:
            yield f"    {finding.came.body}"


def others(finding: Finding) -> str:
    """Count the other instances for which it was met."""
    count = len(finding.instances) - 1
    return f" and {numbered(count, 'other')}" if count > 0 else ""


def times(finding: Finding) -> str:
    """Say how often it was met: `3 of 20`, `3 times`, or nothing for once."""
    if finding.of:
        return f"{finding.count} of {finding.of}"
    return f"{finding.count} times" if finding.count > 1 else ""


def came(finding: Finding) -> str:
    """Say what came, and of a redirect where it leads."""
    location = finding.came.location if finding.came else ""
    return ", ".join(filter(None, (finding.got, location and f"to {location}")))


def where(finding: Finding) -> str:
    """Say for which instance, at which place of the body, and in which request."""
    named = f"{finding.whose} '{finding.instance}'{others(finding)}"
    parts = (
        finding.instance and named,
        finding.pointer and f"at {finding.pointer}",
        f"request {finding.request}" if finding.request else "",
    )
    return ", ".join(filter(None, parts))
