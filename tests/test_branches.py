"""Of alternatives, the nearest one says what a value is short of."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from foreign import DOCUMENTS

from find_webhook_kit.spec import Schema, load
from find_webhook_kit.spec.success import body_of

BOX: Any = {"kind": "Box", "weight": 2}


def schema(document: str, operation: str) -> Schema:
    found = body_of(load(DOCUMENTS / document).operations[operation])
    assert found is not None
    return found


@pytest.mark.parametrize(
    ("item", "place", "words"),
    [
        ({"kind": "Letter"}, "/1/pages", "is required and absent (nearest branch of `oneOf`)"),
        ({"kind": "Box", "weight": "x"}, "/1/weight", "is not number (nearest branch of `oneOf`)"),
        ({"kind": "Box", "weight": 0}, "/1/weight", "is not at least 0.1 (nearest branch"),
        ({"kind": "Bag", "weight": 1}, "/1/kind", "is not one of 'Letter', 'Box'"),
        (3, "/1", "is not object"),
        ({**BOX, "state": "gone"}, "/1/state", "is not one of 'sent', 'lost', 'there'"),
    ],
)  # fmt: skip
def test_nearest_branch_is_told(item: Any, place: str, words: str) -> None:
    """The place of the offence, and what that branch expects."""
    (offence,) = schema("parcels.yaml", "findParcels").violations([BOX, item])

    assert place == offence.pointer
    assert offence.message.startswith(words)


def test_branches_far_behind_in_an_array_have_their_index() -> None:
    """Long arrays are judged a piece at a time; places count from the start."""
    items: Any = [BOX] * 70 + [{"kind": "Bag", "weight": 1}]
    (offence,) = schema("parcels.yaml", "findParcels").violations(items)

    assert ("/70/kind", "Bag") == (offence.pointer, offence.instance)


def test_branches_in_branches_are_told_once() -> None:
    """The innermost offence is what is said."""
    items: Any = [{"kind": "dog", "id": 2, "name": "Rex", "colour": "red"}]
    told = schema("shelter.yaml", "get_animals").violations(items)

    assert {"/0/colour": "is not one of 'black', 'white', null (nearest branch of `oneOf`)"} == {
        it.pointer: it.message for it in told
    }


@pytest.mark.parametrize(
    ("item", "told"),
    [
        ({"kind": "cat", "id": 1, "name": "Tom", "lives": 3}, {}),
        ({"kind": "Cat", "id": 1, "name": "Tom", "lives": 3}, {}),
        ({"kind": "dog", "id": 1, "name": "Rex", "colour": "black"}, {}),
        (
            {"kind": "cat", "id": 1, "name": "Tom"},
            {"/0/lives": "is required and absent (nearest branch of `oneOf`)"},
        ),
        (
            {"kind": "cow", "id": 1, "name": "Berta"},
            {"/0/kind": "is not one of 'Cat', 'cat', 'Dog', 'dog'"},
        ),
        (
            {"kind": "dog", "id": 1, "name": "Rex", "colour": "red", "lives": 3},
            {"/0/colour": "is not one of 'black', 'white', null (nearest branch of `oneOf`)"},
        ),
    ],
)
def test_discriminator_decides_between_branches(item: Any, told: dict[str, str]) -> None:
    """The value that it names has one schema, and no other counts."""
    found = schema("shelter.yaml", "get_animals").violations([item])

    assert told == {it.pointer: it.message for it in found}


def test_empty_array_is_no_object(tmp_path: Path) -> None:
    """An array is judged as a whole where it has no item to be judged by."""
    path = tmp_path / "api.yaml"
    answer = "{description: d, content: {application/json: {schema: {type: object}}}}"
    path.write_text(
        "openapi: 3.0.0\ninfo: {title: T, version: '1'}\n"
        f"paths: {{/a: {{get: {{operationId: a, responses: {{'200': {answer}}}}}}}}}\n"
    )
    found = body_of(load(path).operations["a"])
    assert found is not None

    assert ["is not object"] == [it.message for it in found.violations([])]
