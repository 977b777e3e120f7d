"""The server of alarms in the words of webhooks: what it reads and says is translated."""

from __future__ import annotations

import json
from http import HTTPStatus
from typing import Any

from liars.writes.server import Alarm, Asked, Refusal, Said, Server

WORDS = {
    "title": "name",
    "calls": "url",
    "armed": "enabled",
    "alarmId": "webhookId",
    "madeAt": "createdAt",
    "changedAt": "updatedAt",
    "house": "instanceInstanceId",
    "Rings": "WebhookEvents",
    "ringsId": "webhookEventsId",
    "bell": "messagesUpsert",
    "light": "connectionUpdate",
    "phone": "newJwt",
}
BACK = {theirs: ours for ours, theirs in WORDS.items()}


def translated(value: Any, words: dict[str, str]) -> Any:
    if isinstance(value, dict):
        return {words.get(name, name): translated(each, words) for name, each in value.items()}
    return [translated(each, words) for each in value] if isinstance(value, list) else value


class Webhooks(Server):
    """Takes and gives webhooks, and keeps alarms."""

    def check(self, part: str, content: bytes) -> Alarm:
        body = super().check(part, content)
        if part == "merge" and any(type(it) is not bool for it in json.loads(content).values()):
            raise Refusal(400, "a flag is of another type")
        if part == "create" and "calls" not in body:
            raise Refusal(400, "no url")
        return body

    def update(self, house: str, identity: str, body: Alarm) -> Alarm:
        """Change what is named, and nothing else."""
        return super().update(house, identity, {**self.read(house, identity), **body})

    def answer(self, asked: Asked) -> Said:
        path = asked.path.replace("/api/v2/instance/", "/houses/")
        path = path.replace("/webhook", "/alarms", 1).replace("/events", "/rings")
        try:
            content = json.dumps(translated(json.loads(asked.content), BACK)).encode()
        except ValueError:
            content = asked.content
        said = super().answer(Asked(asked.method, path, asked.token, content))
        said.value = translated(said.value, WORDS)
        if said.status >= 400 and isinstance(said.value, dict):
            phrase = HTTPStatus(said.status).phrase
            told = said.value.get("message", phrase)
            said.value = {"statusCode": said.status, "error": phrase, "message": told}
        return said
