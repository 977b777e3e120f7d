"""Finds the members that a lie can be about, in the schema and the rules of an operation."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from functools import lru_cache
from typing import Final

from find_webhook_kit.mock_server.answers.endpoint import Endpoint
from find_webhook_kit.mock_server.answers.shape import NoValueError, Shape, shape

Way = tuple[str, ...]
"""The names that lead from an item to a member of it, or of an object inside it."""


@dataclass(frozen=True, slots=True)
class Bendable:
    """A kind of member: what it is called where nobody asks which, and how it is found."""

    noun: str
    find: Callable[[Endpoint], Way | None]

    def of(self, endpoint: Endpoint) -> Way | None:
        """Return the way to the member of an endpoint, where it has one."""
        try:
            return self.find(endpoint)
        except NoValueError:  # a schema that nothing fits
            return None


@lru_cache(maxsize=1024)
def item_of(endpoint: Endpoint) -> Shape:
    """Put together what an item of a success has to fit."""
    schema = endpoint.schema
    schema = schema.items if schema is not None and endpoint.lists else schema
    return shape(() if schema is None else (schema,))


def _members(of: Shape, type_: str, format_: str = "") -> Iterator[str]:
    """List the members of one type, those that are required first."""
    for name in dict.fromkeys((*of.required, *of.properties)):
        member = shape(of.properties[name])
        if member.type == type_ and format_ in {"", member.format}:
            yield name


def _in_order(of: Shape, names: Iterator[str]) -> list[str]:
    found = set(names)
    return [name for name in of.properties if name in found]


def _required(endpoint: Endpoint) -> Way | None:
    """Find what is missed most: something required that tells one thing from another."""
    of, rules = item_of(endpoint), endpoint.rules
    telling = (name for name in rules.telling if name != rules.identity and name in of.required)
    return _first(telling) or _first(of.required)


def _not_null(endpoint: Endpoint) -> Way | None:
    of = item_of(endpoint)
    found = ((name, shape(of.properties[name])) for name in of.required)
    return _first(name for name, member in found if member.type and not member.nullable)


def _text(endpoint: Endpoint) -> Way | None:
    of = item_of(endpoint)
    texts = list(_members(of, "string"))
    return _first([endpoint.rules.identity] if endpoint.rules.identity in texts else texts)


def _switch(endpoint: Endpoint) -> Way | None:
    of = item_of(endpoint)
    return _first(_in_order(of, _members(of, "boolean")))


def _inner(endpoint: Endpoint) -> Way | None:
    """Find an object inside an item."""
    of = item_of(endpoint)
    objects = _in_order(of, _members(of, "object"))
    return _first(name for name in objects if shape(of.properties[name]).properties)


def _inner_not_null(endpoint: Endpoint) -> Way | None:
    way = _inner(endpoint)
    return None if way is None or _inside(endpoint, way).nullable else way


def _inner_required(endpoint: Endpoint) -> Way | None:
    way = _inner(endpoint)
    return way and _below(way, _first(_inside(endpoint, way).required))


def _inner_switch(endpoint: Endpoint) -> Way | None:
    way = _inner(endpoint)
    if way is None:
        return None
    of = _inside(endpoint, way)
    return _below(way, _first(reversed(_in_order(of, _members(of, "boolean")))))


def _date(endpoint: Endpoint) -> Way | None:
    of = item_of(endpoint)
    return _first(_in_order(of, _members(of, "string", "date-time")))


def _last_date(endpoint: Endpoint) -> Way | None:
    of = item_of(endpoint)
    return _first(reversed(_in_order(of, _members(of, "string", "date-time"))))


def _later(endpoint: Endpoint) -> Way | None:
    """Find a time that must not lie before another."""
    return next(((*way, then) for way, _, then in endpoint.ordered), None)


def _owner(endpoint: Endpoint) -> Way | None:
    """Find what repeats a path parameter."""
    return next(((*way,) for way, _ in endpoint.equal), None)


def _unique(endpoint: Endpoint) -> Way | None:
    """Find what no two items of a list may share."""
    if endpoint.unique:
        return endpoint.unique[0]
    schema = endpoint.schema
    same = endpoint.lists and schema is not None and schema.value.get("uniqueItems") is True
    return ("value",) if same else None


def _renamable(endpoint: Endpoint) -> Way | None:
    return _inner(endpoint) or _text(endpoint) or _first(item_of(endpoint).properties)


def _cased(endpoint: Endpoint) -> Way | None:
    """Find a name that another case of its last character changes."""
    names = (*(_text(endpoint) or ()), *item_of(endpoint).required, *item_of(endpoint).properties)
    return _first(name for name in names if name[-1:].swapcase() != name[-1:])


def _any(endpoint: Endpoint) -> Way | None:
    return _first(item_of(endpoint).properties)


def _inside(endpoint: Endpoint, way: Way) -> Shape:
    return shape(item_of(endpoint).properties[way[0]])


def _below(way: Way, inner: Way | None) -> Way | None:
    return None if inner is None else (*way, *inner)


def _first(names: object) -> Way | None:
    found = next(iter(names), None)  # type: ignore[call-overload]  # any names in a row
    return None if found is None else (found,)


REQUIRED: Final = Bendable("a required member", _required)
NOT_NULL: Final = Bendable("a required member", _not_null)
TEXT: Final = Bendable("a text", _text)
SWITCH: Final = Bendable("a boolean", _switch)
INNER: Final = Bendable("an inner object", _inner)
INNER_NOT_NULL: Final = Bendable("an inner object", _inner_not_null)
INNER_REQUIRED: Final = Bendable("a required member of an inner object", _inner_required)
INNER_SWITCH: Final = Bendable("a boolean of an inner object", _inner_switch)
DATE: Final = Bendable("a date-time", _date)
LAST_DATE: Final = Bendable("a date-time", _last_date)
LATER: Final = Bendable("the later of two times", _later)
OWNER: Final = Bendable("what repeats a path parameter", _owner)
UNIQUE: Final = Bendable("what is unique in a list", _unique)
RENAMABLE: Final = Bendable("a member", _renamable)
CASED: Final = Bendable("a member", _cased)
ANY: Final = Bendable("a member", _any)
