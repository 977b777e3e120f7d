"""The clause that reading changes nothing: each instance is read many times and compared."""

from __future__ import annotations

import json
from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from itertools import pairwise
from math import inf

from contracts.clauses.clause import Body, Record, Ruling, ruling
from contracts.exchange import Trust
from contracts.finding import Finding, Kind, Severity
from spec import Json
from spec.date_time import moment
from spec.meaning import IDENTITY, Rule

Item = dict[str, Json]


class Change(Enum):
    """What a difference between two reads may be: nothing, somebody's edit, or a loss."""

    NONE = "the same"
    EDIT = "an edit"
    LOSS = "a loss"
    WHIM = "a whim"


@dataclass(frozen=True, slots=True)
class _Severity:
    severity: Severity
    message: str


# One difference in a run may be somebody's doing; only what no edit explains is the server's.
ONCE: Mapping[Change, _Severity] = {
    Change.EDIT: _Severity(Severity.NOTE, "the webhooks were edited once during the run"),
    Change.LOSS: _Severity(Severity.WARNING, "webhooks were gone at a later read"),
    Change.WHIM: _Severity(
        Severity.ERROR, "a webhook changed between two reads, and its updatedAt did not move on"
    ),
}


def stable(rule: Rule) -> Callable[[Record], Ruling]:
    """Compare all reads of each instance, one with the next."""
    again = _Severity(Severity(rule.severity), rule.breach)

    def check(record: Record) -> Ruling:
        reads = _reads(record)
        return ruling(
            sum(len(bodies) - 1 for bodies in reads),
            (finding for bodies in reads for finding in _changes(record, bodies, again)),
        )

    return check


def _reads(record: Record) -> list[list[Body]]:
    """List the reads of each instance in order; what breaks the schema is told there."""
    reads: defaultdict[str, list[Body]] = defaultdict(list)
    for body in record.bodies:
        probe = body.exchange.probe
        if probe.credentials.trust is Trust.VALID and not body.violations:
            reads[probe.instance_id].append(body)
    return [_in_order(bodies) for bodies in reads.values()]


def _in_order(bodies: Sequence[Body]) -> list[Body]:
    """Put reads into the order of their answers.

    Reads that overlap may have been answered in either order. Where one order has each content
    appear once and for all, it is taken: an edit during the run is not told as back and forth.
    """
    reads = sorted(bodies, key=lambda body: body.exchange.started)
    spans: dict[tuple[str, ...], tuple[float, float]] = {}
    for read in reads:
        content = tuple(_unordered(read.value))
        last_start, first_end = spans.get(content, (0.0, inf))
        spans[content] = (
            max(last_start, read.exchange.started),
            min(first_end, read.exchange.ended),
        )
    contents = list(spans)
    apart = all(spans[one][0] <= spans[other][1] for one, other in pairwise(contents))
    if not apart:
        return reads
    return sorted(reads, key=lambda body: contents.index(tuple(_unordered(body.value))))


def _changes(record: Record, reads: Sequence[Body], again: _Severity) -> Iterator[Finding]:
    changes = [
        (after, change)
        for before, after in pairwise(reads)
        if (change := _change(before.value, after.value)) is not Change.NONE
    ]
    if changes:
        body, change = changes[-1]
        verdict = ONCE[change] if len(changes) == 1 else again
        finding = record.finding(
            body.exchange,
            verdict.severity,
            Kind.MEANING,
            verdict.message,
            expected="the same answer",
            got=f"{len(changes)} changes in {len(reads)} reads",
        )
        yield replace(finding, request=0)  # which of the reads was wrong, nobody knows


def _change(before: Json, after: Json) -> Change:
    """Say what may have happened between two answers; the order of webhooks is no promise."""
    if _unordered(before) == _unordered(after):
        return Change.NONE
    old, new = _by_identity(before), _by_identity(after)
    if old is None or new is None:
        return Change.WHIM
    if any(
        old[key] != new[key] and _moved(new[key]) <= _moved(old[key]) for key in old.keys() & new
    ):
        return Change.WHIM
    return Change.LOSS if old.keys() - new else Change.EDIT


def _unordered(value: Json) -> list[str]:
    items = value if isinstance(value, list) else [value]
    return sorted(json.dumps(item, sort_keys=True) for item in items)


def _by_identity(value: Json) -> dict[str, Item] | None:
    """Return the webhooks by their ids, or None where they have none to tell them apart."""
    items = value if isinstance(value, list) else [None]
    found = {str(item.get(IDENTITY)): item for item in items if isinstance(item, dict)}
    return found if len(found) == len(items) else None


def _moved(item: Item) -> list[float]:
    """Return when a webhook and its events were last updated, the later one first."""
    events = item.get("WebhookEvents")
    holders = [item, events] if isinstance(events, dict) else [item]
    moments = (moment(holder.get("updatedAt")) for holder in holders)
    return sorted((found.timestamp() for found in moments if found), reverse=True)
