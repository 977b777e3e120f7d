"""The engine behind both fronts: plans, sends, and has what comes assessed."""

from __future__ import annotations

import os
import time
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import Future
from dataclasses import dataclass
from datetime import UTC, datetime
from importlib import import_module
from statistics import median
from types import ModuleType
from typing import Final

from find_webhook_kit.contracts.assessment import Assessment
from find_webhook_kit.contracts.config.contract_names import doubtful
from find_webhook_kit.contracts.config.options import Options
from find_webhook_kit.contracts.diagnosis import Diagnosis, diagnose, is_in_order, of_silence
from find_webhook_kit.contracts.interrupts import allowed
from find_webhook_kit.contracts.plan.jwt import expired
from find_webhook_kit.contracts.plan.probes import (
    UNSAFE_METHODS,
    by_turns,
    etag,
    opening,
    opening_questions,
    plan,
)
from find_webhook_kit.contracts.plan.subject import Subject, Unjudged, subjects
from find_webhook_kit.contracts.verdict import Verdict
from find_webhook_kit.contracts.wire.background import in_background
from find_webhook_kit.contracts.wire.connection import Lost, speaks_tls
from find_webhook_kit.contracts.wire.exchange import Answer, Exchange
from find_webhook_kit.contracts.wire.pace import Limits
from find_webhook_kit.contracts.wire.probe import SAFE_METHODS, Group, Probe
from find_webhook_kit.contracts.wire.sender import Progress, Sender
from find_webhook_kit.contracts.wire.target import Target
from find_webhook_kit.contracts.wire.wait import wait_for
from find_webhook_kit.contracts.wire.world import World
from find_webhook_kit.spec import Contract
from find_webhook_kit.spec import contract as the_contract
from find_webhook_kit.spec.meaning import rules_of
from find_webhook_kit.spec.success import success

NOTHING: Final = Probe("nothing", "/", "", method="OPTIONS")
"""What is never sent, where there is nothing to judge."""

AT_ONCE: Final = 8
"""Requests that arrive at the same time, where so many connections are allowed."""


class _Silent(Exception):
    """The target accepts connections and never answers."""


@dataclass(eq=False)
class _Diagnosed(Exception):
    """The first answers show one cause for everything."""

    diagnosis: Diagnosis


@dataclass(frozen=True, slots=True)
class Listener:
    """Who wants to know how a run goes: `progress` now and then, `say` a sentence at once."""

    progress: Callable[[Progress], None] = lambda _: None
    say: Callable[[str], None] = lambda _: None


def judge(
    target: Target,
    options: Options | None = None,
    contract: Contract | None = None,
    *,
    listener: Listener | None = None,
    world: World | None = None,
) -> Verdict:
    """Judge a target by a contract, ours where none is given.

    Never raises for what the target does.
    """
    options, listener, world = options or Options(), listener or Listener(), world or World()
    return _Run(target, options, contract or the_contract(), listener, world).verdict()


class _Run:
    """One run: what is sent, and what is made of it."""

    def __init__(
        self,
        target: Target,
        options: Options,
        contract: Contract,
        listener: Listener,
        world: World,
    ) -> None:
        self.target = target
        self.options = options
        self.contract = contract
        every = subjects(contract, target)
        self.subjects = [each for each in every if isinstance(each, Subject)]
        self.unjudged = [each for each in every if isinstance(each, Unjudged)]
        self.methods = SAFE_METHODS | (set(UNSAFE_METHODS) if options.unsafe_methods else set())
        self.sender = Sender(
            target,
            self.methods,
            Limits(
                timeout=options.timeout,
                max_time=options.max_time,
                max_requests=options.max_requests,
                rate=options.rate,
            ),
            control=opening(self.subjects[0]) if self.subjects else NOTHING,
            connections=options.connections,
            max_bad_credentials=options.max_bad_credentials,
            tls=options.tls,
            world=world,
        )
        self.listener = listener
        self.unreachable = ""
        self.diagnosis: Diagnosis | None = None

    def verdict(self) -> Verdict:
        began = datetime.now(UTC)
        self._run()
        exchanges = [] if self.diagnosis else self.sender.exchanges
        assessment = Assessment(self.contract, self.options, self.sender, exchanges)
        outcomes = tuple(assessment.outcomes(self.subjects, self.unjudged))
        return Verdict(
            target=self.target,
            seed=self.options.seed,
            requests=self.sender.pace.sent,
            seconds=self.sender.pace.seconds,
            answered=self.sender.dispatcher.answered,
            outcomes=outcomes,
            stopped=self._stopped(),
            unreachable=self._unreachable(),
            left_out=dict(self.sender.selection.skipped),
            deviations=tuple(sorted(assessment.deviations)),
            diagnosis=self.diagnosis.text if self.diagnosis else self.sender.expired,
            exchanges=tuple(self.sender.exchanges),
            started=began,
            taken=tuple(each for subject in self.subjects for each in subject.taken),
            contract=self.contract,
        )

    def _run(self) -> None:
        """Send all there is to be sent, as far as the target lets it."""
        try:
            with allowed():
                if self.subjects:
                    self._send()
        except (Lost, _Silent) as error:
            tls = self.target.scheme == "http" and speaks_tls(self.target, self.options.timeout)
            self.unreachable = of_silence(str(error), self.target, speaks_tls=tls)
            if self.unreachable != str(error):
                self.diagnosis = Diagnosis(self.unreachable, reached=False)
        except _Diagnosed as error:
            self.diagnosis = error.diagnosis
        except KeyboardInterrupt:
            self.sender.interrupt("the run was interrupted")
        finally:
            self.sender.close()

    def _stopped(self) -> str:
        if self.diagnosis is not None:
            return self.diagnosis.text if self.diagnosis.reached else ""
        return "" if self.sender.death else self.sender.stop.reason or self._turned_away()

    def _turned_away(self) -> str:
        """Say so where most requests were never let in: what the others show is no verdict."""
        asked = self.sender.exchanges
        later = sum(item.answer is not None and item.answer.throttles for item in asked)
        if 2 * later <= len(asked):
            return ""
        words = f"{later} of {len(asked)} requests were only told to come later"
        return f"{words}: give a --rate-limit that the target takes"

    def _unreachable(self) -> str:
        if self.diagnosis is not None and not self.diagnosis.reached:
            return self.diagnosis.text
        return self.unreachable

    def _send(self) -> None:
        """Send the plan, and draw while its fixed part is under way."""
        drawn = in_background(self._draw)
        doubts = doubtful(rules_of(self.contract).tenant, self.target.instance_ids, self.contract)
        for reason in filter(None, (expired(self.target.token, time.time()), *doubts)):
            self.listener.say(reason)
        self._wait()
        self.sender.connect()
        answers = [self._open(), *map(self._answer, self.subjects[1:])]
        # No operation waits for another.
        self.sender.add(by_turns(*map(self._plan, self.subjects, answers)))
        self._estimate()
        drawn.add_done_callback(self._add_drawn)
        self.sender.run(self.listener.progress)

    def _plan(self, subject: Subject, first: Answer | None) -> Iterator[Group]:
        return plan(
            subject,
            repetitions=self.options.repetitions,
            at_once=min(self.options.connections, AT_ONCE),
            depth=self.options.depth,
            etag=etag(first),
        )

    def _answer(self, subject: Subject) -> Answer | None:
        """Return what the first request of another operation is answered."""
        exchange = self.sender.ask(opening(subject))
        return exchange.answer if exchange else None

    def _wait(self) -> None:
        """Wait for a target that is starting, as long as --wait says, and tell how long it was."""
        if self.options.wait:
            waited = wait_for(
                self.sender.channel, self.sender.dispatcher.control, self.options.wait
            )
            if waited >= 1:
                self.listener.say(f"waited {waited:.0f} s until the target answered")

    def _open(self) -> Answer | None:
        """Return what the first request is answered, and find out what is wrong with it.

        Raises `_Silent` where no answer ever comes, and `_Diagnosed` for one cause of everything.
        """
        first, *others, nobody = opening_questions(self.subjects[0])
        exchange = self._ask_first(first, nobody)
        if exchange is None or exchange.answer is None:
            return None
        if not is_in_order(exchange, success(self.subjects[0].operation)):
            for probe in (*others, nobody):
                self.sender.ask(probe)
            hint = expired(self.target.token, time.time())
            found = _diagnosis(self.sender.exchanges, self.target, hint)
            if found is not None:
                raise _Diagnosed(found)
        return exchange.answer

    def _ask_first(self, first: Probe, nobody: Probe) -> Exchange | None:
        """Return what became of the first request; None where the run ended before.

        Where it is lost, somebody without credentials asks, and then the first again: a target
        that answers neither is silent.
        """
        exchange = self.sender.ask(first)
        if exchange is None or exchange.answer is not None:
            return exchange
        for probe in (nobody, first):
            self.sender.ask(probe)
            if self.sender.dispatcher.answered:
                return exchange
        raise _Silent(f"no request was answered: {exchange.losses[-1]}")

    def _draw(self) -> list[Probe]:
        if not self.options.max_examples:
            return []
        drawn = _drawer().generated
        seed, number = self.options.seed, self.options.max_examples
        return [
            probe
            for subject in self.subjects
            for probe in drawn(subject, seed=seed, max_examples=number)
        ]

    def _add_drawn(self, drawn: Future[list[Probe]]) -> None:
        try:
            self.sender.add(Group((probe,)) for probe in drawn.result())
        except Exception as error:  # noqa: BLE001 - told by whoever waits for the sender
            self.sender.fail(error)
        self.sender.complete()

    def _estimate(self) -> None:
        """Say at once where the plan cannot fit into the time that it has."""
        planned = self.sender.planned + self.options.max_examples * len(self.subjects)
        needed = _needed_seconds(self.sender.exchanges, planned, self.options)
        if needed > self.sender.pace.left:
            self.listener.say(
                f"the plan of about {planned} requests needs some {needed:.0f} s, and --max-time "
                f"leaves {max(self.sender.pace.left, 0):.0f} s: what must be proven comes first"
            )


def _needed_seconds(seen: Sequence[Exchange], planned: int, options: Options) -> float:
    """Estimate the seconds that so many requests take: the slower of distance and rate counts.

    Repeated reads wait for each other, whatever the number of connections.
    """
    answers = [exchange.answer.seconds for exchange in seen if exchange.answer is not None]
    distance = median(answers) if answers else 0.0
    apart = planned / options.connections
    over_distance = distance * max(apart, options.repetitions)
    at_rate = planned / options.rate if options.rate else 0.0
    return max(over_distance, at_rate)


def _diagnosis(seen: Sequence[Exchange], target: Target, hint: str) -> Diagnosis | None:
    """Return the one cause of everything; where answers are too odd to tell, the clauses will."""
    try:
        return diagnose(seen, target, hint=hint)
    except Exception:  # noqa: BLE001 - a verdict comes all the same
        return None


def _drawer() -> ModuleType:
    """Return the module that draws, imported now: that takes longer than the whole plan."""
    name = "find_webhook_kit.contracts.plan.generated"
    try:
        return import_module(name)
    except FileNotFoundError:  # the working folder is gone, and Hypothesis asks for it
        os.chdir("/")
        return import_module(name)
