"""Sends the plan: groups of requests over a few connections, at one pace, until it is done.

A group is sent in order; groups do not wait for each other. What a request came to is filed under
its place in the plan, so that a verdict does not hang on how many connections there were.
"""

from __future__ import annotations

import ssl
import threading
import time
from collections import deque
from collections.abc import Callable, Iterable, Iterator, Sequence
from contextlib import contextmanager, suppress
from dataclasses import dataclass, replace
from functools import partial
from http import HTTPStatus
from itertools import count
from typing import Final

from find_webhook_kit.contracts.wire.channel import Channel
from find_webhook_kit.contracts.wire.connection import Connection, Lost
from find_webhook_kit.contracts.wire.dispatcher import Dispatcher, NoPlace
from find_webhook_kit.contracts.wire.exchange import Death, Exchange, Loss
from find_webhook_kit.contracts.wire.given_up import GivenUp
from find_webhook_kit.contracts.wire.pace import BudgetSpent, Limits, Pace
from find_webhook_kit.contracts.wire.probe import Group, Probe, Way
from find_webhook_kit.contracts.wire.refusals import Refusals
from find_webhook_kit.contracts.wire.selection import Selection
from find_webhook_kit.contracts.wire.stop import Stop, Stopped
from find_webhook_kit.contracts.wire.target import Target
from find_webhook_kit.contracts.wire.world import World

LEAVING: Final = 1.0
"""Seconds that the workers of an interrupted run have to come to an end."""


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a run is: requests done and planned, and an estimate of the seconds left.

    Until it is `complete`, more are being drawn, and nobody knows how many seconds they take.
    """

    done: int
    planned: int
    left: float
    complete: bool

    def __str__(self) -> str:
        then = f"{self.left:.0f} s left" if self.complete else "and more are being drawn"
        return f"{self.done} of {self.planned} requests, {then}"


class Sender:
    """The judge's only way to the target; only the methods that were allowed ever leave."""

    def __init__(  # noqa: PLR0913 - what a run is made of
        self,
        target: Target,
        methods: frozenset[str],
        limits: Limits,
        control: Probe,
        *,
        connections: int = 1,
        max_bad_credentials: int = 0,
        tls: ssl.SSLContext | None = None,
        world: World | None = None,
        first: int = 1,
    ) -> None:
        """Begin to number requests at `first`, behind those of another sender."""
        self.target = target
        self.methods = methods
        self.connections = connections
        self.tls = tls
        self.world = world or World()
        self.stop = Stop()
        sleep = self.world.sleep or self.stop.sleep
        self.pace = Pace(limits, self.world.clock, sleep)
        self.dispatcher = Dispatcher(self.pace, self.stop, sleep, control, target.bearer)
        self.planned = 0
        self.selection = Selection(target, methods, max_bad_credentials)
        self.death: Death | None = None
        self._filed: dict[int, Exchange] = {}
        self._numbers = count(first)
        self._queues: dict[Way, deque[tuple[int, Group]]] = {way: deque() for way in Way}
        self._sending: set[Channel] = set()  # each has a group, and may yet leave it to others
        self._complete = False
        self.given_up = GivenUp()
        self.refusals = Refusals()
        self._fault: BaseException | None = None
        self._changed = threading.Condition(threading.RLock())
        self._threads: list[threading.Thread] = []
        self._first = self.channel()
        self._channels = {self._first}

    def connect(self) -> None:
        """Prove that the target accepts a connection, without a request; raise `Lost` if not."""
        self._first.connect()

    def ask(self, probe: Probe) -> Exchange | None:
        """Send one probe now, before all others; None where it could not be sent any more."""
        if probe.method not in self.methods:
            raise ValueError(f"{probe.method} is not allowed in this run")
        number = next(self._numbers)
        self.planned += 1
        self.selection.take(probe)
        with self._ending():
            self._file(self.dispatcher(self._first, probe, number, stay=True))
        return self._filed.get(number)

    def add(self, groups: Iterable[Group]) -> None:
        """Add to the plan; what is a duplicate or not allowed is left out."""
        with self._changed:
            for group in groups:
                probes = tuple(filter(self.selection.is_new, group.probes))
                if probes:
                    numbers = [next(self._numbers) for _ in probes]
                    self._queues[group.way].append((numbers[0], replace(group, probes=probes)))
                    self.planned += len(probes)
            self._changed.notify_all()

    def complete(self) -> None:
        """Say that nothing more will be added."""
        with self._changed:
            self._complete = True
            self._changed.notify_all()

    def run(self, progress: Callable[[Progress], None]) -> None:
        """Send all that was added; return when it is done, or the run has ended before.

        Kept connections come first and are closed then, so that they are in nobody's way on a
        server that takes only a few.
        """
        self.dispatcher.opening = False
        self._watch([(self._first, partial(self._work, Way.QUIET, self._first))], progress)
        for way in (Way.KEPT, Way.OWN):
            channels = [self._first, *(self.channel() for _ in range(self.connections - 1))]
            self._watch(
                ((channel, partial(self._work, way, channel)) for channel in channels), progress
            )
        for number, group in self._groups(Way.AT_ONCE, self._first):
            self._watch(self._at_once(number, group.probes), progress)
        if self.given_up.exchanges and not self.stop.ended:
            with self._ending():
                self._see_whether_it_lives()
        if self._fault is not None:
            raise self._fault

    def fail(self, fault: BaseException) -> None:
        """End the run for a fault of this program, which `run` raises."""
        self._fault = self._fault or fault
        self.interrupt("a fault of this program")

    def close(self) -> None:
        """Wait a moment for those that an interrupt has woken up, and close what is open."""
        deadline = time.monotonic() + LEAVING
        for thread in self._threads:
            if thread.is_alive():  # an interrupt may have come before it was started
                thread.join(max(deadline - time.monotonic(), 0.0))
        self._first.close()

    def interrupt(self, reason: str) -> None:
        """End the run at once, whatever is under way."""
        self.stop.end(reason, abort=True)
        with self._changed:
            for channel in self._channels:
                channel.abort()
            self._changed.notify_all()

    @property
    def expired(self) -> str:
        """Say that the token has expired during the run, where it has."""
        return self.refusals.words

    @property
    def exchanges(self) -> list[Exchange]:
        """What came to an end, in the order of the plan; nothing from the token's end on."""
        with self._changed:
            filed = [self._filed[number] for number in sorted(self._filed)]
        return [item for item in filed if item.started < self.refusals.ended_at]

    def progress(self) -> Progress:
        """Tell how far the run is; what is left takes as long as what is done did."""
        with self._changed:
            done = len(self._filed) + self.selection.skipped.total()
            left = self.planned - done
            seconds = left * self.pace.seconds / max(done, 1)
            return Progress(done, self.planned, seconds, self._complete)

    def _watch(
        self,
        work: Iterable[tuple[Channel, Callable[[], None]]],
        progress: Callable[[Progress], None],
    ) -> None:
        """Let each channel's work be done in a thread of its own, and return behind the last.

        Nothing is begun where an interrupt has left threads behind, which may hold a connection.
        """
        if self.stop.aborted:
            return
        pairs = tuple(work)
        self._channels = {channel for channel, _ in pairs}
        self._threads = [
            threading.Thread(target=self._guarded, args=pair, daemon=True) for pair in pairs
        ]
        for thread in self._threads:
            thread.start()
        while any(thread.is_alive() for thread in self._threads) and not self.stop.aborted:
            progress(self.progress())  # whoever is still connecting at an interrupt is left behind
            with self._changed:
                self._changed.wait(0.05)
        progress(self.progress())

    def _guarded(self, channel: Channel, task: Callable[[], None]) -> None:
        try:
            with self._ending():
                task()
        except BaseException as error:  # noqa: BLE001 - who called `run` shall have it
            self.fail(error)
        finally:
            if channel is not self._first:
                channel.close()
            with self._changed:
                self._sending.discard(channel)
                self._changed.notify_all()

    def _work(self, way: Way, channel: Channel) -> None:
        for number, group in self._groups(way, channel):
            if not self._deliver(channel, number, group):
                return
        if way is not Way.QUIET:
            channel.close()
        if way is Way.KEPT and all(other.proven for other in self._channels):
            self._work(Way.OWN, channel)  # the server takes as many connections as there are

    def _at_once(
        self, number: int, probes: Sequence[Probe]
    ) -> Iterator[tuple[Channel, Callable[[], None]]]:
        """Give each probe a connection; all send once all are connected."""
        wanted = [
            (number + place, probe) for place, probe in enumerate(probes) if self._wanted(probe)
        ]
        together = threading.Barrier(len(wanted) or 1)
        for place, probe in wanted:
            channel = self.channel()
            yield channel, partial(self._together, together, channel, place, probe)

    def _together(
        self, together: threading.Barrier, channel: Channel, number: int, probe: Probe
    ) -> None:
        lost: tuple[Loss, ...] = ()
        try:
            channel.connect()
        except Lost as error:
            lost = (Loss(error.kind, str(error)),)
        with suppress(threading.BrokenBarrierError):  # somebody came too late
            together.wait(self.pace.limits.timeout)
        self._file(self.dispatcher(channel, probe, number, stay=False, lost=lost))

    @contextmanager
    def _ending(self) -> Iterator[None]:
        """End the run for all where its budget is spent."""
        try:
            yield
        except BudgetSpent as error:
            self.stop.end(str(error))
        except Stopped:
            pass

    def _groups(self, way: Way, channel: Channel) -> Iterator[tuple[int, Group]]:
        """Take one group after the other, for a channel; wait while more may come."""
        queue = self._queues[way]
        while True:
            with self._changed:
                self._sending.discard(channel)
                while not queue and self._may_come(way):
                    self._changed.wait(0.05)
                if not queue or self.stop.ended:
                    return
                taken = queue.popleft()
                self._sending.add(channel)
            yield taken

    def _may_come(self, way: Way) -> bool:
        """Tell whether groups may still be added, or be left by a channel that gets no answer."""
        added = way is Way.KEPT and not self._complete
        left = any(not channel.proven for channel in self._sending)
        return (added or left) and not self.stop.ended

    def _deliver(self, channel: Channel, number: int, group: Group) -> bool:
        """Send a group; False where this worker has to leave it to another one."""
        channel.prepare(group)
        last = len(group.probes) - 1
        for place, probe in enumerate(group.probes):
            if not self._wanted(probe):
                continue
            stay = group.way is not Way.OWN or place < last
            try:
                exchange = self.dispatcher(
                    channel, probe, number + place, stay=stay, leaves=partial(self._leaves, channel)
                )
            except NoPlace:
                with self._changed:
                    self._queues[group.way].appendleft((number, group))
                return False
            self._file(exchange)
        return True

    def _leaves(self, channel: Channel) -> bool:
        """Tell whether this channel was never answered, and another one was."""
        return not channel.proven and any(other.proven for other in self._channels)

    def _file(self, exchange: Exchange) -> None:
        """File an exchange; where it is one of several that were given up, see what that means."""
        with self._changed:
            if self.death is not None and exchange.answer is None:
                return  # told by the death
            self._filed[exchange.number] = exchange
            dead = self.given_up.count(exchange, answered=bool(self.dispatcher.answered))
            refused = self.refusals.count(exchange, self.pace.sent)
            self._changed.notify_all()
        if dead:
            self._see_whether_it_lives()
        elif refused:
            self._see_whether_the_token_works()

    def _see_whether_the_token_works(self) -> None:
        """End the run where the control is refused, too: what comes is not about the server."""
        if not self.refusals.has_opened(self.dispatcher.control):
            return
        control = self.dispatcher.now(self.channel())
        with self._changed:
            refused = control is not None and control.status == HTTPStatus.UNAUTHORIZED
            if not refused or self.expired:
                return
            self.refusals.end()
        self.interrupt(self.expired)

    def _see_whether_it_lives(self) -> None:
        """Ask for what was answered before; a target that does not even do that ends the run."""
        asking = self.channel()
        with self._changed:
            self._channels = {*self._channels, asking}  # so that an interrupt ends it
        if self.dispatcher.now(asking) is not None:
            with self._changed:
                self.given_up.exchanges.clear()
            return
        with self._changed:
            # Another one may have seen it, and told it, a moment ago.
            if self.death is not None or self.stop.ended or not self.given_up.exchanges:
                return
            lost = self.given_up.exchanges
            for exchange in lost:  # told once, by the death
                del self._filed[exchange.number]
            self.death = Death(tuple(lost), after=max(self._filed, default=0))
        self.interrupt("the target stopped answering")

    def _wanted(self, probe: Probe) -> bool:
        """Tell whether a probe is still to be sent, and count why it is not."""
        with self._changed:
            late = self.given_up.was_late(probe)
            return self.selection.wanted(probe, late=late, guarded=bool(self.dispatcher.guarded))

    def channel(self) -> Channel:
        """Return another way to the target, not yet open."""
        return Channel(self.target, self.tls, self.world, self.pace, self._extra)

    def _extra(self, number: int, connection: Connection, came: bytes) -> None:
        """Add bytes that came behind an answer to it, as its fault."""
        with self._changed:
            exchange = self._filed.get(number)
            if exchange is not None and exchange.answer is not None:
                answer = connection.with_bytes_behind(exchange.answer, came)
                self._filed[number] = replace(exchange, answer=answer)
