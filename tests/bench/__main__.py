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
from collections.abc import Mapping
from contextlib import ExitStack
from datetime import UTC, datetime

import judge
from cases import CASES, Length, measured, started
from features import costs
from plot import plot
from results import Figure, Results
from servers import OUT, Server, servers
from table import tables
from waits import waits


def main() -> None:
    """Measure, and write the table and the picture."""
    options = _options()
    lineup = [server for server in servers() if server.name not in options.without]
    starts = _starts(lineup, options.rounds)
    length = Length(options.seconds, options.most)
    figures, memory = _loads(lineup, options.rounds, length)
    results = Results(
        servers=[server.name for server in lineup],
        cases=[case.name for case in CASES],
        starts=starts,
        figures=figures,
        memory=memory,
        features=dict(costs(options.rounds, length)),
        waits=dict(waits(options.rounds, length)),
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
            with ExitStack() as stack:
                starts[server.name].append(started(server, stack).start)
    return starts


def _loads(
    lineup: list[Server], rounds: int, length: Length
) -> tuple[Mapping[tuple[str, str], list[Figure]], Mapping[str, tuple[float, float]]]:
    """Put every server under every load, in turn; also return the memory before and after."""
    figures: dict[tuple[str, str], list[Figure]] = defaultdict(list)
    with ExitStack() as stack:
        processes = {server.name: started(server, stack) for server in lineup}
        for server in lineup:  # a virtual machine wants to be warm
            measured(server, CASES[0], processes[server.name], length)
        for _ in range(rounds):
            for case in CASES:
                for server in lineup:
                    figure = measured(server, case, processes[server.name], length)
                    if figure is not None:
                        figures[server.name, case.name].append(figure)
            print(".", end="", file=sys.stderr, flush=True)
        memory = {name: (process.idle, process.memory) for name, process in processes.items()}
    return figures, memory


if __name__ == "__main__":
    main()
