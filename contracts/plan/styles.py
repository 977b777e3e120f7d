"""Writes the value of a parameter as its style has it (OpenAPI 3.0, "Style Values")."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import Final
from urllib.parse import quote

from find_webhook_kit.spec import Json
from find_webhook_kit.spec.operation import Parameter

DELIMITERS: Final = {"spaceDelimited": "%20", "pipeDelimited": "%7C"}


def written(parameter: Parameter, value: Json) -> str:
    """Return a value, percent-encoded, as it stands in a path, a query, a header or a cookie.

    In a query that is all of its pairs, the name included.
    """
    if parameter.media_type is not None:
        return _named(parameter, json.dumps(value, separators=(",", ":")))
    if parameter.location == "query" or parameter.style == "form":
        return _form(parameter, value)
    if parameter.style == "matrix":
        return _matrix(parameter, value)
    mark = "." if parameter.style == "label" else ""
    return mark + _simple(value, "." if mark and parameter.explode else ",", parameter.explode)


def _named(parameter: Parameter, text: str) -> str:
    alone = parameter.location in {"path", "header"}
    return quote(text, safe="") if alone else f"{quote(parameter.name, safe='')}={_text(text)}"


def _form(parameter: Parameter, value: Json) -> str:
    name = quote(parameter.name, safe="")
    if parameter.style == "deepObject" and isinstance(value, dict):
        return "&".join(f"{name}%5B{_text(key)}%5D={_text(it)}" for key, it in value.items())
    if isinstance(value, dict) and parameter.explode:
        return "&".join(f"{_text(key)}={_text(it)}" for key, it in value.items())
    if isinstance(value, list) and parameter.explode:
        return "&".join(f"{name}={_text(it)}" for it in value)
    return f"{name}={_joined(_flat(value), DELIMITERS.get(parameter.style, ','))}"


def _matrix(parameter: Parameter, value: Json) -> str:
    name = quote(parameter.name, safe="")
    if isinstance(value, dict) and parameter.explode:
        return "".join(f";{_text(key)}={_text(it)}" for key, it in value.items())
    if isinstance(value, list) and parameter.explode:
        return "".join(f";{name}={_text(it)}" for it in value)
    return f";{name}={_joined(_flat(value), ',')}"


def _simple(value: Json, delimiter: str, explode: bool) -> str:  # noqa: FBT001 - as OpenAPI has it
    if isinstance(value, dict) and explode:
        return delimiter.join(f"{_text(key)}={_text(it)}" for key, it in value.items())
    return _joined(_flat(value), delimiter)


def _flat(value: Json) -> Sequence[Json]:
    if isinstance(value, dict):
        return [part for pair in value.items() for part in pair]
    return value if isinstance(value, list) else [value]


def _joined(values: Sequence[Json], delimiter: str) -> str:
    return delimiter.join(map(_text, values))


def _text(value: Json) -> str:
    text = str(value).lower() if isinstance(value, bool) else "" if value is None else str(value)
    return quote(text, safe="")
