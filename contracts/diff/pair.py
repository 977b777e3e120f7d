"""Two alternatives of one type side by side: what the keywords of both say of the same values."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from find_webhook_kit.contracts.diff.alternatives import Parts
from find_webhook_kit.contracts.diff.audience import Audience
from find_webhook_kit.contracts.diff.change import ABSENT, Change, Effect
from find_webhook_kit.contracts.diff.shape import Atom
from find_webhook_kit.contracts.wording import cut
from find_webhook_kit.spec import Json

Compare = Callable[[Parts, Parts, Audience], Sequence[Change]]
MOST_SHOWN = 60


@dataclass(frozen=True, slots=True)
class Pair:
    """What was said and what is said, for whom; `compare` goes on with the schemas below."""

    old: Atom
    new: Atom
    audience: Audience
    compare: Compare

    def change(self, effect: Effect, keyword: str, was: object, now: object, **how: Any) -> Change:
        """Weigh that a keyword says something else now."""
        return self.audience.change(
            effect,
            how.pop("aspect", keyword),
            was=shown(was),
            now=shown(now),
            old=self.old.alternative.at(keyword),
            new=self.new.alternative.at(keyword),
            **how,
        )

    def at_least(self, keyword: str) -> list[Change]:
        """Compare a lower bound of a length."""
        was, now = self.old.at_least(keyword), self.new.at_least(keyword)
        if was == now:
            return []
        effect = Effect.NARROWER if now > was else Effect.WIDER
        return [self.change(effect, keyword, was or None, now or None)]

    def at_most(self, keyword: str) -> list[Change]:
        """Compare an upper bound of a length."""
        was, now = self.old.at_most(keyword), self.new.at_most(keyword)
        if was == now:
            return []
        narrower = was is None or (now is not None and now < was)
        return [self.change(Effect.NARROWER if narrower else Effect.WIDER, keyword, was, now)]

    def sets(self, keyword: str, was: frozenset[Any], now: frozenset[Any]) -> list[Change]:
        """Compare demands that all hold: one more allows less, one less allows more."""
        if was == now:
            return []
        effect = Effect.NARROWER if was < now else Effect.WIDER if now < was else Effect.OTHER
        return [self.change(effect, keyword, listing(was), listing(now))]


def shown(value: object) -> str:
    """Write a value in a few words."""
    if value is None:
        return ABSENT
    return cut(str(value), MOST_SHOWN)


def quoted(values: Iterable[Json]) -> str:
    """List values as JSON would write them, nearly."""
    return ", ".join(repr(value) for value in values)


def listing(values: frozenset[Any]) -> str | None:
    """List values that hold together."""
    return " and ".join(sorted(str(item) for item in values)) or None
