"""One request of the judge, as a value: what is asked, with which credentials, and what for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from enum import Enum, auto
from typing import Final, TypeVar
from urllib.parse import quote

from find_webhook_kit.contracts.wire.key import Key
from find_webhook_kit.spec import Operation

T = TypeVar("T")

SAFE_METHODS: Final = frozenset({"GET", "HEAD", "OPTIONS"})
CARRYING: Final = frozenset({"POST", "PUT", "PATCH"})
"""Methods whose requests say how long their content is, also where there is none."""

TOKEN_VARIABLE: Final = "$CONTRACT_TOKEN"  # noqa: S105 - the name, not the value
"""Stands for the token wherever others may read; a shell that has it can fill it in."""

OTHER_TOKEN_VARIABLE: Final = "$CONTRACT_OTHER_TOKEN"  # noqa: S105 - the name, not the value
"""Stands for the token of another tenant in the same way."""

USER_AGENT: Final = "contract-test"


class Validity(Enum):
    """What a server must make of the credentials of a request."""

    VALID = auto()
    MISSING = auto()
    INVALID = auto()  # unknown, and in good form
    MALFORMED = auto()  # may be a bad request as well (RFC 6750, section 3.1, invalid_request)
    EITHER = auto()  # a server may take them or leave them
    OTHER = auto()  # somebody's, who owns other instances


@dataclass(frozen=True, slots=True)
class CredentialPlace:
    """Where a request shows credentials: a `header`, the `query` or a `cookie`, and its name."""

    location: str = "header"
    name: str = "Authorization"

    def headers(self, values: Sequence[str]) -> tuple[tuple[str, str], ...]:
        """Return the header fields that hold the values."""
        if self.location == "query":
            return ()
        if self.location == "cookie":
            return tuple(("Cookie", f"{self.name}={value}") for value in values)
        return tuple((self.name, value) for value in values)


AUTHORIZATION: Final = CredentialPlace()


_BAD: Final = (Validity.MISSING, Validity.INVALID, Validity.MALFORMED)


@dataclass(frozen=True, slots=True)
class Credentials:
    """What is shown in a place: on the wire, and in a shell that has the token.

    A shell text holds the token's variable where the wire holds the token, so that no report does.
    """

    name: str
    validity: Validity
    wire: Callable[[str], tuple[str, ...]]
    shell: tuple[str, ...]
    place: CredentialPlace = AUTHORIZATION

    @property
    def bad(self) -> bool:
        """True for what a server must refuse, and may count to lock somebody out."""
        return self.validity in _BAD


VALID: Final = Credentials(
    "valid token", Validity.VALID, lambda token: (f"Bearer {token}",), ("Bearer $CONTRACT_TOKEN",)
)
NONE: Final = Credentials("no credentials", Validity.MISSING, lambda _: (), ())
OPEN: Final = Credentials("no credentials, which none needs", Validity.VALID, lambda _: (), ())
"""What an operation without security is asked with."""


class Purpose(Enum):
    """What a request is sent to find out."""

    FIND = auto()
    SECURITY = auto()
    HEAD = auto()
    OPTIONS = auto()
    METHOD = auto()
    ACCEPT = auto()
    CONDITIONAL = auto()
    EXTRA = auto()  # what the contract does not mention and a server may ignore or refuse
    PART = auto()  # a range that a server may ignore, refuse or serve
    FIELDS = auto()  # header fields in another spelling, which means the same
    SPELLING = auto()  # a known id in another spelling
    PREFLIGHT = auto()  # what a browser asks before a page of another origin may
    DOOR = auto()  # bad credentials, and something that may keep a guard from looking at them
    ALLOWED = auto()  # a value that the document has for a parameter
    FORBIDDEN = auto()  # a value that it does not allow, or none where one has to be
    TENANT = auto()  # valid credentials of somebody else


@dataclass(frozen=True, slots=True)
class Form:
    """How a request is written, where the judge writes it in another way than it mostly does.

    `named` spells the names of header fields, `before` and `behind` stand around their values.
    """

    version: str = "1.1"
    absolute: bool = False  # the target is a whole URL (RFC 9112, section 3.2.2)
    named: Callable[[str], str] = str
    before: str = ""
    behind: str = ""
    agent: str = USER_AGENT  # empty: no User-Agent

    def header(self, name: str, value: str) -> tuple[str, str]:
        """Write a header field."""
        return self.named(name), f"{self.before}{value}{self.behind}"


USUAL: Final = Form()


ACCEPT_JSON: Final = ("Accept", "application/json")
IDENTITY: Final = ("Accept-Encoding", "identity")


@dataclass(frozen=True, slots=True)
class Probe:
    """A request to send; `path` is percent-encoded, below the target's prefix, query included.

    `operation` is the one that it is about, `asked` the values of the parameters of its path, and
    `instance_id` the one of them in which the requests of an operation differ. `setting` tells
    requests apart that are the same but for what stands before them on their connection. `key` is
    what the credentials are made of in place of the token; `beside` is shown together with them.
    """

    name: str
    path: str
    instance_id: str
    purpose: Purpose = Purpose.FIND
    method: str = "GET"
    credentials: Credentials = VALID
    headers: tuple[tuple[str, str], ...] = (ACCEPT_JSON, IDENTITY)
    wants_json: bool = True  # JSON is a right answer to its Accept header
    made_up: bool = False  # nobody has an instance of this id
    odd: bool = False  # nor would a person choose it: a router or a gateway may refuse it
    repeat: bool = False  # sent although the same request went out before
    generated: bool = False
    form: Form = USUAL
    setting: str = ""
    content: bytes | None = None  # of a request that carries one, as JSON
    operation: Operation | None = field(default=None, compare=False)
    asked: Mapping[str, str] = field(default_factory=dict, compare=False)
    key: Key | None = field(default=None, compare=False)
    beside: tuple[Credentials, ...] = ()

    @property
    def request(self) -> tuple[object, ...]:
        """What is sent, whatever it is sent for: two probes with the same one are one request."""
        shown = tuple((each.shell, each.place) for each in self.proofs)
        return self.method, self.path, self.headers, self.form, shown, self.content

    @property
    def repeatable(self) -> bool:
        """True for what may go out again where nobody knows whether it arrived.

        RFC 9110, section 9.2.2: a client does not repeat by itself what is not idempotent.
        """
        return self.content is None or self.method not in {"POST", "PATCH"}

    @property
    def proofs(self) -> tuple[Credentials, ...]:
        """All that is shown to be let in; somebody without credentials shows nothing at all."""
        alone = not self.credentials.shell and self.credentials.validity is Validity.MISSING
        return (self.credentials,) if alone else (self.credentials, *self.beside)

    def token(self, usual: str) -> str:
        """Return what its credentials are made of."""
        return self.key.value if self.key else usual

    @property
    def variable(self) -> str:
        """The variable that stands for that, as a shell writes it."""
        return f"${self.key.variable}" if self.key else TOKEN_VARIABLE

    @property
    def thing(self) -> tuple[str, str]:
        """What is asked for: which instance, of which operation."""
        return self.operation.source if self.operation else "", self.instance_id

    @property
    def plain(self) -> bool:
        """True for what the contract describes: its GET, valid credentials, JSON wanted."""
        return (
            self.purpose in {Purpose.FIND, Purpose.ACCEPT, Purpose.ALLOWED}
            and self.credentials.validity is Validity.VALID
            and self.wants_json
        )

    def wire_headers(self, usual: str) -> tuple[tuple[str, str], ...]:
        """Return the headers as they go out, with the token where its variable stands."""
        token = self.token(usual)
        said = [(name, value.replace(TOKEN_VARIABLE, token)) for name, value in self.headers]
        shown = [pair for each in self.proofs for pair in each.place.headers(each.wire(token))]
        return one_cookie((*shown, *said), "; ".join)

    def header(self, name: str) -> str:
        """Return the value of a header as it is spelled here, or nothing."""
        return dict(self.headers).get(name, "")

    def with_headers(self, *headers: tuple[str, str]) -> Probe:
        """Return the probe with more headers; one of a name that it has takes its place."""
        names = {name.lower() for name, _ in headers}
        kept = tuple(pair for pair in self.headers if pair[0].lower() not in names)
        return replace(self, headers=(*kept, *headers))

    def with_query(self, query: str) -> Probe:
        """Return the probe with more in its query."""
        return replace(self, path=f"{self.path}{'&' if '?' in self.path else '?'}{query}")

    @property
    def shown_path(self) -> str:
        """The path with the credentials that stand in its query, as others may read it."""
        return self._with(
            (each.place, value.replace(TOKEN_VARIABLE, self.variable))
            for each in self.proofs
            for value in each.shell
        )

    def wire_path(self, usual: str) -> str:
        """Return the path as it goes out, with the token where its variable stands."""
        token = self.token(usual)
        shown = (
            (each.place, quote(it, safe="")) for each in self.proofs for it in each.wire(token)
        )
        return self._with(shown).replace(TOKEN_VARIABLE, quote(token, safe=""))

    def _with(self, shown: Iterable[tuple[CredentialPlace, str]]) -> str:
        path = self.path
        for place, value in shown:
            if place.location == "query":
                path += f"{'&' if '?' in path else '?'}{quote(place.name, safe='')}={value}"
        return path


def one_cookie(
    pairs: Iterable[tuple[str, T]], joined: Callable[[Sequence[T]], T]
) -> tuple[tuple[str, T], ...]:
    """Put all cookies into the first of their headers (RFC 6265, section 5.4)."""
    listed = list(pairs)
    cookies = [value for name, value in listed if name.lower() == "cookie"]
    first = next((at for at, (name, _) in enumerate(listed) if name.lower() == "cookie"), None)
    return tuple(
        (name, joined(cookies) if at == first else value)
        for at, (name, value) in enumerate(listed)
        if at == first or name.lower() != "cookie"
    )


class Way(Enum):
    """How the requests of a group reach the server."""

    KEPT = auto()  # in order, on whichever kept connection is free
    OWN = auto()  # in order, on a connection opened for them, and closed behind the last
    QUIET = auto()  # in order, on one connection, while nothing else is sent
    AT_ONCE = auto()  # all at the same time, each on a connection of its own


@dataclass(frozen=True, slots=True)
class Group:
    """Requests that belong together. Groups do not wait for each other."""

    probes: tuple[Probe, ...]
    way: Way = Way.KEPT
