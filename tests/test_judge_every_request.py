"""A run that ends at any request of its plan, in whatever way, has a verdict of what was seen."""

from __future__ import annotations

import os
import signal
import socket
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import replace
from functools import cache
from itertools import count

import pytest
from liars.honest import TOKEN, UNKNOWN_ID, refusal, said, speak
from liars.server import Request, Speaker, Speech, parsed, serving
from network import End, Network

from find_webhook_kit.contracts import interrupts
from find_webhook_kit.contracts.config.options import Depth, Options
from find_webhook_kit.contracts.judge import Listener, judge
from find_webhook_kit.contracts.verdict import Verdict
from find_webhook_kit.contracts.wire.sender import Progress, Sender
from find_webhook_kit.contracts.wire.target import target

ABROAD = target("http://api.example", token=TOKEN, instance_ids=("crm",), unknown_id=UNKNOWN_ID)
Numbers = Callable[[int], list[int]]
CONNECTIONS = pytest.mark.parametrize("connections", [1, 4])


def options(connections: int, *, max_requests: int = 0) -> Options:
    return Options(
        max_examples=0,
        repetitions=1,
        depth=Depth.QUICK,
        connections=connections,
        max_requests=max_requests,
        max_time=10_000.0,
    )


def judged(
    network: Network, connections: int, *, most: int = 0, listener: Listener | None = None
) -> Verdict:
    chosen = options(connections, max_requests=most)
    return judge(ABROAD, chosen, listener=listener, world=network.world)


@cache
def whole(connections: int) -> Verdict:
    """Return the verdict of a run that nothing ends."""
    verdict = judged(Network(speak), connections)
    assert 0 == verdict.exit_code
    return verdict


def every_request(connections: int) -> list[int]:
    """Return the numbers of the requests of a whole run."""
    return list(range(1, len(whole(connections).exchanges) + 1))


def some_requests(connections: int) -> list[int]:
    """Return the opening, the first of each purpose, the one before the last such, and the end.

    Of those between, one number of connections has every second, and the other the others.
    """
    sent = whole(connections).exchanges
    purposes = [item.probe.purpose for item in sent]
    edges = [at for at in range(1, len(sent)) if purposes[at - 1] is not purposes[at]]
    first = {purposes[at]: at + 1 for at in reversed(edges)}.values()
    between = sorted({2, max(first) - 1, *first, len(sent) - 1})
    return sorted({1, *between[connections % 2 :: 2], len(sent)})


@pytest.fixture(params=[some_requests, pytest.param(every_request, marks=pytest.mark.catalogue)])
def numbers(request: pytest.FixtureRequest) -> Numbers:
    """Give the requests at which a run is ended; all of them are for `make test-catalogue`."""
    found: Numbers = request.param
    return found


@CONNECTIONS
def test_budget_may_end_at_every_request(connections: int, numbers: Numbers) -> None:
    """Each answer that was paid for is in the verdict, and the flag is named."""
    for number in numbers(connections)[:-1]:
        verdict = judged(Network(speak), connections, most=number)

        assert (3, number) == (verdict.exit_code, len(verdict.exchanges))
        assert f"the run was cut short by --max-requests {number}" == verdict.stopped
        assert () == verdict.findings


def test_liar_that_was_caught_stays_caught_wherever_the_budget_ends(
    numbers: Numbers,
) -> None:
    """What was seen weighs more than what was not."""

    def speaker(request: Request) -> Speech:
        return said(request, refusal(500)) if request.number == 1 else speak(request)

    for number in numbers(1):
        assert 1 == judged(Network(speaker), 1, most=number).exit_code


MESSAGES = {
    End.REFUSES: "the target stopped accepting connections",
    End.RESETS: "the target stopped answering",
    End.CLOSES: "the target stopped answering",
    End.SILENT: "the target stopped answering",
}


@pytest.mark.parametrize(
    ("connections", "end"), [(1, End.REFUSES), (1, End.SILENT), (4, End.RESETS), (4, End.CLOSES)]
)
def test_target_may_die_at_every_request(connections: int, end: End, numbers: Numbers) -> None:
    """It is one finding, and what was answered before is in the verdict."""
    for number in numbers(connections):
        verdict = judged(Network(speak, end, number), connections)
        if number == 1:
            assert 4 == verdict.exit_code
            continue

        assert [("run.answered", MESSAGES[end])] == [
            (item.clause, item.message) for item in verdict.findings
        ], number
        assert (1, "") == (verdict.exit_code, verdict.stopped)
        assert all(item.answer is not None for item in verdict.exchanges)
        # What was under way on other connections is cut off with it.
        assert number - connections <= len(verdict.exchanges) < number


def test_death_that_is_seen_twice_is_told_once(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever looks again before the run has ended finds it told."""
    interrupt = Sender.interrupt

    def not_yet(_: Sender, __: str) -> None:
        monkeypatch.setattr(Sender, "interrupt", interrupt)

    monkeypatch.setattr(Sender, "interrupt", not_yet)
    verdict = judged(Network(speak, End.REFUSES, 60), 1)

    assert ["run.answered"] == [item.clause for item in verdict.findings]


@CONNECTIONS
def test_run_may_be_interrupted_at_every_request(connections: int, numbers: Numbers) -> None:
    """Ctrl-C ends the run, and what was seen is in the verdict."""
    for number in numbers(connections):

        def interrupt(now: Progress, number: int = number) -> None:
            if now.done >= number:
                raise KeyboardInterrupt

        verdict = judged(Network(speak), connections, listener=Listener(interrupt))

        assert (3, "the run was interrupted") == (verdict.exit_code, verdict.stopped)
        assert number <= len(verdict.exchanges)
        assert () == verdict.findings


@contextmanager
def _answering(listener: socket.socket) -> Iterator[None]:
    """Answer on a socket, one request a connection, until it is closed."""

    def accept() -> None:
        with suppress(OSError):
            for number in count(1):
                connection, _ = listener.accept()
                with connection, suppress(OSError):
                    head = connection.recv(65536)
                    given = parsed(head, number, turn=1, line=number)
                    others = [pair for pair in given.headers if pair[0] != "connection"]
                    request = replace(given, headers=(*others, ("connection", "close")))
                    connection.sendall(speak(request).raw)

    thread = threading.Thread(target=accept)
    thread.start()
    try:
        yield
    finally:
        thread.join()


@contextmanager
def held() -> Iterator[None]:
    """Handle signals as the command does."""
    with interrupts.restored():
        interrupts.hold()
        yield


@pytest.mark.parametrize(("connections", "name"), [(4, "SIGINT"), (1, "SIGTERM")])
def test_signal_may_come_at_every_request(connections: int, name: str, numbers: Numbers) -> None:
    """Whatever is under way, the run ends with a verdict of what came before."""
    for number in numbers(connections):

        def kill(now: int, number: int = number) -> None:
            if now == number:
                os.kill(os.getpid(), getattr(signal, name))

        with held():
            verdict = judged(Network(speak, asked=kill), connections)

        # Who is told at the last request may have come to the end before it hears of it.
        assert verdict.exit_code in {0, 3}, number
        assert bool(verdict.exit_code) is bool(verdict.stopped)
        assert () == verdict.findings
        assert number - connections <= len(verdict.exchanges)


# On real sockets, once each.


def dying(number: int) -> Speaker:
    """Close every connection without a byte from a request on."""
    return lambda request: Speech(b"") if request.number >= number else speak(request)


def real(speaker: Speaker, connections: int = 4, **chosen: float) -> Verdict:
    with serving(speaker) as url:
        judged_ = target(url, token=TOKEN, instance_ids=("crm",), unknown_id=UNKNOWN_ID)
        return judge(judged_, Options(max_examples=0, connections=connections, **chosen))  # type: ignore[arg-type]  # numbers all


def test_target_that_closes_is_one_finding_on_real_sockets() -> None:
    """So it is on a network that takes time."""
    verdict = real(dying(40))

    assert ["the target stopped answering"] == [item.message for item in verdict.findings]
    assert 1 == verdict.exit_code


def test_target_that_falls_silent_is_one_finding_on_real_sockets() -> None:
    """Two timeouts for a request and two for the question whether anybody is there."""
    verdict = real(
        lambda request: Speech(b"", stays=True) if request.number >= 40 else speak(request),
        timeout=1.0,
    )

    assert ["the target stopped answering"] == [item.message for item in verdict.findings]


def test_target_that_is_gone_is_one_finding_on_real_sockets() -> None:
    """Its port is closed, with all its connections."""
    gone = count(1)
    with socket.create_server(("127.0.0.1", 0)) as listener:
        url = f"http://127.0.0.1:{listener.getsockname()[1]}"

        def listen(now: Progress) -> None:
            if now.done >= 30 and next(gone) == 1:
                listener.shutdown(socket.SHUT_RDWR)
                listener.close()

        with _answering(listener):
            judged_ = target(url, token=TOKEN, instance_ids=("crm",), unknown_id=UNKNOWN_ID)
            chosen = Options(max_examples=0, connections=2, timeout=2.0)
            verdict = judge(judged_, chosen, listener=Listener(listen))

    assert ["the target stopped accepting connections"] == [
        item.message for item in verdict.findings
    ]


def test_interrupt_on_real_sockets() -> None:
    """Requests that are under way are not waited for."""

    def speaker(request: Request) -> Speech:
        if request.number == 30:
            os.kill(os.getpid(), signal.SIGTERM)
        return Speech(b"", stays=True) if request.number >= 30 else speak(request)

    with held():
        verdict = real(speaker, timeout=500.0, max_time=1000.0)

    assert (3, "the run was interrupted") == (verdict.exit_code, verdict.stopped)
