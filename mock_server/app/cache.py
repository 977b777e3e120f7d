"""The cache of answers: a request that was answered before gets its answer again.

Most answers hang on two things alone: on the request, and on what the mock knows (the fixtures, the
issues in them, the lie it tells and the preferences of its switch). So an answer is kept under all
of the request that the app behind can see, byte for byte, and each state of the mock has a table of
its own: when a fixture is saved, another lie is told or the switch is turned, the old table is
gone. What hangs on more is never kept: a step of a sequence, a lie, generated data, a delay, our
own pages, a crash (`Reply.cacheable` says which), and what was decided by the body of a request,
which is no part of the key.

A request without a body that comes over a connection in one piece is found by its bytes before it
is parsed (`Table.heads`): the same bytes were parsed before, and were a whole request whose answer
was in the table, which the app looked up and gave.

Every answer in a table came from the app behind, where Connexion had routed exactly this request,
checked its credentials and held it against the contract, unless it was refused before that. A
request that differs in one byte goes there too.
"""

from __future__ import annotations

from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass
from itertools import chain
from typing import Final, NamedTuple

from starlette.types import Scope

from find_webhook_kit.mock_server.answers.request_target import raw_path
from find_webhook_kit.mock_server.exchange import Pairs, Passed
from find_webhook_kit.mock_server.state import State
from find_webhook_kit.mock_server.visits import Visit

PLAIN: Final = "mock_server.plain"
"""The extension of a scope that holds its `Plain`, where it has one."""

KEPT: Final = 512
"""How many answers a table holds; the oldest goes first."""

SIZE: Final = 20 * 1024 * 1024
"""Bytes of requests and bodies that a table holds: the largest fixture (16 MiB) and many others."""

CacheKey = tuple[str, str, bytes, bytes, Pairs]


class CacheEntry(NamedTuple):
    """A request and its answer to give again, and the visit that this counts as."""

    passed: Passed
    visit: Visit | None
    lines: bytes
    """The headers as they are written."""

    @classmethod
    def of(cls, passed: Passed, visit: Visit | None) -> CacheEntry:
        """Write the headers once, for all the times to come."""
        lines = (b"%b: %b\r\n" % pair for pair in passed.response_headers)
        return cls(passed, visit, b"".join(lines))


def cache_key(scope: Scope) -> CacheKey:
    """Return all of a request that its answer can hang on."""
    headers = tuple(scope["headers"])
    return scope["method"], scope["path"], raw_path(scope), scope["query_string"], headers


@dataclass(frozen=True, slots=True)
class Plain:
    """A request without a body that came in one piece: its bytes, and who writes its answer.

    That returns False where the answer is to take the usual way.
    """

    head: bytes
    answer: Callable[[CacheEntry], bool]


class Table:
    """What was answered while the mock knew the same.

    An answer is kept when it is given for the second time, so that ids which are asked for once
    push nothing out, and cost next to nothing.
    """

    def __init__(self) -> None:
        self._once: set[int] = set()
        self._answers: OrderedDict[CacheKey, CacheEntry] = OrderedDict()
        self._sizes: deque[int] = deque()
        self._size = 0
        self.get = self._answers.get
        self.heads: dict[bytes, CacheEntry] = {}

    def keep(self, asked: CacheKey, answer: CacheEntry) -> None:
        """Keep an answer that is given again, and forget the oldest ones if that is too much."""
        if self._is_first(hash(asked)) or asked in self._answers:
            return
        size = _size(asked) + len(answer.passed.body)
        if size > SIZE:
            return  # all others would go, and it after them
        self._answers[asked] = answer
        self._sizes.append(size)
        self._size += size
        while len(self._answers) > KEPT or self._size > SIZE:
            self._answers.popitem(last=False)
            self._size -= self._sizes.popleft()
            self.heads.clear()  # one of them may lead to what has gone

    def keep_head(self, head: bytes, answer: CacheEntry) -> None:
        """Let the bytes of a request lead to its answer, which is in this table."""
        if len(self.heads) >= KEPT:
            self.heads.clear()
        self.heads[head] = answer

    def _is_first(self, asked: int) -> bool:
        """Say whether nobody asked this before, as far as one remembers."""
        if asked in self._once:
            self._once.remove(asked)
            return False
        if len(self._once) == KEPT:
            self._once.clear()
        self._once.add(asked)
        return True


def _size(asked: CacheKey) -> int:
    _, _, path, query, headers = asked
    return 2 * len(path) + len(query) + sum(map(len, chain(*headers)))


class Cache:
    """The table of what the mock knows now."""

    def __init__(self, state: State) -> None:
        self._state = state
        self._begin()

    def _begin(self) -> None:
        state = self._state
        self._by_id, self._issues = state.fixture_store.by_id, state.fixture_store.issues
        self._lie, self._generation = state.lie, state.generation
        self._table = Table()

    def table(self) -> Table:
        """Look at the fixtures, and return the table that goes with them."""
        state, fixture_store = self._state, self._state.fixture_store
        fixture_store.look()
        if (
            fixture_store.by_id is not self._by_id
            or fixture_store.issues is not self._issues
            or state.lie is not self._lie
            or state.generation is not self._generation
        ):
            self._begin()
        return self._table
