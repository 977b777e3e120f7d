"""The clause that reading changes nothing: each instance is read many times and compared."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from enum import Enum
from functools import reduce
from itertools import pairwise
from math import inf
from typing import Final

from find_webhook_kit.contracts.clauses.clause import CheckResult, comparable, result, shown
from find_webhook_kit.contracts.clauses.transcript import SuccessBody, Transcript
from find_webhook_kit.contracts.finding import Finding, Kind, Severity
from find_webhook_kit.contracts.wire.probe import Validity
from find_webhook_kit.spec import Json, pointer
from find_webhook_kit.spec.date_time import moment
from find_webhook_kit.spec.meaning import Rule, Rules

Item = dict[str, Json]

EDITS: Final = 2
"""Edits in one run that are somebody's doing, however few the reads."""

READS_PER_EDIT: Final = 4
"""Reads for each edit beyond which more of them are somebody's doing too."""


class Explanation(Enum):
    """What may be behind two reads that differ: somebody's edit, a loss, or nothing known."""

    EDIT = "an edit"
    LOSS = "a loss"
    UNEXPLAINED = "unexplained"


@dataclass(frozen=True, slots=True)
class Discrepancy:
    """Two reads that differ: what may explain it, and the first place of it."""

    before: SuccessBody
    after: SuccessBody
    explanation: Explanation
    place: str
    words: str


@dataclass(frozen=True, slots=True)
class _Remark:
    severity: Severity
    message: str

    def words(self, rules: Rules) -> str:
        """Say it in the words of the rules."""
        named = {"a {item}": rules.an_item, "{items}": rules.items, "{updated}": rules.updated}
        return reduce(lambda text, name: text.replace(name, named[name]), named, self.message)


EDITED: Final = _Remark(Severity.NOTE, "the {items} were edited during the run")

# One difference in a run may be somebody's doing; only what no edit explains is the server's.
ONCE: Final[Mapping[Explanation, _Remark]] = {
    Explanation.EDIT: EDITED,
    Explanation.LOSS: _Remark(Severity.WARNING, "{items} were gone at a later read"),
    Explanation.UNEXPLAINED: _Remark(
        Severity.ERROR, "a {item} changed between two reads, and its {updated} did not move on"
    ),
}


def stable(rule: Rule, transcript: Transcript) -> CheckResult:
    """Compare all reads of each instance, one with the next."""
    again = _Remark(Severity(rule.severity), rule.breach)
    reads = _reads(transcript)
    return result(
        sum(len(bodies) - 1 for bodies in reads),
        (finding for bodies in reads for finding in _changes(transcript, bodies, again)),
    )


def _reads(transcript: Transcript) -> list[list[SuccessBody]]:
    """List the reads of each path in order; what breaks the schema is told there.

    Another spelling of an id is another request, and has a clause of its own; so is another value
    of a parameter beside the path, where the document has any.
    """
    asked = any(item.location != "path" for item in transcript.operation.parameters)
    reads: defaultdict[object, list[SuccessBody]] = defaultdict(list)
    for body in transcript.bodies:
        probe = body.exchange.probe
        if probe.credentials.validity is Validity.VALID and not body.violations:
            key = (probe.path, probe.headers) if asked else probe.path.partition("?")[0]
            reads[key].append(body)
    return [_in_order(bodies) for bodies in reads.values()]


def _in_order(bodies: Sequence[SuccessBody]) -> list[SuccessBody]:
    """Put reads into the order of their answers.

    Reads that overlap may have been answered in either order. Where one order has each content
    appear once and for all, it is taken: an edit during the run is not told as back and forth.
    """
    reads = sorted(bodies, key=lambda body: body.exchange.started)
    content = {id(read): tuple(_unordered(read)) for read in reads}
    spans: dict[tuple[str, ...], tuple[float, float]] = {}
    for read in reads:
        last_start, first_end = spans.get(content[id(read)], (0.0, inf))
        spans[content[id(read)]] = (
            max(last_start, read.exchange.started),
            min(first_end, read.exchange.ended),
        )
    contents = list(spans)
    if any(spans[one][0] > spans[other][1] for one, other in pairwise(contents)):
        return reads
    return sorted(reads, key=lambda read: contents.index(content[id(read)]))


def _changes(
    transcript: Transcript, reads: Sequence[SuccessBody], again: _Remark
) -> Iterator[Finding]:
    differences = [
        _difference(before, after, transcript)
        for before, after in pairwise(reads)
        if _unordered(before) != _unordered(after)
    ]
    if differences:
        last = differences[-1]
        remark = _remark(differences, len(reads), again)
        finding = transcript.finding(
            last.after.exchange,
            (remark.severity, Kind.MEANING),
            remark.words(transcript.subject.rules),
            expected="the same answer",
            got=f"{last.words} (request {last.before.exchange.number}, then "
            f"{last.after.exchange.number}); {len(differences)} changes in {len(reads)} reads",
            at=last.place,
        )
        yield replace(finding, request=0)  # which of the reads was wrong, nobody knows


def _remark(differences: Sequence[Discrepancy], reads: int, again: _Remark) -> _Remark:
    """Say what some differences amount to, among so many reads."""
    few = len(differences) <= max(EDITS, reads // READS_PER_EDIT)
    if few and all(item.explanation is Explanation.EDIT for item in differences):
        return EDITED
    return ONCE[differences[0].explanation] if len(differences) == 1 else again


def _difference(before: SuccessBody, after: SuccessBody, transcript: Transcript) -> Discrepancy:
    """Say what may have happened between two answers, and show the first place of it."""
    names = transcript.subject.rules
    identity, updated = names.identity, names.updated
    old, new = _by_identity(before, identity), _by_identity(after, identity)
    if old is None or new is None:
        words = f"{shown(before.value)}, then {shown(after.value)}"
        return Discrepancy(before, after, Explanation.UNEXPLAINED, "", words)
    kept = [key for key in old if key in new and comparable(old[key]) != comparable(new[key])]
    moved = all(_moved(new[key], updated) > _moved(old[key], updated) for key in kept)
    gone, come = sorted(old.keys() - new), sorted(new.keys() - old)
    if kept:
        place, words = _member(old[kept[0]], new[kept[0]], updated)
        inside = "[]" if transcript.lists else ""
        index = f"/{list(new).index(kept[0])}" if transcript.lists else ""
        where = f"{index}{pointer(place)}"
        words = f"{'.'.join(filter(None, (inside, *place)))} {words}"
    else:
        where = ""
        words = f"{identity} {gone[0]!r} is gone" if gone else f"{identity} {come[0]!r} is new"
    explanation = (
        Explanation.UNEXPLAINED if not moved else Explanation.LOSS if gone else Explanation.EDIT
    )
    return Discrepancy(before, after, explanation, where, words)


def _member(old: Item, new: Item, updated: str) -> tuple[tuple[str, ...], str]:
    """Return the path of the most telling member that differs, and its two values."""
    texts = [{name: comparable(value) for name, value in item.items()} for item in (old, new)]
    differing = [name for name in {**old, **new} if texts[0].get(name) != texts[1].get(name)]
    name = min(differing, key=lambda name: name == updated)
    one, other = old.get(name), new.get(name)
    if isinstance(one, dict) and isinstance(other, dict):
        inside, words = _member(one, other, updated)
        return (name, *inside), words
    values = (shown(item[name]) if name in item else "absent" for item in (old, new))
    return (name,), ", then ".join(values)


def _unordered(body: SuccessBody) -> list[str]:
    """Return a body for comparison; the order of items is no promise."""
    return sorted(map(comparable, body.things))


def _by_identity(body: SuccessBody, identity: str) -> dict[str, Item] | None:
    """Return the items by their ids, or None where they have none to tell them apart."""
    found = {str(item.get(identity)): item for item in body.things if isinstance(item, dict)}
    return found if len(found) == len(body.things) else None


def _moved(item: Item, updated: str) -> list[float]:
    """Return when an item and what it holds were last updated, the later one first."""
    holders = [item, *(value for value in item.values() if isinstance(value, dict))]
    moments = (moment(holder.get(updated)) for holder in holders)
    return sorted((found.timestamp() for found in moments if found), reverse=True)
