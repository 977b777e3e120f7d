"""What a person can choose about the mock."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Final, Literal, get_args

Auth = Literal["known", "any", "off"]
Log = Literal["off", "text", "json"]
Clock = Literal["now", "fixed"]

AUTHS: Final[tuple[Auth, ...]] = get_args(Auth)
CLOCKS: Final[tuple[Clock, ...]] = get_args(Clock)
LOGS: Final[tuple[Log, ...]] = get_args(Log)
DEMO_TOKEN: Final = "demo-token"  # noqa: S105 - it protects nothing


@dataclass(frozen=True, slots=True)
class Settings:
    """The choices of one mock; what is left out is what `mock-server` alone does."""

    host: str = "127.0.0.1"
    port: int = 8080
    fixtures: Path | None = None
    auth: Auth = "known"
    tokens: tuple[str, ...] = field(default=(DEMO_TOKEN,), repr=False)
    log: Log = "off"
    lie: str | None = None
    prefer: str = ""
    workers: int = 1
    writes: bool = False
    clock: Clock = "now"
    seed: int = 0
    trusted_hosts: tuple[str, ...] = ()
    contract: Path | None = None
    rules: Path | None = None
