"""The handler of an operation: answers a request that Connexion has let through."""

from __future__ import annotations

from asyncio import get_running_loop
from concurrent.futures import ThreadPoolExecutor
from functools import partial
from http import HTTPStatus
from sys import intern

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.types import Receive, Scope, Send

from find_webhook_kit.mock_server.answers import negotiation
from find_webhook_kit.mock_server.answers.choose import Asked, answer
from find_webhook_kit.mock_server.answers.endpoint import Endpoint, Parameters
from find_webhook_kit.mock_server.answers.errors import Refusal
from find_webhook_kit.mock_server.answers.fixtures import FixturesById, Listed, Steps
from find_webhook_kit.mock_server.answers.lies import LIES, MARK
from find_webhook_kit.mock_server.answers.preferences import NO_PREFERENCES, preferences, status
from find_webhook_kit.mock_server.answers.response import VARY, Reply
from find_webhook_kit.mock_server.answers.size import is_large
from find_webhook_kit.mock_server.answers.views import Views
from find_webhook_kit.mock_server.app.guard import Delivery, trace
from find_webhook_kit.mock_server.app.routing import MATCH
from find_webhook_kit.mock_server.state import State


class Handler:
    """The handler of one endpoint as an ASGI app.

    Every id that no fixture knows is answered alike: with no item, and without a word about the
    id. So where nothing is preferred, the answer to one such id is the answer to the next, which
    the cache is told.
    """

    def __init__(self, state: State, endpoint: Endpoint) -> None:
        self._state = state
        self._endpoint = endpoint
        self._name = endpoint.operation.operation_id
        self._with_fixtures = endpoint is state.endpoint
        self._views = Views(endpoint)
        self._lies = tuple(name for name, lie in LIES.items() if lie.suits(endpoint))
        self._large_examples = is_large([example.value for _, example in endpoint.examples])
        # One at a time: each thread more that has work takes its share from the event loop.
        self._apart = ThreadPoolExecutor(1, "large-answers")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        parameters = scope[MATCH].parameters
        instance = parameters.get(self._endpoint.rules.tenant, "")
        headers = Headers(scope=scope)
        endpoint = self._views.of(headers.getlist("accept"))
        asked = self._asked(scope, headers, instance, parameters, endpoint)
        self._count(scope, headers, instance)
        unknown = self._with_fixtures and not self._state.knows(instance)
        trace(scope).unknown_id = unknown and asked.preferences is NO_PREFERENCES
        await Delivery(await self._reply(asked, endpoint, headers))(scope, receive, send)

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
        files = self._state.fixture_store.filed.get(self._name, ())
        return Asked(instance, visit, preferred, self._state.lie, parameters, files)

    def _count(self, scope: Scope, headers: Headers, instance: str) -> None:
        """Count a visit; HEAD only looks ahead."""
        if scope["method"] == "GET":
            # One copy of the credentials for all the visits that are remembered.
            visit = intern(headers.get("authorization", "")), instance
            self._state.visits.add(*visit)
            trace(scope).visit = visit

    async def _reply(self, asked: Asked, endpoint: Endpoint, headers: Headers) -> Reply:
        """Make the reply, in a thread where that takes time that others would wait for."""
        by_id = self._state.fixture_store.by_id if self._with_fixtures else None
        make = partial(self._made, asked, by_id, endpoint, headers)
        preferred = asked.preferences
        if preferred.dynamic or preferred.code or not endpoint.examples:
            return await run_in_threadpool(make)
        if self._large_examples or (by_id and _is_large(asked, by_id)):
            return await get_running_loop().run_in_executor(self._apart, make)
        return make()

    def _made(
        self, asked: Asked, by_id: FixturesById | None, endpoint: Endpoint, headers: Headers
    ) -> Reply:
        reply = answer(asked, by_id, endpoint)
        if self._state.fixture_store.stale:
            reply = reply.with_headers({"Mock-Fixtures": "stale"})
        return _conditional(reply, headers)


def _is_large(asked: Asked, by_id: FixturesById) -> bool:
    """Say whether what an instance has, or has at this step of its sequence, is much."""
    fixture = by_id.get(asked.instance_id)
    if fixture is not None and isinstance(fixture.state, Steps):
        steps = fixture.state.instances
        fixture = by_id[steps[min(asked.visit, len(steps) - 1)]]
    state = fixture.state if fixture is not None else None
    return isinstance(state, Listed) and is_large([*state.items])


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
