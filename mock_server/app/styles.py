"""Reads parameters as OpenAPI writes them: what a text can stand for, in each style.

A text has no type, and the schema may leave several: `7` is a number or a text, `a,b` one text or
two. So what is read is every value that a text can stand for; the schema says which are allowed.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import chain
from typing import Final
from urllib.parse import unquote

from find_webhook_kit.spec import Json, Parameter, Schema
from find_webhook_kit.spec.reach import alternatives

Pairs = Sequence[tuple[str, str]]

_NUMBER: Final = re.compile(r"-?(?:0|[1-9][0-9]*)(\.[0-9]+)?([eE][+-]?[0-9]{1,3})?")
_DIGITS: Final = 300
_DELIMITERS: Final = {"spaceDelimited": " ", "pipeDelimited": "|"}
MAX_WAYS: Final = 16
"""How many readings of one text are tried."""


def in_query(parameter: Parameter, pairs: Pairs, others: frozenset[str]) -> Iterator[Json] | None:
    """List what a query says of a parameter; None where it does not name it.

    `others` are the names of further parameters, which are no members of an object.
    """
    schema, name = parameter.schema, parameter.name
    if parameter.style == "deepObject":
        members = [
            (key[len(name) + 1 : -1], value)
            for key, value in pairs
            if key.startswith(f"{name}[") and key.endswith("]")
        ]
        return objects(members, schema) if members else None
    if parameter.explode and "object" in kinds(schema):
        members = [(key, value) for key, value in pairs if _is_member(key, schema, others)]
        return objects(members, schema) if members else None
    values = [value for key, value in pairs if key == name]
    if not values:
        return None
    if parameter.explode and "array" in kinds(schema):
        empty: tuple[Json, ...] = ([],) if values == [""] else ()
        return chain(arrays(values, schema), empty)
    if len(values) > 1:
        return iter(())  # one value was asked for
    return delimited(values[0], schema, _DELIMITERS.get(parameter.style, ","))


def in_path(parameter: Parameter, text: str) -> Iterator[Json]:
    """List what a segment of a path, decoded, can stand for."""
    mark = _MARKS.get(parameter.style, "")
    if not text.startswith(mark):
        return iter(())
    if parameter.style == "matrix":
        return _matrix(parameter, text[1:])
    separator = "." if mark and parameter.explode else ","
    return _dense(text.removeprefix(mark), parameter, separator)


_MARKS: Final = {"label": ".", "matrix": ";"}


def _matrix(parameter: Parameter, text: str) -> Iterator[Json]:
    """Read `ids=1,2`, or exploded `ids=1;ids=2`, and an object as `a=1;b=2`."""
    pieces = [(name, value) for name, _, value in (it.partition("=") for it in text.split(";"))]
    if parameter.explode and "object" in kinds(parameter.schema):
        return objects(pieces, parameter.schema)
    values = [value for name, value in pieces if name == parameter.name]
    if len(values) != len(pieces):
        return iter(())
    if parameter.explode and "array" in kinds(parameter.schema):
        return arrays(values, parameter.schema)
    return delimited(values[0], parameter.schema, ",") if len(values) == 1 else iter(())


def in_header(parameter: Parameter, text: str) -> Iterator[Json]:
    """List what the value of a header can stand for."""
    return _dense(text, parameter, ",", trim=True)


def in_cookie(parameter: Parameter, text: str) -> Iterator[Json]:
    """List what the value of a cookie can stand for, percent-encoded or not."""
    texts = dict.fromkeys((text, unquote(text)))
    return chain.from_iterable(delimited(each, parameter.schema, ",") for each in texts)


def _dense(
    text: str, parameter: Parameter, separator: str, *, trim: bool = False
) -> Iterator[Json]:
    """Read what stands in one text: an exploded object as `a=1,b=2`."""
    if parameter.explode and "object" in kinds(parameter.schema):
        pieces = [piece.partition("=") for piece in _split(text, separator, trim=trim)]
        members = [(name, value) for name, equals, value in pieces if equals]
        if len(members) == len(pieces):
            yield from objects(members, parameter.schema)
    yield from delimited(text, parameter.schema, separator, trim=trim)


def delimited(text: str, schema: Schema, separator: str, *, trim: bool = False) -> Iterator[Json]:
    """Read one text as a list, as an object (`a,1,b,2`) and as a single value."""
    shapes, parts = kinds(schema), _split(text, separator, trim=trim)
    if "array" in shapes:
        yield from arrays(parts, schema)
        if not text:
            yield []
    if "object" in shapes and len(parts) % 2 == 0:
        yield from objects(list(zip(parts[::2], parts[1::2], strict=True)), schema)
    if shapes - {"array", "object"} or not shapes:
        yield from scalars(text)


def _split(text: str, separator: str, *, trim: bool) -> list[str]:
    parts = text.split(separator)
    return [part.strip(" \t") for part in parts] if trim else parts


def arrays(texts: Sequence[str], schema: Schema) -> Iterator[Json]:
    """Read texts as the items of a list, each as the schema of items has it."""
    item = next((each.items for each in alternatives(schema) if each.items is not None), None)
    yield [fitting(scalars(text), item) for text in texts]


def objects(members: Pairs, schema: Schema) -> Iterator[Json]:
    """Read pairs as the members of an object; a name that stands twice has a list."""
    texts: dict[str, list[str]] = {}
    for name, value in members:
        texts.setdefault(name, []).append(value)
    known = members_of(schema)
    found: dict[str, Json] = {}
    for name, values in texts.items():
        ways: Iterator[Json] = scalars(values[0]) if len(values) == 1 else iter(())
        part = known.get(name, known.get(""))
        if part is not None and "array" in kinds(part):
            ways = chain(arrays(values, part), ways)
        found[name] = fitting(chain(ways, [list(values)]), part)
    yield found


def scalars(text: str) -> Iterator[Json]:
    """List what a text can be: itself, a number, a truth value, null."""
    yield text
    number = _NUMBER.fullmatch(text)
    if number and len(text) < _DIGITS:
        value = float(text) if any(number.groups()) else int(text)
        if value not in {float("inf"), float("-inf")}:
            yield value
    if text in {"true", "false"}:
        yield text == "true"
    if text in {"", "null"}:
        yield None


def fitting(values: Iterator[Json], schema: Schema | None) -> Json:
    """Return the first value that a schema allows, else the first."""
    ways = [value for value, _ in zip(values, range(MAX_WAYS), strict=False)]
    if schema is None:
        return ways[0]
    return next((value for value in ways if not schema.violations(value, "request")), ways[0])


def kinds(schema: Schema) -> frozenset[str]:
    """Return the types that a schema names, in any of its parts; none: it names no type."""
    found = {each.type for each in alternatives(schema) if each.type is not None}
    found |= {"object" for each in alternatives(schema) if each.properties and each.type is None}
    return frozenset(found)


def members_of(schema: Schema) -> Mapping[str, Schema]:
    """Return the members that an object has in any of its parts; the empty name is any other."""
    found: dict[str, Schema] = {}
    for each in alternatives(schema):
        found |= each.properties
        if isinstance(each.additional, Schema):
            found.setdefault("", each.additional)
    return found


def _is_member(name: str, schema: Schema, others: frozenset[str]) -> bool:
    if name in members_of(schema):
        return True
    return name.partition("[")[0] not in others and all(
        each.additional is not False for each in alternatives(schema)
    )


def pairs_of(query: str) -> list[tuple[str, str]]:
    """Read a query, also one with parts that have no value."""
    parts = (part.partition("=") for part in query.split("&") if part)
    return [(_plain(name), _plain(value)) for name, _, value in parts]


def _plain(text: str) -> str:
    return unquote(text.replace("+", " "), errors="replace")


def content(text: str) -> Json:
    """Read a parameter that is a text of JSON; raise `ValueError` for what is none."""
    return json.loads(text, parse_constant=_refuse)  # type: ignore[no-any-return]  # JSON


def _refuse(name: str) -> None:
    raise ValueError(name)


Read = Callable[[Parameter, str], Iterator[Json]]
