"""The ways to bend the reference: its data, its answers, its ears, its bytes."""

from __future__ import annotations

import copy
import gzip
import json
from collections.abc import Callable
from dataclasses import replace
from urllib.parse import quote, unquote

from liars import honest
from liars.honest import TOKEN, Answer, Header, Item
from liars.server import Request, Speaker, Speech

Change = Callable[[Request, Answer], Answer]
Condition = Callable[[Request, Answer], bool]
Edit = Callable[[Item], None]


# When it is bent.


def lists(request: Request, given: Answer) -> bool:
    """True for an answer with at least one webhook, or the head of one."""
    found = request.method in {"GET", "HEAD"} and given.status == 200
    return found and given.body != b"[]"


def always(_request: Request, _given: Answer) -> bool:
    """True for every answer."""
    return True


def answered(*statuses: int) -> Condition:
    """True for an answer with one of these statuses."""
    return lambda _, given: given.status in statuses


refuses = answered(401)
admits = answered(200, 400)


def asked(*instance_ids: str) -> Condition:
    """True for a request with valid credentials for one of these instances."""
    return lambda request, given: admits(request, given) and asked_id(request) in instance_ids


def holding(characters: str) -> Condition:
    """True for a request with valid credentials for an instance id with one of these characters."""
    return lambda request, given: (
        admits(request, given) and bool(set(characters) & set(asked_id(request)))
    )


def about(fits: Callable[[str], bool]) -> Condition:
    """True for a request with valid credentials for an id like this."""
    return lambda request, given: given.status == 200 and fits(asked_id(request))


def by(*methods: str) -> Condition:
    """True for a request by one of these methods."""
    return lambda request, _: request.method in methods


def sent(name: str, *values: str) -> Condition:
    """True for a request that has a header with these values; none: without it."""
    return lambda request, _: request.values(name) == list(values)


def every(count: int) -> Condition:
    """True for one request of so many."""
    return lambda request, _: request.number % count == 0


def at(number: int) -> Condition:
    """True for one request of a server's life."""
    return lambda request, _: request.number == number


def after(number: int) -> Condition:
    """True for an answer with webhooks to a request that comes after so many."""
    return lambda request, given: lists(request, given) and request.number > number


def both(one: Condition, other: Condition) -> Condition:
    """True where two conditions hold."""
    return lambda request, given: one(request, given) and other(request, given)


def asked_id(request: Request) -> str:
    """Return the instance id of a request."""
    path = honest.PATH.fullmatch(request.path)
    return unquote(path[1]) if path else ""


# What is bent: answers.


def answering(change: Change, when: Condition = lists) -> Speaker:
    """Change the answers for which a condition holds."""

    def speaker(request: Request) -> Speech:
        given = honest.answer(request)
        return honest.said(request, change(request, given) if when(request, given) else given)

    return speaker


def becoming(status: int, when: Condition = lists) -> Speaker:
    """Give an answer another status."""
    return answering(lambda _, given: replace(given, status=status), when)


def instead(other: Answer, when: Condition) -> Speaker:
    """Answer something else."""
    return answering(lambda *_: other, when)


def failing(status: int, when: Condition) -> Speaker:
    """Refuse what is no mistake of the caller."""
    return instead(honest.refusal(status), when)


def headed(*headers: Header, when: Condition = lists) -> Speaker:
    """Replace headers by others; one without a value goes."""
    names = {name.lower() for name, _ in headers}
    added = tuple(header for header in headers if header[1])
    return answering(
        lambda _, given: replace(
            given, headers=(*(old for old in given.headers if old[0].lower() not in names), *added)
        ),
        when,
    )


def adding(*headers: Header, when: Condition) -> Speaker:
    """Add headers to the answers for which a condition holds."""
    return answering(lambda _, given: replace(given, headers=(*given.headers, *headers)), when)


# What is bent: bodies.


def written(write: Callable[[str], bytes], when: Condition = lists) -> Speaker:
    """Write the text of a body in another way."""
    return answering(lambda _, given: replace(given, body=write(given.body.decode())), when)


def body(change: Callable[[list[Item]], object], when: Condition = lists) -> Speaker:
    """Replace the value of a body."""
    return written(lambda text: json.dumps(change(json.loads(text))).encode(), when)


def complaint(value: object) -> Speaker:
    """Tell of wrong credentials in other words."""
    return written(lambda _: json.dumps(value).encode(), refuses)


def items(*edits: Edit, when: Condition = lists) -> Speaker:
    """Edit every webhook."""
    return body(lambda webhooks: [edited(webhook, *edits) for webhook in webhooks], when)


def second(*edits: Edit) -> Speaker:
    """Edit the last of two webhooks."""
    return body(lambda webhooks: [*webhooks[:-1], edited(webhooks[-1], *edits)], when=asked("crm"))


def edited(item: Item, *edits: Edit) -> Item:
    """Return a webhook as the edits leave it."""
    item = copy.deepcopy(item)
    for edit in edits:
        edit(item)
    return item


def put(path: str, value: object) -> Edit:
    """Give a member another value, where the object that holds it is there."""

    def edit(item: Item) -> None:
        holder, name = _place(item, path)
        if holder is not None:
            holder[name] = value

    return edit


def drop(path: str) -> Edit:
    """Leave a member out."""

    def edit(item: Item) -> None:
        holder, name = _place(item, path)
        if holder is not None:
            holder.pop(name, None)

    return edit


def rename(path: str, new: str) -> Edit:
    """Give a member another name."""

    def edit(item: Item) -> None:
        holder, name = _place(item, path)
        if holder is not None and name in holder:
            holder[new] = holder.pop(name)

    return edit


def _place(item: Item, path: str) -> tuple[Item | None, str]:
    """Return the object that holds a member, `None` where it is absent."""
    parent, _, name = path.rpartition(".")
    holder = item.get(parent) if parent else item
    return (holder if isinstance(holder, dict) else None), name


# What is bent: ears.


def hearing(change: Callable[[Request], Request]) -> Speaker:
    """Take a request for another one."""
    return lambda request: honest.said(request, honest.answer(change(request)))


def late(change: Callable[[Request], Request], number: int) -> Speaker:
    """Take a request for another one once there have been so many."""
    return hearing(lambda request: change(request) if request.number > number else request)


def trusting_header(name: str) -> Speaker:
    """Let in whoever shows the token in another header."""

    def hear(request: Request) -> Request:
        shown = any(TOKEN in value for value in request.values(name))
        return authorised(request) if shown else request

    return hearing(hear)


def trusting(believes: Callable[[str], bool]) -> Speaker:
    """Let in whoever gives one credential that is believed."""

    def hear(request: Request) -> Request:
        given = request.values("authorization")
        return authorised(request) if len(given) == 1 and believes(given[0]) else request

    return hearing(hear)


def showing(*credentials: str) -> Callable[[Request], Request]:
    """Let in whoever shows just these Authorization headers."""
    return lambda request: (
        authorised(request) if request.values("authorization") == list(credentials) else request
    )


def welcoming(*credentials: str) -> Speaker:
    """Let in whoever gives just these credentials; none: whoever gives none."""
    return hearing(
        lambda request: (
            authorised(request)
            if request.values("authorization") == list(credentials)
            and request.method == "GET"
            and not _elsewhere(request)
            else request
        )
    )


def _elsewhere(request: Request) -> bool:
    """Tell whether the token stands in another place than the Authorization header."""
    others = [value for name, value in request.headers if name != "authorization"]
    return any(TOKEN in text for text in (request.query, *others))


def mistaking(change: Callable[[str], str]) -> Speaker:
    """Take an instance id for another one."""
    return hearing(lambda request: readdressed(request, change(asked_id(request))))


def authorised(request: Request) -> Request:
    """Return the request as one with the right token would have made it."""
    headers = [header for header in request.headers if header[0] != "authorization"]
    return replace(request, headers=(*headers, ("authorization", f"Bearer {TOKEN}")))


def readdressed(request: Request, instance_id: str) -> Request:
    """Return the request as one for another instance."""
    if instance_id == asked_id(request):
        return request
    return replace(request, target=f"/api/v2/instance/{quote(instance_id, safe='')}/webhook")


# What is bent: bytes.


def speaking(change: Callable[[Speech], Speech], when: Condition = lists) -> Speaker:
    """Change what is said where a condition holds."""

    def speaker(request: Request) -> Speech:
        given = honest.answer(request)
        speech = honest.said(request, given)
        return change(speech) if when(request, given) else speech

    return speaker


def rewire(change: Callable[[bytes], bytes], when: Condition = lists) -> Speaker:
    """Change the bytes."""
    return speaking(lambda speech: replace(speech, raw=change(speech.raw)), when)


def swap(old: str, new: str, when: Condition = lists) -> Speaker:
    """Put other bytes where some stand first."""
    return rewire(lambda raw: raw.replace(old.encode("latin-1"), new.encode("latin-1"), 1), when)


def coded(given: Answer, encode: Callable[[bytes], bytes], *headers: Header) -> Answer:
    """Encode a body and say so."""
    return replace(given, headers=(*given.headers, *headers), body=encode(given.body))


def zipped(raw: bytes) -> bytes:
    """Compress a body, the same way on every day."""
    return gzip.compress(raw, mtime=0)


def chunked(raw: bytes) -> bytes:
    """Write a body in chunks of 100 bytes."""
    parts = [raw[start : start + 100] for start in range(0, len(raw), 100)]
    return b"".join(b"%x\r\n%b\r\n" % (len(part), part) for part in [*parts, b""])
