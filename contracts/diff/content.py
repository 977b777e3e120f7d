"""Compares the media types of a body, whatever parameters stand behind their names."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from find_webhook_kit.contracts.diff.alternatives import schema_of
from find_webhook_kit.contracts.diff.audience import ERROR, NOTE, WARNING, Audience
from find_webhook_kit.contracts.diff.change import Change
from find_webhook_kit.contracts.diff.part import Part, both, resolved, written
from find_webhook_kit.contracts.diff.schemas import SchemaComparison
from find_webhook_kit.contracts.diff.words import told, words
from find_webhook_kit.contracts.finding import Kind
from find_webhook_kit.spec.success import essence

COMPARED: Final = frozenset({"schema", "encoding"})
WIRE: Final = ("contentType", "headers", "style", "explode", "allowReserved")
"""What an encoding says of how a part is written."""


def content(old: Part, new: Part, audience: Audience, schemas: SchemaComparison) -> list[Change]:
    """Compare what the body of a request or an answer may be."""
    was, now = _named(old), _named(new)
    found = []
    for name, part in was.items():
        other = _covering(name, now)
        if other is None:
            found.append(told(ERROR, "media type removed", was=name, old=part, new=new).below(name))
        else:
            changes = _media_type(part, now[other], _for(name, audience), schemas)
            found += [change.below(name) for change in changes]
    for name, part in now.items():
        if name in was:
            continue
        other = _covering(name, was)
        if other is None or "*" in name:
            found.append(_added(name, part, audience))
        elif other not in now:
            changes = _media_type(was[other], part, _for(name, audience), schemas)
            found += [change.below(name) for change in changes]
    return found


def _for(name: str, audience: Audience) -> Audience:
    return replace(audience, xml=name.partition(";")[0].endswith(("/xml", "+xml")))


def _named(holder: Part) -> dict[str, Part]:
    """Name media types without their parameters, unless only these tell two of them apart."""
    types = holder.members("content")
    counts = Counter(map(essence, types))
    return {
        essence(name) if counts[essence(name)] == 1 else _plain(name): part
        for name, part in types.items()
    }


def _plain(name: str) -> str:
    return name.replace(" ", "").lower()


def _covering(name: str, others: Mapping[str, Part]) -> str | None:
    """Return the media type, or the narrowest range, that stands for a media type."""
    kind = essence(name)
    ranges = (name, kind, f"{kind.partition('/')[0]}/*", "*/*")
    return next((each for each in ranges if each in others), None)


def _added(name: str, part: Part, audience: Audience) -> Change:
    """Weigh a new media type: a reader may not understand it, a sender need not use it."""
    severity, kind = (WARNING, Kind.UNDOCUMENTED) if audience.reads else (NOTE, None)
    return told(severity, "media type added", now=name, new=part, kind=kind).below(name)


def _media_type(
    old: Part, new: Part, audience: Audience, schemas: SchemaComparison
) -> list[Change]:
    below = schemas.compare(schema_of(old), schema_of(new), audience)
    found = [change.below("body") for change in below]
    found += _parameters(old, new)
    found += _encodings(old, new)
    return found + words(old, new, COMPARED)


def _parameters(old: Part, new: Part) -> list[Change]:
    """Compare what stands behind the name; a charset is the one that JSON ignores."""
    was, now = (_behind(part) for part in (old, new))
    if was == now:
        return []
    others = (was ^ now) - {item for item in was ^ now if item.startswith("charset=")}
    shown = ("; ".join(sorted(each)) or None for each in (was, now))
    severity = WARNING if others else NOTE
    aspect = "parameters of the media type"
    return [told(severity, aspect, was=next(shown), now=next(shown), old=old, new=new)]


def _behind(part: Part) -> frozenset[str]:
    name = part.name
    return frozenset(filter(None, (each.strip().lower() for each in name.split(";")[1:])))


def _encodings(old: Part, new: Part) -> list[Change]:
    """Compare how the parts of a form are written."""
    found: list[Change] = []
    for name, one, other in both(old.members("encoding"), new.members("encoding")):
        changes = []
        for field in WIRE:
            values = [
                resolved(each.at(field)) if each and field in each.fields else None
                for each in (one, other)
            ]
            if written(values[0]) != written(values[1]):
                at: dict[str, Any] = {"old": one or old, "new": other or new}
                changes.append(told(WARNING, field, was=values[0], now=values[1], **at))
        if one and other:
            changes += words(one, other, frozenset(WIRE))
        found += [change.below("encoding", name) for change in changes]
    return found
