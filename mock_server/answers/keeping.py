"""Tells whether what clients write can be kept: what a contract and its rules must say for that."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from find_webhook_kit.mock_server.answers.endpoint import Endpoint
from find_webhook_kit.spec.resource import Resource

_OF_AN_ITEM: Final = ("read", "update", "merge", "delete")


@dataclass(eq=False)
class NotKeptError(Exception):
    """A mock that is to keep writes, of a contract where it cannot."""

    reason: str

    def __str__(self) -> str:
        return f"Writes cannot be kept: {self.reason}. Start it without --writes, or change that."


def obstacle(endpoints: Mapping[str, Endpoint], listing: Endpoint | None) -> str:
    """Say why what clients write cannot be kept; nothing, where it can.

    `listing` is the operation that fixtures are for.
    """
    rules = next((each.rules for each in endpoints.values()), None)
    resource = rules.resource if rules else None
    if rules is None or resource is None:
        return "the rules of the contract have no section `resource`, which says what writes"
    if not rules.identity:
        return "`names: identity` of the rules is to say which property an item is found by"
    if listing is None or listing.part != "list":
        name = resource.operations["list"]
        return (
            f"{name}, the list, is to be an array that one path parameter leads to, that of "
            "`names: tenant` in the rules"
        )
    return _of_items(endpoints, resource, listing.rules.tenant)


def _of_items(endpoints: Mapping[str, Endpoint], resource: Resource, tenant: str) -> str:
    """Look at the operations that are about one item."""
    for part in _OF_AN_ITEM:
        name = resource.operations.get(part, "")
        asked = endpoints[name].parameters if name in endpoints else (tenant, "")
        if tenant not in asked or len(asked) != 2:  # noqa: PLR2004 - whose it is, and which
            return (
                f"{name}, the {part}, is to have two path parameters, {{{tenant}}} and that "
                "of the item"
            )
    return ""
