"""What the endpoint means and OpenAPI cannot say: the rules across members, items and requests."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from types import MappingProxyType
from typing import Final

from spec.document import Json, pointer

OWNER: Final = "instanceInstanceId"
"""The member that names the instance a webhook belongs to, and so the id that was asked for."""

IDENTITY: Final = "webhookId"
"""The member that tells one webhook of an answer from another."""

ACCEPTED_ID_STATUSES: Final = (200, 400)
"""What an instance that does not exist may be answered with: `200 []` or the documented 400."""

# Spellings of the vendor's other versions and pages, under the name that this contract documents
# (api versions 1 and 2.2, and the prose of "Define Events").
SIBLINGS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {
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
class Offence:
    """A value that fits its schema and still cannot be right: the rule, the place, both values."""

    rule: str
    pointer: str
    expected: str
    got: Json


def offences(instance_id: str, body: Json) -> Iterator[Offence]:
    """List what a 200 body says that cannot be true of the instance that was asked for.

    Members of another type than documented are left to the schema.
    """
    items = [item for item in body if isinstance(item, dict)] if isinstance(body, list) else []
    yield from _ownership(instance_id, items)
    yield from _identity(items)
    yield from _times(items)


def _ownership(instance_id: str, items: list[dict[str, Json]]) -> Iterator[Offence]:
    for index, item in enumerate(items):
        owner = item.get(OWNER)
        if isinstance(owner, str) and owner != instance_id:
            yield Offence("owner", pointer([index, OWNER]), repr(instance_id), owner)


def _identity(items: list[dict[str, Json]]) -> Iterator[Offence]:
    seen: set[str] = set()
    for index, item in enumerate(items):
        identity = item.get(IDENTITY)
        if isinstance(identity, str):
            if identity in seen:
                yield Offence("identity", pointer([index, IDENTITY]), "unique", identity)
            seen.add(identity)


def _times(items: list[dict[str, Json]]) -> Iterator[Offence]:
    for index, item in enumerate(items):
        for place, holder in ((pointer([index]), item), *_events(index, item)):
            created, updated = moment(holder.get("createdAt")), moment(holder.get("updatedAt"))
            if created and updated and updated < created:
                expected = f"not before createdAt, {holder['createdAt']}"
                yield Offence("times", f"{place}/updatedAt", expected, holder["updatedAt"])


def _events(index: int, item: dict[str, Json]) -> Iterator[tuple[str, dict[str, Json]]]:
    events = item.get("WebhookEvents")
    if isinstance(events, dict):
        yield pointer([index, "WebhookEvents"]), events


def moment(value: Json) -> datetime | None:
    """Read an RFC 3339 date-time, or return None where Python's calendar has no such moment."""
    if not isinstance(value, str):
        return None
    try:
        return datetime.fromisoformat(value.upper()).astimezone(UTC)
    except (ValueError, OverflowError):
        return None
