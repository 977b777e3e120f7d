"""Finds the requests that ask for an id that nobody knows, which are all answered alike."""

from __future__ import annotations

import re
from typing import Final

from find_webhook_kit.mock_server.answers.endpoint import match
from find_webhook_kit.mock_server.app.cache import CacheKey
from find_webhook_kit.mock_server.state import State
from find_webhook_kit.spec import Match

_PLAIN: Final = re.compile(rb"/[A-Za-z0-9/_-]{1,1000}")
"""A path that is written in one way only, and has nothing in it that could be refused."""


class UnknownIds:
    """The ids that no fixture of a mock has."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._endpoint = state.endpoint
        operation = state.endpoint.operation if state.endpoint else None
        parameters = operation.parameters if operation else ()
        self._schemas = [item.schema for item in parameters if item.location == "path"]

    def find(self, asked: CacheKey) -> tuple[CacheKey, str] | None:
        """Return what the answer is kept under, and the id; None where an id is to be looked up.

        One that the contract may refuse is, too.
        """
        method, _, path, query, headers = asked
        if self._endpoint is None or _PLAIN.fullmatch(path) is None:
            return None
        found = match(self._state.contract, method, path.decode())
        if not isinstance(found, Match) or found.operation is not self._endpoint.operation:
            return None
        instance = found.parameters[self._endpoint.rules.tenant]
        if self._state.knows(instance):
            return None
        if any(schema.violations(instance) for schema in self._schemas):
            return None
        return (method, found.operation.path, b"", query, headers), instance
