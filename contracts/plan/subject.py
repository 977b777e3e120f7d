"""What of a contract can be judged on a target: operations with values for their parameters."""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import chain, zip_longest
from typing import Final
from urllib.parse import quote

from find_webhook_kit.contracts.plan.ids import Nobodys, nobodys
from find_webhook_kit.contracts.plan.schemes import AS_BEARER, Shown, shown, wanted
from find_webhook_kit.contracts.plan.styles import written
from find_webhook_kit.contracts.plan.values import said_of, taken, values
from find_webhook_kit.contracts.verdict import JUDGED, Taken
from find_webhook_kit.contracts.wire.bearer import Bearer
from find_webhook_kit.contracts.wire.key import Key
from find_webhook_kit.contracts.wire.probe import ACCEPT_JSON, IDENTITY, Probe
from find_webhook_kit.contracts.wire.target import Target
from find_webhook_kit.spec import Contract, Operation
from find_webhook_kit.spec.meaning import Rules, rules_of
from find_webhook_kit.spec.operation import Parameter
from find_webhook_kit.spec.success import essence, json_of, success

PARAMETER: Final = re.compile(r"\{([^{}]*)\}")
FIXED: Final = "/?%:@!$&'()*+,;="
"""What stands in a path as it is, beside what is unreserved (RFC 3986, section 3.3)."""

OURS: Final = frozenset({"accept", "content-type", "authorization"})


@dataclass(frozen=True, eq=False)
class Subject:
    """An operation with what this target has for its parameters.

    `target` has as instance ids the values of one path parameter, `varied`, which requests differ
    in; it is empty where the path has none. `beside` are the values of the other path parameters,
    for each of those ids in turn, and `nobodys` a value of each path parameter that nobody has.
    `query` and `headers` are what each request has to carry. `taken` are the values that the
    document has, since nobody gave one; `ways` the other ways to be let in.
    """

    contract: Contract
    operation: Operation
    rules: Rules
    target: Target
    varied: str
    beside: tuple[Mapping[str, str], ...]
    nobodys: Mapping[str, Nobodys]
    query: str = ""
    headers: tuple[tuple[str, str], ...] = ()
    shown: Shown = AS_BEARER
    taken: tuple[Taken, ...] = ()
    ways: tuple[Shown, ...] = ()

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
        nobody = self.nobodys[self.varied]
        return (replace(self.find(nobody.text, made_up=True), odd=not nobody.allowed),)

    def elsewhere(self) -> Iterator[Probe]:
        """Ask for what exists, with an unknown value of another path parameter."""
        for name in self.beside[0]:
            nobody = self.nobodys[name]
            values = {**self.beside[0], name: nobody.text}
            find = self.find(self.target.instance_ids[0], made_up=True, beside=values)
            yield replace(find, name=f"{find.name} with an unknown {name}", odd=not nobody.allowed)

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
            key=self.shown.key,
            beside=self.shown.beside,
            headers=(("Accept", self.media_type), IDENTITY, *self.headers),
            operation=self.operation,
            asked={**others, self.varied: value} if self.varied else others,
        )

    def others(self, value: str) -> Mapping[str, str]:
        """Return the values of the other path parameters that belong to one of the varied."""
        ids = self.target.instance_ids
        return self.beside[ids.index(value) if value in ids else 0]


def filled(template: str, texts: Mapping[str, str]) -> str:
    """Put texts, percent-encoded, into a path template, and encode what is fixed in it."""
    pieces = PARAMETER.split(template)  # what is fixed, and between it the names
    names = (texts.get(name, f"{{{name}}}") for name in pieces[1::2])
    fixed = (quote(piece, safe=FIXED) for piece in pieces[::2])
    return "".join(chain.from_iterable(zip_longest(fixed, names, fillvalue="")))


def segment(text: str) -> str:
    """Percent-encode a value, so that it stays one segment whatever is in it."""
    encoded = quote(text, safe="")
    return encoded if encoded.strip(".") else encoded.replace(".", "%2E")


def judged(operation: Operation) -> str:
    """Return the clause of an operation that is not judged: that it is."""
    return f"{operation.operation_id}:{JUDGED}"


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
    unasked = _unasked(operation, rules, target)
    if unasked is not None:
        return unasked
    declared, ways = _in_path(operation), shown(operation, target)
    names = list(dict.fromkeys(PARAMETER.findall(operation.path)))
    needed = [
        *(declared[name] for name in names if name in declared),
        *(it for it in operation.parameters if it.required and is_asked(it)),
    ]
    given = {item.name: values(item, rules.tenant, target) for item in needed}
    given |= {name: target.parameters.get(name, ()) for name in names if name not in given}
    missing = [name for name, found in given.items() if not found]
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
    unknown = {name: nobodys(declared[name], given[name], target.unknown_id) for name in names}
    nobody = unknown[varied].text if varied else target.unknown_id
    return Subject(
        contract=contract,
        operation=operation,
        rules=rules,
        target=_of_key(replace(target, instance_ids=ids, unknown_id=nobody), ways[0].key),
        varied=varied,
        beside=beside,
        nobodys=unknown,
        query="&".join(_pairs(needed, "query", target)),
        headers=(
            *((item.name, given[item.name][0]) for item in needed if item.location == "header"),
            *_cookies(_pairs(needed, "cookie", target)),
        ),
        shown=ways[0],
        ways=tuple(way for way in ways[1:] if way.key),
        taken=tuple(taken(operation.operation_id, needed, rules.tenant, target)),
    )


def _unasked(operation: Operation, rules: Rules, target: Target) -> Unjudged | None:
    """Say why an operation is not to be asked, or cannot be, whatever its parameters are."""
    named = operation.operation_id in target.operations
    if target.operations and not named:
        return Unjudged(operation, "nobody asked for it with --operation", asked=False)
    if operation.method != "GET":
        return Unjudged(operation, _unwritten(operation, rules), asked=named)
    if not shown(operation, target):
        return Unjudged(operation, wanted(operation, target))
    if named or not rules.judged or operation.operation_id in rules.judged:
        return None
    declared = _in_path(operation)
    left = [name for name in declared if name not in {rules.tenant, *target.parameters}]
    if not left and set(declared) - {rules.tenant}:
        return None
    flags = " ".join(f"--param {name}=VALUE" for name in left)
    return Unjudged(operation, f"nobody asked for it: give {flags}", asked=False)


def _in_path(operation: Operation) -> dict[str, Parameter]:
    return {item.name: item for item in operation.parameters if item.location == "path"}


def _unwritten(operation: Operation, rules: Rules) -> str:
    """Say why an operation that is no GET is not judged among those that read."""
    if rules.resource is not None and rules.resource.writes(operation.operation_id):
        return "nobody asked for it: give --writes --scratch-instance ID"
    return "only GET is asked, since other methods change something; test it another way"


def _of_key(target: Target, key: Key | None) -> Target:
    """Return the target as one whose token is a key."""
    if key is None:
        return target
    client = replace(target.client, token_variable=key.variable)
    return replace(target, bearer=Bearer(key.value), client=client)


def _cookies(pairs: Iterable[str]) -> Iterator[tuple[str, str]]:
    """Put all cookies into one header, where there are any (RFC 6265, section 5.4)."""
    text = "; ".join(pairs)
    if text:
        yield "Cookie", text


def is_asked(parameter: Parameter) -> bool:
    """Leave out the path, and the headers that OpenAPI has other words for."""
    ours = parameter.location == "header" and parameter.name.lower() in OURS
    return parameter.location != "path" and not ours


def _pairs(needed: Iterable[Parameter], location: str, target: Target) -> Iterator[str]:
    """Write the required parameters of a query or a cookie."""
    for item in needed:
        if item.location == location:
            given = target.parameters.get(item.name, ())
            if given and item.schema.type == "array":
                yield written(item, [*given[0].split(",")])
            elif given:
                yield f"{segment(item.name)}={segment(given[0])}"
            else:
                yield written(item, said_of(item)[1])
