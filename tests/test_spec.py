"""The contract says what the vendor's page says, and is a sound OpenAPI document."""

from __future__ import annotations

import copy
import csv
import json
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, cast

import pytest
from openapi_spec_validator import OpenAPIV30SpecValidator
from openapi_spec_validator.validation.exceptions import OpenAPIValidationError
from truth import offences

from find_webhook_kit.spec import PATH, Contract, Json, Member, Operation, contract, load
from find_webhook_kit.spec.meaning import rules

PAGE = Path(__file__).with_name("data") / "vendor-page-2.1.2.tsv"


@pytest.fixture(scope="session")
def operation() -> Operation:
    return contract().operations["findWebhook"]


def page_rows() -> list[dict[str, str]]:
    with PAGE.open(encoding="utf-8", newline="") as lines:
        return list(csv.DictReader(lines, delimiter="\t"))


def contract_rows(found: Contract) -> list[dict[str, str]]:
    """Write the 200 schema as the page prints it."""
    schema = found.operations["findWebhook"].responses[200].content["application/json"].schema
    return [_row(member) for member in schema.members()]


def _row(member: Member) -> dict[str, str]:
    value = member.schema.value
    return {
        "member": ".".join(member.path[1:]),
        "printed": str(value.get("title") or value.get("format") or value["type"]),
        "required": "yes" if member.required else "no",
        "default": json.dumps(value["default"]) if "default" in value else "",
        "deprecated": "yes" if value.get("deprecated") is True else "no",
        "description": str(value.get("description", "")),
    }


def test_contract_matches_the_page_member_by_member() -> None:
    """Nothing of the page is missing, nothing is invented, and the order is the page's."""
    assert page_rows() == contract_rows(contract())


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("title: Chat Set", "title: Chats Set"),
        ("description: c", "description: C"),
        ("deprecated: true", "deprecated: false"),
        ("default: false", "default: true"),
        ("required: [name, url,", "required: [url, name, enabled,"),
        ("groupUpdate:\n          #", "groupsUpdate:\n          #"),
        ("format: date-time", "description: x"),
    ],
)
def test_one_changed_word_in_the_contract_is_noticed(tmp_path: Path, old: str, new: str) -> None:
    """The comparison with the page can fail."""
    changed = PATH.read_text(encoding="utf-8").replace(old, new, 1)
    copied = tmp_path / "openapi.yaml"
    copied.write_text(changed, encoding="utf-8")

    assert page_rows() != contract_rows(load(copied))


def test_operation_is_the_one_of_the_page(operation: Operation) -> None:
    """Method, path, parameter and the three statuses are those that the vendor documents."""
    parameter = operation.parameters[0]

    assert "GET /api/v2/instance/{instanceId}/webhook" == f"{operation.method} {operation.path}"
    assert "Find Webhook" == operation.summary
    assert "Retrieve the webhook linked to an instance." == operation.description
    assert ("instanceId", "path", True) == (parameter.name, parameter.location, parameter.required)
    assert ("string", "ID of the instance.") == (parameter.schema.type, parameter.description)
    assert [200, 400, 401] == list(operation.responses)
    assert "WebhookResponse" == operation.responses[200].description


def test_what_the_page_prints_by_title_has_its_type(operation: Operation) -> None:
    """A member with a default is a flag; every other one is a plain string, never nullable."""
    schema = operation.responses[200].content["application/json"].schema
    members = {member.name: member.schema.value for member in schema.members()}

    assert ("array", "object") == (schema.type, members.pop("WebhookEvents")["type"])
    assert {
        name: "boolean" if "default" in value else "string" for name, value in members.items()
    } == {name: value["type"] for name, value in members.items()}


def test_openapi_spec_validator_accepts_the_document() -> None:
    """The document is structurally valid OpenAPI 3.0."""
    OpenAPIV30SpecValidator(cast("dict[str, Any]", contract().document)).validate()


def test_openapi_spec_validator_can_refuse_it() -> None:
    """The structural check is alive."""
    broken = copy.deepcopy(cast("dict[str, Any]", contract().document))
    del broken["info"]["version"]

    with pytest.raises(OpenAPIValidationError):
        OpenAPIV30SpecValidator(broken).validate()


def _objects(value: object, where: str = "") -> Iterator[tuple[str, Mapping[str, Json]]]:
    if isinstance(value, Mapping):
        yield where, value
        for key, inner in value.items():
            if key not in {"example", "examples", "default"}:
                yield from _objects(inner, f"{where}/{key}")
    elif isinstance(value, list):
        for index, inner in enumerate(value):
            yield from _objects(inner, f"{where}/{index}")


def unknown_required(document: Mapping[str, Json]) -> list[str]:
    """List `required` names that no property has."""
    return [
        f"{where}: {name}"
        for where, value in _objects(document)
        if isinstance(required := value.get("required"), list)
        for name in required
        if name not in cast("dict[str, Json]", value.get("properties", {}))
    ]


def undefined_schemes(document: Mapping[str, Json]) -> set[str]:
    """List security schemes that are asked for and defined nowhere."""
    root = cast("dict[str, Any]", document)
    asked = {
        name
        for _, value in _objects(document)
        if isinstance(needs := value.get("security"), list)
        for need in needs
        for name in cast("dict[str, Json]", need)
    }
    return asked - set(root["components"]["securitySchemes"])


def bad_examples(found: Contract) -> list[str]:
    """List named examples that break their own schema."""
    return [
        f"{status}/{example.name}: {violation.pointer} {violation.message}"
        for operation in found.operations.values()
        for status, response in operation.responses.items()
        for media_type in response.content.values()
        for example in media_type.examples.values()
        for violation in media_type.schema.violations(example.value)
    ]


def test_document_has_no_mistake_that_the_validator_misses() -> None:
    """`required` names exist, security schemes are defined, examples fit their schemas."""
    document = contract().document

    assert [] == unknown_required(document)
    assert set() == undefined_schemes(document)
    assert [] == bad_examples(contract())


def test_each_missed_mistake_would_be_found(tmp_path: Path) -> None:
    """The three walks over the document can fail."""
    text = PATH.read_text(encoding="utf-8")
    broken = tmp_path / "openapi.yaml"
    broken.write_text(text.replace("name: crm", "name: 7", 1), encoding="utf-8")
    document = contract().document
    document = json.loads(json.dumps(document).replace('"bearer": []', '"nobody": []'))
    document = json.loads(json.dumps(document).replace('["statusCode", "m', '["statuscode", "m'))

    assert ["200/one: /0/name is not string"] == bad_examples(load(broken))
    assert {"nobody"} == undefined_schemes(document)
    assert ["/components/schemas/ApiError: statuscode"] == unknown_required(document)


def test_every_body_is_json_with_named_examples(operation: Operation) -> None:
    """Each response has one media type, application/json, and at least one named example."""
    for response in operation.responses.values():
        assert ["application/json"] == list(response.content)
        assert response.content["application/json"].examples


def test_path_parameter_has_an_example(operation: Operation) -> None:
    """Without one no generated request would ever reach a 200."""
    assert "demo" == operation.parameters[0].example


def test_only_what_the_page_does_not_say_is_an_assumption(operation: Operation) -> None:
    """The error bodies and the challenge are marked, the 200 is not."""
    marked = {
        status: media_type.assumption
        for status, response in operation.responses.items()
        for media_type in response.content.values()
    }
    challenge = operation.responses[401].headers["WWW-Authenticate"]

    assert {200: False, 400: True, 401: True} == marked
    assert (True, False) == (challenge.assumption, challenge.required)


def test_examples_of_the_200_mean_something_true(operation: Operation) -> None:
    """The named examples break no rule across members, for the parameter's example."""
    examples = operation.responses[200].content["application/json"].examples.values()

    assert [] == [found for item in examples for found in offences("demo", item.value)]


def test_sibling_spellings_belong_to_documented_members(operation: Operation) -> None:
    """Each known other spelling stands under a name that the contract has."""
    members = operation.responses[200].content["application/json"].schema.members()

    assert set(rules().spellings) <= {member.name for member in members}
