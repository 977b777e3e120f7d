"""What OpenAPI cannot say, as data: the rules of a document, and which operations they fit."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace
from typing import Final

from find_webhook_kit.spec.document import Document
from find_webhook_kit.spec.operation import Operation
from find_webhook_kit.spec.reach import reach, types_of
from find_webhook_kit.spec.resource import Resource
from find_webhook_kit.spec.success import body_of, lists


@dataclass(frozen=True, slots=True)
class Rule:
    """A promise beyond the schema, its source, and what breaking it is called and weighs.

    `kind` is `unique`, `equals` or `ordered` for a rule about one body, with what it compares as
    `terms` and where in the body as `path`; it is empty for a rule that compares answers.
    `operations` are those that it holds for; none: all that it fits. `types` are those that the
    document gives to what stands at the path; none: any.
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
    types: frozenset[str] = frozenset()

    @property
    def place(self) -> str:
        """Where in what an operation shows it looks, as a path with dots."""
        return self.terms.get("member", self.terms.get("object", ""))

    @property
    def members(self) -> tuple[str, ...]:
        """The properties that it compares, as paths with dots."""
        if self.kind == "ordered":
            return tuple(
                ".".join(filter(None, (self.place, self.terms[name]))) for name in ("first", "then")
            )
        return tuple(filter(None, [self.place]))


@dataclass(frozen=True, eq=False)
class Rules:
    """A file of rules: the names it gives, the rules by their ids, and what else it lists.

    `items` is what several things that belong to one instance are called, in fixture files too.
    `tenant` is the path parameter that names what belongs to somebody; `owner`, `identity`,
    `created` and `updated` are properties of a body. A name that is not given is empty. `sources`
    tell where the success of an operation is promised, where the document does not. `judged` are
    the operations that are judged although nobody asked for them; none: all that read. `error`
    names the properties of every error: which says its `status`, its `phrase` and its `text`.
    `resource` tells which operations write, and what writing means. `written` is the file.
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
    written: Document | None = field(default=None, repr=False)

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
            _placed(rule, operation) for rule in self.rules.values() if self.fits(rule, operation)
        )

    def fits(self, rule: Rule, operation: Operation) -> bool:
        """Tell whether a rule says something of an operation."""
        if rule.operations and operation.operation_id not in rule.operations:
            return False
        asked = {item.name for item in operation.parameters if item.location == "path"}
        if rule.id == "apart":
            return self.tenant in asked and has(operation, self.identity)
        if rule.id == "confidential":
            return not operation.anonymous
        if rule.kind == "equals":
            return rule.terms["parameter"] in asked and has(operation, rule.terms["member"])
        if rule.kind == "unique":
            return (lists(operation) or "[]" in rule.terms["member"]) and has(
                operation, rule.terms["member"]
            )
        return all(has(operation, member) for member in rule.members)


NO_RULES: Final = Rules(rules={}, spellings={}, unknown=(), telling=())
"""What holds for a document that has no rules: what it says itself, and no more."""


def _placed(rule: Rule, operation: Operation) -> Rule:
    """Say where in the body of an operation a rule looks, and at what types of values."""
    path = (*inside(operation), *split(rule.place))
    schema = body_of(operation)
    ends = () if schema is None else reach(schema, path)
    return replace(rule, path=path, types=frozenset().union(*map(types_of, ends)))


def inside(operation: Operation) -> tuple[str, ...]:
    """Return the way from a body to one of the things that it shows."""
    return ("[]",) if lists(operation) else ()


def has(operation: Operation, path: str) -> bool:
    """Tell whether the body of a success has a property, as far as the document says."""
    schema = body_of(operation)
    return schema is not None and bool(reach(schema, (*inside(operation), *split(path))))


def split(path: str) -> tuple[str, ...]:
    """Return the names on a path with dots."""
    return tuple(filter(None, path.split(".")))
