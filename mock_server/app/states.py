"""What one can ask the mock for (`/__mock/states`), and what clients wrote (`/__mock/state`)."""

from __future__ import annotations

from find_webhook_kit.mock_server.answers.endpoint import Endpoint, is_final
from find_webhook_kit.mock_server.answers.fixtures import Fixture, Listed, instances
from find_webhook_kit.mock_server.answers.lies import ALL_LIES
from find_webhook_kit.mock_server.answers.request_body import body_of
from find_webhook_kit.mock_server.answers.response import Reply, json_reply
from find_webhook_kit.mock_server.answers.size import encoded
from find_webhook_kit.mock_server.answers.write_lies import WRITE_LIES
from find_webhook_kit.mock_server.settings import DEMO_TOKEN, Settings
from find_webhook_kit.mock_server.state import State
from find_webhook_kit.spec import Json, Parameter
from find_webhook_kit.spec.secrets import masked_urls


def shown(state: State) -> Reply:
    """Describe all that one can ask the mock for."""
    contract, endpoint = state.contract, state.endpoint
    first = endpoint or next(iter(state.endpoints.values()), None)
    body: Json = {
        "title": f"{contract.title} {contract.version}",
        "description": _description(state),
        "method": first.operation.method if first else "GET",
        "path": first.operation.path if first else "/",
        "auth": state.settings.auth,
        "token": shown_token(state.settings),
        "lie": state.lie,
        "prefer": state.standing.text,
        "instances": [
            {"id": each.instance, "description": each.description, "file": each.file}
            for each in instances(state.fixture_store.by_id)
        ],
        "examples": _answers(first) if first else [],
        "operations": [_operation(state, each) for each in state.offered.values()],
        "tenant": first.rules.tenant if first else None,
        "items": first.rules.items if first else None,
        "lies": [
            {
                "name": lie.name,
                "description": lie.told_by(first) if first else lie.description,
                "group": lie.group,
            }
            for lie in ALL_LIES.values()
        ],
        "flaws": [str(issue) for issue in state.fixture_store.issues],
        "notes": list(state.fixture_store.notes),
        "contract_changed": state.fixture_store.contract_changed,
    }
    return json_reply(200, body, {"Cache-Control": "no-store"})


def kept(state: State) -> Reply:
    """Answer with the lists that were written, and which instances take writes at all."""
    listed = dict(state.collection.written)
    some = () if state.settings.writes else state.fixture_store.by_id
    body: Json = {
        "writes": state.settings.writes,
        "writable": [name for name in some if state.takes_writes(name)],
        "clock": state.settings.clock,
        "seed": state.settings.seed,
        "made": state.collection.made,
        "instances": [_list(name, fixture, state) for name, fixture in listed.items()],
    }
    return json_reply(200, body, {"Cache-Control": "no-store"})


def _list(name: str, fixture: Fixture, state: State) -> Json:
    """Show a list as its instance is answered with it, without what its URLs give away."""
    items = fixture.state.items if isinstance(fixture.state, Listed) else ()
    tenant = state.endpoint.rules.tenant if state.endpoint else ""
    owned = [state.endpoint.owned(it, {tenant: name}) for it in items] if state.endpoint else []
    return {"id": name, "items": masked_urls(owned)}


def _description(state: State) -> Json:
    """Return what the document says of itself, assumptions included."""
    information = state.contract.document["info"]
    return information.get("description", "") if isinstance(information, dict) else ""


def _operation(state: State, endpoint: Endpoint) -> Json:
    operation = endpoint.operation
    body = body_of(operation)
    needed = [item for item in operation.parameters if item.required or item.location == "path"]
    return {
        "id": operation.operation_id,
        "method": operation.method,
        "path": operation.path,
        "summary": operation.summary,
        "fixtures": endpoint is state.endpoint,
        "states": endpoint is state.endpoint or bool(endpoint.part),
        "parameters": [
            {"name": item.name, "in": item.location, "value": _value(item)}
            for item in needed
            if item.location in {"path", "query", "header"}
        ],
        "examples": [example.name for _, example in endpoint.examples],
        "answers": _answers(endpoint),
        "statuses": [
            {"status": status, "description": response.description}
            for status, response in operation.responses.items()
            if is_final(status) and all(status != each for each, _ in endpoint.examples)
        ],
        "lies": [
            name
            for name, lie in ALL_LIES.items()
            if lie.suits(endpoint) and (state.settings.writes or name not in WRITE_LIES)
        ],
        "body": body and body._asdict(),
    }


def _value(parameter: Parameter) -> str:
    """Return a value that a person can start from."""
    listed = (example.value for example in parameter.examples.values())
    value = next(listed, None) if parameter.example is None else parameter.example
    return value if isinstance(value, str) else "1" if value is None else encoded(value).decode()


def _answers(endpoint: Endpoint) -> list[Json]:
    return [
        {"name": example.name, "status": status, "description": example.summary}
        for status, example in endpoint.examples
    ]


def shown_token(settings: Settings) -> str | None:
    """Return a token that works and is no secret, if there is one."""
    known = DEMO_TOKEN in settings.tokens or settings.auth != "known"
    return DEMO_TOKEN if known else None
