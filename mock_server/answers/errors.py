"""Every way in which the mock says no, and how that looks on the wire."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from http import HTTPStatus
from typing import ClassVar, Final

from find_webhook_kit.mock_server.answers.response import SOURCE, VARY, Reply, json_reply
from find_webhook_kit.spec import Json
from find_webhook_kit.spec.secrets import masked_path

MAX_SHOWN: Final = 80


class Refusal(Exception):
    """A request that gets an error: its status, its headers and, as text, its reason."""

    status: ClassVar[int]
    cacheable: ClassVar[bool] = True
    """Whether the same request gets it again: see `Reply`."""

    @property
    def headers(self) -> Mapping[str, str]:
        return {}


# As RFC 9110 has it; Python says it so from 3.13 on.
_PHRASES: Final = {414: "URI Too Long"}


def rendered(refusal: Refusal) -> Reply:
    """Write a refusal in the error shape of the contract."""
    body: Json = {
        "statusCode": refusal.status,
        "error": _PHRASES.get(refusal.status) or HTTPStatus(refusal.status).phrase,
        "message": str(refusal),
    }
    ours = {SOURCE: "refused", "Cache-Control": "no-store", "Vary": VARY}
    headers = {**ours, **refusal.headers}
    return json_reply(refusal.status, body, headers, cacheable=refusal.cacheable)


class MalformedRequest(Refusal):
    """Bytes that are not HTTP."""

    status = 400

    def __str__(self) -> str:
        return "This is not a well-formed HTTP/1.1 request."


class InvalidRequest(Refusal):
    """A request that the contract does not allow, found by Connexion."""

    status = 400

    def __str__(self) -> str:
        return "The request does not fit the contract."


class UnreadableId(Refusal):
    """An instance id that is not a text."""

    status = 400

    def __str__(self) -> str:
        return "The instance id is not UTF-8 after percent-decoding."


@dataclass(eq=False)
class UnusablePreference(Refusal):
    """A preference whose value is not one."""

    status = 400
    name: str
    value: str
    wanted: str

    def __str__(self) -> str:
        return f"The preference {self.name} takes {self.wanted}, not {_shown(self.value)}."


@dataclass(eq=False)
class UnusableParameter(Refusal):
    """A parameter in the query of one of our own pages that says nothing to it."""

    status = 400
    name: str
    fault: str
    wanted: str

    def __str__(self) -> str:
        return f"The parameter {_shown(self.name)} {self.fault[:MAX_SHOWN]}: use {self.wanted}."


@dataclass(eq=False)
class ConflictingPreferences(Refusal):
    """Preferences that cannot be honoured together."""

    status = 400
    reason: str

    def __str__(self) -> str:
        return f"These preferences do not go together: {self.reason}."


@dataclass(eq=False)
class UnusablePreferences(Refusal):
    """A body that sets no preferences."""

    status = 400
    reason: str

    def __str__(self) -> str:
        return f'{self.reason} A body such as {{"prefer": "lie=dropped, delay=2000"}} sets some.'


class SeveralProcesses(Refusal):
    """A change of what one process of several remembers."""

    status = 409
    cacheable = False

    def __str__(self) -> str:
        return (
            "The mock runs in several processes, and this would change one of them: "
            "start mock-server with --prefer, or without --workers."
        )


@dataclass(eq=False)
class Unauthorized(Refusal):
    """Credentials that are missing or wrong; `error` is the code of RFC 6750, section 3.1."""

    status = 401
    reason: str
    error: str | None = None

    @property
    def headers(self) -> Mapping[str, str]:
        error = f', error="{self.error}"' if self.error else ""
        return {"WWW-Authenticate": f'Bearer realm="mock"{error}'}

    def __str__(self) -> str:
        return f"A valid bearer token is required: {self.reason}."


class _Private(Refusal):
    """A request for what the mock says about itself, which a web page may be behind."""

    status = 403
    cacheable = False  # it hangs on the address that the connection came to


@dataclass(eq=False)
class ForeignHost(_Private):
    """A request whose Host names another machine."""

    host: str

    def __str__(self) -> str:
        return (
            f"The mock shows its own pages on loopback hosts alone, not on {_shown(self.host)}; "
            "open http://127.0.0.1 with the mock's port, "
            "or start mock-server with --trust-host and that name."
        )


@dataclass(eq=False)
class ForeignOrigin(_Private):
    """A request that a web page of another origin makes."""

    origin: str

    def __str__(self) -> str:
        return (
            f"What the mock says about itself is not for pages of {_shown(self.origin)}; "
            "start mock-server with --trust-host and the host of the page, if it is yours."
        )


@dataclass(eq=False)
class Formlike(_Private):
    """A change of state that any web page's form could ask a browser for."""

    header: str

    def __str__(self) -> str:
        return f"A browser that changes the mock's state sends the header {self.header}."


class PathNotFound(Refusal):
    """A path that neither the contract nor the mock knows."""

    status = 404

    def __str__(self) -> str:
        return "There is nothing at this path; `/` lists what the mock serves."


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
        return f"There is no {self.name} {_shown(self.value)}; there is {there_is}.{self.hint}"


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


class PreconditionFailed(Refusal):
    """An If-Match that names none of the answers there are (RFC 9110, section 13.1.1)."""

    status = 412

    def __str__(self) -> str:
        return "The answer has another ETag than those that If-Match names."


class RequestTimeout(Refusal):
    """A request whose head did not arrive in time."""

    status = 408

    def __str__(self) -> str:
        return "The request did not arrive in time."


@dataclass(eq=False)
class TargetTooLong(Refusal):
    """A request target or query beyond the limit."""

    status = 414
    part: str
    limit: int

    def __str__(self) -> str:
        return f"The {self.part} is longer than {self.limit} bytes."


@dataclass(eq=False)
class HeadersTooLarge(Refusal):
    """Headers beyond the limit."""

    status = 431
    limit: int

    def __str__(self) -> str:
        return f"The headers are larger than {self.limit} bytes."


class Crash(Refusal):
    """A mistake in the mock itself, whose details stay on its terminal."""

    status = 500
    cacheable = False

    def __str__(self) -> str:
        return "The mock failed; its terminal says why."


def _shown(value: str) -> str:
    """Quote what a client sent, and neither all of it nor a secret that is a part of it."""
    value = masked_path(value)
    return repr(value if len(value) <= MAX_SHOWN else value[:MAX_SHOWN] + "...")
