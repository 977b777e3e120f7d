"""A server that throttles slows the run, and fails nothing."""

from __future__ import annotations

from collections import deque

import pytest
from asking import Time
from liars.honest import TOKEN, UNKNOWN_ID, Answer, refusal, said, speak
from liars.server import Request, Speaker, Speech
from network import Network
from support.sampling import diagonal

from find_webhook_kit.contracts.config.options import Depth, Options
from find_webhook_kit.contracts.finding import Severity
from find_webhook_kit.contracts.judge import judge
from find_webhook_kit.contracts.verdict import Verdict
from find_webhook_kit.contracts.wire.target import target

ABROAD = target(
    "http://api.example", token=TOKEN, instance_ids=("crm", "idle"), unknown_id=UNKNOWN_ID
)
TICK = 0.001


def limited(time: Time, most: int, refused: Answer) -> Speaker:
    """Answer so many requests in any second, and refuse the others."""
    answered: deque[float] = deque(maxlen=most)

    def speaker(request: Request) -> Speech:
        time.advance(TICK)
        if len(answered) == most and time.now - answered[0] < 1:
            return said(request, refused)
        answered.append(time.now)
        return speak(request)

    return speaker


def judged(speaker: Speaker, time: Time, connections: int, rate: float = 0.0) -> Verdict:
    # Each of ten that wait moves the one clock, under the feet of who is being answered: here
    # nobody is late, and the time is no budget.
    options = Options(
        max_examples=0,
        repetitions=5,
        depth=Depth.QUICK,
        connections=connections,
        rate=rate,
        timeout=1e4,
        max_time=1e5,
    )
    return judge(ABROAD, options, world=Network(speaker, time=time).world)


def loud(verdict: Verdict) -> set[str]:
    return {item.clause for item in verdict.findings if item.severity is not Severity.NOTE}


@pytest.mark.parametrize(
    ("connections", "most", "refused"),
    [
        pytest.param(1, 20, refusal(429, ("Retry-After", "1")), id="429"),
        pytest.param(10, 20, refusal(429, ("Retry-After", "1")), id="429 for ten"),
        pytest.param(1, 20, refusal(503, ("Retry-After", "1")), id="503"),
        pytest.param(10, 20, refusal(503, ("Retry-After", "1")), id="503 for ten"),
        pytest.param(1, 10, refusal(503), id="503 without a time"),
    ],
)
def test_server_that_throttles_everybody_conforms(
    connections: int, most: int, refused: Answer
) -> None:
    """The run waits, goes on more slowly, and tells it as a warning."""
    time = Time()
    verdict = judged(limited(time, most, refused), time, connections)

    assert (0, "") == (verdict.exit_code, verdict.stopped)
    assert {"run.throttled"} == loud(verdict)
    assert 0 == sum(verdict.left_out.values())


@pytest.mark.parametrize("connections", [1, 10])
def test_rate_limit_that_fits_is_never_throttled(connections: int) -> None:
    """--rate-limit holds for all connections together."""
    time = Time()
    refused = refusal(429, ("Retry-After", "1"))
    # Nine others may be held up by a busy machine, and arrive a second late: there is room.
    verdict = judged(limited(time, 20, refused), time, connections, rate=10.0)

    assert (0, set()) == (verdict.exit_code, loud(verdict))


@pytest.mark.parametrize("connections", [1, 10])
def test_guard_of_the_login_costs_no_verdict(connections: int) -> None:
    """After eight bad credentials the rest of them is left out, and the good ones go on."""
    bad: list[Request] = []

    def speaker(request: Request) -> Speech:
        given = speak(request)
        if b" 401 " not in given.raw[:16]:
            return given
        bad.append(request)
        refused = refusal(429, ("Retry-After", "900"))
        return said(request, refused) if len(bad) > 8 else given

    verdict = judged(speaker, Time(), connections)

    assert (0, "") == (verdict.exit_code, verdict.stopped)
    assert {"run.throttled"} == loud(verdict)
    assert 0 < sum(verdict.left_out.values())
    assert len(bad) <= 8 + 3 + connections


def closing(refused: Answer) -> Speaker:
    """Answer the first forty requests, and tell all others to come at once."""

    def speaker(request: Request) -> Speech:
        return speak(request) if request.number <= 40 else said(request, refused)

    return speaker


@pytest.mark.parametrize(("status", "connections"), diagonal((429, 503), (1, 10)))
def test_run_that_was_mostly_turned_away_proves_nothing(status: int, connections: int) -> None:
    """A handful of answers is no verdict, however good they are."""
    time = Time()
    verdict = judged(closing(refusal(status, ("Retry-After", "0"))), time, connections)

    assert 3 == verdict.exit_code
    assert "only told to come later" in verdict.stopped
