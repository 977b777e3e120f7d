"""What writing means: the reader of the section `resource` of `rules.yaml`, and its words."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from find_webhook_kit.spec.document import Json
from find_webhook_kit.spec.sections import TEXTS, Sections

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


class ResourceReader(Sections):
    """The section on its way to a resource."""

    def resource(self, value: Json) -> Resource:
        section = self.mapping(value, "resource", SECTIONS)
        operations = self.operations(section.get("operations"))
        made = self.content(section, "made")
        label = self.text(section, "label", "resource")
        if "{unique}" not in str(made.get(label)):
            told = f"must hold {{unique}} in {label!r}, by which things are known again"
            raise self.error("resource: made", told)
        where = "resource: rules"
        rules = [self.rule(each, where) for each in self.listed(section.get("rules", []), where)]
        return Resource(
            operations=MappingProxyType(operations),
            label=label,
            rules=MappingProxyType(self.by_id(rules, where)),
            switch=self.text(section, "switch", "resource") if "switch" in section else "",
            part=self.text(section, "part", "resource") if "part" in section else "",
            made=made,
            changed=self.content(section, "changed"),
            merged=self.content(section, "merged"),
            part_names=self.part_names(section.get("part_names", {})),
        )

    def part_names(self, value: Json) -> Mapping[str, str]:
        where = "resource: part_names"
        return self.named(self.mapping(value, where, PART_NAMES), where)

    def operations(self, value: Json) -> dict[str, str]:
        where = "resource: operations"
        found = self.mapping(value, where, PARTS)
        self.named(found, where, NEEDED)  # those that must be there
        return self.named(found, where)

    def rule(self, value: Json, where: str) -> WriteRule:
        texts = self.named(self.mapping(value, where, TEXTS), where, TEXTS)
        where = f"{where}: {texts['id']}"
        if texts["id"] not in PROMISES:
            raise self.error(where, f"there is {', '.join(PROMISES)}")
        self.check_severity(texts["severity"], where)
        return WriteRule(**texts)

    def content(self, section: Mapping[str, Json], name: str) -> Mapping[str, Json]:
        return self.mapping(section.get(name, {}), f"resource: {name}")
