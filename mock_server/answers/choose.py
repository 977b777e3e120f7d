"""Decides what an instance answers; knows the contract and the fixtures, and nothing of HTTP."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from random import Random
from typing import Final, cast
from urllib.parse import quote

from find_webhook_kit.mock_server.answers.errors import Unauthorized
from find_webhook_kit.mock_server.answers.fixtures import (
    Answer,
    Catalogue,
    Fixture,
    Item,
    Steps,
    Webhooks,
)
from find_webhook_kit.mock_server.answers.lies import LIES, Truth, told
from find_webhook_kit.mock_server.answers.preferences import NO_PREFERENCES, Preferences
from find_webhook_kit.mock_server.answers.response import SOURCE, Reply, json_reply
from find_webhook_kit.spec import Json, Operation
from find_webhook_kit.spec.meaning import OWNER


@dataclass(frozen=True, slots=True)
class Asked:
    """What a request asks for.

    `visit` counts how often the client asked for the id before; `lie` is what the mock was told
    to answer with where the client has no other preference.
    """

    instance_id: str
    visit: int = 0
    preferences: Preferences = NO_PREFERENCES
    lie: str | None = None


@dataclass(frozen=True, slots=True)
class _Choice:
    """A body before it is bytes, and why it was chosen; `lasting` as in `Reply`."""

    status: int
    body: Json
    source: str
    unknown: bool = False
    lasting: bool = True

    @property
    def items(self) -> tuple[Item, ...]:
        """The webhooks of a 200."""
        return tuple(cast("list[Item]", self.body)) if self.status == 200 else ()  # noqa: PLR2004

    def reply(self) -> Reply:
        headers = {SOURCE: self.source, **_HEADERS.get(self.status, {})}
        if self.unknown:
            headers["Mock-Instance"] = "unknown"
        return json_reply(self.status, self.body, headers, lasting=self.lasting)


# What an answer of this status has beside its body, wherever it comes from.
_HEADERS: Final[Mapping[int, Mapping[str, str]]] = {401: Unauthorized("").headers}


def answer(asked: Asked, catalogue: Catalogue, operation: Operation) -> Reply:
    """Answer as the client prefers, else as the fixture of the instance says."""
    choice = _chosen(asked, catalogue, operation)
    reply = choice.reply()
    preferred = asked.preferences
    if preferred is NO_PREFERENCES and asked.lie is None:
        return reply
    if preferred.lie is not None:
        # Whoever asks for a lie gets one, if need be about the webhooks of an example.
        truth = _truth(choice if choice.items else _example(None, 200, asked, operation), asked)
        reply = told(LIES[preferred.lie], replace(truth, reply=reply))
    elif asked.lie is not None and LIES[asked.lie].fits(choice.status, len(choice.items)):
        reply = told(LIES[asked.lie], _truth(choice, asked))
    if preferred.applied:
        reply = reply.with_headers({"Preference-Applied": preferred.applied})
    if preferred.delay:
        reply = replace(reply, wait=reply.wait + preferred.delay / 1000, lasting=False)
    return reply


def _truth(choice: _Choice, asked: Asked) -> Truth:
    seed = asked.preferences.seed or 0
    chance = Random(f"{seed}/{asked.instance_id}/{asked.visit}")  # noqa: S311 - it must repeat
    return Truth(choice.reply(), choice.items, chance)


def _chosen(asked: Asked, catalogue: Catalogue, operation: Operation) -> _Choice:
    preferred = asked.preferences
    if preferred.dynamic:
        return _generated(asked, operation)
    if preferred.example is not None:
        return _example(preferred.example, preferred.code, asked, operation)
    choice = _of_instance(asked, catalogue, operation)
    if preferred.code in {None, choice.status}:
        return choice
    # Another step of a sequence may have the status that is asked for.
    return replace(_example(None, preferred.code, asked, operation), lasting=choice.lasting)


def _of_instance(asked: Asked, catalogue: Catalogue, operation: Operation) -> _Choice:
    """Answer as the fixture says; an unknown instance has no webhook."""
    fixture = catalogue.get(asked.instance_id)
    if fixture is None:
        return _Choice(200, [], "unknown-instance; items=0", unknown=True)
    source = _file(fixture)
    state = fixture.state
    if isinstance(state, Steps):
        step = min(asked.visit, len(state.instances) - 1)
        shown = catalogue[state.instances[step]]
        source += f'; step={step + 1}; of={len(state.instances)}; shows="{quote(shown.file)}"'
        return replace(_of_state(shown.state, asked, operation, source), lasting=False)
    return _of_state(state, asked, operation, source)


def _file(fixture: Fixture) -> str:
    """Name the file; its name may hold any letter, a header may not."""
    return f'fixture; file="{quote(fixture.file)}"'


def _of_state(
    state: Webhooks | Answer | Steps, asked: Asked, operation: Operation, source: str
) -> _Choice:
    if isinstance(state, Webhooks):
        body = _owned(state.items, asked.instance_id)
        return _Choice(200, body, f"{source}; items={len(state.items)}")
    if isinstance(state, Answer):
        choice = _example(state.example, None, asked, operation)
        return replace(choice, source=f'{source}; example="{state.example}"')
    raise TypeError(state)  # a sequence of sequences is refused when it is read


def _owned(items: tuple[Item, ...] | list[Item], instance_id: str) -> list[Json]:
    return [{**item, OWNER: instance_id} for item in items]


def _example(name: str | None, code: int | None, asked: Asked, operation: Operation) -> _Choice:
    """Answer with a named example of the contract, or with the first one of a status."""
    status, name, value = next(
        (status, example.name, example.value)
        for status, response in operation.responses.items()
        if code in {None, status}
        for media_type in response.content.values()
        for example in media_type.examples.values()
        if name in {None, example.name}
    )
    source = f'example; name="{name}"; status={status}'
    if isinstance(value, list):
        value = _owned(cast("list[Item]", value), asked.instance_id)
        source += f"; items={len(value)}"
    return _Choice(status, value, source)


def _generated(asked: Asked, operation: Operation) -> _Choice:
    from find_webhook_kit.mock_server.answers import generate  # noqa: PLC0415 - Hypothesis

    (media_type,) = operation.responses[200].content.values()
    preferred = asked.preferences
    seed = preferred.seed or 0
    items = generate.webhooks(media_type.schema, seed, asked.instance_id, preferred.size)
    source = f"generated; seed={seed}; items={len(items)}"
    return _Choice(200, list(items), source, lasting=False)
