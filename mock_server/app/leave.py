"""Which writes a mock takes: all of them, or those to instances that keep what clients write."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from find_webhook_kit.mock_server.answers.endpoint import taken
from find_webhook_kit.mock_server.answers.errors import NotWritable
from find_webhook_kit.mock_server.state import State
from find_webhook_kit.spec import Match


class Leave:
    """Lets writes through to those who take them."""

    def __init__(self, state: State) -> None:
        self._contract = state.contract
        self._tenant = state.endpoint.rules.tenant if state.endpoint else ""
        self._takes_writes = state.takes_writes
        kept = state.endpoints if state.keeps_writes else {}
        self._writes = {name for name, each in kept.items() if each.writes}

    def check(self, found: Match, path: str) -> None:
        """Raise `NotWritable` for an operation that changes what does not change."""
        if found.operation.operation_id not in self._writes or self._given(found.parameters):
            return
        raise NotWritable(self.methods(self._contract.methods(found.operation.path), path))

    def methods(self, methods: Sequence[str], path: str) -> tuple[str, ...]:
        """Return what a path takes, of the methods that the contract has for it."""
        return taken([method for method in methods if self._allows(method, path)])

    def _allows(self, method: str, path: str) -> bool:
        found = self._contract.match(method, path)
        if not isinstance(found, Match) or found.operation.operation_id not in self._writes:
            return True
        return self._given(found.parameters)

    def _given(self, parameters: Mapping[str, str]) -> bool:
        return self._takes_writes(parameters.get(self._tenant, ""))
