"""The judge catches each lie that the mock can tell."""

from __future__ import annotations

from dataclasses import replace

import pytest
from asking import Time

from find_webhook_kit.contracts.config.options import Depth, Options
from find_webhook_kit.contracts.finding import Severity
from find_webhook_kit.contracts.judge import judge
from find_webhook_kit.contracts.verdict import Verdict
from find_webhook_kit.contracts.wire.target import target
from find_webhook_kit.mock_server.answers.lies import LIES
from find_webhook_kit.mock_server.http.server import serving
from find_webhook_kit.mock_server.settings import DEMO_TOKEN, Settings

# What breaks no promise, and what lets nobody see whether one was kept.
MILDER = {"extra-member": 0, "bare-401": 3, "too-many-requests": 3, "unavailable": 3}

# Slowness is only wrong by a limit; the others must not hang on how busy this machine is.
OPTIONS = Options(max_examples=0, repetitions=5, depth=Depth.QUICK)
BRIEF = replace(OPTIONS, max_time=3.0)
HURRIED = replace(BRIEF, timeout=0.3, max_response_time=0.25)
WAITED_FOR = {"flaky", "unavailable", "too-many-requests"}
"""Lies that a run waits to get over: its clock goes on when it waits.

It does so for requests that are under way, too, which therefore have an hour.
"""
PATIENT = replace(OPTIONS, timeout=3600.0)
LIMITED = {"jitter": HURRIED, "slow-body": HURRIED, **dict.fromkeys(WAITED_FOR, PATIENT)}


IDS = ("demo", "empty")
"""An instance with webhooks and one without any: no lie needs more."""


SOON = 30
"""Requests within which a lie is seen that every answer tells."""

NOT_SOON = {"flaky", "extra-member"}
"""A lie that few answers tell, and one that is no error: that is told at the end of a run."""


def judged(lie: str, requests: int) -> Verdict:
    with serving(Settings(port=0, lie=lie)) as mock:
        judged = target(mock.url, token=DEMO_TOKEN, instance_ids=IDS)
        world = Time().world if lie in WAITED_FOR else None
        options = replace(LIMITED.get(lie, OPTIONS), max_requests=requests)
        return judge(judged, options, world=world)


@pytest.mark.parametrize("requests", [SOON, pytest.param(0, marks=pytest.mark.catalogue)])
@pytest.mark.parametrize("name", LIES)
def test_judge_catches_the_lie(name: str, requests: int) -> None:
    """A server that tells it does not pass; what is only worth a warning is reported as one."""
    verdict = judged(name, 0 if name in NOT_SOON else requests)

    assert MILDER.get(name, 1) == verdict.exit_code
    told = [item for item in verdict.findings if item.severity is not Severity.NOTE]
    assert told or verdict.diagnosis
