"""The handler of an operation: answers a request that Connexion has let through."""

from __future__ import annotations

from http import HTTPStatus
from sys import intern

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.types import Receive, Scope, Send

from find_webhook_kit.mock_server.answers import negotiation
from find_webhook_kit.mock_server.answers.choose import Asked, answer
from find_webhook_kit.mock_server.answers.endpoint import Endpoint, Parameters
from find_webhook_kit.mock_server.answers.errors import Refusal
from find_webhook_kit.mock_server.answers.lies import LIES, MARK
from find_webhook_kit.mock_server.answers.preferences import NO_PREFERENCES, preferences, status
from find_webhook_kit.mock_server.answers.response import VARY, Reply
from find_webhook_kit.mock_server.answers.views import Views
from find_webhook_kit.mock_server.app.cache import Cache, key_of_an_unknown_id
from find_webhook_kit.mock_server.app.guard import Delivery, trace
from find_webhook_kit.mock_server.app.routing import MATCH
from find_webhook_kit.mock_server.state import State


class Handler:
    """The handler of one endpoint as an ASGI app.

    Every id that no fixture knows is answered alike: with no item, and without a word about the
    id. So where nothing is preferred, the answer to one such id is the answer to the next.
    """

    def __init__(self, state: State, endpoint: Endpoint) -> None:
        self._state = state
        self._endpoint = endpoint
        self._with_fixtures = endpoint is state.endpoint
        self._views = Views(endpoint)
        self._lies = tuple(name for name, lie in LIES.items() if lie.suits(endpoint))
        self._strangers = Cache[Delivery](state)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        parameters = scope[MATCH].parameters
        instance = parameters.get(self._endpoint.rules.tenant, "")
        headers = Headers(scope=scope)
        table, alike = self._strangers.table(), key_of_an_unknown_id(scope)
        stranger = self._with_fixtures and instance not in self._state.library.catalogue
        delivery = table.get(alike) if stranger else None
        if delivery is not None:
            self._count(scope, headers, instance)
            await delivery(scope, receive, send)
            return
        endpoint = self._views.of(headers.getlist("accept"))
        asked = self._asked(scope, headers, instance, parameters, endpoint)
        self._count(scope, headers, instance)
        made = Delivery(_conditional(await self._reply(asked, endpoint), headers))
        if stranger and made.reply.cacheable and asked.preferences is NO_PREFERENCES:
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

    def _count(self, scope: Scope, headers: Headers, instance: str) -> None:
        """Count a visit; HEAD only looks ahead."""
        if scope["method"] == "GET":
            # One copy of the credentials for all the visits that are remembered.
            visit = intern(headers.get("authorization", "")), instance
            self._state.visits.add(*visit)
            trace(scope).visit = visit

    async def _reply(self, asked: Asked, endpoint: Endpoint) -> Reply:
        library = self._state.library
        catalogue = library.catalogue if self._with_fixtures else None
        if asked.preferences.dynamic:  # takes its time
            reply = await run_in_threadpool(answer, asked, catalogue, endpoint)
        else:
            reply = answer(asked, catalogue, endpoint)
        return reply.with_headers({"Mock-Fixtures": "stale"}) if library.stale else reply


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
