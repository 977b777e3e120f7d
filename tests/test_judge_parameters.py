"""A parameter may be what the document says, and is refused where it is anything else."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
import yaml
from foreign import Asked, errors, found, messages, problem, verdict
from liars.honest import Answer
from support.sampling import diagonal

from find_webhook_kit.contracts.verdict import Status
from find_webhook_kit.spec import Contract, load

Handler = Callable[[Asked], Answer]


def contract(folder: Path, *parameters: Any, bad: str = "400", rules: str = "") -> Contract:
    content = {"application/json": {"schema": {"type": "object"}}}
    answers = {"200": {"description": "d", "content": content}, bad: {"description": "d"}}
    operation = {"operationId": "things", "parameters": list(parameters), "responses": answers}
    document = {
        "openapi": "3.0.3",
        "info": {"title": "Shop", "version": "1"},
        "paths": {"/things": {"get": operation}},
    }
    file = folder / "api.yaml"
    file.write_text(yaml.safe_dump(document), encoding="utf-8")
    if rules:
        (folder / "rules.yaml").write_text(rules, encoding="utf-8")
    return load(file)


def parameter(place: str, *, required: bool = False, **schema: Any) -> Any:
    return {"name": "it", "in": place, "required": required, "schema": schema}


def said(asked: Asked, place: str) -> str | None:
    held = {"query": asked.query, "header": asked.headers, "cookie": asked.cookies}[place]
    return held.get("it")


def taking(place: str, takes: Callable[[str | None], bool], status: int = 400) -> Handler:
    """Answer what is taken, and refuse the rest."""
    return lambda asked: found({}) if takes(said(asked, place)) else problem(status)


SCHEMAS: dict[str, tuple[Any, Callable[[str], bool], str]] = {
    "an integer": ({"type": "integer"}, str.isdecimal, "it=x-no-such-value, which is not allowed"),
    "a bound": (
        {"type": "integer", "maximum": 9, "default": 3},
        lambda text: text.isdecimal() and int(text) < 10,
        "it=10, which is not allowed",
    ),
    "an enum": ({"enum": ["a", "b"]}, lambda text: text in {"a", "b"}, "it=x-no-such-value"),
    "a pattern": (
        {"type": "string", "pattern": "^[0-9]+$"},
        str.isdecimal,
        "it=x-no-such-value, which is not allowed",
    ),
    "a length": ({"type": "string", "maxLength": 3}, lambda text: len(text) < 4, "it=x"),
    "a list": (
        {"type": "array", "items": {"type": "integer"}},
        lambda text: all(map(str.isdecimal, text.split(","))),
        "it=x-no-such-value, which is not allowed",
    ),
}


@pytest.mark.parametrize(("kind", "place"), diagonal(list(SCHEMAS), ["query", "header", "cookie"]))
def test_what_is_not_allowed_is_refused(tmp_path: Path, kind: str, place: str) -> None:
    """An honest server conforms, one that takes anything does not."""
    schema, takes, words = SCHEMAS[kind]
    document = contract(tmp_path, parameter(place, **schema))
    honest = verdict(document, taking(place, lambda text: text is None or takes(text)))
    lax = verdict(document, lambda _: found({}))

    assert (set(), 0) == (errors(honest), honest.exit_code)
    assert {"parameters.refused"} == errors(lax)
    assert any(f"answered 200 to {words}" in it for it in messages(lax, "parameters.refused"))


@pytest.mark.parametrize("place", ["query", "header", "cookie"])
def test_required_parameter_is_missed(tmp_path: Path, place: str) -> None:
    """A request without it is refused."""
    document = contract(tmp_path, parameter(place, required=True, type="string", default="a"))
    honest = verdict(document, taking(place, bool))
    lax = verdict(document, lambda _: found({}))

    assert (set(), 0) == (errors(honest), honest.exit_code)
    assert ["answered 200 to no it, which is required"] == messages(lax, "parameters.refused")


@pytest.mark.parametrize("place", ["query", "header", "cookie"])
def test_value_of_the_document_is_no_bad_request(tmp_path: Path, place: str) -> None:
    """Each value of an enumeration is taken, and an example, too."""
    document = contract(tmp_path, parameter(place, enum=["a", "b"], type="string"))
    half = verdict(document, taking(place, lambda text: text in {None, "a"}))

    assert {"parameters.taken"} == errors(half)
    assert ["answered 400 to it as the document has it: b"] == messages(half, "parameters.taken")


def test_body_of_a_value_of_the_document_is_judged(tmp_path: Path) -> None:
    """What is answered to a filter keeps the schema as well."""
    document = contract(tmp_path, parameter("query", enum=["a"]))

    assert {"body.200"} == errors(
        verdict(document, lambda asked: found([] if asked.query.get("it") == "a" else {}))
    ) - {"parameters.refused"}


@pytest.mark.parametrize(
    ("bad", "status", "wrong"),
    [
        ("422", 422, set()),
        ("4XX", 418, set()),
        ("400", 404, {"parameters.refused"}),
        ("default", 404, set()),
    ],
)
def test_refusal_is_a_documented_one(
    tmp_path: Path, bad: str, status: int, wrong: set[str]
) -> None:
    """Any documented 4xx says no; where none is, nothing is promised."""
    document = contract(tmp_path, parameter("query", type="integer"), bad=bad)
    told = verdict(document, taking("query", lambda text: text is None or text.isdecimal(), status))

    assert wrong == errors(told)


def test_server_that_fails_on_a_bad_value_is_told_once(tmp_path: Path) -> None:
    """A 5xx is an error of its own clause."""
    document = contract(tmp_path, parameter("query", type="integer"))
    told = verdict(document, taking("query", lambda text: text is None or text.isdecimal(), 500))

    assert {"status.server-error"} == errors(told)


def test_text_that_may_be_anything_cannot_be_wrong(tmp_path: Path) -> None:
    """There is nothing to refuse, which is no gap that keeps anybody from a verdict."""
    told = verdict(contract(tmp_path, parameter("query", type="string")), lambda _: found({}))
    clause = {it.id: it for it in told.outcomes}["parameters.refused"]

    assert (Status.NOT_PROVEN, 0) == (clause.status, told.exit_code)


def test_filter_changes_nothing_for_the_rule_of_stability(tmp_path: Path) -> None:
    """Another value of a parameter is another question."""
    rules = "rules:\n  - {id: stable, promise: p, breach: b, source: s, severity: error}\n"
    document = contract(tmp_path, parameter("query", enum=["a", "b"]), rules=rules)

    def handler(asked: Asked) -> Answer:
        it = asked.query.get("it")
        return found({"n": it}) if it in {None, "a", "b"} else problem(400)

    assert set() == errors(verdict(document, handler))
