"""Follows the references of an OpenAPI document, and keeps where each value stands.

A `$ref` leads to another place of the same file or to a file below the folder of the document;
nothing is fetched from a network. Which keywords are a reference, and what stands beside one, is
the caller's to know: this module reads documents of any version.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Final
from urllib.parse import SplitResult, unquote, urlsplit

from find_webhook_kit.spec.document import Document, DocumentError, Json, pointer, read
from find_webhook_kit.spec.json_places import parts_of, shown

MAX_FILES: Final = 5000
MAX_CHAIN: Final = 100
"""References that lead to one another before a value comes."""
MAX_DIGITS: Final = 9


@dataclass(frozen=True, slots=True, eq=False)
class Node:
    """A value of a document, with the file that it stands in and its JSON pointer there."""

    document: Document
    pointer: str
    value: Json

    @property
    def key(self) -> tuple[Path, str]:
        """What tells this place from every other one; a walk ends on a key that it has met."""
        return self.document.path, self.pointer

    @property
    def line(self) -> int:
        """The line (1-based) of this place; of a member, that of its key."""
        return self.document.line(self.pointer)

    @property
    def reference(self) -> str | None:
        """The `$ref` of this value, or None where it is no reference."""
        found = self.value.get("$ref") if isinstance(self.value, dict) else None
        return found if isinstance(found, str) else None

    def child(self, part: str | int) -> Node | None:
        """Return the member or the item of that name or index, or None: there is none."""
        value = self.value
        if isinstance(value, dict) and str(part) in value:
            return Node(self.document, self.pointer + pointer([part]), value[str(part)])
        if isinstance(value, list) and _is_index(str(part)) and int(part) < len(value):
            return Node(self.document, self.pointer + pointer([part]), value[int(part)])
        return None

    def children(self) -> Iterator[tuple[str, Node]]:
        """List the members of an object by their names, or the items of an array by their index."""
        value = self.value
        pairs = value.items() if isinstance(value, dict) else ()
        for part, child in enumerate(value) if isinstance(value, list) else pairs:
            yield str(part), Node(self.document, self.pointer + pointer([part]), child)

    def error(self, reason: str) -> DocumentError:
        """Make the error that names this file, line and place."""
        return DocumentError(self.document.path, f"{self.pointer or '/'}: {reason}", self.line)


class References:
    """The files of one document: where it begins, and what each of its references leads to.

    Each file is read once, by `reader`, which is given its path and the folder that holds it all.
    An error names the place of the reference that cannot be followed.
    """

    def __init__(self, document: Document, reader: Callable[[Path, Path], Document] = read) -> None:
        self._reader = reader
        self.root = Node(document, "", document.value)
        self._folder = Path(os.path.abspath(document.path.parent))  # noqa: PTH100 - keeps links
        self._documents = {self._folder / document.path.name: document}
        self._names = {id(document): ""}

    @property
    def documents(self) -> tuple[Document, ...]:
        """The files that were read so far, the document itself first."""
        return tuple(self._documents.values())

    def name(self, document: Document) -> str:
        """Return what a file is called below the folder of the document; itself, the empty text."""
        return self._names[id(document)]

    def resolve(self, node: Node) -> Node:
        """Follow a reference, and those that it leads to, to a value that is none.

        A value that is no reference is returned as it is.
        """
        return self._resolved(node, set())

    def at(self, where: str) -> Node | None:
        """Return the place at a JSON pointer of the document; references on the way are followed.

        None says that there is no such place.
        """
        return self._below(self.root, parts_of(where), set())

    def _resolved(self, node: Node, met: set[tuple[Path, str]]) -> Node:
        while (reference := node.reference) is not None:
            if node.key in met:
                raise node.error(f"the reference {shown(reference)} leads back to itself")
            if len(met) == MAX_CHAIN:
                raise node.error(f"more than {MAX_CHAIN} references lead to one another")
            met.add(node.key)
            node = self._target(node, reference, met)
        return node

    def _target(self, node: Node, reference: str, met: set[tuple[Path, str]]) -> Node:
        try:
            url = urlsplit(reference)
        except ValueError:
            raise node.error(f"the reference {shown(reference)} is no URI reference") from None
        document = node.document
        if url.path or url.netloc or url.scheme:
            document = self._file(node, reference, url)
        where = unquote(url.fragment)
        if where and not where.startswith("/"):
            reason = f"the reference {shown(reference)} names no place: write #/ and a JSON pointer"
            raise node.error(reason)
        root = Node(document, "", document.value)
        found = self._below(root, parts_of(where), met)
        if found is None:
            raise node.error(f"the reference {shown(reference)} leads to nothing")
        return found

    def _below(self, node: Node, parts: list[str], met: set[tuple[Path, str]]) -> Node | None:
        for name in parts:
            child = node.child(name)
            if child is None and node.reference is not None:
                child = self._resolved(node, met).child(name)
            if child is None:
                return None
            node = child
        return node

    def _file(self, node: Node, reference: str, url: SplitResult) -> Document:
        """Read the file that a reference names, below the folder of the document alone."""
        if url.scheme or url.netloc:
            reason = "is not followed: put a copy below the folder of the document"
            raise node.error(f"the reference {shown(reference)} {reason}")
        base = self._folder / self.name(node.document)
        if node.document is self.root.document:
            base = self._folder / node.document.path.name
        path = Path(os.path.normpath(base.parent / unquote(url.path)))
        if not path.is_relative_to(self._folder):
            reason = "leads out of the folder of the document: put a copy below it"
            raise node.error(f"the reference {shown(reference)} {reason}")
        if path not in self._documents:
            self._documents[path] = self._read(node, reference, path)
            name = path.relative_to(self._folder).as_posix()
            self._names[id(self._documents[path])] = name
        return self._documents[path]

    def _read(self, node: Node, reference: str, path: Path) -> Document:
        if len(self._documents) >= MAX_FILES:
            raise node.error(f"the references lead to more than {MAX_FILES} files")
        shown_path = self.root.document.path.parent / path.relative_to(self._folder)
        try:
            return self._reader(shown_path, self._folder)
        except DocumentError as error:
            if error.line is not None:
                raise
            raise node.error(f"the reference {shown(reference)}: {error.reason}") from None


def _is_index(text: str) -> bool:
    """Tell whether a part of a JSON pointer is an index of an array (RFC 6901, section 4)."""
    return text == "0" or (
        text.isascii() and text.isdecimal() and text[0] != "0" and len(text) <= MAX_DIGITS
    )
