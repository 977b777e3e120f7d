"""A contract of several operations is judged from its document and its rules, without more code."""

from __future__ import annotations

import gc
import json
import re
import weakref
from base64 import b64encode
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

import pytest
from liars.honest import (
    ALLOW,
    CHALLENGE,
    JSON,
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
from network import Network
from yaml_text import dump, read

from find_webhook_kit.contracts.config.configuration import configuration
from find_webhook_kit.contracts.config.depth import Depth
from find_webhook_kit.contracts.config.known_drift import read_known_drift, update_known_drift
from find_webhook_kit.contracts.config.options import Options
from find_webhook_kit.contracts.finding import Severity
from find_webhook_kit.contracts.judge import judge
from find_webhook_kit.contracts.reports import Mask, report
from find_webhook_kit.contracts.reports.har import as_har
from find_webhook_kit.contracts.reports.json_report import as_json
from find_webhook_kit.contracts.reports.junit import as_junit
from find_webhook_kit.contracts.reports.page import as_html
from find_webhook_kit.contracts.reports.sarif import as_sarif
from find_webhook_kit.contracts.reports.screen import summary
from find_webhook_kit.contracts.usage import UsageError
from find_webhook_kit.contracts.verdict import Status, Verdict
from find_webhook_kit.contracts.wire.probe import Purpose
from find_webhook_kit.contracts.wire.target import target
from find_webhook_kit.spec import PATH, Contract, DocumentError, load
from find_webhook_kit.spec.document import parsed
from find_webhook_kit.spec.fit import misfits
from find_webhook_kit.spec.meaning import RULES
from find_webhook_kit.spec.rules_file import RulesReader
from find_webhook_kit.spec.texts import text_violations

LIST = "/api/v2/instance/{instanceId}/webhook"
ONE = f"{LIST}/{{webhookId}}"
ASKED = {
    "id": "asked",
    "promise": "The webhook is the one that was asked for.",
    "breach": "webhookId is not the one that was asked for",
    "source": "vendor page 2.1.2: webhookId, ID of the Webhook",
    "severity": "error",
    "equals": {"member": "webhookId", "parameter": "webhookId"},
    "operations": ["findOneWebhook"],
}
TARGET = target("http://127.0.0.1:9", token=TOKEN, instance_ids=("crm", "shop", "idle"))
OF_ONE = replace(TARGET, parameters={"webhookId": ("wh-crm-1",)})
QUICK = Options(max_examples=0, repetitions=5, depth=Depth.QUICK, connections=4)
MASK = Mask(TOKEN)


def written(folder: Path, change: Callable[[Any, Any], None]) -> Contract:
    """Load a copy of our document and rules, with a change; what no longer fits is left out."""
    document = read(PATH.with_name("released.yaml").read_text(encoding="utf-8"))
    rules = read(RULES.read_text(encoding="utf-8"))
    del rules["judged"], rules["resource"], rules["sources"]["createWebhook"]
    del rules["sources"]["findOneWebhook"], rules["sources"]["updateWebhook"]
    change(document, rules)
    path = folder / "openapi.yaml"
    path.write_text(dump(document, sort_keys=False), encoding="utf-8")
    contract = load(path)
    (folder / "rules.yaml").write_text(fitting(contract, rules), encoding="utf-8")
    return contract  # which reads them when they are asked for


def fitting(contract: Contract, rules: Any) -> str:
    """Write rules without those that fit nothing in a document."""
    while True:
        text = dump(rules, sort_keys=False)
        try:
            found = RulesReader(parsed(Path("rules.yaml"), text.encode())).rules()
        except DocumentError:
            return text
        places = [place for place, *_ in misfits(found, contract)]
        if not places:
            return text
        for place in places:
            section, _, rest = place.partition(": ")
            name = rest.partition(":")[0]
            if section == "rules":
                rules["rules"] = [each for each in rules["rules"] if each["id"] != name]
            elif name:
                rules[section].pop(name, None)
            else:
                rules.pop(section, None)


def one_webhook(document: Any, rules: Any) -> None:
    """Add Find One Webhook."""
    operation = json.loads(json.dumps(document["paths"][LIST]["get"]))
    operation["operationId"] = "findOneWebhook"
    operation["parameters"].append(
        {"name": "webhookId", "in": "path", "required": True, "schema": {"type": "string"}}
    )
    operation["responses"]["200"]["content"]["application/json"] = {
        "schema": {"$ref": "#/components/schemas/Webhook"}
    }
    document["paths"][ONE] = {"get": operation}
    rules["rules"].append(ASKED)


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
    contract: Contract, speaker: Speaker = honest, options: Options = QUICK, asked: Any = OF_ONE
) -> Verdict:
    return judge(asked, options, contract, world=Network(speaker).world)


def loud(verdict: Verdict) -> set[str]:
    return {item.clause for item in verdict.findings if item.severity is not Severity.NOTE}


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


def test_values_of_parameters_are_given_as_flags_or_in_a_file(tmp_path: Path) -> None:
    """A name may have several; the one of an instance is that of --instance-id."""
    path = tmp_path / "target.toml"
    path.write_text('url = "http://h"\n[parameters]\ninstanceId = ["crm", "shop"]\n')
    file = configuration({"target": path, "token": "t"}, None)
    flags = configuration(
        {"param": ["instanceId=crm", "instanceId=shop"], "token": "t"}, "http://h"
    )

    for chosen in (file, flags):
        with chosen.target() as asked:
            assert ("crm", "shop") == asked.instance_ids == asked.parameters["instanceId"]


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("x", "--param x: must look like NAME=VALUE"),
        ("instanceId=", "must look like NAME=VALUE"),
        ("webhook=1", "the contract has no such parameter; it has instanceId, webhookId"),
        ("instanceId=\udcff", "--param instanceId: is not UTF-8"),
    ],
)
def test_value_that_is_none_is_refused(text: str, reason: str) -> None:
    """The flag is named, and what to write."""
    chosen = configuration({"param": [text], "token": "t", "instance_id": ["a"]}, "http://h")

    with pytest.raises(UsageError, match=re.escape(reason)), chosen.target():
        pass


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


# Neighbours: documents of other shapes.

ITEM = {"type": "object", "required": ["name"], "properties": {"name": {"type": "string"}}}


def operation(status: str = "200", schema: Any = ITEM, **more: Any) -> Any:
    content = {"content": {"application/json": {"schema": schema}}} if schema else {}
    return {
        "operationId": more.pop("name", "op"),
        "responses": {status: {"description": "d", **content}},
        **more,
    }


def document(**paths: Any) -> Callable[[Any, Any], None]:
    def change(value: Any, _: Any) -> None:
        value["paths"] = {f"/{path}": {"get": item} for path, item in paths.items()}

    return change


def path_parameter(name: str, kind: str = "string", **more: Any) -> Any:
    return {"name": name, "in": "path", "required": True, "schema": {"type": kind}, **more}


SECURED: Any = [{"bearer": []}]


def serving(*known: str, body: Any = None, status: int = 200, secured: bool = False) -> Speaker:
    """Answer these targets with one body, others with 400."""

    def speak(request: Request) -> Speech:
        if request.method not in {"GET", "HEAD", "OPTIONS"}:
            return said(request, refusal(405, ALLOW))
        if secured and not authorised(request):
            return said(request, refusal(401, CHALLENGE))
        if request.target.partition("&")[0] not in known and request.path not in known:
            return said(request, refusal(400))
        content = b"" if body is None else json.dumps(body).encode()
        return said(request, Answer(status, (JSON,) if content else (), content))

    return speak


def verdict_of(
    folder: Path, change: Callable[[Any, Any], None], speaker: Speaker, **values: str
) -> Verdict:
    parameters = {name: (value,) for name, value in values.items()}
    return judged(written(folder, change), speaker, asked=replace(TARGET, parameters=parameters))


def errors(verdict: Verdict) -> set[str]:
    return {item.clause for item in verdict.findings if item.severity is Severity.ERROR}


BODY = {"name": "x"}


def test_operation_without_security_and_parameters(tmp_path: Path) -> None:
    """It is asked without credentials, and no clause about them is made."""
    verdict = verdict_of(tmp_path, document(health=operation()), serving("/health", body=BODY))

    assert (set(), 0) == (errors(verdict), verdict.exit_code)
    assert not any(item.probe.credentials.wire("t") for item in verdict.exchanges)
    assert not any(outcome.id.startswith("security.") for outcome in verdict.outcomes)
    assert {"body.200.name"} <= {it.id for it in verdict.outcomes if it.status is Status.PASSED}


def test_operation_with_nothing_to_draw_is_judged_all_the_same(tmp_path: Path) -> None:
    """Its only request is drawn, or none at all; that is no fault."""
    contract = written(tmp_path, document(health=operation()))
    verdict = judged(contract, serving("/health", body=BODY), replace(QUICK, max_examples=6))

    assert (set(), 0) == (errors(verdict), verdict.exit_code)


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


def test_lie_of_an_open_operation_is_caught(tmp_path: Path) -> None:
    """A wrong body is a finding, and so is a demand for credentials that nobody documented."""
    change = document(health=operation())
    wrong = verdict_of(tmp_path, change, serving("/health", body={"name": 1}))
    guarded = verdict_of(tmp_path, change, serving("/health", body=BODY, secured=True))

    assert {"body.200.name"} == errors(wrong)
    assert 0 != guarded.exit_code


def test_operation_with_two_parameters(tmp_path: Path) -> None:
    """Both get values, one as given and one as the document's example; numbers stay numbers."""
    parameters = [path_parameter("shop", example="north"), path_parameter("order", "integer")]
    item = operation(parameters=parameters, security=SECURED)
    change = document(**{"shops/{shop}/orders/{order}": item})
    speaker = serving("/shops/north/orders/7", body=BODY, secured=True)
    verdict = verdict_of(tmp_path, change, speaker, order="7")

    assert {"status.documented"} == errors(verdict)  # the 400 that the server gives to unknown ids
    assert "/shops/north/orders/7" == verdict.exchanges[0].probe.path
    assert any("/orders/2147480011" in item.probe.path for item in verdict.exchanges)


def path_parameter_of(schema: Any, example: Any) -> Any:
    return {"name": "it", "in": "path", "required": True, "schema": schema, "example": example}


TYPED: dict[str, tuple[Any, Any]] = {
    "uuid": (
        {"type": "string", "format": "uuid"},
        "3f2b8c1e-6f0a-4d7e-9a54-0c1d2e3f4a5c",
    ),
    "date": ({"type": "string", "format": "date"}, "2020-01-01"),
    "time": ({"type": "string", "format": "date-time"}, "2020-01-01T10:00:00Z"),
    "pattern": ({"type": "string", "pattern": "^[A-Z]{3}-[0-9]+$"}, "EUR-7"),
    "short": ({"type": "string", "maxLength": 4}, "abcd"),
    "hexadecimal": ({"type": "string", "pattern": "^[0-9a-f]{8}$"}, "0a1b2c3d"),
    "integer": ({"type": "integer", "format": "int64"}, 7),
    "list": ({"type": "array", "items": {"type": "integer"}}, [1, 2]),
    "enum": ({"type": "string", "enum": ["a", "b"]}, "a"),
    "boolean": ({"type": "boolean"}, True),
    "small": ({"type": "integer", "maximum": 9}, 7),
}
FORM = {"uuid", "date", "time", "pattern", "short", "hexadecimal", "integer", "list"}
"""Those of which there is a value that nobody has; of the others every value may exist."""


@pytest.mark.parametrize("kind", TYPED)
def test_unknown_value_has_the_form_that_the_contract_asks_for(tmp_path: Path, kind: str) -> None:
    """A server that refuses what its contract does not allow is not blamed for that."""
    parameter = path_parameter_of(*TYPED[kind])
    item = operation(parameters=[parameter])
    item["responses"] |= {"404": REFUSED}
    contract = written(tmp_path, document(**{"things/{it}": item}))
    schema = contract.operations["op"].parameters[0].schema

    def speak(request: Request) -> Speech:
        text = unquote(request.path.removeprefix("/things/"), errors="surrogateescape")
        fits = not text_violations(schema, text, "request")
        known = serving(f"/things/{quote(written_as(parameter))}", body=BODY)(request)
        if request.path == f"/things/{quote(written_as(parameter))}" or request.method != "GET":
            return known
        missing = json.dumps({"code": 1}).encode()
        return said(request, Answer(404, (JSON,), missing) if fits else refusal(400))

    verdict = judged(contract, speak, asked=replace(TARGET, instance_ids=()))
    plain = [it.probe for it in verdict.exchanges if it.probe.made_up and not it.probe.odd]

    assert (set(), 0) == (errors(verdict), verdict.exit_code)
    assert (kind in FORM) == bool(plain)


def written_as(parameter: Any) -> str:
    value = parameter["example"]
    return (
        ",".join(map(str, value)) if isinstance(value, list) else str(value).replace("True", "true")
    )


def test_unknown_value_of_the_other_parameter_has_its_form(tmp_path: Path) -> None:
    """A number stays a number, in whichever place of the path nobody has it."""
    parameters = [path_parameter("user", "integer", example=3), path_parameter("post", example="p")]
    item = operation(parameters=parameters)
    item["responses"] |= {"404": REFUSED}

    def speak(request: Request) -> Speech:
        user = request.path.split("/")[2]
        if user == "3" and request.path.endswith("/p"):
            return serving(request.path, body=BODY)(request)
        if request.method != "GET" or not user.isdecimal():
            return said(request, refusal(400))
        return said(request, Answer(404, (JSON,), json.dumps({"code": 1}).encode()))

    verdict = verdict_of(tmp_path, document(**{"users/{user}/posts/{post}": item}), speak)

    assert (set(), 0) == (errors(verdict), verdict.exit_code)


REFUSED: Any = {
    "description": "d",
    "content": {"application/json": {"schema": {"type": "object", "required": ["code"]}}},
}


def test_router_may_refuse_an_odd_id_in_a_shape_of_its_own(tmp_path: Path) -> None:
    """FastAPI's 404 for `a/b` is not the documented one; for a plain unknown id it would be."""
    item = operation(parameters=[path_parameter("id", example="1")])
    item["responses"] |= {"404": REFUSED}

    def speaking(missing: Any) -> Speaker:
        def speak(request: Request) -> Speech:
            way = unquote(request.path).split("/")
            if way[-1] != "1":
                body = {"detail": "Not Found"} if len(way) != 3 else missing
                return said(request, Answer(404, (JSON,), json.dumps(body).encode()))
            return serving("/things/1", body=BODY)(request)

        return speak

    change = document(**{"things/{id}": item})

    assert set() == errors(verdict_of(tmp_path, change, speaking({"code": 1})))
    assert {"body.404"} == errors(verdict_of(tmp_path, change, speaking({"detail": "no"})))


def test_required_query_parameter_goes_with_each_request(tmp_path: Path) -> None:
    """Each request has it, also those that add to the query; but for those that test it."""
    page = {"name": "page", "in": "query", "required": True, "schema": {"type": "integer"}}
    change = document(list=operation(parameters=[page]))
    verdict = verdict_of(tmp_path, change, serving("/list?page=3", body=BODY), page="3")

    assert (set(), 0) == (errors(verdict), verdict.exit_code)
    sent = [it.probe for it in verdict.exchanges if it.probe.purpose is not Purpose.FORBIDDEN]
    assert all("?page=3" in probe.path for probe in sent)


def test_missing_query_parameter_is_named(tmp_path: Path) -> None:
    """An operation that cannot be asked is not judged."""
    page = {"name": "page", "in": "query", "required": True, "schema": {"type": "integer"}}
    verdict = verdict_of(tmp_path, document(list=operation(parameters=[page])), serving())

    assert 3 == verdict.exit_code
    assert "give --param page=VALUE" in verdict.unproven[0].hint


def test_operation_that_answers_204_alone(tmp_path: Path) -> None:
    """Its success is a 204, which has no body to judge."""
    change = document(ping=operation("204", None))
    verdict = verdict_of(tmp_path, change, serving("/ping", status=204))
    other = verdict_of(tmp_path, change, serving("/ping", body=BODY))

    assert (set(), 0) == (errors(verdict), verdict.exit_code)
    assert {"status.204"} == {outcome.id for outcome in verdict.outcomes if outcome.required}
    assert "status.documented" in errors(other)


def test_document_of_other_methods_is_not_judged(tmp_path: Path) -> None:
    """Nothing is sent, and the verdict is: not proven."""

    def change(value: Any, _: Any) -> None:
        value["paths"] = {"/things": {"post": operation("201")}}

    verdict = verdict_of(tmp_path, change, serving())

    assert (3, 0) == (verdict.exit_code, verdict.requests)
    assert "POST /things is not judged: only GET is asked" in verdict.unproven[0].hint


def test_other_methods_of_a_judged_path_are_named(tmp_path: Path) -> None:
    """The GET is judged; the DELETE beside it is told, and weighs nothing: reading was asked."""

    def change(value: Any, _: Any) -> None:
        value["paths"] = {
            "/things": {"get": operation(), "delete": operation("204", None, name="remove")}
        }

    verdict = verdict_of(tmp_path, change, serving("/things", body=BODY))

    told = {outcome.id: outcome for outcome in verdict.outcomes}["remove:judged"]

    shown = list(summary(report(verdict, MASK)))

    assert (Status.NOT_APPLICABLE, 0) == (told.status, verdict.exit_code)
    assert "DELETE /things is not judged: only GET is asked" in told.hint
    assert any(line.startswith("not judged: DELETE /things: only GET") for line in shown)


@pytest.mark.parametrize(
    "path", ["sp ace/ü", "caf%C3%A9", "a:b@c(d),e;f=g", 'a"b<c>|d', "ü/{id}/ß"]
)
def test_fixed_part_of_a_path_is_encoded(tmp_path: Path, path: str) -> None:
    """What a document writes as people do goes out as RFC 3986 has it."""
    parameters = [path_parameter("id", example="ä")] if "{" in path else []
    item = operation(parameters=parameters)
    item["responses"] |= {"404": REFUSED}
    sent = "/" + quote(path.replace("{id}", "ä"), safe="/%:@(),;=")

    def speak(request: Request) -> Speech:
        assert request.target.isascii()
        if request.path == sent:
            return serving(sent, body=BODY)(request)
        return said(request, Answer(404, (JSON,), json.dumps({"code": 1}).encode()))

    verdict = verdict_of(tmp_path, document(**{path: item}), speak)

    assert (set(), 0) == (errors(verdict), verdict.exit_code)


def test_two_operations_below_one_prefix(tmp_path: Path) -> None:
    """Each is held against its own body: a wrong one is told of its operation alone."""
    other = {"type": "array", "items": ITEM}
    paths = {"things": operation(schema=other, name="all"), "things/first": operation(name="one")}

    def speak(request: Request) -> Speech:
        body = [BODY] if request.path == "/things" else {"name": None}
        return serving("/things", "/things/first", body=body)(request)

    verdict = verdict_of(tmp_path, document(**paths), speak)

    assert {"one:body.200.name"} == errors(verdict)


KEYS: Any = {
    "header": {"type": "apiKey", "in": "header", "name": "X-Key"},
    "query": {"type": "apiKey", "in": "query", "name": "key"},
    "cookie": {"type": "apiKey", "in": "cookie", "name": "SESSION"},
    "basic": {"type": "http", "scheme": "basic"},
    "digest": {"type": "http", "scheme": "digest"},
    "second": {"type": "apiKey", "in": "header", "name": "X-Second"},
}


def keyed(*names: str) -> Callable[[Any, Any], None]:
    """Ask for keys, all of them together."""

    def change(value: Any, _: Any) -> None:
        document(things=operation(security=[{name: [] for name in names}]))(value, None)
        value["components"]["securitySchemes"] |= KEYS

    return change


def held(request: Request) -> set[str]:
    """Return where a request shows the token, or the token as a password."""
    headers = {name.lower(): text for name, text in request.headers}
    pair = b64encode(f":{TOKEN}".encode()).decode()
    places = {
        "header": headers.get("x-key") == TOKEN,
        "query": f"key={TOKEN}" in request.target.partition("?")[2].split("&"),
        "cookie": headers.get("cookie") == f"SESSION={TOKEN}",
        "basic": headers.get("authorization") == f"Basic {pair}",
    }
    return {name for name, shown in places.items() if shown}


def guarded(name: str, *, closed: bool = True) -> Speaker:
    """Let in who shows the token in one place, or anybody."""
    challenge = "Basic" if name == "basic" else "Key"

    def speak(request: Request) -> Speech:
        if closed and name not in held(request) and request.method != "OPTIONS":
            return said(request, refusal(401, ("WWW-Authenticate", challenge)))
        return serving("/things", body=BODY)(request)

    return speak


@pytest.mark.parametrize("name", ["header", "query", "cookie", "basic"])
def test_token_is_shown_as_the_document_asks_for_it(tmp_path: Path, name: str) -> None:
    """As a key or as Basic, it is judged as a Bearer token is; an open door is found."""
    honest, lying = (
        verdict_of(tmp_path, keyed(name), guarded(name, closed=closed)) for closed in (True, False)
    )

    assert (set(), 0) == (errors(honest), honest.exit_code)
    assert {"security.missing", "security.junk"} <= errors(lying)


def test_key_in_a_query_stands_in_no_report(tmp_path: Path) -> None:
    """Its variable stands in curl lines and archives, as that of a Bearer token does."""
    verdict = verdict_of(tmp_path, keyed("query"), guarded("query", closed=False))
    told = json.dumps([as_json(report(verdict, MASK)), as_har(verdict, MASK)], default=str)

    assert "key=$CONTRACT_TOKEN" in told
    assert TOKEN not in told


def test_credentials_that_cannot_be_shown_are_named(tmp_path: Path) -> None:
    """What asks for Digest, or for two keys of which one is not given, is not judged."""
    digest = verdict_of(tmp_path, keyed("digest"), serving("/things", body=BODY))
    two = verdict_of(tmp_path, keyed("header", "second"), serving("/things", body=BODY))

    assert (3, 3) == (digest.exit_code, two.exit_code)
    assert "it asks for digest" in digest.unproven[0].hint
    assert "give --credential 'second=$NAME'" in two.unproven[0].hint
