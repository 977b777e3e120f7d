"""How to judge: the options of a run, and the profiles that set several of them."""

from __future__ import annotations

import ssl
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from enum import IntEnum
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

from find_webhook_kit.contracts.finding import Finding, Severity

if TYPE_CHECKING:  # --help does without it
    from find_webhook_kit.contracts.config.known_drift import KnownDrift


CONNECTIONS: Final = 12


class Depth(IntEnum):
    """How far a run goes beyond what every run sends; each depth asks what the one before asks."""

    QUICK = 1
    DEFAULT = 2
    THOROUGH = 3


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How to judge: see `contract-test --help`. Times are seconds, the rate is a second's."""

    seed: int = 0
    max_examples: int = 50
    repetitions: int = 20
    depth: Depth = Depth.DEFAULT
    strict: bool = False
    unsafe_methods: bool = False
    timeout: float = 5.0
    max_response_time: float | None = None
    max_time: float = 60.0
    max_requests: int = 0
    rate: float = 0.0
    connections: int = CONNECTIONS
    max_bad_credentials: int = 0
    wait: float = 0.0
    tls: ssl.SSLContext | None = None
    known_drift: KnownDrift | None = None

    def fails(self, findings: Iterable[Finding]) -> bool:
        """Tell whether findings fail a clause: errors do, and warnings where it is strict."""
        failing = {Severity.ERROR, Severity.WARNING} if self.strict else {Severity.ERROR}
        return any(finding.severity in failing for finding in findings)

    def softened(self, finding: Finding) -> Finding:
        """Make less of a deviation that a team has accepted."""
        return finding if self.known_drift is None else self.known_drift.softened(finding)


# How many generated examples, how many reads of instances, which requests, how many seconds.
PROFILES: Final[Mapping[str, Mapping[str, Any]]] = MappingProxyType(
    {
        name: MappingProxyType(
            {"max_examples": examples, "repetitions": reads, "depth": depth, "max_time": seconds}
        )
        for name, examples, reads, depth, seconds in (
            ("quick", 0, 5, Depth.QUICK, 30.0),
            ("default", 50, 20, Depth.DEFAULT, 60.0),
            ("thorough", 500, 100, Depth.THOROUGH, 600.0),
        )
    }
)
