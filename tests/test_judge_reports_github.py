"""On GitHub a verdict becomes annotations and a summary, and a server's text gives no orders."""

from __future__ import annotations

import io
import re
from dataclasses import replace
from pathlib import Path

import pytest
from markdown_it import MarkdownIt
from rich.console import Console
from verdicts import (
    FINDING,
    HOSTILE,
    MASK,
    NOT_PROVEN,
    UNREACHABLE,
    URL_LINE,
    VERDICT,
    everywhere,
    told,
)

from find_webhook_kit.contracts.__main__ import main
from find_webhook_kit.contracts.reports import publish, report
from find_webhook_kit.contracts.reports.annotations import commands
from find_webhook_kit.contracts.reports.summary import as_markdown


def published(tmp_path: Path, **environment: str) -> list[str]:
    out = io.StringIO()
    publish(
        VERDICT, MASK, console=Console(file=out, width=80), folder=None, environment=environment
    )
    assert set(tmp_path.iterdir()) <= {tmp_path / "summary.md"}
    return out.getvalue().splitlines()


def test_annotations_are_printed_there_alone(tmp_path: Path) -> None:
    """Elsewhere they would be noise; our last line stays the last."""
    there, elsewhere = published(tmp_path, GITHUB_ACTIONS="true"), published(tmp_path)

    assert 4 == sum(line.startswith("::") for line in there)
    assert 0 == sum(line.startswith("::") for line in elsewhere)
    assert there[-1] == elsewhere[-1]


def test_command_minds_the_pipeline_around_it(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It needs no flag: the environment says where it runs."""
    monkeypatch.setenv("GITHUB_ACTIONS", "true")
    monkeypatch.setenv("GITHUB_STEP_SUMMARY", str(tmp_path / "summary.md"))
    main(["http://127.0.0.1:1", "--token", "a-token", "--instance-id", "a"])

    assert "::error file=spec/openapi.yaml,line=1,title=" in capsys.readouterr().out
    assert "unreachable (exit 4)" in (tmp_path / "summary.md").read_text()


def test_annotation_points_into_the_contract() -> None:
    """Each severity has its command, and each finding the line of its promise."""
    heads = [line.rpartition("::")[0].partition(",title=")[0] for line in commands(told(FINDING))]

    assert f"::error file=spec/openapi.yaml,line={URL_LINE}" in heads
    assert {"error", "warning", "notice"} == {
        line.split()[0].strip(":") for line in commands(told())
    }


def test_annotation_is_one_line_with_its_parts_escaped() -> None:
    """Per cent, line breaks, and in properties colon and comma, as the runner wants them."""
    finding = replace(FINDING, clause="a:b,c%d", message="100% sure, or: not")
    line = next(line for line in commands(told(FINDING)) if "body.200.url" in line)
    strange = told(FINDING)
    strange = replace(strange, findings=(finding,))
    other = next(item for item in commands(strange) if "sure" in item)

    assert "%0Apromised string" in line
    assert "title=a%3Ab%2Cc%25d (breaking)::100%25 sure, or: not" in other


@pytest.mark.parametrize("text", [HOSTILE, "\n::error::x", "%0A::error::x", "::stop-commands::x"])
def test_text_of_a_server_starts_no_command(text: str) -> None:
    """One finding is one line, whatever it says."""
    found = [line for line in commands(told(everywhere(text))) if "not proven" not in line]

    assert 1 == len(found)
    assert 1 == len(found[0].splitlines())
    assert "%0A::" not in found[0]
    assert "##[" not in found[0]


def test_github_shows_ten_annotations_of_a_kind() -> None:
    """So the tenth counts those that have no place."""
    many = told(*(replace(FINDING, message=str(number)) for number in range(50)))
    errors = [line for line in commands(many) if line.startswith("::error")]

    assert 10 == len(errors)
    assert errors[-1].endswith("::and 42 more")  # 50 findings and one clause that is not proven


@pytest.mark.parametrize("verdict", [NOT_PROVEN, UNREACHABLE])
def test_what_was_not_proven_is_an_annotation(verdict: object) -> None:
    """An exit code of 3 or 4 explains itself in the run's page."""
    assert [line for line in commands(report(verdict, MASK)) if line.startswith("::error")]  # type: ignore[arg-type]  # one of the two


def test_summary_is_appended(tmp_path: Path) -> None:
    """What other commands of the step wrote stays."""
    path = tmp_path / "summary.md"
    path.write_text("before\n")
    published(tmp_path, GITHUB_STEP_SUMMARY=str(path))

    assert path.read_text().startswith("before\n## ❌ Find Webhook: does-not-conform (exit 1)\n")


def test_summary_that_cannot_be_written_changes_no_verdict(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It is said on the error stream."""
    lines = published(tmp_path, GITHUB_STEP_SUMMARY=str(tmp_path))

    assert lines[-1].startswith("exit 1 (does-not-conform)")
    assert "GITHUB_STEP_SUMMARY" in capsys.readouterr().err


def rendered(text: str) -> str:
    page: str = MarkdownIt("commonmark", {"html": True}).enable("table").render(text)
    return page


def test_text_of_a_server_stays_a_text_in_the_summary() -> None:
    """No markup, link, image or mention comes of it; our own few elements are all there is."""
    page = rendered(as_markdown(told(everywhere(HOSTILE))))
    tags = set(re.findall(r"<(/?[a-z0-9]+)[ >]", page))

    assert {tag.strip("/") for tag in tags} <= {
        "h2", "p", "strong", "code", "ul", "li", "pre", "table", "thead", "tbody", "tr", "th", "td",
    }  # fmt: skip
    assert "&lt;script&gt;" in page
    assert "onerror=&quot;" in page


def test_curl_line_of_the_summary_cannot_leave_its_fence() -> None:
    """However many backticks it holds."""
    finding = replace(FINDING, curl="curl '```' `````` <b>")

    assert (
        "<pre><code class=\"language-sh\">curl '```' `````` &lt;b&gt;\n</code></pre>"
        in rendered(as_markdown(told(finding)))
    )
