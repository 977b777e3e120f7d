"""Decides what an operation answers; knows the contract and the fixtures, and nothing of HTTP."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from random import Random
from types import MappingProxyType
from typing import Final
from urllib.parse import quote

from find_webhook_kit.mock_server.answers import plain
from find_webhook_kit.mock_server.answers.collection import REFUSAL, WRITTEN, Done
from find_webhook_kit.mock_server.answers.endpoint import Endpoint, Parameters
from find_webhook_kit.mock_server.answers.errors import (
    ConflictingPreferences,
    TooComplex,
    UnknownItem,
)
from find_webhook_kit.mock_server.answers.fixtures import (
    Fixture,
    FixturesById,
    Listed,
    NamedExample,
    Steps,
    shown_at,
)
from find_webhook_kit.mock_server.answers.lie import Lie, Truth, told
from find_webhook_kit.mock_server.answers.lies import LIES
from find_webhook_kit.mock_server.answers.meaningful import meaningful
from find_webhook_kit.mock_server.answers.operation_fixtures import Filed, chosen
from find_webhook_kit.mock_server.answers.preferences import NO_PREFERENCES, PLAIN, Preferences
from find_webhook_kit.mock_server.answers.response import (
    APPLIED,
    INSTANCE,
    JSON,
    LIE,
    SOURCE,
    Reply,
    json_reply,
)
from find_webhook_kit.mock_server.answers.sample import TooComplexError, sample
from find_webhook_kit.mock_server.answers.shape import NoValueError
from find_webhook_kit.mock_server.answers.standing import Standing
from find_webhook_kit.mock_server.answers.write_lies import STALE
from find_webhook_kit.spec import Json
from find_webhook_kit.spec.success import is_json


@dataclass(frozen=True, slots=True)
class Asked:
    """What a request asks for.

    `instance_id` is the one that fixtures go by, or empty. `visit` counts how often the client
    asked for it before; `lie` is what the mock was told to answer with where the client has no
    other preference. `parameters` are the path parameters. `act` does what an operation of a
    resource does, where nothing else is preferred. `before` is what the instance had before it was
    written to.
    """

    instance_id: str
    visit: int = 0
    preferences: Preferences = NO_PREFERENCES
    lie: str | None = None
    parameters: Parameters = field(default_factory=lambda: MappingProxyType({}))
    files: tuple[Filed, ...] = ()
    act: Callable[[], Done] | None = None
    before: Fixture | None = None

    @property
    def told(self) -> str | None:
        """The lie that is to be told: the client's own, else that of the mock."""
        return self.preferences.lie or self.lie


@dataclass(frozen=True, slots=True)
class _Choice:
    """A body before it is bytes, its items, and why it was chosen; `cacheable` as in `Reply`.

    `empty` is true where there is no body. A text of a `media_type` that is not JSON is the body.
    """

    status: int
    body: Json
    source: str
    items: tuple[Json, ...] = ()
    unknown: bool = False
    cacheable: bool = True
    empty: bool = False
    media_type: str = JSON
    headers: Mapping[str, str] = field(default_factory=dict)

    def reply(self, endpoint: Endpoint) -> Reply:
        headers = {SOURCE: self.source, **endpoint.headers(self.status), **self.headers}
        if self.empty:
            return Reply(self.status, b"", headers, cacheable=self.cacheable)
        if self.unknown:
            headers[INSTANCE] = "unknown"
        headers = {"Content-Type": self.media_type, **headers}
        if isinstance(self.body, str) and not is_json(self.media_type):
            return Reply(self.status, self.body.encode(), headers, cacheable=self.cacheable)
        return json_reply(self.status, self.body, headers, cacheable=self.cacheable)


def answer(asked: Asked, by_id: FixturesById | None, endpoint: Endpoint) -> Reply:
    """Answer as the client prefers, else as the fixture of the instance says.

    Where the endpoint takes no fixtures, there are none, and an example is the answer.
    """
    choice = _chosen(asked, by_id, endpoint)
    fixture = by_id.get(asked.instance_id) if by_id else None
    if fixture and isinstance(fixture.state, Steps):  # a step may prefer something, the next not
        choice = replace(choice, cacheable=False)
    reply, preferred = choice.reply(endpoint), asked.preferences
    if preferred is NO_PREFERENCES and asked.lie is None:
        return reply
    lie = LIES.get(asked.told or "")  # one about writes was told where they are kept
    if lie is not None and preferred.lie is not None:
        truth = _to_lie_about(lie, choice, asked, endpoint)
        reply = told(lie, replace(truth, reply=reply))
    elif lie is not None:
        truth = _truth(choice, asked, endpoint)
        if lie.fits(truth):
            reply = told(lie, truth)
    if preferred.applied:
        reply = reply.with_headers({APPLIED: preferred.applied})
    if preferred.delay:
        reply = replace(reply, delay=reply.delay + preferred.delay / 1000, cacheable=False)
    return reply


def preferred_by(instance: str, visit: int, by_id: FixturesById) -> tuple[Standing, ...]:
    """Return what fixtures prefer for an instance: of a sequence its step before itself."""
    fixture = by_id.get(instance)
    return (shown_at(visit, fixture, by_id).prefer, fixture.prefer) if fixture else ()


def _to_lie_about(lie: Lie, choice: _Choice, asked: Asked, endpoint: Endpoint) -> Truth:
    """Return what a lie can be about: whoever asks for one gets it, if need be about an example."""
    if not choice.items:
        choice = _example(None, endpoint.status, asked, endpoint)
    truth = _truth(choice, asked, endpoint)
    if lie.fits(truth):
        return truth
    sized = replace(asked.preferences, size=1)
    return _truth(_generated(replace(asked, preferences=sized), endpoint), asked, endpoint)


def _truth(choice: _Choice, asked: Asked, endpoint: Endpoint) -> Truth:
    seed = asked.preferences.seed or 0
    chance = Random(f"{seed}/{asked.instance_id}/{asked.visit}")  # noqa: S311 - it must repeat
    succeeded = choice.status == endpoint.status
    return Truth(choice.reply(endpoint), choice.items, chance, endpoint, succeeded=succeeded)


def _chosen(asked: Asked, by_id: FixturesById | None, endpoint: Endpoint) -> _Choice:
    preferred = asked.preferences
    if preferred.dynamic:
        return _generated(asked, endpoint)
    if preferred.example is not None:
        return _example(preferred.example, preferred.code, asked, endpoint)
    filed = chosen(asked.files, asked.parameters, preferred.code, endpoint.status)
    known = by_id is not None and asked.instance_id in by_id
    if filed is not None and (filed.parameters or not known):
        return _of_file(filed, asked, endpoint)
    if asked.act is not None and preferred.code in {None, endpoint.status}:
        return _acted(asked.act, asked, endpoint)
    if by_id is None:
        return _example(None, preferred.code or endpoint.status, asked, endpoint)
    found, code = _of_instance(asked, by_id, endpoint), preferred.code
    if code not in {None, found.status}:  # another step of a sequence may have it
        found = replace(_example(None, code, asked, endpoint), cacheable=found.cacheable)
    return found


def _is_refused(asked: Asked, endpoint: Endpoint) -> bool:
    """Say whether a lie answers a write with a refusal: then nothing is kept, as nobody would."""
    lie = LIES.get(asked.told or "")
    if lie is None or not _is_about_any_answer(lie.name):
        return False
    truth = _truth(_example(None, endpoint.status, asked, endpoint), asked, endpoint)
    return lie.tell(truth, ()).status >= REFUSAL


def _of_file(filed: Filed, asked: Asked, endpoint: Endpoint) -> _Choice:
    """Answer as a fixture of the operation says."""
    source = f'fixture; file="{quote(filed.file)}"'
    body = filed.body
    found = _Choice(filed.status, body, source, empty=filed.empty, media_type=filed.media_type)
    listed = endpoint.lists == isinstance(body, list) and endpoint.schema is not None
    if filed.status == endpoint.status and not filed.empty and listed:
        found = _success(endpoint.items(body), source, asked, endpoint)
    return replace(found, headers=filed.headers, media_type=filed.media_type)


def _acted(act: Callable[[], Done], asked: Asked, endpoint: Endpoint) -> _Choice:
    """Answer with the item that an operation has read or changed, or with an error."""
    if endpoint.writes and _is_refused(asked, endpoint):
        return _example(None, endpoint.status, asked, endpoint)
    try:
        done = act()
    except UnknownItem as refused:
        if not _is_about_any_answer(asked.preferences.lie):
            raise
        done = Done(None, refused.status)  # so that there is an answer to lie about
    if done.item is None:
        choice = replace(_example(None, done.status, asked, endpoint), cacheable=False)
    else:
        choice = _success(
            (endpoint.room_for(done.item),), f"resource; part={endpoint.part}", asked, endpoint
        )
        status = done.status or choice.status
        if endpoint.media_type(endpoint.status) is None:  # such as a deletion with 204
            choice = replace(choice, empty=True)
        choice = replace(choice, status=status, cacheable=not endpoint.writes)
    return _marked(choice, done.lie)


def _is_about_any_answer(lie: str | None) -> bool:
    """Say whether a lie can be told of a refusal, too, as that of a connection that ends."""
    return lie is not None and lie in LIES and LIES[lie].about == "answer"


def _marked(choice: _Choice, lie: str) -> _Choice:
    """Say of an answer that it is a lie, if it is."""
    if not lie:
        return choice
    return replace(choice, headers={**choice.headers, LIE: lie}, cacheable=False)


def _of_instance(asked: Asked, by_id: FixturesById, endpoint: Endpoint) -> _Choice:
    """Answer as the fixture says; an unknown instance has no item."""
    fixture = by_id.get(asked.instance_id)
    before = asked.before if asked.told == STALE else None
    if before is not None and before != fixture:
        earlier = replace(asked, before=None)
        return _marked(_of_instance(earlier, {**by_id, asked.instance_id: before}, endpoint), STALE)
    if fixture is None:
        return _Choice(endpoint.status, [], "unknown-instance; items=0", unknown=True)
    # The name of a file may hold any character, a header may not.
    written = fixture.path == WRITTEN
    source = "written" if written else f'fixture; file="{quote(fixture.file)}"'
    state = fixture.state
    if isinstance(state, Steps):
        shown, step = shown_at(asked.visit, fixture, by_id), state.index(asked.visit) + 1
        source += f'; step={step}; of={len(state.instances)}; shows="{quote(shown.file)}"'
        return replace(_of_state(shown.state, asked, endpoint, source), cacheable=False)
    return _of_state(state, asked, endpoint, source)


def _of_state(
    state: Listed | NamedExample | Steps, asked: Asked, endpoint: Endpoint, source: str
) -> _Choice:
    if isinstance(state, Listed):
        return _success(state.items, source, asked, endpoint)
    if isinstance(state, NamedExample):
        choice = _example(state.example, None, asked, endpoint)
        return replace(choice, source=f'{source}; example="{state.example}"')
    raise TypeError(state)  # a sequence of sequences is refused when it is read


def _success(items: Sequence[Json], source: str, asked: Asked, endpoint: Endpoint) -> _Choice:
    """Answer with items that belong to whom was asked for; `items` counts those of a list."""
    owned = tuple(endpoint.owned(item, asked.parameters) for item in items)
    source += f"; items={len(owned)}" if endpoint.lists else ""
    return _answered(endpoint, endpoint.status, endpoint.body(owned), source, owned)


def _answered(
    endpoint: Endpoint, status: int, body: Json, source: str, items: tuple[Json, ...] = ()
) -> _Choice:
    """Answer a status in the media type that is documented for it."""
    found = endpoint.media_type(status)
    return _Choice(status, body, source, items, media_type=found.name if found else JSON)


def _example(name: str | None, code: int | None, asked: Asked, endpoint: Endpoint) -> _Choice:
    """Answer with a named example of the contract, or with the first one of a status."""
    there = (pair for pair in endpoint.examples_of(code) if name in {None, pair[1].name})
    found = next(there, None)
    if found is None:
        return _without_example(code or endpoint.status, asked, endpoint)
    status, example = found
    source = f'example; name="{example.name}"; status={status}'
    if status == endpoint.status and endpoint.lists == isinstance(example.value, list):
        return _success(endpoint.items(example.value), source, asked, endpoint)
    return _answered(endpoint, status, example.value, source)


def _without_example(status: int, asked: Asked, endpoint: Endpoint) -> _Choice:
    """Answer a status that has no example: with what its schema asks for, or without a body."""
    empty = _Choice(status, None, f"no example; status={status}", empty=True)
    found = endpoint.media_type(status)
    if found is None or status in _BODILESS:
        return empty
    try:
        body = sample(found.schema)
    except TooComplexError as error:
        raise TooComplex(error.reason) from None
    except NoValueError:
        return empty
    if not (is_json(found.name) or isinstance(body, str)):
        return empty
    source = f"sample; status={status}"
    if status != endpoint.status or endpoint.schema is None:
        return _answered(endpoint, status, body, source)
    items = tuple(
        meaningful(item, index, endpoint, asked.parameters) if isinstance(item, dict) else item
        for index, item in enumerate(endpoint.items(body))
    )
    return _success(items, source, asked, endpoint)


_BODILESS: Final = frozenset({204, 205, 304})


def _generated(asked: Asked, endpoint: Endpoint) -> _Choice:
    from find_webhook_kit.mock_server.answers import generate  # noqa: PLC0415 - Hypothesis

    preferred = asked.preferences
    seed = preferred.seed or 0
    try:
        items = generate.items(endpoint, seed, asked.parameters, preferred.size)
    except NoValueError:
        raise _no_data() from None
    if preferred.dynamic == PLAIN:
        items = plain.items(endpoint, seed, asked.parameters, items)
    count = f"; items={len(items)}" if endpoint.lists else ""
    body = endpoint.body(items)
    if endpoint.schema is None or endpoint.schema.violations(body):
        raise _no_data()
    word = PLAIN if preferred.dynamic == PLAIN else "generated"
    source = f"{word}; seed={seed}{count}"
    return replace(_answered(endpoint, endpoint.status, body, source, items), cacheable=False)


def _no_data() -> ConflictingPreferences:
    return ConflictingPreferences("no data can be made up for this path, so ask for an example")
