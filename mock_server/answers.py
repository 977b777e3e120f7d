"""Decides what an instance answers; knows the contract and the fixtures, and nothing of HTTP."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final
from urllib.parse import quote

from mock_server.fixtures import Answer, Catalogue, Fixture, Steps, Webhooks
from mock_server.refusals import Unauthorized
from mock_server.reply import Reply, json_reply
from spec import Operation
from spec.meaning import OWNER

SOURCE: Final = "Mock-Source"


@dataclass(frozen=True, slots=True)
class Asked:
    """What a request asks for; `visit` counts how often the client asked for the id before."""

    instance_id: str
    visit: int = 0


def answer(asked: Asked, catalogue: Catalogue, operation: Operation) -> Reply:
    """Answer as the fixture of the instance says; an unknown instance has no webhook."""
    fixture = catalogue.get(asked.instance_id)
    if fixture is None:
        headers = {SOURCE: "unknown-instance; items=0", "Mock-Instance": "unknown"}
        return json_reply(200, [], headers)
    source = _file(fixture)
    state = fixture.state
    if isinstance(state, Steps):
        step = min(asked.visit, len(state.instances) - 1)
        current = catalogue[state.instances[step]]
        source += f'; step={step + 1}; of={len(state.instances)}; shows="{quote(current.file)}"'
        state = current.state
    return _from(state, asked.instance_id, operation, source)


def _file(fixture: Fixture) -> str:
    """Name the file; its name may hold any letter, a header may not."""
    return f'fixture; file="{quote(fixture.file)}"'


def _from(
    state: Webhooks | Answer | Steps, instance_id: str, operation: Operation, source: str
) -> Reply:
    if isinstance(state, Webhooks):
        body = [{**item, OWNER: instance_id} for item in state.items]
        return json_reply(200, list(body), {SOURCE: f"{source}; items={len(body)}"})
    if isinstance(state, Answer):
        return _example(state.example, operation, source)
    raise TypeError(state)  # a sequence of sequences is refused when it is read


def _example(name: str, operation: Operation, source: str) -> Reply:
    """Answer with a named example of the contract."""
    status, value = next(
        (status, media_type.examples[name].value)
        for status, response in operation.responses.items()
        for media_type in response.content.values()
        if name in media_type.examples
    )
    headers = {SOURCE: f'{source}; example="{name}"', **_HEADERS.get(status, {})}
    return json_reply(status, value, headers)


# What an answer of this status has beside its body, wherever it comes from.
_HEADERS: Final[Mapping[int, Mapping[str, str]]] = {401: Unauthorized("").headers}
