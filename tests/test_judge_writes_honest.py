"""A server that keeps the contract in a way of its own conforms, and has all back behind."""

from __future__ import annotations

from pathlib import Path

import pytest
from alarms import WORD, judged
from liars.writes.honest import ODDITIES, Oddity
from liars.writes.server import SCRATCH, Alarm, Server
from liars.writes.table import wrapped
from liars.writes.webhooks import Webhooks

from find_webhook_kit.contracts.exit_code import Exit
from find_webhook_kit.contracts.finding import Severity
from find_webhook_kit.contracts.verdict import Status
from find_webhook_kit.spec import contract


@pytest.mark.parametrize("oddity", ODDITIES, ids=lambda oddity: oddity.name)
def test_honest_server_conforms(oddity: Oddity, tmp_path: Path) -> None:
    """Nothing but notes is found, and nothing that was created is there and on."""
    server = Server()
    oddity.change(server)
    verdict = judged(server, tmp_path, settle=oddity.settle, strict=True)
    told = [item for item in verdict.findings if item.severity is not Severity.NOTE]
    ours = [alarm for alarm in server.houses[SCRATCH].values() if WORD in str(alarm)]

    assert ([], "") == (told, verdict.stopped)
    assert Exit.CONFORMS is verdict.exit_code
    assert not any(alarm["armed"] for alarm in ours)
    assert not ours or "delete is" in oddity.name


def test_our_own_contract_says_how_its_writes_are_judged(tmp_path: Path) -> None:
    """Every promise that its rules make about writes is proven on a server that keeps them."""
    server = Webhooks()
    verdict = judged(server, tmp_path, contract=contract(), strict=True)
    unproven = [it.id for it in verdict.outcomes if it.status is not Status.PASSED]

    assert (Exit.CONFORMS, []) == (verdict.exit_code, unproven), verdict.findings
    assert [1] == [len(server.houses[SCRATCH])]


def test_update_that_replaces_all_is_worth_a_warning(tmp_path: Path) -> None:
    """A PUT may (RFC 9110, section 9.3.4); that this one keeps the rest is an assumption."""
    server = Webhooks()

    def replaces(_: object, house: str, identity: str, body: Alarm) -> Alarm:
        return Server.update(server, house, identity, {"calls": "https://a.example/2"} | body)

    wrapped(server, "update", replaces)
    verdict = judged(server, tmp_path, contract=contract())
    told = {it.clause for it in verdict.findings if it.severity is not Severity.NOTE}

    assert (Exit.CONFORMS, {"writes.update.partial"}) == (verdict.exit_code, told)
