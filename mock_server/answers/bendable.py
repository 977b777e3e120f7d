"""Finds the members that a lie can be about, in the schema and the rules of an operation."""

from __future__ import annotations

from collections.abc import Callable, Iterable
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
    return shape(() if endpoint.item is None else (endpoint.item,))


def _of_type(of: Shape, type_: str, format_: str = "") -> list[str]:
    """List the members of one type, in the order of the contract."""
    found = ((name, shape(parts)) for name, parts in of.properties.items())
    return [name for name, it in found if it.type == type_ and format_ in {"", it.format}]


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
    """Find the id, else a text that is required, else any."""
    of = item_of(endpoint)
    texts = _of_type(of, "string")
    wanted = (endpoint.rules.identity, *of.required, *texts)
    return _first(name for name in wanted if name in texts)


def _inner(endpoint: Endpoint) -> Way | None:
    """Find an object inside an item."""
    of = item_of(endpoint)
    objects = _of_type(of, "object")
    return _first(name for name in objects if shape(of.properties[name]).properties)


def _inside(found: Callable[[Shape], Iterable[str]]) -> Callable[[Endpoint], Way | None]:
    """Find a member of the object inside an item."""

    def find(endpoint: Endpoint) -> Way | None:
        way = _inner(endpoint)
        below = way and _first(found(_at(endpoint, way)))
        return (*way, *below) if way and below else None

    return find


def _inner_not_null(endpoint: Endpoint) -> Way | None:
    way = _inner(endpoint)
    return None if way is None or _at(endpoint, way).nullable else way


def _at(endpoint: Endpoint, way: Way) -> Shape:
    return shape(item_of(endpoint).properties[way[0]])


def _unique(endpoint: Endpoint) -> Way | None:
    """Find what no two items of a list may share."""
    if endpoint.unique:
        return endpoint.unique[0]
    schema = endpoint.schema
    same = endpoint.lists and schema is not None and schema.value.get("uniqueItems") is True
    return ("value",) if same else None


def _cased(endpoint: Endpoint) -> Way | None:
    """Find a name that another case of its last character changes."""
    names = (*(_text(endpoint) or ()), *item_of(endpoint).required, *item_of(endpoint).properties)
    return _first(name for name in names if name[-1:].swapcase() != name[-1:])


def _any(endpoint: Endpoint) -> Way | None:
    return _first(item_of(endpoint).properties)


def _typed(
    type_: str, format_: str = "", *, last: bool = False
) -> Callable[[Endpoint], Way | None]:
    """Find the first member of a type, or the last one."""

    def find(endpoint: Endpoint) -> Way | None:
        return _first(_of_type(item_of(endpoint), type_, format_)[:: -1 if last else 1])

    return find


def _first(names: Iterable[str]) -> Way | None:
    found = next(iter(names), None)
    return None if found is None else (found,)


REQUIRED: Final = Bendable("a required member", _required)
NOT_NULL: Final = Bendable("a required member", _not_null)
TEXT: Final = Bendable("a text", _text)
SWITCH: Final = Bendable("a boolean", _typed("boolean"))
INNER: Final = Bendable("an inner object", _inner)
INNER_NOT_NULL: Final = Bendable("an inner object", _inner_not_null)
INNER_REQUIRED: Final = Bendable(
    "a required member of an inner object", _inside(lambda of: of.required)
)
INNER_SWITCH: Final = Bendable(
    "a boolean of an inner object", _inside(lambda of: reversed(_of_type(of, "boolean")))
)
DATE: Final = Bendable("a date-time", _typed("string", "date-time"))
LAST_DATE: Final = Bendable("a date-time", _typed("string", "date-time", last=True))
LATER: Final = Bendable(
    "the later of two times", lambda it: next(((*way, then) for way, _, then in it.ordered), None)
)
OWNER: Final = Bendable(
    "what repeats a path parameter", lambda it: next((way for way, _ in it.equal), None)
)
UNIQUE: Final = Bendable("what is unique in a list", _unique)
RENAMABLE: Final = Bendable("a member", lambda it: _inner(it) or _text(it) or _any(it))
CASED: Final = Bendable("a member", _cased)
ANY: Final = Bendable("a member", _any)
