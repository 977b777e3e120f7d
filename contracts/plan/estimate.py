"""How long a plan takes, from the first answers: over a distance, and at a pace."""

from __future__ import annotations

from collections.abc import Sequence
from statistics import median

from find_webhook_kit.contracts.config.options import Options
from find_webhook_kit.contracts.wire.exchange import Exchange


def needed_seconds(seen: Sequence[Exchange], planned: int, options: Options) -> float:
    """Estimate the seconds that so many requests take: the slower of distance and rate counts.

    Repeated reads wait for each other, whatever the number of connections.
    """
    answers = [exchange.answer.seconds for exchange in seen if exchange.answer is not None]
    distance = median(answers) if answers else 0.0
    apart = planned / options.connections
    over_distance = distance * max(apart, options.repetitions)
    at_rate = planned / options.rate if options.rate else 0.0
    return max(over_distance, at_rate)
