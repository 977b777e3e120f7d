"""One pace and one budget hold for all connections of a run."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import Any

import pytest
from asking import OK, PROBE, Time, run, saying, sender
from liars.server import serving

from find_webhook_kit.contracts.wire.pace import BudgetSpent, Limits, Pace
from find_webhook_kit.contracts.wire.probe import Group


def paced(time: Time, **limits: Any) -> Pace:
    return Pace(Limits(**limits), time, time.sleep)


def times(pace: Pace, time: Time, number: int) -> list[float]:
    """Return when each of so many requests leaves."""
    found = []
    for _ in range(number):
        pace.wait()
        found.append(round(time(), 3))
    return found


def test_rate_is_kept() -> None:
    """Ten requests a second means a tenth of a second between two."""
    time = Time()

    assert [0.0, 0.1, 0.2] == times(paced(time, rate=10.0), time, 3)


def test_who_comes_late_does_not_make_up_for_it() -> None:
    """After a pause the requests leave at the same distance, and not in a bunch."""
    time = Time()
    pace = paced(time, rate=10.0)
    pace.wait()
    time.now = 5.0

    assert [5.0, 5.1] == times(pace, time, 2)


def test_rate_holds_for_all_connections_together() -> None:
    """Four connections do not make ten requests a second forty."""
    time = Time()
    with serving(saying(OK)) as url:
        asking = sender(url, time.world, connections=4, rate=10.0)
        groups = [Group((replace(PROBE, path=f"/{number}"),)) for number in range(20)]

        assert 20 == len(run(asking, groups))
    assert 1.9 <= round(time.now, 3)


def test_number_of_requests_ends_the_run() -> None:
    """Whatever leaves counts, repetitions too."""
    pace = paced(Time(), max_requests=1)
    pace.wait()

    with pytest.raises(BudgetSpent, match=r"--max-requests 1$"):
        pace.wait()


def test_time_ends_the_run() -> None:
    """Nothing leaves once the time for the run is over."""
    time = Time()
    pace = paced(time, max_time=1.0)
    time.now = 2.0

    with pytest.raises(BudgetSpent, match=r"--max-time 1$"):
        pace.wait()


def test_request_whose_turn_comes_too_late_is_not_waited_for() -> None:
    """What cannot leave in time ends the run at once."""
    time = Time()
    pace = paced(time, rate=0.1, max_time=5.0)
    pace.wait()

    with pytest.raises(BudgetSpent):
        pace.wait()
    assert [] == time.waited


def test_throttling_holds_everybody_back() -> None:
    """Nothing leaves for as long as the server has asked for."""
    time = Time()
    pace = paced(time)
    pace.wait()
    pace.throttle(3.0, 0.0)

    assert [3.0] == times(pace, time, 1)


def test_throttling_holds_back_who_has_been_waiting() -> None:
    """A request that stands in line already, on another connection, waits like the others."""
    time = Time()
    pace = paced(time, rate=1.0)
    pace.wait()
    in_line, go = threading.Event(), threading.Event()

    def sleep(seconds: float) -> None:
        in_line.set()
        go.wait()
        time.sleep(seconds)

    pace.sleep = sleep
    other = threading.Thread(target=pace.wait)
    other.start()
    in_line.wait()
    pace.throttle(30.0, 0.0)
    go.set()
    other.join()

    assert 30.0 <= time.now


def test_pause_that_is_longer_than_the_run_ends_it() -> None:
    """Waiting would be of no use, so nobody waits."""
    pace = paced(Time(), max_time=60.0)

    with pytest.raises(BudgetSpent, match=r"a pause of 3600 s \(Retry-After\)"):
        pace.throttle(3600.0, 0.0)


def test_throttled_run_goes_on_half_as_fast() -> None:
    """The pace that was refused is not taken again."""
    time = Time()
    pace = paced(time)
    for _ in range(20):
        pace.wait()
        time.now += 0.01
    pace.throttle(1.0, time.now)

    assert 10.0 == round(pace.rate, 1)


def test_requests_that_were_refused_together_slow_the_run_once() -> None:
    """Sixteen connections that meet the same limit do not halve the pace sixteen times."""
    time = Time()
    pace = paced(time, rate=64.0)
    for _ in range(64):
        pace.wait()
    left = time.now
    time.now += 0.2
    for _ in range(16):
        pace.throttle(0.0, left)

    assert 25.0 <= pace.rate


def test_pace_recovers() -> None:
    """A server that refuses nothing for some seconds is asked faster again."""
    time = Time()
    pace = paced(time, rate=100.0)
    pace.wait()
    pace.throttle(1.0, 0.0)
    slow = pace.rate
    times(pace, time, 200)

    assert slow < 10 < pace.rate <= 100.0


@pytest.mark.parametrize("rate", [0.5, 4.0])
def test_pace_never_exceeds_what_the_user_allows(rate: float) -> None:
    """Neither slowed down nor recovered is it more than --rate-limit."""
    time = Time()
    pace = paced(time, rate=rate, max_time=1000.0)
    pace.wait()
    pace.throttle(1.0, 0.0)
    slowed = pace.rate
    times(pace, time, 100)

    assert slowed <= pace.rate == rate
