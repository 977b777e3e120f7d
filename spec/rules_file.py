"""Reads a file of rules; what nothing reads is refused, with the line and what there is."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

from find_webhook_kit.spec.document import Json
from find_webhook_kit.spec.resource import ResourceReader
from find_webhook_kit.spec.rules import Rule, Rules
from find_webhook_kit.spec.sections import TEXTS, Sections

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


class RulesReader(Sections):
    """The file on its way to rules."""

    def rules(self) -> Rules:
        value = self.mapping(self.document.value, "the file", SECTIONS)
        names = self.section(value, "names", (*NAMES, "telling"))
        words = self.section(value, "words", WORDS)
        listed = [self.rule(each) for each in self.listed(value.get("rules", []), "rules")]
        spellings, sources = self.section(value, "spellings"), self.section(value, "sources")
        error = self.section(value, "error", ERROR)
        return Rules(
            rules=self.by_id(listed, "rules"),
            spellings={name: self.texts(spellings[name], name) for name in spellings},
            unknown=tuple(map(self.status, self.listed(value.get("unknown", []), "unknown"))),
            telling=self.texts(names.get("telling", []), "telling"),
            judged=self.texts(value.get("judged", []), "judged"),
            words=self.named(words, "words"),
            sources=self.named(sources, "sources"),
            error=self.named(error, "error"),
            resource=ResourceReader(self.document).resource(value["resource"])
            if "resource" in value
            else None,
            written=self.document,
            **self.named(names, "names", [name for name in NAMES if name in names]),
        )

    def rule(self, each: Json) -> Rule:
        value = self.mapping(each, "rules")
        texts = self.named(value, "rules", TEXTS)
        where = f"rules: {texts['id']}"
        self.mapping(each, where, (*TEXTS, "operations", *KINDS))
        kind = next((name for name in KINDS if name in value), "")
        if not kind and texts["id"] not in BETWEEN:
            told = f"{', '.join(KINDS)}, or the id {', '.join(BETWEEN)}"
            raise self.error(where, f"needs what it compares: one of {told}")
        self.check_severity(texts["severity"], where)
        compared, where = KINDS.get(kind, ()), f"{where}: {kind}"
        terms = self.mapping(value.get(kind, {}), where, (*compared, *OPTIONAL.get(kind, ())))
        self.named(terms, where, compared)  # those that must be there
        return Rule(
            **texts,  # type: ignore[arg-type]  # five texts by their names
            kind=kind,
            terms=self.named(terms, where),
            operations=self.texts(value.get("operations", []), "operations"),
        )

    def status(self, value: Json) -> int:
        if not isinstance(value, int) or isinstance(value, bool) or not 100 <= value < 600:  # noqa: PLR2004
            raise self.error("unknown", f"lists statuses from 100 to 599, not {value!r}")
        return value

    def section(
        self, value: Mapping[str, Json], name: str, names: tuple[str, ...] = ()
    ) -> Mapping[str, Json]:
        return self.mapping(value.get(name, {}), name, names)
