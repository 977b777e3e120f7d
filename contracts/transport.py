"""Sends every request of the judge and keeps what came back as it came.

Each has a connection of its own, but for the few that look for what sticks to a connection.

No redirect is followed, nothing is merged or repaired, and only the methods that were allowed
ever leave. HTTP/1.1 is parsed by h11; what h11 forgives is looked for in the kept bytes.
"""

from __future__ import annotations

import socket
import ssl
import time
from collections import Counter
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass, field, replace
from email.utils import parsedate_to_datetime
from itertools import count
from typing import Final

import h11

from contracts.coding import MAX_CONTENT, Undecodable, decoded
from contracts.dial import dial
from contracts.exchange import USER_AGENT, Answer, Exchange, Probe
from contracts.frame import fault, frame
from contracts.target import Target

MAX_HEAD: Final = 64 * 1024  # a trailer and the line of a chunk are no longer either
MAX_INTERIM: Final = 100  # answers that only precede the one that was asked for
MAX_RAW: Final = 2 * MAX_CONTENT
MAX_KEPT: Final = 128 * 1024 * 1024  # bytes of different contents that one run keeps
KEPT_OF_TOO_MUCH: Final = 4096
MAX_WEIGHT: Final = 20_000_000  # of the contents of one run; a webhook weighs about 80
MAX_WEIGHT_EACH: Final = 1_000_000
RETRY_AFTER_CAP: Final = 5.0
LINGER: Final = 0.05  # how long bytes behind a complete answer are waited for


@dataclass(eq=False)
class Lost(Exception):
    """No answer came: the connection failed, was closed without a byte, or time ran out."""

    reason: str
    late: bool = False

    def __str__(self) -> str:
        return self.reason


class _TooMuch(Exception):
    """More came than is read."""


@dataclass(eq=False)
class BudgetSpent(Exception):
    """The run has cost what it may cost; the limit is named as the flag that sets it."""

    limit: str

    def __str__(self) -> str:
        return f"the run was cut short by {self.limit}"


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """What the run may cost: seconds a request, seconds a run, requests a second (0: no limit).

    `max_requests` counts what is sent, repetitions included (0: no limit).
    """

    timeout: float = 5.0
    max_time: float = 60.0
    rate: float = 0.0
    max_requests: int = 0


@dataclass(eq=False)
class Transport:
    """The judge's only way to the target."""

    target: Target
    methods: frozenset[str]
    limits: Limits
    tls: ssl.SSLContext | None = None
    clock: Callable[[], float] = time.monotonic
    sleep: Callable[[float], None] = time.sleep
    sent: int = 0
    answered: int = 0
    _late: Counter[str] = field(default_factory=Counter)
    _seen: set[object] = field(default_factory=set)
    _numbers: Iterator[int] = field(default_factory=lambda: count(1))
    _contents: dict[bytes, bytes] = field(default_factory=dict)
    _kept: int = 0
    _weight: int = 0
    _open: socket.socket | None = None
    _started: float = 0.0
    _next: float = 0.0

    def __post_init__(self) -> None:
        self._started = self.clock()

    def connect(self) -> None:
        """Prove that the target accepts a connection, without a request; raise `Lost` if not."""
        self._socket(self.clock() + self.limits.timeout).close()

    def send(self, probe: Probe) -> Exchange | None:
        """Send a probe and return the exchange; None for a duplicate or a method not allowed.

        A lost request is repeated once, and so is one that was answered 429. Raises `BudgetSpent`.
        """
        if probe.method not in self.methods or self._duplicate(probe):
            return None
        losses: list[str] = []
        answer: Answer | None = None
        for _ in range(2):
            self._pace()
            try:
                answer = self._exchange(probe)
            except Lost as error:
                losses.append(str(error))
                self._time(probe, late=error.late)
                continue
            self._time(probe, late=answer.late)
            if answer.status != 429 or losses:  # noqa: PLR2004 - Too Many Requests, RFC 6585
                break
            losses.append("answered 429 Too Many Requests")
            self.sleep(_retry_after(answer))
        self.answered += answer is not None
        return Exchange(
            probe,
            self._shared(answer) if answer else None,
            tuple(losses),
            number=next(self._numbers),
        )

    def silent(self, instance_id: str) -> bool:
        """True for an instance for which time ran out twice in a row."""
        return self._late[instance_id] >= 2  # noqa: PLR2004 - twice

    def _time(self, probe: Probe, *, late: bool) -> None:
        self._late[probe.instance_id] = self._late[probe.instance_id] + 1 if late else 0

    def _shared(self, answer: Answer) -> Answer:
        """Keep one copy of what was answered many times, and no more than a machine can hold."""
        weight = _weight(answer.content)
        if weight > MAX_WEIGHT_EACH:
            answer = _lightened(answer)
            weight = 0
        content = self._contents.setdefault(answer.content, answer.content)
        if content is answer.content:
            self._kept += len(content)
        self._weight += weight
        if self._kept > MAX_KEPT:
            raise BudgetSpent(f"{MAX_KEPT >> 20} MiB of answers, all of them different")
        if self._weight > MAX_WEIGHT:
            raise BudgetSpent(f"answers of {MAX_WEIGHT // 2} values, an object taken for five")
        return replace(answer, content=content)

    def _duplicate(self, probe: Probe) -> bool:
        key = (probe.method, probe.path, probe.headers, probe.credentials.wire(self.target.token))
        known = key in self._seen
        self._seen.add(key)
        return known and not probe.repeat

    def _pace(self) -> None:
        now = self.clock()
        if now - self._started >= self.limits.max_time:
            raise BudgetSpent(f"--max-time {self.limits.max_time:g}")
        if 0 < self.limits.max_requests <= self.sent:
            raise BudgetSpent(f"--max-requests {self.limits.max_requests}")
        if self.limits.rate:
            self.sleep(max(0.0, self._next - now))
            self._next = max(now, self._next) + 1 / self.limits.rate

    def _exchange(self, probe: Probe) -> Answer:
        self.sent += 1
        if probe.follows and self._open is not None:
            try:
                return self._answer(probe, self._open)
            except Lost as error:
                if error.late:
                    raise
                # the server closed it meanwhile, and may do so
        self.close()
        return self._answer(probe)

    def _answer(self, probe: Probe, connection: socket.socket | None = None) -> Answer:
        started = self.clock()
        remaining = self._started + self.limits.max_time - started
        deadline = started + min(self.limits.timeout, max(remaining, 0.1))
        self._open = connection or self._socket(deadline)
        try:
            wire = _Wire(self._open, deadline, self.clock)
            answer = wire.exchange(probe, self.target, started)
        except BaseException:
            self.close()
            raise
        if (
            not probe.stays
            or answer.faults
            or (answer.header("connection") or "").lower() == "close"
        ):
            self.close()
        return answer

    def close(self) -> None:
        """Close the connection that a probe has left open."""
        if self._open is not None:
            self._open.close()
            self._open = None

    def _socket(self, deadline: float) -> socket.socket:
        try:
            plain = self._plain(deadline)
            if self.target.scheme == "http":
                return plain
            self.tls = self.tls or ssl.create_default_context()
            return self.tls.wrap_socket(plain, server_hostname=self.target.name)
        except (OSError, UnicodeError) as error:  # ssl.SSLError is an OSError
            late = isinstance(error, TimeoutError)
            raise Lost(f"no connection: {_reason(error)}", late=late) from None

    def _plain(self, deadline: float) -> socket.socket:
        target = self.target
        if target.proxy is None:
            return dial(target.host, target.port, deadline, self.clock)
        if target.scheme == "http":
            return target.proxy.connect(deadline, self.clock)
        return target.proxy.tunnel(target.host, target.port, deadline, self.clock)


@dataclass(eq=False)
class _Wire:
    """One connection, one request, one answer, every byte kept."""

    connection: socket.socket
    deadline: float
    clock: Callable[[], float]
    raw: bytearray = field(default_factory=bytearray)
    head: h11.Response | None = None
    content: bytearray = field(default_factory=bytearray)
    interim: int = 0
    ended: bool = False
    late: bool = False

    def exchange(self, probe: Probe, target: Target, started: float) -> Answer:
        parser = h11.Connection(h11.CLIENT, max_incomplete_event_size=MAX_HEAD)
        self.connection.settimeout(max(self.deadline - self.clock(), 0.1))
        # Who refuses a request need not have read it all: what counts is whether an answer came.
        with suppress(OSError):
            self.connection.sendall(_request(parser, probe, target))
        stopped = self._read(parser)
        seconds = self.clock() - started
        if not stopped:
            self._unannounced()
        raw = bytes(self.raw)
        head, faults = frame(raw, probe.method)
        if stopped and not faults:
            faults = (fault(raw, len(raw), stopped),)
        status = self.head.status_code if self.head else 0
        headers = tuple((field.name, field.value) for field in head.fields) if status else ()
        content = bytes(self.content)
        codings = [field.value for field in head.named("content-encoding")]
        if content and not faults:
            try:
                content = decoded(content, codings)
            except Undecodable as error:
                faults = (fault(raw, head.end, f"the content cannot be decoded: {error}"),)
        return Answer(status, headers, content, seconds, faults, self.late)

    def _read(self, parser: h11.Connection) -> str:
        """Read to the end of the answer; return what stopped it, or nothing."""
        try:
            while not self._complete(parser):
                parser.receive_data(self._receive())
        except h11.RemoteProtocolError as error:
            if not self.raw:
                raise Lost("the connection was closed without an answer") from None
            return self._words(error)
        except _TooMuch as error:
            return f"the answer was not read to its end: {error}"
        except Lost as error:
            if not self.raw:
                raise
            self.late = error.late
            return f"the answer was cut off: {error}"
        return ""

    def _words(self, error: h11.RemoteProtocolError) -> str:
        """Say what stopped h11, without numbers that differ from answer to answer."""
        if error.error_status_hint == 431:  # noqa: PLR2004 - h11's buffer is full
            return f"a head, a trailer or the line of a chunk has more than {MAX_HEAD} bytes"
        if self.ended:
            return "the answer stops before its end"
        return f"the answer is not HTTP/1.1: {error}"

    def _complete(self, parser: h11.Connection) -> bool:
        """Take in what has arrived; True once the answer has ended."""
        while True:
            match parser.next_event():
                case h11.InformationalResponse():
                    self.interim += 1
                case h11.Response() as head:
                    self.head = head
                case h11.Data(data=data):
                    self.content += data
                case h11.EndOfMessage() | h11.ConnectionClosed():
                    return True
                case h11.NEED_DATA:
                    return False
            if self.interim > MAX_INTERIM:
                raise _TooMuch(f"more than {MAX_INTERIM} interim answers")
            if len(self.content) > MAX_CONTENT:
                del self.content[KEPT_OF_TOO_MUCH:]
                raise _TooMuch(f"more than {MAX_CONTENT} bytes of content")

    def _receive(self) -> bytes:
        remaining = self.deadline - self.clock()
        if remaining <= 0:
            raise Lost("no complete answer in time", late=True)
        self.connection.settimeout(remaining)
        try:
            chunk = self.connection.recv(65536)
        except TimeoutError:
            raise Lost("no complete answer in time", late=True) from None
        except OSError as error:
            raise Lost(f"the connection broke: {_reason(error)}") from None
        self.raw += chunk
        self.ended = not chunk
        if len(self.raw) > MAX_RAW:
            raise _TooMuch(f"more than {MAX_RAW} bytes in all")
        return chunk

    def _unannounced(self) -> None:
        """Wait a moment for bytes that nobody announced."""
        self.connection.settimeout(LINGER)
        with suppress(OSError):
            self.raw += self.connection.recv(65536)


def _weight(content: bytes) -> int:
    """Estimate what it costs to judge a text of JSON by the values in it, objects above all."""
    return 10 * content.count(b"{") + 2 * (content.count(b"[") + content.count(b","))


def _lightened(answer: Answer) -> Answer:
    """Keep the start of a content that is too much to be judged."""
    start = answer.content[:KEPT_OF_TOO_MUCH]
    message = f"the content has more than {MAX_WEIGHT_EACH // 2} values, an object taken for five"
    return replace(answer, content=start, faults=(*answer.faults, fault(start, 0, message)))


def _request(parser: h11.Connection, probe: Probe, target: Target) -> bytes:
    stays = "keep-alive" if probe.stays else "close"
    headers = [("Host", target.authority), ("User-Agent", USER_AGENT), ("Connection", stays)]
    headers += [("Authorization", value) for value in probe.credentials.wire(target.token)]
    headers += probe.wire_headers(target.token)
    if probe.method in {"POST", "PUT", "PATCH"}:
        headers.append(("Content-Length", "0"))
    headers += [(header.name, header.wire) for header in target.headers]
    path = target.prefix + probe.wire_path(target.token)
    if target.proxy is not None and target.scheme == "http":
        headers += target.proxy.headers
        path = target.origin + path  # the absolute form (RFC 9112, section 3.2.2)
    event = h11.Request(method=probe.method, target=path, headers=headers)
    return (parser.send(event) or b"") + (parser.send(h11.EndOfMessage()) or b"")


def _retry_after(answer: Answer) -> float:
    """Return the seconds that the server asks for, within reason (RFC 9110, section 10.2.3)."""
    text = answer.header("retry-after") or "1"
    if text.isascii() and text.isdecimal():
        return min(float(text), RETRY_AFTER_CAP)
    try:
        wait = parsedate_to_datetime(text).timestamp() - time.time()
    except ValueError:
        return 1.0
    return min(max(wait, 0.0), RETRY_AFTER_CAP)


def _reason(error: Exception) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"TLS: {error.verify_message}"
    if isinstance(error, ssl.SSLError):
        return f"TLS: {error.reason or error}"
    if isinstance(error, TimeoutError):
        return "timed out"
    return getattr(error, "strerror", None) or str(error)
