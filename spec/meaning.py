"""What the endpoint means and OpenAPI cannot say: the reader of `rules.yaml`, and its words."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Final, cast

from find_webhook_kit.spec.date_time import moment
from find_webhook_kit.spec.document import Json, pointer, read

RULES: Final = Path(__file__).with_name("rules.yaml")

OWNER: Final = "instanceInstanceId"
"""The member that names the instance a webhook belongs to, and so the id that was asked for."""

IDENTITY: Final = "webhookId"
"""The member that tells one webhook of an answer from another."""

ACCEPTED_ID_STATUSES: Final = (200, 400)
"""What an instance that does not exist may be answered with: `200 []` or the documented 400."""

# Spellings of the vendor's other versions and pages, under the name that this contract documents
# (api versions 1 and 2.2, and the prose of "Define Events"), and what others call a switch.
SIBLINGS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
        "enabled": ("active", "isActive", "isEnabled"),
        "WebhookEvents": ("events", "webhookEvents", "Events"),
        "instanceInstanceId": ("instanceId", "instance"),
        "webhookId": ("id",),
        "qrcodeUpdate": ("qrcodeUpdated",),
        "stateInstance": ("statusInstance",),
        "messagesUpdate": ("messagesUpdated",),
        "contactsUpdate": ("contactsUpdated",),
        "presenceUpdate": ("presenceUpdated",),
        "chatsUpdate": ("chatsUpdated",),
        "chatsDelete": ("chatsDeleted",),
        "groupUpdate": ("groupsUpdated", "groupsUpdate"),
        "groupParticipantsUpdate": ("groupsParticipantsUpdated",),
        "connectionUpdate": ("connectionUpdated",),
        "newJwt": ("refreshToken",),
    }
)


@dataclass(frozen=True, slots=True)
class Rule:
    """A promise beyond the schema, its source, and what breaking it is called and weighs.

    `kind` is `unique`, `equals` or `ordered` for a rule about one body, with the members it
    compares as `terms`; it is empty for a rule that compares answers.
    """

    id: str
    promise: str
    breach: str
    source: str
    severity: str
    kind: str = ""
    terms: Mapping[str, str] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Offence:
    """A value that fits its schema and still cannot be right: the rule, the place, both values."""

    rule: str
    pointer: str
    expected: str
    got: Json


@cache
def rules() -> Mapping[str, Rule]:
    """Read the rules once, by their ids; raise `DocumentError` for a file that is not readable."""
    listed = cast("list[dict[str, Json]]", read(RULES).value)
    return {rule.id: rule for rule in map(_rule, listed)}


def _rule(value: Mapping[str, Json]) -> Rule:
    texts = {name: str(value[name]) for name in ("id", "promise", "breach", "source", "severity")}
    kind = next((name for name in _CHECKS if name in value), "")
    return Rule(**texts, kind=kind, terms=cast("dict[str, str]", value.get(kind, {})))


def offences(instance_id: str, body: Json) -> Iterator[Offence]:
    """List what a 200 body says that cannot be true of the instance that was asked for.

    Members of another type than documented are left to the schema, and rules whose breach is no
    more than a note to the judge.
    """
    for rule in rules().values():
        if rule.severity != "note":
            yield from broken(rule, instance_id, body)


def broken(rule: Rule, instance_id: str, body: Json) -> Iterator[Offence]:
    """List the places of one body that break one rule about bodies."""
    if rule.kind:
        yield from _CHECKS[rule.kind](rule, instance_id, body)


def found(body: Json, path: tuple[str, ...], where: str = "") -> Iterator[tuple[str, Json]]:
    """List the values at a path such as `("[]", "url")`, each with its JSON pointer."""
    if not path:
        yield where, body
    elif path[0] == "[]":
        for index, item in enumerate(body if isinstance(body, list) else []):
            yield from found(item, path[1:], f"{where}/{index}")
    elif isinstance(body, dict) and path[0] in body:
        yield from found(body[path[0]], path[1:], where + pointer([path[0]]))


def _texts(body: Json, member: str) -> Iterator[tuple[str, str]]:
    for where, value in found(body, tuple(member.split("."))):
        if isinstance(value, str):
            yield where, value


def _equals(rule: Rule, instance_id: str, body: Json) -> Iterator[Offence]:
    for where, value in _texts(body, rule.terms["member"]):
        if value != instance_id:
            yield Offence(rule.id, where, repr(instance_id), value)


def _unique(rule: Rule, _: str, body: Json) -> Iterator[Offence]:
    seen: set[str] = set()
    for where, value in _texts(body, rule.terms["member"]):
        if value in seen:
            yield Offence(rule.id, where, "unique", value)
        seen.add(value)


def _ordered(rule: Rule, _: str, body: Json) -> Iterator[Offence]:
    first, then = rule.terms["first"], rule.terms["then"]
    for where, holder in found(body, tuple(rule.terms["object"].split("."))):
        if isinstance(holder, dict):
            early, late = moment(holder.get(first)), moment(holder.get(then))
            if early and late and late < early:
                expected = f"not before {first}, {holder[first]}"
                yield Offence(rule.id, where + pointer([then]), expected, holder[then])


_CHECKS: Final = MappingProxyType({"equals": _equals, "unique": _unique, "ordered": _ordered})
