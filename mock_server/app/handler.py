"""The handler of an operation: answers a request that Connexion has let through."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from functools import partial
from http import HTTPStatus
from sys import intern

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.types import Receive, Scope, Send

from find_webhook_kit.mock_server.answers import negotiation
from find_webhook_kit.mock_server.answers.choose import Asked, answer
from find_webhook_kit.mock_server.answers.collection import Change
from find_webhook_kit.mock_server.answers.endpoint import Endpoint, Item, Parameters
from find_webhook_kit.mock_server.answers.errors import Refusal
from find_webhook_kit.mock_server.answers.lies import LIES, MARK
from find_webhook_kit.mock_server.answers.preferences import NO_PREFERENCES, preferences, status
from find_webhook_kit.mock_server.answers.response import ASSUMED, VARY, Reply, encoded
from find_webhook_kit.mock_server.answers.views import Views
from find_webhook_kit.mock_server.app.cache import Cache, key_of_an_unknown_id
from find_webhook_kit.mock_server.app.guard import Delivery, trace
from find_webhook_kit.mock_server.app.routing import BODY, MATCH
from find_webhook_kit.mock_server.state import State
from find_webhook_kit.spec import Json
from find_webhook_kit.spec.contract import ASSUMPTION


class Handler:
    """The handler of one endpoint as an ASGI app.

    Every id that no fixture knows is answered alike: with no item, and without a word about the
    id. So where nothing is preferred, the answer to one such id is the answer to the next.
    """

    def __init__(self, state: State, endpoint: Endpoint) -> None:
        self._state = state
        self._endpoint = endpoint
        self._with_fixtures = endpoint is state.endpoint
        self._acts = endpoint.part not in {"", "list"} and state.endpoint is not None
        success = endpoint.operation.response(endpoint.status)
        source = success.source if success else endpoint.operation.source
        self._assumed = endpoint.writes and state.contract.origin(source) == ASSUMPTION
        self._views = Views(endpoint)
        self._lies = tuple(name for name, lie in LIES.items() if lie.suits(endpoint))
        self._unknown_ids = Cache[Delivery](state)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        parameters = scope[MATCH].parameters
        instance = parameters.get(self._endpoint.rules.tenant, "")
        headers = Headers(scope=scope)
        table, alike = self._unknown_ids.table(), key_of_an_unknown_id(scope)
        unknown = self._with_fixtures and instance not in self._state.by_id
        delivery = table.get(alike) if unknown else None
        if delivery is not None:
            self._count(scope, headers, instance)
            await delivery(scope, receive, send)
            return
        endpoint = self._views.of(headers.getlist("accept"))
        asked = self._asked(scope, headers, instance, parameters, endpoint)
        if self._acts:
            asked = replace(asked, act=self._act(asked, scope, headers))
        else:
            self._count(scope, headers, instance)
        reply = await self._reply(asked, endpoint)
        writes = endpoint.writes
        made = Delivery(self._told(reply, asked) if writes else _conditional(reply, headers))
        if unknown and made.reply.cacheable and asked.preferences is NO_PREFERENCES:
            table.keep(alike, lambda: made)
        await made(scope, receive, send)

    def _asked(
        self,
        scope: Scope,
        headers: Headers,
        instance: str,
        parameters: Parameters,
        endpoint: Endpoint,
    ) -> Asked:
        """Read what a request asks for; raise the refusal that it calls for."""
        accept, prefer = headers.getlist("accept"), headers.getlist("prefer")
        query = scope["query_string"].decode("latin-1")
        try:
            preferred = preferences(prefer, query, endpoint, self._lies)
        except Refusal:
            self._views.check(accept, None)
            raise
        self._views.check(accept, status(preferred, endpoint))
        visit = self._state.visits.count(headers.get("authorization", ""), instance)
        return Asked(instance, visit, preferred, self._state.lie, parameters)

    def _act(self, asked: Asked, scope: Scope, headers: Headers) -> Callable[[], Item | int]:
        """Return what is to be done to the list of an instance, once it is clear that it is."""
        text = scope.get(BODY)
        body = json.loads(text) if text else {}
        change = Change(
            self._endpoint,
            asked.instance_id,
            asked.parameters,
            body if isinstance(body, dict) else {},
            asked.preferences.lie or asked.lie,
            asked.visit,
            partial(self._check, asked, headers),
        )
        return lambda: self._state.collection.act(change, self._state.fixture_store.by_id)

    def _check(self, asked: Asked, headers: Headers, shown: Json) -> None:
        """Refuse to change what is not as the client has it (RFC 9110, section 13.1.1)."""
        listing = self._state.endpoint or self._endpoint
        items = shown if isinstance(shown, list) else [shown]
        owned = [listing.owned(item, asked.parameters) for item in items]
        body = encoded(owned if isinstance(shown, list) else owned[0])
        negotiation.check_unchanged(body, ",".join(headers.getlist("if-match")))

    def _told(self, reply: Reply, asked: Asked) -> Reply:
        """Fit the answer to a write to what a client may believe of it."""
        told = reply.with_headers({"Cache-Control": "no-store", "Vary": VARY})
        whole = reply.status == self._endpoint.status
        whole = whole and self._endpoint.part in {"create", "update"}
        if whole and MARK not in reply.headers and asked.preferences is NO_PREFERENCES:
            told = told.with_headers({"ETag": negotiation.etag(reply.content, packed=False)})
        return told.with_headers({ASSUMED: "true"}) if self._assumed else told

    def _count(self, scope: Scope, headers: Headers, instance: str) -> None:
        """Count a visit; HEAD only looks ahead."""
        if scope["method"] == "GET":
            # One copy of the credentials for all the visits that are remembered.
            visit = intern(headers.get("authorization", "")), instance
            self._state.visits.add(*visit)
            trace(scope).visit = visit

    async def _reply(self, asked: Asked, endpoint: Endpoint) -> Reply:
        fixture_store = self._state.fixture_store
        by_id = self._state.by_id if self._with_fixtures else None
        if asked.preferences.dynamic:  # takes its time
            reply = await run_in_threadpool(answer, asked, by_id, endpoint)
        else:
            reply = answer(asked, by_id, endpoint)
        return reply.with_headers({"Mock-Fixtures": "stale"}) if fixture_store.stale else reply


def _conditional(reply: Reply, headers: Headers) -> Reply:
    """Fit a reply to what the client has already and can unpack."""
    if MARK in reply.headers or reply.status != HTTPStatus.OK:
        return reply.with_headers({"Cache-Control": "no-store", "Vary": VARY})
    packed = negotiation.is_packed(reply.content, ",".join(headers.getlist("accept-encoding")))
    etag = negotiation.etag(reply.content, packed=packed)
    reply = reply.with_headers({"Cache-Control": "private, no-cache", "Vary": VARY, "ETag": etag})
    reply = negotiation.validated(
        reply,
        if_match=",".join(headers.getlist("if-match")),
        if_none_match=",".join(headers.getlist("if-none-match")),
    )
    return negotiation.packed(reply) if packed and reply.status == HTTPStatus.OK else reply
