"""The reader of the contract refuses what the kit could not keep, and judges values exactly."""

from __future__ import annotations

from pathlib import Path

import pytest
from truth import offences

from find_webhook_kit.spec import PATH, DocumentError, Json, Schema, contract, load
from find_webhook_kit.spec.date_time import moment


@pytest.fixture(scope="session")
def schema() -> Schema:
    return contract().operations["findWebhook"].responses[200].content["application/json"].schema


@pytest.mark.parametrize(
    ("old", "new", "reason"),
    [
        ("openapi: 3.0.3", "openapi: 3.1.0", "OpenAPI 3.0 is needed"),
        ("openapi: 3.0.3", "swagger: '2.0'", "not Swagger: convert the document"),
        ("openapi: 3.0.3", "x: 1", "'openapi' is missing"),
        ("operationId: findWebhook", "x: 1", r"'x' does not match any of the regexes: '\^x-'"),
        ("type: boolean", "type: bool", "'bool' is not one of"),
        ("type: boolean", "type: [boolean, 'null']", "is not of type 'string'|is not one of"),
        ("      parameters:\n", "      x-parameters:\n", "Path parameter 'instanceId'"),
        ("- bearer: []", "- nobody: []", "'nobody' is not defined"),
        (
            '"#/components/schemas/ApiError"',
            '"#/components/schemas/None"',
            "'#/components/schemas/None' leads to nothing",
        ),
    ],
)
def test_document_that_cannot_be_kept_is_refused(
    tmp_path: Path, old: str, new: str, reason: str
) -> None:
    """The error names the file and the line of the trouble."""
    path = tmp_path / "openapi.yaml"
    path.write_text(PATH.read_text(encoding="utf-8").replace(old, new, 1), encoding="utf-8")

    with pytest.raises(DocumentError, match=rf"openapi.yaml, line \d+: .*{reason}"):
        load(path)


@pytest.mark.parametrize(
    ("text", "conforms"),
    [
        ("2025-01-02T03:04:05Z", True),
        ("2025-01-02t03:04:05.123456789z", True),
        ("2025-01-02T03:04:05+05:30", True),
        ("2025-01-02T03:04:05-00:00", True),
        ("2016-12-31T23:59:60Z", True),
        ("2025-01-02 03:04:05Z", False),
        ("2025-01-02T03:04:05", False),
        ("2025-01-02T03:04:05+0530", False),
        ("2025-01-02T24:00:00Z", False),
        ("2025-02-30T03:04:05Z", False),
        ("2025-01-02T03:04:05.Z", False),
        ("\N{ARABIC-INDIC DIGIT TWO}025-01-02T03:04:05Z", False),
        ("", False),
    ],
)
def test_date_time_is_rfc_3339(schema: Schema, text: str, conforms: bool) -> None:  # noqa: FBT001
    """Either case of t and z, any fraction, an offset: one judge for mock and live servers."""
    items = schema.items
    assert items is not None

    assert conforms is not bool(items.properties["createdAt"].violations(text))


def test_violations_name_every_place(schema: Schema) -> None:
    """A missing member points at itself, another offence at the value."""
    item: dict[str, Json] = {"name": 1, "url": "u", "webhookId": "w", "createdAt": "x"}
    found = {(each.pointer, each.keyword) for each in schema.violations([{**item}])}

    assert {
        ("/0/name", "type"),
        ("/0/createdAt", "format"),
        ("/0/updatedAt", "required"),
        ("/0/instanceInstanceId", "required"),
    } == found


def test_objects_are_open_and_nothing_is_nullable(schema: Schema) -> None:
    """An undeclared member is no offence; null for an optional member is one."""
    example = contract().operations["findWebhook"].responses[200].content["application/json"]
    item = example.examples["minimal"].value
    assert isinstance(item, list)
    assert isinstance(item[0], dict)

    assert () == schema.violations([{**item[0], "headers": None}])
    assert ["/0/WebhookEvents"] == [
        each.pointer for each in schema.violations([{**item[0], "WebhookEvents": None}])
    ]


def test_offences_are_found_across_members_and_items() -> None:
    """Ownership, identity and the order of times are judged where the schema is silent."""
    body: Json = [
        {"instanceInstanceId": "a", "webhookId": "w", "createdAt": "2025-01-02T00:00:00Z",
         "updatedAt": "2025-01-02T02:00:00+03:00"},
        {"instanceInstanceId": "b", "webhookId": "w"},
    ]  # fmt: skip

    assert [
        ("owner", "/1/instanceInstanceId"),
        ("identity", "/1/webhookId"),
        ("times", "/0/updatedAt"),
    ] == [(each.rule, each.pointer) for each in offences("a", body)]


def test_moments_beyond_the_calendar_are_not_compared() -> None:
    """The last second of the year 9999 west of Greenwich is legal, and Python has none."""
    assert moment("9999-12-31T23:59:59-12:00") is None


def test_leap_second_is_the_second_before_it() -> None:
    """What came in a leap second did not come before what came in the second before."""
    assert moment("2016-12-31T23:59:59Z") == moment("2016-12-31T23:59:60Z")


def test_places_of_the_document_have_lines() -> None:
    """A pointer leads to the line of its key; what is no place of the document has none."""
    lines = PATH.read_text(encoding="utf-8").splitlines()
    line = contract().line("/components/schemas/ApiError/properties/statusCode")

    assert line
    assert "statusCode:" == lines[line - 1].strip()
    assert contract().line("/components/schemas/Nothing") is None


@pytest.mark.parametrize(
    ("place", "origin"),
    [
        ("/components/schemas/Webhook/properties/url", "vendor page 2.1.2"),
        ("{get}/responses/200/content/application~1json/schema/items", "vendor page 2.1.2"),
        ("{get}/responses/401", "vendor page 2.1.3"),
        ("{get}/responses/401/content", "an assumption of this kit"),
        ("{get}/responses/401/headers/WWW-Authenticate", "an assumption of this kit"),
        ("{get}/security", "an assumption of this kit"),
        ("{get}/parameters/0", "vendor page 2.1.2"),
        (
            "/components/schemas/ApiError/properties/message/anyOf/1/items",
            "an assumption of this kit",
        ),
    ],
)
def test_origin_of_a_promise_is_a_page_or_this_kit(place: str, origin: str) -> None:
    """The nearest mark counts, and a name stands for what it names."""
    get = contract().operations["findWebhook"].source

    assert origin == contract().origin(place.replace("{get}", get))


def test_operations_without_a_name_get_one_that_no_other_has(tmp_path: Path) -> None:
    """It is made of method and path, whose punctuation may be all that tells two apart."""
    path = tmp_path / "openapi.yaml"
    paths = "".join(
        f"  {way}: {{get: {{responses: {{'200': {{description: ok}}}}}}}}\n"
        for way in ("/a/b", "/a-b", "/a.b")
    )
    path.write_text(f"openapi: 3.0.3\ninfo: {{title: t, version: '1'}}\npaths:\n{paths}")

    assert ["get_a_b", "get_a_b_2", "get_a_b_3"] == list(load(path).operations)
