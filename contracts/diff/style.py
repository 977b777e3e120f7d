"""Compares how the value of a parameter or a header is written into a request or an answer."""

from __future__ import annotations

from typing import Final

from find_webhook_kit.contracts.diff.alternatives import TooManyAlternatives, schema_of
from find_webhook_kit.contracts.diff.audience import ERROR
from find_webhook_kit.contracts.diff.change import Change, Effect
from find_webhook_kit.contracts.diff.part import Part
from find_webhook_kit.contracts.diff.shape import shape
from find_webhook_kit.contracts.diff.words import told

STYLES: Final = {"path": "simple", "header": "simple", "query": "form", "cookie": "form"}
PREFIXED: Final = frozenset({"label", "matrix"})
"""Styles that a single value shows too."""


def styles(old: Part, new: Part, location: str) -> list[Change]:
    """Compare style and explode, where the values that are allowed show them."""
    was, now = (_style(part, location) for part in (old, new))
    if was == now:
        return []
    how = {"was": _named(was), "now": _named(now), "effect": Effect.OTHER, "old": old, "new": new}
    return [told(ERROR, "style", **how)]


def _named(style: tuple[str, ...]) -> str:
    return ", ".join(style) or "plain"


def _style(part: Part, location: str) -> tuple[str, ...]:
    """Return what can be seen of the style; nothing for a single value in a plain style."""
    style = part.text("style", STYLES[location])
    explode = part.flag("explode", default=style == "form")
    seen = (style, "explode" if explode else "no explode")
    if "content" in part.fields:
        return ()
    if _is_nested(part):
        return seen
    return seen[:1] if style in PREFIXED else ()


def _is_nested(part: Part) -> bool:
    """Tell whether a value may be an array or an object."""
    if "schema" not in part.fields:
        return False
    try:
        return not {"array", "object"}.isdisjoint(shape(schema_of(part)))
    except TooManyAlternatives:
        return True
