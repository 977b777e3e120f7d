"""The mock that keeps writes is judged as any server is: honest it conforms, and no lie passes."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import pytest
from support.sampling import one_of_each

from find_webhook_kit.contracts.__main__ import main
from find_webhook_kit.contracts.config.options import Options
from find_webhook_kit.contracts.exit_code import Exit
from find_webhook_kit.contracts.mock_target import mock_target
from find_webhook_kit.contracts.verdict import Status, Verdict
from find_webhook_kit.contracts.wire.world import World
from find_webhook_kit.contracts.writes import Consent, judge_writes
from find_webhook_kit.mock_server.answers.write_lies import WRITE_LIES
from find_webhook_kit.spec import contract

SCRATCH = "scratch"
IN_HASTE = replace(World(), sleep=lambda _: None)
CAUGHT_BY = {
    "changes-all": "update.others",
    "created-moves": "created",
    "deletes-all": "delete.others",
    "double-create": "create.once",
    "echo-without-saving": "create.listed",
    "id-reused": "create.fresh",
    "inverted-defaults": "create.defaults",
    "kept-on-delete": "delete.gone",
    "lost-update": "update.listed",
    "old-echo": "update.told",
    "refused-and-kept": "create.status",
    "replacing-merge": "merge.keeps",
    "replacing-update": "update.rest",
    "stale-list": "create.listed",
    "updated-runs-back": "updated",
    "updated-stands": "updated",
    "write-as-200": "create.status",
    "wrong-instance": "isolated",
}


def judged(lie: str | None, journal: Path) -> Verdict:
    """Judge what the mock keeps of writes; another instance takes them too."""
    leave = Consent(instance=SCRATCH, journal=journal)
    with mock_target(contract(), lie, writes=True) as mock:
        target = replace(mock, instance_ids=(SCRATCH, f"{SCRATCH}-too"))
        return judge_writes(target, Options(), contract(), leave, world=IN_HASTE)


@pytest.mark.parametrize("lie", one_of_each(sorted(WRITE_LIES), CAUGHT_BY.__getitem__))
def test_lie_of_the_mock_is_caught(lie: str, tmp_path: Path) -> None:
    """The clause that is about the lie fails, and with it the run."""
    verdict = judged(lie, tmp_path)
    failed = {it.id for it in verdict.outcomes if it.status is Status.FAILED}

    assert f"writes.{CAUGHT_BY[lie]}" in failed, (failed, verdict.stopped)
    assert Exit.DOES_NOT_CONFORM is verdict.exit_code


def test_honest_mock_proves_every_promise(tmp_path: Path) -> None:
    """Only that somebody else's token is refused is not tried: nobody has given one."""
    verdict = judged(None, tmp_path)
    unproven = [it.id for it in verdict.outcomes if it.status is not Status.PASSED]

    assert ((), ["writes.foreign"]) == (verdict.findings, unproven)
    assert {"deleted"} == {each.state for each in verdict.created}


def test_mock_that_is_started_for_it_takes_writes(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Without a URL reads and writes are judged, of an instance that the mock knows or does not."""
    monkeypatch.setenv("XDG_STATE_HOME", str(tmp_path))
    code = main(["--writes", "--scratch-instance", "anything", "--profile", "quick"])
    out = capsys.readouterr().out

    assert (0, 4) == (code, out.count("created in 'anything'"))
    assert "createWebhook:judged" not in out
