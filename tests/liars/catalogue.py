"""The catalogue: every liar by the family of its lie, and every honest server."""

from collections.abc import Mapping
from types import MappingProxyType

from liars import (
    answers,
    bodies,
    credentials,
    crowds,
    doors,
    frames,
    ids,
    oddities,
    ordinary,
    texts,
    times,
    tokens,
    wires,
)
from liars.row import Row

FAMILIES: Mapping[str, tuple[Row, ...]] = MappingProxyType(
    {
        "required members": bodies.MISSING,
        "types and nulls": bodies.TYPES,
        "date-times": bodies.DATES,
        "structure": bodies.SHAPES,
        "renamed members": (*bodies.RENAMED, *ordinary.RENAMED),
        "undeclared members": (*bodies.ADDED, *bodies.VERSION_221, ordinary.BESIDE),
        "JSON as bytes": (*texts.GRAMMAR, *wires.JSON),
        "media type and charset": (*texts.LABELS, *wires.MEDIA_TYPES),
        "statuses": answers.STATUSES,
        "representations": answers.REPRESENTATIONS,
        "methods": answers.METHODS,
        "credentials": credentials.ROWS,
        "the door beside the door": doors.LIARS,
        "tokens that nobody issued": tokens.LIARS,
        "another tenant": tokens.TENANTS,
        "ordinary requests": ordinary.LIARS,
        "instance ids": ids.ROWS,
        "error bodies": answers.REFUSALS,
        "meaning": bodies.TRUTHS,
        "behaviour over time": times.ROWS,
        "HTTP framing": (*wires.FRAMES, *frames.ROWS),
        "connections": (*wires.CONNECTIONS, *crowds.SESSIONS),
        "several at once": crowds.CROWDS,
        "inputs that only a generator makes": answers.GENERATED,
    }
)
CROWDED = frozenset(row.name for row in crowds.CROWDS)
"""Liars that lie where several requests arrive at once: few connections do not show them."""

LIARS = tuple(row for rows in FAMILIES.values() for row in rows)
HONEST = (*oddities.ROWS, *doors.HONEST, *tokens.HONEST, *ordinary.HONEST)
