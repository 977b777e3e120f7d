"""The contract: a whole OpenAPI document, and how one is loaded."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from pathlib import Path
from typing import Final, cast

from find_webhook_kit.spec.bundle import bundled
from find_webhook_kit.spec.contract_reader import ContractReader, Unchecked
from find_webhook_kit.spec.document import Document, Json, read
from find_webhook_kit.spec.json_places import parts_of
from find_webhook_kit.spec.operation import METHODS, Operation
from find_webhook_kit.spec.references import Node, References
from find_webhook_kit.spec.routing import Match, NoMatch, Routes
from find_webhook_kit.spec.yaml_document import written

PATH: Final = Path(__file__).with_name("openapi.yaml")
ASSUMPTION: Final = "an assumption of this kit"


@dataclass(frozen=True, eq=False)
class Contract:
    """The whole document: its operations, its bytes, and itself as plain data.

    `document` stands alone: what other files hold is in it, and each operation has its name.
    `rules` is the file of rules that was named for it, `fitting` has those that were found to fit.
    """

    title: str
    version: str
    operations: Mapping[str, Operation]
    content: bytes
    document: Mapping[str, Json]
    lines: Mapping[str, int] = field(repr=False)
    path: Path = PATH
    rules: Path | None = None
    fitting: set[Path] = field(default_factory=set, repr=False)
    _files: Mapping[str, Document] = field(default_factory=dict, repr=False)
    _notes: Callable[[], Iterable[Unchecked]] = field(default=tuple, repr=False)

    @cached_property
    def unchecked(self) -> tuple[Unchecked, ...]:
        """What the document says and nothing here checks, in the order of the places."""
        return tuple(sorted(self._notes()))

    def match(self, method: str, path: str) -> Match | NoMatch:
        """Find the operation of a method and a path: percent-encoded, without a server's prefix."""
        return self._routes.match(method, path)

    @cached_property
    def _routes(self) -> Routes:
        return Routes(self.operations.values())

    def line(self, source: str) -> int | None:
        """Return the line (1-based) of a place of the document, or None: no such place."""
        name, hash_, where = source.rpartition("#")
        if hash_ and name in self._files:
            return self._files[name].lines.get(where)
        return self.lines.get(source)

    def origin(self, source: str) -> str:
        """Say who made the promise at a place of the document: by `x-source`, else the document."""
        info = self.document["info"]
        origin = _mark(info) or f"{self.title} {self.version}"
        value = cast("Json", self.document)
        for part in parts_of(source):
            value = _child(value, part)
            origin = _mark(value) or origin
        marks = {_mark(item) for item in self._named(value)}
        return marks.pop() or origin if len(marks) == 1 else origin

    def _named(self, value: Json) -> Iterator[Json]:
        """List what a place stands for: the media types of a content, the schemes of a security."""
        if isinstance(value, dict):
            yield from value.values()
        schemes = _child(_child(self.document, "components"), "securitySchemes")
        for requirement in value if isinstance(value, list) else ():
            for name in requirement if isinstance(requirement, dict) else ():
                yield _child(schemes, name)

    @property
    def digest(self) -> str:
        """A short fingerprint of the document, the same whatever ends its lines."""
        return hashlib.sha256(b"\n".join(self.content.splitlines())).hexdigest()[:12]

    def without(self, operations: Iterable[Operation]) -> bytes:
        """Return the document without some operations, and as it is where there are none."""
        left_out = {(item.path, item.method.lower()) for item in operations}
        if not left_out:
            return self.content
        paths = {
            path: {key: value for key, value in item.items() if (path, key) not in left_out}
            for path, item in cast("dict[str, dict[str, Json]]", self.document["paths"]).items()
        }
        kept = {path: item for path, item in paths.items() if set(item) & set(METHODS)}
        return written({**self.document, "paths": cast("Json", kept)})

    def methods(self, path: str) -> tuple[str, ...]:
        """Return the methods that the contract declares on a path template, upper case."""
        return tuple(item.method for item in self.operations.values() if item.path == path)


@cache
def contract() -> Contract:
    """Read the built-in contract once."""
    return load(PATH)


def load(path: Path, *, rules: Path | None = None) -> Contract:
    """Read an OpenAPI 3.0 document; raise `DocumentError` naming the line of what is wrong.

    A document that is not the built-in one is held against the specification first. What it says
    and nothing here checks is listed under `unchecked`. `rules` is a file of what OpenAPI cannot
    say; without one, `rules.yaml` beside the document counts.
    """
    references = References(read(path))
    _check_version(references.root)
    if path != PATH:
        from find_webhook_kit.spec.sound import check  # noqa: PLC0415 - 0.3 s, for others' documents

        check(references)
    return _contract(references, rules)


def _contract(references: References, rules: Path | None) -> Contract:
    reader, root = ContractReader(references), references.root
    info = reader.needed(root, "info")
    title, version = reader.needed(info, "title"), reader.needed(info, "version")
    return Contract(
        title=str(title.value),
        version=str(version.value),
        operations=reader.operations,
        content=root.document.content,
        document=bundled(
            references, {item.source: name for name, item in reader.operations.items()}
        ),
        lines=root.document.lines,
        path=root.document.path,
        rules=rules,
        _files={references.name(each): each for each in references.documents},
        _notes=reader.unchecked,
    )


def _check_version(root: Node) -> None:
    """Refuse what is no OpenAPI 3.0, with what to do."""
    if not isinstance(root.value, dict):
        raise root.error("this is no OpenAPI document: an object is needed")
    if "swagger" in root.value:
        version = root.child("swagger") or root
        raise version.error("OpenAPI 3.0 is needed, not Swagger: convert the document")
    version = root.child("openapi") or root
    if "openapi" not in root.value:
        raise root.error("'openapi' is missing: this is no OpenAPI document")
    if not str(version.value).startswith("3.0."):
        raise version.error(f"OpenAPI 3.0 is needed (Connexion), not {version.value!r}")


def _child(value: Json | Mapping[str, Json], key: str) -> Json:
    """Return what stands under a name or an index, or None."""
    if isinstance(value, list) and key.isdecimal() and int(key) < len(value):
        return value[int(key)]
    return value.get(key) if isinstance(value, Mapping) else None


def _mark(value: Json) -> str:
    """Return who made a promise, where the document says so beside it."""
    marked = value if isinstance(value, dict) else {}
    return ASSUMPTION if marked.get("x-assumption") is True else str(marked.get("x-source", ""))
