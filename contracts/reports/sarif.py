"""Renders a report as SARIF 2.1.0, which points into the lines of the contract."""

from __future__ import annotations

import hashlib
import json
import re
from typing import Final

from find_webhook_kit.contracts.exit_code import Exit
from find_webhook_kit.contracts.finding import Finding, Severity
from find_webhook_kit.contracts.reports.promise import Promise, document, standard
from find_webhook_kit.contracts.reports.report import Report, ReportedClause
from find_webhook_kit.contracts.reports.text import answer, others, times
from find_webhook_kit.contracts.verdict import Status

SCHEMA: Final = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
CONCLUSIVE: Final = frozenset({Exit.CONFORMS, Exit.DOES_NOT_CONFORM})
Object = dict[str, object]


def as_sarif(report: Report) -> str:
    """Return one SARIF run: its rules are the clauses, its results the findings."""
    places = {clause.id: index for index, clause in enumerate(report.clauses)}
    run = {
        "tool": {
            "driver": {
                "name": "contract-test",
                "fullName": f"contract-test for {report.contract.title} {report.contract.version}",
                "version": report.versions.kit,
                "semanticVersion": report.versions.kit,
                "rules": [_rule(clause) for clause in report.clauses],
            }
        },
        # What stands before the last slash is the category under which GitHub keeps the alerts.
        "automationDetails": {
            "id": "/".join(filter(None, ("contract-test", report.environment))) + "/"
        },
        "invocations": [_invocation(report)],
        "artifacts": [
            {"location": {"uri": document(report.contract)}, "roles": ["analysisTarget"]}
        ],
        "columnKind": "unicodeCodePoints",
        "results": [_result(finding, report, places) for finding in report.findings],
        "properties": {
            "target": report.target,
            "seed": report.seed,
            "requests": report.requests,
            "verdict": report.exit_code.words,
            "diagnosis": report.diagnosis,
            "environment": report.environment,
            "versions": str(report.versions),
            "latency": str(report.latency or ""),
            "history": report.changes.words if report.changes else "",
            "omitted": report.total - len(report.findings),
            "created": [item.words for item in report.created],
        },
    }
    log = {"$schema": SCHEMA, "version": "2.1.0", "runs": [run]}
    return json.dumps(log, ensure_ascii=False, indent=1) + "\n"


def _rule(clause: ReportedClause) -> Object:
    required = "must be proven" if clause.required else "may stay unproven"
    text = (
        f"The clause {clause.id} {required}. It stands in: {clause.promise.text}."
        " Each finding holds a curl line that shows it again, and what came in its place."
    )
    address = standard(clause.promise.words)
    return {
        "id": clause.id,
        "name": _name(clause.id),
        **({"helpUri": address} if address else {}),
        "help": {"text": text, "markdown": text},
        "shortDescription": {"text": f"{clause.id}: {clause.promise.words}."},
        "fullDescription": {"text": f"Where the promise stands: {clause.promise.text}."},
        "properties": {
            "evidence": clause.evidence,
            "required": clause.required,
            "status": clause.status.value,
        },
    }


def _name(clause: str) -> str:
    """Write a clause's id as SARIF likes a name: `body.200.url` is `Body200Url`."""
    return "".join(word[:1].upper() + word[1:] for word in re.findall(r"\w+", clause))


def _result(finding: Finding, report: Report, places: dict[str, int]) -> Object:
    told = report.promise(finding)
    index = {"ruleIndex": places[finding.clause]} if finding.clause in places else {}
    return {
        "ruleId": finding.clause,
        **index,
        "level": finding.severity.value,
        "message": {"text": _sentence(finding)},
        "locations": [_location(told)],
        "partialFingerprints": {"finding/v1": _fingerprint(finding)},
        "occurrenceCount": finding.count,
        "properties": {
            "kind": finding.kind.value,
            "promise": told.text,
            "instance": finding.instance,
            "pointer": finding.pointer,
            "expected": finding.expected,
            "got": finding.got,
            "hint": finding.hint,
            "since": report.since(finding),
            "instances": list(finding.instances),
            "answer": "\n".join(answer(finding)),
            "of": finding.of,
            "request": finding.request,
            "curl": finding.curl,
        },
    }


def _location(told: Promise) -> Object:
    return {
        "physicalLocation": {
            "artifactLocation": {"uri": told.document, "index": 0},
            "region": {"startLine": told.near},
        }
    }


def _sentence(finding: Finding) -> str:
    """Say it in one text, which is all that most viewers show; brackets would be links there."""
    often = f" ({times(finding)})" if times(finding) else ""
    named = finding.whose.capitalize()
    parts = [
        f"{finding.message}{often}.",
        *([f"Expected {finding.expected}, got {finding.got}."] if finding.expected else []),
        *([f"Hint: {finding.hint}."] if finding.hint else []),
        *([f"At {finding.pointer}."] if finding.pointer else []),
        *([f"{named} {finding.instance}{others(finding)}."] if finding.instance else []),
    ]
    text = " ".join(parts)
    return text.replace("\\", "\\\\").replace("[", "\\[").replace("]", "\\]")


def _fingerprint(finding: Finding) -> str:
    """Name a finding over several runs: the deviation, whatever its place or number."""
    told = [finding.clause, finding.kind, finding.severity, finding.message]
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()[:32]


def _invocation(report: Report) -> Object:
    """Tell how the run ended; what was not proven is a notification, since it is no finding."""
    return {
        # Where it is false, what is missing here has not gone: GitHub keeps its alerts open.
        "executionSuccessful": report.exit_code in CONCLUSIVE and not report.stopped,
        "startTimeUtc": report.started,
        "exitCode": int(report.exit_code),
        "exitCodeDescription": f"{report.exit_code.words}: {report.meaning}",
        "toolExecutionNotifications": [
            *(
                _notice(Severity.ERROR, reason)
                for reason in dict.fromkeys(filter(None, (report.diagnosis, *report.causes)))
            ),
            *(
                {
                    **_notice(Severity.WARNING, f"{clause.id} is not proven: {clause.hint}"),
                    "associatedRule": {"id": clause.id},
                }
                for clause in report.clauses
                if clause.status is Status.NOT_PROVEN and clause.required
            ),
        ],
    }


def _notice(severity: Severity, text: str) -> Object:
    return {"level": severity.value, "message": {"text": text}}
