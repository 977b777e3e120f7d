"""Who relies on a part of a document: readers break on more, senders break on less."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import Final

from find_webhook_kit.contracts.diff.change import ABSENT, Change, Effect
from find_webhook_kit.contracts.diff.part import Part
from find_webhook_kit.contracts.finding import Kind, Severity

ERROR, WARNING, NOTE = Severity.ERROR, Severity.WARNING, Severity.NOTE
REQUIRED, OPTIONAL = "required", "optional"


@dataclass(frozen=True, slots=True)
class Audience:
    """Those who read values, or those who send them.

    `hidden` is the keyword of members that are never part of these values; `xml` says that they
    are written as XML, where the keyword `xml` counts.
    """

    reads: bool
    hidden: str
    xml: bool = False

    def severity(self, effect: Effect) -> Severity:
        """Say how much an effect weighs for them."""
        harmless = {Effect.NONE, Effect.NARROWER if self.reads else Effect.WIDER}
        return NOTE if effect in harmless else ERROR

    def change(  # noqa: PLR0913 - the fields of a change
        self,
        effect: Effect,
        aspect: str,
        *,
        was: str = ABSENT,
        now: str = ABSENT,
        old: Part | None = None,
        new: Part | None = None,
        severity: Severity | None = None,
        kind: Kind | None = None,
    ) -> Change:
        """Weigh one change."""
        weight = self.severity(effect) if severity is None else severity
        kind = kind or (Kind.BREAKING if weight is ERROR else Kind.ADDITIVE)
        return Change(weight, effect, aspect, was, now, old, new, kind=kind)

    def presence(self, was: str, now: str) -> Severity:
        """Weigh that a member, a header or a parameter comes, goes, or becomes required or not."""
        return PRESENCE[self.reads][was, now]


# What it means that a named part comes, goes, or has to be there: for who reads, for who sends.
PRESENCE: Final = {
    True: {
        (REQUIRED, ABSENT): ERROR,
        (OPTIONAL, ABSENT): WARNING,
        (REQUIRED, OPTIONAL): ERROR,
        (OPTIONAL, REQUIRED): NOTE,
        (ABSENT, REQUIRED): NOTE,
        (ABSENT, OPTIONAL): NOTE,
    },
    False: {
        (REQUIRED, ABSENT): WARNING,
        (OPTIONAL, ABSENT): WARNING,
        (REQUIRED, OPTIONAL): NOTE,
        (OPTIONAL, REQUIRED): ERROR,
        (ABSENT, REQUIRED): ERROR,
        (ABSENT, OPTIONAL): NOTE,
    },
}

# Of a request it is `readOnly` members that are no part, of an answer `writeOnly` ones, whoever
# sends it: a server that calls back sends requests.
REQUESTS: Final = {reads: Audience(reads, "readOnly") for reads in (False, True)}
ANSWERS: Final = {reads: Audience(reads, "writeOnly") for reads in (False, True)}


def as_note(change: Change) -> Change:
    """Return a change that nobody can meet."""
    return replace(change, severity=NOTE, effect=Effect.NONE, kind=Kind.ADDITIVE)
