"""Puts back what was: deletes what a run has made, else turns it off, and says which.

Nothing is deleted or changed that does not show the run's own word, whatever its id is.
"""

from __future__ import annotations

from collections.abc import Container, Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final

from find_webhook_kit.contracts.verdict import Created
from find_webhook_kit.contracts.wire.exchange import Exchange
from find_webhook_kit.contracts.wire.probe import Probe
from find_webhook_kit.contracts.writes.bodies import accepted, written
from find_webhook_kit.contracts.writes.requests import Requests
from find_webhook_kit.contracts.writes.session import Session
from find_webhook_kit.contracts.writes.stage import POLL, Thing, listed_things, shows, succeeded
from find_webhook_kit.contracts.writes.values import holds
from find_webhook_kit.spec import Json

ATTEMPTS: Final = 3
UNSURE: Final = 2.0
"""Seconds for which something is looked for whose creation nobody has seen the answer of."""


@dataclass(eq=False)
class Restorer:
    """Finds what holds a word, in the list or by an id that was seen, and takes it away."""

    requests: Requests
    session: Session
    word: str
    settle: float = 0.0

    def restore(self, ids: Iterable[str], *, unsure: bool) -> dict[str, tuple[Thing, str]]:
        """Take everything away; return each thing by its id, with what became of it.

        `unsure` says that something may yet appear. Raises `Ended` where nothing can be asked.
        """
        known = tuple(ids)
        found: dict[str, tuple[Thing, str]] = {}
        began = self.session.now
        patience = max(self.settle, UNSURE if unsure else 0.0)
        while True:
            there = self.mine(known)
            for identity, thing in there.items():
                found[identity] = thing, "left"
                self._ask("delete", identity)
            there = self.mine(known) if there else {}
            for identity in found.keys() - there.keys():
                found[identity] = found[identity][0], "deleted"
            waiting = there or (unsure and not found)
            if not waiting or self.session.now - began >= patience:
                break
            self.session.sleep(POLL)
        for identity, thing in there.items():
            found[identity] = thing, self._turned_off(identity, thing)
        return found

    def mine(self, known: Iterable[str]) -> dict[str, Thing]:
        """Return what is there and holds the word, by its id."""
        name = self.requests.rules.identity
        things = listed_things(self._ask("list"), self.requests.instance)
        listed = {key: item for item in things if isinstance(key := item.get(name), str)}
        for identity in known:
            if identity not in listed and self.requests.has("read"):
                read = self._ask("read", identity)
                if read is not None and read.answer is not None and shows(read.answer):
                    body = read.answer.json
                    if isinstance(body, dict) and body.get(name) == identity:
                        listed[identity] = body
        return {key: thing for key, thing in listed.items() if holds(dict(thing), self.word)}

    def _turned_off(self, identity: str, thing: Thing) -> str:
        """Turn off what cannot be deleted; tell what it is then."""
        switch = self.requests.resource.switch
        if not switch:
            return "left"
        if thing.get(switch) is not False and self.requests.has("update"):
            body: Mapping[str, Json] = {**thing, switch: False}
            self._ask("update", identity, accepted(self.requests.operations["update"], body))
            thing = self.mine((identity,)).get(identity, {})
        return "disabled" if thing.get(switch) is False else "left"

    def _ask(
        self, part: str, thing: str = "", body: Mapping[str, Json] | None = None
    ) -> Exchange | None:
        """Ask, again where no answer came; None where there is no such operation."""
        if not self.requests.has(part):
            return None
        content = None if body is None else written(dict(body))
        probe: Probe = self.requests.probe(part, thing=thing, content=content, why="putting back")
        exchange = None
        for _ in range(ATTEMPTS):
            exchange = self.session.ask(probe)
            if exchange.answer is not None and (succeeded(exchange.answer) or part != "list"):
                break
        return exchange


def told(
    created: Iterable[Created],
    found: Mapping[str, tuple[Thing, str]],
    deleted: Container[str],
    label: str,
    instance: str,
) -> Iterator[Created]:
    """Say of everything that was created what became of it; what was found beside it comes last."""
    rest = dict(found)
    for each in created:
        keys = [
            key
            for key, (thing, _) in rest.items()
            if key == each.identity or thing.get(label) == each.label
        ]
        for key in keys:
            _, state = rest.pop(key)
            yield replace(each, identity=key, state=state)
        if not keys:
            state = "deleted" if each.identity in deleted else "not found"
            yield replace(each, state=state)
    for key, (thing, state) in rest.items():
        yield Created(str(thing.get(label, "")), key, instance, state)
