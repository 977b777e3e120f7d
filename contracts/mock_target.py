"""The target when no URL is given: our own mock, on a free port.

The only module of `contracts` that knows `mock_server`; a test holds it to that.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from contracts.target import Target, target
from mock_server.server import serving
from mock_server.settings import DEMO_TOKEN

INSTANCES = ("demo", "empty", "many", "minimal", "disabled")


@contextmanager
def mock_target() -> Iterator[Target]:
    """Start the mock, yield it as a target that this process owns, and stop it."""
    with serving() as mock:
        yield target(mock.url, token=DEMO_TOKEN, instance_ids=INSTANCES, owned=True)
