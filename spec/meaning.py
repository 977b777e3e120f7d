"""What the endpoint means and OpenAPI cannot say: the reader of `rules.yaml`, and its words."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field, replace
from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import Final

from find_webhook_kit.spec.contract import PATH, Contract, contract
from find_webhook_kit.spec.date_time import moment
from find_webhook_kit.spec.document import DocumentError, Json, pointer, read
from find_webhook_kit.spec.operation import Operation
from find_webhook_kit.spec.resource import Resource, resource
from find_webhook_kit.spec.success import body_of, lists

BESIDE: Final = "rules.yaml"
"""What the rules of a document are called that stand beside it."""

RULES: Final = Path(__file__).with_name(BESIDE)

BETWEEN: Final = ("stable", "apart", "confidential", "status-code", "internals")
"""Rules that compare answers; the judge has a check for each."""

SEVERITIES: Final = ("error", "warning", "note")
WORDS: Final = ("item", "tenant")
NAMES: Final = ("tenant", "owner", "identity", "created", "updated", "items")

Asked = Mapping[str, str]
"""What a request asked for: the values of its path parameters, by their names."""


@dataclass(frozen=True, slots=True)
class Rule:
    """A promise beyond the schema, its source, and what breaking it is called and weighs.

    `kind` is `unique`, `equals` or `ordered` for a rule about one body, with what it compares as
    `terms` and where in the body as `path`; it is empty for a rule that compares answers.
    `operations` are those that it holds for; none: all that it fits.
    """

    id: str
    promise: str
    breach: str
    source: str
    severity: str
    kind: str = ""
    terms: Mapping[str, str] = field(default_factory=dict)
    path: tuple[str, ...] = ()
    operations: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class Offence:
    """A value that fits its schema and still cannot be right: the rule, the place, both values."""

    rule: str
    pointer: str
    expected: str
    got: Json


@dataclass(frozen=True, eq=False)
class Rules:
    """A file of rules: the names it gives, the rules by their ids, and what else it lists.

    `items` is what several things that belong to one instance are called, in fixture files too.
    `tenant` is the path parameter that names what belongs to somebody; `owner`, `identity`,
    `created` and `updated` are properties of a body. A name that is not given is empty. `sources`
    tell where the success of an operation is promised, where the document does not. `judged` are
    the operations that are judged although nobody asked for them; none: all that read. `error`
    names the properties of every error: which says its `status`, its `phrase` and its `text`.
    `resource` tells which operations write, and what writing means.
    """

    rules: Mapping[str, Rule]
    spellings: Mapping[str, tuple[str, ...]]
    unknown: tuple[int, ...]
    telling: tuple[str, ...]
    sources: Mapping[str, str] = field(default_factory=dict)
    judged: tuple[str, ...] = ()
    words: Mapping[str, str] = field(default_factory=dict)
    error: Mapping[str, str] = field(default_factory=dict)
    items: str = "items"
    tenant: str = ""
    owner: str = ""
    identity: str = ""
    created: str = ""
    updated: str = ""
    resource: Resource | None = None

    @property
    def item(self) -> str:
        """What people call what an operation shows."""
        return self.words.get("item", "item")

    @property
    def an_item(self) -> str:
        """The same, with its article."""
        return f"{'an' if self.item[:1] in 'aeiou' else 'a'} {self.item}"

    @property
    def whose(self) -> str:
        """What people call what the tenant's parameter names."""
        return self.words.get("tenant", "id")

    @property
    def given_by(self) -> str:
        """How a run is given what exists: by a flag of the judge."""
        return "an --instance-id" if self.tenant else "a --param"

    def of(self, operation: Operation) -> tuple[Rule, ...]:
        """List the rules that hold for an operation, each with its place in that body."""
        return tuple(
            replace(rule, path=(*inside(operation), *_split(_place(rule))))
            for rule in self.rules.values()
            if self._fits(rule, operation)
        )

    def _fits(self, rule: Rule, operation: Operation) -> bool:
        if rule.operations and operation.operation_id not in rule.operations:
            return False
        asked = {item.name for item in operation.parameters if item.location == "path"}
        if rule.id == "apart":
            return self.tenant in asked and _has(operation, self.identity)
        if rule.kind == "equals":
            return rule.terms["parameter"] in asked and _has(operation, rule.terms["member"])
        if rule.kind == "unique":
            return lists(operation) and _has(operation, rule.terms["member"])
        if rule.kind == "ordered":
            return _has(operation, ".".join(filter(None, (_place(rule), rule.terms["then"]))))
        return True


NO_RULES: Final = Rules(rules={}, spellings={}, unknown=(), telling=())
"""What holds for a document that has no rules: what it says itself, and no more."""


def needs_tenant(of: Contract, asked: Iterable[Operation] | None = None) -> bool:
    """Tell whether a reading operation asks for what belongs to somebody: any, or one of some."""
    tenant = rules_of(of).tenant
    return any(
        item.name == tenant and item.location == "path"
        for operation in (of.operations.values() if asked is None else asked)
        if operation.method == "GET"
        for item in operation.parameters
    )


def inside(operation: Operation) -> tuple[str, ...]:
    """Return the way from a body to one of the things that it shows."""
    return ("[]",) if lists(operation) else ()


def rules_of(of: Contract) -> Rules:
    """Return the rules that were named for a document, else those beside it, else none."""
    path = of.rules or _beside(of)
    if path is None:
        return NO_RULES
    found = rules(path)
    named = {f"rules: {rule.id}: operations": rule.operations for rule in found.rules.values()}
    for where, names in {**named, "judged": found.judged}.items():
        for name in names:
            if name not in of.operations:
                told = f"there is no operation {name!r}, but {', '.join(of.operations)}"
                raise DocumentError(path, f"{where}: {told}", None)
    return found


def _beside(of: Contract) -> Path | None:
    path = RULES if of.path == PATH else of.path.with_name(BESIDE)
    return path if path.is_file() else None


@cache
def rules(path: Path = RULES) -> Rules:
    """Read a file of rules once; raise `DocumentError` for what is wrong with it."""
    return _Reader(path).rules()


class _Reader:
    """The file on its way to rules."""

    def __init__(self, path: Path) -> None:
        self.path = path

    def error(self, where: str, reason: str) -> DocumentError:
        return DocumentError(self.path, f"{where}: {reason}", None)

    def rules(self) -> Rules:
        value = self.mapping(read(self.path).value, "the file")
        self.known(value, "the file", SECTIONS)
        names = self.section(value, "names")
        self.known(names, "names", (*NAMES, "telling"))
        words = self.section(value, "words")
        self.known(words, "words", WORDS)
        listed = [self.rule(each) for each in self.listed(value, "rules")]
        spellings, sources = self.section(value, "spellings"), self.section(value, "sources")
        error = self.section(value, "error")
        self.known(error, "error", ERROR)
        return Rules(
            rules=self.by_id(listed),
            spellings={name: self.texts(spellings, name) for name in spellings},
            unknown=tuple(map(self.status, self.listed(value, "unknown"))),
            telling=self.texts(names, "telling"),
            judged=self.texts(value, "judged"),
            words={name: self.text(words, name, "words: ") for name in words},
            sources={name: self.text(sources, name, "sources: ") for name in sources},
            error={name: self.text(error, name, "error: ") for name in error},
            resource=resource(value["resource"], self.error) if "resource" in value else None,
            **{name: self.text(names, name, "names: ") for name in NAMES if name in names},
        )

    def rule(self, each: Json) -> Rule:
        value = self.mapping(each, "rules")
        texts = {name: self.text(value, name, "rules: ") for name in TEXTS}
        where = f"rules: {texts['id']}"
        self.known(value, where, (*TEXTS, "operations", *_CHECKS))
        kind = next((name for name in _CHECKS if name in value), "")
        if not kind and texts["id"] not in BETWEEN:
            told = f"{', '.join(_CHECKS)}, or the id {', '.join(BETWEEN)}"
            raise self.error(where, f"needs what it compares: one of {told}")
        if texts["severity"] not in SEVERITIES:
            raise self.error(f"{where}: severity", f"there is {', '.join(SEVERITIES)}")
        terms = self.mapping(value.get(kind, {}), f"{where}: {kind}")
        self.known(terms, f"{where}: {kind}", (*_TERMS.get(kind, ()), *_OPTIONAL.get(kind, ())))
        for name in _TERMS.get(kind, ()):
            self.text(terms, name, f"{where}: {kind}: ")
        return Rule(
            **texts,  # type: ignore[arg-type]  # five texts by their names
            kind=kind,
            terms={name: self.text(terms, name, f"{where}: {kind}: ") for name in terms},
            operations=self.texts(value, "operations"),
        )

    def by_id(self, listed: Iterable[Rule]) -> Mapping[str, Rule]:
        found: dict[str, Rule] = {}
        for rule in listed:
            if rule.id in found:
                raise self.error(f"rules: {rule.id}", "stands twice: keep one of them")
            found[rule.id] = rule
        return found

    def known(self, value: Mapping[str, Json], where: str, names: Sequence[str]) -> None:
        """Refuse a name that nothing reads: it may be the misspelt one of a promise."""
        for name in value:
            if name not in names:
                raise self.error(f"{where}: {name}", f"is not known; there is {', '.join(names)}")

    def status(self, value: Json) -> int:
        if not isinstance(value, int) or isinstance(value, bool) or not 100 <= value < 600:  # noqa: PLR2004
            raise self.error("unknown", f"lists statuses from 100 to 599, not {value!r}")
        return value

    def mapping(self, value: Json, where: str) -> Mapping[str, Json]:
        if not isinstance(value, dict):
            raise self.error(where, "must be an object")
        return value

    def section(self, value: Mapping[str, Json], name: str) -> Mapping[str, Json]:
        return self.mapping(value.get(name, {}), name)

    def listed(self, value: Mapping[str, Json], name: str) -> list[Json]:
        found = value.get(name, [])
        if not isinstance(found, list):
            raise self.error(name, "must be a list")
        return found

    def texts(self, value: Mapping[str, Json], name: str) -> tuple[str, ...]:
        found = self.listed(value, name)
        if not all(isinstance(text, str) for text in found):
            raise self.error(name, "lists texts: quote what looks like something else")
        return tuple(map(str, found))

    def text(self, value: Mapping[str, Json], name: str, where: str) -> str:
        found = value.get(name)
        if not isinstance(found, str):
            raise self.error(f"{where}{name}", "must be there, as a text")
        return found


SECTIONS: Final = (
    "names",
    "words",
    "judged",
    "unknown",
    "error",
    "sources",
    "spellings",
    "resource",
    "rules",
)
ERROR: Final = ("status", "phrase", "text")
TEXTS: Final = ("id", "promise", "breach", "source", "severity")


def offences(owner_id: str, body: Json) -> Iterator[Offence]:
    """List what a success of our own operation says that cannot be true of its instance.

    Members of another type than documented are left to the schema, and rules whose breach is no
    more than a note to the judge.
    """
    listed, tenant = _ours()
    for rule in listed:
        if rule.severity != "note":
            yield from broken(rule, {tenant: owner_id}, body)


@cache
def _ours() -> tuple[tuple[Rule, ...], str]:
    found = rules()
    return found.of(next(iter(contract().operations.values()))), found.tenant


def broken(rule: Rule, asked: Asked, body: Json) -> Iterator[Offence]:
    """List the places of one body that break one rule about bodies."""
    if rule.kind:
        yield from _CHECKS[rule.kind](rule, asked, body)


def found(body: Json, path: tuple[str, ...], where: str = "") -> Iterator[tuple[str, Json]]:
    """List the values at a path such as `("[]", "url")`, each with its JSON pointer."""
    if not path:
        yield where, body
    elif path[0] == "[]":
        for index, item in enumerate(body if isinstance(body, list) else []):
            yield from found(item, path[1:], f"{where}/{index}")
    elif isinstance(body, dict) and path[0] in body:
        yield from found(body[path[0]], path[1:], where + pointer([path[0]]))


def _place(rule: Rule) -> str:
    return rule.terms.get("member", rule.terms.get("object", ""))


def _split(path: str) -> tuple[str, ...]:
    return tuple(filter(None, path.split(".")))


def _has(operation: Operation, path: str) -> bool:
    """Tell whether the body of a success has a property, as far as the document says."""
    schema = body_of(operation)
    wanted = (*inside(operation), *_split(path))
    return schema is not None and any(member.path == wanted for member in schema.members())


def _texts(body: Json, path: tuple[str, ...]) -> Iterator[tuple[str, str]]:
    for where, value in found(body, path):
        if isinstance(value, str):
            yield where, value


def _equals(rule: Rule, asked: Asked, body: Json) -> Iterator[Offence]:
    expected = asked.get(rule.terms["parameter"])
    for where, value in _texts(body, rule.path):
        if expected is not None and value != expected:
            yield Offence(rule.id, where, repr(expected), value)


def _unique(rule: Rule, _: Asked, body: Json) -> Iterator[Offence]:
    seen: set[str] = set()
    for where, value in _texts(body, rule.path):
        if value in seen:
            yield Offence(rule.id, where, "unique", value)
        seen.add(value)


def _ordered(rule: Rule, _: Asked, body: Json) -> Iterator[Offence]:
    first, then = rule.terms["first"], rule.terms["then"]
    for where, holder in found(body, rule.path):
        if isinstance(holder, dict):
            early, late = moment(holder.get(first)), moment(holder.get(then))
            if early and late and late < early:
                expected = f"not before {first}, {holder[first]}"
                yield Offence(rule.id, where + pointer([then]), expected, holder[then])


_CHECKS: Final = MappingProxyType({"equals": _equals, "unique": _unique, "ordered": _ordered})
_TERMS: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType(
    {"equals": ("member", "parameter"), "unique": ("member",), "ordered": ("first", "then")}
)
_OPTIONAL: Final[Mapping[str, tuple[str, ...]]] = MappingProxyType({"ordered": ("object",)})
