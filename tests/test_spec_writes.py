"""The operations beside Find Webhook are those of the vendor's other pages, as far as they show."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterator
from pathlib import Path

import pytest

from find_webhook_kit.spec import Operation, Schema, contract
from find_webhook_kit.spec.contract import ASSUMPTION

PAGES = Path(__file__).with_name("data") / "vendor-pages-writes-2.1.2.tsv"
Row = tuple[str, ...]


def page_rows() -> list[Row]:
    """Read what the pages show; whether an event of Define Events is required they do not."""
    with PAGES.open(encoding="utf-8", newline="") as lines:
        rows = list(csv.reader(lines, delimiter="\t"))[1:]
    return [tuple(row) for row in rows]


def contract_rows(operation: Operation) -> Iterator[Row]:
    """Write an operation as the pages show it, without what the contract assumes."""
    name, shown = operation.operation_id, contract()
    for item in operation.parameters:
        yield name, item.location, item.name, "yes", "", item.description
    taken = body_of(operation)
    if taken is not None:
        yield from body_rows(name, taken)
    for status, response in operation.responses.items():
        if shown.origin(response.source) != ASSUMPTION:
            yield name, "answer", str(status), "", "", ""


def body_rows(name: str, taken: Schema) -> Iterator[Row]:
    for key, each in taken.properties.items():
        required = "yes" if key in taken.required else "no" if taken.required else ""
        default = json.dumps(each.value["default"]) if "default" in each.value else ""
        yield name, "body", key, required, default, ""


def body_of(operation: Operation) -> Schema | None:
    sent = operation.request_body
    return sent.content["application/json"].schema if sent else None


@pytest.mark.parametrize(
    "name", ["createWebhook", "findOneWebhook", "updateWebhook", "defineEvents"]
)
def test_operation_is_what_its_page_shows(name: str) -> None:
    """Nothing of a page is missing, nothing is invented unmarked, and the order is the page's."""
    operation = contract().operations[name]

    assert [row for row in page_rows() if row[0] == name] == list(contract_rows(operation))


def test_each_operation_has_a_page_or_is_assumed() -> None:
    """A deletion stands on no page; Find Webhook has a table of its own."""
    shown = contract()
    of_pages = {row[0] for row in page_rows()} | {"findWebhook"}
    assumed = {
        name for name, it in shown.operations.items() if shown.origin(it.source) == ASSUMPTION
    }

    assert {"deleteWebhook"} == assumed == shown.operations.keys() - of_pages


def test_events_that_are_defined_are_those_of_the_webhook() -> None:
    """Define Events takes the flags that a webhook has."""
    taken = body_of(contract().operations["defineEvents"])
    listing = contract().operations["findWebhook"].responses[200].content["application/json"].schema
    assert taken is not None
    assert listing.items is not None
    shown = listing.items.properties["WebhookEvents"].properties

    assert [name for name, it in shown.items() if it.type == "boolean"] == list(taken.properties)


@pytest.mark.parametrize("name", ["findOneWebhook", "createWebhook", "updateWebhook"])
def test_one_webhook_is_described_once(name: str) -> None:
    """An answer with one webhook has the schema of the items of the list."""
    operation = contract().operations[name]
    good = next(it for status, it in operation.responses.items() if status < 300)
    listing = contract().operations["findWebhook"].responses[200].content["application/json"].schema

    assert listing.items is not None
    assert listing.items.value == good.content["application/json"].schema.value
