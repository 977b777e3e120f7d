"""A finding holds what came: status, headers and body, without secrets, and of every instance."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from functools import cache

import pytest
from liars.bend import drop, items
from liars.honest import KNOWN_IDS, TOKEN, UNKNOWN_ID
from network import Network
from verdicts import (
    FINDING,
    MASK,
    as_value,
    everywhere,
    told,
)

from find_webhook_kit.contracts.config.options import Depth, Options
from find_webhook_kit.contracts.finding import Evidence
from find_webhook_kit.contracts.judge import judge
from find_webhook_kit.contracts.reports import Mask, report
from find_webhook_kit.contracts.reports.annotations import commands
from find_webhook_kit.contracts.reports.evidence import masked
from find_webhook_kit.contracts.reports.json_report import as_json
from find_webhook_kit.contracts.reports.junit import as_junit
from find_webhook_kit.contracts.reports.page import as_html
from find_webhook_kit.contracts.reports.sarif import as_sarif
from find_webhook_kit.contracts.verdict import Verdict
from find_webhook_kit.contracts.wire.target import target

QUICK = Options(max_examples=0, repetitions=5, unsafe_methods=True, depth=Depth.QUICK)
ASKED = target("http://127.0.0.1:81", token=TOKEN, instance_ids=KNOWN_IDS, unknown_id=UNKNOWN_ID)


def test_finding_shows_what_came() -> None:
    """Status, headers and body, with the value of a header that may be a secret hidden."""
    came = as_value()["findings"][0]["came"]

    assert {
        "status": 200,
        "headers": ["content-type: application/json", "x-key: ***"],
        "location": "",
        "body": '[{"url":1}]',
        "bytes": 11,
    } == came


def test_redirect_says_where_it_leads() -> None:
    """Whoever reads the line knows what to use in its place; secrets of the query are hidden."""
    location = "https://api.example.com/v3/x?lang=en&session=abcdef1234567"
    came = Evidence(301, (("location", location),), "", 0)
    found = told(replace(FINDING, got="301", came=came))
    shown = "https://api.example.com/v3/x?lang=en&session=***"

    assert shown == json.loads(as_json(found))["findings"][0]["came"]["location"]
    assert f"came 301, to {shown}" in "".join(commands(found))


@pytest.mark.parametrize("length", [199, 200, 5_000])
def test_body_is_cut_to_its_start(length: int) -> None:
    """Two hundred characters tell a page from JSON."""
    came = masked(replace(FINDING, came=Evidence(200, (), "x" * length, length)), MASK).came

    assert came is not None
    assert (min(length, 200), length) == (len(came.body), came.size)


def test_evidence_of_many_findings_stays_small() -> None:
    """The heaviest findings keep theirs; no finding goes for it."""
    came = Evidence(200, tuple((f"server{n}", "x" * 300) for n in range(60)), "y" * 500, 500)
    found = told(*(replace(FINDING, message=str(n), came=came) for n in range(900)))
    value = json.loads(as_json(found))

    assert (900, 0) == (len(value["findings"]), value["omitted"])
    assert value["findings"][0]["came"]
    assert value["findings"][-1]["came"] is None
    assert len(as_json(found)) < 2_500_000


def test_every_instance_is_named() -> None:
    """In each report that holds findings."""
    verdict = judged_without_url()
    found = report(verdict, Mask(TOKEN))

    assert {"crm", "shop", "bare"} <= set(json.loads(as_json(found))["findings"][0]["instances"])
    for text in (as_junit(found).decode(), as_html(found), as_sarif(found)):
        assert {"crm", "shop", "bare"} <= set(re.findall(r"\w+", text))


@cache
def judged_without_url() -> Verdict:
    return judge(ASKED, QUICK, world=Network(items(drop("url"))).world)


def test_hostile_words_stay_words_in_every_new_place() -> None:
    """A report of such a finding is the same JSON, and its page has no markup of it."""
    hostile = "<img src=x onerror=y>\x1b]8;;http://x\x07"
    found = told(everywhere(hostile))

    assert "<img" not in as_html(found)
    assert "\x1b" not in as_json(found)
