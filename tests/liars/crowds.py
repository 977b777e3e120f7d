"""Liars that remember who is on a connection, and liars that fail where several ask at once."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable
from dataclasses import replace

from liars import honest
from liars.bend import asked_id, authorised, edited, put
from liars.credentials import JUNK
from liars.honest import CHALLENGE, Answer, found, refusal
from liars.row import error
from liars.server import MOMENT, Request, Speaker, Speech

MANY = 4
"""Requests under way at which these servers break."""


def sessions(admitted: Callable[[Request, set[int]], Answer]) -> Speaker:
    """Answer by the connections on which somebody has come in; a new server has forgotten them."""
    inside: set[int] = set()

    def speaker(request: Request) -> Speech:
        if request.number == 1:
            inside.clear()
        given = admitted(request, inside)
        return honest.said(request, given)

    return speaker


def _stays_in(request: Request, inside: set[int]) -> Answer:
    if honest.authorised(request):
        inside.add(request.line)
    return honest.answer(authorised(request) if request.line in inside else request)


def _stays_out(request: Request, outside: set[int]) -> Answer:
    if request.values("authorization") == [JUNK]:
        outside.add(request.line)
    refused = request.line in outside and request.method == "GET"
    return refusal(401, CHALLENGE) if refused else honest.answer(request)


class Crowd:
    """Answers in another way where several requests are under way at the same time."""

    def __init__(self, change: Callable[[Request, list[Request]], Answer]) -> None:
        self.change = change
        self.under_way: list[Request] = []
        self.lock = threading.Lock()

    def __call__(self, request: Request) -> Speech:
        with self.lock:
            if request.number == 1:
                self.under_way.clear()
            self.under_way.append(request)
        time.sleep(MOMENT)
        with self.lock:
            crowd = list(self.under_way)
        time.sleep(MOMENT)
        with self.lock:
            self.under_way.remove(request)
        return honest.said(request, self.change(request, crowd))


def _mixes_up(request: Request, crowd: list[Request]) -> Answer:
    """Show an instance with a name of another one that is asked for by somebody else."""
    given = honest.answer(request)
    mixed = given.status == 200 and asked_id(request) == "crm"
    if mixed and any(asked_id(other) == "shop" for other in crowd):
        return found([edited(item, put("name", "shop 1")) for item in honest.WEBHOOKS["crm"]])
    return given


def _opens(request: Request, crowd: list[Request]) -> Answer:
    """Let in whoever comes without credentials while there are many."""
    plain = request.method == "GET" and not request.query and not request.values("authorization")
    known = {name for name, _ in request.headers} <= PLAIN
    crowded = len(crowd) >= MANY and plain and known
    return honest.answer(authorised(request) if crowded else request)


PLAIN = {"host", "user-agent", "connection", "accept", "accept-encoding"}


def _breaks(request: Request, crowd: list[Request]) -> Answer:
    return refusal(500) if len(crowd) >= MANY else honest.answer(request)


def _hands_over(request: Request, crowd: list[Request]) -> Answer:
    """Give one request the answer of another."""
    return honest.answer(crowd[(crowd.index(request) + 1) % len(crowd)])


HANDS_OVER: Speaker = Crowd(_hands_over)
"""Breaks whatever is under way just then, so no clause of its own is named in the catalogue."""

SESSIONS = (
    error("who came in stays in, on that connection", sessions(_stays_in), "security.missing"),
    error("who was refused stays out, on that connection", sessions(_stays_out), "id.known"),
)

CROWDS = (
    error("another instance's data for one of several", Crowd(_mixes_up), "meaning.stable"),
    replace(
        error("open to everybody while there are many", Crowd(_opens), "security.missing"),
        by_chance=frozenset({"security.missing", "security.always"}),
    ),
    error("500 where many ask at once", Crowd(_breaks), "status.server-error"),
)
"""Seen only where several requests arrive at the same time."""

ROWS = (*SESSIONS, *CROWDS)
