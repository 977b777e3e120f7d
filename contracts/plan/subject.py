"""What of a contract can be judged on a target: operations with values for their parameters."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Final
from urllib.parse import quote, unquote

from find_webhook_kit.contracts.plan.schemes import AS_BEARER, Shown, shown, wanted
from find_webhook_kit.contracts.plan.styles import written
from find_webhook_kit.contracts.wire.exchange import ACCEPT_JSON, IDENTITY, Probe
from find_webhook_kit.contracts.wire.target import Target
from find_webhook_kit.spec import Contract, Json, Operation
from find_webhook_kit.spec.contract import Parameter
from find_webhook_kit.spec.meaning import Rules, rules_of
from find_webhook_kit.spec.success import essence, json_of, success

PARAMETER: Final = re.compile(r"\{([^{}]*)\}")
NO_SUCH_NUMBER: Final = "2147480011"
"""What stands for the unknown id where a path parameter is a number."""


@dataclass(frozen=True, eq=False)
class Subject:
    """An operation with what this target has for its parameters.

    `target` has as instance ids the values of one path parameter, `varied`, which requests differ
    in; it is empty where the path has none. `beside` are the values of the other path parameters,
    for each of those ids in turn; `query` and `headers` are what each request has to carry.
    """

    contract: Contract
    operation: Operation
    rules: Rules
    target: Target
    varied: str
    beside: tuple[Mapping[str, str], ...]
    query: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    shown: Shown = AS_BEARER

    @property
    def open(self) -> bool:
        """True where nobody needs credentials."""
        return self.operation.anonymous

    @property
    def has_tenants(self) -> bool:
        """True where the path names what belongs to somebody."""
        return bool(self.varied) and self.varied == self.rules.tenant

    @property
    def prefix(self) -> str:
        """What tells the clauses of several operations apart."""
        name, several = self.operation.operation_id, len(self.contract.operations) > 1
        return f"{name}:" if several and self.rules.judged != (name,) else ""

    @property
    def verb(self) -> str:
        """What its probes are called."""
        return self.operation.operation_id if self.prefix else "find"

    @property
    def media_type(self) -> str:
        """The media type that a request asks for: that of the JSON, else the first."""
        response = self.operation.response(success(self.operation))
        found = json_of(response)
        listed = [found.name] if found else list(response.content if response else ())
        return essence((listed or [ACCEPT_JSON[1]])[0])

    def known(self) -> tuple[Probe, ...]:
        """Ask for what exists; the first surely does."""
        return tuple(map(self.find, self.target.instance_ids))

    def unknown(self) -> tuple[Probe, ...]:
        """Ask for what does not exist: the id that was named as unknown, where the path has one."""
        if not self.varied:
            return ()
        schema = next(item.schema for item in self.operation.parameters if item.name == self.varied)
        number = schema.type in {"integer", "number"}
        return (self.find(NO_SUCH_NUMBER if number else self.target.unknown_id, made_up=True),)

    def elsewhere(self) -> Iterator[Probe]:
        """Ask for what exists, with an unknown value of another path parameter."""
        for name, known in self.beside[0].items():
            nobody = self.target.unknown_id
            values = {**self.beside[0], name: nobody if nobody != known else f"{nobody}-too"}
            find = self.find(self.target.instance_ids[0], made_up=True, beside=values)
            yield replace(find, name=f"{find.name} with an unknown {name}")

    def find(
        self, value: str, *, made_up: bool = False, beside: Mapping[str, str] | None = None
    ) -> Probe:
        """Ask for one value of the parameter that varies."""
        others = self.others(value) if beside is None else beside
        name = f"{self.verb} {value!r}" if self.varied else self.verb
        return replace(self.at(segment(value), value, name, others), made_up=made_up)

    def at(
        self, text: str, value: str, name: str, beside: Mapping[str, str] | None = None
    ) -> Probe:
        """Ask with a text, percent-encoded, in the place of the parameter that varies."""
        others = self.others(value) if beside is None else beside
        texts = {self.varied: text} | {key: segment(other) for key, other in others.items()}
        path = filled(self.operation.path, texts)
        return Probe(
            name,
            f"{path}?{self.query}" if self.query else path,
            value,
            credentials=self.shown.valid,
            headers=(("Accept", self.media_type), IDENTITY, *self.headers),
            operation=self.operation,
            asked={**others, self.varied: value} if self.varied else others,
        )

    def others(self, value: str) -> Mapping[str, str]:
        """Return the values of the other path parameters that belong to one of the varied."""
        ids = self.target.instance_ids
        return self.beside[ids.index(value) if value in ids else 0]


def filled(template: str, texts: Mapping[str, str]) -> str:
    """Put texts, percent-encoded, into a path template."""
    return PARAMETER.sub(lambda found: texts.get(found[1], found[0]), template)


def segment(text: str) -> str:
    """Percent-encode a value, so that it stays one segment whatever is in it."""
    encoded = quote(text, safe="")
    return encoded if encoded.strip(".") else encoded.replace(".", "%2E")


@dataclass(frozen=True, slots=True)
class Unjudged:
    """An operation that is not judged, and why: what is missing, and what to give.

    One that was not `asked` for, or that writes, is named, and keeps nobody from a verdict.
    """

    operation: Operation
    reason: str
    asked: bool = True

    @property
    def words(self) -> str:
        return f"{self.operation.method} {self.operation.path} is not judged: {self.reason}"


def subjects(contract: Contract, target: Target) -> tuple[Subject | Unjudged, ...]:
    """Return each operation of a contract: as it can be judged, or why it cannot."""
    rules = rules_of(contract)
    return tuple(_subject(contract, each, rules, target) for each in contract.operations.values())


def _subject(
    contract: Contract, operation: Operation, rules: Rules, target: Target
) -> Subject | Unjudged:
    if operation.method != "GET":
        words = "only GET is asked, since other methods change something; test it another way"
        return Unjudged(operation, words, asked=False)
    how = shown(operation, (header.name for header in target.headers), target.token)
    if how is None:
        return Unjudged(operation, wanted(operation))
    declared = {item.name: item for item in operation.parameters if item.location == "path"}
    if rules.judged and operation.operation_id not in rules.judged:
        left = [name for name in declared if name not in {rules.tenant, *target.parameters}]
        if left or not set(declared) - {rules.tenant}:
            flags = " ".join(f"--param {name}=VALUE" for name in left)
            return Unjudged(operation, f"nobody asked for it: give {flags}", asked=False)
    names = list(dict.fromkeys(PARAMETER.findall(operation.path)))
    needed = [
        *(declared[name] for name in names if name in declared),
        *(it for it in operation.parameters if it.required and it.location != "path"),
    ]
    given = {item.name: _values(item, rules, target) for item in needed}
    given |= {name: target.parameters.get(name, ()) for name in names if name not in given}
    missing = [name for name, values in given.items() if not values]
    if missing:
        flags = " ".join(f"--param {name}=VALUE" for name in missing)
        words = f"no value for {', '.join(missing)}: give {flags}, or an example in the contract"
        return Unjudged(operation, words)
    varied = rules.tenant if rules.tenant in names else names[-1] if names else ""
    others = [name for name in names if name != varied]
    number = min((len(given[name]) for name in others), default=len(given.get(varied, ("",))))
    ids = tuple(given[varied][:number]) if varied else ("",)
    beside = tuple(
        {name: given[name][index] for name in others} for index in range(max(len(ids), 1))
    )
    unknown = target.unknown_id if target.unknown_id not in ids else f"{target.unknown_id}-too"
    return Subject(
        contract=contract,
        operation=operation,
        rules=rules,
        target=replace(target, instance_ids=ids, unknown_id=unknown),
        varied=varied,
        beside=beside,
        query="&".join(_pairs(needed, "query", target)),
        headers=(
            *((item.name, given[item.name][0]) for item in needed if item.location == "header"),
            *(("Cookie", it) for it in _pairs(needed, "cookie", target)),
        ),
        shown=how,
    )


def _pairs(needed: Iterable[Parameter], location: str, target: Target) -> Iterator[str]:
    """Write the required parameters of a query or a cookie."""
    for item in needed:
        if item.location == location:
            given = target.parameters.get(item.name, ())
            if given:
                yield f"{segment(item.name)}={segment(given[0])}"
            else:
                yield written(item, _said(item))


def _values(parameter: Parameter, rules: Rules, target: Target) -> tuple[str, ...]:
    """Return the values of a parameter: as given, else the document's example."""
    if parameter.location == "path" and parameter.name == rules.tenant and target.instance_ids:
        return target.instance_ids
    given = target.parameters.get(parameter.name, ())
    if given:
        return given
    said = _said(parameter)
    return () if said is None else (unquote(written(parameter, said)),)


def _said(parameter: Parameter) -> Json:
    """Return the value that the document has for a parameter: an example, a default, a choice."""
    schema = parameter.schema.value
    said = (parameter.example, schema.get("example"), schema.get("default"), *_first(schema))
    return next((value for value in said if value is not None), None)


def _first(schema: Mapping[str, Json]) -> Iterator[Json]:
    """Return the first value of an enumeration, where there is one."""
    values = schema.get("enum")
    yield from values[:1] if isinstance(values, list) else ()
