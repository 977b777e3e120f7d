"""Near the limit, whoever was idle for longest goes; who is being served stays."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from find_webhook_kit.mock_server.http import idle_connections
from find_webhook_kit.mock_server.http.idle_connections import make_room


@dataclass(eq=False)
class Guest:
    """A connection that has nothing of one but its idleness."""

    idle_since: float | None
    gone: bool = False

    def leave(self) -> None:
        self.gone = True


def gone(
    monkeypatch: pytest.MonkeyPatch, idle: list[float | None], *, limit: int, files: int = 10**6
) -> list[int]:
    """Return which of some connections have to go, the last of which is the newest."""
    monkeypatch.setattr(idle_connections, "CONNECTIONS", limit)
    monkeypatch.setattr(idle_connections, "_most", lambda: files)
    guests = [Guest(since) for since in idle]
    counted = set(guests)
    make_room(counted, guests[-1])

    assert counted == {guest for guest in guests if not guest.gone}
    return [index for index, guest in enumerate(guests) if guest.gone]


def test_as_many_as_there_may_be_all_stay(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody goes before it is too many."""
    assert [] == gone(monkeypatch, [*map(float, range(128))], limit=128)


def test_idlest_goes_for_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    """It is the one that waits for longest, and no other."""
    assert [1] == gone(monkeypatch, [3.0, 1.0, 2.0, None], limit=3)


def test_share_goes_at_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Of 128, two go, so that the next one finds room without a look at all of them."""
    assert [0, 1] == gone(monkeypatch, [*map(float, range(128)), None], limit=128)


def test_who_is_being_served_stays(monkeypatch: pytest.MonkeyPatch) -> None:
    """More than there should be are better than a request cut off."""
    assert [] == gone(monkeypatch, [None] * 4, limit=3, files=4)


def test_newest_goes_where_files_run_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """Else no fixture could be read, and all the others would be told so."""
    assert [3] == gone(monkeypatch, [None] * 4, limit=5, files=3)
