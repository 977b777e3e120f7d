"""What the scenario knows: what must be there now, and how to look whether it is.

Looking is asking for the list and, where there is such an operation, for one thing. A server that
is only eventually consistent has `settle` seconds until both show what was written.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Final

from find_webhook_kit.contracts.verdict import Created
from find_webhook_kit.contracts.wire.exchange import Answer, Exchange
from find_webhook_kit.contracts.writes.clauses import Ledger
from find_webhook_kit.contracts.writes.journal import WriteJournal
from find_webhook_kit.contracts.writes.requests import Requests
from find_webhook_kit.contracts.writes.session import Ended, Session
from find_webhook_kit.contracts.writes.values import (
    ABSENT,
    Absent,
    Difference,
    differences,
    filled,
    holds,
)
from find_webhook_kit.spec import Json
from find_webhook_kit.spec.meaning import Rules

POLL: Final = 0.2
Thing = dict[str, Json]


@dataclass(frozen=True, eq=False)
class Observation:
    """What a look has shown: the things of the list by their ids, and the one that was read."""

    listing: Exchange
    listed: tuple[tuple[str, Thing], ...]
    reading: Exchange | None = None

    @property
    def things(self) -> dict[str, Thing]:
        return dict(self.listed)

    @property
    def read(self) -> Json | Absent:
        """The thing that was read, or none."""
        answer = self.reading.answer if self.reading else None
        return answer.json if answer is not None and shows(answer) else ABSENT

    def place(self, identity: str, path: str = "") -> str:
        """Return where a thing stands in the list."""
        index = next((at for at, (key, _) in enumerate(self.listed) if key == identity), None)
        return "" if index is None else f"/{index}{path}"

    def lacks(self, clause: str, identity: str) -> Mismatch:
        """Return the mismatch of a list that does not have a thing."""
        gone = Difference((), identity, ABSENT)
        return Mismatch(clause, self.listing, gone, message="the list does not have it")


@dataclass(frozen=True, slots=True)
class Mismatch:
    """A clause that a look has found broken, and where."""

    clause: str
    exchange: Exchange
    difference: Difference
    at: str = ""
    message: str = ""


Check = Callable[[Observation], Iterator[Mismatch]]


@dataclass(eq=False)
class Stage:
    """One run of the scenario, as far as it has come.

    `word` stands in all that it creates. `things` is what the last look has shown, `start` what the
    first has, `ever` the ids of all that was ever seen, `created` what this run has made, by what
    it is called, `deleted` the ids of what it has deleted.
    """

    requests: Requests
    session: Session
    ledger: Ledger
    journal: WriteJournal
    word: str
    settle: float = 0.0
    things: dict[str, Thing] = field(default_factory=dict)
    start: dict[str, Thing] | None = None
    ever: set[str] = field(default_factory=set)
    created: dict[str, Created] = field(default_factory=dict)
    deleted: set[str] = field(default_factory=set)
    count: int = 0

    @property
    def rules(self) -> Rules:
        return self.requests.rules

    def unique(self) -> str:
        """Return the next word that nobody else has; the word of the run is its beginning."""
        self.count += 1
        return f"{self.word}-{self.count:03}"

    def made(self, unique: str) -> dict[str, Json]:
        return _object(filled(dict(self.requests.resource.made), unique))

    def changed(self, unique: str) -> dict[str, Json]:
        return _object(filled(dict(self.requests.resource.changed), unique))

    def create(self, content: bytes, unique: str, part: str = "create", **how: object) -> Exchange:
        """Send what may create something, with the journal written before and behind it."""
        label = str(self.made(unique)[self.requests.resource.label])
        instance = self.requests.instance
        try:
            self.journal.sending(label)
        except OSError as error:
            raise Ended(f"the journal of what is created: {error.strerror}") from None
        self.created[label] = Created(label, "", instance, "unknown")
        exchange = self.session.ask(self.requests.probe(part, content=content, **how))  # type: ignore[arg-type]
        identity = self.identity(exchange.answer)
        ours = identity is not None and identity not in self.ever
        if ours:
            self.created[label] = Created(label, identity or "", instance, "unknown")
        elif exchange.status and (part != "create" or not succeeded(exchange.answer)):
            del self.created[label]  # what was refused, or changed something else, made nothing
        try:
            self.journal.answered(label, exchange.status, identity if ours else None)
        except OSError as error:
            raise Ended(f"the journal of what is created: {error.strerror}") from None
        return exchange

    def identity(self, answer: Answer | None) -> str | None:
        """Return the id of the one thing that an answer shows."""
        if answer is None or not shows(answer) or not isinstance(answer.json, dict):
            return None
        found = answer.json.get(self.rules.identity)
        return found if isinstance(found, str) else None

    def look(self, thing: str = "") -> Observation:
        """Ask for the list, and for one thing; raise `Ended` where the list is none."""
        listing = self.session.ask(self.requests.probe("list"))
        listed = self.listed(listing)
        reading = None
        if thing and self.requests.has("read"):
            reading = self.session.ask(self.requests.probe("read", thing=thing))
        return Observation(listing, listed, reading)

    def listed(self, listing: Exchange) -> tuple[tuple[str, Thing], ...]:
        name, items = self.rules.identity, listed_things(listing, self.requests.instance)
        return tuple((str(item.get(name)), item) for item in items)

    def observe(
        self, clauses: Sequence[str], checks: Sequence[Check], thing: str = ""
    ) -> Observation:
        """Look until nothing is missing, or the time to settle is over; note what still is.

        What was seen then is what must be there from now on, so that a fault is told once.
        """
        began = self.session.now
        while True:
            seen = self.look(thing)
            gaps = [gap for check in checks for gap in check(seen)]
            left = self.settle - (self.session.now - began)
            if not gaps or left <= 0:
                break
            self.session.sleep(min(POLL, left))
        self.ledger.kept(*(name for name in clauses if self.ledger.has(name)))
        for gap in gaps:
            self.ledger.differs(gap.clause, gap.exchange, gap.difference, gap.message, at=gap.at)
        self.things = seen.things
        self.ever |= set(self.things)
        return seen

    def unchanged(self, clause: str, *, but: str = "", new: str = "") -> Check:
        """Check that all but one thing are as they were, every member of them.

        Where nothing but the time of a change has moved, that is a clause of its own. What holds
        the word `new` is looked at elsewhere.
        """
        before = dict(self.things)

        def check(seen: Observation) -> Iterator[Mismatch]:
            for identity in before.keys() - seen.things.keys() - {but}:
                gone = Difference((), identity, ABSENT)
                yield Mismatch(clause, seen.listing, gone, message="something is gone")
            for identity in seen.things.keys() - before.keys() - {but}:
                if new and holds(seen.things[identity], new):
                    continue
                more = Difference((), ABSENT, identity)
                at = seen.place(identity)
                yield Mismatch(clause, seen.listing, more, at, "there is something new")
            for identity in before.keys() & seen.things.keys() - {but}:
                for found in differences(before[identity], seen.things[identity]):
                    told = "untouched" if found.name == self.rules.updated else clause
                    at = seen.place(identity, found.pointer)
                    yield Mismatch(told, seen.listing, found, at)

        return check

    def mine(self, item: Json) -> bool:
        """Tell whether a thing was made by this run."""
        return holds(item, self.word)


def shows(answer: Answer) -> bool:
    """Tell whether an answer is a success that shows something."""
    return succeeded(answer) and answer.readable


def succeeded(answer: Answer | None) -> bool:
    """Tell whether a write was done, as its answer says."""
    return answer is not None and HTTPStatus.OK <= answer.status < HTTPStatus.MULTIPLE_CHOICES


def listed_things(listing: Exchange | None, instance: str) -> list[Thing]:
    """Return the things that a list shows; raise `Ended` where it is none."""
    answer = listing.answer if listing else None
    if answer is None or not shows(answer) or not isinstance(answer.json, list):
        came = answer.status if answer else "nothing"
        raise Ended(f"the list of {instance!r} cannot be read: {came} came")
    return [item for item in answer.json if isinstance(item, dict)]


def _object(value: Json) -> dict[str, Json]:
    return value if isinstance(value, dict) else {}
