"""Would the run, as configured, catch a server that lies? Our mock tells its lies to find out."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass, replace
from enum import StrEnum
from typing import Final

from find_webhook_kit.contracts import mock_target
from find_webhook_kit.contracts.config.configuration import Configuration
from find_webhook_kit.contracts.config.options import Options
from find_webhook_kit.contracts.exit_code import Exit
from find_webhook_kit.contracts.finding import Finding, Severity
from find_webhook_kit.contracts.judge import judge
from find_webhook_kit.contracts.verdict import Status, Verdict
from find_webhook_kit.contracts.wire.open_files import make_room

LATE: Final = frozenset({"jitter", "slow-body"})
"""Lies that break no promise but a limit that the caller has to set."""

PATIENCE: Final = 5.0
"""Seconds for one lie: most are caught at the first request."""

SLOWED: Final = 2
"""How often as many requests as a run that was cut short an honest one must have, to be a sign."""


class Detection(StrEnum):
    """What became of a lie."""

    CAUGHT = "caught"
    WARNED = "a warning: fails with --strict"
    UNSEEN = "not looked for: needs --max-response-time"
    UNTOLD = "not told: nothing that is judged has what it is about"
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
    """Judge the mock once for each of its lies; return 1 if one of them would pass, else 0.

    What the honest mock is told too is no sign of a lie, and where no lie is caught, none would be.
    """
    make_room(chosen.values["connections"], mock=True)
    honest = _verdict(chosen)
    if honest.exit_code is not Exit.CONFORMS:
        say(f"without a lie: {_in_short(honest)}")
    trials = []
    for lie in mock_target.LIES:
        trials.append(_trial(lie, chosen, honest))
        say(str(trials[-1]))
    missed = [trial.lie for trial in trials if trial.detection is Detection.MISSED]
    none = not any(trial.detection is Detection.CAUGHT for trial in trials)
    say(
        f"{len(trials) - len(missed)} of {len(trials)} lies were caught or named above"
        + (f"; missed: {', '.join(missed)}" if missed else "")
        + ("; none was caught" if none else "")
    )
    return int(Exit.DOES_NOT_CONFORM if missed or none else Exit.CONFORMS)


def _in_short(verdict: Verdict) -> str:
    """Say what came of a run, and why."""
    failed = [item.id for item in verdict.outcomes if item.status is Status.FAILED]
    unproven = [item.id for item in verdict.unproven]
    reason = verdict.unreachable or verdict.stopped or ", ".join([*failed, *unproven][:3])
    return f"{verdict.exit_code.words} ({reason})"


def _trial(lie: str, chosen: Configuration, honest: Verdict) -> Trial:
    if lie in LATE and chosen.values["max_response_time"] is None:
        return Trial(lie, Detection.UNSEEN, ())
    verdict = _verdict(chosen, lie)
    known = {(item.clause, item.message) for item in _loud(honest)}
    new = [item for item in _loud(verdict) if (item.clause, item.message) not in known]
    fails = Options(strict=chosen.values["strict"]).fails(new)
    slowed = bool(verdict.stopped) and SLOWED * verdict.requests < honest.requests
    caught = fails or slowed or bool(_signs(verdict) - _signs(honest))
    return Trial(
        lie,
        Detection.CAUGHT if caught else _uncaught(verdict, new),
        tuple(dict.fromkeys(item.clause for item in new)),
    )


def _uncaught(verdict: Verdict, new: Sequence[Finding]) -> Detection:
    """Say what a lie is that fails no run: told with a warning, never told, or missed."""
    if new:
        return Detection.WARNED
    answers = (item.answer for item in verdict.exchanges)
    told = any(answer and answer.values(mock_target.TOLD) for answer in answers)
    return Detection.MISSED if told else Detection.UNTOLD


def _verdict(chosen: Configuration, lie: str | None = None) -> Verdict:
    with mock_target.mock_target(chosen.contract, lie) as judged:
        return judge(judged, _limited(chosen.options(judged)), chosen.contract)


def _limited(options: Options) -> Options:
    """Spare the caller's time."""
    limit = options.max_response_time
    timeout = options.timeout if limit is None else min(options.timeout, limit + 1.0)
    return replace(options, max_time=min(options.max_time, PATIENCE), timeout=timeout)


def _loud(verdict: Verdict) -> list[Finding]:
    return [item for item in verdict.findings if item.severity is not Severity.NOTE]


def _signs(verdict: Verdict) -> set[str]:
    """List what says that something is wrong, beside findings.

    What a run that was cut short has not proven says nothing.
    """
    unproven = () if verdict.stopped else (item.id for item in verdict.unproven)
    return {verdict.diagnosis, verdict.unreachable, *unproven}
