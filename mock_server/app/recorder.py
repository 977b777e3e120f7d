"""Watches every request from the outside: for the journal, the log and the cache of answers."""

from __future__ import annotations

from time import perf_counter, time

from starlette.types import ASGIApp, Message, Receive, Scope, Send

from find_webhook_kit.mock_server.answers.request_target import canonical
from find_webhook_kit.mock_server.answers.response import INSTANCE, REPLY, Reply
from find_webhook_kit.mock_server.app.admin import pages_of
from find_webhook_kit.mock_server.app.cache import (
    PLAIN,
    Cache,
    CacheEntry,
    CacheKey,
    Plain,
    Table,
    cache_key,
)
from find_webhook_kit.mock_server.app.guard import REFUSAL
from find_webhook_kit.mock_server.app.log import Log
from find_webhook_kit.mock_server.app.log_lines import FORMATS
from find_webhook_kit.mock_server.app.unknown_ids import UnknownIds
from find_webhook_kit.mock_server.app.validation import BODY
from find_webhook_kit.mock_server.exchange import Exchange, Pairs, Passed
from find_webhook_kit.mock_server.state import State


class Recorder:
    """Passes a request on, or answers it from the cache, and remembers what became of it."""

    def __init__(self, app: ASGIApp, state: State) -> None:
        self.app = app
        self.state = state
        self.replay = Cache(state)
        self._own = frozenset(pages_of(state.contract))
        self._unknown_ids = UnknownIds(state)
        self._format = FORMATS[state.settings.log]
        self._log = None if self._format is None else Log(self._format.dropped)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self.app(scope, receive, send)  # a fault of its making stops the start
            await self._live(receive, send)
            return
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        asked = cache_key(scope)
        extensions = scope.get("extensions", {})
        plain: Plain | None = extensions.pop(PLAIN, None)  # or it would keep its own scope alive
        # What was refused says nothing about others.
        kept = None if REFUSAL in extensions else self._cached(asked, plain)
        if kept is None:
            await self._decided(asked, scope, receive, send)
            return
        if plain is not None and plain.answer(kept):
            return
        given, headers = kept.passed, list(kept.passed.response_headers)
        await send({"type": "http.response.start", "status": given.status, "headers": headers})
        await send({"type": "http.response.body", "body": given.body})

    async def _live(self, receive: Receive, send: Send) -> None:
        """Let threads do what would stop the event loop, from a server's start to its end."""
        await receive()
        with self.state.fixture_store.watching():
            await send({"type": "lifespan.startup.complete"})
            await receive()
        if self._log is not None:
            self._log.close()
        await send({"type": "lifespan.shutdown.complete"})

    def at_once(self, head: bytes) -> CacheEntry | None:
        """Return the answer to a request that is known by its bytes, as given once more."""
        began, clock = time(), perf_counter()
        kept = self.replay.table().heads.get(head)
        if kept is not None:
            self._given(kept, began, clock)
        return kept

    def _cached(self, asked: CacheKey, plain: Plain | None) -> CacheEntry | None:
        """Return the answer that a request had before, if it has one, as given once more."""
        began, clock = time(), perf_counter()
        table = self.replay.table()
        kept = table.get(asked)
        if kept is None:
            kept = self._of_an_unknown_id(table, asked)
        elif plain is not None:
            table.keep_head(plain.head, kept)
        if kept is not None:
            self._given(kept, began, clock)
        return kept

    def _of_an_unknown_id(self, table: Table, asked: CacheKey) -> CacheEntry | None:
        """Return the answer of another unknown id to a request that asks for one."""
        found = self._unknown_ids.find(asked)
        if found is None:
            return None
        key, instance = found
        other = table.get(key)
        if other is None:
            return None
        visit = None if other.visit is None else (other.visit[0], (instance, None))
        kept = CacheEntry(other.passed._replace(path=asked[2]), visit, other.lines)
        table.keep(asked, kept)
        return kept

    def _given(self, kept: CacheEntry, began: float, clock: float) -> None:
        if kept.visit is not None:
            self.state.visits.add(*kept.visit)
        self._remember(self._exchange(began, clock, kept.passed))

    async def _decided(self, asked: CacheKey, scope: Scope, receive: Receive, send: Send) -> None:
        """Let the app behind answer; keep what it says if the same request gets it again."""
        began, clock = time(), perf_counter()
        table = self.replay.table()
        watch = _Watch(scope, send)
        refused = REFUSAL in watch.extensions
        try:
            await self.app({**scope, "extensions": watch.extensions}, receive, watch.send)
        finally:
            passed = watch.passed(asked, self.state)
            # Looking at the journal does not fill it; a request that was refused did not look.
            own = not refused and canonical(passed.path) in self._own
            (self._tell if own else self._remember)(self._exchange(began, clock, passed))
        reply = watch.reply
        if reply is not None and reply.cacheable and not (refused or BODY in watch.extensions):
            kept = CacheEntry.of(passed, reply.visit)
            table.keep(asked, kept)
            found = self._unknown_ids.find(asked) if INSTANCE in reply.headers else None
            if found is not None:
                table.keep(found[0], kept)

    def _exchange(self, began: float, clock: float, passed: Passed) -> Exchange:
        return Exchange(self.state.journal.next_number(), began, perf_counter() - clock, passed)

    def _remember(self, exchange: Exchange) -> None:
        self.state.journal.add(exchange)
        self._tell(exchange)

    def _tell(self, exchange: Exchange) -> None:
        if self._format is not None and self._log is not None:
            self._log.say(self._format.line(exchange))


class _Watch:
    """Sees an answer pass; the app behind puts into the `extensions` how it was decided."""

    def __init__(self, scope: Scope, send: Send) -> None:
        self.extensions = {**scope.get("extensions", {})}
        self._send = send
        self._status = 0
        self._headers: Pairs = ()
        self._pieces: list[bytes] = []

    async def send(self, message: Message) -> None:
        if message["type"] == "http.response.start":
            # A copy, because whoever wraps the mock may change what it is given.
            self._status, self._headers = message["status"], tuple(message["headers"])
        else:
            self._pieces.append(message.get("body", b""))
        await self._send(message)

    @property
    def reply(self) -> Reply | None:
        return self.extensions.get(REPLY)

    def passed(self, asked: CacheKey, state: State) -> Passed:
        """Return what has passed so far."""
        method, _, path, query, headers = asked
        return Passed(
            contract=state.contract,
            tenant=state.journal.tenant,
            method=method,
            path=path,
            query=query,
            request_headers=headers,
            request_body=self.extensions.get(BODY, b""),
            status=self._status,
            response_headers=self._headers,
            body=b"".join(self._pieces),
            marks=self.reply.headers if self.reply else {},
        )
