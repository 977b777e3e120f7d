"""A document of another shape is judged by what it says: no security, two parameters, 204."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import unquote

from changed_contract import written
from foreign import errors
from liars.honest import (
    JSON,
    Answer,
    said,
)
from liars.server import Request, Speaker, Speech
from small_documents import (
    BODY,
    ITEM,
    QUICK,
    REFUSED,
    SECURED,
    document,
    operation,
    path_parameter,
    serving,
    verdict_by,
    verdict_of,
)

from find_webhook_kit.contracts.reports import Mask, report
from find_webhook_kit.contracts.reports.screen import summary
from find_webhook_kit.contracts.verdict import Status
from find_webhook_kit.contracts.wire.probe import Purpose


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
    verdict = verdict_by(contract, serving("/health", body=BODY), replace(QUICK, max_examples=6))

    assert (set(), 0) == (errors(verdict), verdict.exit_code)


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
    shown = list(summary(report(verdict, Mask(""))))

    assert (Status.NOT_APPLICABLE, 0) == (told.status, verdict.exit_code)
    assert "DELETE /things is not judged: only GET is asked" in told.hint
    assert any(line.startswith("not judged: remove: only GET") for line in shown)


def test_two_operations_below_one_prefix(tmp_path: Path) -> None:
    """Each is held against its own body: a wrong one is told of its operation alone."""
    other = {"type": "array", "items": ITEM}
    paths = {"things": operation(schema=other, name="all"), "things/first": operation(name="one")}

    def speak(request: Request) -> Speech:
        body = [BODY] if request.path == "/things" else {"name": None}
        return serving("/things", "/things/first", body=body)(request)

    verdict = verdict_of(tmp_path, document(**paths), speak)

    assert {"one:body.200.name"} == errors(verdict)
