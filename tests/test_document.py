"""YAML and JSON files are read as what they look like, or refused with the place."""

from __future__ import annotations

import json
import os
from pathlib import Path

import pytest

from spec import DocumentError, Json, pointer, read

# A few hundred bytes that would become a million values.
BOMB = "a: &a [x,x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{new}: &{new} [{','.join([f'*{old}'] * 10)}]\n"
    for old, new in zip("abcdef", "bcdefg", strict=True)
)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "file.yaml"


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("2024-04-14T09:30:00.123Z", "2024-04-14T09:30:00.123Z"),
        ("no", "no"),
        ("true", True),
        ("~", None),
        ("12", 12),
        ("1.5", 1.5),
        ("'12'", "12"),
        ("[a, {b: 1}]", ["a", {"b": 1}]),
        ("0x1f", "0x1f"),
    ],
)
def test_plain_scalars_mean_what_json_means(file: Path, text: str, value: Json) -> None:
    """Timestamps keep their milliseconds and `no` stays a text, quoted or not."""
    file.write_text(text, encoding="utf-8")

    assert value == read(file).value


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("a: 1\nb: 2\na: 3", "line 3: the key 'a' stands twice"),
        ("", "the file is empty"),
        ("a: [1", "line 2: not readable as YAML"),
        ("? [a]\n: 1", "line 1: a key must be a text"),
        ("- " * 80 + "x", "nested deeper than 64 levels"),
        (r'a: "\ud83d"', "line 1: not readable as YAML: found invalid Unicode"),
        (BOMB, "values, aliases counted"),
    ],
    ids=["twice", "empty", "unclosed", "key", "deep", "surrogate", "aliases"],
)
def test_what_is_not_one_clear_value_is_refused(file: Path, text: str, reason: str) -> None:
    """The error names the file, the line where there is one, and the reason."""
    file.write_text(text, encoding="utf-8")

    with pytest.raises(DocumentError) as caught:
        read(file)

    assert str(file) in str(caught.value)
    assert reason in str(caught.value)


@pytest.mark.parametrize(
    "written", ["\\ud83d\\ude00", "\N{GRINNING FACE}", "\\u0061\\ud83d\\ude00\\/"]
)
def test_json_files_may_escape_as_json_does(tmp_path: Path, written: str) -> None:
    """A recorded body pasted into a JSON file reads as JSON has it."""
    path = tmp_path / "body.json"
    path.write_text(f'{{"a": "{written}"}}', encoding="utf-8")

    assert json.loads(path.read_text(encoding="utf-8")) == read(path).value


def test_bytes_that_are_not_utf_8_are_refused_with_their_line(file: Path) -> None:
    """A Latin-1 file is not guessed at."""
    file.write_bytes(b"a: 1\nb: \xe9\n")

    with pytest.raises(DocumentError, match="line 2: not UTF-8"):
        read(file)


def test_missing_file_is_one_clear_error(tmp_path: Path) -> None:
    """No trace of an operating system's exception reaches the reader."""
    with pytest.raises(DocumentError, match="cannot be read: No such file"):
        read(tmp_path / "none.yaml")


def test_each_place_has_its_line(file: Path) -> None:
    """A JSON pointer leads to the line, and one that does not exist to the nearest above."""
    file.write_text("- a: 1\n  b:\n    c: 2\n- x\n", encoding="utf-8")
    document = read(file)

    assert (1, 2, 3, 4) == tuple(document.line(at) for at in ("/0/a", "/0/b", "/0/b/c", "/1"))
    assert 2 == document.line("/0/b/none")


def test_pointers_escape_as_rfc_6901_says() -> None:
    """A slash and a tilde in a key do not split the pointer."""
    assert "/a~1b/~0/0" == pointer(["a/b", "~", 0])


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('[{"a": 1},]', "line 1: not readable as JSON"),
        ('[\n{"name": }]', "line 2: not readable as JSON: Expecting value"),
        ("[] # note", "line 1: not readable as JSON: Extra data"),
        ("[" * 100_000, "not readable as JSON"),
    ],
)
def test_json_file_is_json(tmp_path: Path, text: str, reason: str) -> None:
    """YAML would let some of this pass, and give other reasons for the rest."""
    path = tmp_path / "body.json"
    path.write_text(text, encoding="utf-8")

    with pytest.raises(DocumentError, match=reason):
        read(path)


def test_pipe_is_no_document(tmp_path: Path) -> None:
    """Nobody waits for a writer that never comes."""
    path = tmp_path / "pipe.yaml"
    os.mkfifo(path)

    with pytest.raises(DocumentError, match="is no file that can be read"):
        read(path)
