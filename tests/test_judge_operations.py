"""A contract of several operations is judged from its document and its rules, without more code."""

from __future__ import annotations

import gc
import json
import re
import weakref
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import pytest
from changed_contract import ASKED, ONE, one_webhook, written
from foreign import errors, loud
from liars.honest import (
    ALLOW,
    CHALLENGE,
    TOKEN,
    WEBHOOKS,
    Answer,
    answer,
    authorised,
    found,
    refusal,
    said,
)
from liars.server import Request, Speaker, Speech
from small_documents import QUICK, TARGET, verdict_by

from find_webhook_kit.contracts.config.known_drift import read_known_drift, update_known_drift
from find_webhook_kit.contracts.config.options import Options
from find_webhook_kit.contracts.reports import Mask, report
from find_webhook_kit.contracts.reports.har import as_har
from find_webhook_kit.contracts.reports.json_report import as_json
from find_webhook_kit.contracts.reports.junit import as_junit
from find_webhook_kit.contracts.reports.page import as_html
from find_webhook_kit.contracts.reports.sarif import as_sarif
from find_webhook_kit.contracts.verdict import Status, Verdict
from find_webhook_kit.contracts.wire.target import Target
from find_webhook_kit.spec import Contract, DocumentError

OF_ONE = replace(TARGET, parameters={"webhookId": ("wh-crm-1",)})
MASK = Mask(TOKEN)


@pytest.fixture(scope="module")
def two(tmp_path_factory: pytest.TempPathFactory) -> Contract:
    """Our contract with the second operation."""
    return written(tmp_path_factory.mktemp("two"), one_webhook)


def reply(request: Request) -> Answer:
    """Answer both operations as the page has them; an unknown webhook is a bad request."""
    one = re.fullmatch(r"/api/v2/instance/([^/]+)/webhook/([^/]+)", request.path)
    if one is None or request.method == "OPTIONS":
        return answer(request)
    if request.method not in {"GET", "HEAD"}:
        return refusal(405, ALLOW)
    if not authorised(request):
        return refusal(401, CHALLENGE)
    instance, webhook = map(unquote, one.groups())
    listed = [item for item in WEBHOOKS.get(instance, ()) if item["webhookId"] == webhook]
    return found(listed[0]) if listed else refusal(400)


def honest(request: Request) -> Speech:
    return said(request, reply(request))


def lying(change: Callable[[Any, Request], Any]) -> Speaker:
    """Say the honest answer with another body where one webhook is shown."""

    def speak(request: Request) -> Speech:
        given = reply(request)
        if given.status == 200 and given.body[:1] == b"{":
            given = found(change(json.loads(given.body), request))
        return said(request, given)

    return speak


def judged(
    contract: Contract,
    speaker: Speaker = honest,
    options: Options = QUICK,
    asked: Target = OF_ONE,
) -> Verdict:
    return verdict_by(contract, speaker, options, asked)


def test_second_operation_is_judged_with_nothing_but_yaml(two: Contract) -> None:
    """An honest server of both conforms; each operation has its plan, its draw and its clauses."""
    verdict = judged(two, options=Options(max_examples=10))
    asked = [item.probe for item in verdict.exchanges]
    of_one = [probe for probe in asked if probe.operation is two.operations["findOneWebhook"]]
    ids = {outcome.id for outcome in verdict.outcomes}

    assert (set(), 0) == (loud(verdict), verdict.exit_code)
    assert "/api/v2/instance/crm/webhook/wh-crm-1" == of_one[0].path
    assert any(probe.generated for probe in of_one)
    assert {"findWebhook:status.200.empty", "findOneWebhook:body.200.webhookId"} <= ids
    assert {"findOneWebhook:meaning.asked", "findOneWebhook:meaning.owner"} <= ids
    assert not {"findOneWebhook:status.200.empty", "findWebhook:meaning.asked"} & ids
    assert [] == [outcome.id for outcome in verdict.unproven]


LIES: dict[str, tuple[Callable[[Any, Request], Any], str]] = {
    "a list in place of the object": (lambda body, _: [body], "body.200"),
    "a property of another type": (lambda body, _: {**body, "url": 1}, "body.200.url"),
    "a renamed property": (
        lambda body, _: {("name_" if key == "name" else key): body[key] for key in body},
        "body.200.name",
    ),
    "somebody else's webhook": (
        lambda body, _: {**body, "instanceInstanceId": "shop"},
        "meaning.owner",
    ),
    "another webhook": (lambda body, _: {**body, "webhookId": "wh-crm-9"}, "meaning.asked"),
    "updated before created": (
        lambda body, _: {**body, "updatedAt": "2001-01-01T00:00:00Z"},
        "meaning.times",
    ),
    "another answer each time": (
        lambda body, request: {**body, "name": f"n{request.number}"},
        "meaning.stable",
    ),
}


@pytest.mark.parametrize(("change", "clause"), LIES.values(), ids=LIES)
def test_lie_about_the_second_operation_is_caught(
    two: Contract, change: Callable[[Any, Request], Any], clause: str
) -> None:
    """The clause of that operation alone speaks up."""
    verdict = judged(two, lying(change))

    assert {f"findOneWebhook:{clause}"} == loud(verdict)
    assert 1 == verdict.exit_code


def test_second_operation_without_a_guard_is_caught(two: Contract) -> None:
    """Who lets anybody read one webhook is told so, whatever guards the list."""

    def open_door(request: Request) -> Speech:
        bare = tuple(pair for pair in request.headers if pair[0] != "authorization")
        shown = (*bare, ("authorization", f"Bearer {TOKEN}"))
        one = request.path.count("/") > 5
        return said(request, reply(replace(request, headers=shown) if one else request))

    told = loud(judged(two, open_door))

    assert "findOneWebhook:security.missing" in told
    assert not [it for it in told if it.startswith("findWebhook:")]


def test_webhook_of_another_id_is_caught(two: Contract) -> None:
    """A server that shows the first webhook, whichever was asked for, invents what is not there."""

    def first(request: Request) -> Speech:
        given = reply(request)
        one = re.fullmatch(r"/api/v2/instance/crm/webhook/[^/]+", request.path)
        if one and given.status == 400:
            given = found(WEBHOOKS["crm"][0])
        return said(request, given)

    assert "findOneWebhook:meaning.asked" in loud(judged(two, first))


def test_reports_tell_of_both_operations(two: Contract) -> None:
    """Each file names the clauses of each operation, and the lines of that document."""
    verdict = judged(two, lying(LIES["a property of another type"][0]))
    told = report(verdict, MASK)
    value = json.loads(as_json(told))
    finding = next(it for it in value["findings"] if it["clause"] == "findOneWebhook:body.200.url")

    assert value["contract"] == f"{two.path.parent.name}/openapi.yaml"
    assert finding["line"] == two.line("/components/schemas/Webhook/properties/url")
    for text in (as_sarif(told), as_junit(told).decode(), as_html(told)):
        assert "findOneWebhook:body.200.url" in text
        assert "findWebhook:body.200.url" in text
    assert "/webhook/wh-crm-1" in as_har(verdict, MASK)


def test_accepted_deviation_is_that_of_one_operation(two: Contract, tmp_path: Path) -> None:
    """What is accepted of the one is still a finding of the other."""
    lie = LIES["a property of another type"][0]
    path = tmp_path / "drift.toml"
    update_known_drift(path, judged(two, lying(lie)))
    path.write_text(re.sub(r'(reason|owner) = ".*"', r'\1 = "known"', path.read_text()))
    accepting = replace(QUICK, known_drift=read_known_drift(path, mask=MASK))

    def both(request: Request) -> Speech:
        given = reply(request)
        if given.status != 200 or given.body[:1] != b"[":
            return lying(lie)(request)
        return said(request, found([{**item, "url": 1} for item in json.loads(given.body)]))

    verdict = judged(two, both, accepting)

    assert 0 == judged(two, lying(lie), accepting).exit_code
    assert "findWebhook:body.200.url" in errors(verdict)
    assert "findOneWebhook:body.200.url" not in errors(verdict)


def test_operation_without_a_value_is_named(two: Contract) -> None:
    """Nobody is told that the target conforms; what is missing and what to give is said."""
    verdict = judged(two, asked=TARGET)
    (missing,) = verdict.unproven

    assert 3 == verdict.exit_code
    assert ("findOneWebhook:judged", Status.NOT_PROVEN) == (missing.id, missing.status)
    assert (
        f"GET {ONE} is not judged: no value for webhookId: "
        "give --param webhookId=VALUE, or an example in the contract"
    ) == missing.hint
    assert missing.hint in as_json(report(verdict, MASK))


def test_run_is_forgotten_with_its_verdict(two: Contract) -> None:
    """What clauses compute once for a run does not keep its answers alive."""
    gc.freeze()  # what other tests left behind is no garbage of this one
    verdict = judged(two)
    kept = weakref.ref(verdict.exchanges[0])
    del verdict
    gc.collect()
    gc.unfreeze()

    assert kept() is None


def test_broken_rules_are_named(tmp_path: Path) -> None:
    """A file of rules that is wrong is a clear error with the file and the place."""

    def change(_: Any, rules: Any) -> None:
        rules["rules"].append({**ASKED, "severity": "grave"})

    contract = written(tmp_path, change)

    with pytest.raises(DocumentError, match=r"rules\.yaml.*rules: asked: severity"):
        judged(contract)
