"""Brings a probe to the target: again where it was lost or throttled, until it is given up."""

from __future__ import annotations

import threading
from collections.abc import Callable
from dataclasses import dataclass, field, replace
from http import HTTPStatus

from find_webhook_kit.contracts.wire.bearer import Bearer
from find_webhook_kit.contracts.wire.channel import Channel
from find_webhook_kit.contracts.wire.connection import Lost
from find_webhook_kit.contracts.wire.content_store import ContentStore
from find_webhook_kit.contracts.wire.exchange import Answer, Exchange, Loss, LossKind
from find_webhook_kit.contracts.wire.pace import Pace
from find_webhook_kit.contracts.wire.probe import Probe, Validity
from find_webhook_kit.contracts.wire.repeat import Again, after_loss, after_not_now, not_now
from find_webhook_kit.contracts.wire.stop import Stop


class NoPlace(Exception):
    """The server takes fewer connections than there are: this one is never answered."""


@dataclass(eq=False)
class Dispatcher:
    """Sends one probe after the other, for all workers.

    `sleep` waits for some seconds. `control` is a request that a target in order answers; `bearer`
    is renewed where the token is refused. `opening` is True for the first requests, which do not
    wait long. `guarded` is True once bad credentials alone are throttled: a guard of the login,
    which the rest of them shall not meet; None as long as nobody knows.
    """

    pace: Pace
    stop: Stop
    sleep: Callable[[float], None]
    control: Probe
    bearer: Bearer
    memory: ContentStore = field(default_factory=ContentStore)
    answered: int = 0
    opening: bool = True
    guarded: bool | None = None
    _trusts_503: bool = False
    _lock: threading.Lock = field(default_factory=threading.Lock)
    _guard: threading.Lock = field(default_factory=threading.Lock)

    def __call__(  # noqa: PLR0913 - a probe, its place, and how it goes
        self,
        channel: Channel,
        probe: Probe,
        number: int,
        *,
        stay: bool,
        lost: tuple[Loss, ...] = (),
        leaves: Callable[[], bool] = lambda: False,
    ) -> Exchange:
        """Return what became of a probe; raise `BudgetSpent` and `Stopped`.

        Where no connection was to be had or no answer came in time, and `leaves` is true then,
        raises `NoPlace`: that tells nothing about the probe, which another channel takes over.
        """
        losses, renewed = list(lost), False
        while True:
            self.stop.check()
            self.pace.wait()
            left, token = self.pace.clock(), self.bearer.value
            answer = self._answer(channel, probe, number, losses, stay=stay)
            if answer is None and losses[-1].kind is not LossKind.BROKEN and leaves():
                raise NoPlace
            known = len(losses)
            again = self._again(channel, probe, answer, losses)
            losses[known:] = [
                replace(loss, left=left - self.pace.started) for loss in losses[known:]
            ]
            if again is None and not renewed and self._renew(probe, answer, token):
                again, renewed = Again(), True
            if again is None:
                kept = answer and self.memory.kept(answer)
                return Exchange(probe, kept, tuple(losses), number, left - self.pace.started)
            self._wait(again, left)

    def _renew(self, probe: Probe, answer: Answer | None, token: str) -> bool:
        """Tell whether the token was refused where it is valid, and there is a new one now."""
        refused = answer is not None and answer.status == HTTPStatus.UNAUTHORIZED
        return refused and probe.plain and not probe.made_up and self.bearer.renew(token)

    def now(self, channel: Channel, probe: Probe | None = None) -> Answer | None:
        """Return what the control, or a probe, is answered now; None where it is lost twice."""
        for _ in range(2):
            try:
                self.pace.wait()
                return channel.ask(probe or self.control, 0, stay=False)
            except Lost:
                self.stop.check()
        return None

    def _answer(
        self, channel: Channel, probe: Probe, number: int, losses: list[Loss], *, stay: bool
    ) -> Answer | None:
        """Ask once; None, and a loss more, where no answer came."""
        try:
            answer = channel.ask(probe, number, stay=stay)
        except Lost as error:
            self.stop.check()
            if self.pace.left <= 0:
                raise self.pace.out_of_time() from None
            losses.append(Loss(error.kind, str(error)))
            return None
        if answer.faults and self.stop.aborted:
            self.stop.check()
        with self._lock:
            self.answered += 1
        return answer

    def _again(
        self, channel: Channel, probe: Probe, answer: Answer | None, losses: list[Loss]
    ) -> Again | None:
        """Decide whether the probe goes out again; a `not now` that is not final is a loss."""
        if answer is None:
            if not probe.repeatable and losses[-1].kind is not LossKind.REFUSED:
                return None
            return after_loss(losses, answered=bool(self.answered))
        loss = not_now(answer)
        if loss is None or (loss.kind is LossKind.UNAVAILABLE and not probe.repeatable):
            return None
        again = after_not_now([*losses, loss], answer, opening=self.opening)
        if self._is_final(channel, probe, loss, last=again is None):
            return None
        if again is not None:
            losses.append(loss)
        elif loss.kind is LossKind.UNAVAILABLE and not self.opening:
            self._trusts_503 = True  # it fails however late it is asked
            self.pace.unthrottle()
        return again

    def _is_final(self, channel: Channel, probe: Probe, loss: Loss, *, last: bool) -> bool:
        if loss.kind is LossKind.UNAVAILABLE:
            return self._trusts_503
        trusted = probe.credentials.validity is Validity.VALID
        return not trusted and self._is_guarded(channel, probe, last=last)

    def _is_guarded(self, channel: Channel, probe: Probe, *, last: bool) -> bool:
        """Tell whether bad credentials alone are throttled: they and good ones take turns.

        Tried at the first one that is throttled, and at those that always are: who throttles
        everybody lets one or another pass by chance.
        """
        with self._guard:
            if self.guarded is None or (last and not self.guarded):
                turns = (self.control, probe, self.control, probe, self.control)
                self.guarded = all(
                    self._passes(channel, turn) is (turn is self.control) for turn in turns
                )
            return self.guarded

    def _passes(self, channel: Channel, probe: Probe) -> bool:
        answer = self.now(channel, probe)
        return answer is not None and not_now(answer) is None

    def _wait(self, again: Again, left: float) -> None:
        if again.throttle:
            self.pace.throttle(again.throttle, left, again.rate)
        elif again.pause:
            self.sleep(again.pause)
