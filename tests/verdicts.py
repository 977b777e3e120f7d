"""A verdict that holds something of everything, for the tests of the reports."""

from __future__ import annotations

import json
from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from find_webhook_kit.contracts.finding import Evidence, Finding, Kind, Occurrence, Severity
from find_webhook_kit.contracts.reports import Mask, Report, report
from find_webhook_kit.contracts.reports.json_report import as_json
from find_webhook_kit.contracts.verdict import Outcome, Status, Verdict
from find_webhook_kit.contracts.wire.exchange import Answer, Exchange, Loss, LossKind
from find_webhook_kit.contracts.wire.probe import Probe
from find_webhook_kit.contracts.wire.target import target
from find_webhook_kit.spec import PATH, contract

TOKEN = "tok-e/n&12345"
MASK = Mask(TOKEN)
URL = "/components/schemas/Webhook/properties/url"
URL_LINE = PATH.read_text(encoding="utf-8").splitlines().index("        url:") + 1
"""Where the contract promises what `FINDING` is about."""

FINDING = Finding(
    severity=Severity.ERROR,
    kind=Kind.BREAKING,
    message="[].url is not string\x00",
    expected="string",
    got=json.dumps({"url": f"https://hooks.example.com/secret?t=1 {TOKEN}"}),
    pointer="/0/url",
    instance="crm",
    whose="instance",
    curl='curl -sS -i -H "Authorization: Bearer $CONTRACT_TOKEN" http://h/x',
    clause="body.200.url",
    count=3,
    of=20,
    request=7,
    hint="look again",
    came=Evidence(200, (("content-type", "application/json"), ("x-key", "k-1")), '[{"url":1}]', 11),
    occurrences=(Occurrence("crm", "/0/url", 7), Occurrence("shop", "/1/url", 9)),
)
WARNING = replace(
    FINDING, severity=Severity.WARNING, kind=Kind.HTTP, clause="http.headers", message="twice", of=0
)
NOTE = replace(FINDING, severity=Severity.NOTE, message="odd", count=1, of=0)
PASSED = Outcome(
    "status.401", f"{URL}/type", required=True, status=Status.PASSED, evidence=4, findings=()
)
UNPROVEN = replace(PASSED, status=Status.NOT_PROVEN, evidence=0)
NOTHING_SEEN = "no known instance was answered with 200: are the token right?"
OUTCOMES = (
    PASSED,
    replace(
        PASSED,
        id="body.200.url",
        source=URL,
        required=False,
        status=Status.FAILED,
        findings=(FINDING, NOTE),
    ),
    replace(UNPROVEN, id="status.200", source="vendor page 2.1.2", hint=NOTHING_SEEN),
    replace(
        UNPROVEN,
        id="body.200.name",
        source="s",
        required=False,
        hint="give a token and an --instance-id with a webhook",
    ),
    replace(UNPROVEN, id="run.time", required=False, status=Status.NOT_APPLICABLE, hint="give S"),
    replace(
        PASSED,
        id="http.headers",
        source="RFC 9110, section 5.3",
        required=False,
        findings=(WARNING,),
    ),
)
PROBE = Probe("find 'crm'", "/api/v2/instance/crm/webhook?access_token=$CONTRACT_TOKEN", "crm")
ANSWER = Answer(200, (("content-type", "application/json"),), b'[{"name": "crm"}]', 0.25)
LOST = Loss(LossKind.BROKEN, "the connection broke")
EXCHANGES = (
    Exchange(PROBE, ANSWER, number=1, started=0.5),
    Exchange(PROBE, None, (LOST, LOST), number=2, started=1.0),
)
VERDICT = Verdict(
    target("http://127.0.0.1:9", token=TOKEN, instance_ids=("crm",)),
    7,
    42,
    1.25,
    42,
    OUTCOMES,
    exchanges=EXCHANGES,
    started=datetime(2026, 11, 27, 4, 17, 2, tzinfo=UTC),
    contract=contract(),
)
CONFORMS = replace(VERDICT, outcomes=OUTCOMES[:1])
NOT_PROVEN = replace(VERDICT, outcomes=OUTCOMES[:1] + OUTCOMES[2:], stopped="out of time")
UNREACHABLE = replace(VERDICT, outcomes=OUTCOMES[2:3], unreachable="refused")
DIAGNOSED = replace(NOT_PROVEN, stopped="", diagnosis="the token was refused from request 1 on")

HOSTILE = (
    "<script>document.title = 'owned'</script><img src=x onerror=\"document.title = 'owned'\">"
    "\N{RIGHT-TO-LEFT OVERRIDE}\x1b[31m\r\n::error::x\n##[add-mask]x | `a` ``` "
    "</code></pre>@all *b* https://hooks.example.com/secret ]]> %0A::error::y"
)


def told(*findings: Finding, mask: Mask = MASK) -> Report:
    """Return the report of a run with these findings, or of the whole verdict above."""
    outcomes = tuple(
        replace(outcome, findings=tuple(item for item in findings if item.clause == outcome.id))
        for outcome in OUTCOMES
    )
    return report(replace(VERDICT, outcomes=outcomes) if findings else VERDICT, mask)


def everywhere(text: str) -> Finding:
    """Return a finding that says this text wherever a server's or a user's words can stand."""
    return replace(
        FINDING,
        message=text,
        expected=text,
        got=text,
        pointer=text,
        instance=text,
        curl=f"curl {text}",
        hint=text,
        came=Evidence(302, (("location", f"/x?a={text}"), ("server", text), ("x", text)), text, 9),
        occurrences=(Occurrence(text, text, 1), Occurrence(f"{text}2", text, 2)),
    )


def exchanged(text: str) -> Exchange:
    """Return an exchange that says this text wherever a server's or a user's words can stand."""
    probe = replace(PROBE, name=text, instance_id=text, headers=(("X-Text", text),))
    headers = (("server", text), ("location", f"/{text}"), ("content-type", text), ("etag", text))
    body = f'{{"text": "{text}"}}'.encode("utf-8", "backslashreplace")
    lost = (Loss(LossKind.BROKEN, text),)
    return Exchange(probe, Answer(302, headers, body, 0.1), lost, number=1)


def as_value(verdict: Verdict = VERDICT) -> dict[str, Any]:
    value: dict[str, Any] = json.loads(as_json(report(verdict, MASK)))
    return value
