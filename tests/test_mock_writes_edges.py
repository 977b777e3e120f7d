"""Writes at the edges: of time, of what is sent, and of what else is asked for beside them."""

from __future__ import annotations

import pytest
from writable_mock import WritableMock as Mock

UPDATED = {"wh-16": "2099-12-31T23:59:59.001Z", "wh-18": "9999-12-31T23:59:59.999Z"}


@pytest.mark.parametrize("webhook", UPDATED)
def test_write_behind_a_time_that_lies_ahead_is_later_while_there_is_a_later(webhook: str) -> None:
    """A webhook from the end of time can be written, too; there its time stays."""
    mock = Mock(instance="dates")
    answer = mock.ask("PUT", f"/{webhook}", {"name": "x"})

    assert (201, UPDATED[webhook]) == (answer.status_code, answer.json()["updatedAt"])
    assert 200 == mock.ask("PATCH", f"/{webhook}/events", {"newJwt": False}).status_code


@pytest.mark.parametrize(("instance", "webhook"), [("demo", "wh-crm"), ("minimal", "wh-minimal")])
def test_merge_has_one_time(instance: str, webhook: str) -> None:
    """The webhook and its events were written at once, also where it had none before."""
    mock = Mock(instance=instance)
    events = mock.ask("PATCH", f"/{webhook}/events", {"newJwt": False}).json()

    assert events["updatedAt"] == mock.ask("GET", f"/{webhook}").json()["updatedAt"]
    assert events["createdAt"] <= events["updatedAt"]
