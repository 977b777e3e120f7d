"""Which writes a mock takes: all of them, or those to instances that keep what clients write."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from types import MappingProxyType
from typing import Final

from find_webhook_kit.mock_server.answers.endpoint import Endpoint, taken
from find_webhook_kit.mock_server.answers.errors import NotWritable
from find_webhook_kit.spec import Contract, Match, Operation


class Leave:
    """Lets writes through to those who take them; without a contract, to everybody."""

    def __init__(
        self,
        contract: Contract | None = None,
        endpoints: Mapping[str, Endpoint] = MappingProxyType({}),
        listing: Endpoint | None = None,
        takes_writes: Callable[[str], bool] = lambda _: True,
    ) -> None:
        self._contract = contract
        self._tenant = listing.rules.tenant if listing else ""
        self._takes_writes = takes_writes
        self._writes = {name for name, each in endpoints.items() if each.writes}

    def check(self, found: Match[Operation], path: str) -> None:
        """Raise `NotWritable` for an operation that changes what does not change."""
        if found.operation.operation_id not in self._writes or self._given(found.parameters):
            return
        methods = self._contract.methods(found.operation.path) if self._contract else ()
        raise NotWritable(self.methods(methods, path))

    def methods(self, methods: Sequence[str], path: str) -> tuple[str, ...]:
        """Return what a path takes, of the methods that the contract has for it."""
        return taken([method for method in methods if self._allows(method, path)])

    def _allows(self, method: str, path: str) -> bool:
        found = self._contract.match(method, path) if self._contract else None
        if not isinstance(found, Match) or found.operation.operation_id not in self._writes:
            return True
        return self._given(found.parameters)

    def _given(self, parameters: Mapping[str, str]) -> bool:
        return self._takes_writes(parameters.get(self._tenant, ""))


ALL: Final = Leave()
"""Lets everything through."""
