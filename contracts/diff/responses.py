"""Compares the answers of an operation: statuses (also `4XX` and `default`), headers and links."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from find_webhook_kit.contracts.diff.audience import ERROR, NOTE, WARNING, Audience
from find_webhook_kit.contracts.diff.change import Change
from find_webhook_kit.contracts.diff.content import content
from find_webhook_kit.contracts.diff.parameters import COMPARED as OF_HEADERS
from find_webhook_kit.contracts.diff.parameters import presence, value
from find_webhook_kit.contracts.diff.part import Part, both, resolved, written
from find_webhook_kit.contracts.diff.schemas import SchemaComparison
from find_webhook_kit.contracts.diff.words import told, words
from find_webhook_kit.contracts.finding import Kind

COMPARED: Final = frozenset({"content", "headers", "links"})
DEFAULT: Final = "default"
IGNORED: Final = frozenset({"content-type"})
"""A header that OpenAPI takes from the media types."""

LEADING: Final = ("operationId", "operationRef", "parameters", "requestBody", "server")
"""Fields of a link that say where it leads, with what."""


def responses(old: Part, new: Part, audience: Audience, schemas: SchemaComparison) -> list[Change]:
    """Compare what may be answered."""
    was, now = _named(old), _named(new)
    found: list[Change] = []
    for status, part in was.items():
        other = _covering(status, now)
        if other != status:
            found.append(_removed(status, part, new, audience, covered=other is not None))
        if other is not None:
            changes = _response(part, now[other], audience, schemas)
            found += [change.below(status) for change in changes]
    for status, part in now.items():
        if status in was:
            continue
        other = _covering(status, was)
        found.append(_added(status, old, part, audience, covered=other is not None))
        if other is not None:
            changes = _response(was[other], part, audience, schemas)
            found += [change.below(status) for change in changes]
    holders = (part.child("responses") or part for part in (old, new))
    return found + words(next(holders), next(holders), frozenset(_all(old) | _all(new)))


def _named(operation: Part) -> dict[str, Part]:
    """Return the answers by their status; fields of others' invention are none."""
    found = operation.members("responses")
    named = {status.upper(): part for status, part in found.items() if not status.startswith("x-")}
    return {DEFAULT if status == "DEFAULT" else status: part for status, part in named.items()}


def _all(operation: Part) -> set[str]:
    holder = operation.child("responses")
    names = set(holder.fields if holder else operation.fields)
    return {name for name in names if holder is None or not name.startswith("x-")}


def _covering(status: str, others: Mapping[str, Part]) -> str | None:
    """Return the status, range or default that stands for a status.

    A `default` stands for no success: it is there for what goes wrong.
    """
    names = [status, f"{status[:1]}XX", *([] if status.startswith("2") else [DEFAULT])]
    return next((name for name in names if name in others), None)


def _removed(status: str, part: Part, new: Part, audience: Audience, *, covered: bool) -> Change:
    """Weigh that a status is gone: who reads waits for a success, who sends may send any."""
    breaks = status.startswith("2") or not audience.reads
    severity = ERROR if breaks and not covered else NOTE
    return told(severity, "status removed", was=status, old=part, new=new).below(status)


def _added(status: str, old: Part, part: Part, audience: Audience, *, covered: bool) -> Change:
    """Weigh a status that may be answered now."""
    new = audience.reads and not covered
    severity, kind = (WARNING, Kind.UNDOCUMENTED) if new else (NOTE, None)
    change = told(severity, "status added", now=status, old=old, new=part, kind=kind)
    return change.below(status)


def _response(old: Part, new: Part, audience: Audience, schemas: SchemaComparison) -> list[Change]:
    return [
        *content(old, new, audience, schemas),
        *_headers(old, new, audience, schemas),
        *_links(old, new),
        *words(old, new, COMPARED),
    ]


def _headers(old: Part, new: Part, audience: Audience, schemas: SchemaComparison) -> list[Change]:
    """Compare what stands in an answer beside its body."""
    found: list[Change] = []
    for _, one, other in both(_header_parts(old), _header_parts(new)):
        changes = presence(one, other, old, new, audience, "header")
        if one and other:
            changes += value(one, other, "header", audience, schemas)
            changes += words(one, other, OF_HEADERS)
        found += [change.below(f"header {(other or one or old).name}") for change in changes]
    return found


def _header_parts(holder: Part) -> dict[str, Part]:
    found = {name.lower(): part for name, part in holder.members("headers").items()}
    return {name: part for name, part in found.items() if name not in IGNORED}


def _links(old: Part, new: Part) -> list[Change]:
    """Compare links by their names; one that leads elsewhere may break who follows it."""
    found: list[Change] = []
    for name, one, other in both(old.members("links"), new.members("links")):
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
        one, other = old.at(field), new.at(field)
        if was != now:
            found.append(told(WARNING, field, was=was, now=now, old=one, new=other))
    return found


def _written(part: Part, field: str) -> str | None:
    return written(resolved(part.at(field))) if field in part.fields else None
