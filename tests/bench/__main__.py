"""What things cost, as ratios in one run: `make bench`.

Each figure is the median of several rounds. In a round every server is asked in turn, and a ratio
is taken against the bare ASGI app of the same round, since absolute figures say little on a busy
machine. The tables and the picture are written to `build/bench`.
"""

from __future__ import annotations

import argparse
import os
import platform
import sys
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from itertools import count
from statistics import median

import judge
from load import load
from plot import plot
from process import Process, free_port, running
from results import KNOWN, NEW, Figure, Results
from servers import BODIES, OUT, Server, mock, request, servers
from table import tables

_fresh = count(1)


@dataclass(frozen=True, slots=True)
class Case:
    """A kind of load: a name for the table, whom it is for, and how it is made."""

    name: str
    request: Callable[[Server], Callable[[], bytes] | None]
    connections: int = 32


def _known(instance: str, server: Server) -> Callable[[], bytes] | None:
    if instance not in server.bodies:
        return None
    written = request(instance, server.bodies[instance])
    return lambda: written


def _never_seen(_: Server) -> Callable[[], bytes]:
    return lambda: request(f"new-{next(_fresh)}")


def _with(header: str, _: Server) -> Callable[[], bytes]:
    written = request("demo", header)
    return lambda: written


CASES = (
    Case(KNOWN, partial(_known, "demo")),
    Case(NEW, _never_seen),
    Case("50 webhooks", partial(_known, "many")),
    Case("500 webhooks", partial(_known, "huge")),
    Case("1 connection", partial(_known, "demo"), connections=1),
    Case("500 connections", partial(_known, "demo"), connections=500),
)


def main() -> None:
    """Measure, and write the table and the picture."""
    options = _options()
    lineup = [server for server in servers() if server.name not in options.without]
    starts = _starts(lineup, options.rounds)
    figures, memory = _loads(lineup, options)
    results = Results(
        servers=[server.name for server in lineup],
        cases=[case.name for case in CASES],
        starts=starts,
        figures=figures,
        memory=memory,
        features=dict(_features(options)),
    )
    text = f"{_where()}\n\n{tables(results)}"
    (OUT / "bench.md").write_text(text, encoding="utf-8")
    (OUT / "bench.svg").write_text(plot(results), encoding="utf-8")
    print(text)
    if options.judge:
        judge.main()


def _where() -> str:
    """Say when and on what machine."""
    cores, python = os.cpu_count(), platform.python_version()
    return f"{datetime.now(UTC):%Y-%m-%d}, {cores} cores, {platform.system()}, Python {python}"


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--seconds", type=float, default=1.0, help="of each load (%(default)s)")
    parser.add_argument("--most", type=int, default=100_000, help="requests of each load")
    parser.add_argument("--without", nargs="*", default=[], metavar="NAME", help="leave out")
    parser.add_argument("--no-judge", dest="judge", action="store_false", help="the mock alone")
    return parser.parse_args()


def _starts(lineup: list[Server], rounds: int) -> Mapping[str, list[float]]:
    """Measure the seconds from the command to the first 200."""
    starts = defaultdict(list)
    for _ in range(rounds):
        for server in lineup:
            port = free_port()
            with running(server.command(port), port, request("demo")) as process:
                starts[server.name].append(process.start)
    return starts


def _loads(
    lineup: list[Server], options: argparse.Namespace
) -> tuple[Mapping[tuple[str, str], list[Figure]], Mapping[str, tuple[float, float]]]:
    """Put every server under every load, in turn; also return the memory before and after."""
    figures: dict[tuple[str, str], list[Figure]] = defaultdict(list)
    with ExitStack() as stack:
        processes = {server.name: _started(server, stack) for server in lineup}
        for server in lineup:  # a virtual machine wants to be warm
            _measured(server, CASES[0], processes[server.name], options)
        for _ in range(options.rounds):
            for case in CASES:
                for server in lineup:
                    figure = _measured(server, case, processes[server.name], options)
                    if figure is not None:
                        figures[server.name, case.name].append(figure)
            print(".", end="", file=sys.stderr, flush=True)
        memory = {name: (process.idle, process.memory) for name, process in processes.items()}
    return figures, memory


def _started(server: Server, stack: ExitStack) -> Process:
    port = free_port()
    return stack.enter_context(running(server.command(port), port, request("demo")))


def _measured(
    server: Server, case: Case, process: Process, options: argparse.Namespace
) -> Figure | None:
    asked = case.request(server)
    if asked is None:
        return None
    before = process.cpu
    result = load(
        process.port,
        asked,
        connections=case.connections,
        seconds=options.seconds,
        most=options.most,
    )
    cpu = (process.cpu - before) / result.requests
    return Figure(result.rate, 1e6 * cpu, result.percentile(0.5), result.percentile(0.99))


def _features(options: argparse.Namespace) -> Iterator[tuple[str, float]]:
    """Compare what the mock costs with a feature in use and without, in CPU per request."""
    plain = Case("", partial(_known, "demo"))
    cases = {
        "a line of the log for each request (`--log json`)": (("--log", "json"), plain),
        "a lie (`Prefer: lie=null-member`)": (
            (),
            Case("", partial(_with, "Prefer: lie=null-member")),
        ),
        "a sequence": ((), Case("", partial(_known, "sequence"))),
    }
    reference = Server("mock", mock())
    for name, (flags, case) in cases.items():
        server = Server("mock", mock(*flags), {**dict.fromkeys(BODIES, ""), "sequence": ""})
        with ExitStack() as stack:
            theirs, mine = _started(reference, stack), _started(server, stack)
            ratios = []
            for _ in range(options.rounds):
                one = _measured(reference, plain, theirs, options)
                other = _measured(server, case, mine, options)
                if one and other:
                    ratios.append(other.cpu / one.cpu)
        yield name, median(ratios)


if __name__ == "__main__":
    main()
