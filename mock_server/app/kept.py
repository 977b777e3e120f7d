"""What the mock keeps of what clients have written, as `/__mock/state` shows it."""

from __future__ import annotations

from find_webhook_kit.mock_server.answers.fixtures import Fixture, Listed
from find_webhook_kit.mock_server.answers.response import Reply, json_reply
from find_webhook_kit.mock_server.state import State
from find_webhook_kit.spec import Json
from find_webhook_kit.spec.secrets import masked_urls


def shown(state: State) -> Reply:
    """Answer with the lists that were written, and which instances take writes at all."""
    listed = dict(state.collection.written)
    some = () if state.settings.writes else state.fixture_store.by_id
    body: Json = {
        "writes": state.settings.writes,
        "writable": [name for name in some if state.takes_writes(name)],
        "clock": state.settings.clock,
        "seed": state.settings.seed,
        "made": state.collection.made,
        "instances": [_instance(name, fixture, state) for name, fixture in listed.items()],
    }
    return json_reply(200, body, {"Cache-Control": "no-store"})


def _instance(name: str, fixture: Fixture, state: State) -> Json:
    """Show a list as its instance is answered with it, without what its URLs give away."""
    items = fixture.state.items if isinstance(fixture.state, Listed) else ()
    tenant = state.endpoint.rules.tenant if state.endpoint else ""
    owned = [state.endpoint.owned(it, {tenant: name}) for it in items] if state.endpoint else []
    return {"id": name, "items": masked_urls(owned)}
