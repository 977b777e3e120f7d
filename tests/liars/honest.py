"""The reference: it answers as the vendor's page says. Every liar bends what stands here."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from http import HTTPStatus
from urllib.parse import unquote_to_bytes

from liars.server import Request, Speech

Item = dict[str, object]
Header = tuple[str, str]

TOKEN = "s3cret-liar-token"
UNKNOWN_ID = "nobody"
JSON = ("Content-Type", "application/json")
CHALLENGE = ("WWW-Authenticate", "Bearer")
ALLOW = ("Allow", "GET, HEAD, OPTIONS")
PATH = re.compile(r"/api/v2/instance/([^/]+)/webhook")

FLAGS = (
    "qrcodeUpdate",
    "stateInstance",
    "messagesSet",
    "messagesUpsert",
    "messagesUpdate",
    "sendMessage",
    "contactsSet",
    "contactsUpsert",
    "contactsUpdate",
    "presenceUpdate",
    "chatsSet",
    "chatsUpdate",
    "chatsUpsert",
    "chatsDelete",
    "groupsUpsert",
    "groupUpdate",
    "groupParticipantsUpdate",
    "connectionUpdate",
    "newJwt",
)


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer before it becomes bytes."""

    status: int
    headers: tuple[Header, ...] = ()
    body: bytes = b""

    def raw(self, *, silent: bool = False, stays: bool = False) -> bytes:
        """Return the bytes of the answer, framed.

        `silent` leaves the body out, as HEAD wants; `stays` keeps the connection open.
        """
        names = {name.lower() for name, _ in self.headers}
        framed = names & {"content-length", "transfer-encoding"} or self.status < 200
        length = (
            ()
            if framed or self.status in {204, 304}
            else (("Content-Length", str(len(self.body))),)
        )
        headers = (*self.headers, *length, ("Connection", "keep-alive" if stays else "close"))
        head = [f"HTTP/1.1 {self.status} {HTTPStatus(self.status).phrase}"]
        head += [f"{name}: {value}" for name, value in headers]
        return "\r\n".join([*head, "", ""]).encode("latin-1") + (b"" if silent else self.body)


def webhook(instance_id: str, number: int = 1) -> Item:
    """Return a webhook with everything that the page lists."""
    times: Item = {"createdAt": "2024-04-14T09:30:00.000Z", "updatedAt": "2024-05-02T16:45:12.345Z"}
    flags: Item = {flag: index % 3 > 0 for index, flag in enumerate(FLAGS)}
    return {
        "name": f"{instance_id} {number}",
        "url": f"https://hooks.example.com/{number}",
        "enabled": True,
        "webhookId": f"wh-{instance_id}-{number}",
        **times,
        "instanceInstanceId": instance_id,
        "WebhookEvents": {**flags, "webhookEventsId": f"we-{instance_id}-{number}", **times},
    }


def _minimal(instance_id: str) -> Item:
    optional = {"enabled", "WebhookEvents"}
    return {name: value for name, value in webhook(instance_id).items() if name not in optional}


WEBHOOKS = {
    "crm": [webhook("crm"), webhook("crm", 2)],
    "shop": [webhook("shop")],
    "bare": [_minimal("bare")],
    "idle": [],
}
KNOWN_IDS = tuple(WEBHOOKS)


def answer(request: Request) -> Answer:
    """Answer a request as the contract has it."""
    path = PATH.fullmatch(request.path)
    if path is None:
        return refusal(404)
    if request.method == "OPTIONS":
        return Answer(204, (ALLOW,))
    if request.method not in {"GET", "HEAD"}:
        return refusal(405, ALLOW)
    if not authorised(request):
        return refusal(401, CHALLENGE)
    try:
        instance_id = unquote_to_bytes(path[1]).decode()
    except UnicodeDecodeError:
        return refusal(400)
    return found(WEBHOOKS.get(instance_id, []))


def speak(request: Request) -> Speech:
    """Say the honest answer."""
    return said(request, answer(request))


def said(request: Request, given: Answer) -> Speech:
    """Put an answer into the bytes that this request asks for."""
    return Speech(given.raw(silent=request.method == "HEAD", stays=request.stays))


def authorised(request: Request) -> bool:
    """Tell whether the one Authorization header holds the token."""
    given = request.values("authorization")
    scheme, _, token = given[0].partition(" ") if len(given) == 1 else ("", "", "")
    return scheme.lower() == "bearer" and token.strip() == TOKEN


def found(value: object) -> Answer:
    """Return a 200 with a JSON body."""
    return Answer(200, (JSON,), json.dumps(value).encode())


def refusal(status: int, *headers: Header) -> Answer:
    """Return an error in the shape that the vendor's framework gives it."""
    phrase = HTTPStatus(status).phrase
    body = {"statusCode": status, "error": phrase, "message": f"{phrase}."}
    return Answer(status, (JSON, *headers), json.dumps(body).encode())
