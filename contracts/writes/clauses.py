"""The clauses of writes: what each is about, which rule it comes from, and what was found."""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Final

from find_webhook_kit.contracts.clauses.clause import rule_weight
from find_webhook_kit.contracts.clauses.spelling import difference
from find_webhook_kit.contracts.clauses.transcript import evidence
from find_webhook_kit.contracts.config.options import Options
from find_webhook_kit.contracts.finding import (
    BROKEN,
    Deviation,
    Finding,
    Kind,
    Severity,
    Weight,
    folded,
)
from find_webhook_kit.contracts.verdict import Outcome, Status
from find_webhook_kit.contracts.wire.curl import curl
from find_webhook_kit.contracts.wire.exchange import Exchange
from find_webhook_kit.contracts.writes.requests import Requests
from find_webhook_kit.contracts.writes.values import Absent, Difference
from find_webhook_kit.spec import Json, Violation

UNDOCUMENTED_NOTE: Final = (Severity.NOTE, Kind.UNDOCUMENTED)
PREFIX: Final = "writes."
NOT_REACHED: Final = "the scenario did not come so far: see its findings, or why it was stopped"


@dataclass(frozen=True, slots=True)
class WriteClause:
    """A promise about writes, by the part that it needs; without a rule the document makes it."""

    name: str
    part: str
    rule: str = ""
    required: bool = False
    hint: str = NOT_REACHED

    @property
    def id(self) -> str:
        return PREFIX + self.name


def _table() -> Iterator[WriteClause]:
    yield WriteClause("create.status", "create", required=True)
    yield WriteClause("create.body", "create", required=True)
    yield WriteClause("create.told", "create", "told")
    yield WriteClause("create.listed", "create", "told", required=True)
    yield WriteClause("create.found", "read", "told", required=True)
    yield WriteClause("create.once", "create", "once")
    yield WriteClause("create.fresh", "create", "fresh")
    no_default = "the contract documents no default, or the server does not show it"
    yield WriteClause("create.defaults", "create", "defaults", hint=no_default)
    for part in ("update", "merge"):
        yield WriteClause(f"{part}.status", part, required=True)
        yield WriteClause(f"{part}.body", part, required=True)
        yield WriteClause(f"{part}.told", part, "told")
        yield WriteClause(f"{part}.listed", part, "told", required=True)
        yield WriteClause(f"{part}.found", part, "told")
        yield WriteClause(f"{part}.rest", part, "rest")
        yield WriteClause(f"{part}.again", part, "again")
    yield WriteClause("update.partial", "update", "partial")
    yield WriteClause("merge.keeps", "merge", "merges", required=True)
    no_delete = "the server does not delete: what was created was disabled"
    for name in ("status", "gone", "again"):
        rule = {"gone": "gone", "again": "again"}.get(name, "")
        yield WriteClause(f"delete.{name}", "delete", rule, hint=no_delete)
    for part in ("create", "update", "merge", "delete"):
        hint = no_delete if part == "delete" else NOT_REACHED
        must_be = part != "delete"
        yield WriteClause(f"{part}.others", part, "others", hint=hint)
        yield WriteClause(f"{part}.credentials", part, required=must_be, hint=hint)
        yield WriteClause(f"{part}.refused", part, "refused", required=must_be, hint=hint)
    yield WriteClause("read.credentials", "read", required=True)
    for part in ("create", "update"):
        yield WriteClause(f"{part}.assigned", part, "assigned")
    for part in ("create", "update", "merge"):
        yield WriteClause(f"{part}.invalid", part, required=True)
    for part in ("read", "update", "merge", "delete"):
        yield WriteClause(
            f"{part}.unknown", part, hint=no_delete if part == "delete" else NOT_REACHED
        )
    no_foreign = "give --other-token: a valid token of somebody else"
    yield WriteClause("foreign", "create", hint=no_foreign)
    yield WriteClause("errors", "create", hint="no error that is documented as JSON was answered")
    yield WriteClause("created", "create", "steady")
    yield WriteClause("updated", "update", "moves")
    yield WriteClause("untouched", "create", "moves")
    no_other = "give --instance-id with another instance than the scratch one"
    yield WriteClause("isolated", "create", "isolated", hint=no_other)
    left = "what was created could not be deleted, and was disabled"
    yield WriteClause("restored", "create", "restored", hint=left)


CLAUSES: Final[Mapping[str, WriteClause]] = {clause.name: clause for clause in _table()}


@dataclass(eq=False)
class Ledger:
    """What a run of the scenario has seen of each clause: how often, and what was wrong."""

    requests: Requests
    seen: Counter[str] = field(default_factory=Counter)
    findings: list[Finding] = field(default_factory=list)

    def has(self, name: str) -> bool:
        """Tell whether a clause is a promise of this contract."""
        clause = CLAUSES.get(name)
        rules = self.requests.resource.rules
        return (
            clause is not None
            and self.requests.has(clause.part)
            and (not clause.rule or clause.rule in rules)
        )

    def kept(self, *names: str) -> None:
        """Count that something was looked at."""
        self.seen.update(names)

    def broken(  # noqa: PLR0913 - the fields of a finding
        self,
        name: str,
        exchange: Exchange,
        *,
        message: str = "",
        expected: Json | Absent = "",
        got: Json | Absent = "",
        at: str = "",
        weight: Weight | None = None,
    ) -> None:
        """Note that a promise was broken; a rule says itself what its breach is called."""
        if not self.has(name):
            return
        self.kept(name)
        rule = self.requests.resource.rules.get(CLAUSES[name].rule)
        words = ": ".join(filter(None, (rule.breach if rule else "", message)))
        wanted, came = _worded(expected), _worded(got)
        self.findings.append(
            Finding(
                *(weight or (rule_weight(rule) if rule else BROKEN)),
                words,
                wanted,
                came,
                pointer=at,
                instance=exchange.probe.instance_id,
                whose=self.requests.rules.whose,
                curl=curl(exchange.probe, self.requests.target),
                clause=CLAUSES[name].id,
                request=exchange.number,
                hint=difference(wanted, came),
                came=evidence(exchange.answer),
            )
        )

    def differs(
        self,
        name: str,
        exchange: Exchange,
        found: Difference,
        words: str = "",
        at: str | None = None,
    ) -> None:
        """Note that two values differ which should be the same."""
        at = found.pointer if at is None else at
        self.broken(name, exchange, message=words, expected=found.expected, got=found.got, at=at)

    def offends(
        self,
        name: str,
        exchange: Exchange,
        found: Violation,
        about: str = "",
        weight: Weight | None = None,
    ) -> None:
        """Note that a schema has something against a body."""
        self.broken(
            name,
            exchange,
            message=about + found.message,
            expected=found.expected,
            got=found.instance,
            at=found.pointer,
            weight=weight,
        )

    @property
    def deviations(self) -> tuple[Deviation, ...]:
        """What makes each error and warning different from another, before any is accepted."""
        weighty = (item for item in self.findings if item.severity is not Severity.NOTE)
        return tuple(sorted({item.deviation for item in weighty}))

    def outcomes(self, options: Options) -> Iterator[Outcome]:
        """Give each clause its status."""
        for name, clause in CLAUSES.items():
            listed = folded(
                options.softened(item) for item in self.findings if item.clause == clause.id
            )
            status = Status.PASSED if self.seen[name] else Status.NOT_PROVEN
            if options.fails(listed):
                status = Status.FAILED
            if not self.has(name):
                status = Status.NOT_APPLICABLE
            missing = status in {Status.NOT_PROVEN, Status.NOT_APPLICABLE}
            hint = clause.hint if self.has(name) else "the contract does not promise it"
            yield Outcome(
                clause.id,
                self._source(clause),
                clause.required,
                status,
                self.seen[name],
                listed,
                hint if missing else "",
            )

    def _source(self, clause: WriteClause) -> str:
        rule = self.requests.resource.rules.get(clause.rule)
        if rule is not None:
            return rule.source
        operation = self.requests.operations.get(clause.part)
        return operation.source if operation else "rules.yaml, resource"


def _worded(value: Json | Absent) -> str:
    """Write a value as a reader of the body sees it; words stay words."""
    if isinstance(value, str):
        return value
    return repr(value) if isinstance(value, Absent) else json.dumps(value, ensure_ascii=False)
