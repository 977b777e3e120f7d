"""Compares the servers that an operation is asked from."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

from find_webhook_kit.contracts.diff.audience import NOTE, WARNING
from find_webhook_kit.contracts.diff.change import Change
from find_webhook_kit.contracts.diff.part import Part, both
from find_webhook_kit.contracts.diff.words import told, words

VARIABLES: Final = frozenset({"enum", "default"})
COMPARED: Final = frozenset({"url", "variables"})


def servers(old: tuple[Part, ...], new: tuple[Part, ...]) -> list[Change]:
    """Compare the servers of the innermost level that names some.

    `old` and `new` are the operation, its path and the document. The order of servers says
    nothing; where none is named, it is the one that serves the document.
    """
    was, now = _named(old), _named(new)
    before, after = old[-1].at("servers"), new[-1].at("servers")
    found: list[Change] = []
    for url, one, other in both(was, now):
        if url not in now:
            found.append(told(WARNING, "server removed", was=url, old=one or before, new=after))
        elif url not in was:
            found.append(told(NOTE, "server added", now=url, old=before, new=other or after))
        elif one and other:
            changes = [*_variables(one, other), *words(one, other, COMPARED)]
            found += [change.below(f"server {url}") for change in changes]
    return found


def _named(levels: tuple[Part, ...]) -> Mapping[str, Part | None]:
    for level in levels:
        found = level.items("servers")
        if found:
            return {part.text("url").rstrip("/") or "/": part for part in found}
    return {"/": None}


def _variables(old: Part, new: Part) -> list[Change]:
    found: list[Change] = []
    for name, one, other in both(old.members("variables"), new.members("variables")):
        if one is None or other is None:
            severity = WARNING if other is None else NOTE
            aspect = "variable removed" if other is None else "variable added"
            changes = [told(severity, aspect, old=one or old, new=other or new)]
        else:
            changes = [*_values(one, other), *words(one, other, VARIABLES)]
        found += [change.below(f"variable {name}") for change in changes]
    return found


def _values(old: Part, new: Part) -> list[Change]:
    found = []
    was, now = ({str(item.value) for item in part.items("enum")} for part in (old, new))
    if was != now:
        lost = (was - now) if now else set()
        severity = WARNING if lost or (now and not was) else NOTE
        shown = (", ".join(sorted(each)) or None for each in (was, now))
        found.append(told(severity, "enum", was=next(shown), now=next(shown), old=old, new=new))
    one, other = old.text("default"), new.text("default")
    if one != other:
        found.append(told(WARNING, "default", was=one, now=other, old=old, new=new))
    return found
