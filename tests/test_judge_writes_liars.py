"""Every liar of writes is caught by the clause that is about its lie."""

from __future__ import annotations

from operator import attrgetter
from pathlib import Path

import pytest
from alarms import judged
from liars.writes.server import Server
from liars.writes.table import LIARS, Liar
from support.sampling import one_of_each

from find_webhook_kit.contracts.exit_code import Exit
from find_webhook_kit.contracts.verdict import Status


@pytest.mark.parametrize("liar", one_of_each(LIARS, attrgetter("clause")), ids=attrgetter("name"))
def test_liar_is_caught(liar: Liar, tmp_path: Path) -> None:
    """The clause that is about the lie fails, and the run with it."""
    server = Server()
    liar.change(server)
    verdict = judged(server, tmp_path, strict=True)
    failed = {outcome.id for outcome in verdict.outcomes if outcome.status is Status.FAILED}

    assert f"writes.{liar.clause}" in failed, (failed, verdict.stopped)
    assert Exit.DOES_NOT_CONFORM is verdict.exit_code


def test_finding_calls_the_tenant_what_the_rules_call_it(tmp_path: Path) -> None:
    """It reads as a finding about a read does: house 'x', not id 'x'."""
    server = Server()
    LIARS[0].change(server)
    verdict = judged(server, tmp_path, strict=True)

    assert {"house"} == {item.whose for item in verdict.findings}


def test_there_are_enough_liars() -> None:
    """Each has a name of its own, and every promise has one that breaks it."""
    assert len({liar.name for liar in LIARS}) == len(LIARS) >= 60
