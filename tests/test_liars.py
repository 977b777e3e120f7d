"""The judge reports every lying server for its one lie, and lets every honest one pass."""

from __future__ import annotations

from dataclasses import replace
from operator import attrgetter

import pytest
from liars import HONEST, LIARS, UNKNOWN_ID, Row, serving
from ours import CLAUSES

from find_webhook_kit.contracts.config.depth import Depth
from find_webhook_kit.contracts.config.options import Options
from find_webhook_kit.contracts.finding import Severity
from find_webhook_kit.contracts.judge import judge
from find_webhook_kit.contracts.verdict import Verdict
from find_webhook_kit.contracts.wire.target import target
from find_webhook_kit.contracts.wire.tenant import Tenant

LOUD = frozenset({Severity.ERROR, Severity.WARNING})

COUNTERS = {
    "status.200",
    "status.200.empty",
    "status.400",
    "status.401",
    "http.options",
}  # no findings


def judged(row: Row, *, strict: bool = False) -> Verdict:
    """Judge a fresh server of this row."""
    options = Options(
        strict=strict,
        unsafe_methods=row.unsafe_methods,
        timeout=row.timeout,
        max_response_time=row.max_response_time,
        max_examples=row.max_examples,
        max_time=30.0,
        depth=Depth(row.depth),
    )
    with serving(row.speaker, manner=row.manner) as url:
        asked = target(url, token=row.token, instance_ids=row.instance_ids, unknown_id=UNKNOWN_ID)
        other = Tenant(*row.other) if row.other else None
        return judge(replace(asked, webhooks=row.webhooks, other=other), options)


def reports(verdict: Verdict, *, among: frozenset[Severity]) -> dict[str, str]:
    """Return each clause that speaks up, with the heaviest thing it says."""
    heaviest_last = reversed(verdict.findings)
    return {item.clause: str(item.severity) for item in heaviest_last if item.severity in among}


@pytest.mark.parametrize("liar", LIARS, ids=attrgetter("name"))
def test_a_liar_is_reported_by_its_clause_alone(liar: Row) -> None:
    """A lie is reported where it was told, as what it is, and nowhere else; an error fails it."""
    verdict = judged(liar)

    told = reports(verdict, among=LOUD)
    assert liar.reports == told or (told and set(told) <= liar.by_chance)
    assert int("error" in liar.reports.values()) == verdict.exit_code
    assert not liar.kind or {liar.kind} == {finding.kind for finding in verdict.findings}


@pytest.mark.parametrize("server", HONEST, ids=attrgetter("name"))
def test_an_honest_server_passes_a_strict_run(server: Row) -> None:
    """A server that keeps the contract in its own way conforms, even strictly."""
    verdict = judged(server, strict=True)

    assert server.reports == reports(verdict, among=frozenset(Severity))
    assert 0 == verdict.exit_code


def test_every_clause_has_a_server_that_it_alone_speaks_of() -> None:
    """A clause that counts only answers aside, each is the only one to report some server."""
    alone = {clause for row in (*LIARS, *HONEST) if 1 == len(row.reports) for clause in row.reports}

    assert {clause.id for clause in CLAUSES} == alone | COUNTERS


def test_no_two_servers_have_one_name() -> None:
    """A name in a report means one row of the catalogue."""
    names = [row.name for row in (*LIARS, *HONEST)]

    assert sorted(set(names)) == sorted(names)
