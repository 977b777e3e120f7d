"""Requests with each parameter as the document allows it, and as it does not."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from itertools import islice
from typing import Final
from urllib.parse import quote, unquote

from find_webhook_kit.contracts.plan.styles import written
from find_webhook_kit.contracts.plan.subject import Subject, is_asked
from find_webhook_kit.contracts.wire.probe import Probe, Purpose
from find_webhook_kit.contracts.wording import cut
from find_webhook_kit.spec import Json, Operation, Schema
from find_webhook_kit.spec.operation import Parameter
from find_webhook_kit.spec.texts import text_violations

NONSENSE: Final = "x-no-such-value"
MOST: Final = 12
"""Requests of each kind, for one operation."""

MOST_VALUES: Final = 3
MOST_SHOWN: Final = 40
LONGEST: Final = 500


def parameters(subject: Subject) -> Iterator[Probe]:
    """Ask with what the document has for a parameter, and then with what it cannot be."""
    first = subject.known()[0]
    asked = list(_asked(subject.operation))
    yield from islice(_allowed(first, asked), MOST)
    yield from islice(_forbidden(first, asked), MOST)


def _asked(operation: Operation) -> Iterator[Parameter]:
    """List the parameters beside the path that are no credentials and no header of ours."""
    keys = {(item.location, item.key.lower()) for item in operation.security}
    for item in operation.parameters:
        if is_asked(item) and (item.location, item.name.lower()) not in keys:
            yield item


def _allowed(first: Probe, asked: Iterable[Parameter]) -> Iterator[Probe]:
    for item in asked:
        for value in islice(_values(item), MOST_VALUES):
            text = written(item, value)
            found = bent(first, item, unquote(text) if item.location == "header" else text)
            name = f"{item.name} as the document has it: {cut(str(value), MOST_SHOWN)}"
            yield replace(found, name=name, purpose=Purpose.ALLOWED)


def _values(parameter: Parameter) -> Iterator[Json]:
    """List what the document itself has as values: examples, the default, an enumeration.

    Of what is required, somebody has given a value, or the example is asked with anyway.
    """
    schema = parameter.schema.value
    options = schema.get("enum")
    examples = [each.value for each in parameter.examples.values()]
    listed = [parameter.example, *examples, schema.get("example"), schema.get("default")]
    told: list[Json] = [None]
    enumerated = options if isinstance(options, list) else []
    for value in (*([] if parameter.required else listed), *enumerated):
        if value not in told and not parameter.schema.violations(value, "request"):
            told.append(value)
            yield value


def _forbidden(first: Probe, asked: Iterable[Parameter]) -> Iterator[Probe]:
    for item in asked:
        if item.required:
            found = bent(first, item, None)
            yield replace(
                found, name=f"no {item.name}, which is required", purpose=Purpose.FORBIDDEN
            )
        if item.media_type is None:
            for text in _wrong(item.schema):
                found = bent(first, item, _written(item, text))
                name = f"{item.name}={cut(text, MOST_SHOWN)}, which is not allowed"
                yield replace(found, name=name, purpose=Purpose.FORBIDDEN)


def _wrong(schema: Schema) -> Iterator[str]:
    """List texts that a schema does not allow, whatever they are read as."""
    said = schema.value
    candidates = [NONSENSE]
    for bound, step in (("minimum", -1), ("maximum", 1)):
        limit = said.get(bound)
        if isinstance(limit, int | float) and not isinstance(limit, bool):
            candidates.append(f"{limit + step:g}" if abs(limit) < 10**6 else f"{int(limit) + step}")
    longest = said.get("maxLength")
    if isinstance(longest, int) and longest < LONGEST:
        candidates.append("x" * (longest + 1))
    if schema.type == "integer":
        candidates.append("1.5")
    for text in candidates:
        if schema.type != "object" and text_violations(schema, text, "request"):
            yield text


def _written(parameter: Parameter, text: str) -> str:
    """Write a text as it stands, in a query or a cookie behind its name."""
    if parameter.location == "header":
        return text
    return f"{quote(parameter.name, safe='')}={quote(text, safe='')}"


def bent(probe: Probe, parameter: Parameter, text: str | None) -> Probe:
    """Return a probe with another text for a parameter, or without it."""
    if parameter.location == "query":
        path, _, query = probe.path.partition("?")
        kept = [part for part in query.split("&") if part and not _is_of(parameter, part)]
        told = "&".join([*kept, *([text] if text else [])])
        return replace(probe, path=f"{path}?{told}" if told else path)
    if parameter.location == "header":
        header = () if text is None else ((parameter.name, text),)
        return replace(probe, headers=(*_without(probe, parameter.name), *header))
    cookie = probe.header("Cookie")
    pairs = [part for part in cookie.split("; ") if part and not _is_of(parameter, part)]
    told = "; ".join([*pairs, *([text] if text else [])])
    return replace(
        probe, headers=(*_without(probe, "Cookie"), *([("Cookie", told)] if told else []))
    )


def _without(probe: Probe, name: str) -> tuple[tuple[str, str], ...]:
    return tuple(pair for pair in probe.headers if pair[0].lower() != name.lower())


def _is_of(parameter: Parameter, part: str) -> bool:
    """Tell whether a pair is of a parameter, whose members may stand behind its name."""
    name = quote(parameter.name, safe="")
    return part.partition("=")[0] == name or part.startswith(f"{name}%5B")
