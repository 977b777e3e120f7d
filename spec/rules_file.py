"""Reads a file of rules; what nothing reads is refused, with the line and what there is."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from types import MappingProxyType
from typing import Final

from find_webhook_kit.spec.document import Document, DocumentError, Json, pointer
from find_webhook_kit.spec.resource import SEVERITIES, TEXTS, resource
from find_webhook_kit.spec.rules import Rule, Rules

BETWEEN: Final = ("stable", "apart", "confidential", "status-code", "internals")
"""Rules that compare answers; the judge has a check for each."""

WORDS: Final = ("item", "tenant")
NAMES: Final = ("tenant", "owner", "identity", "created", "updated", "items")
SECTIONS: Final = (
    "names",
    "words",
    "judged",
    "unknown",
    "error",
    "sources",
    "spellings",
    "resource",
    "rules",
)
ERROR: Final = ("status", "phrase", "text")
KINDS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {"equals": ("member", "parameter"), "unique": ("member",), "ordered": ("first", "then")}
)
"""Rules about one body, and what each compares."""

OPTIONAL: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType({"ordered": ("object",)})


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


class RulesReader:
    """The file on its way to rules."""

    def __init__(self, document: Document) -> None:
        self.document = document

    def error(self, where: str, reason: str) -> DocumentError:
        return fault(self.document, where, reason)

    def rules(self) -> Rules:
        value = self.mapping(self.document.value, "the file")
        self.known(value, "the file", SECTIONS)
        names = self.section(value, "names")
        self.known(names, "names", (*NAMES, "telling"))
        words = self.section(value, "words")
        self.known(words, "words", WORDS)
        listed = [self.rule(each) for each in self.listed(value, "rules")]
        spellings, sources = self.section(value, "spellings"), self.section(value, "sources")
        error = self.section(value, "error")
        self.known(error, "error", ERROR)
        return Rules(
            rules=self.by_id(listed),
            spellings={name: self.texts(spellings, name) for name in spellings},
            unknown=tuple(map(self.status, self.listed(value, "unknown"))),
            telling=self.texts(names, "telling"),
            judged=self.texts(value, "judged"),
            words={name: self.text(words, name, "words: ") for name in words},
            sources={name: self.text(sources, name, "sources: ") for name in sources},
            error={name: self.text(error, name, "error: ") for name in error},
            resource=resource(value["resource"], self.error) if "resource" in value else None,
            written=self.document,
            **{name: self.text(names, name, "names: ") for name in NAMES if name in names},
        )

    def rule(self, each: Json) -> Rule:
        value = self.mapping(each, "rules")
        texts = {name: self.text(value, name, "rules: ") for name in TEXTS}
        where = f"rules: {texts['id']}"
        self.known(value, where, (*TEXTS, "operations", *KINDS))
        kind = next((name for name in KINDS if name in value), "")
        if not kind and texts["id"] not in BETWEEN:
            told = f"{', '.join(KINDS)}, or the id {', '.join(BETWEEN)}"
            raise self.error(where, f"needs what it compares: one of {told}")
        if texts["severity"] not in SEVERITIES:
            raise self.error(f"{where}: severity", f"there is {', '.join(SEVERITIES)}")
        terms = self.mapping(value.get(kind, {}), f"{where}: {kind}")
        self.known(terms, f"{where}: {kind}", (*KINDS.get(kind, ()), *OPTIONAL.get(kind, ())))
        for name in KINDS.get(kind, ()):
            self.text(terms, name, f"{where}: {kind}: ")
        return Rule(
            **texts,  # type: ignore[arg-type]  # five texts by their names
            kind=kind,
            terms={name: self.text(terms, name, f"{where}: {kind}: ") for name in terms},
            operations=self.texts(value, "operations"),
        )

    def by_id(self, listed: Iterable[Rule]) -> Mapping[str, Rule]:
        found: dict[str, Rule] = {}
        for rule in listed:
            if rule.id in found:
                raise self.error(f"rules: {rule.id}", "stands twice: keep one of them")
            found[rule.id] = rule
        return found

    def known(self, value: Mapping[str, Json], where: str, names: Sequence[str]) -> None:
        """Refuse a name that nothing reads: it may be the misspelt one of a promise."""
        for name in value:
            if name not in names:
                raise self.error(f"{where}: {name}", f"is not known; there is {', '.join(names)}")

    def status(self, value: Json) -> int:
        if not isinstance(value, int) or isinstance(value, bool) or not 100 <= value < 600:  # noqa: PLR2004
            raise self.error("unknown", f"lists statuses from 100 to 599, not {value!r}")
        return value

    def mapping(self, value: Json, where: str) -> Mapping[str, Json]:
        if not isinstance(value, dict):
            raise self.error(where, "must be an object")
        return value

    def section(self, value: Mapping[str, Json], name: str) -> Mapping[str, Json]:
        return self.mapping(value.get(name, {}), name)

    def listed(self, value: Mapping[str, Json], name: str) -> list[Json]:
        found = value.get(name, [])
        if not isinstance(found, list):
            raise self.error(name, "must be a list")
        return found

    def texts(self, value: Mapping[str, Json], name: str) -> tuple[str, ...]:
        found = self.listed(value, name)
        if not all(isinstance(text, str) for text in found):
            raise self.error(name, "lists texts: quote what looks like something else")
        return tuple(map(str, found))

    def text(self, value: Mapping[str, Json], name: str, where: str) -> str:
        found = value.get(name)
        if not isinstance(found, str) or not found:
            raise self.error(f"{where}{name}", "must be there, as a text")
        return found
