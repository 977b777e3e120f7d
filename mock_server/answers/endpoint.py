"""An operation as the mock answers it: its success, its examples, and the rules of its bodies."""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from http import HTTPStatus
from itertools import chain
from types import MappingProxyType
from urllib.parse import quote

from find_webhook_kit.mock_server.answers.documented_headers import documented_headers
from find_webhook_kit.mock_server.answers.errors import Unauthorized
from find_webhook_kit.mock_server.answers.response import JSON
from find_webhook_kit.spec import (
    Contract,
    Example,
    Json,
    Match,
    MediaType,
    NoMatch,
    Operation,
    Response,
    Schema,
)
from find_webhook_kit.spec.meaning import Offence, Rule, Rules, broken, inside, rules_of
from find_webhook_kit.spec.reach import alternatives, properties
from find_webhook_kit.spec.resource import READING
from find_webhook_kit.spec.success import is_json, success

Item = dict[str, Json]
Parameters = Mapping[str, str]
"""The values of the path parameters of a request, decoded, by their names."""


def is_final(status: int) -> bool:
    """Tell whether a status can end an exchange: a 1xx cannot (RFC 9110, section 15.2)."""
    return status >= HTTPStatus.OK


@dataclass(frozen=True, eq=False)
class Endpoint:
    """An operation of the contract, with the rules that hold for what it answers.

    `accepts` are the media types that a client takes, the best first; none: it did not say.
    """

    operation: Operation
    rules: Rules
    accepts: tuple[str, ...] = ()

    @cached_property
    def status(self) -> int:
        """The status of a success; of an operation that documents none, the first other one.

        It is a final one: no 1xx ends an exchange (RFC 9110, section 15.2).
        """
        status = success(self.operation)
        if self.operation.response(status) is not None:
            return status
        ranges = (100 * hundred for hundred in self.operation.ranges)
        return next(filter(is_final, (*self.operation.responses, *ranges)), status)

    def media_type(self, status: int) -> MediaType | None:
        """Return what the body of a status is written in: as the client likes it best."""
        listed = self.media_types(status)
        liked = (item for name in self.accepts for item in listed if item.name == name)
        return next(liked, next(iter(listed), None))

    def media_types(self, status: int) -> tuple[MediaType, ...]:
        """List what the body of a status can be written in: see `writable`."""
        if status not in self._media_types:
            response = self.operation.response(status)
            self._media_types[status] = writable(response) if response else ()
        return self._media_types[status]

    @cached_property
    def _media_types(self) -> dict[int, tuple[MediaType, ...]]:
        return {}

    def headers(self, status: int) -> Mapping[str, str]:
        """Return what an answer of a status has beside its body, wherever it comes from."""
        if status not in self._headers:
            self._headers[status] = self._headers_of(status)
        return self._headers[status]

    @cached_property
    def _headers(self) -> dict[int, Mapping[str, str]]:
        return {}

    def _headers_of(self, status: int) -> Mapping[str, str]:
        response = self.operation.response(status)
        found = documented_headers(response) if response else {}
        if status != HTTPStatus.UNAUTHORIZED:
            return found
        found = {name: found[name] for name in found if name.lower() != "www-authenticate"}
        return {**Unauthorized("", schemes=self.operation.security).headers, **found}

    @cached_property
    def schema(self) -> Schema | None:
        """The schema of a success, where it is JSON."""
        found = self.media_type(self.status)
        return found.schema if found and is_json(found.name) else None

    @cached_property
    def lists(self) -> bool:
        """True where a success is an array of items, and not one item."""
        return self.schema is not None and self.schema.type == "array"

    @cached_property
    def item(self) -> Schema | None:
        """The schema of an item of a success."""
        return self.schema.items if self.schema is not None and self.lists else self.schema

    @cached_property
    def parameters(self) -> tuple[str, ...]:
        """The names of the path parameters."""
        return tuple(item.name for item in self.operation.parameters if item.location == "path")

    @cached_property
    def part(self) -> str:
        """The part that the operation plays for a resource, as its rules say, or nothing."""
        resource = self.rules.resource
        return resource.part_of(self.operation.operation_id) if resource else ""

    @property
    def writes(self) -> bool:
        """True where the operation changes what an instance has."""
        return self.part not in {"", *READING}

    @property
    def refusal_status(self) -> int:
        """The status of what is not there: 404 where the document has it, else 400."""
        return 404 if 404 in self.operation.responses else 400  # noqa: PLR2004 - as documents write them

    @property
    def takes_fixtures(self) -> bool:
        """True where a success lists what one instance has: a fixture is such a list."""
        return self.lists and self.parameters == (self.rules.tenant,)

    @cached_property
    def examples(self) -> tuple[tuple[int, Example], ...]:
        """The examples of the bodies, each with its status, in the order of the document."""
        statuses = dict.fromkeys((*filter(is_final, self.operation.responses), self.status))
        return tuple(chain.from_iterable(map(self.examples_of, statuses)))

    @cached_property
    def has_examples(self) -> bool:
        """True where each documented body has an example, so that none has to be made up."""
        bodies = (each for item in self.operation.documented() for each in item.content.values())
        return all(body.examples for body in bodies)

    def examples_of(self, status: int | None) -> tuple[tuple[int, Example], ...]:
        """List the examples of a status, which may be one of a range, or of all statuses."""
        if status is None:
            return self.examples
        found = self.media_type(status)
        return tuple((status, each) for each in found.examples.values()) if found else ()

    @property
    def first_items(self) -> tuple[Item, ...]:
        """Return the items of the first example of a success, if there is one."""
        found = (example.value for status, example in self.examples if status == self.status)
        listed = (self.items(value) for value in found)
        items = next((each for each in listed if each), ())
        return tuple(item for item in items if isinstance(item, dict))

    @cached_property
    def properties(self) -> Sequence[str]:
        """The names of the properties of an item, in the order of the contract."""
        return tuple(self.item.properties) if self.item is not None else ()

    @cached_property
    def _room(self) -> Collection[str] | None:
        """The properties that a success of one item may have; None where it may have others."""
        parts = alternatives(self.schema) if self.schema is not None else ()
        closed = any(part.additional is False for part in parts)
        return properties(self.schema).keys() if closed else None

    def room_for(self, item: Json) -> Json:
        """Return as much of an item that is kept as a success of one may show."""
        if self._room is None or not isinstance(item, dict):
            return item
        return {name: value for name, value in item.items() if name in self._room}

    def items(self, body: Json) -> tuple[Json, ...]:
        """Return the items of a success: of an array all, anything else itself."""
        return tuple(body) if isinstance(body, list) and self.lists else (body,)

    def body(self, items: Sequence[Json]) -> Json:
        """Return items as the body of a success."""
        if self.lists:
            return list(items)
        return items[0] if items else None

    def owned(self, item: Json, asked: Parameters) -> Json:
        """Let an item belong to whom a request asked for, where it says whose it is."""
        owner, tenant = self.rules.owner, asked.get(self.rules.tenant)
        if tenant is None or owner not in self.properties or not isinstance(item, dict):
            return item
        return {**item, owner: tenant}

    def offences(self, asked: Parameters, body: Json) -> Iterator[Offence]:
        """List what a success says that cannot be true of what was asked for."""
        rules = (rule for rule in self._rules if rule.severity != "note")
        return chain.from_iterable(broken(rule, asked, body) for rule in rules)

    @cached_property
    def _rules(self) -> tuple[Rule, ...]:
        return self.rules.of(self.operation)

    @cached_property
    def ordered(self) -> tuple[tuple[tuple[str, ...], str, str], ...]:
        """Where in an item two times must not run back: the way there, the first, the second."""
        return tuple((way, terms["first"], terms["then"]) for way, terms in self._of("ordered"))

    @cached_property
    def unique(self) -> tuple[tuple[str, ...], ...]:
        """Which properties no two items of a list share."""
        return tuple(rule.path[1:] for rule in self._rules if rule.kind == "unique")

    @cached_property
    def equal(self) -> tuple[tuple[tuple[str, ...], str], ...]:
        """Which property of an item says what a path parameter said."""
        return tuple((way, terms["parameter"]) for way, terms in self._of("equals"))

    def _of(self, kind: str) -> Iterator[tuple[tuple[str, ...], Mapping[str, str]]]:
        """List the rules of a kind: the way from an item to what each is about, and its terms."""
        way = len(inside(self.operation))
        return ((it.path[way:], it.terms) for it in self._rules if it.kind == kind)


def writable(response: Response) -> tuple[MediaType, ...]:
    """List what the body of a response can be written in here.

    That is JSON, first of all, and what the document has a text of; where it is neither, whatever
    there is.
    """
    listed = tuple(map(_concrete, response.content.values()))
    found = sorted(filter(_can_be_written, listed), key=lambda each: not is_json(each.name))
    return tuple(found) or listed[:1]


def _concrete(found: MediaType) -> MediaType:
    """Answer a range of media types with one that is in it."""
    if "*" not in found.name:
        return found
    name = JSON if found.name.startswith(("*/", "application/")) else "text/plain"
    return replace(found, name=name)


def _can_be_written(found: MediaType) -> bool:
    texts = (each.value for each in found.examples.values())
    return is_json(found.name) or any(isinstance(text, str) for text in texts)


def match(contract: Contract, method: str, path: str) -> Match | NoMatch:
    """Find the operation of a request: HEAD is answered as GET is, where nothing else is said.

    The case of a method matters (RFC 9110, section 9.1).
    """
    found = contract.match(method, path)
    if isinstance(found, Match) and found.operation.method != method:
        return NoMatch(found.operation.path, contract.methods(found.operation.path))
    if method == "HEAD" and isinstance(found, NoMatch) and "GET" in found.methods:
        return contract.match("GET", path)
    return found


def taken(methods: Sequence[str]) -> tuple[str, ...]:
    """Return what a path takes that the contract has methods for, as `Allow` lists it."""
    return tuple(sorted({*methods, "OPTIONS"} | ({"HEAD"} if "GET" in methods else set())))


@lru_cache(maxsize=64)
def endpoints(contract: Contract) -> Mapping[str, Endpoint]:
    """Return the operations of a contract by their ids: the same ones for the same contract."""
    rules = rules_of(contract)
    found = {name: Endpoint(item, rules) for name, item in contract.operations.items()}
    return MappingProxyType(found)


def with_fixtures(found: Mapping[str, Endpoint]) -> Endpoint | None:
    """Return the endpoint that fixtures are for: the first that takes them."""
    return next((item for item in found.values() if item.takes_fixtures), None)


def path_of(contract: Contract, instance: str) -> str:
    """Return the path that asks for an instance, else the first one as it stands, else `/`."""
    found = endpoints(contract)
    endpoint = with_fixtures(found) or next(iter(found.values()), None)
    if endpoint is None:
        return "/"
    return endpoint.operation.path.replace(f"{{{endpoint.rules.tenant}}}", quote(instance, safe=""))
