"""The scenario: what is asked, in which order, and what nobody else may see of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from find_webhook_kit.contracts.wire.exchange import Exchange
from find_webhook_kit.contracts.writes.assigning import assign
from find_webhook_kit.contracts.writes.changing import leave_out, merge, update, write
from find_webhook_kit.contracts.writes.creating import create, create_least, open_stage
from find_webhook_kit.contracts.writes.deleting import delete
from find_webhook_kit.contracts.writes.refusing import (
    refuse_bodies,
    refuse_strangers,
    refuse_unknown,
)
from find_webhook_kit.contracts.writes.stage import Stage, shows
from find_webhook_kit.contracts.writes.values import ABSENT, differences
from find_webhook_kit.spec import Json


@dataclass(eq=False)
class Scenario:
    """Create, look, change, refuse, delete; `others` are instances that see nothing of it."""

    stage: Stage
    others: tuple[str, ...] = ()
    theirs: dict[str, Json] = field(default_factory=dict)

    def run(self) -> None:
        """Play it; raise `Ended` where it cannot go on."""
        stage = self.stage
        open_stage(stage)
        self._remember()
        first = f"{stage.word}-{stage.count + 1:03}"
        thing = create(stage)
        self._look_around(thing)
        other = create_least(stage)
        self._change(thing, first)
        self._refuse(thing)
        self._look_around(thing)
        if self._has("delete"):
            self._delete(thing, other)
            self._look_around(thing)

    def _has(self, part: str) -> bool:
        return self.stage.requests.has(part)

    def _change(self, thing: str, unique: str) -> None:
        if self._has("update"):
            update(self.stage, thing, unique)
        back = merge(self.stage, thing) if self._has("merge") else {}
        if self._has("update"):
            leave_out(self.stage, thing, unique)
        if back:
            write(self.stage, "merge", thing, back)

    def _refuse(self, thing: str) -> None:
        stage = self.stage
        for part in ("create", "update", "merge"):
            if self._has(part):
                refuse_bodies(stage, part, "" if part == "create" else thing)
        for part in ("create", "update"):
            if self._has(part):
                assign(stage, part, "" if part == "create" else thing)
        for part in ("read", "update", "merge"):
            if self._has(part):
                refuse_unknown(stage, part, thing)
        for part in ("read", "create", "update", "merge"):
            if self._has(part):
                refuse_strangers(stage, part, "" if part == "create" else thing)

    def _delete(self, thing: str, other: str) -> None:
        stage = self.stage
        gone = thing if thing in stage.things else other
        if not delete(stage, gone):
            return
        create(stage)
        refuse_unknown(stage, "delete", gone)
        refuse_strangers(stage, "delete", next((it for it in (other,) if it != gone), ""))

    def _remember(self) -> None:
        """Keep what the others have, as they are shown before anything is written."""
        for instance in self.others:
            exchange = self._ask(instance)
            if exchange.answer is not None and shows(exchange.answer):
                self.theirs[instance] = exchange.answer.json

    def _look_around(self, thing: str) -> None:
        """See that the others have what they had, and nothing of what was created."""
        ledger = self.stage.ledger
        for instance, before in self.theirs.items():
            exchange = self._ask(instance)
            ledger.kept("isolated")
            now: Json = exchange.answer.json if exchange.answer and shows(exchange.answer) else None
            if self.stage.mine(now):
                told = "the list of another one shows what was created"
                ledger.broken("isolated", exchange, message=told, expected=ABSENT, got=thing)
            else:
                for found in differences(before, now):
                    ledger.differs("isolated", exchange, found, "another one has changed")
            self._read_elsewhere(instance, thing)

    def _read_elsewhere(self, instance: str, thing: str) -> None:
        if not self._has("read"):
            return
        probe = self.stage.requests.probe("read", thing=thing, instance=instance)
        exchange = self.stage.session.ask(probe)
        answer = exchange.answer
        if answer is not None and shows(answer) and isinstance(answer.json, Mapping):
            told = "what was created can be read through another one"
            self.stage.ledger.broken(
                "isolated", exchange, message=told, expected="4xx", got=answer.status
            )

    def _ask(self, instance: str) -> Exchange:
        return self.stage.session.ask(self.stage.requests.probe("list", instance=instance))
