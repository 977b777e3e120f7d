"""A run of the scenario: the journal, the verdict, and putting back, however the run has ended."""

from __future__ import annotations

import secrets
from collections.abc import Callable, Iterator
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from pathlib import Path

from find_webhook_kit.contracts.config.options import Options
from find_webhook_kit.contracts.interrupts import allowed
from find_webhook_kit.contracts.plan.subject import judged
from find_webhook_kit.contracts.verdict import Created, Verdict
from find_webhook_kit.contracts.wire.exchange import Exchange
from find_webhook_kit.contracts.wire.target import Target
from find_webhook_kit.contracts.wire.world import World
from find_webhook_kit.contracts.writes.clauses import Ledger
from find_webhook_kit.contracts.writes.journal import WriteJournal, begin
from find_webhook_kit.contracts.writes.requests import Requests, requests
from find_webhook_kit.contracts.writes.restore import Restorer, told
from find_webhook_kit.contracts.writes.scenario import Scenario
from find_webhook_kit.contracts.writes.session import RESTORING, Ended, Session, closing
from find_webhook_kit.contracts.writes.stage import Stage
from find_webhook_kit.contracts.writes.values import differences
from find_webhook_kit.spec import Contract, Json

INTERRUPTED = "the run was interrupted"


def new_word() -> str:
    """Return a word that no other run has."""
    return secrets.token_hex(5)


@dataclass(frozen=True, slots=True, kw_only=True)
class Consent:
    """The consent to write: on which instance, and where the journal of what is created is kept.

    `settle` are the seconds after which a read must show what was written.
    """

    instance: str
    journal: Path
    settle: float = 0.0
    word: Callable[[], str] = new_word


def judge_writes(  # noqa: PLR0913 - what a run is made of
    target: Target,
    options: Options,
    contract: Contract,
    consent: Consent,
    *,
    before: Verdict | None = None,
    world: World | None = None,
) -> Verdict:
    """Judge the writes of a target; `before` is the verdict about its reads, which it adds to.

    Raises `UsageError` for what cannot be asked, before anything is.
    """
    asked = requests(contract, target, consent.instance)
    if before is not None and (before.unreachable or before.diagnosis):
        return _joined(before, _nothing(before, options, contract, asked), asked)
    first = max((item.number for item in before.exchanges), default=0) if before else 0
    ledger, world = Ledger(asked), world or World()
    run = _WriteRun(target, options, contract, asked, consent, world, first, ledger)
    found = run.verdict()
    return found if before is None else _joined(before, found, asked)


@dataclass(eq=False)
class _WriteRun:
    target: Target
    options: Options
    contract: Contract
    asked: Requests
    consent: Consent
    world: World
    first: int
    ledger: Ledger
    stopped: str = ""
    fault: Exception | None = None

    def verdict(self) -> Verdict:
        word = self.consent.word()
        url, instance = self.target.url, self.consent.instance
        journal = begin(self.consent.journal, url=url, instance=instance, word=word)
        began = datetime.now(UTC)
        limit = self.options.max_time
        with closing(self._session(limit, self.first, self.options.max_requests)) as session:
            stage = Stage(self.asked, session, self.ledger, journal, word, self.consent.settle)
            self._play(stage)
        number = max((item.number for item in session.sender.exchanges), default=self.first)
        with closing(self._session(RESTORING, number)) as back:
            try:
                created = self._put_back(stage, back, journal)
            finally:
                journal.close()
        if self.fault is not None:
            raise self.fault
        exchanges = (*session.sender.exchanges, *back.sender.exchanges)
        answered = session.sender.dispatcher.answered + back.sender.dispatcher.answered
        return Verdict(
            target=self.target,
            seed=self.options.seed,
            requests=session.sender.pace.sent + back.sender.pace.sent,
            seconds=session.sender.pace.seconds,
            answered=answered,
            outcomes=tuple(self.ledger.outcomes(self.options)),
            stopped=self.stopped if answered else "",
            unreachable="" if answered else self.stopped,
            exchanges=exchanges,
            deviations=self.ledger.deviations,
            started=began,
            created=created,
            contract=self.contract,
        )

    def _session(self, max_time: float, first: int, max_requests: int = 0) -> Session:
        control = self.asked.probe("list")
        return Session(
            self.target,
            self.options,
            control,
            self.world,
            max_time=max_time,
            max_requests=max_requests,
            first=first,
        )

    def _play(self, stage: Stage) -> None:
        known = (*self.target.instance_ids, self.target.unknown_id)
        others = tuple(it for it in known if it != self.consent.instance)
        try:
            with allowed():
                stage.session.connect()
                Scenario(stage, others).run()
        except Ended as error:
            self.stopped = str(error)
        except KeyboardInterrupt:
            self.stopped = INTERRUPTED
        except Exception as error:  # noqa: BLE001 - told once all is put back
            self.fault = error

    def _put_back(
        self, stage: Stage, session: Session, journal: WriteJournal
    ) -> tuple[Created, ...]:
        """Put back what was, and say what became of everything that was created."""
        if not stage.count:
            journal.settled([])
            return ()
        label, instance = self.asked.resource.label, self.consent.instance
        restorer = Restorer(self.asked, session, stage.word, self.consent.settle)
        unsure = any(not each.identity for each in stage.created.values())
        ids = [each.identity for each in stage.created.values() if each.identity]
        try:
            found = restorer.restore(ids, unsure=unsure)
        except Ended as error:
            self.stopped = self.stopped or str(error)
            journal.close()  # for `cleanup`: nobody knows what is left
            return tuple(replace(each, state="left") for each in stage.created.values())
        created = tuple(told(stage.created.values(), found, stage.deleted, label, instance))
        left = [each for each in created if each.state not in {"deleted", "not found"}]
        journal.settled([each.identity for each in left])
        if not left:
            self._compare(stage, session)
        return created

    def _compare(self, stage: Stage, session: Session) -> None:
        """See that all is as it was, now that nothing of the run is there any more."""
        try:
            listing = session.ask(self.asked.probe("list"))
            now = dict(stage.listed(listing))
        except Ended:
            return
        self.ledger.kept("restored")
        before: dict[str, Json] = {**(stage.start or {})}
        for found in differences(before, {**now}):
            self.ledger.differs("restored", listing, found)


def _nothing(before: Verdict, options: Options, contract: Contract, asked: Requests) -> Verdict:
    """Return what a run has found that did not begin, since the target is not in order."""
    return replace(
        before,
        outcomes=tuple(Ledger(asked).outcomes(options)),
        requests=0,
        seconds=0.0,
        answered=0,
        exchanges=(),
        contract=contract,
    )


def _joined(before: Verdict, writes: Verdict, asked: Requests) -> Verdict:
    """Add what was found about writes to what was found about reads.

    An operation that only the scenario asks is not named as one that nobody asks.
    """
    asked_here = set(map(judged, asked.operations.values()))
    of_reads = (each for each in before.outcomes if each.id not in asked_here)
    return replace(
        before,
        requests=before.requests + writes.requests,
        seconds=before.seconds + writes.seconds,
        answered=before.answered + writes.answered,
        outcomes=(*of_reads, *writes.outcomes),
        stopped=before.stopped or writes.stopped,
        deviations=tuple(sorted({*before.deviations, *writes.deviations})),
        exchanges=(*before.exchanges, *_later(before, writes)),
        created=writes.created,
    )


def _later(before: Verdict, writes: Verdict) -> Iterator[Exchange]:
    """Return exchanges with their times counted from when the whole run began."""
    apart = max((writes.started - before.started).total_seconds(), 0.0)
    return (replace(item, started=item.started + apart) for item in writes.exchanges)
