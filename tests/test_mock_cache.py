"""A table of answers holds so many, and so many bytes."""

from __future__ import annotations

from itertools import product

import pytest
from passed import passed

from find_webhook_kit.mock_server.app import cache
from find_webhook_kit.mock_server.app.cache import CacheEntry, CacheKey, Table


def key(number: int, *, path: int = 0, query: int = 0, header: int = 0) -> CacheKey:
    """Return a key of a length."""
    raw = b"%d" % number + b"p" * path
    return "GET", raw.decode(), raw, b"q" * query, ((b"x", b"h" * header),)


def keep(table: Table, asked: CacheKey, body: int = 0) -> CacheEntry:
    """Let a table keep an answer, as it does from the second time on."""
    made = CacheEntry.of(passed(b"b" * body), None)
    for _ in range(2):
        table.keep(asked, made)
    return made


LARGE = {"a path": {"path": 95}, "a query": {"query": 200}, "headers": {"header": 200}}


@pytest.mark.parametrize("size", LARGE.values(), ids=LARGE)
def test_bytes_of_a_request_count(size: dict[str, int], monkeypatch: pytest.MonkeyPatch) -> None:
    """Whatever part of a request is long, the table holds fewer of such."""
    monkeypatch.setattr(cache, "SIZE", 500)
    table = Table()
    asked = [key(number, **size) for number in range(4)]
    for one in asked:
        keep(table, one)

    assert [False, True, True] == [table.get(one) is not None for one in asked[1:]]


def test_bytes_of_a_body_count(monkeypatch: pytest.MonkeyPatch) -> None:
    """The oldest answers go until the bodies fit, and no more of them."""
    monkeypatch.setattr(cache, "SIZE", 500)
    table = Table()
    asked = [key(number) for number in range(4)]
    for one in asked:
        keep(table, one, 150)

    assert [False, True, True, True] == [table.get(one) is not None for one in asked]


def test_bytes_are_given_back(monkeypatch: pytest.MonkeyPatch) -> None:
    """However many answers have gone, the last ones that fit are there."""
    monkeypatch.setattr(cache, "SIZE", 500)
    table = Table()
    for number in range(50):
        keep(table, key(number), 150)

    assert [47, 48, 49] == [number for number in range(50) if table.get(key(number))]


def test_answer_that_is_too_large_pushes_nothing_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """It would be the last to go, after all others."""
    monkeypatch.setattr(cache, "SIZE", 500)
    table = Table()
    small = keep(table, key(1))
    keep(table, key(2), 600)

    assert (small, None) == (table.get(key(1)), table.get(key(2)))


def test_head_leads_to_nothing_that_has_gone(monkeypatch: pytest.MonkeyPatch) -> None:
    """The bytes of a request hold no answer in memory that the table has let go."""
    monkeypatch.setattr(cache, "KEPT", 2)
    table = Table()
    table.keep_head(b"GET /1", keep(table, key(1)))
    for number in (2, 3):
        keep(table, key(number))

    assert None is table.get(key(1))
    assert {} == table.heads


def test_number_of_heads_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever writes one request in many ways fills no memory."""
    monkeypatch.setattr(cache, "KEPT", 4)
    table = Table()
    kept = keep(table, key(1))
    for one, two in product(b"abcdefgh", repeat=2):
        table.keep_head(bytes([one, two]), kept)

        assert len(table.heads) <= 4
    assert kept is table.heads[b"hh"]
