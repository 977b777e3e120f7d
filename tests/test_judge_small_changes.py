"""Numbers and orders that a verdict hangs on, each by itself."""

from __future__ import annotations

from types import SimpleNamespace
from typing import Any, cast

import pytest
from ours import OPERATION

from find_webhook_kit.contracts.clauses import stable
from find_webhook_kit.contracts.clauses.undeclared import Undeclared, _same_content
from find_webhook_kit.contracts.plan.ids import ODD_IDS
from find_webhook_kit.contracts.wire.exchange import Answer
from find_webhook_kit.spec import Json, Member
from find_webhook_kit.spec.json_places import places
from find_webhook_kit.spec.success import body_of

SCHEMA = body_of(OPERATION)
assert SCHEMA is not None
EVENTS: Member = next(item for item in SCHEMA.members() if item.name == "WebhookEvents")
NAMES = tuple(EVENTS.schema.properties)
NOWHERE = cast("Any", None)


@pytest.mark.parametrize(("count", "telling"), [(1, False), (2, False), (3, True)])
def test_three_properties_tell_an_object_under_another_name(count: int, *, telling: bool) -> None:
    """An undeclared object with so many of the documented one's properties took its place."""
    value: Json = dict.fromkeys(NAMES[:count], True)
    other = Undeclared(("[]", "events"), "/0/events", value, NOWHERE)

    assert ([other] if telling else []) == _same_content(EVENTS, [other])


@pytest.mark.parametrize(("count", "telling"), [(1, False), (2, False), (3, True)])
def test_three_properties_tell_that_an_object_was_flattened(count: int, *, telling: bool) -> None:
    """So many different properties of an object outside of it moved there, and not by chance."""
    moved = [Undeclared(("[]", name), f"/0/{name}", 1, NOWHERE) for name in NAMES[:count]] * 3

    assert (moved if telling else []) == _same_content(EVENTS, moved)


@pytest.mark.parametrize(
    ("charset", "same"),
    [
        ("utf-8", True),
        ("us-ascii", True),
        ("utf-16", False),
        ("raw_unicode_escape", False),
        ("idna", False),
    ],
)
def test_charset_that_python_alone_knows_is_none(charset: str, *, same: bool) -> None:
    """What Python decodes without an error is not what a client reads."""
    assert same is Answer(200, (), b"[]", 0.1).reads_as(charset)


def test_some_id_leads_out_of_the_path() -> None:
    """A server that resolves dots in a path meets an id that has them."""
    assert any(".." in value.split("/") for value in ODD_IDS.values())


def read(content: str, started: float, ended: float) -> Any:
    """Return what was read from one moment to another."""
    return SimpleNamespace(
        things=(content,), exchange=SimpleNamespace(started=started, ended=ended)
    )


def order(*reads: Any) -> list[Json]:
    return [body.things[0] for body in stable._in_order(reads)]  # noqa: SLF001


def test_reads_are_compared_in_the_order_of_their_start() -> None:
    """Not in that of their arrival."""
    assert ["a", "b", "c"] == order(read("c", 4, 5), read("a", 0, 1), read("b", 2, 3))


def test_reads_that_overlap_may_have_come_in_either_order() -> None:
    """An edit that one order explains is not told as back and forth."""
    assert ["a", "a", "b", "b"] == order(
        read("a", 0, 1), read("b", 2, 9), read("a", 3, 8), read("b", 4, 9)
    )


def test_reads_that_do_not_overlap_stay_in_order() -> None:
    """What was there, gone, and there again was just that: by the last start and the first end."""
    assert ["a", "b", "a"] == order(read("a", 0, 1), read("b", 2, 3), read("a", 4, 5))
    assert ["a", "b", "b", "a"] == order(
        read("a", 0, 1), read("b", 2, 3), read("b", 2.5, 9), read("a", 4, 5)
    )


def test_later_time_of_an_item_counts_first() -> None:
    """Two items are compared by what was updated last in each."""
    early, late = "2024-01-01T00:00:00Z", "2024-01-02T00:00:00Z"
    item: dict[str, Json] = {"updatedAt": early, "inner": {"updatedAt": late}}

    assert 86_400.0 == stable._moved(item, "updatedAt")[0] - stable._moved(item, "updatedAt")[1]  # noqa: SLF001


def test_places_in_lists_are_counted() -> None:
    """Each item has the number of the commas before it at its level."""
    found = [(place.pointer, place.text) for place in places('[[1,2],{"a":[3,4]},5,"6"]')]
    values = [pair for pair in found if pair[1].isdecimal() or pair[1] == '"6"']

    assert [("/0/0", "1"), ("/0/1", "2"), ("/1/a/0", "3"), ("/1/a/1", "4")] == values[:4]
    assert [("/2", "5"), ("/3", '"6"')] == values[4:]
