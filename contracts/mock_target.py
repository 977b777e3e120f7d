"""The target when no URL is given: our own mock, on a free port; and the lies that it can tell.

The only module of `contracts` that knows `mock_server`; a test holds it to that.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Final

from find_webhook_kit.contracts.wire.target import Target, target
from find_webhook_kit.mock_server.answers.lies import LIES as MOCK_LIES
from find_webhook_kit.mock_server.answers.response import LIE
from find_webhook_kit.mock_server.http.server import serving
from find_webhook_kit.mock_server.settings import DEMO_TOKEN, Settings
from find_webhook_kit.spec import Contract
from find_webhook_kit.spec.meaning import needs_tenant

TOLD: Final = LIE
"""The header with which the mock names the lie that an answer is."""

INSTANCES: Final = ("demo", "empty", "many", "minimal", "disabled")
"""Built-in states that a verdict is about."""

LIES: Final = {name: lie.description for name, lie in MOCK_LIES.items()}
"""What each lie of the mock is about, by its name."""


@contextmanager
def mock_target(
    contract: Contract, lie: str | None = None, *, writes: bool = False
) -> Iterator[Target]:
    """Start the mock of a contract, yield it as a target that this process owns, and stop it.

    It takes writes where they are to be judged: on every instance, whatever is in its fixtures.
    """
    ids = INSTANCES if needs_tenant(contract) else ()
    with serving(Settings(port=0, lie=lie, writes=writes), contract) as mock:
        yield target(mock.url, token=DEMO_TOKEN, instance_ids=ids, owned=True, contract=contract)
