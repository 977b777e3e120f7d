"""Renders a report for programs: `report.json`, described by `report.schema.json` beside it."""

from __future__ import annotations

import json
from dataclasses import asdict
from pathlib import Path
from typing import Final

from find_webhook_kit.contracts.finding import Evidence, Finding
from find_webhook_kit.contracts.reports.facts import Latency
from find_webhook_kit.contracts.reports.history import Changes
from find_webhook_kit.contracts.reports.promise import document
from find_webhook_kit.contracts.reports.report import Report, ReportedClause

SCHEMA: Final = Path(__file__).with_name("report.schema.json")


def as_json(report: Report) -> str:
    """Return the machine's report; a schema says what its fields mean."""
    value = {
        "$schema": SCHEMA.name,
        "verdict": report.exit_code.words,
        "exit_code": int(report.exit_code),
        "diagnosis": report.diagnosis,
        "target": report.target,
        "environment": report.environment,
        "started": report.started,
        "seed": report.seed,
        "requests": report.requests,
        "seconds": round(report.seconds, 3),
        "stopped": report.stopped,
        "unreachable": report.unreachable,
        "skipped": sum(report.left_out.values()),
        "left_out": dict(report.left_out),
        "contract": document(report.contract),
        "taken": [asdict(item) for item in report.taken],
        "versions": asdict(report.versions),
        "latency": _latency(report.latency),
        "history": _history(report.changes),
        "counts": dict(report.counts),
        "omitted": report.total - len(report.findings),
        "created": [asdict(item) for item in report.created],
        "clauses": [_clause(clause) for clause in report.clauses],
        "findings": [_finding(finding, report) for finding in report.findings],
    }
    return json.dumps(value, ensure_ascii=False, indent=2) + "\n"


def _latency(latency: Latency | None) -> dict[str, float] | None:
    if latency is None:
        return None
    told = {"min": latency.minimum, "median": latency.median, "p95": latency.p95}
    return {name: round(seconds, 6) for name, seconds in told.items()}


def _history(changes: Changes | None) -> dict[str, object] | None:
    if changes is None:
        return None
    return {
        "since": changes.since,
        "summary": changes.words,
        "new": len(changes.new),
        "still": len(changes.still),
        "gone": [asdict(item) for item in changes.gone],
        "unseen": [asdict(item) for item in changes.unseen],
    }


def _clause(clause: ReportedClause) -> dict[str, object]:
    return {
        "id": clause.id,
        "source": clause.source,
        "line": clause.promise.line,
        "required": clause.required,
        "evidence": clause.evidence,
        "status": clause.status.value,
        "supply": clause.hint,
    }


def _finding(finding: Finding, report: Report) -> dict[str, object]:
    told = report.promise(finding)
    return {
        "severity": finding.severity.value,
        "kind": finding.kind.value,
        "clause": finding.clause,
        "message": finding.message,
        "hint": finding.hint,
        "since": report.since(finding),
        "promise": told.text,
        "line": told.line,
        "pointer": finding.pointer,
        "instance": finding.instance,
        "expected": finding.expected,
        "got": finding.got,
        "count": finding.count,
        "of": finding.of,
        "request": finding.request,
        "curl": finding.curl,
        "instances": list(finding.instances),
        "occurrences": [asdict(item) for item in finding.occurrences],
        "came": _came(finding.came),
    }


def _came(came: Evidence | None) -> dict[str, object] | None:
    if came is None:
        return None
    return {
        "status": came.status,
        "headers": [f"{name}: {value}" for name, value in came.headers],
        "location": came.location,
        "body": came.body,
        "bytes": came.size,
    }
