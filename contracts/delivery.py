"""Brings a probe to the target: again where it was lost or throttled, until it is given up."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from http import HTTPStatus

from contracts.bearer import Bearer
from contracts.channel import Channel
from contracts.connection import Lost
from contracts.exchange import Answer, Exchange, Loss, LossKind, Probe
from contracts.memory import Memory
from contracts.pace import Pace
from contracts.repeat import Again, after_loss, after_not_now, not_now
from contracts.stop import Stop


@dataclass(eq=False)
class Delivery:
    """Sends one probe after the other, for all workers.

    `sleep` waits for some seconds. `control` is a request that a target in order answers.
    `bearer` is renewed where it is refused.
    `opening` is True for the first requests, which do not wait long. `guarded` is True once bad
    credentials alone are throttled: a guard of the login, which the rest of them shall not meet.
    """

    pace: Pace
    stop: Stop
    sleep: Callable[[float], None]
    control: Probe
    bearer: Bearer
    memory: Memory = field(default_factory=Memory)
    answered: int = 0
    opening: bool = True
    guarded: bool = False
    _trusts_503: bool = False

    def __call__(
        self,
        channel: Channel,
        probe: Probe,
        number: int,
        *,
        stay: bool,
        lost: tuple[Loss, ...] = (),
    ) -> Exchange:
        """Return what became of a probe; raise `BudgetSpent` and `Stopped`."""
        losses, renewed = list(lost), False
        while True:
            self.stop.check()
            self.pace.wait()
            began, token = self.pace.seconds, self.bearer.value
            answer = self._answer(channel, probe, number, losses, stay=stay)
            again = self._again(channel, probe, answer, losses)
            if again is None and not renewed and self._renew(probe, answer, token):
                again, renewed = Again(), True
            if again is None:
                return Exchange(
                    probe, answer and self.memory.kept(answer), tuple(losses), number, began
                )
            self._wait(again)

    def _renew(self, probe: Probe, answer: Answer | None, token: str) -> bool:
        """Tell whether the token was refused where it is valid, and there is a new one now."""
        refused = answer is not None and answer.status == HTTPStatus.UNAUTHORIZED
        return refused and probe.plain and not probe.made_up and self.bearer.renew(token)

    def ask_control(self, channel: Channel) -> Answer | None:
        """Return what the control is answered now; None where no answer comes, twice."""
        for _ in range(2):
            try:
                self.pace.wait()
                return channel.ask(self.control, 0, stay=False)
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
        self.answered += 1
        return answer

    def _again(
        self, channel: Channel, probe: Probe, answer: Answer | None, losses: list[Loss]
    ) -> Again | None:
        """Decide whether the probe goes out again; a `not now` that is not final is a loss."""
        if answer is None:
            return after_loss(losses, answered=bool(self.answered))
        loss = not_now(answer)
        if loss is None or self._is_final(channel, probe, loss):
            return None
        again = after_not_now([*losses, loss], answer, opening=self.opening)
        if again is not None:
            losses.append(loss)
        elif loss.kind is LossKind.UNAVAILABLE and not self.opening:
            self._trusts_503 = True  # it fails however late it is asked
        return again

    def _is_final(self, channel: Channel, probe: Probe, loss: Loss) -> bool:
        if loss.kind is LossKind.UNAVAILABLE:
            return self._trusts_503
        if probe.credentials.bad:
            control = self.ask_control(channel) if not self.guarded else None
            self.guarded = self.guarded or (control is not None and not_now(control) is None)
            return self.guarded
        return False

    def _wait(self, again: Again) -> None:
        if again.throttle:
            self.pace.throttle(again.throttle)
        elif again.pause:
            self.sleep(again.pause)
