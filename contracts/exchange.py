"""One request of the judge and what came back, as values."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from email.message import Message
from enum import Enum, auto
from functools import cached_property, lru_cache
from typing import Final
from urllib.parse import quote

from spec import Json, UnreadableJson, read_json

SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})

USER_AGENT: Final = "contract-test"

TOKEN_VARIABLE: Final = "$CONTRACT_TOKEN"  # noqa: S105 - the name, not the value
"""Stands for the token wherever others may read; a shell that has it can fill it in."""


class Trust(Enum):
    """What a server must make of the credentials of a request."""

    VALID = auto()
    MISSING = auto()
    INVALID = auto()
    EITHER = auto()  # a server may take them or leave them


@dataclass(frozen=True, slots=True)
class Credentials:
    """What stands in the Authorization header: on the wire, and in a shell that has the token.

    A shell text holds the token's variable where the wire holds the token, so that no report does.
    """

    name: str
    trust: Trust
    wire: Callable[[str], tuple[str, ...]]
    shell: tuple[str, ...]


VALID: Final = Credentials(
    "valid token", Trust.VALID, lambda token: (f"Bearer {token}",), ("Bearer $CONTRACT_TOKEN",)
)
NONE: Final = Credentials("no credentials", Trust.MISSING, lambda _: (), ())


class Topic(Enum):
    """What a request is sent to find out."""

    FIND = auto()
    SECURITY = auto()
    HEAD = auto()
    OPTIONS = auto()
    METHOD = auto()
    ACCEPT = auto()
    CONDITIONAL = auto()
    EXTRA = auto()  # what the contract does not mention and a server may ignore or refuse


@dataclass(frozen=True, slots=True)
class Probe:
    """A request to send; `path` is percent-encoded, below the target's prefix, query included."""

    name: str
    path: str
    instance_id: str
    topic: Topic = Topic.FIND
    method: str = "GET"
    credentials: Credentials = VALID
    headers: tuple[tuple[str, str], ...] = (("Accept", "application/json"),)
    wants_json: bool = True  # JSON is a right answer to its Accept header
    made_up: bool = False  # nobody has an instance of this id
    repeat: bool = False  # sent although the same request went out before
    stays: bool = False  # asks for the connection to be kept open behind the answer
    follows: bool = False  # goes out on the connection that the probe before it left open
    generated: bool = False

    @property
    def plain(self) -> bool:
        """True for what the contract describes: its GET, valid credentials, JSON wanted."""
        return (
            self.topic in {Topic.FIND, Topic.ACCEPT}
            and self.credentials.trust is Trust.VALID
            and self.wants_json
        )

    def wire_headers(self, token: str) -> tuple[tuple[str, str], ...]:
        """Return the headers as they go out, with the token where its variable stands."""
        return tuple((name, value.replace(TOKEN_VARIABLE, token)) for name, value in self.headers)

    def wire_path(self, token: str) -> str:
        """Return the path as it goes out, with the token where its variable stands."""
        return self.path.replace(TOKEN_VARIABLE, quote(token, safe=""))


@lru_cache(maxsize=64)  # most answers of a run are the same few texts
def _read(content: bytes) -> Json | UnreadableJson:
    try:
        return read_json(content)
    except UnreadableJson as error:
        return error


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with the bytes of an answer, at which of them, and what stands there."""

    message: str
    at: int
    got: str

    def __str__(self) -> str:
        return self.message


@dataclass(frozen=True, eq=False)
class Answer:
    """What came back: the parsed head, the decoded content, and what was wrong with the frame.

    `late` is true where time ran out before the answer had ended.
    """

    status: int
    headers: tuple[tuple[str, str], ...]
    content: bytes
    seconds: float
    faults: tuple[Fault, ...] = ()
    late: bool = False

    def values(self, name: str) -> list[str]:
        """Return the values of a header, one for each line it stood on."""
        return [value for key, value in self.headers if key == name.lower()]

    def header(self, name: str) -> str | None:
        values = self.values(name)
        return ", ".join(values) if values else None

    @property
    def media_type(self) -> str | None:
        """The media type without its parameters, lower case; several, where it says several."""
        values = [value.partition(";")[0].strip().lower() for value in self.values("content-type")]
        return ", ".join(dict.fromkeys(values)) or None

    @property
    def charset(self) -> str | None:
        """The charset parameter of the media type, lower case."""
        message = Message()
        message["Content-Type"] = self.header("content-type") or ""
        return message.get_content_charset()

    def reads_as(self, charset: str) -> bool:
        """Tell whether a client that believes in a charset reads the same text as UTF-8 says."""
        try:
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
        return not isinstance(_read(self.content), UnreadableJson)

    @property
    def items(self) -> list[Json] | None:
        """The content's items where it is a readable array; None otherwise."""
        return self.json if self.readable and isinstance(self.json, list) else None


@dataclass(frozen=True, eq=False)
class Exchange:
    """A probe and its fate: an answer, or the reasons why none came (one for each attempt).

    `number` counts the exchanges of a run from 1.
    """

    probe: Probe
    answer: Answer | None
    losses: tuple[str, ...] = ()
    number: int = 0
    foreign: list[Foreign] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Foreign:
    """What Schemathesis found in an answer: its stable code, its words, the place."""

    code: str
    title: str
    message: str
    pointer: str
