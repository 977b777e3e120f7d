"""Compares the fields of an object that forbid nothing, and says which ones are not understood."""

from __future__ import annotations

from typing import Final

from find_webhook_kit.contracts.diff.audience import NOTE, WARNING
from find_webhook_kit.contracts.diff.change import Change, Effect
from find_webhook_kit.contracts.diff.pair import shown
from find_webhook_kit.contracts.diff.part import Part, resolved, written
from find_webhook_kit.contracts.finding import Kind, Severity
from find_webhook_kit.spec import Json

WORDS: Final = frozenset({
    "title", "summary", "description", "termsOfService", "contact", "license", "version",
    "example", "examples", "externalDocs", "deprecated", "operationId", "tags", "bearerFormat",
    "name", "jsonSchemaDialect", "$self",
})  # fmt: skip
SETS: Final = frozenset({"tags"})
"""Lists of which the order says nothing."""


def told(  # noqa: PLR0913 - the fields of a change
    severity: Severity,
    aspect: str,
    *,
    was: object = None,
    now: object = None,
    old: Part | None = None,
    new: Part | None = None,
    effect: Effect = Effect.NONE,
    kind: Kind | None = None,
) -> Change:
    """Make a change of something that is no schema."""
    if kind is None:
        kind = Kind.BREAKING if severity is Severity.ERROR else Kind.ADDITIVE
    return Change(severity, effect, aspect, shown(was), shown(now), old, new, kind=kind)


def words(old: Part, new: Part, compared: frozenset[str]) -> list[Change]:
    """Compare the fields that nothing else compares.

    Words and extensions are notes. A field that is not known is a warning: it may mean anything.
    """
    found = []
    for name in dict.fromkeys((*old.fields, *new.fields)):
        if name in compared:
            continue
        was, now = _written(old, name), _written(new, name)
        if was == now:
            continue
        known = name in WORDS or name.startswith("x-")
        aspect, severity = (name, NOTE) if known else (f"not compared: {name}", WARNING)
        found.append(told(severity, aspect, was=was, now=now, old=old.at(name), new=new.at(name)))
    return found


def _written(part: Part, name: str) -> str | None:
    if name not in part.fields:
        return None
    value: Json = resolved(part.at(name))
    if name in SETS and isinstance(value, list):
        value = sorted(value, key=written)
    return None if value is False else written(value)
