"""The judge reports every lying server for its one lie, and lets every honest one pass."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator
from contextlib import contextmanager
from dataclasses import replace
from operator import attrgetter

import pytest
from asking import Time
from liars import CROWDED, FAMILIES, HONEST, LIARS, UNKNOWN_ID, Row, serving
from network import Network
from ours import CLAUSES

from find_webhook_kit.contracts.config.options import Depth, Options
from find_webhook_kit.contracts.finding import Severity
from find_webhook_kit.contracts.judge import judge
from find_webhook_kit.contracts.verdict import Verdict
from find_webhook_kit.contracts.wire.target import target
from find_webhook_kit.contracts.wire.tenant import Tenant
from find_webhook_kit.contracts.wire.world import World

LOUD = frozenset({Severity.ERROR, Severity.WARNING})

COUNTERS = {
    "status.200",
    "status.200.empty",
    "status.400",
    "status.401",
    "http.options",
}  # no findings


OF_SOCKETS = {
    row.name
    for family in ("behaviour over time", "HTTP framing", "connections", "several at once")
    for row in FAMILIES[family]
}
"""Liars whose lie is in the bytes of a connection, or in its time: only a socket shows it."""

WAITED_FOR = {"503 now and then"}
"""Liars that a run waits to get over: its clock goes on when it waits."""

ASKED_LATER = {
    "alg none opens",
    "header names in lower case are not known",
    "412 for its own ETag",
    "a preflight that no browser takes",
    "spaces behind a token are part of it",
    "cookies and more",
}
"""Servers of the sample that a quick run does not ask for what they do."""

AN_HOUR = 3600.0
"""Seconds for an answer on such a clock: it goes on for requests that are under way, too."""


def sample(rows: Iterable[Row], keys: Callable[[Row], Iterable[str]]) -> list[Row]:
    """Choose one row for each key that rows have, in order."""
    every = list(rows)
    chosen = {key: row.name for row in reversed(every) for key in keys(row)}
    return [row for row in every if row.name in chosen.values()]


def families(row: Row) -> Iterator[str]:
    """Name the family of a liar, and the clause that alone reports it, or what it is one of."""
    yield from (name for name, rows in FAMILIES.items() if any(row is each for each in rows))
    if len(row.reports) == 1:
        # Every property of an object has its clause, which are all made alike.
        yield from (re.sub(r"^(body\.200.*\.)\w+$", r"\1*", clause) for clause in row.reports)


@contextmanager
def reached(row: Row) -> Iterator[tuple[str, World]]:
    """Give the URL of a fresh server of this row; in memory where the socket shows nothing."""
    if row.manner or row.name in OF_SOCKETS:
        with serving(row.speaker, manner=row.manner) as url:
            yield url, Time().world if row.name in WAITED_FOR else World()
    else:
        yield "http://127.0.0.1:80", Network(row.speaker).world


def brief(options: Options, row: Row) -> Options:
    """Send the requests of a quick run, over fewer connections."""
    if row.name in CROWDED:
        return options
    depth = options.depth if row.name in ASKED_LATER else Depth.QUICK
    return replace(options, depth=depth, repetitions=5, connections=4)


def judged(row: Row, *, strict: bool = False, whole: bool = True) -> Verdict:
    """Judge a fresh server of this row, with all that its run asks or the shorter plan."""
    options = Options(
        strict=strict,
        unsafe_methods=row.unsafe_methods,
        timeout=AN_HOUR if row.name in WAITED_FOR else row.timeout,
        max_response_time=row.max_response_time,
        max_examples=row.max_examples,
        max_time=30.0,
        depth=Depth(row.depth),
    )
    options = options if whole else brief(options, row)
    with reached(row) as (url, world):
        asked = target(url, token=row.token, instance_ids=row.instance_ids, unknown_id=UNKNOWN_ID)
        other = Tenant(*row.other) if row.other else None
        return judge(replace(asked, counts=row.webhooks, other=other), options, world=world)


def reports(verdict: Verdict, *, among: frozenset[Severity]) -> dict[str, str]:
    """Return each clause that speaks up, with the heaviest thing it says."""
    heaviest_last = reversed(verdict.findings)
    return {item.clause: str(item.severity) for item in heaviest_last if item.severity in among}


def is_caught(liar: Row, *, whole: bool = True) -> None:
    verdict = judged(liar, whole=whole)

    told = reports(verdict, among=LOUD)
    assert liar.reports == told or (told and set(told) <= liar.by_chance)
    assert int("error" in liar.reports.values()) == verdict.exit_code
    assert not liar.kind or {liar.kind} == {finding.kind for finding in verdict.findings}


def passes(server: Row, *, whole: bool = True) -> None:
    verdict = judged(server, strict=True, whole=whole)

    assert server.reports == reports(verdict, among=frozenset(Severity))
    assert 0 == verdict.exit_code


@pytest.mark.parametrize("liar", sample(LIARS, families), ids=attrgetter("name"))
def test_a_liar_is_reported_by_its_clause_alone(liar: Row) -> None:
    """A lie is reported where it was told, as what it is, and nowhere else; an error fails it."""
    is_caught(liar, whole=False)


@pytest.mark.parametrize("server", sample(HONEST, attrgetter("reports")), ids=attrgetter("name"))
def test_an_honest_server_passes_a_strict_run(server: Row) -> None:
    """A server that keeps the contract in its own way conforms, even strictly."""
    passes(server, whole=False)


@pytest.mark.catalogue
@pytest.mark.parametrize("liar", LIARS, ids=attrgetter("name"))
def test_every_liar_is_reported_by_its_clause_alone(liar: Row) -> None:
    """So it is over the whole catalogue: `make test-catalogue`."""
    is_caught(liar)


@pytest.mark.catalogue
@pytest.mark.parametrize("server", HONEST, ids=attrgetter("name"))
def test_every_honest_server_passes_a_strict_run(server: Row) -> None:
    """So it is over the whole catalogue: `make test-catalogue`."""
    passes(server)


def test_every_clause_has_a_server_that_it_alone_speaks_of() -> None:
    """A clause that counts only answers aside, each is the only one to report some server."""
    alone = {clause for row in (*LIARS, *HONEST) if 1 == len(row.reports) for clause in row.reports}

    assert {clause.id for clause in CLAUSES} == alone | COUNTERS


def test_no_two_servers_have_one_name() -> None:
    """A name in a report means one row of the catalogue."""
    names = [row.name for row in (*LIARS, *HONEST)]

    assert sorted(set(names)) == sorted(names)
