"""Reads what a client prefers: `Prefer` (RFC 7240) in the words of Prism, and a few more.

A preference of ours that cannot be honoured is refused, never ignored; one that is not ours is
ignored, as the RFC demands.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import dataclass, fields
from typing import Any, Final, Literal
from urllib.parse import parse_qsl

from find_webhook_kit.mock_server.answers.endpoint import Endpoint, is_final
from find_webhook_kit.mock_server.answers.errors import (
    ConflictingPreferences,
    UnknownChoice,
    UntellableLie,
    UnusablePreference,
)
from find_webhook_kit.mock_server.answers.lies import ALL_LIES, lies_with
from find_webhook_kit.mock_server.answers.write_lies import WRITE_LIES

MAX_SIZE: Final = 500
MAX_DELAY: Final = 60_000
MAX_SEED: Final = 2**63 - 1


@dataclass(frozen=True, slots=True)
class Preferences:
    """The preferences that a request names; None is one that it does not name."""

    code: int | None = None
    example: str | None = None
    dynamic: bool | Literal["plain"] | None = None
    seed: int | None = None
    size: int | None = None
    delay: int | None = None
    lie: str | None = None

    @property
    def applied(self) -> str:
        """Write the named ones as `Preference-Applied` does."""
        values = ((field.name, getattr(self, field.name)) for field in fields(self))
        return ", ".join(f"{name}={written(value)}" for name, value in values if value is not None)


NO_PREFERENCES: Final = Preferences()


TOKEN: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")


def written(value: object) -> str:
    """Write a value as it may stand in a header: a text that is no token in quotes."""
    text = str(value).lower() if isinstance(value, bool) else str(value)
    if TOKEN.fullmatch(text):
        return text
    quoted = re.sub(r'(["\\])', r"\\\1", text)
    return '"' + quoted.encode("ascii", "backslashreplace").decode() + '"'


def preferences(prefer: Sequence[str], query: str) -> Preferences:
    """Read the Prefer headers, and Prism's `__name=value` twins in the query, which count less."""
    asked: dict[str, Any] = {}
    for name, value in (*named(",".join(prefer)), *_twins(query)):
        if name in _READERS and name not in asked:  # the first one counts (RFC 7240, section 2)
            asked[name] = read(name, value)
    return Preferences(**asked) if asked else NO_PREFERENCES


def read(name: str, value: str) -> Any:
    """Read the value of a preference of ours; raise `UnusablePreference` if it is none."""
    return _READERS[name](name, value)


def check(asked: Preferences, endpoint: Endpoint, lies: Sequence[str]) -> None:
    """Raise the refusal of preferences that an operation cannot honour, or not together."""
    _check_choices(asked, endpoint, lies)
    _check_together(asked, endpoint)


# A comma or semicolon inside quotes separates nothing. No quantifier can give back what it took,
# so that no header takes long to read.
_PIECE: Final = re.compile(r'(?:"(?:[^"\\]|\\.)*+(?:"|\\?\Z)|[^,;"])++')


def named(text: str) -> Iterator[tuple[str, str]]:
    """List the preferences of a header; their parameters count as preferences, as in Prism."""
    for piece in _PIECE.findall(text):
        name, _, value = (part.strip() for part in piece.partition("="))
        if len(value) > 1 and value[0] == value[-1] == '"':
            value = re.sub(r"\\(.)", r"\1", value[1:-1])
        yield name.lower(), value


def _twins(query: str) -> Iterator[tuple[str, str]]:
    for name, value in parse_qsl(query, keep_blank_values=True):
        if name.startswith("__"):
            yield name.removeprefix("__"), value


def _code(name: str, value: str) -> int:
    if re.fullmatch(r"[1-5][0-9]{2}", value) is None:
        raise UnusablePreference(name, value, "a status from 100 to 599")
    return int(value)


def _text(_: str, value: str) -> str:
    return value


PLAIN: Final = "plain"
"""The value of `dynamic` for data that looks real."""


def _dynamic(name: str, value: str) -> bool | str:
    choices: Mapping[str, bool | str] = {"": True, "true": True, "false": False, PLAIN: PLAIN}
    if value not in choices:
        raise UnusablePreference(name, value, "true, false or plain")
    return choices[value]


def _number(most: int) -> Callable[[str, str], int]:
    def read(name: str, value: str) -> int:
        if re.fullmatch(r"[0-9]{1,19}", value) is None or int(value) > most:
            raise UnusablePreference(name, value, f"a whole number from 0 to {most}")
        return int(value)

    return read


_READERS: Final[Mapping[str, Callable[[str, str], Any]]] = {
    "code": _code,
    "example": _text,
    "dynamic": _dynamic,
    "seed": _number(MAX_SEED),
    "size": _number(MAX_SIZE),
    "delay": _number(MAX_DELAY),
    "lie": _text,
}

NAMES: Final = tuple(_READERS)
"""The preferences that are ours."""


def _check_choices(asked: Preferences, endpoint: Endpoint, lies: Sequence[str]) -> None:
    """Refuse a name that does not exist, and list those that do."""
    examples = [example.name for _, example in endpoint.examples_of(asked.code)]
    choices: Mapping[str, Sequence[object]] = {
        "code": _codes(endpoint, asked.code),
        "example": examples,
        "lie": lies,
    }
    for name, existing in choices.items():
        value = getattr(asked, name)
        if name == "lie" and value in ALL_LIES and value not in existing:
            raise UntellableLie(value, ALL_LIES[value].needs)
        if value is not None and value not in existing:
            hint = _lie_that_does(asked.code, endpoint) if name == "code" else ""
            raise UnknownChoice(name, str(value), tuple(map(str, existing)), hint)


def _lie_that_does(status: int | None, endpoint: Endpoint) -> str:
    """Say which lies answer with a status that the contract does not have."""
    found = [f"lie={name}" for name in lies_with(status, endpoint)]
    return f" The contract does not have it, {' and '.join(found)} does it." if found else ""


def _codes(endpoint: Endpoint, asked: int | None) -> tuple[object, ...]:
    """List the statuses that can be asked for; one in a range, or under `default`, can."""
    operation = endpoint.operation
    found: tuple[object, ...] = tuple(
        item.key for item in operation.documented() if not item.key.startswith("1")
    )
    offered = asked is not None and is_final(asked) and operation.response(asked) is not None
    return (asked, *found) if offered else found


def _check_together(asked: Preferences, endpoint: Endpoint) -> None:
    """Refuse preferences that contradict each other, rather than choose among them."""
    good = endpoint.status
    if asked.lie is not None and status(asked, endpoint) not in {None, good}:
        raise ConflictingPreferences(
            f"a lie bends the answer of a {good}, and this asks for an error"
        )
    if asked.lie in WRITE_LIES and (asked.dynamic or asked.example is not None):
        raise ConflictingPreferences(
            f"lie={asked.lie} is about what is kept, and this asks for an answer that keeps nothing"
        )
    if asked.dynamic and asked.example is not None:
        raise ConflictingPreferences("dynamic data is no example: ask for one of the two")
    if asked.dynamic and endpoint.schema is None:
        raise ConflictingPreferences("no data is documented for this path, so none is made up")
    if asked.dynamic and asked.code not in {None, good}:
        raise ConflictingPreferences(f"dynamic data answers {good} alone")
    if asked.size is not None and not endpoint.lists:
        raise ConflictingPreferences("size goes with a list, and this path answers one object")
    if asked.size is not None and not asked.dynamic:
        raise ConflictingPreferences("size goes with dynamic=true")
    if asked.seed is not None and not asked.dynamic and asked.lie is None:
        raise ConflictingPreferences("seed goes with dynamic=true or with a lie")


def status(asked: Preferences, endpoint: Endpoint) -> int | None:
    """Return the status that was asked for, by code or by the name of an example."""
    if asked.code is not None or asked.example is None:
        return asked.code
    return next(status for status, example in endpoint.examples if example.name == asked.example)
