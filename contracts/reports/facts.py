"""What a report says of its run: with which versions it was made, and how fast the target was."""

from __future__ import annotations

import math
import platform
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib import metadata
from statistics import median
from typing import Final

from find_webhook_kit.contracts.wire.exchange import Exchange
from find_webhook_kit.spec import Contract

DISTRIBUTION: Final = "find-webhook-contract-kit"
UNKNOWN: Final = "0.0.0+unknown"
"""The version of a copy that nobody installed, as semantic versioning has it."""


@dataclass(frozen=True, slots=True)
class Versions:
    """Who judged by what: two reports with the same ones can be compared."""

    kit: str
    contract: str
    digest: str
    python: str

    def __str__(self) -> str:
        return (
            f"contract-test {self.kit}, contract {self.contract} ({self.digest}),"
            f" Python {self.python}"
        )


@cache
def kit_version() -> str:
    """Return the version of this kit."""
    try:
        return metadata.version(DISTRIBUTION)
    except metadata.PackageNotFoundError:
        return UNKNOWN


def versions(contract: Contract) -> Versions:
    """Return the versions of this process and of a contract."""
    python = platform.python_version()
    return Versions(kit_version(), contract.version, contract.digest, python)


@dataclass(frozen=True, slots=True)
class Latency:
    """Seconds from the first byte of a request to the last one of its answer."""

    minimum: float
    median: float
    p95: float

    def __str__(self) -> str:
        numbers = (self.minimum, self.median, self.p95)
        low, middle, high = (f"{1000 * seconds:.0f}" for seconds in numbers)
        return f"latency min {low} ms, median {middle} ms, p95 {high} ms"


def latency(exchanges: Iterable[Exchange]) -> Latency | None:
    """Measure the answers that ended; None where there were none."""
    answers = (item.answer for item in exchanges)
    times = sorted(answer.seconds for answer in answers if answer and not answer.late)
    if not times:
        return None
    return Latency(times[0], median(times), times[math.ceil(0.95 * len(times)) - 1])
