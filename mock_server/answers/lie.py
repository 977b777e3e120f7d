"""What a lie is: a named way to break the contract, and which answers it can be told of."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from random import Random
from typing import Final, Literal

from find_webhook_kit.mock_server.answers.bendable import Bendable, Way, item_of
from find_webhook_kit.mock_server.answers.endpoint import Endpoint
from find_webhook_kit.mock_server.answers.response import LIE, Reply
from find_webhook_kit.spec import Json

Group = Literal["data", "shape", "body", "status", "network"]

OF_A_LIST: Final = frozenset({"same-id-twice", "object-for-array", "null-item"})
"""Lies that only an array can tell."""


@dataclass(frozen=True, slots=True)
class Truth:
    """What would be answered, the items in it, and the chance that a lie may take.

    `succeeded` is true where it is what the endpoint documents as a success.
    """

    reply: Reply
    items: tuple[Json, ...]
    chance: Random
    endpoint: Endpoint
    succeeded: bool = True


Tell = Callable[[Truth, Way], Reply]
"""What an answer becomes, given the way to the member that a lie is about."""


@dataclass(frozen=True, slots=True)
class Lie:
    """A named way to break the contract, in an item, in the body of a success, or in any answer.

    `words` name the member that it is about as `{member}`, the object around it as `{holder}` and
    other names for it as `{other}` and `{cased}`; `target` says which one an operation has.
    """

    name: str
    words: str
    tell: Tell
    target: Bendable | None = None
    about: Literal["item", "body", "answer"] = "item"
    group: Group = "data"
    """Where a person looks for it."""

    @property
    def description(self) -> str:
        """What is wrong, whatever operation tells it."""
        noun = self.target.noun if self.target else ""
        return self.words.format(
            member=noun, holder="it", other="otherwise", cased="in another case"
        )

    def told_by(self, endpoint: Endpoint) -> str:
        """Say what is wrong in the words of an operation that can tell it."""
        way = self.target.of(endpoint) if self.target else None
        if way is None:
            return self.description
        holder = ".".join(way[:-1]) or "the first item"
        name = way[-1]
        return self.words.format(
            member=name, holder=holder, other=other_name(name, endpoint), cased=cased(name)
        )

    @property
    def needs(self) -> str:
        """What an operation must show, so that it can tell the lie."""
        if self.about == "body":
            return "a list" if self.name in OF_A_LIST else "a body"
        noun = self.target.noun if self.target else "a member"
        return (
            f"a list of objects with {noun}" if self.name in OF_A_LIST else f"an object with {noun}"
        )

    def suits(self, endpoint: Endpoint) -> bool:
        """Say whether an endpoint can tell the lie: some change a list, and some a body."""
        if self.about == "answer":
            return True
        if endpoint.schema is None or (self.about == "item" and not item_of(endpoint).properties):
            return False
        if self.target is not None and self.target.of(endpoint) is None:
            return False
        return endpoint.lists or self.name not in OF_A_LIST

    def fits(self, truth: Truth) -> bool:
        """Say whether an answer has what the lie is about."""
        if self.about == "answer":
            return True
        has_it = self.about == "body" or (
            bool(truth.items) and all(isinstance(item, dict) for item in truth.items)
        )
        return truth.succeeded and has_it and self.suits(truth.endpoint)


def told(lie: Lie, truth: Truth) -> Reply:
    """Tell a lie in place of the truth, and mark it as one."""
    way = lie.target.of(truth.endpoint) if lie.target else None
    reply = lie.tell(truth, way or ())
    return replace(reply.with_headers({LIE: lie.name}), cacheable=False)


def cased(name: str) -> str:
    """Return a name with its last character in the other case."""
    return name[:-1] + name[-1:].swapcase()


def other_name(name: str, endpoint: Endpoint) -> str:
    """Return another name of a member: a spelling that somebody uses, or a made-up one."""
    spelled = endpoint.rules.spellings.get(name, ())
    return spelled[0] if spelled else f"new{name[:1].upper()}{name[1:]}"
