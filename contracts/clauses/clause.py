"""A clause: one promise, where it was made, and how to tell whether it was kept."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from itertools import islice
from typing import Final

from find_webhook_kit.contracts.clauses.transcript import Pairs, Transcript
from find_webhook_kit.contracts.finding import Finding, Kind, Severity, Weight
from find_webhook_kit.spec import Json, Operation
from find_webhook_kit.spec.meaning import Rule, Rules
from find_webhook_kit.spec.resource import WriteRule
from find_webhook_kit.spec.success import refusals, success

MAX_FINDINGS: Final = 10_000
"""Findings of one clause before they are folded; a hostile answer may be worth millions."""


@dataclass(frozen=True, slots=True)
class CheckResult:
    """What a clause's check concludes: how many answers exercised it, and what was wrong.

    It is not `whole` where answers had to be left out, since the check failed on them.
    """

    evidence: int
    findings: tuple[Finding, ...] = ()
    whole: bool = True


@dataclass(frozen=True, slots=True)
class Hint:
    """What would prove a clause, unless the clause that is named has evidence."""

    words: str
    unless: str = ""


@dataclass(frozen=True, slots=True)
class Clause:
    """One promise. `required` ones must be proven; `applies` says whether this run can tell.

    `hints` say what to supply where it is not proven; the first that fits counts.
    """

    id: str
    source: str
    check: Callable[[Transcript], CheckResult]
    required: bool = False
    applies: Callable[[Transcript], bool] = lambda _: True
    hints: tuple[Hint, ...] = ()

    def hint(self, evidence: Mapping[str, int], rules: Rules) -> str:
        """Say what to supply, by the evidence of all clauses; there always is something."""
        known = Hint(f"give a valid token and {rules.given_by} that exists", unless="id.known")
        listed = (*self.hints, known, Hint("no answer of this run exercised it"))
        return next(it.words for it in listed if not (it.unless and evidence.get(it.unless)))


NO_ID_UNREADABLE: Final = (Hint("nothing to supply: a server may find no id unreadable"),)


def nobody_refused(operation: Operation) -> tuple[Hint, ...]:
    """Say what is missing where nobody was refused for want of credentials."""
    status = " or ".join(map(str, sorted(refusals(operation))))
    words = f"no request without valid credentials was refused with {status}"
    return (Hint(f"{words}: does the server ask for any?"),)


def seen_at_all(operation: Operation, rules: Rules) -> Hint:
    """Say what is missing where no body of a success was seen."""
    words = f"give a token and {rules.given_by} with {rules.an_item}"
    return Hint(words, unless=f"status.{success(operation)}")


def result(evidence: int, findings: Iterable[Finding]) -> CheckResult:
    """Collect what a check found, and no more of it than anybody can read."""
    return CheckResult(evidence, tuple(islice(findings, MAX_FINDINGS)))


def rule_weight(rule: Rule | WriteRule) -> Weight:
    """Return what a breach of a rule weighs."""
    return Severity(rule.severity), Kind.MEANING


def count(pairs: Pairs, *statuses: int) -> int:
    """Count the answers with one of these statuses."""
    return sum(answer.status in statuses for _, answer in pairs)


def outside(pairs: Pairs, *statuses: int) -> Pairs:
    """Return the answers with none of these statuses; a 5xx and a 429 have clauses of their own."""
    return [
        pair
        for pair in pairs
        if pair[1].status not in {*statuses, HTTPStatus.TOO_MANY_REQUESTS}
        and pair[1].status < HTTPStatus.INTERNAL_SERVER_ERROR
    ]


def comparable(value: Json) -> str:
    """Return a value for comparison: to Python 1 is True, and what is absent is None."""
    return json.dumps(value, sort_keys=True)


def shown(value: Json) -> str:
    """Write a value as a reader of the body saw it."""
    return json.dumps(value, ensure_ascii=False)
