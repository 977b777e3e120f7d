"""Compares two versions of a contract: which changes break those who rely on the old one.

A server answers and a consumer reads, so what counts is what an answer may newly hold or lack. No
library for this is kept well enough to rely on.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from pathlib import Path
from typing import Final, TypeVar

from find_webhook_kit.contracts.clauses.undeclared import alike
from find_webhook_kit.contracts.finding import Finding, Kind, Severity
from find_webhook_kit.contracts.usage import UsageError
from find_webhook_kit.contracts.verdict import Exit
from find_webhook_kit.spec import (
    Contract,
    DocumentError,
    Json,
    Member,
    Operation,
    Response,
    Schema,
    load,
)

T = TypeVar("T")

ERROR, WARNING, NOTE = Severity.ERROR, Severity.WARNING, Severity.NOTE
ABSENT: Final = "absent"

# What a change of a keyword means for who reads an answer: where the keyword is new, where it is
# gone, and where it has another value. What narrows answers surprises nobody.
KEYWORDS: Final[Mapping[str, tuple[Severity, Severity, Severity]]] = {
    "type": (NOTE, ERROR, ERROR),
    "format": (NOTE, ERROR, ERROR),
    "nullable": (ERROR, NOTE, ERROR),
    "anyOf": (ERROR, ERROR, ERROR),
    "oneOf": (ERROR, ERROR, ERROR),
    "allOf": (WARNING, ERROR, ERROR),
    "enum": (NOTE, WARNING, WARNING),
    "default": (ERROR, ERROR, ERROR),
    "deprecated": (NOTE, NOTE, NOTE),
    "title": (NOTE, NOTE, NOTE),
    "description": (NOTE, NOTE, NOTE),
    "x-assumption": (NOTE, NOTE, NOTE),
}
OTHERS: Final = (NOTE, WARNING, WARNING)
"""Of every other keyword, such as a pattern or a bound."""

STRUCTURE: Final = frozenset({"properties", "required", "items"})
"""Keywords that are compared member by member."""


def diff(old: Path, new: Path, say: Callable[[str], None], *, strict: bool = False) -> int:
    """Print the changes, the heaviest first; return 1 if one breaks consumers, else 0.

    Raises `UsageError` for a document that is none.
    """
    found = sorted(changes(_load(old), _load(new)), key=lambda item: item.severity.weight)
    for item in found:
        say(f"{item.severity}: {item.message} [{item.kind}, {item.pointer}]")
        say(f"  was {item.expected}, is {item.got}")
    failing = {ERROR, WARNING} if strict else {ERROR}
    code = int(any(item.severity in failing for item in found) and Exit.DOES_NOT_CONFORM)
    words = "breaks" if code else "does not break"
    say(f"exit {code}: {new} {words} those who rely on {old}; {len(found)} changes")
    return code


def changes(old: Contract, new: Contract) -> Iterator[Finding]:
    """List what changed from one contract to another."""
    for name, one, other in _pairs(_by_place(old), _by_place(new)):
        if other is None:
            yield _change(ERROR, name, "/paths", "an operation", ABSENT)
        elif one is None:
            yield _change(NOTE, name, other.source, ABSENT, "an operation")
        else:
            yield from _operation(one, other)


def _load(path: Path) -> Contract:
    try:
        return load(path, trusted=True)
    except DocumentError as error:
        raise UsageError(str(error)) from None
    except (KeyError, TypeError, AttributeError, ValueError):
        raise UsageError(f"{path}: is not an OpenAPI document that can be read here") from None


def _by_place(contract: Contract) -> dict[str, Operation]:
    return {f"{item.method} {item.path}": item for item in contract.operations.values()}


def _pairs(old: Mapping[str, T], new: Mapping[str, T]) -> Iterator[tuple[str, T | None, T | None]]:
    for name in dict.fromkeys((*old, *new)):
        yield name, old.get(name), new.get(name)


def _operation(old: Operation, new: Operation) -> Iterator[Finding]:
    yield from _request(old, new)
    before = {str(status): response for status, response in old.responses.items()}
    after = {str(status): response for status, response in new.responses.items()}
    for status, one, other in _pairs(before, after):
        name = f"the status {status}"
        if other is None:
            severity = ERROR if status.startswith("2") else NOTE
            yield _change(severity, name, new.source, "documented", ABSENT)
        elif one is None:
            yield _change(WARNING, name, other.source, ABSENT, "documented", Kind.UNDOCUMENTED)
        else:
            yield from _response(one, other)


def _request(old: Operation, new: Operation) -> Iterator[Finding]:
    if old.security != new.security:
        severity = ERROR if new.security else NOTE
        yield _change(severity, "the security", new.source, _schemes(old), _schemes(new))
    before = {f"{item.location} parameter {item.name}": item for item in old.parameters}
    after = {f"{item.location} parameter {item.name}": item for item in new.parameters}
    for name, one, other in _pairs(before, after):
        if other is None:
            yield _change(ERROR, name, new.source, "documented", ABSENT)
        elif one is None:
            severity = ERROR if other.required else NOTE
            yield _change(severity, name, other.schema.source, ABSENT, "documented")
        elif (one.required, one.schema.value) != (other.required, other.schema.value):
            yield _change(
                ERROR, name, other.schema.source, _shape(one.schema), _shape(other.schema)
            )


def _schemes(operation: Operation) -> str:
    return " or ".join(item.name for item in operation.security) or "none"


def _response(old: Response, new: Response) -> Iterator[Finding]:
    for name, one, other in _pairs(old.content, new.content):
        words = f"{name} of a {new.status}"
        if other is None:
            yield _change(ERROR, words, new.source, "documented", ABSENT)
        elif one is None:
            yield _change(WARNING, words, new.source, ABSENT, "documented", Kind.UNDOCUMENTED)
        else:
            yield from _schema(f"the body of a {new.status}", one.schema, other.schema)
            yield from _members(new.status, one.schema, other.schema)
    for name, held, holds in _pairs(old.headers, new.headers):
        if (held and held.required) != (holds and holds.required):
            severity = ERROR if held and held.required else NOTE
            words = f"the header {name} of a {new.status}"
            yield _change(severity, words, new.source, _need(held), _need(holds))


def _members(status: int, old: Schema, new: Schema) -> Iterator[Finding]:
    before = {".".join(member.path): member for member in old.members()}
    after = {".".join(member.path): member for member in new.members()}
    fresh = [member for name, member in after.items() if name not in before]
    for name, one, other in _pairs(before, after):
        holder = name.rpartition(".")[0]
        if (holder in before) != (holder in after):
            continue  # it came or went with the object that holds it
        words = f"{name} of a {status}"
        if other is None and one is not None:
            yield _lost(
                words, one, [item for item in fresh if item.path[:-1] == one.path[:-1]], new
            )
        elif one is None and other is not None:
            source = other.schema.source
            yield _change(WARNING, words, source, ABSENT, _need(other), Kind.ADDITIVE)
        elif one is not None and other is not None:
            if one.required != other.required:
                severity = ERROR if one.required else NOTE
                yield _change(severity, words, other.schema.source, _need(one), _need(other))
            yield from _schema(words, one.schema, other.schema)


def _lost(words: str, member: Member, fresh: list[Member], new: Schema) -> Finding:
    """Say that a member is gone, and which new one may have taken its place."""
    heir = next((item for item in fresh if alike(item.name, member.name)), None)
    if heir is not None:
        return _change(ERROR, words, heir.schema.source, _need(member), heir.name, Kind.RENAMED)
    severity = ERROR if member.required else WARNING
    return _change(severity, words, new.source, _need(member), ABSENT)


def _schema(words: str, old: Schema, new: Schema) -> Iterator[Finding]:
    """Compare what two schemas say of a value itself."""
    for keyword in sorted((old.value.keys() | new.value.keys()) - STRUCTURE):
        before, after = old.value.get(keyword), new.value.get(keyword)
        if before == after:
            continue
        added, gone, other = KEYWORDS.get(keyword, OTHERS)
        severity = added if before is None else gone if after is None else other
        name = f"the {keyword} of {words}"
        yield _change(severity, name, new.source, _shown(before), _shown(after))


def _change(  # noqa: PLR0913, PLR0917 - the fields of a finding
    severity: Severity, name: str, source: str, was: str, now: str, kind: Kind | None = None
) -> Finding:
    kind = kind or (Kind.BREAKING if severity is ERROR else Kind.ADDITIVE)
    return Finding(severity, kind, f"{name} changed", expected=was, got=now, pointer=source)


def _need(part: object) -> str:
    if part is None:
        return ABSENT
    return "required" if getattr(part, "required", False) else "optional"


def _shape(schema: Schema) -> str:
    return str({key: schema.value[key] for key in sorted(schema.value)})


def _shown(value: Json) -> str:
    return ABSENT if value is None else repr(value)
