"""Compares the parameters of an operation, those of its path included, and how each is written."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Final

from find_webhook_kit.contracts.diff.alternatives import TooManyAlternatives, schema_of
from find_webhook_kit.contracts.diff.audience import (
    ERROR,
    NOTE,
    OPTIONAL,
    REQUIRED,
    WARNING,
    Audience,
    as_note,
)
from find_webhook_kit.contracts.diff.change import ABSENT, Change, Effect
from find_webhook_kit.contracts.diff.content import content
from find_webhook_kit.contracts.diff.part import Part, both
from find_webhook_kit.contracts.diff.schemas import SchemaComparison
from find_webhook_kit.contracts.diff.shape import shape
from find_webhook_kit.contracts.diff.words import told, words

COMPARED: Final = frozenset({
    "name", "in", "required", "schema", "content", "style", "explode", "allowReserved",
    "allowEmptyValue",
})  # fmt: skip
IGNORED: Final = frozenset({"accept", "content-type", "authorization"})
"""Header parameters that OpenAPI gives no meaning."""
LOCATIONS: Final = frozenset({"path", "query", "header", "cookie"})

STYLES: Final = {"path": "simple", "header": "simple", "query": "form", "cookie": "form"}
PREFIXED: Final = frozenset({"label", "matrix"})
"""Styles that a single value shows too."""

Parameters = Mapping[tuple[str, str], Part]


def parameters(
    old: Parameters, new: Parameters, places: tuple[Part, Part], audience: Audience,
    schemas: SchemaComparison,
) -> list[Change]:  # fmt: skip
    """Compare two lists of parameters; `places` are the operations that have them."""
    found: list[Change] = []
    for key, one, other in both(old, new):
        changes = presence(one, other, *places, audience, "parameter")
        if one and other:
            changes += value(one, other, key[0], audience, schemas)
            changes += _reserved(one, other)
            changes += words(one, other, COMPARED)
        name = (other or one or places[1]).text("name")
        found += [change.below(f"{key[0]} parameter {name}") for change in changes]
    return found


def listed(path: str, item: Part, operation: Part) -> Parameters:
    """Return the parameters that hold for an operation by location and name.

    A parameter of the path is known by the position of its name in the template, so that it may
    be called otherwise; a header has no case. What an operation says itself comes first.
    """
    positions = {name: str(index) for index, name in enumerate(re.findall(r"{([^{}]*)}", path))}
    found = {}
    for part in (*item.items("parameters"), *operation.items("parameters")):
        parameter = part.followed
        location, name = parameter.text("in"), parameter.text("name")
        if location not in LOCATIONS:
            raise parameter.at("in").error(f"must be one of {', '.join(sorted(LOCATIONS))}")
        if not name:
            raise parameter.error("has no name")
        if location == "path":
            name = positions.get(name, name)
        elif location == "header":
            name = name.lower()
        if location != "header" or name not in IGNORED:
            found[location, name] = parameter
    return found


def presence(  # noqa: PLR0913, PLR0917 - a part that may be absent on either side
    one: Part | None, other: Part | None, old: Part, new: Part, audience: Audience, what: str
) -> list[Change]:
    """Weigh that a parameter or a header comes, goes, or becomes required or optional."""
    was, now = _need(one), _need(other)
    if was == now:
        return []
    aspect = f"{what} added" if one is None else f"{what} removed" if other is None else "required"
    severity = audience.presence(was, now)
    return [told(severity, aspect, was=was, now=now, old=one or old, new=other or new)]


def _need(part: Part | None) -> str:
    if part is None:
        return ABSENT
    return REQUIRED if part.flag("required") or part.fields.get("in") == "path" else OPTIONAL


def value(
    old: Part, new: Part, location: str, audience: Audience, schemas: SchemaComparison
) -> list[Change]:
    """Compare what a parameter or a header may hold, and how it is written."""
    if ("content" in old.fields) != ("content" in new.fields):
        was, now = ("content" if "content" in part.fields else "schema" for part in (old, new))
        return [told(ERROR, "style", was=was, now=now, old=old, new=new)]
    if "content" in old.fields:
        return content(old, new, audience, schemas)
    found = list(schemas.compare(schema_of(old), schema_of(new), audience))
    if _need(old) == _need(new) == REQUIRED:  # what is always there has no use for a default
        found = [as_note(change) if change.aspect == "default" else change for change in found]
    return found + _styles(old, new, location)


def _reserved(old: Part, new: Part) -> list[Change]:
    """Compare two liberties that a sender has: to write nothing, and to write `/` or `?` plain."""
    found = []
    for name, weight in (("allowEmptyValue", ERROR), ("allowReserved", WARNING)):
        was, now = old.flag(name), new.flag(name)
        if was != now:
            severity = weight if was else NOTE
            found.append(told(severity, name, was=was, now=now, old=old, new=new))
    return found


def _styles(old: Part, new: Part, location: str) -> list[Change]:
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
