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
    """Compare style and explode, where values that were and are allowed show them."""
    nested = _is_nested(old) and _is_nested(new)
    was, now = (_style(part, location, nested=nested) for part in (old, new))
    if was == now:
        return []
    return [told(ERROR, "style", was=was, now=now, effect=Effect.OTHER, old=old, new=new)]


def _style(part: Part, location: str, *, nested: bool) -> str:
    """Say what can be seen of the style; a single value shows less than an array or an object."""
    style = part.text("style", STYLES[location])
    explode = part.flag("explode", default=style == "form")
    if nested:
        return f"{style}, {'explode' if explode else 'no explode'}"
    return style if style in PREFIXED else "plain"


def _is_nested(part: Part) -> bool:
    """Tell whether a value may be an array or an object."""
    if "schema" not in part.fields:
        return False
    try:
        return not {"array", "object"}.isdisjoint(shape(schema_of(part)))
    except TooManyAlternatives:
        return True
