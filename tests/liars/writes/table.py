"""The liars of writes: what each does wrong, and the clause that must say so."""

from __future__ import annotations

import json
from collections.abc import Callable
from copy import deepcopy
from dataclasses import dataclass
from datetime import timedelta
from typing import Any

from liars.writes.server import OTHER, PATH, SCRATCH, Alarm, Asked, Refusal, Said, Server, part_of

Change = Callable[[Server], None]


@dataclass(frozen=True)
class Liar:
    """A server that breaks one promise; `clause` is the one that is about it."""

    name: str
    clause: str
    change: Change


def wrapped(server: Server, name: str, around: Callable[..., Any]) -> None:
    """Put a function around a method; it gets the method, and what the method gets."""
    inner = getattr(server, name)
    setattr(server, name, lambda *given: around(inner, *given))


def method(name: str, around: Callable[..., Any]) -> Change:
    return lambda server: wrapped(server, name, around)


def status(part: str, code: int) -> Change:
    def change(server: Server) -> None:
        server.statuses[part] = code

    return change


def refusal(kind: str, code: int) -> Change:
    def change(server: Server) -> None:
        server.refusals[kind] = code

    return change


def answers(part: str, bend: Callable[[Server, Any], Any]) -> Change:
    """Bend what one part says, and leave the store as it is."""

    def change(server: Server) -> None:
        def around(inner: Callable[..., Any], asked: Asked, said: Said) -> Said:
            said = inner(asked, said)
            if said.status < 300 and part_asked(asked) == part:
                said.value = bend(server, said.value)
            return said

        wrapped(server, "last", around)

    return change


def part_asked(asked: Asked) -> str | None:
    found = PATH.fullmatch(asked.path)
    return part_of(asked.method, found[2], found[3]) if found else None


def behind(part: str, after: Callable[[Server, str, Any], None]) -> Change:
    """Do something more behind a write that was done."""

    def change(server: Server) -> None:
        def around(inner: Callable[..., Any], house: str, *given: Any) -> Any:
            made = deepcopy(inner(house, *given))
            after(server, house, given[0] if part != "create" else made["alarmId"])
            return made

        wrapped(server, part, around)

    return change


def refused(part: str, kind: str, does: Callable[[Server, str, str | None, bytes], None]) -> Change:
    """Do something although a request of a part is refused, for a broken body or credentials."""
    codes = {"invalid": {400}, "credentials": {401}, "unknown": {404}}[kind]

    def change(server: Server) -> None:
        def around(inner: Callable[..., Any], asked: Asked, said: Said) -> Said:
            said = inner(asked, said)
            found = PATH.fullmatch(asked.path)
            if said.status in codes and found and part_asked(asked) == part:
                does(server, found[1], found[2], asked.content)
            return said

        wrapped(server, "last", around)

    return change


def admits(part: str, token: str | None) -> Change:
    def change(server: Server) -> None:
        def around(inner: Callable[..., Any], asked: Asked, wanted: str) -> None:
            if not (wanted == part and (asked.token == token or (token == "any" and asked.token))):
                inner(asked, wanted)

        wrapped(server, "admit", around)

    return change


def lax(part: str, repair: Callable[[Any], Alarm | None]) -> Change:
    """Take a body that must be refused; `repair` makes one that can be kept, or none."""

    def change(server: Server) -> None:
        def around(inner: Callable[..., Any], wanted: str, content: bytes) -> Alarm:
            try:
                return inner(wanted, content)  # type: ignore[no-any-return]
            except Refusal:
                try:
                    body = json.loads(content)
                except ValueError:
                    body = None
                repaired = repair(body) if wanted == part else None
                if repaired is None:
                    raise
                return repaired

        wrapped(server, "check", around)

    return change


def no_title(body: Any) -> Alarm | None:
    return {**body, "title": ""} if isinstance(body, dict) and "title" not in body else None


def coerced(body: Any) -> Alarm | None:
    if not isinstance(body, dict):
        return None
    armed = body.get("armed")
    wrong = "armed" in body and not isinstance(armed, bool)
    return {**body, "armed": bool(armed)} if wrong and "title" in body else None


def flags_coerced(body: Any) -> Alarm | None:
    wrong = isinstance(body, dict) and not all(isinstance(it, bool) for it in body.values())
    return {name: bool(value) for name, value in body.items()} if wrong else None


def half_read(body: Any) -> Alarm | None:
    return {"title": "unreadable"} if body is None else None


def first_of(body: Any) -> Alarm | None:
    return body[0] if isinstance(body, list) and body else None


def alarm_of(server: Server, house: str, identity: str | None) -> Alarm:
    return server.houses.get(house, {}).get(identity or "", {})


def others_of(server: Server, house: str, identity: str | None) -> list[Alarm]:
    return [it for key, it in server.houses.get(house, {}).items() if key != identity]


def touch(server: Server, house: str, identity: str | None) -> None:
    alarm = alarm_of(server, house, identity)
    if alarm:
        alarm["changedAt"] = server.now()


def rename(server: Server, house: str, identity: str | None) -> None:
    for other in others_of(server, house, identity)[-1:]:
        other["title"] = "somebody was here"


def drop_other(server: Server, house: str, identity: str | None) -> None:
    keys = [key for key in server.houses[house] if key != identity]
    if keys:
        del server.houses[house][keys[-1]]


def keep(server: Server, house: str, identity: str | None, content: bytes) -> None:
    """Store a refused body, as far as it is one."""
    del identity
    try:
        body = json.loads(content)
    except ValueError:
        return
    if isinstance(body, dict):
        Server.create(server, house, {"title": "kept", **body})


def apply(server: Server, house: str, identity: str | None, content: bytes) -> None:
    try:
        body = json.loads(content)
    except ValueError:
        return
    alarm = alarm_of(server, house, identity)
    if alarm and isinstance(body, dict):
        known = {"bell", "light", "phone"} & body.keys()
        (alarm["Rings"] if known else alarm).update(body)


def erase(server: Server, house: str, identity: str | None, content: bytes) -> None:
    del content
    server.houses[house].pop(identity or "", None)


def stale(server: Server) -> None:
    """Show the list as it was before the last create, for ever."""
    shown: dict[str, list[Alarm]] = {}

    def around(inner: Callable[..., Any], house: str) -> list[Alarm]:
        return shown.setdefault(house, deepcopy(inner(house)))

    wrapped(server, "listed", around)


def stale_reads(server: Server) -> None:
    """Show each alarm as it was first read."""
    shown: dict[str, Alarm] = {}

    def answering(inner: Callable[..., Any], asked: Asked, said: Said) -> Said:
        said = inner(asked, said)
        found = PATH.fullmatch(asked.path)
        if found and part_asked(asked) == "read" and said.status == 200:
            said.value = shown.setdefault(found[2], said.value)
        return said

    wrapped(server, "last", answering)


def echo(part: str) -> Change:
    """Answer as if a write were done, and do not do it."""

    def change(server: Server) -> None:
        def around(inner: Callable[..., Any], house: str, *given: Any) -> Any:
            kept = deepcopy(server.houses)
            said = deepcopy(inner(house, *given))
            server.houses = kept
            return said

        wrapped(server, part, around)

    return change


def old_answer(part: str) -> Change:
    """Do a write, and answer with what was there before."""

    def change(server: Server) -> None:
        def around(inner: Callable[..., Any], house: str, identity: str, body: Alarm) -> Any:
            alarm = deepcopy(server.read(house, identity))
            inner(house, identity, body)
            return alarm["Rings"] if part == "merge" else alarm

        wrapped(server, part, around)

    return change


def without(name: str) -> Callable[[Server, Any], Any]:
    return lambda _, value: {key: it for key, it in value.items() if key != name}


def with_(**members: Any) -> Callable[[Server, Any], Any]:
    return lambda _, value: {**value, **members}


def twice(inner: Callable[..., Any], house: str, body: Alarm) -> Any:
    inner(house, body)
    return inner(house, body)


def reused(server: Server) -> None:
    """Give the id of what was deleted to what is created next."""
    free: list[str] = []

    def deleting(inner: Callable[..., Any], house: str, identity: str) -> Any:
        inner(house, identity)
        free.append(identity)

    def naming(inner: Callable[..., Any]) -> str:
        return free.pop() if free else inner()

    wrapped(server, "delete", deleting)
    wrapped(server, "new_id", naming)


def half_busy(server: Server) -> None:
    """Do a create, and tell to come again: who does creates twice."""
    told: list[bytes] = []

    def around(inner: Callable[..., Any], asked: Asked, said: Said) -> Said:
        said = inner(asked, said)
        if part_asked(asked) == "create" and said.status == 201 and asked.content not in told:
            told.append(asked.content)
            return Said(503, {"message": "busy"}, (("Retry-After", "0"),))
        return said

    wrapped(server, "last", around)


def misplaced(server: Server) -> None:
    """Keep in another house what is created."""

    def around(inner: Callable[..., Any], house: str, body: Alarm) -> Any:
        made = deepcopy(inner(house, body))
        server.houses[OTHER][made["alarmId"]] = server.houses[house].pop(made["alarmId"])
        return made

    wrapped(server, "create", around)


def forgets(server: Server) -> None:
    """Lose a change a few requests later."""
    kept: list[tuple[int, dict[str, dict[str, Alarm]]]] = []

    def around(inner: Callable[..., Any], house: str, identity: str, body: Alarm) -> Any:
        kept.append((len(server.said), deepcopy(server.houses)))
        return inner(house, identity, body)

    def listing(inner: Callable[..., Any], house: str) -> list[Alarm]:
        if kept and len(server.said) > kept[0][0] + 2:
            server.houses = kept[0][1]
            kept.clear()
        listed: list[Alarm] = inner(house)
        return listed

    wrapped(server, "update", around)
    wrapped(server, "listed", listing)


def assigns(part: str, name: str) -> Change:
    """Take from a body what the server alone may say."""

    def checking(inner: Callable[..., Any], wanted: str, content: bytes) -> Alarm:
        body: Alarm = inner(wanted, content)
        given = json.loads(content)
        return {**body, name: given[name]} if wanted == part and name in given else body

    def change(server: Server) -> None:
        def creating(_: Callable[..., Any], house: str, body: Alarm) -> Any:
            alarm = server.made(house, body)
            alarm |= {name: body[name]} if name in body else {}
            server.houses[house][alarm["alarmId"]] = alarm
            return alarm

        def updating(inner: Callable[..., Any], house: str, identity: str, body: Alarm) -> Any:
            alarm = inner(house, identity, body)
            alarm |= {name: body[name]} if name in body else {}
            return alarm

        wrapped(server, "check", checking)
        wrapped(server, part, creating if part == "create" else updating)

    return change


def taken(server: Server) -> None:
    """Answer a create with the id of the first alarm there is."""

    def around(inner: Callable[..., Any], house: str, body: Alarm) -> Any:
        made = deepcopy(inner(house, body))
        return {**made, "alarmId": next(iter(server.houses[house]))}

    wrapped(server, "create", around)


def replaces(inner: Callable[..., Any], house: str, identity: str, body: Alarm) -> Any:
    everything = dict.fromkeys(("bell", "light", "phone"), True)
    return inner(house, identity, {**everything, **body})


def drops(server: Server) -> None:
    """Keep of the flags those alone that a merge names."""

    def around(inner: Callable[..., Any], house: str, identity: str, body: Alarm) -> Any:
        rings = server.read(house, identity)["Rings"]
        for name in ("bell", "light", "phone"):
            rings.pop(name, None)
        return inner(house, identity, body)

    wrapped(server, "merge", around)


def resets(server: Server, house: str, identity: str | None) -> None:
    alarm_of(server, house, identity)["Rings"].update(bell=True, light=True, phone=False)


def remade(server: Server, house: str, identity: str | None) -> None:
    alarm_of(server, house, identity)["madeAt"] = server.now()


def elsewhere(server: Server, house: str, identity: str | None) -> None:
    alarm = deepcopy(alarm_of(server, house, identity))
    server.houses[OTHER][identity or ""] = {**alarm, "house": OTHER}


def loses_elsewhere(server: Server, house: str, identity: str | None) -> None:
    del house, identity
    server.houses[OTHER].clear()


def upsert(
    inner: Callable[..., Any], server: Server, house: str, identity: str, body: Alarm
) -> Any:
    if identity not in server.houses[house]:
        made = server.made(house, body)
        server.houses[house][identity] = {**made, "alarmId": identity}
    return inner(house, identity, body)


def upserts(server: Server) -> None:
    wrapped(server, "update", lambda inner, *given: upsert(inner, server, *given))


def any_house(server: Server) -> None:
    """Read an alarm through whichever house."""

    def around(inner: Callable[..., Any], house: str, identity: str) -> Alarm:
        for alarms in server.houses.values():
            if identity in alarms:
                return alarms[identity]
        return inner(house, identity)  # type: ignore[no-any-return]

    wrapped(server, "read", around)


def soft_delete(server: Server) -> None:
    """Say that it is deleted, and turn it off."""

    def around(inner: Callable[..., Any], house: str, identity: str) -> None:
        del inner
        server.read(house, identity)["armed"] = False

    wrapped(server, "delete", around)


def half_deleted(where: str) -> Change:
    """Take it from the list and leave it readable, or the reverse."""

    def change(server: Server) -> None:
        gone: dict[str, Alarm] = {}

        def deleting(inner: Callable[..., Any], house: str, identity: str) -> Any:
            if identity in server.houses.get(house, {}):
                gone[identity] = deepcopy(server.read(house, identity))
            return inner(house, identity)

        def listing(inner: Callable[..., Any], house: str) -> list[Alarm]:
            return [*inner(house), *(gone.values() if house == SCRATCH else ())]

        if where == "read":

            def answering(inner: Callable[..., Any], asked: Asked, said: Said) -> Said:
                said = inner(asked, said)
                found = PATH.fullmatch(asked.path)
                if (
                    found
                    and found[2] in gone
                    and part_asked(asked) == "read"
                    and found[1] == SCRATCH
                ):
                    return Said(200, deepcopy(gone[found[2]]))
                return said

            wrapped(server, "last", answering)
        else:
            wrapped(server, "listed", listing)
        wrapped(server, "delete", deleting)

    return change


def second_fails(part: str, code: int) -> Change:
    """Refuse the same write when it comes again."""
    seen: list[tuple[str, str, bytes]] = []

    def change(server: Server) -> None:
        def around(inner: Callable[..., Any], asked: Asked, wanted: str) -> None:
            inner(asked, wanted)
            key = (asked.method, asked.path, asked.content)
            if wanted == part and seen[-1:] == [key]:
                raise Refusal(code)
            if wanted == part:
                seen.append(key)

        wrapped(server, "admit", around)

    return change


def toggles(server: Server) -> None:
    """Turn what a merge names, whatever it says, when it comes again."""
    last: list[Alarm] = []

    def around(inner: Callable[..., Any], house: str, identity: str, body: Alarm) -> Any:
        again = last[-1:] == [body]
        last.append(body)
        return inner(house, identity, {k: not v for k, v in body.items()} if again else body)

    wrapped(server, "merge", around)


def put_doubles(server: Server) -> None:
    """Add an alarm when the same PUT comes again."""
    last: list[Alarm] = []

    def around(inner: Callable[..., Any], house: str, identity: str, body: Alarm) -> Any:
        if last[-1:] == [body]:
            Server.create(server, house, body)
        last.append(body)
        return inner(house, identity, body)

    wrapped(server, "update", around)


def frozen(part: str) -> Change:
    """Leave the time of a change where it was."""

    def change(server: Server) -> None:
        def around(inner: Callable[..., Any], house: str, identity: str, body: Alarm) -> Any:
            alarm = server.read(house, identity)
            before = alarm["changedAt"], alarm["Rings"]["changedAt"]
            said = inner(house, identity, body)
            alarm["changedAt"], alarm["Rings"]["changedAt"] = before
            return said

        wrapped(server, part, around)

    return change


def backwards(server: Server) -> None:
    def around(inner: Callable[..., Any], house: str, identity: str, body: Alarm) -> Any:
        said = inner(house, identity, body)
        said["changedAt"] = said["madeAt"]
        return said

    def making(inner: Callable[..., Any], house: str, body: Alarm) -> Alarm:
        alarm: Alarm = inner(house, body)
        alarm["changedAt"] = server.written(server.time + timedelta(hours=1))
        return alarm

    wrapped(server, "update", around)
    wrapped(server, "made", making)


def reading_touches(server: Server) -> None:
    def around(inner: Callable[..., Any], house: str) -> list[Alarm]:
        listed: list[Alarm] = inner(house)
        for alarm in listed[:1]:
            alarm["changedAt"] = server.now()
        return listed

    wrapped(server, "listed", around)


def fails(part: str, code: int, kind: str = "") -> Change:
    """Answer a part with an error; of a kind of refusal, where it is one."""

    def change(server: Server) -> None:
        def around(inner: Callable[..., Any], asked: Asked, said: Said) -> Said:
            said = inner(asked, said)
            wanted = said.status == server.refusals[kind] if kind else said.status < 300
            if part_asked(asked) == part and wanted:
                return Said(code, {"message": "oh"})
            return said

        wrapped(server, "last", around)

    return change


def text_of(part: str, value: bytes, media_type: str = "application/json") -> Change:
    def change(server: Server) -> None:
        def around(inner: Callable[..., Any], asked: Asked, said: Said) -> Said:
            said = inner(asked, said)
            if part_asked(asked) == part and said.status < 300:
                return Said(said.status, value, media_type=media_type)
            return said

        wrapped(server, "last", around)

    return change


def defaults(**members: Any) -> Change:
    def around(inner: Callable[..., Any], house: str, body: Alarm) -> Alarm:
        alarm: Alarm = inner(house, body)
        for name, value in members.items():
            if name in alarm["Rings"]:
                alarm["Rings"][name] = value
            elif name not in body:
                alarm[name] = value
        return alarm

    return method("made", around)


def drops_member(name: str) -> Change:
    """Never keep one member of what is sent."""

    def around(inner: Callable[..., Any], part: str, content: bytes) -> Alarm:
        body = inner(part, content)
        return {key: value for key, value in body.items() if key != name}

    return method("check", around)


def upper_case(inner: Callable[..., Any], part: str, content: bytes) -> Alarm:
    body: Alarm = inner(part, content)
    return {**body, "title": body["title"].upper()} if "title" in body else body


def html(server: Server) -> None:
    def around(inner: Callable[..., Any], asked: Asked, said: Said) -> Said:
        said = inner(asked, said)
        if said.status == 400:
            return Said(400, b"<h1>Bad Request</h1>", media_type="text/html")
        return said

    wrapped(server, "last", around)


LIARS = (
    Liar("create answers 200", "create.status", status("create", 200)),
    Liar("create answers 202", "create.status", status("create", 202)),
    Liar("create answers 204", "create.status", status("create", 204)),
    Liar("create fails", "create.status", fails("create", 500)),
    Liar("create is not there", "create.status", fails("create", 405)),
    Liar("create answers a list", "create.body", answers("create", lambda _, v: [v])),
    Liar("create answers null", "create.body", answers("create", lambda *_: None)),
    Liar("create answers no id", "create.body", answers("create", without("alarmId"))),
    Liar("create answers an id as a number", "create.body", answers("create", with_(alarmId=7))),
    Liar("create answers no time", "create.body", answers("create", without("madeAt"))),
    Liar("create answers with another owner", "create.body", answers("create", with_(house="x"))),
    Liar("create answers what is no JSON", "create.body", text_of("create", b"{'title': 1}")),
    Liar("create answers JSON as HTML", "create.body", text_of("create", b"{}", "text/html")),
    Liar("create tells another title", "create.told", answers("create", with_(title="x"))),
    Liar("create tells that it is on", "create.told", answers("create", with_(armed=True))),
    Liar("echo without saving", "create.listed", echo("create")),
    Liar("stale list after a create", "create.listed", stale),
    Liar("create drops an optional member", "create.listed", drops_member("calls")),
    Liar(
        "create forgets an optional member",
        "create.listed",
        answers("list", lambda _, v: [{k: x for k, x in a.items() if k != "calls"} for a in v]),
    ),
    Liar("create writes in upper case", "create.listed", method("check", upper_case)),
    Liar(
        "the list cuts titles",
        "create.listed",
        answers("list", lambda _, v: [{**a, "title": a["title"][:9]} for a in v]),
    ),
    Liar(
        "the list turns everything on",
        "create.listed",
        answers("list", lambda _, v: [{**a, "armed": True} for a in v]),
    ),
    Liar("read shows another title", "create.found", answers("read", with_(title="x"))),
    Liar(
        "read shows other times",
        "create.found",
        answers("read", with_(madeAt="2020-01-01T00:00:00Z")),
    ),
    Liar("read is not there", "create.found", fails("read", 404)),
    Liar("read fails", "create.found", fails("read", 500)),
    Liar("double create behind a 503", "create.once", half_busy),
    Liar("create keeps it elsewhere", "create.listed", misplaced),
    Liar("a change is lost later", "update.again", forgets),
    Liar("create takes an id", "create.assigned", assigns("create", "alarmId")),
    Liar("create takes a time", "create.assigned", assigns("create", "madeAt")),
    Liar("update takes a time", "update.assigned", assigns("update", "madeAt")),
    Liar("double create", "create.once", method("create", twice)),
    Liar("create answers an id that is taken", "create.fresh", taken),
    Liar("an id is used again", "create.fresh", reused),
    Liar("defaults inverted: on", "create.defaults", defaults(armed=True)),
    Liar(
        "defaults inverted: silent",
        "create.defaults",
        defaults(bell=False, light=False, phone=False),
    ),
    Liar("one default inverted", "create.defaults", defaults(phone=False)),
    Liar("create renames another", "create.others", behind("create", rename)),
    Liar("create deletes another", "create.others", behind("create", drop_other)),
    Liar(
        "create touches another",
        "untouched",
        behind(
            "create",
            lambda s, h, i: touch(s, h, next((a["alarmId"] for a in others_of(s, h, i)), None)),
        ),
    ),
    Liar("create without a title is taken", "create.invalid", lax("create", no_title)),
    Liar("create takes any type", "create.invalid", lax("create", coerced)),
    Liar("create takes what is no JSON", "create.invalid", lax("create", half_read)),
    Liar("create takes an array", "create.invalid", lax("create", first_of)),
    Liar("a broken body crashes", "create.invalid", refusal("invalid", 500)),
    Liar("a broken body is 422", "create.invalid", refusal("invalid", 422)),
    Liar("a broken body is 200", "create.invalid", refusal("invalid", 200)),
    Liar("a refused create is kept", "create.refused", refused("create", "invalid", keep)),
    Liar("a create of nobody is kept", "create.refused", refused("create", "credentials", keep)),
    Liar("anybody may create", "create.credentials", admits("create", None)),
    Liar("any token may create", "create.credentials", admits("create", "any")),
    Liar("nobody is forbidden", "create.credentials", refusal("credentials", 403)),
    Liar("nobody is not found", "create.credentials", refusal("credentials", 404)),
    Liar("update answers 200", "update.status", status("update", 200)),
    Liar("update answers 204", "update.status", status("update", 204)),
    Liar("update fails", "update.status", fails("update", 500)),
    Liar("update is not there", "update.status", fails("update", 404)),
    Liar("update answers a list", "update.body", answers("update", lambda _, v: [v])),
    Liar("update answers without times", "update.body", answers("update", without("changedAt"))),
    Liar("update answers the old thing", "update.told", old_answer("update")),
    Liar("update answers another id", "update.told", answers("update", with_(alarmId="x"))),
    Liar("lost update", "update.listed", echo("update")),
    Liar(
        "update keeps the old address",
        "update.listed",
        method(
            "update", lambda inner, h, i, b: inner(h, i, {**b, "calls": "https://old.example/"})
        ),
    ),
    Liar("reads stay as they were first", "update.found", stale_reads),
    Liar("update resets the flags", "update.rest", behind("update", resets)),
    Liar(
        "update changes the owner",
        "update.rest",
        behind("update", lambda s, h, i: alarm_of(s, h, i).update(house="x")),
    ),
    Liar(
        "update loses the flags",
        "update.rest",
        behind("update", lambda s, h, i: alarm_of(s, h, i).pop("Rings", None) and None),
    ),
    Liar("update renames another", "update.others", behind("update", rename)),
    Liar("update deletes another", "update.others", behind("update", drop_other)),
    Liar("the same update is a conflict", "update.again", second_fails("update", 409)),
    Liar("the same update adds one", "update.again", put_doubles),
    Liar("update without a title is taken", "update.invalid", lax("update", no_title)),
    Liar("update takes any type", "update.invalid", lax("update", coerced)),
    Liar("a refused update is done", "update.refused", refused("update", "invalid", apply)),
    Liar("an update of nobody is done", "update.refused", refused("update", "credentials", apply)),
    Liar(
        "a refused update moves the time",
        "untouched",
        refused("update", "invalid", lambda s, h, i, _: touch(s, h, i)),
    ),
    Liar("update of what is unknown makes it", "update.unknown", upserts),
    Liar("update of what is unknown crashes", "update.unknown", fails("update", 500, "unknown")),
    Liar("anybody may read one", "read.credentials", admits("read", None)),
    Liar("any token may read one", "read.credentials", admits("read", "any")),
    Liar("somebody else may read one", "foreign", admits("read", "their-token")),
    Liar("anybody may update", "update.credentials", admits("update", None)),
    Liar("any token may update", "update.credentials", admits("update", "any")),
    Liar("somebody else may update", "foreign", admits("update", "their-token")),
    Liar("merge answers 201", "merge.status", status("merge", 201)),
    Liar("merge fails", "merge.status", fails("merge", 500)),
    Liar("merge answers a list", "merge.body", answers("merge", lambda _, v: [v])),
    Liar("merge answers without its id", "merge.body", answers("merge", without("ringsId"))),
    Liar("merge answers what was before", "merge.told", old_answer("merge")),
    Liar("merge is not saved", "merge.listed", echo("merge")),
    Liar(
        "merge does the reverse",
        "merge.listed",
        method("merge", lambda inner, h, i, b: inner(h, i, {k: not v for k, v in b.items()})),
    ),
    Liar("PATCH that replaces by defaults", "merge.keeps", method("merge", replaces)),
    Liar("PATCH that drops the rest", "merge.keeps", drops),
    Liar(
        "merge renames the thing",
        "merge.rest",
        behind("merge", lambda s, h, i: alarm_of(s, h, i).update(title="x")),
    ),
    Liar(
        "merge turns the thing on",
        "merge.rest",
        behind("merge", lambda s, h, i: alarm_of(s, h, i).update(armed=True)),
    ),
    Liar("merge renames another", "merge.others", behind("merge", rename)),
    Liar("the same merge turns it", "merge.again", toggles),
    Liar("merge takes any type", "merge.invalid", lax("merge", flags_coerced)),
    Liar("a merge of nobody is done", "merge.refused", refused("merge", "credentials", apply)),
    Liar("merge of what is unknown crashes", "merge.unknown", fails("merge", 500, "unknown")),
    Liar("anybody may merge", "merge.credentials", admits("merge", None)),
    Liar("delete fails", "delete.status", fails("delete", 500)),
    Liar("delete is refused", "delete.status", fails("delete", 400)),
    Liar("delete turns off", "delete.gone", soft_delete),
    Liar("delete does nothing", "delete.gone", method("delete", lambda *_: None)),
    Liar("what is deleted can be read", "delete.gone", half_deleted("read")),
    Liar("what is deleted is listed", "delete.gone", half_deleted("list")),
    Liar("delete deletes another", "delete.others", behind("delete", drop_other)),
    Liar("delete twice crashes", "delete.again", fails("delete", 500, "unknown")),
    Liar("a delete of nobody is done", "delete.refused", refused("delete", "credentials", erase)),
    Liar("anybody may delete", "delete.credentials", admits("delete", None)),
    Liar("any token may delete", "delete.credentials", admits("delete", "any")),
    Liar(
        "an unknown id can be read",
        "read.unknown",
        fails("read", 200, "unknown"),
    ),
    Liar("createdAt moves with an update", "created", behind("update", remade)),
    Liar("createdAt moves with a merge", "created", behind("merge", remade)),
    Liar("updatedAt stays with an update", "updated", frozen("update")),
    Liar("updatedAt stays with a merge", "updated", frozen("merge")),
    Liar("updatedAt runs back", "updated", backwards),
    Liar("reading moves updatedAt", "untouched", reading_touches),
    Liar("create shows up elsewhere", "isolated", behind("create", elsewhere)),
    Liar("another one loses what it had", "isolated", behind("update", loses_elsewhere)),
    Liar("read through another one", "isolated", any_house),
    Liar("errors are HTML", "errors", html),
)
