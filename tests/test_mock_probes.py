"""Whatever comes in by a socket is answered as the RFCs have it, and hurts nobody after it."""

from collections.abc import Iterator
from itertools import chain
from typing import Literal

import pytest
from probes import FAMILIES, GOOD, HALF_SENT, PROBES, Probe
from wire import Answer, exchange, in_pieces

from find_webhook_kit.mock_server.http.protocol import Protocol
from find_webhook_kit.mock_server.http.server import serving
from find_webhook_kit.mock_server.settings import Settings


def port_of(url: str) -> int:
    return int(url.rpartition(":")[2])


@pytest.fixture(scope="module")
def port() -> Iterator[int]:
    """Serve the mock on a free port."""
    with serving() as mock:
        yield port_of(mock.url)


@pytest.fixture(scope="module")
def before(port: int) -> list[Answer]:
    """Return the answer to a good request before all else."""
    return exchange(port, [GOOD])


@pytest.fixture(scope="module")
def impatient() -> Iterator[int]:
    """Serve a mock that waits for a fraction of a second only."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(Protocol, "deadline", 0.2)
        with serving() as mock:
            yield port_of(mock.url)


SAMPLE = {
    f"{family}: {probe.name}": probe
    for family, probes in FAMILIES.items()
    for probe in {probe.statuses: probe for probe in probes}.values()
}
"""One probe of each family for each way in which the mock answers one."""

LOGGED = ("request line", "method", "version", "target", "id", "query")
"""Families of what a log shows of a request."""

SAID = [
    *chain.from_iterable(FAMILIES[name] for name in LOGGED),
    *(probe for probe in SAMPLE.values() if len(probe.statuses) < 1000),
]


def test_each_probe_has_a_name() -> None:
    """No row of the table hides another."""
    assert sum(map(len, FAMILIES.values())) == len(PROBES)


@pytest.mark.parametrize("probe", PROBES.values(), ids=PROBES)
def test_probe_is_answered_and_the_next_request_is_served(
    port: int, before: list[Answer], probe: Probe
) -> None:
    """The statuses are those of the table, errors are the error object, the mock is as it was."""
    answers = exchange(port, [probe.sent], probe.method)

    assert probe.statuses == tuple(answer.status for answer in answers)
    assert [] == [issue for answer in answers for issue in answer.issues()]
    assert before == exchange(port, [GOOD])


def is_the_same_in_pieces(port: int, probe: Probe) -> None:
    size = 1 if len(probe.sent) < 2000 else 1000
    answers = exchange(port, in_pieces(probe.sent, size), probe.method)

    assert probe.statuses == tuple(answer.status for answer in answers)
    assert [] == [issue for answer in answers for issue in answer.issues()]


@pytest.mark.parametrize("probe", SAMPLE.values(), ids=SAMPLE)
def test_answer_does_not_hang_on_how_the_bytes_arrive(port: int, probe: Probe) -> None:
    """Byte by byte, or where there are many in small pieces, the answers are the same."""
    is_the_same_in_pieces(port, probe)


@pytest.mark.catalogue
@pytest.mark.parametrize("probe", PROBES.values(), ids=PROBES)
def test_no_answer_hangs_on_how_the_bytes_arrive(port: int, probe: Probe) -> None:
    """So it is with every probe: `make test-catalogue`."""
    is_the_same_in_pieces(port, probe)


@pytest.mark.parametrize("probe", HALF_SENT.values(), ids=HALF_SENT)
def test_half_a_request_has_a_deadline(impatient: int, probe: Probe) -> None:
    """A connection whose request does not arrive is told so and not kept."""
    answers = exchange(impatient, [probe.sent])

    assert probe.statuses == tuple(answer.status for answer in answers)
    assert [] == [issue for answer in answers for issue in answer.issues()]


@pytest.mark.parametrize("probe", HALF_SENT.values(), ids=HALF_SENT)
def test_half_a_request_that_ends_is_answered_at_once(port: int, probe: Probe) -> None:
    """A client that closes its half is not waited for: what did not come in full is malformed."""
    answers = exchange(port, [probe.sent], finish=True)

    assert probe.statuses == tuple(answer.status + 8 * (answer.status == 400) for answer in answers)


@pytest.mark.parametrize("log", ["text", "json"])
def test_log_stays_readable_whatever_comes(
    capfd: pytest.CaptureFixture[str],
    caplog: pytest.LogCaptureFixture,
    log: Literal["text", "json"],
) -> None:
    """Whatever a log shows of a request, its lines are short, and not a word is on stderr."""
    with serving(Settings(port=0, log=log)) as mock:
        for probe in SAID:
            exchange(port_of(mock.url), [probe.sent], method=None)
    written, error = capfd.readouterr()

    assert "" == error
    assert [] == caplog.messages
    assert len(SAID) < len(written.splitlines())
    assert [] == [line for line in written.split("\n") if len(line) > 400 or not line.isprintable()]
