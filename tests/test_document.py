"""YAML and JSON files are read as what they look like, or refused with the place."""

from __future__ import annotations

import codecs
import json
import os
import stat
import subprocess
import sys
from pathlib import Path

import pytest
import yaml
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from find_webhook_kit.spec import (
    DocumentError,
    Json,
    json_document,
    plain_file,
    pointer,
    read,
    yaml_document,
    yaml_values,
)

# A few hundred bytes that would become a million values.
BOMB = "a: &a [x,x,x,x,x,x,x,x,x,x]\n" + "".join(
    f"{new}: &{new} [{','.join([f'*{old}'] * 10)}]\n"
    for old, new in zip("abcdef", "bcdefg", strict=True)
)


@pytest.fixture
def file(tmp_path: Path) -> Path:
    return tmp_path / "file.yaml"


@pytest.fixture
def _few(monkeypatch: pytest.MonkeyPatch) -> None:
    """A hundredth of the values that a file may have, since each of them takes its time."""
    for module in (json_document, yaml_document, yaml_values):
        monkeypatch.setattr(module, "MAX_NODES", 5000)


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
        ("a: 1\nb: !!binary eA==", "line 2: the tag '!!binary' is not read here: leave it out"),
        ("a: !thing {}", "line 1: the tag '!thing' is not read here"),
        ("a: !!set {x}", "line 1: the tag '!!set' is not read here"),
        ("a: !!int x", "line 1: 'x' is no !!int"),
        ("a: &a [1]\nb:\n  <<: *a", "line 3: << takes one mapping or one list of mappings"),
        ("a: &a {x: 1}\nb: {<<: *a, <<: *a}", "line 2: << takes one mapping"),
        ("a:\n\tb: 1", "line 2: not readable as YAML: found character that cannot start any token"),
        ("a:\n\tb: 1", "(a tab: indent with spaces)"),
        ("a: x\nb: y\x7f", "line 2: not readable as YAML: the character U+007F is not read"),
        ("a: x\nb: y\x9b", 'as it stands: write "\\x9B" or save as .json'),
        ("a: x\nb: 'y\x85z'", "line 2: not readable as YAML: the character U+0085 is not"),
        ("a: x\nb: 'y\u2028z'", 'write "\\u2028" or save as .json'),
        ("a: 1\nb: 1" + "0" * 5000, "line 2: the number '1000"),
        ("a: x\n? " + "k" * 2000 + "\n: 1\n" + "k" * 2000 + ": 1", "line 4: not readable as YAML"),
    ],
    ids=lambda value: value[:30].encode("unicode_escape").decode(),
)
@pytest.mark.usefixtures("_few")
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


TEXTS = st.text(
    st.one_of(
        st.characters(exclude_categories=["Cs"]),
        st.sampled_from('\x00\t\x7f\x80\x85\x9b\xa0\u2028\u2029\ufeff\uffff\U0001f600"\\/~{[,:#'),
    )
)
VALUES = st.recursive(
    st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-(10**40), 10**40),
        st.floats(allow_nan=False, allow_infinity=False),
        TEXTS,
    ),
    lambda inner: st.one_of(
        st.lists(inner, max_size=4),
        st.dictionaries(st.one_of(TEXTS, st.just("k" * 2000)), inner, max_size=4),
    ),
    max_leaves=12,
)


@pytest.mark.parametrize("suffix", ["json", "JSON", "yaml"])
@given(
    value=st.one_of(st.lists(VALUES, max_size=4), st.dictionaries(TEXTS, VALUES, max_size=4)),
    ensure_ascii=st.booleans(),
    indent=st.sampled_from([None, 1, "\t"]),
    mark=st.sampled_from([b"", codecs.BOM_UTF8]),
    end=st.sampled_from(["", "\n", "\r\n"]),
)
@settings(
    max_examples=30,
    deadline=None,
    derandomize=True,
    database=None,
    suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow],
)
def test_what_json_writes_is_read_back(  # noqa: PLR0913, PLR0917 - each is one way to write
    tmp_path: Path,
    suffix: str,
    value: Json,
    ensure_ascii: bool,  # noqa: FBT001
    indent: int | str | None,
    mark: bytes,
    end: str,
) -> None:
    """A JSON text has one meaning: whatever stands in it, however it is written and called."""
    path = tmp_path / f"body.{suffix}"
    written = json.dumps(value, ensure_ascii=ensure_ascii, indent=indent) + end
    path.write_bytes(mark + written.encode())

    assert value == read(path).value


def test_json_places_have_the_lines_that_yaml_has(tmp_path: Path) -> None:
    """The line of a member is that of its key, of an item that of its value."""
    text = '\ufeff{"a":\n 1,\n "b/c": [\n {},\n [2,\n "\u2028\\n", {"": 3}]]\n}'
    one, other = tmp_path / "body.json", tmp_path / "body.yaml"
    one.write_text(text, encoding="utf-8")
    other.write_text(text.replace("\u2028", "").replace("{}", "{ # note\n}"), encoding="utf-8")
    expected = {"": 1, "/a": 1, "/b~1c": 3, "/b~1c/0": 4, "/b~1c/1": 5, "/b~1c/1/0": 5}
    expected |= {"/b~1c/1/1": 6, "/b~1c/1/2": 6, "/b~1c/1/2/": 6}

    assert expected == read(one).lines
    assert expected.keys() == read(other).lines.keys()


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("!!str 123", "123"),
        ("!!str true", "true"),
        ("!!str", ""),
        ("! 12", "12"),
        ("!!int '12'", 12),
        ("!!float 1", 1.0),
        ("!!null ''", None),
        ("!!bool 'true'", True),
        ("!!seq [!!map {a: 1}]", [{"a": 1}]),
    ],
)
def test_tag_says_what_a_scalar_is(file: Path, text: str, value: Json) -> None:
    """A tag of the core schema wins over what the text looks like."""
    file.write_text(text, encoding="utf-8")
    found = read(file).value

    assert (type(value), value) == (type(found), found)


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("- &a {x: 1, y: 2}\n- {<<: *a, y: 3}", {"x": 1, "y": 3}),
        ("- &a {x: 1, y: 2}\n- {y: 3, <<: *a}", {"x": 1, "y": 3}),
        ("- &a {x: 1}\n- &b {x: 2, z: 3}\n- {<<: [*a, *b]}", {"x": 1, "z": 3}),
        ("- &a {x: 1}\n- &b {<<: *a, z: 3}\n- {<<: *b}", {"x": 1, "z": 3}),
        ("- {<<: {x: 1}}", {"x": 1}),
        ("- {'<<': 1}", {"<<": 1}),
        ("- {!!str <<: 1}", {"<<": 1}),
    ],
)
def test_merge_key_takes_over_members(file: Path, text: str, value: Json) -> None:
    """`<<` stands for the members of other mappings, and a mapping's own ones win."""
    file.write_text(text, encoding="utf-8")
    found = read(file).value
    assert isinstance(found, list)

    assert value == found[-1]


@pytest.mark.usefixtures("_few")
def test_merged_members_are_counted(file: Path) -> None:
    """A few characters do not become a hundred members each."""
    members = ", ".join(f"k{number}: 1" for number in range(100))
    file.write_text(f"- &a {{{members}}}\n" + "- {<<: *a}\n" * 200, encoding="utf-8")

    with pytest.raises(DocumentError, match="values, aliases counted"):
        read(file)


def test_members_that_a_merge_looks_at_are_counted(file: Path) -> None:
    """Merging a mapping a thousand times costs a thousand times its members, taken or not."""
    members = ", ".join(f"k{number}: 1" for number in range(1100))
    file.write_text(f"- &a {{{members}}}\n- {{<<: [{'*a, ' * 1000}*a]}}\n", encoding="utf-8")

    with pytest.raises(DocumentError, match="line 2: more than 500000 values, aliases counted"):
        read(file)


@pytest.mark.usefixtures("_few")
def test_aliases_are_counted_as_they_come(file: Path) -> None:
    """The first one too many ends the reading, before the file has a fault further on."""
    file.write_text(f"- &a 1\n- [{'*a,' * 11_000}]\n- *unknown\n", encoding="utf-8")

    with pytest.raises(DocumentError, match="line 2: more than 500000 values, aliases counted"):
        read(file)


def test_key_of_a_merged_mapping_that_is_no_text_is_refused(file: Path) -> None:
    """It is not passed over in silence."""
    file.write_text("- &a\n  ? [x]\n  : 1\n- {<<: *a}\n", encoding="utf-8")
    with pytest.raises(DocumentError, match="line 2: a key must be a text"):
        read(file)

    file.write_text("- {<<: {[x]: 1}}\n", encoding="utf-8")
    with pytest.raises(DocumentError, match="a key must be a text"):
        read(file)


@pytest.mark.parametrize("text", ["a: [x, {b: !!str 1}]", "- &a {x: 'y'}\n- {<<: *a}"])
def test_yaml_is_read_without_libyaml(
    monkeypatch: pytest.MonkeyPatch, file: Path, text: str
) -> None:
    """PyYAML may have been built without the library in C."""
    file.write_text(text, encoding="utf-8")
    value = read(file).value
    monkeypatch.setattr(yaml_document, "_LOADER", yaml.SafeLoader)

    assert value == read(file).value


@pytest.mark.parametrize(
    "text", ['a: "\\ud83d"', 'a: "\\ud83d\\ude00"', "a: [", "\ta: 1", "@", "a: *b"]
)
def test_both_parsers_refuse_alike(monkeypatch: pytest.MonkeyPatch, file: Path, text: str) -> None:
    """Without libyaml, too, what cannot be read is one clear error."""
    file.write_text(text, encoding="utf-8")
    monkeypatch.setattr(yaml_document, "_LOADER", yaml.SafeLoader)

    with pytest.raises(DocumentError, match=r"file\.yaml, line 1: "):
        read(file)


def test_package_is_imported_without_libyaml() -> None:
    """Where PyYAML has no parser in C, its own one reads the contract."""
    program = (
        "import yaml; del yaml.CSafeLoader;"
        "from find_webhook_kit.spec import contract, yaml_document;"
        "print(yaml_document._LOADER is yaml.SafeLoader, len(contract().operations))"
    )
    run = subprocess.run(  # noqa: S603 - our own program
        [sys.executable, "-c", program], capture_output=True, check=True, text=True
    )

    assert "True 6" == run.stdout.strip()


@pytest.mark.usefixtures("_few")
def test_many_values_are_refused_before_they_are_built(tmp_path: Path) -> None:
    """Millions of values in a JSON file end with the line where it is too much."""
    path = tmp_path / "body.json"
    path.write_text("[" + "{},\n" * 12_000 + "1]", encoding="utf-8")

    with pytest.raises(DocumentError, match="line 5000: more than"):
        read(path)


@pytest.mark.parametrize("content", [b"a: 1\nb: \xe9\n", b"\nb: \xe9\n"])
def test_bytes_that_are_not_utf_8_are_refused_with_their_line(file: Path, content: bytes) -> None:
    """A Latin-1 file is not guessed at."""
    file.write_bytes(content)

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
        ('[\n{"name": }]', "line 2: not readable as JSON: expecting value"),
        ("[] # note", "line 1: not readable as JSON: extra data"),
        ("[" * 100_000, "line 1: nested deeper than 64 levels"),
        ("\n" + "[" * 30_000 + '"x"' + "]" * 30_000, "line 2: nested deeper than 64 levels"),
        ('{"a":\n1, "b": [0,\n{"c": 1, "c": 2}]}', r"line 3: .*'c' for the second time \(/b/1/c\)"),
        ('["a",\n NaN]', r"line 2: .*NaN, which is no JSON value \(/1\)"),
        ('["a",\n "\\ud83d"]', r"line 2: .*half of a surrogate pair \(/1\)"),
        ('["\\udc00\\ud800"]', r"line 1: .*half of a surrogate pair \(/0\)"),
        ('{"\\ud83d": 1}', r"line 1: .*half of a surrogate pair \(/\?\)"),
        ('["a\tb"]', "line 1: not readable as JSON: a control character in a string"),
        ("[1,\n2" + "0" * 5000 + "]", "line 2: .*a number of more than 640 digits"),
        ("[1,\n2" + "0" * 400 + "]", "line 2: the number '2000.*' is out of range: quote it"),
        ("[1,\n\n1e999]", "line 3: the number '1e999' is out of range"),
        ('"\ufeff', "line 1: not readable as JSON: a string without an end"),
        ("", "line 1: not readable as JSON: nothing"),
    ],
)
def test_what_is_no_json_is_refused_with_its_line(tmp_path: Path, text: str, reason: str) -> None:
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


def test_file_that_becomes_a_pipe_is_no_document(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    """Between the look at a file and its opening, it may be replaced; nobody waits then either."""
    path = tmp_path / "file.yaml"
    path.write_text("a: 1")
    looked = plain_file._check_kind  # noqa: SLF001 - runs between the two looks

    def swap(path: Path, status: os.stat_result) -> None:
        looked(path, status)
        if stat.S_ISREG(status.st_mode):
            path.unlink()
            os.mkfifo(path)

    monkeypatch.setattr(plain_file, "_check_kind", swap)

    with pytest.raises(DocumentError, match="is no file that can be read, but a pipe"):
        read(path)


@pytest.mark.parametrize("path", ["/dev/zero", "/dev/null", "/", "/none", "/a\0b"])
def test_what_is_no_file_is_one_clear_error(path: str) -> None:
    """A device that never ends, a folder or a name that none can have is told at once."""
    with pytest.raises(DocumentError, match=r"is no file that can be read|cannot be read"):
        read(Path(path))


LINED = {
    "rows.yaml": (
        "a:\n- {x: 1,\n   y: [1,\n 2]}\n- - 1\n  - 2\n-\n  z: 3\n  0: 4\nb: {c:\n 5}\n0:\n- 1"
    ),
    "list.yaml": "- 1\n- [2,\n  3]\n- x:\n    - 4\n    - 5\n",
    "rows.json": '{"a": [{"x": 1,\n"y":\n [1,\n2]},\n[1,\n2]],\n"0":\n{"c":\n5},"b": [\n]}',
    "list.json": "[1,\n[2,\n3],\n[\n]]",
}


@pytest.mark.parametrize("name", LINED)
def test_line_is_the_same_whether_all_of_them_are_asked_for(tmp_path: Path, name: str) -> None:
    """It is looked for no further than it must be, in whatever order, also of what is not there."""
    path = tmp_path / name
    path.write_text(LINED[name])
    lines = read(path).lines
    asked = [place + more for place in lines for more in ("", "/x", "/0", "/7/q")]

    def nearest(place: str) -> int:
        return lines[place] if place in lines else nearest(place.rpartition("/")[0])

    for order in (asked, asked[::-1], sorted(asked)):
        document = read(path)
        assert {it: nearest(it) for it in order} == {it: document.line(it) for it in order}
    assert [nearest(it) for it in asked] == [read(path).line(it) for it in asked]
