"""Tells which alternative of `oneOf` or `anyOf` a value comes nearest to, and what it lacks."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, Final, TypeGuard

from jsonschema_rs import ValidationError
from jsonschema_rs import ValidationErrorKind as ErrorKind

from find_webhook_kit.spec.words import listed

Branch = Sequence[ValidationError]
Branches = ErrorKind.AnyOf | ErrorKind.OneOfNotValid
Place = list[str | int]

TAGGED: Final = (["oneOf"], ["anyOf"])
OF_TAGS: Final = ["allOf", 0, "properties"]
"""Where a discriminator stands in an alternative, in the words of draft 4."""


def has_branches(kind: ErrorKind) -> TypeGuard[Branches]:
    """Tell whether a value was held against alternatives, and fits none of them."""
    return isinstance(kind, (ErrorKind.AnyOf, ErrorKind.OneOfNotValid))


def nearest(kind: Branches, place: Place) -> Branch:
    """Return the errors of the alternative that a value comes nearest to: the first of those.

    Of another type is farther away than without the one value of an `enum`, which most often names
    the kind of an object; then members that are missing count, and then other errors.
    """

    def distance(branch: Branch) -> tuple[bool, int, int, int]:
        types = any(
            isinstance(error.kind, ErrorKind.Type) and list(error.instance_path) == place
            for error in branch
        )
        tags = sum(_is_tag(error) for error in branch)
        missing = sum(isinstance(error.kind, ErrorKind.Required) for error in branch)
        return types, tags, missing, len(branch)

    return min(kind.context, key=distance)


def in_common(kind: Branches, place: Place) -> tuple[Place, str]:
    """Return what all alternatives together would take, and where: which types, or which values.

    The words are empty where no such thing decides.
    """
    types = [_at(branch, ErrorKind.Type).get(tuple(place)) for branch in kind.context]
    if all(types):
        names = {name for error in types if error for name in error.kind.types}
        return place, " or ".join(sorted(sorted(names), key="null".__eq__))
    values = [_at(branch, ErrorKind.Enum) for branch in kind.context]
    for where in values[0]:
        errors = [found[where] for found in values if where in found]
        if len(errors) == len(values):
            options = [option for error in errors for option in error.kind.options]
            return list(where), listed(options)
    return place, ""


def _is_tag(error: ValidationError) -> bool:
    """Tell whether the kind of an object is another one: by its only value, or a discriminator."""
    if not isinstance(error.kind, ErrorKind.Enum):
        return False
    way = list(error.schema_path)[-7:]
    return len(error.kind.options) == 1 or (way[:1] in TAGGED and way[2:5] == OF_TAGS)


def _at(branch: Branch, of: type[Any]) -> dict[tuple[str | int, ...], Any]:
    """Return the errors of one kind by their places."""
    return {tuple(error.instance_path): error for error in branch if isinstance(error.kind, of)}
