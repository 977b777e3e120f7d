"""How to judge: the options of a run, and the profiles that set several of them."""

from __future__ import annotations

import ssl
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:  # --help does without it
    from contracts.known_drift import KnownDrift


CONNECTIONS: Final = 10


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How to judge: see `contract-test --help`. Times are seconds, the rate is a second's."""

    seed: int = 0
    max_examples: int = 50
    repetitions: int = 20
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


# How many generated examples, how many reads of one instance, how many seconds.
PROFILES: Final[Mapping[str, Mapping[str, Any]]] = MappingProxyType(
    {
        "quick": MappingProxyType({"max_examples": 0, "repetitions": 5, "max_time": 30.0}),
        "default": MappingProxyType({"max_examples": 50, "repetitions": 20, "max_time": 60.0}),
        "thorough": MappingProxyType({"max_examples": 500, "repetitions": 100, "max_time": 600.0}),
    }
)
