"""A target that is far away is judged like one next door, over TLS and a line that loses."""

from __future__ import annotations

import ssl
from pathlib import Path

import pytest
from liars.honest import KNOWN_IDS, TOKEN, UNKNOWN_ID, speak
from liars.server import serving
from relay import Distance, relayed

from find_webhook_kit.contracts.config.options import PROFILES, Options
from find_webhook_kit.contracts.finding import Severity
from find_webhook_kit.contracts.judge import judge
from find_webhook_kit.contracts.verdict import Verdict
from find_webhook_kit.contracts.wire.target import target

TLS = Path(__file__).parent / "data" / "tls"
TRUSTING = ssl.create_default_context(cafile=TLS / "ca.pem")


def certified() -> ssl.SSLContext:
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(TLS / "good.pem")
    return context


def judged(distance: Distance, tls: ssl.SSLContext | None = None) -> Verdict:
    options = Options(**PROFILES["quick"], tls=TRUSTING if tls else None)
    with serving(speak) as near, relayed(near, distance, tls=tls) as url:
        far = target(url, token=TOKEN, instance_ids=KNOWN_IDS, unknown_id=UNKNOWN_ID)
        return judge(far, options)


@pytest.mark.parametrize(
    "tls",
    [
        pytest.param(None, id="plain", marks=pytest.mark.catalogue),
        pytest.param(certified(), id="TLS"),
    ],
)
def test_target_behind_a_distance_conforms(tls: ssl.SSLContext | None) -> None:
    """Twenty milliseconds change nothing of the verdict."""
    verdict = judged(Distance(0.02), tls)

    assert (0, "", ()) == (verdict.exit_code, verdict.stopped, verdict.findings)


def test_lost_connections_are_told_and_the_verdict_comes() -> None:
    """A line that loses one connection, its third with this seed, costs a warning."""
    verdict = judged(Distance(0.02, lost=0.03, seed=22))

    assert (0, "") == (verdict.exit_code, verdict.stopped)
    assert [("run.answered", Severity.WARNING, 1)] == [
        (item.clause, item.severity, item.count) for item in verdict.findings
    ]
