"""What was measured, and its ratios against the first server of the line-up, the bare one."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from statistics import median

KNOWN = "a known state"
NEW = "an id never seen before"


@dataclass(frozen=True, slots=True)
class Figure:
    """One round of one kind of load; CPU in microseconds a request, latencies in milliseconds."""

    rate: float
    cpu: float
    p50: float
    p99: float


@dataclass(frozen=True, slots=True)
class Results:
    """Everything, by server and kind of load; each list has a value for each round."""

    servers: Sequence[str]
    cases: Sequence[str]
    starts: Mapping[str, Sequence[float]]
    figures: Mapping[tuple[str, str], Sequence[Figure]]
    memory: Mapping[str, tuple[float, float]]
    features: Mapping[str, float]
    waits: Mapping[str, float]

    def middle(self, server: str, case: str, name: str) -> float | None:
        """Return the median of a figure, or None where a server cannot be asked that."""
        found = [getattr(figure, name) for figure in self.figures.get((server, case), ())]
        return median(found) if found else None

    def ratio(self, server: str, case: str, name: str) -> float | None:
        """Return the median of the ratios, each against the bare server in the same round."""
        mine = self.figures.get((server, case), ())
        bare = self.figures.get((self.servers[0], case), ())
        ratios = [
            getattr(one, name) / getattr(other, name)
            for one, other in zip(mine, bare, strict=bool(mine))
        ]
        return median(ratios) if ratios else None

    def start(self, server: str) -> float:
        """Return the median of the seconds to the first 200."""
        return median(self.starts[server])

    def start_ratio(self, server: str) -> float:
        """Return how many times as long as the bare server the start takes."""
        pairs = zip(self.starts[server], self.starts[self.servers[0]], strict=True)
        return median(mine / bare for mine, bare in pairs)
