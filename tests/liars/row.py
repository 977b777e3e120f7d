"""One row of the catalogue: a server, and what a judge must say of it."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field, replace

from liars.honest import KNOWN_IDS, TOKEN
from liars.server import Manner, Speaker


@dataclass(frozen=True, slots=True)
class Row:
    """A server and its verdict: `reports` gives each clause that speaks up the severity it has.

    A lie is an error or a warning, and notes beside it do not matter. An honest server has
    nothing in `reports`, or notes. `kind` stands where the kind of the finding matters too; the
    rest says how to judge it.
    """

    name: str
    speaker: Speaker
    reports: Mapping[str, str]
    kind: str | None = None
    instance_ids: tuple[str, ...] = KNOWN_IDS
    unsafe_methods: bool = True
    timeout: float = 5.0
    max_response_time: float | None = None
    max_examples: int = 0
    depth: int = 2
    token: str = TOKEN
    other: tuple[str, str] | None = None  # the token of another tenant, and an id of theirs
    webhooks: Mapping[str, int] = field(default_factory=dict)
    by_chance: frozenset[str] = frozenset()  # one of these speaks up, whichever was lucky
    manner: Manner | None = None


def error(name: str, speaker: Speaker, *clauses: str) -> Row:
    """Make a row for a broken promise."""
    return Row(name, speaker, dict.fromkeys(clauses, "error"))


def warning(name: str, speaker: Speaker, *clauses: str) -> Row:
    """Make a row for what breaks no promise and still needs a look."""
    return Row(name, speaker, dict.fromkeys(clauses, "warning"))


def odd(name: str, speaker: Speaker, *notes: str) -> Row:
    """Make a row for a server that keeps the contract in its own way."""
    return Row(name, speaker, dict.fromkeys(notes, "note"))


def deep(*rows: Row) -> tuple[Row, ...]:
    """Say that only a thorough run asks what shows these."""
    return tuple(replace(row, depth=3) for row in rows)


def of_kind(kind: str, *rows: Row) -> tuple[Row, ...]:
    """Say what kind of finding these rows are reported with."""
    return tuple(replace(row, kind=kind) for row in rows)
