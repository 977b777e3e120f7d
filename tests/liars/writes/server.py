"""An honest server of alarms, made of small methods that a liar replaces."""

from __future__ import annotations

import json
import re
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from find_webhook_kit.spec import Contract
from find_webhook_kit.spec.contract import load

TOKEN = "alarm-token"
OTHER_TOKEN = "their-token"
SCRATCH, OTHER = "scratch", "elsewhere"
CONTRACT = Path(__file__).with_name("openapi.yaml")
TYPES = {"title": str, "calls": str, "armed": bool, "bell": bool, "light": bool, "phone": bool}
FLAGS = ("bell", "light", "phone")
PATH = re.compile(r"/houses/([^/]+)/alarms(?:/([^/]+?)(/rings)?)?")
Alarm = dict[str, Any]


@cache
def alarms() -> Contract:
    """Read the contract of alarms, once."""
    return load(CONTRACT)


class Cut(Exception):
    """The server answers nothing."""


@dataclass
class Refusal(Exception):
    """An answer that is no success."""

    status: int
    message: str = "no"


@dataclass
class Said:
    """An answer: a status, a value that becomes JSON (or bytes as they are), and headers."""

    status: int
    value: Any = None
    headers: tuple[tuple[str, str], ...] = ()
    media_type: str = "application/json"

    def content(self) -> bytes:
        if isinstance(self.value, bytes):
            return self.value
        return b"" if self.status == 204 else json.dumps(self.value).encode()


@dataclass
class Asked:
    """A request as it came."""

    method: str
    path: str
    token: str | None
    content: bytes = b""


@dataclass
class Server:
    """Alarms by house and id; each method may be replaced, and each status changed."""

    houses: dict[str, dict[str, Alarm]] = field(default_factory=dict)
    statuses: dict[str, int] = field(
        default_factory=lambda: {"create": 201, "update": 201, "merge": 200, "delete": 204}
    )
    refusals: dict[str, int] = field(
        default_factory=lambda: {"invalid": 400, "unknown": 404, "credentials": 401}
    )
    count: int = 0
    time: datetime = datetime(2026, 1, 1, tzinfo=UTC)
    said: list[tuple[Asked, int]] = field(default_factory=list)
    first: Callable[[Asked], None] = lambda _: None
    last: Callable[[Asked, Said], Said] = lambda _, said: said

    def __post_init__(self) -> None:
        for house in (SCRATCH, OTHER):
            alarm = self.made(house, {"title": "the first", "calls": "https://a.example/1"})
            self.houses.setdefault(house, {})[alarm["alarmId"]] = alarm

    # What liars replace.

    def now(self) -> str:
        self.time += timedelta(milliseconds=7)
        return self.written(self.time)

    def written(self, time: datetime) -> str:
        return time.isoformat(timespec="milliseconds").replace("+00:00", "Z")

    def new_id(self) -> str:
        self.count += 1
        return f"al-{self.count:04}x"

    def made(self, house: str, body: Alarm) -> Alarm:
        now = self.now()
        return {
            "title": body["title"],
            "calls": body.get("calls", ""),
            "armed": body.get("armed", False),
            "alarmId": self.new_id(),
            "madeAt": now,
            "changedAt": now,
            "house": house,
            "Rings": self.rings(now),
        }

    def rings(self, now: str) -> Alarm:
        self.count += 1
        return {
            **dict.fromkeys(FLAGS, True),
            "ringsId": f"r-{self.count}",
            "madeAt": now,
            "changedAt": now,
        }

    def listed(self, house: str) -> list[Alarm]:
        return list(self.houses.get(house, {}).values())

    def create(self, house: str, body: Alarm) -> Alarm:
        alarm = self.made(house, body)
        self.houses.setdefault(house, {})[alarm["alarmId"]] = alarm
        return alarm

    def read(self, house: str, identity: str) -> Alarm:
        found = self.houses.get(house, {}).get(identity)
        if found is None:
            raise Refusal(self.refusals["unknown"], "no such alarm")
        return found

    def update(self, house: str, identity: str, body: Alarm) -> Alarm:
        alarm = self.read(house, identity)
        alarm |= {
            "title": body["title"],
            "calls": body.get("calls", ""),
            "armed": body.get("armed", False),
        }
        alarm["changedAt"] = self.now()
        return alarm

    def merge(self, house: str, identity: str, body: Alarm) -> Alarm:
        alarm = self.read(house, identity)
        now = self.now()
        alarm["Rings"] |= {**body, "changedAt": now}
        alarm["changedAt"] = now
        rings: Alarm = alarm["Rings"]
        return rings

    def delete(self, house: str, identity: str) -> Any:
        self.read(house, identity)
        del self.houses[house][identity]
        return None

    def check(self, part: str, content: bytes) -> Alarm:
        try:
            body = json.loads(content)
        except ValueError:
            raise Refusal(self.refusals["invalid"], "no JSON") from None
        known = FLAGS if part == "merge" else ("title", "calls", "armed")
        if not isinstance(body, dict) or (part != "merge" and "title" not in body):
            raise Refusal(self.refusals["invalid"], "no title")
        for name, value in body.items():
            if name in known and type(value) is not TYPES[name]:
                raise Refusal(self.refusals["invalid"], f"{name} is of another type")
        return {name: value for name, value in body.items() if name in known}

    def admit(self, asked: Asked, part: str) -> None:
        del part
        if asked.token != TOKEN:
            raise Refusal(self.refusals["credentials"], "who are you?")

    # How they are asked.

    def answer(self, asked: Asked) -> Said:
        self.first(asked)
        try:
            said = self._answer(asked)
        except Refusal as refusal:
            said = Said(refusal.status, {"message": refusal.message})
        except Cut:
            raise
        except Exception as error:  # noqa: BLE001 - what a liar trips over is a 500 of its own
            said = Said(500, {"message": type(error).__name__})
        said = self.last(asked, replace_value(said))
        self.said.append((asked, said.status))
        return said

    def _answer(self, asked: Asked) -> Said:
        found = PATH.fullmatch(asked.path.partition("?")[0])
        if found is None:
            raise Refusal(404)
        house, identity, rings = (unquote(each) if each else each for each in found.groups())
        part = part_of(asked.method, identity, rings)
        if part is None:
            raise Refusal(405)
        self.admit(asked, part)
        status = self.statuses.get(part, 200)
        if part == "list":
            return Said(status, self.listed(house))
        if part in {"read", "delete"}:
            return Said(status, getattr(self, part)(house, identity))
        body = self.check(part, asked.content)
        where = (house,) if part == "create" else (house, identity)
        return Said(status, getattr(self, part)(*where, body))


def replace_value(said: Said) -> Said:
    """Keep what was said from changing with the store."""
    said.value = deepcopy(said.value)
    return said


def part_of(method: str, identity: str | None, rings: str | None) -> str | None:
    if rings:
        return "merge" if method == "PATCH" else None
    if identity:
        return {"GET": "read", "PUT": "update", "DELETE": "delete"}.get(method)
    return {"GET": "list", "POST": "create"}.get(method)
