"""Liars whose 200 does not hold what the page promises."""

from __future__ import annotations

from liars.bend import (
    asked,
    body,
    drop,
    items,
    put,
    rename,
    second,
)
from liars.honest import FLAGS, Item, webhook
from liars.row import error, of_kind, warning

REQUIRED = ("name", "url", "webhookId", "createdAt", "updatedAt", "instanceInstanceId")
REQUIRED_INSIDE = ("webhookEventsId", "createdAt", "updatedAt")
EVENTS = "body.200.WebhookEvents"
UNDECLARED = "body.200.undeclared"
NEW_FLAGS = ("callUpsert", "labelAssociation", "labelEdit")


def _flattened(item: Item) -> None:
    """Put the flags where their object stood."""
    events = item.pop("WebhookEvents", {})
    flags = events if isinstance(events, dict) else {}
    item.update({name: value for name, value in flags.items() if name in FLAGS})


MISSING = (
    *(error(f"no {name}", items(drop(name)), f"body.200.{name}") for name in REQUIRED),
    *(
        error(f"no {name} in the events", items(drop(f"WebhookEvents.{name}")), f"{EVENTS}.{name}")
        for name in REQUIRED_INSIDE
    ),
    error("only the second webhook lacks its url", second(drop("url")), "body.200.url"),
    error(
        "only one instance lacks its name",
        items(drop("name"), when=asked("bare")),
        "body.200.name",
    ),
    error(
        "webhook 58 of 60 lacks its url",
        body(
            lambda _: [
                {
                    key: value
                    for key, value in webhook("shop", number).items()
                    if key != "url" or number != 58
                }
                for number in range(1, 61)
            ],
            when=asked("shop"),
        ),
        "body.200.url",
    ),
)

TYPES = (
    error("enabled is a text", items(put("enabled", "true")), "body.200.enabled"),
    error("enabled is 1", items(put("enabled", 1)), "body.200.enabled"),
    error("enabled is null", items(put("enabled", None)), "body.200.enabled"),
    error("name is null", items(put("name", None)), "body.200.name"),
    error("url is an object", items(put("url", {"href": "/"})), "body.200.url"),
    error("webhookId is a number", items(put("webhookId", 7)), "body.200.webhookId"),
    error(
        "the owner is a number", items(put("instanceInstanceId", 1)), "body.200.instanceInstanceId"
    ),
    error("createdAt is null", items(put("createdAt", None)), "body.200.createdAt"),
    *(
        error(f"{flag} is a text", items(put(f"WebhookEvents.{flag}", "true")), f"{EVENTS}.{flag}")
        for flag in FLAGS
    ),
    error("a flag is 0", items(put("WebhookEvents.chatsSet", 0)), f"{EVENTS}.chatsSet"),
    error(
        "a flag is null", second(put("WebhookEvents.groupUpdate", None)), f"{EVENTS}.groupUpdate"
    ),
    error("the events are null", items(put("WebhookEvents", None)), EVENTS),
    error("the events are JSON in a text", items(put("WebhookEvents", '{"newJwt":true}')), EVENTS),
    error("the events are a list of names", items(put("WebhookEvents", ["newJwt"])), EVENTS),
)

DATES = (
    error("a date in seconds", items(put("createdAt", 1713087000)), "body.200.createdAt"),
    error(
        "a date without offset",
        items(put("createdAt", "2024-04-14T09:30:00")),
        "body.200.createdAt",
    ),
    error("a space for T", items(put("createdAt", "2024-04-14 09:30:00Z")), "body.200.createdAt"),
    error(
        "an impossible date", items(put("createdAt", "2024-02-30T09:30:00Z")), "body.200.createdAt"
    ),
    error("a day without time", items(put("updatedAt", "2024-05-02")), "body.200.updatedAt"),
    error(
        "an offset without colon",
        items(put("updatedAt", "2024-05-02T09:30:00+0000")),
        "body.200.updatedAt",
    ),
    error(
        "a date in words, in the events",
        second(put("WebhookEvents.updatedAt", "Thu, 02 May 2024 16:45:12 GMT")),
        f"{EVENTS}.updatedAt",
    ),
)

SHAPES = (
    error("one object for the list", body(lambda webhooks: webhooks[0]), "body.200"),
    error("the list in an envelope", body(lambda webhooks: {"data": webhooks}), "body.200"),
    error("null for the list", body(lambda _: None), "body.200"),
    error("null for an empty list", body(lambda _: None, when=asked("idle")), "body.200"),
    error("null among the webhooks", body(lambda webhooks: [*webhooks, None]), "body.200"),
    error("a list in the list", body(lambda webhooks: [webhooks]), "body.200"),
    error(
        "ids for webhooks",
        body(lambda webhooks: [item["webhookId"] for item in webhooks]),
        "body.200",
    ),
)

RENAMED = of_kind(
    "renamed",
    error("WebhookEvents is events", items(rename("WebhookEvents", "events")), EVENTS),
    error(
        "stateInstance is statusInstance",
        items(rename("WebhookEvents.stateInstance", "statusInstance")),
        f"{EVENTS}.stateInstance",
    ),
    error(
        "a flag gains an s",
        items(rename("WebhookEvents.groupUpdate", "groupsUpdate")),
        f"{EVENTS}.groupUpdate",
    ),
    error(
        "instanceInstanceId is instanceId",
        items(rename("instanceInstanceId", "instanceId")),
        "body.200.instanceInstanceId",
    ),
    error("webhookId is id", items(rename("webhookId", "id")), "body.200.webhookId"),
    error("enabled is active", items(rename("enabled", "active")), "body.200.enabled"),
    error(
        "the events have a name that nobody knows",
        items(rename("WebhookEvents", "subscriptions")),
        EVENTS,
    ),
    error("the flags stand beside the events", items(_flattened), EVENTS),
    error("enabled is isEnabled", items(rename("enabled", "isEnabled")), "body.200.enabled"),
    error(
        "names in snake case",
        items(
            rename("webhookId", "webhook_id"),
            rename("createdAt", "created_at"),
            rename("updatedAt", "updated_at"),
            rename("instanceInstanceId", "instance_instance_id"),
            rename("WebhookEvents", "webhook_events"),
        ),
        "body.200.webhookId",
        "body.200.createdAt",
        "body.200.updatedAt",
        "body.200.instanceInstanceId",
        EVENTS,
    ),
)

ADDED = of_kind(
    "additive",
    warning("headers appear", items(put("headers", {"X-Key": "1"})), UNDECLARED),
    warning("a null appears", items(put("headers", None)), UNDECLARED),
    warning("a new flag", items(put("WebhookEvents.callUpsert", value=True)), UNDECLARED),
    warning("only the second webhook has more", second(put("businessId", "b1")), UNDECLARED),
    warning(
        "a foreign key in the events",
        items(put("WebhookEvents.webhookWebhookId", "wh-1")),
        UNDECLARED,
    ),
)

# What a public client's types say of version 2.2.1, in two readings.
VERSION_221 = of_kind(
    "additive",
    *(
        warning(
            f"version 2.2.1, {name}",
            items(
                put("headers", {"Content-Type": "application/json"}),
                *(put(f"WebhookEvents.{flag}", value=True) for flag in NEW_FLAGS),
                *(drop(f"WebhookEvents.{flag}") for flag in gone),
            ),
            UNDECLARED,
        )
        for name, gone in {
            "without two flags": ("chatsDelete", "newJwt"),
            "without one flag": ("newJwt",),
        }.items()
    ),
)

TRUTHS = of_kind(
    "meaning",
    error(
        "a neighbour's webhooks",
        items(put("instanceInstanceId", "shop"), when=asked("crm")),
        "meaning.owner",
    ),
    error("one owner for everything", items(put("instanceInstanceId", "crm")), "meaning.owner"),
    error(
        "the second webhook is somebody's", second(put("instanceInstanceId", "x")), "meaning.owner"
    ),
    error("two webhooks with one id", second(put("webhookId", "wh-crm-1")), "meaning.identity"),
    error(
        "updated before it was created",
        items(put("updatedAt", "2024-04-14T09:29:59Z")),
        "meaning.times",
    ),
    error(
        "events updated before they were created",
        second(put("WebhookEvents.updatedAt", "2024-04-14T11:00:00+03:00")),
        "meaning.events-times",
    ),
)
