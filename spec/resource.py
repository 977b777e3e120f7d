"""What writing means: the reader of the section `resource` of `rules.yaml`, and its words."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from find_webhook_kit.spec.document import DocumentError, Json

PARTS: Final = ("list", "create", "read", "update", "merge", "delete")
"""The parts that operations play; there is no resource without the first two."""

NEEDED: Final = PARTS[:2]
READING: Final = ("list", "read")
PROMISES: Final = (
    "told",
    "once",
    "fresh",
    "defaults",
    "others",
    "rest",
    "partial",
    "again",
    "merges",
    "refused",
    "assigned",
    "gone",
    "steady",
    "moves",
    "isolated",
    "restored",
)
"""What a rule about writes may promise; the judge has a check for each."""

SEVERITIES: Final = ("error", "warning", "note")
TEXTS: Final = ("id", "promise", "breach", "source", "severity")
SECTIONS: Final = (
    "operations",
    "label",
    "switch",
    "part",
    "part_names",
    "made",
    "changed",
    "merged",
    "rules",
)
PART_NAMES: Final = ("identity", "created", "updated")
ErrorAt = Callable[[str, str], DocumentError]


@dataclass(frozen=True, slots=True)
class WriteRule:
    """What a write promises beyond the document, its source, and what breaking it weighs."""

    id: str
    promise: str
    breach: str
    source: str
    severity: str


@dataclass(frozen=True, eq=False)
class Resource:
    """Things that can be made, changed and deleted, and by which operations.

    `operations` maps a part, such as `create`, to the id of the operation that plays it. `label` is
    the property by which a thing is known again, `switch` the one that turns it off where it is
    false, `part` the one that `merge` changes, with its own id and times as `part_names`. `made`,
    `changed` and `merged` are what to send; `{unique}` in their texts stands for a word that nobody
    else has.
    """

    operations: Mapping[str, str]
    label: str
    switch: str
    part: str
    made: Mapping[str, Json]
    changed: Mapping[str, Json]
    merged: Mapping[str, Json]
    rules: Mapping[str, WriteRule]
    part_names: Mapping[str, str]

    def part_of(self, operation_id: str) -> str:
        """Return the part that an operation plays, or nothing."""
        return next((part for part, name in self.operations.items() if name == operation_id), "")

    def writes(self, operation_id: str) -> bool:
        """Tell whether an operation changes something."""
        return self.part_of(operation_id) not in {"", *READING}


def resource(value: Json, fault: ErrorAt) -> Resource:
    """Read the section; raise what `fault` makes of a place in it and a reason."""
    return _ResourceReader(fault).resource(value)


class _ResourceReader:
    def __init__(self, fault: ErrorAt) -> None:
        self.fault = fault

    def resource(self, value: Json) -> Resource:
        section = self.mapping(value, "resource", SECTIONS)
        operations = self.operations(section.get("operations"))
        made = self.content(section, "made")
        label = self.text(section, "label", "resource: ")
        if "{unique}" not in str(made.get(label)):
            told = f"must hold {{unique}} in {label!r}, by which things are known again"
            raise self.fault("resource: made", told)
        rules = [self.rule(each) for each in self.listed(section.get("rules", []))]
        for index, rule in enumerate(rules):
            if rule.id in [other.id for other in rules[:index]]:
                raise self.fault(f"resource: rules: {rule.id}", "stands twice: keep one of them")
        return Resource(
            operations=MappingProxyType(operations),
            label=label,
            switch=self.text(section, "switch", "resource: ") if "switch" in section else "",
            part=self.text(section, "part", "resource: ") if "part" in section else "",
            made=made,
            changed=self.content(section, "changed"),
            merged=self.content(section, "merged"),
            rules=MappingProxyType({rule.id: rule for rule in rules}),
            part_names=self.part_names(section.get("part_names", {})),
        )

    def part_names(self, value: Json) -> Mapping[str, str]:
        where = "resource: part_names"
        found = self.mapping(value, where, PART_NAMES)
        return {name: self.text(found, name, f"{where}: ") for name in found}

    def operations(self, value: Json) -> dict[str, str]:
        where = "resource: operations"
        found = self.mapping(value, where, PARTS)
        for name in NEEDED:
            self.text(found, name, f"{where}: ")
        return {name: self.text(found, name, f"{where}: ") for name in found}

    def rule(self, value: Json) -> WriteRule:
        where = "resource: rules"
        found = self.mapping(value, where, TEXTS)
        texts = {name: self.text(found, name, f"{where}: ") for name in TEXTS}
        if texts["id"] not in PROMISES:
            raise self.fault(f"{where}: {texts['id']}", f"there is {', '.join(PROMISES)}")
        if texts["severity"] not in SEVERITIES:
            told = f"there is {', '.join(SEVERITIES)}"
            raise self.fault(f"{where}: {texts['id']}: severity", told)
        return WriteRule(**texts)

    def content(self, section: Mapping[str, Json], name: str) -> Mapping[str, Json]:
        value = section.get(name, {})
        if not isinstance(value, dict):
            raise self.fault(f"resource: {name}", "must be an object")
        return value

    def mapping(self, value: Json, where: str, names: Sequence[str]) -> Mapping[str, Json]:
        if not isinstance(value, dict):
            raise self.fault(where, "must be an object")
        for name in value:
            if name not in names:
                raise self.fault(f"{where}: {name}", f"is not known; there is {', '.join(names)}")
        return value

    def listed(self, value: Json) -> list[Json]:
        if not isinstance(value, list):
            raise self.fault("resource: rules", "must be a list")
        return value

    def text(self, value: Mapping[str, Json], name: str, where: str) -> str:
        found = value.get(name)
        if not isinstance(found, str) or not found:
            raise self.fault(f"{where}{name}", "must be there, as a text")
        return found
