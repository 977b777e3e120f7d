"""What the endpoint means and OpenAPI cannot say: the rules of a document, and what breaks them."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Final

from find_webhook_kit.spec.contract import PATH, Contract
from find_webhook_kit.spec.date_time import moment
from find_webhook_kit.spec.document import Json, pointer, read
from find_webhook_kit.spec.fit import misfits
from find_webhook_kit.spec.operation import Operation
from find_webhook_kit.spec.rules import NO_RULES, Rule, Rules, inside
from find_webhook_kit.spec.rules_file import RulesReader
from find_webhook_kit.spec.sections import fault

__all__ = ["NO_RULES", "RULES", "Asked", "Offence", "Rule", "Rules", "broken", "compared", "found"]
__all__ += ["inside", "needs_tenant", "rules", "rules_of"]

BESIDE: Final = "rules.yaml"
"""What the rules of a document are called that stand beside it."""

RULES: Final = Path(__file__).with_name(BESIDE)

Asked = Mapping[str, str]
"""What a request asked for: the values of its path parameters, by their names."""


@dataclass(frozen=True, slots=True)
class Offence:
    """A value that fits its schema and still cannot be right: the rule, the place, both values."""

    rule: str
    pointer: str
    expected: str
    got: Json


def needs_tenant(of: Contract, asked: Iterable[Operation] | None = None) -> bool:
    """Tell whether a reading operation asks for what belongs to somebody: any, or one of some."""
    tenant = rules_of(of).tenant
    return any(
        item.name == tenant and item.location == "path"
        for operation in (of.operations.values() if asked is None else asked)
        if operation.method == "GET"
        for item in operation.parameters
    )


def rules_of(of: Contract) -> Rules:
    """Return the rules that were named for a document, else those beside it, else none.

    Raise `DocumentError` for what is wrong with the file, and for what fits nothing in the
    document: a rule that holds nowhere would prove nothing, in green.
    """
    path = of.rules or _beside(of)
    if path is None:
        return NO_RULES
    found = rules(path)
    if path not in of.fitting:
        for where, reason in misfits(found, of):
            raise fault(read(path), where, reason)
        of.fitting.add(path)
    return found


def _beside(of: Contract) -> Path | None:
    path = RULES if of.path == PATH else of.path.with_name(BESIDE)
    return path if path.is_file() else None


@cache
def rules(path: Path = RULES) -> Rules:
    """Read a file of rules once; raise `DocumentError` for what is wrong with it."""
    return RulesReader(read(path)).rules()


def broken(rule: Rule, asked: Asked, body: Json) -> Iterator[Offence]:
    """List the places of one body that break one rule about bodies."""
    return (each for each in compared(rule, asked, body) if each is not None)


def compared(rule: Rule, asked: Asked, body: Json) -> Iterator[Offence | None]:
    """List what a rule about bodies compared in one: an offence each, or None where it holds.

    Nothing is listed where the properties that it is about are not there.
    """
    if rule.kind:
        yield from _CHECKS[rule.kind](rule, asked, body)


def found(body: Json, path: tuple[str, ...], where: str = "") -> Iterator[tuple[str, Json]]:
    """List the values at a path such as `("[]", "url")`, each with its JSON pointer."""
    if not path:
        yield where, body
    elif path[0] == "[]":
        for index, item in enumerate(body if isinstance(body, list) else []):
            yield from found(item, path[1:], f"{where}/{index}")
    elif isinstance(body, dict) and path[0] in body:
        yield from found(body[path[0]], path[1:], where + pointer([path[0]]))


def _scalars(rule: Rule, body: Json) -> Iterator[tuple[str, str | int]]:
    """List the texts and integers at a rule's path; one of an undocumented type is the schema's."""
    for where, value in found(body, rule.path):
        if isinstance(value, str | int) and not isinstance(value, bool):
            types = {"string"} if isinstance(value, str) else {"integer", "number"}
            if not rule.types or rule.types & types:
                yield where, value


def _equals(rule: Rule, asked: Asked, body: Json) -> Iterator[Offence | None]:
    expected = asked.get(rule.terms["parameter"])
    for where, value in _scalars(rule, body) if expected is not None else ():
        right = str(value) == expected
        yield None if right else Offence(rule.id, where, repr(expected), value)


def _unique(rule: Rule, _: Asked, body: Json) -> Iterator[Offence | None]:
    seen: set[str] = set()
    for where, value in _scalars(rule, body):
        text = json.dumps(value)
        if seen:
            yield Offence(rule.id, where, "unique", value) if text in seen else None
        seen.add(text)


def _ordered(rule: Rule, _: Asked, body: Json) -> Iterator[Offence | None]:
    first, then = rule.terms["first"], rule.terms["then"]
    for where, holder in found(body, rule.path):
        if isinstance(holder, dict):
            early, late = moment(holder.get(first)), moment(holder.get(then))
            if early and late:
                place, expected = pointer([then]), f"not before {first}, {holder[first]}"
                wrong = Offence(rule.id, where + place, expected, holder[then])
                yield wrong if late < early else None


_CHECKS: Final = MappingProxyType({"equals": _equals, "unique": _unique, "ordered": _ordered})
