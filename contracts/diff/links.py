"""Compares the links of an answer: what may be asked next, with which of its values."""

from __future__ import annotations

from typing import Any, Final

from find_webhook_kit.contracts.diff.audience import NOTE, WARNING
from find_webhook_kit.contracts.diff.change import Change
from find_webhook_kit.contracts.diff.part import Part, resolved, written
from find_webhook_kit.contracts.diff.words import told, words

LEADING: Final = ("operationId", "operationRef", "parameters", "requestBody", "server")


def links(old: Part, new: Part) -> list[Change]:
    """Compare links by their names; one that leads elsewhere may break who follows it."""
    was, now = old.members("links"), new.members("links")
    found: list[Change] = []
    for name in dict.fromkeys((*was, *now)):
        one, other = was.get(name), now.get(name)
        if one is None:
            changes = [told(NOTE, "link added", now=name, new=other)]
        elif other is None:
            changes = [told(WARNING, "link removed", was=name, old=one, new=new)]
        else:
            changes = [*_fields(one, other), *words(one, other, frozenset(LEADING))]
        found += [change.below(f"link {name}") for change in changes]
    return found


def _fields(old: Part, new: Part) -> list[Change]:
    found = []
    for field in LEADING:
        was, now = (_written(part, field) for part in (old, new))
        if was != now:
            at: dict[str, Any] = {"old": old.at(field), "new": new.at(field)}
            found.append(told(WARNING, field, was=was, now=now, **at))
    return found


def _written(part: Part, field: str) -> str | None:
    return written(resolved(part.at(field))) if field in part.fields else None
