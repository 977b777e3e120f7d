"""A plan goes out once, in its order where that matters, over few connections."""

from __future__ import annotations

import itertools
import threading
from dataclasses import replace

import pytest
from asking import OK, PROBE, Hearing, in_turn, run, saying, sender
from liars.server import Manner, Request, Speech, serving
from network import Network

from find_webhook_kit.contracts.plan.credentials import JUNK_TOKEN
from find_webhook_kit.contracts.wire.probe import Group, Probe, Way
from find_webhook_kit.contracts.wire.sender import Progress

HERE = "http://127.0.0.1:9"
"""Where the servers in memory are: nobody listens there."""


def probes(number: int, name: str = "p") -> list[Probe]:
    return [replace(PROBE, path=f"/{name}{index}") for index in range(number)]


@pytest.mark.parametrize("method", ["POST", "PUT", "PATCH", "DELETE", "TRACE"])
def test_method_that_was_not_allowed_never_leaves(method: str) -> None:
    """POST to this path creates a webhook on the live API."""
    asking = sender("http://127.0.0.1:1")
    exchanges = run(asking, [Group((replace(PROBE, method=method),))])

    assert ([], 0, 0) == (exchanges, asking.planned, asking.pace.sent)


def test_duplicates_are_dropped_and_repeats_are_not() -> None:
    """The same request goes out once, unless the plan wants it again."""
    server = Hearing(saying(OK))
    with serving(server) as url:
        asking = sender(url)
        asking.ask(PROBE)
        run(asking, [Group((PROBE, replace(PROBE, path="/y"))), Group((PROBE,))])
        # What is drawn later may be a duplicate too.
        assert ["/x", "/y"] == [request.path for request in server.heard]

    with serving(server) as url:
        run(sender(url), [Group((PROBE, replace(PROBE, repeat=True)))])
    assert ["/x", "/x"] == [request.path for request in server.heard[2:]]


@pytest.mark.parametrize(
    ("speech", "silent"),
    [
        pytest.param(Speech(b"", stays=True), True, id="nothing"),
        pytest.param(Speech(OK[:-1], stays=True), True, id="half an answer, twice"),
        pytest.param(Speech(b""), False, id="a closed connection"),
        pytest.param(Speech(OK), False, id="an answer"),
    ],
)
def test_instance_is_left_alone_once_time_ran_out_twice(
    speech: Speech,
    silent: bool,  # noqa: FBT001
) -> None:
    """A connection that broke is lost in another way."""

    def speaker(request: Request) -> Speech:
        return Speech(OK) if request.path == "/first" else speech

    asking = sender(HERE, Network(speaker).world)
    asking.ask(replace(PROBE, path="/first", instance_id="other"))
    run(asking, [Group((probe,)) for probe in probes(4)])

    assert silent == (asking.selection.skipped["their instances had timed out twice"] > 0)


def test_answer_in_time_makes_up_for_one_that_was_late() -> None:
    """Twice means twice in a row: a server that is slow now and then is judged to the end."""
    numbers = itertools.count()
    network = Network(lambda _: Speech(b"" if next(numbers) % 2 else OK, stays=True))
    asking = sender(HERE, network.world)
    exchanges = run(asking, [Group((probe,)) for probe in probes(4)])

    assert (4, 0) == (len(exchanges), asking.selection.skipped.total())


def test_groups_keep_their_order_and_no_connection_carries_two_at_a_time() -> None:
    """Within a group, and on one connection, one request follows the answer to the other."""
    server = Hearing(saying(OK))
    groups = [Group(tuple(probes(3, name)), way) for name in "abcdef" for way in (Way.KEPT,)]
    with serving(server) as url:
        exchanges = run(sender(url, connections=4), groups)

    assert [probe for group in groups for probe in group.probes] == [
        item.probe for item in exchanges
    ]
    assert list(range(1, 19)) == [item.number for item in exchanges]
    for name in "abcdef":
        paths = [request.path for request in server.heard if request.path.startswith(f"/{name}")]
        assert sorted(paths) == paths


def test_no_more_connections_are_open_than_allowed() -> None:
    """--connections is a promise to the server."""
    server = Hearing(saying(OK))
    with serving(server) as url:
        run(sender(url, connections=3), [Group((probe,)) for probe in probes(40)])

    assert 1 <= len({request.line for request in server.heard}) <= 3


def test_own_way_has_a_connection_to_itself() -> None:
    """Nothing goes before on it, and nothing behind."""
    server = Hearing(saying(OK))
    groups = [Group((probe,)) for probe in probes(5)]
    own = Group(tuple(probes(2, "own")), Way.OWN)
    with serving(server) as url:
        run(sender(url, connections=2), [*groups, own, *groups])

    (line,) = {request.line for request in server.heard if "own" in request.path}
    assert ["/own0", "/own1"] == [request.path for request in server.heard if request.line == line]


def test_last_request_on_an_own_connection_asks_for_its_end() -> None:
    """So its end shows what stands behind the answer."""
    server = Hearing(saying(OK))
    with serving(server) as url:
        run(sender(url), [Group(tuple(probes(2)), Way.OWN)])

    assert [["keep-alive"], ["close"]] == [r.values("connection") for r in server.heard]


def test_at_once_means_at_the_same_time() -> None:
    """A server sees as many requests under way as there are in the group."""
    together = threading.Barrier(5)

    def speaker(_: Request) -> Speech:
        together.wait(20)
        return Speech(OK)

    with serving(speaker) as url:
        exchanges = run(sender(url, connections=5), [Group(tuple(probes(5)), Way.AT_ONCE)])

    assert [200] * 5 == [item.answer.status for item in exchanges if item.answer]


def test_group_of_which_nothing_is_wanted_any_more_is_no_fault() -> None:
    """Where time ran out twice for everybody in it, nothing is sent at once."""
    group = Group((replace(PROBE, repeat=True), replace(PROBE, repeat=True)), Way.AT_ONCE)

    def speaker(request: Request) -> Speech:
        return Speech(OK) if request.path == "/first" else Speech(b"", stays=True)

    asking = sender(HERE, Network(speaker).world)
    asking.ask(replace(PROBE, path="/first", instance_id="other"))
    run(asking, [Group((PROBE,)), group])

    assert (2, "") == (asking.selection.skipped.total(), asking.stop.reason)


def test_server_with_few_places_is_served_by_few_connections() -> None:
    """Who gets no answer while others do leaves its requests to them, and nothing is lost."""
    with serving(saying(OK), manner=Manner(places=1)) as url:
        asking = sender(url, connections=3, timeout=2.0)  # nobody who is served waits so long
        exchanges = run(asking, [Group((probe,)) for probe in probes(200)])

    assert [()] * 200 == [item.losses for item in exchanges]


def test_what_a_connection_leaves_is_sent_by_the_others_however_long_they_were_idle() -> None:
    """Who has nothing to send waits while a connection that was never answered holds a group."""

    def speaker(request: Request) -> Speech:
        return Speech(OK, stays=True) if request.line == 1 else Speech(b"", stays=True)

    with serving(speaker) as url:
        asking = sender(url, connections=3, timeout=1.0)
        asking.ask(PROBE)
        exchanges = run(asking, [Group((probe,)) for probe in probes(3)])

    assert ["/x", "/p0", "/p1", "/p2"] == [item.probe.path for item in exchanges if item.answer]


def test_progress_promises_no_end_while_requests_are_being_drawn() -> None:
    """A run that waits for what is drawn is not said to have no second left."""
    assert "159 of 187 requests, and more are being drawn" == str(
        Progress(159, 187, 0.2, complete=False)
    )
    assert "159 of 233 requests, 2 s left" == str(Progress(159, 233, 1.9, complete=True))


def test_bad_credentials_may_be_limited() -> None:
    """The rest of them is left out, and counted."""
    bad = [replace(PROBE, path=f"/{n}", credentials=JUNK_TOKEN) for n in range(5)]
    with serving(saying(OK)) as url:
        asking = sender(url)
        asking.selection.max_bad_credentials = 2
        exchanges = run(asking, [Group((probe,)) for probe in (*bad, *probes(2))])

    assert 4 == len(exchanges)
    assert {"--max-bad-credentials 2": 3} == asking.selection.skipped


def test_bad_credentials_share_no_connection_with_good_ones() -> None:
    """What sticks to a connection is looked for by a group of its own."""
    server = Hearing(saying(OK))
    bad = [replace(PROBE, path=f"/bad{n}", credentials=JUNK_TOKEN) for n in range(3)]
    with serving(server) as url:
        run(sender(url), [Group((probe,)) for probe in (*probes(2), *bad, *probes(2, "q"))])

    lines = [
        {r.line for r in server.heard if ("bad" in r.path) is is_bad} for is_bad in (True, False)
    ]
    assert set() == lines[0] & lines[1]


def test_target_that_dies_is_told_once() -> None:
    """What was lost with it is not told one by one."""
    with serving(in_turn(*[OK] * 5, then=b"")) as url:
        asking = sender(url, connections=3)
        asking.ask(PROBE)
        exchanges = run(asking, [Group((probe,)) for probe in probes(30)])

    assert asking.death is not None
    assert "the target stopped answering" == asking.death.message
    assert all(item.answer is not None for item in exchanges)


def test_target_that_dies_at_the_last_request_is_told_so_too() -> None:
    """One request that was given up is enough, where nothing else is answered either."""
    with serving(in_turn(OK, OK, then=b"")) as url:
        asking = sender(url)
        asking.ask(PROBE)
        run(asking, [Group((probe,)) for probe in probes(2)])

    assert asking.death is not None
    assert 2 == asking.death.after


def test_request_that_is_never_answered_is_no_death() -> None:
    """Where others are answered, the run goes on."""

    def speaker(request: Request) -> Speech:
        return Speech(b"" if "/p" <= request.path < "/p5" else OK)

    with serving(speaker) as url:
        asking = sender(url)
        asking.ask(replace(PROBE, path="/q"))
        exchanges = run(asking, [Group((probe,)) for probe in probes(9)])

    assert asking.death is None
    assert 10 == len(exchanges)
