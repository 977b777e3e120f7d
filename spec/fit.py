"""Holds rules against the document that they are for: what fits nothing there is told.

A rule that fits nothing would be silent in every run, and a run would be green without it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from difflib import SequenceMatcher
from typing import Final

from find_webhook_kit.spec.contract import Contract
from find_webhook_kit.spec.operation import Operation, Response
from find_webhook_kit.spec.reach import ITEMS, names, reach, types_of
from find_webhook_kit.spec.resource import Resource
from find_webhook_kit.spec.rules import Rule, Rules, inside, split
from find_webhook_kit.spec.schema import Schema
from find_webhook_kit.spec.success import body_of, json_of

SENT: Final = {"made": "create", "changed": "update", "merged": "merge"}
"""What is sent, and which operation takes it."""

Misfit = tuple[str, str]
"""A place in the file of rules, and what is wrong with it."""

OWN: Final = ("owner", "identity", "created", "updated")
"""Names of properties that a thing has itself."""

NEEDED: Final = {
    "apart": ("names: tenant", "names: identity"),
    "confidential": ("names: telling",),
    "status-code": ("error: status",),
}
"""What rules that compare answers take from the other sections."""

OF_WRITES: Final = {
    "partial": ("update",),
    "merges": ("merge",),
    "gone": ("delete",),
    "rest": ("update", "merge"),
    "steady": ("update", "merge"),
    "again": ("update", "merge", "delete"),
}
"""Which operations keep a promise about writes, one of them at least; the others need no more
than those without which there is no resource."""

NAMED: Final = {"steady": "created", "moves": "updated"}
"""What promises about writes take from the names."""


def misfits(rules: Rules, of: Contract) -> Iterator[Misfit]:
    """List what a file of rules says that nothing in the document answers to, in its order."""
    document = _Vocabulary(of)
    if rules.tenant:
        yield from document.parameter("names: tenant", rules.tenant)
    owned = [(section, getattr(rules, section)) for section in OWN]
    for section, name in (*owned, *(("telling", name) for name in rules.telling)):
        if name:
            yield from document.own(f"names: {section}", name)
    for name in rules.judged:
        yield from document.operation("judged", name)
    yield from document.statuses("unknown", rules.unknown)
    for part, name in rules.error.items():
        yield from document.of_error(f"error: {part}", name)
    for name in rules.sources:
        yield from document.operation("sources", name)
    for name in rules.spellings:
        yield from document.anywhere("spellings", name)
    if rules.resource:
        yield from _of_writes(rules.resource, rules, document)
    for rule in rules.rules.values():
        yield from _of_rule(rule, rules, document)


def _of_writes(of: Resource, rules: Rules, document: _Vocabulary) -> Iterator[Misfit]:
    where = "resource"
    for part, name in of.operations.items():
        yield from document.operation(f"{where}: operations: {part}", name)
    for section in ("label", "switch", "part"):
        if name := getattr(of, section):
            yield from document.own(f"{where}: {section}", name)
    for section, name in of.part_names.items():
        yield from document.path(f"{where}: part_names: {section}", f"{of.part}.{name}")
    for section, part in SENT.items():
        for name in getattr(of, section):
            yield from document.sent(f"{where}: {section}", name, of.operations.get(part, ""))
    for promise in of.rules:
        yield from _of_promise(promise, of, rules)


def _of_promise(promise: str, of: Resource, rules: Rules) -> Iterator[Misfit]:
    where, parts = f"resource: rules: {promise}", OF_WRITES.get(promise, ())
    if parts and not any(part in of.operations for part in parts):
        yield where, f"needs {' or '.join(parts)} under resource: operations"
    if promise in NAMED and not getattr(rules, NAMED[promise]):
        yield where, f"needs names: {NAMED[promise]}"


def _of_rule(rule: Rule, rules: Rules, document: _Vocabulary) -> Iterator[Misfit]:
    where, operations = f"rules: {rule.id}", document.contract.operations
    for name in rule.operations:
        yield from document.operation(f"{where}: operations", name)
    yield from _terms(rule, f"{where}: {rule.kind}", document)
    for needed in NEEDED.get(rule.id, ()):
        if not _given(rules, needed):
            yield where, f"needs {needed}"
    for name in rule.operations:
        if not rules.fits(rule, operations[name]):
            yield f"{where}: operations", f"the rule does not fit {name!r}: it has not all it names"
    if not any(rules.fits(rule, each) for each in operations.values()):
        yield where, "fits no operation: none has all it names"


def _terms(rule: Rule, where: str, document: _Vocabulary) -> Iterator[Misfit]:
    """Look for what a rule about one body compares."""
    if "parameter" in rule.terms:
        yield from document.parameter(f"{where}: parameter", rule.terms["parameter"])
    for term in ("object", "member"):
        if term in rule.terms:
            yield from document.path(f"{where}: {term}", rule.terms[term])
    for term, path in zip(("first", "then"), rule.members, strict=False):
        if term in rule.terms:
            yield from document.path(f"{where}: {term}", path)
            yield from document.time(f"{where}: {term}", path)


def _given(rules: Rules, needed: str) -> bool:
    section, _, name = needed.partition(": ")
    return bool(rules.error.get(name) if section == "error" else getattr(rules, name))


class _Vocabulary:
    """The names of a document, by what they are names of."""

    def __init__(self, contract: Contract) -> None:
        self.contract = contract
        self.operations: tuple[Operation, ...] = tuple(contract.operations.values())

    def operation(self, where: str, name: str) -> Iterator[Misfit]:
        """Look for an operation; the nearest is told first."""
        if name not in self.contract.operations:
            near = sorted(self.contract.operations, key=lambda each: -_likeness(name, each))
            yield where, f"there is no operation {name!r}, but {', '.join(near)}"

    def parameter(self, where: str, name: str) -> Iterator[Misfit]:
        known = (
            item.name
            for each in self.operations
            for item in each.parameters
            if item.location == "path"
        )
        return _missing(where, "no path has a parameter {}", name, known)

    def own(self, where: str, name: str) -> Iterator[Misfit]:
        """Look for a property of a thing itself, which an answer of success shows."""
        if not any(reach(schema, (name,)) for schema in self.things()):
            known = [path[0] for path in self.paths() if len(path) == 1]
            yield from _missing(where, "no answer has {}", name, known)

    def path(self, where: str, name: str) -> Iterator[Misfit]:
        """Look for a property anywhere in a thing, by the way there."""
        if not any(reach(schema, split(name)) for schema in self.things()):
            known = (".".join(path) for path in self.paths())
            yield from _missing(where, "no answer has {}", name, known)

    def time(self, where: str, name: str) -> Iterator[Misfit]:
        """Refuse what cannot be a time, since it is never a text."""
        found = (each for schema in self.things() for each in reach(schema, split(name)))
        types = {type_ for each in found for type_ in types_of(each)}
        if types and "string" not in types:
            yield where, f"{name!r} is no text, and times are texts of RFC 3339"

    def statuses(self, where: str, listed: Iterable[int]) -> Iterator[Misfit]:
        if any("{" in each.path for each in self.operations):
            known = sorted({status for each in self.operations for status in each.responses})
            for status in listed:
                if not any(each.response(status) for each in self.operations):
                    words = f"there is {', '.join(map(str, known))}"
                    yield where, f"{status} is documented nowhere; {words}"
        elif tuple(listed):
            yield where, "fits no operation: no path has a parameter"

    def of_error(self, where: str, name: str) -> Iterator[Misfit]:
        """Look for a property of an error, where the document describes any."""
        schemas = list(self.bodies(_is_error))
        known = {path[0] for schema in schemas for path in names(schema) if len(path) == 1}
        return _missing(where, "no error has {}", name, known) if known else iter(())

    def anywhere(self, where: str, name: str) -> Iterator[Misfit]:
        """Look for a property of a body, deep down or not, of an answer or a request."""
        schemas = (*self.bodies(lambda _: True), *self.taken(self.operations))
        known = {path[-1] for schema in schemas for path in names(schema)}
        return _missing(where, "no body has {}", name, known)

    def sent(self, where: str, name: str, operation: str) -> Iterator[Misfit]:
        """Look for a property of what an operation takes, where the document describes any."""
        found = self.contract.operations.get(operation)
        if found is None:
            yield where, "is sent by no operation: name it under resource: operations"
            return
        known = [path[0] for schema in self.taken([found]) for path in names(schema)]
        if known:
            yield from _missing(where, f"{operation} takes no {{}}", name, known)

    def taken(self, operations: Iterable[Operation]) -> Iterator[Schema]:
        """List what operations take as a body."""
        for each in operations:
            if each.request_body:
                yield from (item.schema for item in each.request_body.content.values())

    def things(self) -> Iterator[Schema]:
        """List what the operations show when all is well: items of an array, or the whole."""
        for each in self.operations:
            schema = body_of(each)
            if schema is not None:
                yield from reach(schema, inside(each))

    def paths(self) -> list[tuple[str, ...]]:
        return [path for schema in self.things() for path in names(schema) if path[-1] != ITEMS]

    def bodies(self, wanted: Callable[[Response], bool]) -> Iterator[Schema]:
        for each in self.operations:
            for response in filter(wanted, each.documented()):
                found = json_of(response)
                if found is not None:
                    yield found.schema


def _is_error(response: Response) -> bool:
    """Tell whether a response is for a refusal: by its status, its range, or as the default."""
    return response.key == "default" or response.key[:1] in {"4", "5"}


def _missing(where: str, words: str, name: str, known: Iterable[str]) -> Iterator[Misfit]:
    """Tell of a name that is none of those known, with the nearest of them."""
    listed = list(dict.fromkeys(known))
    if name in listed:
        return
    told = words.format(repr(name))
    if listed:
        told = f"{told}, the nearest is {max(listed, key=lambda each: _likeness(name, each))!r}"
    yield where, told


def _likeness(one: str, other: str) -> float:
    return SequenceMatcher(None, one.lower(), other.lower(), autojunk=False).ratio()
