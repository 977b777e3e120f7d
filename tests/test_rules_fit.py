"""A rule that fits nothing in the document is a mistake in the file, told with the nearest name."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from copy import deepcopy
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from yaml_text import dump, read

from find_webhook_kit.contracts.__main__ import main
from find_webhook_kit.contracts.writes.clauses import CLAUSES
from find_webhook_kit.mock_server.cli import run
from find_webhook_kit.spec import DocumentError, contract, load
from find_webhook_kit.spec.fit import OF_WRITES
from find_webhook_kit.spec.meaning import RULES, rules_of
from find_webhook_kit.spec.resource import PROMISES

OURS: Any = read(RULES.read_text(encoding="utf-8"))
Change = Callable[[Any], object]

NEEDED_BY_PROMISES = {
    "gone": ["delete"],
    "partial": ["update"],
    "merges": ["merge"],
    "rest": ["update", "merge"],
    "steady": ["update", "merge"],
    "again": ["update", "merge", "delete"],
}


def without(promise: str, parts: Sequence[str], value: Any) -> None:
    """Leave a promise about writes, and no operation that keeps it."""
    resource = value["resource"]
    resource["rules"] = [each for each in resource["rules"] if each["id"] == promise]
    for part in parts:
        del resource["operations"][part]
        resource.pop({"update": "changed", "merge": "merged"}.get(part), None)


PLACES: Any = {
    "openapi": "3.0.3",
    "info": {"title": "Lockers", "version": "1"},
    "security": [{"key": []}],
    "paths": {
        "/places/{placeId}/lockers": {
            "get": {
                "operationId": "lockers",
                "parameters": [
                    {
                        "name": "placeId",
                        "in": "path",
                        "required": True,
                        "schema": {"type": "string"},
                    },
                    {"name": "colour", "in": "query", "schema": {"type": "string"}},
                ],
                "responses": {
                    "200": {
                        "description": "All",
                        "content": {
                            "application/json": {
                                "schema": {
                                    "type": "array",
                                    "items": {"$ref": "#/components/schemas/Locker"},
                                }
                            }
                        },
                    },
                    "404": {
                        "description": "None",
                        "content": {
                            "application/json": {"schema": {"$ref": "#/components/schemas/Oops"}}
                        },
                    },
                },
            }
        },
        "/health": {
            "get": {
                "operationId": "health",
                "security": [],
                "responses": {"200": {"description": "Well"}},
            }
        },
    },
    "components": {
        "securitySchemes": {"key": {"type": "http", "scheme": "bearer"}},
        "schemas": {
            "Oops": {
                "type": "object",
                "properties": {"code": {"type": "integer"}, "why": {"type": "string"}},
            },
            "Locker": {
                "allOf": [
                    {
                        "type": "object",
                        "properties": {
                            "lockerId": {"type": "integer"},
                            "place": {"type": "string"},
                            "opened": {"type": "string", "format": "date-time"},
                            "closed": {"type": "string", "format": "date-time"},
                            "doors": {
                                "type": "array",
                                "items": {
                                    "type": "object",
                                    "properties": {"doorId": {"type": "string"}},
                                },
                            },
                        },
                    },
                    {
                        "oneOf": [
                            {"type": "object", "properties": {"pin": {"type": "string"}}},
                            {"type": "object", "properties": {"badge": {"type": "string"}}},
                        ]
                    },
                ]
            },
        },
    },
}
"""A document of somebody: of two operations, one about what belongs to a place."""

SAYS: Any = {"promise": "p", "breach": "b", "source": "s", "severity": "error"}


def ruled(folder: Path, document: Any, rules: Any) -> Path:
    """Write a document and the rules beside it."""
    (folder / "rules.yaml").write_text(dump(rules, sort_keys=False), encoding="utf-8")
    path = folder / "openapi.yaml"
    path.write_text(dump(document, sort_keys=False), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("change", "told"),
    [
        pytest.param(
            lambda v: v["names"].update(tenant="instanceid"),
            "line 3: names: tenant: no path has a parameter 'instanceid', "
            "the nearest is 'instanceId'",
            id="tenant",
        ),
        pytest.param(
            lambda v: v["names"].update(owner="instanceInstance"),
            "line 4: names: owner: no answer has 'instanceInstance', "
            "the nearest is 'instanceInstanceId'",
            id="owner",
        ),
        pytest.param(
            lambda v: v["names"].update(identity="webhookID"),
            "names: identity: no answer has 'webhookID', the nearest is 'webhookId'",
            id="identity",
        ),
        pytest.param(
            lambda v: v["names"].update(created="createAt"),
            "names: created: no answer has 'createAt', the nearest is 'createdAt'",
            id="created",
        ),
        pytest.param(
            lambda v: v["names"].update(updated="updated"),
            "names: updated: no answer has 'updated', the nearest is 'updatedAt'",
            id="updated",
        ),
        pytest.param(
            lambda v: v["names"].update(telling=["webhookId", "link"]),
            "names: telling: no answer has 'link', the nearest is",
            id="telling",
        ),
        pytest.param(
            lambda v: v.update(judged=["findwebhook"]),
            "judged: there is no operation 'findwebhook', but findWebhook",
            id="judged",
        ),
        pytest.param(
            lambda v: v.update(unknown=[200, 418]),
            "unknown: 418 is documented nowhere; there is 200, ",
            id="unknown",
        ),
        pytest.param(
            lambda v: v["error"].update(text="mesage"),
            "error: text: no error has 'mesage', the nearest is 'message'",
            id="error",
        ),
        pytest.param(
            lambda v: v.update(sources={"findWebhooks": "page"}),
            "sources: there is no operation 'findWebhooks', but findWebhook",
            id="sources",
        ),
        pytest.param(
            lambda v: v.update(spellings={"enabeld": ["active"]}),
            "spellings: no body has 'enabeld', the nearest is 'enabled'",
            id="spellings",
        ),
        pytest.param(
            lambda v: v["rules"][0]["equals"].update(member="instanceInstanceid"),
            "rules: owner: equals: member: no answer has 'instanceInstanceid', "
            "the nearest is 'instanceInstanceId'",
            id="equals-member",
        ),
        pytest.param(
            lambda v: v["rules"][0]["equals"].update(parameter="instance"),
            "rules: owner: equals: parameter: no path has a parameter 'instance', "
            "the nearest is 'instanceId'",
            id="equals-parameter",
        ),
        pytest.param(
            lambda v: v["rules"][1]["unique"].update(member="id"),
            "rules: identity: unique: member: no answer has 'id', the nearest is",
            id="unique-member",
        ),
        pytest.param(
            lambda v: v["rules"][2]["unique"].update(member="WebhookEvent.webhookEventsId"),
            "no answer has 'WebhookEvent.webhookEventsId', "
            "the nearest is 'WebhookEvents.webhookEventsId'",
            id="unique-member-deeper",
        ),
        pytest.param(
            lambda v: v["rules"][3]["ordered"].update(first="creatdAt"),
            "rules: times: ordered: first: no answer has 'creatdAt', the nearest is 'createdAt'",
            id="ordered-first",
        ),
        pytest.param(
            lambda v: v["rules"][3]["ordered"].update(then="updatdAt"),
            "rules: times: ordered: then: no answer has 'updatdAt', the nearest is 'updatedAt'",
            id="ordered-then",
        ),
        pytest.param(
            lambda v: v["rules"][4]["ordered"].update(object="webhookEvents"),
            "rules: events-times: ordered: object: no answer has 'webhookEvents', "
            "the nearest is 'WebhookEvents'",
            id="ordered-object",
        ),
        pytest.param(
            lambda v: v["rules"][4]["ordered"].update(first="url"),
            "rules: events-times: ordered: first: no answer has 'WebhookEvents.url', "
            "the nearest is",
            id="ordered-first-elsewhere",
        ),
        pytest.param(
            lambda v: v["rules"][3]["ordered"].update(then="enabled"),
            "rules: times: ordered: then: 'enabled' is no text, and times are texts of RFC 3339",
            id="ordered-no-time",
        ),
        pytest.param(
            lambda v: v["rules"][0].update(operations=["findwebhook"]),
            "rules: owner: operations: there is no operation 'findwebhook', but findWebhook",
            id="operations",
        ),
        pytest.param(
            lambda v: v["resource"]["operations"].update(delete="removeWebhook"),
            "resource: operations: delete: there is no operation 'removeWebhook', but ",
            id="part-of-a-resource",
        ),
        pytest.param(
            lambda v: v["resource"].update(switch="enabeld"),
            "resource: switch: no answer has 'enabeld', the nearest is 'enabled'",
            id="switch",
        ),
        pytest.param(
            lambda v: v["resource"]["part_names"].update(identity="webhookId"),
            "resource: part_names: identity: no answer has 'WebhookEvents.webhookId'",
            id="part-names",
        ),
        pytest.param(
            lambda v: v["resource"]["made"].update(uri="x"),
            "resource: made: createWebhook takes no 'uri', the nearest is 'url'",
            id="what-is-sent",
        ),
        *(
            pytest.param(
                partial(without, promise, parts),
                f"resource: rules: {promise}: needs {' or '.join(parts)} under resource: operat",
                id=f"{promise}-without-its-operation",
            )
            for promise, parts in NEEDED_BY_PROMISES.items()
        ),
        pytest.param(
            lambda v: v["names"].pop("created"),
            "resource: rules: steady: needs names: created",
            id="steady-without-created",
        ),
        pytest.param(
            lambda v: v["names"].pop("updated"),
            "resource: rules: moves: needs names: updated",
            id="moves-without-updated",
        ),
        pytest.param(
            lambda v: v["names"].pop("identity"),
            "rules: apart: needs names: identity",
            id="apart-without-identity",
        ),
        pytest.param(
            lambda v: v["names"].pop("telling"),
            "rules: confidential: needs names: telling",
            id="confidential-without-telling",
        ),
        pytest.param(
            lambda v: v["error"].pop("status"),
            "rules: status-code: needs error: status",
            id="status-code-without-its-name",
        ),
    ],
)
def test_name_that_the_document_does_not_have_is_refused(
    tmp_path: Path, change: Change, told: str
) -> None:
    """Each section is held against our own document, and the nearest name is offered."""
    value = deepcopy(OURS)
    change(value)
    file = tmp_path / "mine.yaml"
    file.write_text(dump(value, sort_keys=False), encoding="utf-8")

    with pytest.raises(DocumentError) as error:
        rules_of(replace(contract(), rules=file))

    assert told in str(error.value)
    assert "mine.yaml, line " in str(error.value)


@pytest.mark.parametrize(
    ("rules", "told"),
    [
        ({"names": {"tenant": "colour"}}, "no path has a parameter 'colour'"),
        ({"names": {"owner": "code"}}, "names: owner: no answer has 'code'"),
        ({"names": {"identity": "doorId"}}, "names: identity: no answer has 'doorId'"),
        ({"error": {"text": "place"}}, "error: text: no error has 'place'"),
        ({"unknown": [200, 410]}, "unknown: 410 is documented nowhere; there is 200, 404"),
        (
            {"rules": [{"id": "x", **SAYS, "unique": {"member": "doors.doorId"}}]},
            "no answer has 'doors.doorId', the nearest is 'doors.[].doorId'",
        ),
        (
            {
                "rules": [
                    {
                        "id": "x",
                        **SAYS,
                        "operations": ["lockers", "health"],
                        "unique": {"member": "lockerId"},
                    }
                ]
            },
            "rules: x: operations: the rule does not fit 'health'",
        ),
        (
            {
                "rules": [{"id": "confidential", **SAYS, "operations": ["health"]}],
                "names": {"telling": ["pin"]},
            },
            "rules: confidential: operations: the rule does not fit 'health'",
        ),
    ],
)
def test_name_that_stands_elsewhere_in_the_document_is_refused(
    tmp_path: Path, rules: Any, told: str
) -> None:
    """A query parameter is no tenant, an error no answer of success, and an array is passed."""
    with pytest.raises(DocumentError) as error:
        rules_of(load(ruled(tmp_path, PLACES, rules)))

    assert told in str(error.value)


def test_rule_whose_names_never_meet_is_refused(tmp_path: Path) -> None:
    """Each name exists, but no operation has both."""
    document = deepcopy(PLACES)
    document["paths"]["/doors/{doorId}"] = {
        "get": {
            "operationId": "door",
            "parameters": [
                {"name": "doorId", "in": "path", "required": True, "schema": {"type": "string"}}
            ],
            "responses": {"200": {"description": "One"}},
        }
    }
    rule = {"id": "x", **SAYS, "equals": {"member": "place", "parameter": "doorId"}}

    with pytest.raises(DocumentError, match="rules: x: fits no operation: none has all it names"):
        rules_of(load(ruled(tmp_path, document, {"rules": [rule]})))


def test_names_behind_branches_and_in_arrays_are_found(tmp_path: Path) -> None:
    """What stands in `oneOf`, in `allOf` or below an array is a name of the document."""
    rules = {
        "names": {"tenant": "placeId", "identity": "lockerId", "telling": ["pin", "badge"]},
        "unknown": [404],
        "error": {"status": "code", "text": "why"},
        "spellings": {"doorId": ["door"], "why": ["reason"]},
        "rules": [
            {"id": "a", **SAYS, "unique": {"member": "doors.[].doorId"}},
            {"id": "b", **SAYS, "equals": {"member": "place", "parameter": "placeId"}},
            {"id": "c", **SAYS, "ordered": {"first": "opened", "then": "closed"}},
            {"id": "d", **SAYS, "unique": {"member": "badge"}},
            {"id": "apart", **SAYS},
            {"id": "confidential", **SAYS},
            {"id": "status-code", **SAYS},
        ],
    }
    document = load(ruled(tmp_path, PLACES, rules))
    found = rules_of(document)

    assert [*found.rules] == [rule.id for rule in found.of(document.operations["lockers"])]


def test_errors_that_no_document_describes_may_be_called_anything(tmp_path: Path) -> None:
    """The rules alone say what an error looks like where the document has no properties of one."""
    document = deepcopy(PLACES)
    document["components"]["schemas"]["Oops"] = {"type": "object"}

    assert {"text": "reason"} == rules_of(
        load(ruled(tmp_path, document, {"error": {"text": "reason"}}))
    ).error


@pytest.mark.parametrize(
    "command",
    [
        pytest.param(lambda *args: main(["--profile", "quick", *args]), id="contract-test"),
        pytest.param(
            lambda *args: main(
                ["http://127.0.0.1:9", "--token", "t", "--instance-id", "demo", *args]
            ),
            id="contract-test-of-a-url",
        ),
        pytest.param(lambda *args: main(["--selftest", *args]), id="selftest"),
        pytest.param(lambda *args: run(["--port", "0", *args]), id="mock-server"),
    ],
)
def test_commands_refuse_a_rule_that_fits_nothing(
    command: Callable[..., int], tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Before anything is sent or served: wrong usage, in one line."""
    file = tmp_path / "mine.yaml"
    text = RULES.read_text(encoding="utf-8")
    file.write_text(text.replace("first: createdAt", "first: creatdAt", 1), encoding="utf-8")
    code = command("--rules", str(file))
    told = capsys.readouterr().err

    assert 2 == code
    assert "rules: times: ordered: first: no answer has 'creatdAt'" in told
    assert "mine.yaml, line " in told
    assert "Traceback" not in told


def test_empty_name_is_refused(tmp_path: Path) -> None:
    """It would be read as none."""
    with pytest.raises(DocumentError, match="names: owner: must be there, as a text"):
        rules_of(load(ruled(tmp_path, PLACES, {"names": {"owner": ""}})))


def test_judge_asks_of_a_promise_what_the_rules_need_for_it() -> None:
    """Where no operation is named, creating alone shows whether the promise is kept."""
    asked: dict[str, set[str]] = {}
    for clause in CLAUSES.values():
        asked.setdefault(clause.rule, set()).add(clause.part)
    steady = {"steady": {"update", "merge"}}  # seen behind each of them, in one clause

    assert {*PROMISES, ""} == asked.keys()
    assert steady | {
        rule: parts for rule, parts in asked.items() if rule and "create" not in parts
    } == {rule: {*parts} for rule, parts in OF_WRITES.items()}
