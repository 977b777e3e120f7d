"""Asks a server of alarms without a socket: what stands in the place of a connection."""

from __future__ import annotations

import time
from dataclasses import dataclass, replace
from datetime import timedelta
from pathlib import Path
from typing import Any

from liars.writes.server import OTHER, OTHER_TOKEN, SCRATCH, TOKEN, Asked, Cut, Server, alarms

from find_webhook_kit.contracts.config.options import Options
from find_webhook_kit.contracts.verdict import Verdict
from find_webhook_kit.contracts.wire.connection import Connection, Lost
from find_webhook_kit.contracts.wire.exchange import Answer
from find_webhook_kit.contracts.wire.probe import Probe
from find_webhook_kit.contracts.wire.target import Target, target, tenant
from find_webhook_kit.contracts.wire.world import World
from find_webhook_kit.contracts.writes import Consent, judge_writes
from find_webhook_kit.spec import Contract

WORD = "feedc0ffee"


@dataclass(eq=False)
class Inside(Connection):
    """A connection whose other side is called."""

    server: Any = None

    def ask(self, probe: Probe, deadline: float, *, stay: bool) -> tuple[Answer, bool]:
        del deadline
        shown = probe.credentials.wire(TOKEN)
        token = shown[0].removeprefix("Bearer ") if shown else None
        try:
            said = self.server.answer(Asked(probe.method, probe.path, token, probe.content or b""))
        except Cut:
            raise Lost("the connection was closed without an answer") from None
        headers = tuple((name.lower(), value) for name, value in said.headers)
        content = said.content()
        typed = (("content-type", said.media_type),) if content else ()
        self.used = True
        return Answer(said.status, (*typed, *headers), content, 0.0), stay

    def close(self) -> None:
        pass

    def abort(self) -> None:
        pass

    def unannounced(self, seconds: float = 0.0) -> bytes:
        del seconds
        return b""


def world(server: Server) -> World:
    """Return a world in which waiting takes no time, and the server's clock goes with it."""
    skipped = 0.0

    def sleep(seconds: float) -> None:
        nonlocal skipped
        skipped += seconds
        server.time += timedelta(seconds=seconds)

    def clock() -> float:
        return time.monotonic() + skipped

    def open_(to: Target, *_: Any) -> Connection:
        return Inside(to, None, clock, server=server)  # type: ignore[arg-type]

    return World(open_, clock, sleep)


def judged(
    server: Server,
    journal: Path,
    *,
    settle: float = 0.0,
    foreign: bool = True,
    contract: Contract | None = None,
    **options: Any,
) -> Verdict:
    """Judge the writes of a server of alarms, or of another contract."""
    at = target("http://127.0.0.1:9", token=TOKEN, instance_ids=(SCRATCH, OTHER))
    if foreign:
        at = replace(at, other=tenant(OTHER_TOKEN, "", at))
    leave = Consent(instance=SCRATCH, journal=journal, settle=settle, word=lambda: WORD)
    return judge_writes(at, Options(**options), contract or alarms(), leave, world=world(server))
