"""One change between two documents: what it does to the values allowed, and where it stands."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from enum import Enum

from find_webhook_kit.contracts.diff.part import Part
from find_webhook_kit.contracts.finding import Kind, Severity
from find_webhook_kit.contracts.wording import numbered

ABSENT = "absent"


class Effect(Enum):
    """What a change does to the set of values (or requests, or answers) that are allowed."""

    WIDER = "allows more"
    NARROWER = "allows less"
    OTHER = "allows others"
    NONE = "allows the same"

    @property
    def reverse(self) -> Effect:
        """Return the effect of the change the other way round."""
        return {Effect.WIDER: Effect.NARROWER, Effect.NARROWER: Effect.WIDER}.get(self, self)


@dataclass(frozen=True, slots=True)
class Change:
    """What changed (`aspect`), from what to what, at a place of each document that has one.

    `where` leads there in words: the operation, the status, the media type, then the members.
    `operations` names each operation that the same change was met in.
    """

    severity: Severity
    effect: Effect
    aspect: str
    was: str
    now: str
    old: Part | None
    new: Part | None
    where: tuple[str, ...] = ()
    kind: Kind = Kind.ADDITIVE
    operations: tuple[str, ...] = ()

    def below(self, *steps: str) -> Change:
        """Return the same change, with the steps that lead to it put before its place."""
        return replace(self, where=(*steps, *self.where))

    @property
    def place(self) -> Part | None:
        """Where to look: in the new document, or in the old one for what is gone."""
        return self.new or self.old

    @property
    def message(self) -> str:
        """Say in one line where and what."""
        place = "".join(step if step[0] in ".[" else f", {step}" for step in self.where if step)
        often = len(self.operations) - 1
        others = f" (and in {numbered(often, 'more operation')})" if often > 0 else ""
        return f"{place.removeprefix(', ')}: {self.aspect}{others}" if place else self.aspect

    @property
    def rule(self) -> str:
        """Name what kind of change it is, in a word that a pipeline may hold on to."""
        return re.sub(r"[^A-Za-z$-]+", "-", self.aspect.partition(":")[0].partition(" '")[0])
