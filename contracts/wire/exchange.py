"""One exchange of the judge, as a value: a request, and the answer or what became of it."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from enum import Enum, auto
from functools import cached_property, lru_cache
from http import HTTPStatus
from typing import Final

from find_webhook_kit.contracts.wire.probe import Probe
from find_webhook_kit.spec import Json, UnreadableJson, read_json

PARAMETER: Final = re.compile(r';[ \t]*([^\s;="]*)[ \t]*=[ \t]*("(?:[^"\\]|\\.)*"|[^;"]*)')
"""A parameter of a media type: its name, and its value with its quotes."""

NO_CHARSETS: Final = frozenset({"idna", "punycode", "raw-unicode-escape", "unicode-escape"})
"""What Python also calls encodings of texts, and nobody labels an answer with."""


KEPT_OF_TOO_MUCH: Final = 4096
"""Bytes that are kept of what is too much."""


@lru_cache(maxsize=64)  # most answers of a run are the same few texts
def _read(content: bytes) -> Json | UnreadableJson:
    try:
        return read_json(content)
    except UnreadableJson as error:
        return error


@dataclass(frozen=True, slots=True)
class AnswerFault:
    """What is wrong with the bytes of an answer, at which of them, and what stands there."""

    message: str
    at: int
    got: str

    def __str__(self) -> str:
        return self.message


@dataclass(frozen=True, eq=False)
class Answer:
    """What came back: the parsed head, the decoded content, and what was wrong with the frame.

    `late` is true where time ran out before the answer had ended; `unread` names the content
    coding in which the content still is, because it is not known here.
    """

    status: int
    headers: tuple[tuple[str, str], ...]
    content: bytes
    seconds: float
    faults: tuple[AnswerFault, ...] = ()
    late: bool = False
    unread: str = ""

    def values(self, name: str) -> list[str]:
        """Return the values of a header, one for each line it stood on."""
        return [value for key, value in self.headers if key == name.lower()]

    def header(self, name: str) -> str | None:
        values = self.values(name)
        return ", ".join(values) if values else None

    @property
    def throttles(self) -> bool:
        """True for an answer that says when to come again, and nothing else."""
        return self.status == HTTPStatus.TOO_MANY_REQUESTS or (
            self.status == HTTPStatus.SERVICE_UNAVAILABLE and bool(self.values("retry-after"))
        )

    @property
    def media_type(self) -> str | None:
        """The media type without its parameters, lower case; several, where it says several."""
        values = [value.partition(";")[0].strip().lower() for value in self.values("content-type")]
        return ", ".join(dict.fromkeys(values)) or None

    @property
    def charset(self) -> str | None:
        """The charset parameter of the media type, lower case (RFC 9110, section 8.3.1)."""
        for name, value in PARAMETER.findall(self.header("content-type") or ""):
            if name.lower() == "charset":
                return str(value).strip(' \t"').lower()
        return None

    def reads_as(self, charset: str) -> bool:
        """Tell whether a client that believes in a charset reads the same text as UTF-8 says."""
        try:
            if codecs.lookup(charset).name in NO_CHARSETS:
                return False
            return self.content.decode(charset) == self.content.decode()
        except (LookupError, ValueError):
            return False

    @cached_property
    def json(self) -> Json:
        """The content as strict JSON; raises `UnreadableJson`."""
        value = _read(self.content)
        if isinstance(value, UnreadableJson):
            raise value
        return value

    @cached_property
    def readable(self) -> bool:
        """True where the content is strict JSON."""
        return not self.unread and not isinstance(_read(self.content), UnreadableJson)


class LossKind(Enum):
    """Why an attempt at a request brought no answer, or one that only says: not now."""

    BROKEN = auto()  # the connection was closed or reset without a byte of an answer
    LATE = auto()  # time ran out before the first byte
    REFUSED = auto()  # no connection could be opened
    THROTTLED = auto()  # 429, or 503 with Retry-After: sent again, later
    UNAVAILABLE = auto()  # 503 without Retry-After: throttling, or a server that fails


LOST: Final = frozenset({LossKind.BROKEN, LossKind.LATE, LossKind.REFUSED})
"""The losses behind which nothing of an answer came."""


@dataclass(frozen=True, slots=True)
class Loss:
    """An attempt that has to be repeated, and why; `left` is when, in seconds of the run."""

    kind: LossKind
    reason: str
    left: float = 0.0

    def __str__(self) -> str:
        return self.reason


@dataclass(frozen=True, eq=False)
class Exchange:
    """A probe and what became of it: an answer, or none, and a loss for each failed attempt.

    `number` is the place of the probe in the plan, from 1, whatever was sent at the same time.
    `started` is when the answered attempt left, in seconds since the run began.
    """

    probe: Probe
    answer: Answer | None
    losses: tuple[Loss, ...] = ()
    number: int = 0
    started: float = 0.0

    @property
    def status(self) -> int:
        """The status of the answer, or 0 where none came."""
        return self.answer.status if self.answer else 0

    @property
    def lost(self) -> str:
        """Why the last attempt brought no answer, where there was such a one."""
        return str(self.losses[-1]) if self.losses else ""

    @property
    def ended(self) -> float:
        """When the answer had come, in seconds since the run began."""
        return self.started + (self.answer.seconds if self.answer else 0.0)


@dataclass(frozen=True, slots=True)
class Death:
    """A target that answered, and then nobody any more: what it was asked last, in any order.

    `after` is the number of the last request that was answered.
    """

    lost: tuple[Exchange, ...]
    after: int

    @property
    def last(self) -> Exchange:
        """The first in the plan of those that were under way; the others met a closed door."""
        doors = [item for item in self.lost if item.losses[0].kind is LossKind.REFUSED]
        under_way = [item for item in self.lost if item not in doors]
        return min(under_way or doors, key=lambda item: item.number)

    @property
    def message(self) -> str:
        """Say how it ended."""
        refused = any(item.losses[-1].kind is LossKind.REFUSED for item in self.lost)
        return f"the target stopped {'accepting connections' if refused else 'answering'}"
