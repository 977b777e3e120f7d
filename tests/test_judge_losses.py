"""A line that loses a connection now and then changes no verdict, and each loss is told."""

from __future__ import annotations

import io
import json
import random
from itertools import count, takewhile
from pathlib import Path

import pytest
from liars.honest import TOKEN, UNKNOWN_ID, speak
from network import Network
from rich.console import Console

from find_webhook_kit.contracts.config.options import Depth, Options
from find_webhook_kit.contracts.judge import judge
from find_webhook_kit.contracts.reports import Mask, publish
from find_webhook_kit.contracts.verdict import Verdict
from find_webhook_kit.contracts.wire.curl import curl
from find_webhook_kit.contracts.wire.target import target

FAR = target("http://api.example", token=TOKEN, instance_ids=("crm",), unknown_id=UNKNOWN_ID)
TOLD = "a request was lost, and answered when it was repeated"


def judged(network: Network, connections: int = 1) -> Verdict:
    options = Options(
        max_examples=0,
        repetitions=1,
        depth=Depth.QUICK,
        connections=connections,
        max_time=10_000.0,
    )
    return judge(FAR, options, world=network.world)


def losses(verdict: Verdict) -> dict[tuple[str, str, str], int]:
    return {
        (item.clause, str(item.severity), item.message): item.count for item in verdict.findings
    }


def warning(number: int) -> dict[tuple[str, str, str], int]:
    return {("run.answered", "warning", TOLD): number} if number else {}


WHOLE = pytest.mark.catalogue


@pytest.mark.parametrize(
    ("connections", "step"),
    [(1, 5), pytest.param(1, 1, marks=WHOLE), pytest.param(4, 1, marks=WHOLE)],
)
def test_any_connection_may_be_lost(connections: int, step: int) -> None:
    """Whichever connection is lost, its request goes again on another one: one warning."""
    opened = takewhile(lambda line: _opens(line, connections), count(1, step))

    assert len(list(opened)) > connections


def _opens(line: int, connections: int) -> bool:
    """Judge on a line that loses one connection; tell whether there was one of that number."""
    network = Network(speak, loses=lambda number: number == line)
    verdict = judged(network, connections)
    there = line < next(network.lines)
    assert (0, "", warning(there)) == (verdict.exit_code, verdict.stopped, losses(verdict)), line
    return there


@pytest.mark.parametrize(
    ("share", "seeds"),
    [(0.03, 3), pytest.param(0.01, 9, marks=WHOLE), pytest.param(0.03, 9, marks=WHOLE)],
)
def test_verdict_comes_on_a_line_that_loses_by_chance(share: float, seeds: int) -> None:
    """Over seeds: every lost connection is told, and what was answered conforms."""
    total = 0
    for seed in range(seeds):
        chance = random.Random(seed)  # noqa: S311 - no secret
        lost = {line for line in range(1, 200) if chance.random() < share}
        network = Network(speak, loses=lost.__contains__)
        verdict = judged(network)
        opened = next(network.lines)
        number = sum(line < opened for line in lost)
        assert (0, "", warning(number)) == (verdict.exit_code, verdict.stopped, losses(verdict))
        total += number

    assert total


def test_loss_is_told_on_the_screen_and_in_each_report(tmp_path: Path) -> None:
    """Who reads any of them knows that a request was lost, and which."""
    verdict, out = judged(Network(speak, loses=lambda line: line == 3)), io.StringIO()

    publish(verdict, Mask(TOKEN), console=Console(file=out), folder=tmp_path, environment={})

    again = next(curl(item.probe, FAR) for item in verdict.exchanges if item.losses)
    assert TOLD in " ".join(out.getvalue().split())
    assert again == json.loads((tmp_path / "report.json").read_text("utf-8"))["findings"][0]["curl"]
    for report in ("report.json", "junit.xml", "report.sarif", "report.html"):
        assert TOLD in (tmp_path / report).read_text("utf-8"), report
