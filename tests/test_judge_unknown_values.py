"""A value that nobody has, and a path as people write it, go out as the contract asks for."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any
from urllib.parse import quote, unquote

import pytest
from changed_contract import written
from foreign import errors
from liars.honest import JSON, Answer, refusal, said
from liars.server import Request, Speech
from small_documents import (
    BODY,
    REFUSED,
    TARGET,
    document,
    operation,
    path_parameter,
    serving,
    verdict_by,
    verdict_of,
)

from find_webhook_kit.spec.texts import text_violations


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

    verdict = verdict_by(contract, speak, asked=replace(TARGET, instance_ids=()))
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
