"""What a client does wrong by the contract and by HTTP: the status of a refusal and its words."""

from __future__ import annotations

import difflib
import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final

from find_webhook_kit.spec import SecurityScheme
from find_webhook_kit.spec.json_places import MAX_SHOWN, shown
from find_webhook_kit.spec.secrets import masked_path

MAX_FAULTS: Final = 5
CLOSE: Final = 0.7
"""How alike two names are of which one is a slip of the other; 418 is none of 401."""


class Refusal(Exception):
    """A request that gets an error: its status, its headers and, as text, its reason."""

    status: int
    cacheable: bool = True
    """Whether the same request gets it again: see `Reply`."""

    words: str = ""
    """What a client is told, with the names of fields in braces."""

    @property
    def headers(self) -> Mapping[str, str]:
        return {}

    def __str__(self) -> str:
        return self.words.format_map(vars(self))


# As RFC 9110 has it; Python says it so from 3.13 on.
_PHRASES: Final = {413: "Content Too Large", 414: "URI Too Long", 422: "Unprocessable Content"}


def phrase(status: int) -> str:
    """Return the words of a status."""
    return _PHRASES.get(status) or HTTPStatus(status).phrase


class MalformedRequest(Refusal):
    """Bytes that are not HTTP."""

    status = 400
    words = "This is not a well-formed HTTP/1.1 request."


@dataclass(frozen=True, slots=True)
class Fault:
    """What is wrong with a request: the place, down to a JSON pointer in the value, and why."""

    location: str
    name: str
    pointer: str
    reason: str

    def __str__(self) -> str:
        place = " ".join(filter(None, (self.location, self.name)))
        return f"{place}{f' at {self.pointer}' if self.pointer else ''} {self.reason}"


@dataclass(eq=False)
class InvalidRequest(Refusal):
    """A request that the contract does not allow."""

    status: int = 400
    faults: tuple[Fault, ...] = ()

    def __str__(self) -> str:
        told = "; ".join(map(str, self.faults[:MAX_FAULTS]))
        return f"The request does not fit the contract{': ' if told else ''}{told}."


@dataclass(eq=False)
class UnreadableId(Refusal):
    """A path parameter that is not a text."""

    status = 400
    name: str

    def __str__(self) -> str:
        words = re.sub(r"(?<=[a-z0-9])(?=[A-Z])", " ", self.name).lower()
        return f"The {words} is not UTF-8 after percent-decoding."


@dataclass(eq=False)
class UnusablePreference(Refusal):
    """A preference whose value is not one."""

    status = 400
    name: str
    value: str
    wanted: str

    def __str__(self) -> str:
        return f"The preference {self.name} takes {self.wanted}, not {quoted(self.value)}."


@dataclass(eq=False)
class ConflictingPreferences(Refusal):
    """Preferences that cannot be honoured together."""

    status = 400
    words = "These preferences do not go together: {reason}."
    reason: str


@dataclass(eq=False)
class Unauthorized(Refusal):
    """Credentials that are missing or wrong; `error` is the code of RFC 6750, section 3.1."""

    status = 401
    reason: str
    error: str | None = None
    schemes: Sequence[SecurityScheme] = ()
    """Those of an operation that takes more than bearer tokens."""

    @property
    def headers(self) -> Mapping[str, str]:
        if self.schemes:
            return {"WWW-Authenticate": ", ".join(dict.fromkeys(map(_challenge, self.schemes)))}
        error = f', error="{self.error}"' if self.error else ""
        return {"WWW-Authenticate": f'Bearer realm="mock"{error}'}

    def __str__(self) -> str:
        if self.schemes:
            return f"Valid credentials are required: {self.reason}."
        return f"A valid bearer token is required: {self.reason}."


def _challenge(scheme: SecurityScheme) -> str:
    """Say what credentials a client is asked for (RFC 9110, section 11.6.1)."""
    if scheme.type == "apiKey":  # no scheme is registered for it
        return f'ApiKey realm="mock", in="{scheme.location}", name="{scheme.key}"'
    if scheme.scheme == "basic":
        return 'Basic realm="mock", charset="UTF-8"'
    if scheme.scheme == "digest":
        return 'Digest realm="mock", nonce="mock"'
    return f'{scheme.scheme.capitalize()} realm="mock"'


class PathNotFound(Refusal):
    """A path that neither the contract nor the mock knows."""

    status = 404
    words = "There is nothing at this path; `/` lists what the mock serves."


@dataclass(eq=False)
class UnknownChoice(Refusal):
    """A preference that names what does not exist."""

    status = 404
    name: str
    value: str
    choices: tuple[str, ...]
    hint: str = ""

    def __str__(self) -> str:
        there_is = ", ".join(self.choices)
        close = difflib.get_close_matches(self.value[:MAX_SHOWN], self.choices, 1, CLOSE)
        meant = f"; did you mean {close[0]}? There is" if close else "; there is"
        return f"There is no {self.name} {quoted(self.value)}{meant} {there_is}.{self.hint}"


@dataclass(eq=False)
class UntellableLie(Refusal):
    """A lie about what the operation does not show."""

    status = 404
    words = (
        "The lie {lie!r} cannot be told about this operation: it needs {needs}, "
        "that the contract promises. GET /__mock/states lists the lies of each operation."
    )
    lie: str
    needs: str


@dataclass(eq=False)
class MethodNotAllowed(Refusal):
    """A method that the path does not take."""

    status = 405
    allowed: tuple[str, ...]

    @property
    def headers(self) -> Mapping[str, str]:
        return {"Allow": ", ".join(self.allowed)}

    def __str__(self) -> str:
        return f"This path takes {', '.join(self.allowed)}."


@dataclass(eq=False)
class NotAcceptable(Refusal):
    """An Accept header that leaves out every media type of the operation."""

    status = 406
    media_types: tuple[str, ...]

    def __str__(self) -> str:
        return f"The Accept header leaves out {' and '.join(self.media_types)}, all there is."


@dataclass(eq=False)
class PreconditionFailed(Refusal):
    """An If-Match that names none of the answers there are, or an If-None-Match that does.

    RFC 9110, sections 13.1.1 and 13.1.2; `header` says which of them.
    """

    status = 412
    cacheable: bool = True
    header: str = "If-Match"

    def __str__(self) -> str:
        if self.header == "If-None-Match":
            return "What is there has an ETag that If-None-Match names."
        return "The answer has another ETag than those that If-Match names."


@dataclass(eq=False)
class UnsupportedMediaType(Refusal):
    """A body in a media type that the operation does not take."""

    status = 415
    media_type: str
    media_types: tuple[str, ...]

    def __str__(self) -> str:
        given = quoted(self.media_type) if self.media_type else "no media type"
        return f"The body is to come as {' or '.join(self.media_types)}, not as {given}."


@dataclass(eq=False)
class UnsupportedEncoding(Refusal):
    """A body that is packed (RFC 9110, section 15.5.16)."""

    status = 415
    coding: str

    @property
    def headers(self) -> Mapping[str, str]:
        return {"Accept-Encoding": "identity"}

    def __str__(self) -> str:
        return f"The body is to come as it is, not packed with {quoted(self.coding)}."


@dataclass(eq=False)
class ContentTooLarge(Refusal):
    """A body beyond the limit."""

    status = 413
    words = "The body is larger than {limit} bytes."
    limit: int


@dataclass(eq=False)
class NotWritable(MethodNotAllowed):
    """A write to what is read alone."""

    def __str__(self) -> str:
        return (
            f"This path takes {', '.join(self.allowed)} here: the mock keeps no writes of this "
            "instance. Start mock-server with --writes, or write to the instance scratch or to a "
            "fixture with `writable: true`; a sequence of states is never written, and with "
            "--workers nothing is."
        )


@dataclass(eq=False)
class UnknownItem(Refusal):
    """An item that the list of an instance has not."""

    name: str
    status: int = 400
    cacheable = False

    def __str__(self) -> str:
        return f"Nothing has this {self.name or 'name'}: the list says what is there."


@dataclass(eq=False)
class StoreFull(Refusal):
    """One item more than the mock keeps."""

    words = (
        "The mock makes {items} items and takes {size} bytes, and no more until "
        "POST /__mock/reset, which forgets what was written."
    )
    cacheable = False
    items: int
    size: int
    status: int = 400


class RequestTimeout(Refusal):
    """A request whose head did not arrive in time."""

    status = 408
    words = "The request did not arrive in time."


@dataclass(eq=False)
class TargetTooLong(Refusal):
    """A request target or query beyond the limit."""

    status = 414
    words = "The {part} is longer than {limit} bytes."
    part: str
    limit: int


@dataclass(eq=False)
class HeadersTooLarge(Refusal):
    """Headers beyond the limit."""

    status = 431
    words = "The headers are larger than {limit} bytes."
    limit: int


@dataclass(eq=False)
class TooComplex(Refusal):
    """A body that the contract promises, has no example of, and that is too large to make up."""

    status = 500
    words = "There is no example of this answer, and {reason}: give the contract one."
    reason: str


class Crash(Refusal):
    """A mistake in the mock itself, whose details stay on its terminal."""

    status = 500
    words = "The mock failed; its terminal says why."
    cacheable = False


def quoted(value: str) -> str:
    """Quote what a client sent, and neither all of it nor a secret that is a part of it."""
    return shown(masked_path(value))
