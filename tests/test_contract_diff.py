"""Two versions of a contract are told apart by what they do to those who rely on the old one."""

from __future__ import annotations

import codecs
import json
from pathlib import Path

import pytest

from find_webhook_kit.contracts.__main__ import main
from find_webhook_kit.contracts.diff import changes
from find_webhook_kit.contracts.finding import Kind, Severity
from find_webhook_kit.spec import PATH, load, read

RELEASED = PATH.with_name("released.yaml")
TEXT = RELEASED.read_text(encoding="utf-8")
BREAKING, ADDITIVE, RENAMED = Kind.BREAKING, Kind.ADDITIVE, Kind.RENAMED


def changed(folder: Path, *edits: tuple[str, str]) -> Path:
    text = TEXT
    for old, new in edits:
        assert old in text, old
        text = text.replace(old, new)
    path = folder / "new.yaml"
    path.write_text(text, encoding="utf-8")
    return path


ENABLED = "          description: Enable or disable the url.\n          type: boolean\n"


@pytest.mark.parametrize(
    ("old", "new", "severity", "kind"),
    [
        pytest.param("    get:", "    put:", "error", BREAKING, id="a method goes"),
        pytest.param("/webhook:", "/hooks:", "error", BREAKING, id="the path"),
        pytest.param("required: [name, url,", "required: [name,", "error", BREAKING, id="optional"),
        pytest.param(ENABLED, ENABLED.replace("boolean", "string"), "error", BREAKING, id="type"),
        pytest.param(ENABLED, ENABLED + "          nullable: true\n", "error", BREAKING, id="null"),
        pytest.param("default: false", "default: true", "error", BREAKING, id="default"),
        pytest.param("        newJwt:\n", "        newJWT:\n", "error", RENAMED, id="renamed"),
        pytest.param("type: array", "type: object", "error", BREAKING, id="array to object"),
        pytest.param('"200":', '"201":', "error", BREAKING, id="the good status"),
        pytest.param("application/json:", "text/json:", "error", BREAKING, id="media type"),
        pytest.param("in: path", "in: query", "error", BREAKING, id="parameter"),
        pytest.param("scheme: bearer", "scheme: basic", "error", BREAKING, id="security"),
        pytest.param("format: date-time", "format: date", "error", BREAKING, id="format"),
        pytest.param(ENABLED, ENABLED + "          enum: [true]\n", "note", ADDITIVE, id="enum"),
        pytest.param("title: Url", "title: Url\n          maxLength: 9", "note", ADDITIVE, id="m"),
        pytest.param("title: Url", "title: URL", "note", ADDITIVE, id="a title"),
        pytest.param('"400":', '"422":', "warning", Kind.UNDOCUMENTED, id="another status"),
        pytest.param(
            "        newJwt:\n", "        fresh: {type: string}\n        newJwt:\n", "note",
            ADDITIVE, id="a member more",
        ),
    ],
)  # fmt: skip
def test_heaviest_change_is_told(
    tmp_path: Path, old: str, new: str, severity: str, kind: Kind
) -> None:
    """What a consumer reads may break it, be new to it, or not matter."""
    found = changes(read(RELEASED), read(changed(tmp_path, (old, new))))

    assert (severity, kind) == (found[0].severity, found[0].kind)


def test_same_contract_has_no_changes() -> None:
    """Nothing is found where nothing changed."""
    assert [] == changes(read(PATH), read(PATH))


@pytest.mark.parametrize(
    ("new", "strict", "code"),
    [
        (("title: Url", "title: URL"), (), 0),
        (('"400":', '"422":'), (), 0),
        (('"400":', '"422":'), ("--strict",), 1),
        (("default: false", "default: true"), (), 1),
    ],
)
def test_command_exits_as_a_judgement_does(
    tmp_path: Path, new: tuple[str, str], strict: tuple[str, ...], code: int
) -> None:
    """Errors fail, warnings with --strict, notes never."""
    assert code == main(["diff", str(RELEASED), str(changed(tmp_path, new)), *strict])


def test_document_that_is_none_is_wrong_usage(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """It is named, with its line where it has one."""
    path = tmp_path / "new.yaml"
    path.write_text("openapi: 3.0.3\npaths: []\n", encoding="utf-8")

    assert 2 == main(["diff", str(PATH), str(path)])
    assert f"contract-test: error: {path}" in capsys.readouterr().err


def test_contract_does_not_break_those_who_rely_on_the_released_one() -> None:
    """A change that breaks consumers needs another version, and a new released copy."""
    found = changes(read(RELEASED), read(PATH))
    breaking = [item.message for item in found if item.severity is Severity.ERROR]

    assert [] == breaking or load(RELEASED).version != load(PATH).version


DOCUMENT = """openapi: 3.0.3
info: {title: a, version: "1"}
paths:
  /x:
    get:
      operationId: x
      responses:
        "200":
          description: d
          content: {application/json: {schema: {$ref: "#/A0"}}}
"""


def chain(of: int, each: str) -> str:
    """Write definitions that refer to the next one."""
    last = f"A{of}: {{type: string}}\n"
    return DOCUMENT + "".join(each.format(here=n, next=n + 1) for n in range(of)) + last


@pytest.mark.parametrize(
    ("name", "content", "said"),
    [
        ("a.yaml", "- " * 5000 + "x", "a.yaml, line 1: nested deeper than 64 levels"),
        ("a.json", "[" * 5000, "a.json, line 1: nested deeper than 64 levels"),
        ("a.json", '{"openapi":\n1' + "0" * 5000 + "}", "a.json, line 2: "),
        ("a.yaml", "openapi: 3.0.3\ninfo: 1" + "0" * 5000, "a.yaml, line 2: the number"),
        ("a.json", "\ufeff{", "a.json, line 1: not readable as JSON"),
        ("a.json", '{"a": 1, "\x1b[31m": NaN}', "a.json, line 1: not readable as JSON"),
        ("a.yaml", "\x1b[31m: 1", "a.yaml, line 1: not readable as YAML: the character U+001B"),
        ("a.yaml", DOCUMENT + 'A0: {$ref: "#/A0"}', "leads back to itself"),
        ("a.yaml", chain(2000, 'A{here}: {{$ref: "#/A{next}"}}\n'), "more than 100 references"),
        (
            "a.yaml",
            chain(
                40,
                'A{here}: {{anyOf: [{{$ref: "#/A{next}"}}, {{$ref: "#/A{next}"}}]}}\n',
            ),
            "the references lead to more",
        ),
        ("a.yaml", "x", "a.yaml"),
    ],
    ids=lambda value: value[:20].encode("unicode_escape").decode(),
)
def test_hostile_document_is_a_clear_error(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str, content: str, said: str
) -> None:
    """What cannot be read is wrong usage (2), told in one line with file, line and reason."""
    path = tmp_path / name
    path.write_text(content, encoding="utf-8")
    code = main(["diff", str(path), str(PATH)])
    told = "".join(capsys.readouterr())

    assert 2 == code
    assert said in told
    assert "Traceback" not in told
    assert "\x1b" not in told


@pytest.mark.parametrize("name", ["new.json", "new.JSON", "new.yaml"])
def test_contract_may_be_json_with_a_mark(tmp_path: Path, name: str) -> None:
    """A document that was written as JSON, byte order mark and tabs and all, is the same one."""
    path = tmp_path / name
    text = json.dumps(dict(load(PATH).document), indent="\t")
    path.write_bytes(codecs.BOM_UTF8 + text.encode())

    assert [] == changes(read(PATH), read(path))
