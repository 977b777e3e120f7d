"""A file of rules that says something nobody reads is refused, with the place and what there is."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from yaml_text import dump, read

from find_webhook_kit.spec import PATH, DocumentError, load
from find_webhook_kit.spec.meaning import RULES, rules, rules_of

Change = Callable[[Any], object]


def written(folder: Path, change: Change) -> Path:
    """Write a copy of our rules, with a change."""
    value = read(RULES.read_text(encoding="utf-8"))
    change(value)
    path = folder / "rules.yaml"
    path.write_text(dump(value, sort_keys=False), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("change", "told"),
    [
        (lambda v: v["names"].update(tenannt="x"), "names: tenannt: is not known; there is tenant"),
        (lambda v: v.update(unknwon=[404]), "the file: unknwon: is not known"),
        (lambda v: v.update(unknown=["200", "4xx"]), "unknown: lists statuses from 100 to 599"),
        (lambda v: v.update(unknown=[True]), "unknown: lists statuses"),
        (lambda v: v.update(unknown=200), "unknown: must be a list"),
        (lambda v: v["names"].update(tenant=5), "names: tenant: must be there, as a text"),
        (lambda v: v["names"].update(telling=[1]), "telling: lists texts"),
        (lambda v: v["rules"].append(v["rules"][0]), "rules: owner: stands twice"),
        (lambda v: v["rules"][0].update(severty="note"), "rules: owner: severty: is not known"),
        (lambda v: v["rules"][0].pop("source"), "rules: source: must be there"),
        (lambda v: v["rules"][0].update(severity="fatal"), "there is error, warning, note"),
        (lambda v: v["rules"][0]["equals"].update(membr="x"), "equals: membr: is not known"),
        (
            lambda v: v["rules"][0].update(equals=["member"]),
            "rules: owner: equals: must be an object",
        ),
        (lambda v: v.update(spellings={"url": "link"}), "url: must be a list"),
        (lambda v: v.update(sources={"findWebhook": 7}), "sources: findWebhook: must be there"),
    ],
)
def test_what_nobody_reads_is_refused(tmp_path: Path, change: Change, told: str) -> None:
    """A misspelt promise that is read as none would prove nothing, in green."""
    with pytest.raises(DocumentError) as error:
        rules(written(tmp_path, change))

    assert told in str(error.value)
    assert "rules.yaml" in str(error.value)


def test_rule_for_an_operation_that_is_not_there_is_refused(tmp_path: Path) -> None:
    """The contract beside the rules says which there are."""
    written(tmp_path, lambda v: v["rules"][0].update(operations=["findWebhok"]))
    document = tmp_path / "openapi.yaml"
    document.write_bytes(PATH.read_bytes())

    with pytest.raises(DocumentError, match="no operation 'findWebhok', but findWebhook"):
        rules_of(load(document))
