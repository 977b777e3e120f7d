"""What a server alone may say: which thing it is, and when it was made, whatever a body holds."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from functools import partial
from typing import Final

from find_webhook_kit.contracts.writes.bodies import accepted, properties, written
from find_webhook_kit.contracts.writes.stage import Mismatch, Observation, Stage, succeeded
from find_webhook_kit.contracts.writes.values import holds, same
from find_webhook_kit.spec import Json

LONG_AGO: Final = "2001-02-03T04:05:06.789Z"


def assign(stage: Stage, part: str, thing: str = "") -> None:
    """Send what is not the caller's to say: it is refused, or ignored.

    Whose it is, is not sent: a server that believes it would write to somebody else.
    """
    operation, name = stage.requests.operations[part], f"{part}.assigned"
    unique = stage.unique()
    taken = properties(operation)
    claimed = {stage.rules.identity: f"claimed-{unique}", stage.rules.created: LONG_AGO}
    claims: dict[str, Json] = {
        key: value for key, value in claimed.items() if key and key not in taken
    }
    if not stage.ledger.has(name) or not claims:
        return
    body = {**accepted(operation, stage.made(unique)), **claims}
    how = {"thing": thing, "why": "what is not the caller's to say"}
    exchange = stage.create(written(body), unique, part, **how)
    stage.ledger.kept(name)
    done = succeeded(exchange.answer)
    listed = partial(_is_listed, f"{part}.listed", unique)
    seen = stage.observe((), (listed,) if done else ())
    for item in seen.things.values():
        if done and holds(item, unique):
            for key, value in _believed(item, claims).items():
                at = f"/{key}"
                stage.ledger.broken(name, exchange, expected="another value", got=value, at=at)


def _is_listed(clause: str, unique: str, seen: Observation) -> Iterator[Mismatch]:
    if not any(holds(item, unique) for item in seen.things.values()):
        yield seen.lacks(clause, unique)


def _believed(item: Mapping[str, Json], claims: Mapping[str, Json]) -> dict[str, Json]:
    return {
        key: item[key] for key, value in claims.items() if key in item and same(value, item[key])
    }
