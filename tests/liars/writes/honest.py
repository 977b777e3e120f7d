"""Servers that keep the contract of alarms, each with a way of its own."""

from __future__ import annotations

import itertools
import json
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from datetime import UTC, timedelta, timezone
from typing import Any
from uuid import UUID

from liars.writes.server import OTHER, PATH, SCRATCH, Alarm, Asked, Refusal, Said, Server
from liars.writes.table import Change, method, part_asked, refusal, status, wrapped


@dataclass(frozen=True)
class Oddity:
    """A server that is honest and odd; `settle` is what a judge is told to wait for it."""

    name: str
    change: Change
    settle: float = 0.0


def said(bend: Callable[[Server, Asked, Said], Said]) -> Change:
    def change(server: Server) -> None:
        wrapped(server, "last", lambda inner, asked, it: bend(server, asked, inner(asked, it)))

    return change


def located(_: Server, asked: Asked, it: Said) -> Said:
    if part_asked(asked) == "create" and it.status == 201:
        it.headers += (("Location", f"{asked.path}/{it.value['alarmId']}"),)
    return it


def reordered(_: Server, asked: Asked, it: Said) -> Said:
    if asked.method == "GET" and it.status == 200:
        it.value = _turned(it.value)
    return it


def _turned(value: Any) -> Any:
    if isinstance(value, dict):
        return {name: _turned(value[name]) for name in reversed(value)}
    return [_turned(each) for each in value] if isinstance(value, list) else value


def headed(_: Server, asked: Asked, it: Said) -> Said:
    del asked
    it.headers += (("ETag", '"x"'), ("X-Request-Id", "7"), ("Vary", "Authorization"))
    return it


def pretty(_: Server, asked: Asked, it: Said) -> Said:
    del asked
    if it.status != 204:
        it.value = json.dumps(it.value, indent=4, ensure_ascii=True).encode() + b"\n"
    return it


def fields(server: Server) -> None:
    """Have members that nobody documented."""

    def around(inner: Callable[..., Any], *given: Any) -> Alarm:
        return {**inner(*given), "notes": [1, 2], "headers": {}}

    wrapped(server, "made", around)


def late(looks: int) -> Change:
    """Show a write so many looks later."""

    def change(server: Server) -> None:
        past: list[dict[str, dict[str, Alarm]]] = [deepcopy(server.houses)] * looks

        def around(inner: Callable[..., Any], asked: Asked, it: Said) -> Said:
            it = inner(asked, it)
            found = PATH.fullmatch(asked.path)
            if asked.method != "GET" or found is None or it.status not in {200, 404}:
                return it
            past.append(deepcopy(server.houses))
            shown = past.pop(0)
            alarms = shown.get(found[1], {})
            if part_asked(asked) == "list":
                return Said(200, list(alarms.values()))
            one = alarms.get(found[2])
            return Said(200, one) if one else Said(404, {"message": "no such alarm"})

        wrapped(server, "last", around)

    return change


def named(ids: Callable[[int], str]) -> Change:
    def change(server: Server) -> None:
        numbers = itertools.count(1)
        wrapped(server, "new_id", lambda _: ids(next(numbers)))
        server.houses = {}
        server.__post_init__()

    return change


def offsets(server: Server) -> None:
    zones = itertools.cycle((UTC, timezone(timedelta(hours=5, minutes=30))))
    wrapped(server, "written", lambda _, time: time.astimezone(next(zones)).isoformat())


def other_spelling(_: Server, asked: Asked, it: Said) -> Said:
    """Write the same moments in another zone when one alarm is read."""
    if part_asked(asked) == "read" and it.status == 200:
        for name in ("madeAt", "changedAt"):
            it.value[name] = it.value[name].replace("Z", "+00:00")
    return it


def precise_answers(_: Server, asked: Asked, it: Said) -> Said:
    """Answer with microseconds what is stored with milliseconds."""
    if asked.method in {"POST", "PUT"} and it.status == 201:
        for name in ("madeAt", "changedAt"):
            it.value[name] = it.value[name].replace("Z", "321Z")
    return it


def seconds(server: Server) -> None:
    wrapped(server, "written", lambda _, time: time.strftime("%Y-%m-%dT%H:%M:%SZ"))


def no_part(server: Server) -> None:
    """Have no Rings until somebody defines them."""

    def making(inner: Callable[..., Any], *given: Any) -> Alarm:
        alarm: Alarm = inner(*given)
        del alarm["Rings"]
        return alarm

    def merging(inner: Callable[..., Any], house: str, identity: str, body: Alarm) -> Any:
        server.read(house, identity).setdefault("Rings", server.rings(server.now()))
        return inner(house, identity, body)

    wrapped(server, "made", making)
    wrapped(server, "merge", merging)


def short_answers(_: Server, asked: Asked, it: Said) -> Said:
    """Leave out what is optional where a write is answered."""
    if asked.method in {"POST", "PUT"} and it.status == 201:
        it.value = {
            name: value for name, value in it.value.items() if name not in {"Rings", "armed"}
        }
    return it


def own_time(server: Server) -> None:
    """Move the time of the Rings alone where they change."""

    def around(inner: Callable[..., Any], house: str, identity: str, body: Alarm) -> Any:
        before = server.read(house, identity)["changedAt"]
        rings = inner(house, identity, body)
        server.read(house, identity)["changedAt"] = before
        return rings

    wrapped(server, "merge", around)


def no_delete(code: int) -> Change:
    def around(inner: Callable[..., Any], asked: Asked, part: str) -> None:
        if part == "delete":
            raise Refusal(code, "not offered")
        inner(asked, part)

    return method("admit", around)


def deletes_twice(server: Server) -> None:
    gone: set[str] = set()

    def around(inner: Callable[..., Any], house: str, identity: str) -> Any:
        if identity not in gone:
            inner(house, identity)
        gone.add(identity)

    wrapped(server, "delete", around)


def with_body(server: Server) -> None:
    server.statuses["delete"] = 200

    def around(inner: Callable[..., Any], house: str, identity: str) -> Any:
        alarm = deepcopy(server.read(house, identity))
        inner(house, identity)
        return alarm

    wrapped(server, "delete", around)


def gone_410(server: Server) -> None:
    gone: set[str] = set()

    def deleting(inner: Callable[..., Any], house: str, identity: str) -> Any:
        inner(house, identity)
        gone.add(identity)

    def reading(inner: Callable[..., Any], house: str, identity: str) -> Alarm:
        if identity in gone:
            raise Refusal(410)
        return inner(house, identity)  # type: ignore[no-any-return]

    wrapped(server, "delete", deleting)
    wrapped(server, "read", reading)


def without_defaults(_: Server, asked: Asked, it: Said) -> Said:
    """Leave out a member that has its default."""
    del asked
    for alarm in it.value if isinstance(it.value, list) else [it.value]:
        if isinstance(alarm, dict) and alarm.get("armed") is False:
            del alarm["armed"]
    return it


def crowded(server: Server) -> None:
    for number in range(30):
        server.create(SCRATCH, {"title": f"number {number}", "armed": True})


def empty(server: Server) -> None:
    server.houses = {SCRATCH: {}, OTHER: {}}


def foreign_as(code: int) -> Change:
    def around(inner: Callable[..., Any], asked: Asked, part: str) -> None:
        if asked.token == "their-token":
            raise Refusal(code)
        inner(asked, part)

    return method("admit", around)


def lazy(server: Server) -> None:
    """Move no time where an update changes nothing."""

    def around(inner: Callable[..., Any], house: str, identity: str, body: Alarm) -> Any:
        alarm = server.read(house, identity)
        if all(alarm.get(name) == value for name, value in body.items()):
            return alarm
        return inner(house, identity, body)

    wrapped(server, "update", around)


def busy(server: Server) -> None:
    """Tell now and then to come again at once."""
    turns = itertools.count()

    def around(inner: Callable[..., Any], asked: Asked, part: str) -> None:
        if next(turns) % 9 == 5:
            raise Refusal(429)
        inner(asked, part)

    def again(_: Server, asked: Asked, it: Said) -> Said:
        del asked
        it.headers += (("Retry-After", "0"),) if it.status == 429 else ()
        return it

    wrapped(server, "admit", around)
    said(again)(server)


def newest_first(inner: Callable[..., Any], house: str) -> list[Alarm]:
    return list(reversed(inner(house)))


ODDITIES = (
    Oddity("plain", lambda _: None),
    Oddity("201 with Location", said(located)),
    Oddity("members in another order", said(reordered)),
    Oddity("more headers", said(headed)),
    Oddity("pretty JSON", said(pretty)),
    Oddity("more members", fields),
    Oddity("shown one look later", late(1), 5.0),
    Oddity("shown many looks later", late(9), 5.0),
    Oddity("settled at once, and waited for", lambda _: None, 5.0),
    Oddity("delete is 200 with a body", with_body),
    Oddity("delete is 202", status("delete", 202)),
    Oddity("delete is the same twice", deletes_twice),
    Oddity("deleted is 410", gone_410),
    Oddity("unknown is 400", refusal("unknown", 400)),
    Oddity("unknown is 403", refusal("unknown", 403)),
    Oddity("delete is 405", no_delete(405)),
    Oddity("delete is 404", no_delete(404)),
    Oddity("delete is 501", no_delete(501)),
    Oddity("ids are UUIDs", named(lambda n: str(UUID(int=n * 7919 + (4 << 76) + (8 << 60))))),
    Oddity("ids are numbers as texts", named(lambda n: str(41 + n))),
    Oddity("ids are ULIDs", named(lambda n: f"01ARZ3NDEKTSV4RRFFQ69G5F{n:02}")),
    Oddity("ids are words", named(lambda n: "alarm" + "abcdefghijklmnopqrstuvwxyz"[n % 26])),
    Oddity("ids have odd characters", named(lambda n: f"ä {n}:%")),
    Oddity("times have offsets", offsets),
    Oddity("a read spells times in another way", said(other_spelling)),
    Oddity("answers are more precise than reads", said(precise_answers)),
    Oddity("times are whole seconds", seconds),
    Oddity("no part until it is merged", no_part),
    Oddity("answers without optional members", said(short_answers)),
    Oddity("defaults are left out", said(without_defaults)),
    Oddity("a merge moves the time of the part", own_time),
    Oddity("a list of many", crowded),
    Oddity("an empty list", empty),
    Oddity("the newest first", method("listed", newest_first)),
    Oddity("strangers are 403", foreign_as(403)),
    Oddity("strangers are 404", foreign_as(404)),
    Oddity("no change moves no time", lazy),
    Oddity("now and then it is busy", busy),
)
