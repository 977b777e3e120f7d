"""The values of parameters: as given, else what the document itself has as an example."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from urllib.parse import unquote

from find_webhook_kit.contracts.plan.styles import written
from find_webhook_kit.contracts.verdict import Taken
from find_webhook_kit.contracts.wire.target import Target
from find_webhook_kit.spec import Json
from find_webhook_kit.spec.operation import Parameter


def values(parameter: Parameter, tenant: str, target: Target) -> tuple[str, ...]:
    """Return the values of a parameter: as given, else the document's own."""
    if parameter.location == "path" and parameter.name == tenant and target.instance_ids:
        return target.instance_ids
    given = target.parameters.get(parameter.name, ())
    if given:
        return given
    _, said = said_of(parameter)
    return () if said is None else (unquote(written(parameter, said)),)


def said_of(parameter: Parameter) -> tuple[str, Json]:
    """Return what the document has for a parameter, and as what: nothing, if it has none."""
    return next(_said(parameter), ("", None))


def taken(
    operation: str, needed: Sequence[Parameter], tenant: str, target: Target
) -> Iterator[Taken]:
    """List the values of an operation's parameters that nobody gave."""
    for item in needed:
        is_tenant = item.location == "path" and item.name == tenant and target.instance_ids
        if not is_tenant and not target.parameters.get(item.name):
            origin, value = said_of(item)
            text = unquote(written(item, value))
            if item.location in {"query", "cookie"}:
                text = text.removeprefix(f"{item.name}=")
            yield Taken(operation, item.name, item.location, text, f"{origin} in the contract")


def _said(parameter: Parameter) -> Iterator[tuple[str, Json]]:
    schema = parameter.schema.value
    for origin, value in (
        ("example", parameter.example),
        ("example", schema.get("example")),
        ("default", schema.get("default")),
        ("first of the enum", _first(schema)),
    ):
        if value is not None:
            yield origin, value


def _first(schema: Mapping[str, Json]) -> Json:
    values = schema.get("enum")
    return values[0] if isinstance(values, list) and values else None
