"""A reference leads to the place that it names, below the folder of the document alone."""

from __future__ import annotations

from pathlib import Path

import pytest

from find_webhook_kit.spec.document import DocumentError, read
from find_webhook_kit.spec.references import Node, References


def write(folder: Path, files: dict[str, str]) -> References:
    """Write files below a folder, and read `openapi.yaml` among them."""
    for name, text in files.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    return References(read(folder / "openapi.yaml"))


def follow(references: References, where: str = "/a") -> Node:
    node = references.at(where)
    assert node is not None
    return references.resolve(node)


@pytest.mark.parametrize(
    ("text", "pointer", "line"),
    [
        ("a: {$ref: '#/b'}\nb: 1", "/b", 2),
        ("a: {$ref: '#/b/c'}\nb:\n  c: 1", "/b/c", 3),
        ("a: {$ref: '#/b~1c'}\nb/c: 1", "/b~1c", 2),
        ("a: {$ref: '#/b~0c'}\nb~c: 1", "/b~0c", 2),
        ("a: {$ref: '#/~01'}\n~1: 1", "/~01", 2),
        ("a: {$ref: '#/b%20c'}\nb c: 1", "/b c", 2),
        ("a: {$ref: '#/%7Bb%7D'}\n'{b}': 1", "/{b}", 2),
        ("a: {$ref: '#/b%7E1c'}\nb/c: 1", "/b~1c", 2),
        ("a: {$ref: '#/%C3%A9'}\né: 1", "/é", 2),
        ("a: {$ref: '#/b/1'}\nb:\n- 0\n- 1", "/b/1", 4),
        ("a: {$ref: '#/b/1'}\nb:\n  1: 1", "/b/1", 3),
        ("a: {$ref: '#/b/'}\nb:\n  '': 1", "/b/", 3),
        ("a: {$ref: '#/b'}\nb: {$ref: '#/c'}\nc: 1", "/c", 3),
        ("a: {$ref: '#/b/d'}\nb: {$ref: '#/c'}\nc: {d: 1}", "/c/d", 3),
        ("a: {$ref: '#/b/1/d'}\nb: [0, {$ref: '#/c'}]\nc: {d: 1}", "/c/d", 3),
        ("a: {$ref: 'openapi.yaml#/b'}\nb: 1", "/b", 2),
    ],
)
def test_pointer_leads_to_its_place(tmp_path: Path, text: str, pointer: str, line: int) -> None:
    """Escapes of JSON pointers and of URIs are read, and references on the way are followed."""
    found = follow(write(tmp_path, {"openapi.yaml": text}))

    assert (1, pointer, line) == (found.value, found.pointer, found.line)


@pytest.mark.parametrize(
    "value", ["a: 1", "a: {b: 1}", "a: {$ref: {type: string}}", "a: [{$ref: '#/b'}]"]
)
def test_what_is_no_reference_stays_where_it_is(tmp_path: Path, value: str) -> None:
    """A member that happens to be called $ref and holds no text is a member."""
    assert "/a" == follow(write(tmp_path, {"openapi.yaml": value})).pointer


@pytest.mark.parametrize(
    ("reference", "file", "text", "pointer"),
    [
        ("b.yaml", "b.yaml", "1", ""),
        ("b.yaml#", "b.yaml", "1", ""),
        ("b.yaml#/c", "b.yaml", "c: 1", "/c"),
        ("./d/../b.yaml#/c", "b.yaml", "c: 1", "/c"),
        ("d/b.json#/c", "d/b.json", '{"c": 1}', "/c"),
        ("d%20e/b.yaml#/c", "d e/b.yaml", "c: 1", "/c"),
        ("d/b.yaml#/c", "d/b.yaml", "c: {$ref: '#/e'}\ne: 1", "/e"),
    ],
)
def test_file_beside_the_document_is_read(
    tmp_path: Path, reference: str, file: str, text: str, pointer: str
) -> None:
    """A place in another file keeps that file, and a pointer of its own."""
    files = {"openapi.yaml": f"a: {{$ref: '{reference}'}}", file: text}
    found = follow(write(tmp_path, files))

    assert (1, tmp_path / file, pointer) == (found.value, found.document.path, found.pointer)


def test_reference_is_relative_to_the_file_that_it_stands_in(tmp_path: Path) -> None:
    """A file in a folder names its neighbours, and comes back to the document itself."""
    files = {
        "openapi.yaml": "a: {$ref: 'one/b.yaml#/b'}\nend: 1",
        "one/b.yaml": "b: {$ref: '../two/c.yaml'}",
        "two/c.yaml": "$ref: '../openapi.yaml#/end'",
    }
    references = write(tmp_path, files)
    found = follow(references)

    assert (references.root.document, "/end") == (found.document, found.pointer)
    assert ["", "one/b.yaml", "two/c.yaml"] == [
        references.name(each) for each in references.documents
    ]


def test_one_place_has_one_key_whatever_leads_to_it(tmp_path: Path) -> None:
    """A walk over references ends, because it meets a place again under the same key."""
    text = "a: {$ref: 'b.yaml#/c'}\nb: {$ref: './d/../b.yaml#/%63'}"
    references = write(tmp_path, {"openapi.yaml": text, "b.yaml": "c: 1"})

    assert follow(references, "/a").key == follow(references, "/b").key


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("a: {$ref: '#/a'}", "line 1: /a: the reference '#/a' leads back to itself"),
        ("a: {$ref: '#/b'}\nb: {$ref: '#/a'}", "leads back to itself"),
        ("a: {$ref: '#/a/x'}", "leads back to itself"),
        ("a: {$ref: '#/b/x'}\nb: {$ref: '#/a'}", "leads back to itself"),
        ("a: {$ref: '#/b'}", "line 1: /a: the reference '#/b' leads to nothing"),
        ("a: {$ref: '#/b/2'}\nb: [0, 1]", "leads to nothing"),
        ("a: {$ref: '#/b/01'}\nb: [0, 1]", "leads to nothing"),
        ("a: {$ref: '#/b/c'}\nb: 1", "leads to nothing"),
        (f"a: {{$ref: '#/b/{'9' * 5000}'}}\nb: [1]", "leads to nothing"),
        ("a: {$ref: '#b'}\nb: 1", "'#b' names no place"),
        ("a: {$ref: 'b.yaml'}", "line 1: /a: the reference 'b.yaml': cannot be read"),
        ("a: {$ref: '.'}", "is no file that can be read"),
        ("a: {$ref: 'https://example.com/b.yaml'}", "put a copy below the folder"),
        ("a: {$ref: '//example.com/b.yaml'}", "put a copy below the folder"),
        ("a: {$ref: 'file:///etc/hostname'}", "put a copy below the folder"),
        ("a: {$ref: 'http://[b'}", "is no URI reference"),
        ("a: {$ref: '/etc/hostname'}", "leads out of the folder"),
        ("a: {$ref: '../b.yaml'}", "leads out of the folder"),
        ("a: {$ref: 'c/../../b.yaml'}", "leads out of the folder"),
        ("a: {$ref: '%2E%2E/b.yaml'}", "leads out of the folder"),
        ("a: {$ref: 'b%00.yaml'}", "cannot be read"),
    ],
)
def test_reference_that_leads_nowhere_is_refused_where_it_stands(
    tmp_path: Path, text: str, reason: str
) -> None:
    """The error names the file, the line and the place of the reference."""
    folder = tmp_path / "folder"
    (tmp_path / "b.yaml").write_text("1")
    references = write(folder, {"openapi.yaml": text})

    with pytest.raises(DocumentError, match=reason):
        follow(references)


def test_link_out_of_the_folder_is_not_followed(tmp_path: Path) -> None:
    """Whoever may write a document may not read other files through it."""
    (tmp_path / "secret.yaml").write_text("1")
    references = write(tmp_path / "folder", {"openapi.yaml": "a: {$ref: b.yaml}"})
    (tmp_path / "folder" / "b.yaml").symlink_to(tmp_path / "secret.yaml")

    with pytest.raises(DocumentError, match=r"line 1: /a: .*is a link out of the folder"):
        follow(references)


def test_folder_may_be_a_link_itself(tmp_path: Path) -> None:
    """A mounted configuration is a folder of links to a folder beside them."""
    write(tmp_path / "real", {"openapi.yaml": "a: {$ref: b.yaml}", "b.yaml": "1"})
    (tmp_path / "link").symlink_to(tmp_path / "real")

    assert 1 == follow(References(read(tmp_path / "link" / "openapi.yaml"))).value


def test_relative_path_of_the_document_is_enough(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """A document is often named as it is seen from the working folder."""
    write(tmp_path, {"openapi.yaml": "a: {$ref: b.yaml}", "b.yaml": "1"})
    monkeypatch.chdir(tmp_path)

    assert Path("b.yaml") == follow(References(read(Path("openapi.yaml")))).document.path


def test_fault_inside_another_file_names_that_file(tmp_path: Path) -> None:
    """A file that is not readable has the line to mend in itself."""
    references = write(tmp_path, {"openapi.yaml": "a: {$ref: b.yaml}", "b.yaml": "a: 1\nb: ["})

    with pytest.raises(DocumentError, match=r"b\.yaml, line \d"):
        follow(references)


@pytest.mark.parametrize("below", ["", "/x"])
def test_chain_of_references_has_a_bound(tmp_path: Path, below: str) -> None:
    """However a document was made, following it does not exhaust the stack."""
    links = "".join(f"a{i}: {{$ref: '#/a{i + 1}{below}'}}\n" for i in range(2000))
    references = write(tmp_path, {"openapi.yaml": f"{links}a2000: 1"})

    with pytest.raises(DocumentError, match="more than 100 references"):
        follow(references, "/a0")
