"""What the mock knows beside the contract: fixtures, visits, the journal, and what it prefers."""

from __future__ import annotations

from functools import cached_property

from find_webhook_kit.mock_server.answers.collection import Collection
from find_webhook_kit.mock_server.answers.endpoint import (
    Endpoint,
    endpoints,
    path_of,
    with_fixtures,
)
from find_webhook_kit.mock_server.answers.fixture_store import FixtureStore
from find_webhook_kit.mock_server.answers.fixtures import FixturesById, Steps
from find_webhook_kit.mock_server.answers.keeping import NotKeptError, misfit, obstacle
from find_webhook_kit.mock_server.answers.making import Maker
from find_webhook_kit.mock_server.answers.standing import NOTHING, Standing, standing
from find_webhook_kit.mock_server.journal import Journal
from find_webhook_kit.mock_server.settings import Settings
from find_webhook_kit.mock_server.visits import Visits
from find_webhook_kit.spec import PATH, Contract, contract, load
from find_webhook_kit.spec.meaning import rules_of


def contract_of(settings: Settings) -> Contract:
    """Read the contract that the settings name: without a file, the built-in one."""
    if settings.contract is None:
        return contract() if settings.rules is None else load(PATH, rules=settings.rules)
    return load(settings.contract, rules=settings.rules)


class State:
    """The state of one mock of a contract; a reset forgets all of it that requests have made.

    The contract is `of`, else the one that the settings name.

    `endpoint` is the one that fixtures are for; None where the contract has no such operation.
    `keeps_writes` is true where what clients write can be kept at all; where it cannot, operations
    that write answer as those of any document, and keep nothing.
    """

    def __init__(self, settings: Settings, of: Contract | None = None) -> None:
        """Read the fixtures; raise `FixtureError` if one breaks the contract.

        Raise `NotKeptError` where writes are to be kept, and the contract does not say how.
        """
        self.settings = settings
        self.contract = of or contract_of(settings)
        self.endpoints = endpoints(self.contract)
        self.endpoint = with_fixtures(self.endpoints)
        self.fixture_store = FixtureStore(settings.fixtures, self.contract)
        self.journal = Journal(self.contract, self.endpoints)
        self.visits = Visits()
        self.lie = settings.lie
        self.generation = object()
        self.standing = self._read(settings.prefer)
        rules = rules_of(self.contract)
        maker = Maker(rules, self.endpoint, clock=settings.clock, seed=settings.seed)
        hindered = obstacle(self.endpoints, self.endpoint)
        if settings.writes and (told := hindered or misfit(maker)):
            raise NotKeptError(told)
        self.keeps_writes = not hindered
        self.collection = Collection(
            maker, self.endpoint, takes_writes=self.takes_writes, changed=self.changed
        )

    def changed(self) -> None:
        """End every answer that is kept; call it behind each change to what the mock answers.

        The fixtures and the lie are looked at anyway. For all else that an answer may hang on
        beside its request, this is the one call that makes all caches forget (`app/cache.py`), the
        one of heads at the socket included. Change first, then call: an answer that is being made
        meanwhile is kept with the old ones. Any thread may call it.
        """
        self.generation = object()

    def knows(self, instance: str) -> bool:
        """Say whether the mock has an answer of its own for an instance: all others are alike."""
        if instance in self.fixture_store.by_id or instance in self.collection.written:
            return True
        name = self.endpoint.operation.operation_id if self.endpoint else ""
        return bool(self.fixture_store.filed.get(name))

    @property
    def by_id(self) -> FixturesById:
        """The fixtures as clients have changed them."""
        return self.collection.over(self.fixture_store.by_id)

    def takes_writes(self, instance: str) -> bool:
        """Tell whether writes change what an instance has: of several processes none keeps them."""
        fixture = self.fixture_store.by_id.get(instance)
        wanted = self.settings.writes or (fixture is not None and fixture.writable)
        is_sequence = fixture is not None and isinstance(fixture.state, Steps)
        return wanted and self.settings.workers == 1 and not is_sequence

    @cached_property
    def document(self) -> bytes:
        """The contract with the operations that are offered."""
        left_out = self.endpoints.keys() - self.offered.keys()
        return self.contract.without(self.contract.operations[name] for name in left_out)

    @cached_property
    def offered(self) -> dict[str, Endpoint]:
        """The operations that every instance takes."""
        return {
            name: each
            for name, each in self.endpoints.items()
            if self.settings.writes or not (each.writes and self.keeps_writes)
        }

    def path(self, instance: str) -> str:
        """Return the path under which an instance is asked for."""
        return path_of(self.contract, instance)

    def prefer(self, text: str) -> None:
        """Turn the live switch: what every request prefers that says nothing else.

        Raise `PreferencesError` for what no request can prefer.
        """
        self.standing = self._read(text)
        self.changed()

    def _read(self, text: str) -> Standing:
        first = () if self.endpoint is None else (self.endpoint,)
        return standing(text, (*first, *self.endpoints.values()))

    def reset(self) -> None:
        """Start sequences and the journal again, tell the settings' lie, turn the switch off."""
        self.visits.reset()
        self.journal.clear()
        self.collection.reset()
        self.lie = self.settings.lie
        self.standing = NOTHING
        self.changed()
