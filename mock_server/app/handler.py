"""The handler of an operation: answers a request that Connexion has let through."""

from __future__ import annotations

from asyncio import get_running_loop
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from functools import partial
from http import HTTPStatus
from importlib import import_module
from sys import intern

from starlette.concurrency import run_in_threadpool
from starlette.datastructures import Headers
from starlette.types import Receive, Scope, Send

from find_webhook_kit.mock_server.answers import negotiation
from find_webhook_kit.mock_server.answers.choose import Asked, answer, preferred_by
from find_webhook_kit.mock_server.answers.collection import Done, ItemRequest
from find_webhook_kit.mock_server.answers.endpoint import Endpoint, Parameters
from find_webhook_kit.mock_server.answers.error_shape import Errors
from find_webhook_kit.mock_server.answers.errors import Refusal, UnsupportedMediaType
from find_webhook_kit.mock_server.answers.fixtures import FixturesById, Listed, shown_at
from find_webhook_kit.mock_server.answers.preferences import Preferences, preferences, status
from find_webhook_kit.mock_server.answers.response import (
    ASSUMED,
    FROM_CLIENTS,
    JSON,
    LIE,
    SOURCE,
    STANDING,
    VARY,
    Reply,
)
from find_webhook_kit.mock_server.answers.size import encoded, is_large
from find_webhook_kit.mock_server.answers.standing import Standing, completed
from find_webhook_kit.mock_server.app.routing import MATCH
from find_webhook_kit.mock_server.app.validation import BODY
from find_webhook_kit.mock_server.state import State
from find_webhook_kit.mock_server.visits import Instance, Visit
from find_webhook_kit.spec import Json, read_json
from find_webhook_kit.spec.contract import ASSUMPTION
from find_webhook_kit.spec.success import essence, is_json


class Handler:
    """The handler of one endpoint as an ASGI app.

    Every id that no fixture knows is answered alike: with no item, and without a word about the
    id. So where nothing is preferred, the answer to one such id is the answer to the next.
    """

    def __init__(self, state: State, endpoint: Endpoint) -> None:
        self._state = state
        self._endpoint = endpoint
        self._errors = Errors.of(state.contract)
        self._name = endpoint.operation.operation_id
        self._with_fixtures = endpoint is state.endpoint
        self._acts = endpoint.part not in {"", "list"} and state.keeps_writes
        success = endpoint.operation.response(endpoint.status)
        source = success.source if success else endpoint.operation.source
        self._assumed = endpoint.writes and state.contract.origin(source) == ASSUMPTION
        self._views = negotiation.Views(endpoint)
        if not endpoint.has_examples:
            # What makes up answers is imported now: an import in a thread makes others wait.
            import_module("find_webhook_kit.mock_server.answers.generate")
        self._large_examples = is_large([example.value for _, example in endpoint.examples])
        # One at a time: each thread more that has work takes its share from the event loop.
        self._apart = ThreadPoolExecutor(1, "large-answers")

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        parameters = scope[MATCH].parameters
        instance = parameters.get(self._endpoint.rules.tenant, "")
        headers = Headers(scope=scope)
        endpoint = self._views.of(headers.getlist("accept"))
        asked = self._asked(scope, headers, instance, parameters, endpoint)
        if self._acts:
            asked = replace(asked, act=self._act(asked, scope, headers))
        visit = self._counted(scope, headers, instance)
        try:
            reply = await self._reply(asked, endpoint, headers)
        except Refusal as refused:  # what is not there is as late as what is
            delay = (asked.preferences.delay or 0) / 1000
            reply = replace(self._errors.reply(refused, self._endpoint.operation), delay=delay)
        await replace(reply, visit=visit)(scope, receive, send)

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
        own = partial(preferences, prefer, query)
        visit = self._state.visits.count(headers.get("authorization", ""), self._visited(instance))
        # What was noted of the switch when the request came, so that its mark is true.
        shown = max(visit - 1, 0) if self._acts else visit  # a sequence is as it was listed last
        states = self._state.by_id if self._with_fixtures or self._acts else {}
        others = (scope[STANDING], *preferred_by(instance, shown, states))
        preferred = self._preferred(own, others, accept, endpoint)
        files = self._state.fixture_store.filed.get(self._name, ())
        before = self._state.collection.before(instance) if self._with_fixtures else None
        return Asked(instance, visit, preferred, self._state.lie, parameters, files, before=before)

    def _preferred(
        self,
        own: Callable[[], Preferences],
        others: Sequence[Standing],
        accept: Sequence[str],
        endpoint: Endpoint,
    ) -> Preferences:
        """Return what a client prefers, and what holds beside it, if it accepts the answer."""
        try:
            preferred = completed(own(), others, endpoint)
        except Refusal:
            self._views.check(accept, None)
            raise
        self._views.check(accept, status(preferred, endpoint))
        return preferred

    def _visited(self, instance: str) -> Instance:
        """Return what a visit is counted for."""
        fixture = self._state.fixture_store.by_id.get(instance)
        return instance, fixture and fixture.saved

    def _act(self, asked: Asked, scope: Scope, headers: Headers) -> Callable[[], Done]:
        """Return what is to be done to the list of an instance, once it is clear that it is."""
        body = _sent(scope.get("extensions", {}).get(BODY), headers)
        change = ItemRequest(
            self._endpoint,
            asked.instance_id,
            asked.parameters,
            body if isinstance(body, dict) else {},
            asked.told,
            asked.visit,
            # To look takes a long list long.
            partial(self._check, asked, headers) if any(_conditions(headers).values()) else None,
        )
        return lambda: self._state.collection.act(change, self._state.fixture_store.by_id)

    def _check(self, asked: Asked, headers: Headers, shown: Json) -> None:
        """Refuse to change what is not as the client has it (RFC 9110, section 13.1.1)."""
        listing = self._state.endpoint or self._endpoint
        items = shown if isinstance(shown, list) else [shown]
        owned = [listing.owned(item, asked.parameters) for item in items]
        body = encoded(owned if isinstance(shown, list) else owned[0])
        negotiation.check_unchanged(body, **_conditions(headers))

    def _told(self, reply: Reply) -> Reply:
        """Fit the answer to a write to what a client may believe of it."""
        told = reply.with_headers({"Cache-Control": "no-store", "Vary": VARY})
        whole = reply.status == self._endpoint.status
        whole = whole and self._endpoint.part in {"create", "update"}
        kept = reply.headers.get(SOURCE, "").startswith(FROM_CLIENTS)
        if whole and kept and reply.content and LIE not in reply.headers:
            told = told.with_headers({"ETag": negotiation.etag(reply.content, packed=False)})
        return told.with_headers({ASSUMED: "true"}) if self._assumed else told

    def _counted(self, scope: Scope, headers: Headers, instance: str) -> Visit | None:
        """Count a visit; HEAD only looks ahead, and so does what is done to a list."""
        if scope["method"] != "GET" or self._acts:
            return None
        # One copy of the credentials for all the visits that are remembered.
        visit = intern(headers.get("authorization", "")), self._visited(instance)
        self._state.visits.add(*visit)
        return visit

    async def _reply(self, asked: Asked, endpoint: Endpoint, headers: Headers) -> Reply:
        """Make the reply, in a thread where that takes time that others would wait for.

        What reads or changes a list stays here, where nothing comes between.
        """
        by_id = self._state.by_id if self._with_fixtures else None
        make = partial(self._made, asked, by_id, endpoint, headers)
        preferred = asked.preferences
        if asked.act is not None and not preferred.dynamic:
            return make()
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
        return self._told(reply) if endpoint.writes else _conditional(reply, headers)


def _conditions(headers: Headers) -> dict[str, str]:
    """Return how a client wants things to be; an empty text stands for no matter how."""
    names = ("if-match", "if-none-match")
    return {name.replace("-", "_"): ",".join(headers.getlist(name)) for name in names}


def _sent(text: bytes | None, headers: Headers) -> Json:
    """Read what a write has sent; what is no JSON has nothing to keep."""
    if not text:
        return {}
    content_type = headers.get("content-type", "")
    if not is_json(content_type):
        raise UnsupportedMediaType(essence(content_type), (JSON,))
    return read_json(text)


def _is_large(asked: Asked, by_id: FixturesById) -> bool:
    """Say whether what an instance has, or has at this step of its sequence, is much."""
    fixture = by_id.get(asked.instance_id)
    state = shown_at(asked.visit, fixture, by_id).state if fixture is not None else None
    return isinstance(state, Listed) and is_large([*state.items])


def _conditional(reply: Reply, headers: Headers) -> Reply:
    """Fit a reply to what the client has already and can unpack."""
    if LIE in reply.headers or reply.status != HTTPStatus.OK:
        return reply.with_headers({"Cache-Control": "no-store", "Vary": VARY})
    packed = negotiation.is_packed(reply.content, ",".join(headers.getlist("accept-encoding")))
    etag = negotiation.etag(reply.content, packed=packed)
    reply = reply.with_headers({"Cache-Control": "private, no-cache", "Vary": VARY, "ETag": etag})
    reply = negotiation.validated(reply, **_conditions(headers))
    return negotiation.packed(reply) if packed and reply.status == HTTPStatus.OK else reply
