"""The body that the page offers for an operation is one that the mock takes."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from starlette.datastructures import Headers

from find_webhook_kit.mock_server.answers.request_body import Body, body_of
from find_webhook_kit.mock_server.app.validation import body_faults
from find_webhook_kit.spec import Operation, contract, load

CONTRACTS = Path(__file__).parent / "data" / "contracts"
DOCUMENT = """
openapi: 3.0.3
info: {{title: One, version: "1"}}
paths:
  /things:
    post:
      operationId: add
      requestBody: {{content: {content}}}
      responses: {{"204": {{description: Done.}}}}
"""


def faults(operation: Operation, body: Body) -> list[object]:
    headers = Headers({"content-type": body.media_type})
    assert operation.request_body is not None
    return list(body_faults(operation.request_body, headers, body.text.encode()))


def offered(tmp_path: Path, content: str) -> tuple[Operation, Body]:
    """Return the one operation of a document, and what is offered for it."""
    path = tmp_path / "one.yaml"
    path.write_text(DOCUMENT.format(content=content))
    (operation,) = load(path).operations.values()
    body = body_of(operation)
    assert body is not None
    return operation, body


@pytest.mark.parametrize("document", sorted(CONTRACTS.glob("*.yaml")), ids=lambda each: each.stem)
def test_offered_body_is_taken(document: Path) -> None:
    """Whether the contract has an example of it or not."""
    operations = [each for each in load(document).operations.values() if each.request_body]

    assert [] == [
        each.operation_id
        for each in operations
        if (body := body_of(each)) is None or faults(each, body)
    ]


def test_operation_without_a_body_offers_none() -> None:
    """A GET has no field to fill."""
    assert body_of(contract().operations["findWebhook"]) is None


SECRET = (
    "{type: object, required: [name, password, id], properties: {name: {type: string}, "
    "id: {type: integer, readOnly: true}, "
    "password: {type: string, writeOnly: true, minLength: 8}}}"
)
AGE = "{type: object, required: [age], properties: {age: {type: integer}}}"


@pytest.mark.parametrize(
    "schema",
    [
        SECRET,
        f"{{type: array, minItems: 2, items: {SECRET}}}",
        f"{{type: object, required: [who], properties: {{who: {SECRET}}}}}",
        f"{{allOf: [{SECRET}, {AGE}]}}",
    ],
    ids=["object", "array", "inside", "allOf"],
)
def test_body_has_what_is_written_and_not_what_is_read(tmp_path: Path, schema: str) -> None:
    """What is `readOnly` is left out, what is `writeOnly` is there, however deep."""
    operation, body = offered(tmp_path, f"{{application/json: {{schema: {schema}}}}}")

    assert [] == faults(operation, body)
    assert '"password"' in body.text
    assert '"id"' not in body.text


@pytest.mark.parametrize(
    ("content", "media_type", "text"),
    [
        ("{application/json: {example: {a: Größe}}}", "application/json", '{\n  "a": "Größe"\n}'),
        ("{text/plain: {example: Hello}, application/json: {example: 1}}", "application/json", "1"),
        ("{application/vnd.a+json: {example: []}}", "application/vnd.a+json", "[]"),
        ("{'*/*': {example: true}}", "application/json", "true"),
        ("{text/plain: {example: Hello}}", "text/plain", "Hello"),
        (
            "{application/x-www-form-urlencoded: {example: {a: b c, d: [1, 2]}}}",
            "application/x-www-form-urlencoded",
            "a=b+c&d=1&d=2",
        ),
        ("{image/png: {schema: {type: string, format: binary}}}", "image/png", None),
    ],
    ids=["json", "json-first", "suffix", "range", "text", "form", "binary"],
)
def test_body_is_written_in_its_media_type(
    tmp_path: Path, content: str, media_type: str, text: str | None
) -> None:
    """JSON comes first; forms and texts are written as they are."""
    _, body = offered(tmp_path, content)

    assert media_type == body.media_type
    assert text is None or text == body.text


def test_example_of_the_contract_is_the_first_choice() -> None:
    """The first of several, and word for word."""
    body = body_of(load(CONTRACTS / "petstore.yaml").operations["addPet"])

    assert body is not None
    assert {"name": "Tom", "status": "available"} == json.loads(body.text)
