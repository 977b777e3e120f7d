"""Compares what was sent and what is read: JSON values, with times as the moments that they are."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Final

from find_webhook_kit.spec import Json
from find_webhook_kit.spec.date_time import moment
from find_webhook_kit.spec.document import pointer

FRACTION: Final = re.compile(r":\d\d\.(\d+)")


class Absent:
    """Stands for a member that is not there."""

    def __repr__(self) -> str:
        return "(absent)"


ABSENT: Final = Absent()


@dataclass(frozen=True, slots=True)
class Difference:
    """Two values that should be the same, and the place of both, as the names on the way there."""

    path: tuple[str, ...]
    expected: Json | Absent
    got: Json | Absent

    @property
    def pointer(self) -> str:
        return pointer(list(self.path))

    @property
    def name(self) -> str:
        """What the member is called, whatever it is in."""
        return self.path[-1] if self.path else ""


def differences(
    expected: Json, got: Json, path: tuple[str, ...] = (), *, shared: bool = False
) -> Iterator[Difference]:
    """List where a value is not as expected; members that it has more of are none of them.

    `shared` leaves out members that it has less of, too.
    """
    if isinstance(expected, dict) and isinstance(got, dict):
        for name, value in expected.items():
            if name in got:
                yield from differences(value, got[name], (*path, name), shared=shared)
            elif not shared:
                yield Difference((*path, name), value, ABSENT)
    elif isinstance(expected, list) and isinstance(got, list) and len(expected) == len(got):
        for index, (one, other) in enumerate(zip(expected, got, strict=True)):
            yield from differences(one, other, (*path, str(index)), shared=shared)
    elif not same(expected, got):
        yield Difference(path, expected, got)


def same(one: Json, other: Json) -> bool:
    """Tell whether two values mean the same; `true` is not 1, and a moment has many spellings."""
    if isinstance(one, str) and isinstance(other, str):
        return one == other or _at_once(one, other)
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    return one == other


def _at_once(one: str, other: str) -> bool:
    """Tell whether two texts name one moment, as precisely as the less precise of them says."""
    first, second = moment(one), moment(other)
    if first is None or second is None:
        return False
    apart = abs((first - second).total_seconds())
    return bool(apart < 10.0 ** -min(_digits(one), _digits(other)))


def _digits(text: str) -> int:
    found = FRACTION.search(text)
    return len(found[1]) if found else 0


def holds(value: Json, word: str) -> bool:
    """Tell whether any text in a value holds a word."""
    if isinstance(value, str):
        return word in value
    if isinstance(value, Mapping):
        return any(holds(each, word) for each in value.values())
    return isinstance(value, list) and any(holds(each, word) for each in value)


def filled(template: Json, unique: str) -> Json:
    """Put a word that nobody else has into the texts of a template."""
    if isinstance(template, str):
        return template.replace("{unique}", unique)
    if isinstance(template, dict):
        return {name: filled(value, unique) for name, value in template.items()}
    return [filled(value, unique) for value in template] if isinstance(template, list) else template
