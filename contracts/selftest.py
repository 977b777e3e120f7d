"""Would the run, as configured, catch a server that lies? Our mock tells its lies to find out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from find_webhook_kit.contracts import mock_target
from find_webhook_kit.contracts.config.configuration import Configuration
from find_webhook_kit.contracts.config.options import Options
from find_webhook_kit.contracts.exit_code import Exit
from find_webhook_kit.contracts.finding import Severity
from find_webhook_kit.contracts.judge import judge
from find_webhook_kit.contracts.verdict import Verdict

LATE: Final = frozenset({"jitter", "slow-body"})
"""Lies that break no promise but a limit that the caller has to set."""

PATIENCE: Final = 5.0
"""Seconds for one lie: most are caught at the first request."""


class Detection(StrEnum):
    """What became of a lie."""

    CAUGHT = "caught"
    WARNED = "a warning: fails with --strict"
    UNSEEN = "not looked for: needs --max-response-time"
    MISSED = "MISSED"


@dataclass(frozen=True, slots=True)
class Trial:
    """A lie, what became of it, and the clauses that spoke up."""

    lie: str
    detection: Detection
    clauses: tuple[str, ...]

    def __str__(self) -> str:
        named = ", ".join(self.clauses[:3])
        return f"{self.lie:20} {self.detection}" + (f" ({named})" if named else "")


def selftest(chosen: Configuration, say: Callable[[str], None]) -> int:
    """Judge the mock once for each of its lies; return 1 if one of them would pass, else 0."""
    trials = []
    for lie in mock_target.LIES:
        trials.append(_trial(lie, chosen))
        say(str(trials[-1]))
    missed = [trial.lie for trial in trials if trial.detection is Detection.MISSED]
    say(
        f"{len(trials) - len(missed)} of {len(trials)} lies were caught or named above"
        + (f"; missed: {', '.join(missed)}" if missed else "")
    )
    return int(Exit.DOES_NOT_CONFORM if missed else Exit.CONFORMS)


def _trial(lie: str, chosen: Configuration) -> Trial:
    if lie in LATE and chosen.values["max_response_time"] is None:
        return Trial(lie, Detection.UNSEEN, ())
    with mock_target.mock_target(chosen.contract, lie) as judged:
        options = chosen.options(judged)
        verdict = judge(judged, _limited(options), chosen.contract)
    loud = [item for item in verdict.findings if item.severity is not Severity.NOTE]
    return Trial(lie, _detection(verdict), tuple(dict.fromkeys(item.clause for item in loud)))


def _limited(options: Options) -> Options:
    """Spare the caller's time; a run that is cut short passes no lie."""
    limit = options.max_response_time
    timeout = options.timeout if limit is None else min(options.timeout, limit + 1.0)
    return replace(options, max_time=min(options.max_time, PATIENCE), timeout=timeout)


def _detection(verdict: Verdict) -> Detection:
    if verdict.exit_code is not Exit.CONFORMS:
        return Detection.CAUGHT
    loud = any(item.severity is Severity.WARNING for item in verdict.findings)
    return Detection.WARNED if loud else Detection.MISSED
