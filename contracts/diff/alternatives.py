"""Writes a schema as alternatives, each a list of plain schemas that all hold together.

`allOf` and references are flattened, `anyOf` and `oneOf` multiplied out. What is plain holds
keywords of its own alone, so that two alternatives can be compared keyword by keyword.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from itertools import product
from typing import Final

from find_webhook_kit.contracts.diff.part import Part
from find_webhook_kit.spec import Json

MOST: Final = 256
"""Alternatives of one schema that are told apart."""

COMPOSING: Final = frozenset({"allOf", "anyOf", "oneOf"})
"""Keywords that say nothing of their own."""

Parts = tuple[Part, ...]
"""Schemas that must all hold; none of them allows everything."""
Places = frozenset[tuple[int, str]]


@dataclass(frozen=True, slots=True)
class Alternative:
    """Plain schemas that hold together; `label` is what the document calls this variant.

    `exclusive` says that it is one of a `oneOf`, and so holds alone; `null` that it is null alone,
    as some read `nullable` beside a composition.
    """

    plain: Parts
    label: str = ""
    exclusive: bool = False
    null: bool = False

    def and_(self, other: Alternative) -> Alternative:
        label = ".".join(filter(None, (self.label, other.label)))
        plain = tuple(dict.fromkeys((*self.plain, *other.plain)))
        exclusive, null = self.exclusive or other.exclusive, self.null or other.null
        return Alternative(plain, label, exclusive, null)

    def at(self, keyword: str) -> Part | None:
        """Return where a keyword stands, or else where the schema does."""
        for part in self.plain:
            if keyword in part.fields:
                return part.at(keyword)
        return self.plain[0] if self.plain else None

    def values(self, keyword: str) -> list[Json]:
        """Return each value that a keyword has in these schemas."""
        return [part.fields[keyword] for part in self.plain if keyword in part.fields]

    def holders(self, keyword: str) -> list[Part]:
        """Return the places where a keyword stands."""
        return [part.at(keyword) for part in self.plain if keyword in part.fields]


class TooManyAlternatives(Exception):
    """A schema that is not multiplied out."""


def alternatives(parts: Parts) -> list[Alternative]:
    """Return the alternatives of which a value has to fulfil one."""
    return _together([_expanded(part, frozenset()) for part in parts])


def _together(factors: list[list[Alternative]]) -> list[Alternative]:
    """Combine each alternative of one schema with each one of the others."""
    found = [Alternative(())]
    for factor in factors:
        if len(found) * len(factor) > MOST:
            raise TooManyAlternatives
        found = [one.and_(other) for one, other in product(found, factor)]
    return found


def _expanded(part: Part, inside: Places) -> list[Alternative]:
    if isinstance(part.value, bool):
        return [Alternative(())] if part.value else []
    if part.key in inside:
        return [Alternative(())]  # what it says has been said
    inside |= {part.key}
    factors = [] if part.fields.keys() <= COMPOSING else [[Alternative((part,))]]
    if part.reference is not None:
        factors = [_expanded(part.followed, inside)]
        if _has_siblings(part):
            factors.append([Alternative((part,))])
    factors += [_expanded(branch, inside) for branch in part.items("allOf")]
    factors += [
        _choices(part, keyword, inside) for keyword in ("anyOf", "oneOf") if part.items(keyword)
    ]
    found = _together(factors)
    if _is_null_beside(part):
        found.append(Alternative((part,), "null", null=True))
    return found


def _is_null_beside(part: Part) -> bool:
    """Tell whether `nullable` stands beside a composition and no type.

    OpenAPI 3.0.3 gives it no effect there; most tools, and those who write it, do.
    """
    fields = part.fields
    composed = COMPOSING & fields.keys()
    return fields.get("nullable") is True and "type" not in fields and bool(composed)


def led(parts: Parts) -> Parts:
    """Follow references, so that schemas are known by where they stand, not by who names them."""
    return tuple(
        part if part.reference is None or _has_siblings(part) else part.followed for part in parts
    )


def _has_siblings(part: Part) -> bool:
    """Tell whether keywords beside a reference count, as they do since OpenAPI 3.1."""
    return part.source.siblings_count and len(part.fields) > 1


def _choices(part: Part, keyword: str, inside: Places) -> list[Alternative]:
    branches = part.items(keyword)
    exclusive = keyword == "oneOf" and len(branches) > 1
    found: list[Alternative] = []
    for branch in branches:
        if branch.followed.key in inside:
            continue  # a choice of itself adds none
        label = _label(branch)
        if len(found) > MOST:
            raise TooManyAlternatives
        for choice in _expanded(branch, inside):
            named = ".".join(filter(None, (label, choice.label)))
            found.append(replace(choice, label=named, exclusive=exclusive or choice.exclusive))
    return found


def _label(branch: Part) -> str:
    if branch.reference is not None:
        return branch.reference.rpartition("/")[2]
    title = branch.value.get("title") if isinstance(branch.value, dict) else None
    return title if isinstance(title, str) else ""


def schema_of(part: Part) -> Parts:
    """Return the schema of a parameter, a header or a media type; without one, all is allowed."""
    found = part.raw("schema")
    return () if found is None else (found,)
