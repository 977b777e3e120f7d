"""A rule is proven by answers that could have broken it, and by no others."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from find_webhook_kit.spec import Json, contract
from find_webhook_kit.spec.meaning import Rule, broken, compared, rules, rules_of

OF = rules_of(contract()).of(next(iter(contract().operations.values())))
RULE: dict[str, Rule] = {rule.id: rule for rule in OF}
ASKED = {rules().tenant: "crm"}
EARLY, LATE = "2024-01-01T00:00:00Z", "2024-01-02T00:00:00Z"


@pytest.mark.parametrize(
    ("rule", "item", "count"),
    [
        ("owner", {}, 0),
        ("owner", {"instanceInstanceId": None}, 0),
        ("owner", {"instanceInstanceId": "crm"}, 1),
        ("times", {"createdAt": EARLY}, 0),
        ("times", {"createdAt": "soon", "updatedAt": LATE}, 0),
        ("times", {"createdAt": EARLY, "updatedAt": LATE}, 1),
        ("events-times", {"createdAt": EARLY, "updatedAt": LATE}, 0),
        ("events-times", {"WebhookEvents": {"createdAt": EARLY, "updatedAt": LATE}}, 1),
        ("identity", {"webhookId": "a"}, 0),
    ],
)
def test_comparison_needs_what_it_compares(rule: str, item: Any, count: int) -> None:
    """An answer without the properties of a rule shows nothing about it."""
    assert [None] * count == list(compared(RULE[rule], ASKED, [item]))


def test_one_thing_alone_cannot_stand_twice() -> None:
    """Two are compared."""
    two: Json = [{"webhookId": "a"}, {"webhookId": "b"}]

    assert [None] == list(compared(RULE["identity"], ASKED, two))


@pytest.mark.parametrize(("value", "type_"), [("a", "string"), (7, "integer"), (7, "number")])
def test_number_is_an_id_as_a_text_is(value: Json, type_: str) -> None:
    """What stands twice is found where it is of the type that the document has."""
    two: Json = [{"webhookId": value}, {"webhookId": value}]
    rule = replace(RULE["identity"], types=frozenset({type_}))

    assert [value] == [each.got for each in broken(rule, ASKED, two)]


def test_text_and_number_are_not_the_same_id() -> None:
    """JSON tells 7 and "7" apart."""
    rule = replace(RULE["identity"], types=frozenset())

    assert [] == list(broken(rule, ASKED, [{"webhookId": "7"}, {"webhookId": 7}]))


def test_number_belongs_to_whom_the_path_names() -> None:
    """A path is text, and an owner may be a number."""
    items: Json = [{"instanceInstanceId": 7}, {"instanceInstanceId": 8}]
    rule = replace(RULE["owner"], types=frozenset({"integer"}))

    assert [8] == [each.got for each in broken(rule, {rules().tenant: "7"}, items)]


@pytest.mark.parametrize("rule", ["owner", "identity"])
def test_value_of_an_undocumented_type_is_left_to_the_schema(rule: str) -> None:
    """It is one mistake, and told once."""
    two: Json = [{"instanceInstanceId": 7, "webhookId": 7}] * 2

    assert [] == list(compared(RULE[rule], ASKED, two))
