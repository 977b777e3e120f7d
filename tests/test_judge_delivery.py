"""A request goes again where it was lost or throttled, until it is given up."""

from __future__ import annotations

import itertools
from collections.abc import Callable
from dataclasses import replace
from datetime import UTC, datetime

import pytest
from asking import OK, PROBE, Hearing, Time, ask, in_turn, run, saying, sender
from liars.server import Request, Speech, serving

from find_webhook_kit.contracts.plan.credentials import JUNK_TOKEN
from find_webhook_kit.contracts.wire import repeat
from find_webhook_kit.contracts.wire.exchange import Answer, Exchange, LossKind
from find_webhook_kit.contracts.wire.probe import Group
from find_webhook_kit.contracts.wire.repeat import PAUSE, retry_after

BAD = replace(PROBE, path="/bad", credentials=JUNK_TOKEN)


def refusing(status: int, wait: str = "") -> bytes:
    """Say: not now."""
    told = f"Retry-After: {wait}\r\n" if wait else ""
    return f"HTTP/1.1 {status} X\r\n{told}Content-Length: 0\r\n\r\n".encode()


def kinds(exchange: Exchange) -> list[LossKind]:
    return [loss.kind for loss in exchange.losses]


def status(exchange: Exchange) -> int:
    return exchange.answer.status if exchange.answer else 0


# Lost.


def test_lost_request_is_repeated_once_and_told() -> None:
    """A dropped connection is no verdict, but it is not hidden either."""
    exchange = ask(in_turn(b""))

    assert ["the connection was closed without an answer"] == list(map(str, exchange.losses))
    assert 200 == status(exchange)


def test_request_that_is_lost_twice_has_no_answer() -> None:
    """Two attempts, two reasons."""
    exchange = ask(saying(b""))

    assert exchange.answer is None
    assert [LossKind.BROKEN] * 2 == kinds(exchange)


def test_refused_connection_is_tried_again_where_somebody_has_answered() -> None:
    """A server that starts again is waited for, longer each time, and no longer than a second."""
    time = Time()
    with serving(saying(OK.replace(b"Cont", b"Connection: close\r\nCont"))) as url:
        asking = sender(url, time.world)
        asking.ask(PROBE)
    exchange = asking.ask(replace(PROBE, path="/gone"))

    assert [0.1, 0.3, 0.9] == time.waited
    # Nobody is there any more: told as the death of the target.
    assert exchange is None
    assert asking.death is not None
    assert [LossKind.REFUSED] * 4 == kinds(asking.death.last)


def test_who_was_never_there_is_not_waited_for() -> None:
    """A refused connection at the start ends the run at once."""
    time = Time()
    exchange = sender("http://127.0.0.1:1", time.world).ask(PROBE)
    assert exchange is not None

    assert ([LossKind.REFUSED] * 2, []) == (kinds(exchange), time.waited)


# Throttled.


@pytest.mark.parametrize("answered", [429, 503])
def test_throttled_request_waits_as_long_as_it_is_told_and_goes_out_again(answered: int) -> None:
    """Retry-After is honoured, of a 429 and of a 503, and the answer counts that then comes."""
    time = Time()
    exchange = ask(in_turn(refusing(answered, "7")), world=time.world)

    assert (200, [LossKind.THROTTLED]) == (status(exchange), kinds(exchange))
    assert [7.0] == time.waited


def test_throttling_without_a_time_waits_a_second() -> None:
    """A 429 need not say for how long."""
    time = Time()
    exchange = ask(in_turn(refusing(429)), world=time.world)

    assert (200, [PAUSE]) == (status(exchange), time.waited)


def test_pause_beyond_the_run_ends_it() -> None:
    """An hour is not waited for, and the reason is told."""
    time = Time()
    with serving(in_turn(OK, refusing(429, "3600"))) as url:
        asking = sender(url, time.world)
        asking.ask(PROBE)
        asking.ask(replace(PROBE, path="/y"))
        asking.close()

    assert "--max-time 60: the server asks for a pause of 3600 s" in asking.stop.reason
    assert [] == time.waited


def test_who_throttles_however_late_is_taken_at_its_word() -> None:
    """Three pauses, and then the 429 is the answer."""
    time = Time()
    exchange = ask(saying(refusing(429, "1")), world=time.world)

    assert (429, [1.0] * 3) == (status(exchange), time.waited)


def test_503_without_a_time_is_throttling_where_a_later_request_is_answered() -> None:
    """As nginx throttles: asked again at once, and then after a pause."""
    time = Time()
    exchange = ask(in_turn(refusing(503), refusing(503)), world=time.world)

    assert (200, [LossKind.UNAVAILABLE] * 2) == (status(exchange), kinds(exchange))
    assert [PAUSE] == time.waited


def test_503_that_stays_is_a_failure_and_costs_pauses_once() -> None:
    """A server that fails however late it is asked is not waited for again, nor spared."""
    time = Time()
    with serving(saying(refusing(503))) as url:
        asking = sender(url, time.world)
        exchanges = run(asking, [Group((replace(PROBE, path=f"/{n}"),)) for n in range(20)])

    # Two pauses, and the distance to the next request that they had set.
    assert [PAUSE] * 3 == time.waited
    assert [503] * 20 == list(map(status, exchanges))


# A guard of the login.


def guarding(allowed: int) -> Callable[[Request], Speech]:
    """Throttle bad credentials after so many."""
    seen = itertools.count(1)

    def speaker(request: Request) -> Speech:
        if request.path == "/bad" and next(seen) > allowed:
            return Speech(refusing(429, "900"))
        return Speech(OK)

    return speaker


def test_guard_of_the_login_is_left_alone() -> None:
    """Bad credentials that alone are throttled are not sent any more; the others go on."""
    bad = [replace(BAD, repeat=True, name=f"bad {number}") for number in range(6)]
    good = [replace(PROBE, path=f"/{number}") for number in range(5)]
    with serving(Hearing(guarding(2))) as url:
        asking = sender(url, Time().world)
        asking.ask(PROBE)
        exchanges = run(asking, [Group((probe,)) for probe in (*bad, *good)])

    assert "" == asking.stop.reason
    assert [200] * 3 + [429] + [200] * 5 == list(map(status, exchanges))
    assert 3 == asking.selection.skipped.total()
    assert "a guard of the login" in next(iter(asking.selection.skipped))


def test_who_throttles_everybody_is_no_guard() -> None:
    """Where good credentials are throttled too, the bad ones wait and go again like them."""
    time = Time()
    limit = Hearing(lambda _: Speech(refusing(429, "1") if limit.heard[20:] else OK))

    def speaker(request: Request) -> Speech:
        if time() >= 1:
            return Speech(OK)
        return limit(request)

    bad = [replace(BAD, repeat=True) for _ in range(40)]
    with serving(speaker) as url:
        asking = sender(url, time.world)
        asking.ask(PROBE)
        exchanges = run(asking, [Group((probe,)) for probe in bad])

    assert {200} == set(map(status, exchanges))
    assert 0 == asking.selection.skipped.total()


# Retry-After.


def told(value: str) -> float:
    return retry_after(Answer(429, (("retry-after", value),), b"", 0.0))


class Then(datetime):
    """A moment at which every clock stands."""

    @classmethod
    def now(cls, tz: object = None) -> Then:
        assert tz is UTC
        return cls(2023, 11, 14, 22, 13, 20, tzinfo=UTC)


@pytest.mark.parametrize(
    "date",
    [
        "Tue, 14 Nov 2023 22:13:23 GMT",
        "Tuesday, 14-Nov-23 22:13:23 GMT",
        "Tue Nov 14 22:13:23 2023",
    ],
)
def test_retry_after_may_be_a_date(monkeypatch: pytest.MonkeyPatch, date: str) -> None:
    """A server may name the moment, in the three forms of RFC 9110, section 5.6.7."""
    monkeypatch.setattr(repeat, "datetime", Then)

    assert 3.0 == told(date)


@pytest.mark.parametrize(
    ("value", "seconds"),
    [
        ("0", 0.0),
        ("120", 120.0),
        ("9" * 5000, 999_999_999.0),
        ("Sun, 06 Nov 1994 08:49:37 GMT", 0.0),
        ("Mon, 01 Jan 0001 00:00:00 +2359", 0.0),
        *((value, PAUSE) for value in ("", " ", "-1", "1.5", "²", "inf", "soon", "1, 2")),
        ("Mon, 01 Jan 99999999999 00:00:00 GMT", PAUSE),
        ("Mon, 99 Jan 2030 99:99:99 GMT", PAUSE),
        ("Mon, 01 Jan 2030 00:00:00 +9999999999999", PAUSE),
    ],
)
def test_whatever_retry_after_says_is_a_number_of_seconds(value: str, seconds: float) -> None:
    """What cannot be read is a second, and nothing is an error."""
    assert seconds == told(value)
