"""Which request plays which part, as the rules of a contract say."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Final

from find_webhook_kit.contracts.plan.credentials import JUNK_TOKEN
from find_webhook_kit.contracts.plan.schemes import AS_BEARER, shown, wanted
from find_webhook_kit.contracts.plan.subject import PARAMETER, filled, segment
from find_webhook_kit.contracts.usage import UsageError
from find_webhook_kit.contracts.wire.probe import ACCEPT_JSON, IDENTITY, VALID, Credentials, Probe
from find_webhook_kit.contracts.wire.target import Target
from find_webhook_kit.spec import Contract, Operation
from find_webhook_kit.spec.meaning import Rules, rules_of
from find_webhook_kit.spec.operation import Parameter
from find_webhook_kit.spec.resource import PARTS, Resource

NO_RULES: Final = "--writes: the rules do not say how: rules.yaml needs a section `resource`"
JSON_CONTENT: Final = ("Content-Type", "application/json")
WRITES: Final = frozenset({"POST", "PUT", "PATCH", "DELETE"})


@dataclass(frozen=True, eq=False)
class Requests:
    """The operations of a resource by the parts that they play, and where they are sent.

    `tenant` and `thing` are the path parameters that name whose things these are, and which one.
    """

    rules: Rules
    resource: Resource
    operations: dict[str, Operation]
    target: Target
    instance: str
    tenant: str
    thing: str

    def has(self, part: str) -> bool:
        return part in self.operations

    def probe(  # noqa: PLR0913 - what a request is made of
        self,
        part: str,
        *,
        thing: str = "",
        instance: str = "",
        content: bytes | None = None,
        credentials: Credentials = VALID,
        why: str = "",
    ) -> Probe:
        """Return the request that plays a part."""
        operation = self.operations[part]
        asked = {self.tenant: instance or self.instance, self.thing: thing}
        named = {name: asked.get(name) or self._given(name) for name in _names(operation)}
        path = filled(operation.path, {name: segment(value) for name, value in named.items()})
        query = [
            f"{segment(item.name)}={segment(self._given(item.name))}"
            for item in _beside(operation, "query")
        ]
        headers = [(item.name, self._given(item.name)) for item in _beside(operation, "header")]
        carried = () if content is None else (JSON_CONTENT,)
        # The way in which an operation wants the token, or what stands for it.
        how = next(iter(shown(operation, self.target)), AS_BEARER)
        return Probe(
            f"{operation.operation_id}{f', {why}' if why else ''}",
            f"{path}?{'&'.join(query)}" if query else path,
            instance or self.instance,
            method=operation.method,
            credentials={VALID: how.valid, JUNK_TOKEN: how.junk}.get(credentials, credentials),
            key=how.key,
            beside=how.beside,
            headers=(ACCEPT_JSON, IDENTITY, *carried, *headers),
            content=content,
            repeat=True,
            operation=operation,
            asked=named,
        )

    def _given(self, name: str) -> str:
        return _value(name, self.operations, self.target)


def requests(contract: Contract, target: Target, instance: str) -> Requests:
    """Find the operations; raise `UsageError` for what the contract does not have."""
    rules = rules_of(contract)
    resource = rules.resource
    if resource is None:
        raise UsageError(NO_RULES)
    found = {
        part: _operation(part, resource.operations[part], contract, target)
        for part in PARTS
        if part in resource.operations
    }
    if not rules.identity:
        raise UsageError("--writes: the rules do not say how: names.identity is not given")
    own = [name for part in found for name in _names(found[part])]
    shared = _names(found["list"])
    thing = next((name for name in own if name not in shared), "")
    tenant = rules.tenant if rules.tenant in shared else (shared or [""])[-1]
    for name in (name for each in found.values() for name in _needed(each)):
        if name not in {thing, tenant} and not _value(name, found, target):
            raise UsageError(f"--writes: no value for {name}: give --param {name}=VALUE")
    return Requests(rules, resource, found, target, instance, tenant, thing)


def _operation(part: str, name: str, contract: Contract, target: Target) -> Operation:
    if name not in contract.operations:
        told = f"the contract has no operation {name}, which the rules name"
        raise UsageError(f"--writes: resource: operations: {part}: {told}")
    found = contract.operations[name]
    if not shown(found, target):
        raise UsageError(f"--writes: {name}: {wanted(found, target)}")
    return found


def _needed(operation: Operation) -> list[str]:
    """List what a request needs a value for."""
    beside = [*_beside(operation, "query"), *_beside(operation, "header")]
    return [*_names(operation), *(item.name for item in beside)]


def _names(operation: Operation) -> list[str]:
    return PARAMETER.findall(operation.path)


def _beside(operation: Operation, location: str) -> list[Parameter]:
    """List the required parameters that are not in the path."""
    return [it for it in operation.parameters if it.required and it.location == location]


def _value(name: str, operations: dict[str, Operation], target: Target) -> str:
    """Return what was given for a parameter, else the document's example."""
    given = target.parameters.get(name, ())
    listed = (item for each in operations.values() for item in each.parameters)
    example = next((it.example for it in listed if it.name == name and it.example is not None), "")
    return given[0] if given else str(example)
