"""Renders a comparison for people (text, Markdown) and for pipelines (JSON, SARIF)."""

from __future__ import annotations

import hashlib
import json
import re
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

from find_webhook_kit.contracts.diff.change import Change
from find_webhook_kit.contracts.diff.part import Part
from find_webhook_kit.contracts.exit_code import Exit
from find_webhook_kit.contracts.finding import Severity
from find_webhook_kit.contracts.wording import numbered
from find_webhook_kit.spec import printable

SARIF: Final = (
    "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json"
)
TITLES: Final = {
    Severity.ERROR: "Breaks",
    Severity.WARNING: "May break",
    Severity.NOTE: "Does not break",
}
Object = dict[str, object]


@dataclass(frozen=True, slots=True)
class Comparison:
    """What changed between two documents, which are called as the caller called them.

    With `strict`, a warning breaks too. `same_bytes` says that both documents are one.
    """

    old: str
    new: str
    changes: tuple[Change, ...]
    strict: bool = False
    same_bytes: bool = False

    @property
    def exit(self) -> Exit:
        failing = {Severity.ERROR, Severity.WARNING} if self.strict else {Severity.ERROR}
        breaks = any(change.severity in failing for change in self.changes)
        return Exit.DOES_NOT_CONFORM if breaks else Exit.CONFORMS

    @property
    def sentence(self) -> str:
        words = "breaks" if self.exit else "does not break"
        return f"{self.new} {words} those who rely on {self.old}; {self.counted}"

    @property
    def counted(self) -> str:
        """Count the changes; say so where documents differ and nothing that counts has changed."""
        if not self.changes and not self.same_bytes:
            return "0 changes: it is written otherwise and means the same"
        counts = Counter(change.severity for change in self.changes)
        each = ", ".join(f"{counts[severity]} {severity}s" for severity in Severity)
        number = numbered(len(self.changes), "change")
        return number + (f" ({each})" if self.changes else "")


def as_text(comparison: Comparison) -> Iterator[str]:
    """Write two lines a change, and the verdict as the last one."""
    for change in comparison.changes:
        place = change.place
        where = f", {place.file}:{place.node.line}" if place else ""
        yield printable(f"{change.severity}: {change.message} [{change.kind}{where}]")
        yield printable(f"  was {change.was}, is {change.now}")
    yield printable(f"exit {comparison.exit:d}: {comparison.sentence}")


def as_json(comparison: Comparison) -> Iterator[str]:
    """Write one JSON object."""
    counts = Counter(change.severity for change in comparison.changes)
    report = {
        "old": comparison.old,
        "new": comparison.new,
        "verdict": "breaks" if comparison.exit else "does-not-break",
        "exit_code": int(comparison.exit),
        "strict": comparison.strict,
        "counts": {severity.value: counts[severity] for severity in Severity},
        "changes": [_change(change) for change in comparison.changes],
    }
    yield json.dumps(report, ensure_ascii=False, indent=1)


def _change(change: Change) -> Object:
    return {
        "severity": change.severity.value,
        "kind": change.kind.value,
        "rule": change.rule,
        "message": change.message,
        "where": list(change.where),
        "was": change.was,
        "now": change.now,
        "old": _place(change.old),
        "new": _place(change.new),
        "operations": list(change.operations),
    }


def _place(part: Part | None) -> Object | None:
    if part is None:
        return None
    return {"file": part.file, "line": part.node.line, "pointer": part.node.pointer}


def as_markdown(comparison: Comparison) -> Iterator[str]:
    """Write a table for each severity, for a comment on a pull request."""
    yield f"### {_cell(comparison.sentence)}"
    for severity in Severity:
        found = [change for change in comparison.changes if change.severity is severity]
        if not found:
            continue
        yield f"\n**{TITLES[severity]}** ({severity}, {len(found)})\n"
        yield "| where | what | was | is | line |"
        yield "| --- | --- | --- | --- | --- |"
        for change in found:
            place = change.place
            where = f"{place.file}:{place.node.line}" if place else ""
            head, _, what = change.message.rpartition(": ")
            cells = (head, what, change.was, change.now, where)
            yield f"| {' | '.join(map(_cell, cells))} |"


def _cell(text: str) -> str:
    """Escape what Markdown, HTML or a table would read."""
    return re.sub(r"([\\`*_{}\[\]<>#|&!~@])", r"\\\1", printable(text))


def as_sarif(comparison: Comparison) -> Iterator[str]:
    """Write one SARIF 2.1.0 run: its rules are the kinds of changes, its results the changes."""
    rules = sorted({change.rule for change in comparison.changes})
    indices = {rule: index for index, rule in enumerate(rules)}
    run = {
        "tool": {
            "driver": {
                "name": "contract-test diff",
                "rules": [_rule(rule) for rule in rules],
            }
        },
        "invocations": [{"executionSuccessful": True, "exitCode": int(comparison.exit)}],
        "columnKind": "unicodeCodePoints",
        "results": [_result(change, indices) for change in comparison.changes],
        "properties": {"old": comparison.old, "new": comparison.new},
    }
    log = {"$schema": SARIF, "version": "2.1.0", "runs": [run]}
    yield json.dumps(log, ensure_ascii=False, indent=1)


def _rule(rule: str) -> Object:
    text = f"A change of: {rule.replace('-', ' ')}."
    return {"id": rule, "shortDescription": {"text": text}}


def _result(change: Change, indices: Mapping[str, int]) -> Object:
    text = f"{change.message}. Was {change.was}, is {change.now}."
    return {
        "ruleId": change.rule,
        "ruleIndex": indices[change.rule],
        "level": change.severity.value,
        "message": {"text": re.sub(r"([\\\[\]])", r"\\\1", printable(text))},
        "locations": [_location(part) for part in [change.place] if part],
        "relatedLocations": [_location(part) for part in [change.old] if part and change.new],
        "partialFingerprints": {"change/v1": _fingerprint(change)},
        "properties": {
            "kind": change.kind.value,
            "was": change.was,
            "now": change.now,
            "operations": list(change.operations),
        },
    }


def _location(part: Part) -> Object:
    return {
        "physicalLocation": {
            "artifactLocation": {"uri": quote(part.file, safe="/._-~")},
            "region": {"startLine": part.node.line},
        }
    }


def _fingerprint(change: Change) -> str:
    """Name a change over several runs, whatever line it stands on."""
    told = [change.rule, *change.where, change.was, change.now]
    return hashlib.sha256(json.dumps(told).encode()).hexdigest()[:32]


RENDERINGS: Final[Mapping[str, Callable[[Comparison], Iterable[str]]]] = {
    "text": as_text,
    "json": as_json,
    "markdown": as_markdown,
    "sarif": as_sarif,
}
