"""How often each client asked for each instance is counted, within bounds."""

from __future__ import annotations

import pytest

from find_webhook_kit.mock_server import visits


def test_least_recently_used_visit_is_forgotten_first(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who comes back is remembered longer than who came once, whoever came first."""
    monkeypatch.setattr(visits, "KEPT", 2)
    counted = visits.Visits()
    for instance in ("first", "second", "first", "third"):
        counted.add("token", instance)

    assert [2, 0, 1] == [counted.count("token", name) for name in ("first", "second", "third")]
