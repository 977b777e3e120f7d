"""Holds what flags name against the contract: parameters, operations and security schemes."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from find_webhook_kit.contracts.usage import UsageError, is_text
from find_webhook_kit.contracts.wire.key import Key, key
from find_webhook_kit.spec import Contract
from find_webhook_kit.spec.json_places import shown
from find_webhook_kit.spec.operation import Parameter
from find_webhook_kit.spec.reach import types_of
from find_webhook_kit.spec.texts import text_violations


def operations(given: Sequence[str], of: Contract) -> tuple[str, ...]:
    """Check the names of operations; raise `UsageError` for one that the contract does not have."""
    for name in given:
        if name not in of.operations:
            listed = ", ".join(of.operations) or "none"
            raise UsageError(f"--operation {name}: there is no such operation, but {listed}")
    return tuple(dict.fromkeys(given))


def parameters(
    given: Sequence[str], of: Contract, chosen: Sequence[str]
) -> dict[str, tuple[str, ...]]:
    """Read values of parameters; raise `UsageError` for one that the contract does not have.

    A value must fit one of the operations that are `chosen`, or of all where none is.
    """
    known = {item.name for each in of.operations.values() for item in each.parameters}
    found: dict[str, tuple[str, ...]] = {}
    for text in given:
        name, mark, value = text.partition("=")
        if not (mark and name and value):
            raise UsageError(f"--param {text}: must look like NAME=VALUE")
        if not is_text(value):
            raise UsageError(f"--param {name}: is not UTF-8")
        if name not in known:
            listed = ", ".join(sorted(known)) or "none"
            raise UsageError(f"--param {name}: the contract has no such parameter; it has {listed}")
        if offence := _offence(value, _named(name, of, chosen)):
            raise UsageError(f"--param {name}: {offence}, which the contract asks for")
        found[name] = (*found.get(name, ()), value)
    return found


def doubtful(name: str, ids: Sequence[str], of: Contract) -> Iterator[str]:
    """Say which ids the contract does not allow; who gives them knows that they exist."""
    for each in ids:
        if offence := _offence(each, _named(name, of, ())):
            told = f"--instance-id: {offence}, as the contract asks; it is sent all the same"
            yield str(UsageError(told))  # which gives no orders


def keys(given: Sequence[str], of: Contract) -> dict[str, Key]:
    """Read what security schemes are shown; raise `UsageError` for one that is not there."""
    components = of.document.get("components")
    schemes = components.get("securitySchemes") if isinstance(components, dict) else None
    known = list(schemes) if isinstance(schemes, dict) else []
    found: dict[str, Key] = {}
    for text in given:
        name, mark, value = text.partition("=")
        if not mark or not name:
            raise UsageError("--credential: must look like SCHEME=$NAME")
        if name not in known:
            listed = ", ".join(known) or "none"
            raise UsageError(
                f"--credential {name}: the contract has no such scheme; it has {listed}"
            )
        found[name] = key(f"--credential {name}", name, value)
    return found


def _named(name: str, of: Contract, chosen: Sequence[str]) -> list[Parameter]:
    return [
        item
        for each in of.operations.values()
        if not chosen or each.operation_id in chosen
        for item in each.parameters
        if item.name == name
    ]


def _offence(value: str, parameters: Sequence[Parameter]) -> str:
    """Say why a value fits none of these parameters; nothing, where it fits one."""
    told = [_said_against(value, each) for each in parameters]
    return f"{shown(value)} {told[0]}" if told and all(told) else ""


def _said_against(value: str, parameter: Parameter) -> str:
    """Say what a schema has against a value, where there is but one way to write such values."""
    types = types_of(parameter.schema)
    if parameter.media_type is not None or not types or "object" in types:
        return ""
    return next((it.message for it in text_violations(parameter.schema, value, "request")), "")
