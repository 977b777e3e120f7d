"""Compares two OpenAPI documents, and says of what was not compared that it was not."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from typing import Final

from find_webhook_kit.contracts.diff.audience import NOTE
from find_webhook_kit.contracts.diff.change import Change
from find_webhook_kit.contracts.diff.operations import operations
from find_webhook_kit.contracts.diff.part import Part, Source, both, resolved, written
from find_webhook_kit.contracts.diff.schemas import SchemaComparison
from find_webhook_kit.contracts.diff.security import schemes
from find_webhook_kit.contracts.diff.words import told, words
from find_webhook_kit.spec.references import References

ROOT: Final = frozenset({
    "openapi", "info", "paths", "webhooks", "components", "security", "servers", "tags",
})  # fmt: skip
NO_WORDS: Final = frozenset[str]()


def source(references: References) -> Source:
    """Check that a document is one that is compared here, and make it ready.

    Raises `DocumentError`, which names the place of what is wrong.
    """
    root = Source(references).root
    if "swagger" in root.fields:
        raise root.at("swagger").error("Swagger is not read: convert it to OpenAPI 3.0 or 3.1")
    version = root.text("openapi")
    if not version.startswith(("3.0.", "3.1.")):
        raise root.at("openapi").error(f"OpenAPI 3.0 or 3.1 is needed, not {version!r}")
    info = root.child("info")
    if info is None:
        raise root.error("'info' is missing")
    for name in ("title", "version"):
        if name not in info.fields:
            raise info.error(f"{name!r} is missing")
        info.text(name)
    others = set() if version.startswith("3.0.") else {"webhooks", "components"}
    if not {"paths", *others} & root.fields.keys():
        raise root.error("'paths' is missing")
    return Source(references, siblings_count=version.startswith("3.1."))


def compared(old: Source, new: Source) -> list[Change]:
    """List what changed, the heaviest first; what several operations share is told once."""
    one, other, schemas = old.root, new.root, SchemaComparison()
    infos = (one.at("info").followed, other.at("info").followed)
    found = [
        *operations(_paths(one), _paths(other), (one.at("paths"), other.at("paths")), schemas),
        *_webhooks(one, other, schemas),
        *schemes(one, other),
        *(change.below("info") for change in words(*infos, NO_WORDS)),
        *_tags(one, other),
        *words(one, other, ROOT),
    ]
    found += schemas.rest()
    found += _unused(one, other)
    return sorted(_together(found), key=lambda change: change.severity.weight)


def _paths(root: Part) -> dict[str, Part]:
    paths = root.members("paths")
    return {path: item for path, item in paths.items() if not path.startswith("x-")}


def _webhooks(old: Part, new: Part, schemas: SchemaComparison) -> list[Change]:
    """Compare what the server asks whoever has subscribed."""
    was, now = old.members("webhooks"), new.members("webhooks")
    holders = (old.at("webhooks"), new.at("webhooks"))
    found = operations(was, now, holders, schemas, calls_back=True)
    return [change.below("webhooks") for change in found]


def _tags(old: Part, new: Part) -> list[Change]:
    was, now = (
        sorted(written(resolved(item)) for item in part.items("tags")) for part in (old, new)
    )
    if was == now:
        return []
    one, other = old.at("tags"), new.at("tags")
    return [told(NOTE, "tags", was=", ".join(was), now=", ".join(now), old=one, new=other)]


def _unused(old: Part, new: Part) -> Iterator[Change]:
    """Say which components differ that no operation uses, and so were not compared."""
    for place, one, other in both(_components(old), _components(new)):
        used = place in old.source.used | new.source.used
        if used or (one and other and written(one.value) == written(other.value)):
            continue
        aspect = "not compared: no operation uses it"
        was, now = "one" if one else None, ("another" if one else "one") if other else None
        yield told(NOTE, aspect, was=was, now=now, old=one or old, new=other or new).below(place)


def _components(root: Part) -> Mapping[str, Part]:
    """List components by their pointer; security schemes are compared by name."""
    holder = root.child("components")
    kinds = holder.parts() if holder else ()
    return {
        part.node.pointer: part
        for kind, parts in kinds
        if kind != "securitySchemes" and not kind.startswith("x-")
        for _, part in parts.parts()
    }


def _together(changes: list[Change]) -> list[Change]:
    """Tell once what was met in several operations."""
    found: dict[object, Change] = {}
    for change in changes:
        key = (
            change.severity, change.aspect, change.was, change.now,
            change.old and change.old.key, change.new and change.new.key,
        )  # fmt: skip
        first = found.setdefault(key, change)
        names = (*first.operations, *change.where[:1])
        found[key] = replace(first, operations=tuple(dict.fromkeys(names)))
    return list(found.values())
