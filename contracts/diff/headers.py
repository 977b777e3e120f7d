"""Compares the headers of an answer; their names have no case."""

from __future__ import annotations

from typing import Final

from find_webhook_kit.contracts.diff.audience import Audience
from find_webhook_kit.contracts.diff.change import Change
from find_webhook_kit.contracts.diff.parameters import COMPARED, presence, value
from find_webhook_kit.contracts.diff.part import Part
from find_webhook_kit.contracts.diff.schemas import SchemaComparison
from find_webhook_kit.contracts.diff.words import words

IGNORED: Final = frozenset({"content-type"})
"""OpenAPI takes it from the media types."""


def headers(old: Part, new: Part, audience: Audience, schemas: SchemaComparison) -> list[Change]:
    """Compare what stands in an answer beside its body."""
    was, now = _named(old), _named(new)
    found: list[Change] = []
    for name in dict.fromkeys((*was, *now)):
        one, other = was.get(name), now.get(name)
        changes = presence(one, other, old, new, audience, "header")
        if one and other:
            changes += value(one, other, "header", audience, schemas)
            changes += words(one, other, COMPARED)
        found += [change.below(f"header {(other or one or old).name}") for change in changes]
    return found


def _named(holder: Part) -> dict[str, Part]:
    found = {name.lower(): part for name, part in holder.members("headers").items()}
    return {name: part for name, part in found.items() if name not in IGNORED}
