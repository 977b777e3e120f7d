"""Compares which credentials an operation takes: one requirement of a list, all schemes of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from find_webhook_kit.contracts.diff.audience import ERROR, NOTE, WARNING
from find_webhook_kit.contracts.diff.change import Change, Effect
from find_webhook_kit.contracts.diff.part import Part, both, written
from find_webhook_kit.contracts.diff.words import told, words

WIRE: Final = frozenset({"type", "scheme", "in", "name", "openIdConnectUrl"})
"""What a sender has to know of a scheme, beside what an OAuth flow says."""
FLOW: Final = ("authorizationUrl", "tokenUrl", "refreshUrl", "deviceAuthorizationUrl")

Identity = tuple[str, ...]
"""What a scheme is, whatever the document calls it."""


@dataclass(frozen=True, slots=True)
class Requirement:
    """Schemes that are needed together, each with the scopes it has to have."""

    schemes: Mapping[Identity, frozenset[str]]
    shown: str

    def satisfies(self, other: Requirement) -> bool:
        """Tell whether credentials that fulfil this requirement fulfil another one too."""
        return all(
            scheme in self.schemes and scopes <= self.schemes[scheme]
            for scheme, scopes in other.schemes.items()
        )


def security(old: Part, new: Part) -> list[Change]:
    """Compare the requirements of an operation; without any of its own, the document's hold."""
    was, now = _requirements(old), _requirements(new)
    places: dict[str, Any] = {"old": _place(old), "new": _place(new)}
    shown = (" or ".join(item.shown for item in each) for each in (was, now))
    texts: dict[str, Any] = {"was": next(shown), "now": next(shown)}
    found = []
    if not all(any(one.satisfies(other) for other in now) for one in was):
        found.append(told(ERROR, "security", effect=Effect.NARROWER, **texts, **places))
    elif not all(any(other.satisfies(one) for one in was) for other in now):
        found.append(told(NOTE, "security", effect=Effect.WIDER, **texts, **places))
    return found


def schemes(old: Part, new: Part) -> list[Change]:
    """Compare the definitions of schemes that are in use, once for the whole document."""
    was, now = _defined(old), _defined(new)
    found: list[Change] = []
    for name in was.keys() & now.keys():
        one, other = was[name], now[name]
        if _identity(one) != _identity(other):
            continue  # told where it is asked for
        changes = [*_flows(one, other), *words(one, other, WIRE | {"flows"})]
        found += [change.below(f"security scheme {name}") for change in changes]
    return found


def _requirements(operation: Part) -> list[Requirement]:
    holder = operation if "security" in operation.fields else operation.source.root
    found = [_requirement(part) for part in holder.items("security")]
    return found or [Requirement({}, "none")]


def _place(operation: Part) -> Part:
    holder = operation if "security" in operation.fields else operation.source.root
    return holder.at("security") if "security" in holder.fields else operation


def _requirement(part: Part) -> Requirement:
    defined = _defined(part.source.root)
    needed: dict[Identity, frozenset[str]] = {}
    shown = []
    for name in part.fields:
        if name not in defined:
            raise part.at(name).error(f"{name!r} is not defined in /components/securitySchemes")
        scopes = sorted(str(item.value) for item in part.items(name))
        identity = _identity(defined[name])
        needed[identity] = needed.get(identity, frozenset()) | set(scopes)
        shown.append(f"{name} {scopes}" if scopes else name)
    return Requirement(needed, " and ".join(shown) or "none")


def _defined(root: Part) -> Mapping[str, Part]:
    components = root.child("components")
    return {} if components is None else components.members("securitySchemes")


def _identity(scheme: Part) -> Identity:
    kind = scheme.text("type")
    if kind == "apiKey":
        name = scheme.text("name")
        return kind, scheme.text("in"), name.lower() if scheme.text("in") == "header" else name
    if kind == "http":
        return kind, scheme.text("scheme").lower()
    if kind == "openIdConnect":
        return kind, scheme.text("openIdConnectUrl")
    flows = scheme.child("flows")
    return kind, *sorted(flows.fields if flows and kind == "oauth2" else ())


def _flows(old: Part, new: Part) -> list[Change]:
    """Compare where the tokens of OAuth come from, and which scopes there are."""
    was, now = old.members("flows"), new.members("flows")
    found: list[Change] = []
    for name in was.keys() & now.keys():
        one, other = was[name], now[name]
        changes: list[Change] = []
        for field in FLOW:
            values = [part.fields.get(field) for part in (one, other)]
            if values[0] != values[1]:
                at: dict[str, Any] = {"old": one.at(field), "new": other.at(field)}
                changes.append(told(WARNING, field, was=values[0], now=values[1], **at))
        changes += _scopes(one, other)
        changes += words(one, other, frozenset({*FLOW, "scopes"}))
        found += [change.below(name) for change in changes]
    return found


def _scopes(old: Part, new: Part) -> list[Change]:
    found = []
    for name, one, other in both(old.members("scopes"), new.members("scopes")):
        if one and other and one.value == other.value:
            continue
        aspect = "scope" if one and other else "scope added" if other else "scope removed"
        values: dict[str, Any] = {
            "was": one and written(one.value),
            "now": other and written(other.value),
        }
        severity = WARNING if other is None else NOTE
        change = told(severity, aspect, **values, old=one or old, new=other or new)
        found.append(change.below(f"scope {name}"))
    return found
