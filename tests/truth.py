"""What a success of our own operation says that cannot be true of its instance."""

from __future__ import annotations

from collections.abc import Iterator

from find_webhook_kit.mock_server.answers.endpoint import endpoints
from find_webhook_kit.spec import Json, contract
from find_webhook_kit.spec.meaning import Offence

ENDPOINT = endpoints(contract())["findWebhook"]


def offences(owner_id: str, body: Json) -> Iterator[Offence]:
    """List the offences of a body for an owner."""
    return ENDPOINT.offences({ENDPOINT.rules.tenant: owner_id}, body)
