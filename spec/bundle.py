"""Writes a document of several files as one, for tools that read one.

Each other file stands whole under `x-files`, and a reference into it leads there.
"""

from __future__ import annotations

import copy
from collections.abc import Mapping
from typing import Final, cast

from find_webhook_kit.spec.document import DocumentError, Json, pointer
from find_webhook_kit.spec.operation import METHODS
from find_webhook_kit.spec.references import Node, References

FILES: Final = "x-files"


def bundled(references: References, names: Mapping[str, str] | None = None) -> dict[str, Json]:
    """Return the document with every other file in it.

    With `names`, an operation at a place gets that name where it has none.
    """
    root = references.root
    if names is not None and len(references.documents) == 1 and _is_settled(root):
        return cast("dict[str, Json]", root.value)
    rewritten = cast("dict[str, Json]", _copy(references, root, strict=True))
    met = {root.document.path}
    others: dict[str, Json] = {}
    while waiting := [each for each in references.documents if each.path not in met]:
        for document in waiting:
            met.add(document.path)
            others[references.name(document)] = _copy(
                references, Node(document, "", document.value)
            )
    if others:
        rewritten[FILES] = others
    _settle(references, rewritten, names or {})
    return rewritten


def _is_settled(root: Node) -> bool:
    """Tell whether each path item stands in its place, with names for its operations."""
    paths = root.child("paths")
    items = [item for _, item in paths.children()] if paths else []
    operations = [item.child(method) for item in items for method in METHODS]
    return all(item.reference is None for item in items) and all(
        each.child("operationId") is not None for each in operations if each
    )


def _copy(references: References, node: Node, *, strict: bool = False) -> Json:
    """Copy a value with its references rewritten.

    What is not `strict` may hold references that lead nowhere: an example is data, and of an
    extension or a part of another file it is not known whether anybody follows them.
    """
    if node.reference is not None:
        try:
            found = references.resolve(node)
        except DocumentError:
            if strict:
                raise
            return copy.deepcopy(node.value)
        if not isinstance(found.value, dict):
            return copy.deepcopy(found.value)
        return {**cast("dict[str, Json]", node.value), "$ref": f"#{inside(references, found)}"}
    if isinstance(node.value, dict):
        return {
            key: _copy(references, child, strict=strict and not _is_loose(key))
            for key, child in node.children()
        }
    if isinstance(node.value, list):
        return [_copy(references, child, strict=strict) for _, child in node.children()]
    return node.value


def _is_loose(key: str) -> bool:
    return key.startswith("x-") or key in {"example", "value", "enum"}


def inside(references: References, node: Node) -> str:
    """Write a place as a pointer into the bundled document."""
    name = references.name(node.document)
    return pointer([FILES, name]) + node.pointer if name else node.pointer


def outside(references: References, where: list[str | int]) -> Node:
    """Find the place that a path into the bundled document stands for, or the nearest above it."""
    node = references.root
    if where[:1] == [FILES]:
        files = {references.name(each): each for each in references.documents}
        document = files[str(where[1])]
        node, where = Node(document, "", document.value), where[2:]
    for part in where:
        node = (
            node.child(part)
            or (references.resolve(node).child(part) if node.reference else None)
            or node
        )
    return node


def _settle(references: References, value: dict[str, Json], names: Mapping[str, str]) -> None:
    """Put path items in place of their references, and give each operation its name."""
    paths = value.get("paths")
    for path, written in list(paths.items()) if isinstance(paths, dict) else ():
        node = references.at(f"/paths{pointer([path])}")
        if not isinstance(written, dict) or not isinstance(paths, dict) or node is None:
            continue
        item = written
        if node.reference is not None:
            found = references.resolve(node)
            item = {**cast("dict[str, Json]", _copy(references, found)), **written}
            del item["$ref"]
            paths[path] = item
        for method in METHODS:
            operation = item.get(method)
            place = references.at(f"/paths{pointer([path, method])}")
            if not isinstance(operation, dict) or place is None:
                continue
            found = references.resolve(place)
            if place.reference is not None:  # not allowed there, and often met
                operation = item[method] = cast("dict[str, Json]", _copy(references, found))
            file = references.name(found.document)
            source = f"{file}#{found.pointer}" if file else found.pointer
            if source in names:
                operation.setdefault("operationId", names[source])
