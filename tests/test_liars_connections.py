"""A verdict does not hang on how many connections there were."""

from __future__ import annotations

import random
from dataclasses import replace
from operator import attrgetter

import pytest
from liars import CROWDED, HONEST, LIARS, UNKNOWN_ID, Row, serving

from find_webhook_kit.contracts.config.options import Depth, Options
from find_webhook_kit.contracts.judge import judge
from find_webhook_kit.contracts.wire.target import target
from find_webhook_kit.contracts.wire.tenant import Tenant

ROWS = (*LIARS, *HONEST)
SAMPLE = random.Random(5).sample(ROWS, 5)  # noqa: S311 - no secret

COUNTING = {
    "a name flickers",
    "each read is an update",
    "a valid token is forgotten",
    "too long a Content-Length",
}
"""Liars whose lie hangs on how many requests came before, or on who ends a connection: which
requests meet it differs from run to run, and so do the notes, and how often each instance met it.
"""

Told = tuple[int, frozenset[tuple[str, str, str]]]


def told(row: Row, connections: int) -> Told:
    """Judge a fresh server: the exit code, and each clause that speaks up with what it says."""
    options = Options(
        unsafe_methods=row.unsafe_methods,
        timeout=row.timeout,
        max_response_time=row.max_response_time,
        max_examples=row.max_examples,
        depth=Depth(row.depth),
        max_time=120.0,
        connections=connections,
    )
    with serving(row.speaker, manner=row.manner) as url:
        asked = target(url, token=row.token, instance_ids=row.instance_ids, unknown_id=UNKNOWN_ID)
        other = Tenant(*row.other) if row.other else None
        verdict = judge(replace(asked, counts=row.webhooks, other=other), options)
    said = {(item.clause, str(item.severity), item.message) for item in verdict.findings}
    return int(verdict.exit_code), frozenset(said)


def agree(row: Row) -> None:
    one, many = told(row, 1), told(row, 16)
    if row.name in CROWDED:
        assert one[1] <= many[1]
    elif row.name in COUNTING:
        assert (one[0], _loud(one)) == (many[0], _loud(many))
    else:
        assert one == many


def _loud(found: Told) -> set[tuple[str, str]]:
    return {(clause, severity) for clause, severity, _ in found[1] if severity != "note"}


@pytest.mark.parametrize("row", SAMPLE, ids=attrgetter("name"))
def test_one_and_sixteen_connections_agree(row: Row) -> None:
    """The verdict and the findings are the same; some liars are found with more alone."""
    agree(row)


@pytest.mark.catalogue
@pytest.mark.parametrize("row", ROWS, ids=attrgetter("name"))
def test_one_and_sixteen_connections_agree_on_every_server(row: Row) -> None:
    """So it is over the whole catalogue: `make liars-connections`."""
    agree(row)
