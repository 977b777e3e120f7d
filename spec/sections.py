"""Reads the sections of a file of rules: what is of another type, or read by nobody, is refused."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Final, Protocol, TypeVar

from find_webhook_kit.spec.document import Document, DocumentError, Json, pointer

SEVERITIES: Final = ("error", "warning", "note")
TEXTS: Final = ("id", "promise", "breach", "source", "severity")
"""What every rule says."""


class _Named(Protocol):
    @property
    def id(self) -> str: ...


R = TypeVar("R", bound=_Named)


def fault(document: Document, where: str, reason: str) -> DocumentError:
    """Return what is wrong with a file, at a place such as `rules: owner: equals: member`."""
    line = document.line(_pointer(document.value, where.split(": ")))
    return DocumentError(document.path, f"{where}: {reason}", line)


def _pointer(value: Json, names: Sequence[str]) -> str:
    """Return the way to a place as far as there is one; what is listed is found by its `id`."""
    if not names:
        return ""
    name, rest = names[0], names[1:]
    if isinstance(value, dict) and name in value:
        return pointer([name]) + _pointer(value[name], rest)
    for index, each in enumerate(value if isinstance(value, list) else ()):
        if isinstance(each, dict) and each.get("id") == name:
            return pointer([str(index)]) + _pointer(each, rest)
    return ""


class Sections:
    """The file, by its places: `where` says which one, to be told where something is wrong."""

    def __init__(self, document: Document) -> None:
        self.document = document

    def error(self, where: str, reason: str) -> DocumentError:
        return fault(self.document, where, reason)

    def mapping(self, value: Json, where: str, names: Sequence[str] = ()) -> Mapping[str, Json]:
        """Read an object; where there are `names`, a name that is none may be a misspelt one."""
        if not isinstance(value, dict):
            raise self.error(where, "must be an object")
        for name in value if names else ():
            if name not in names:
                raise self.error(f"{where}: {name}", f"is not known; there is {', '.join(names)}")
        return value

    def listed(self, value: Json, where: str) -> list[Json]:
        if not isinstance(value, list):
            raise self.error(where, "must be a list")
        return value

    def texts(self, value: Json, where: str) -> tuple[str, ...]:
        found = self.listed(value, where)
        if not all(isinstance(text, str) for text in found):
            raise self.error(where, "lists texts: quote what looks like something else")
        return tuple(map(str, found))

    def text(self, value: Mapping[str, Json], name: str, where: str) -> str:
        found = value.get(name)
        if not isinstance(found, str) or not found:
            raise self.error(f"{where}: {name}", "must be there, as a text")
        return found

    def named(
        self, value: Mapping[str, Json], where: str, names: Iterable[str] | None = None
    ) -> dict[str, str]:
        """Read the texts under some names, or under all that there are."""
        return {each: self.text(value, each, where) for each in (value if names is None else names)}

    def check_severity(self, severity: str, where: str) -> None:
        if severity not in SEVERITIES:
            raise self.error(f"{where}: severity", f"there is {', '.join(SEVERITIES)}")

    def by_id(self, rules: Iterable[R], where: str) -> dict[str, R]:
        found: dict[str, R] = {}
        for rule in rules:
            if rule.id in found:
                raise self.error(f"{where}: {rule.id}", "stands twice: keep one of them")
            found[rule.id] = rule
        return found
