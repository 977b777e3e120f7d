"""A run keeps one copy of what came, and no more than can be judged."""

from __future__ import annotations

from dataclasses import replace

import pytest
from asking import OK, PROBE, answer_of, run, saying, sender
from liars.server import Speaker, serving

from find_webhook_kit.contracts.wire import content_store as memory
from find_webhook_kit.contracts.wire.exchange import Exchange
from find_webhook_kit.contracts.wire.probe import Group

SIZED = b"HTTP/1.1 200 OK\r\nContent-Length: %d\r\n\r\n%b"


def twice(speaker: Speaker) -> tuple[list[Exchange], str]:
    """Ask twice: what came, and why the run was cut short."""
    with serving(speaker) as url:
        asking = sender(url)
        group = Group((PROBE, replace(PROBE, path="/y")))
        return run(asking, [group]), asking.stop.reason


def test_contents_that_are_the_same_are_kept_once() -> None:
    """A hundred reads of one instance cost the memory of one."""
    (first, second), _ = twice(saying(OK))
    assert first.answer is not None
    assert second.answer is not None

    assert first.answer.content is second.answer.content


def test_more_than_the_memory_should_hold_ends_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    """Different contents add up."""
    monkeypatch.setattr(memory, "MAX_KEPT", 1)

    assert "MiB of answers" in twice(saying(OK))[1]


def test_content_of_too_many_values_is_a_fault_and_not_kept(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    """What takes minutes to judge is wrong anyway."""
    monkeypatch.setattr(memory, "MAX_WEIGHT_EACH", 9)
    answer = answer_of(saying(SIZED % (2, b"{}")))

    assert ["the content has more than 4 values, an object taken for five"] == [
        fault.message for fault in answer.faults
    ]


def test_more_values_than_can_be_judged_end_the_run(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each answer counts, whether it is new or not."""
    monkeypatch.setattr(memory, "MAX_WEIGHT", 5)
    exchanges, stopped = twice(saying(SIZED % (3, b"[,]")))

    assert 1 == len(exchanges)
    assert "values" in stopped
