"""One connection to the target: sends a request, and keeps what comes back as it came.

No redirect is followed, nothing is merged or repaired. HTTP/1.1 is parsed by h11; what h11
forgives is looked for in the kept bytes.
"""

from __future__ import annotations

import socket
import ssl
import time
from contextlib import suppress
from dataclasses import dataclass, field, replace
from typing import Final

import h11

from find_webhook_kit.contracts.wire.content_coding import (
    MAX_CONTENT,
    Undecodable,
    UnknownCoding,
    decoded,
)
from find_webhook_kit.contracts.wire.dial import Clock, dial
from find_webhook_kit.contracts.wire.exchange import KEPT_OF_TOO_MUCH, Answer, LossKind
from find_webhook_kit.contracts.wire.framing import (
    BEHIND,
    MAX_HEAD,
    MAX_INTERIM,
    fault,
    frame,
    mended,
)
from find_webhook_kit.contracts.wire.open_files import refuse_for_want_of_files
from find_webhook_kit.contracts.wire.probe import CARRYING, Probe
from find_webhook_kit.contracts.wire.target import Target

MAX_RAW: Final = 2 * MAX_CONTENT
LINGER: Final = 0.05  # how long bytes behind the last answer are waited for


@dataclass(eq=False)
class Lost(Exception):
    """No answer came: the connection failed, was closed without a byte, or time ran out."""

    reason: str
    kind: LossKind = LossKind.BROKEN

    def __str__(self) -> str:
        return self.reason


class _TooMuch(Exception):
    """More came than is read."""


@dataclass(eq=False)
class Connection:
    """An open connection. `used` tells that an answer came on it, so that it may be closed now.

    RFC 9112, section 9.3: either side may close a connection that nothing is under way on.
    """

    target: Target
    stream: socket.socket
    clock: Clock
    used: bool = False
    sent: float = 0.0  # when the last request left
    length: int = 0  # bytes of the last answer

    @classmethod
    def open(
        cls, target: Target, tls: ssl.SSLContext | None, deadline: float, clock: Clock
    ) -> Connection:
        """Connect, through the proxy and with TLS where the target has them; raise `Lost`."""
        try:
            stream = _plain(target, deadline, clock)
            if target.scheme == "https":
                stream = _secured(stream, target.name, tls)
        except (OSError, UnicodeError) as error:  # ssl.SSLError is an OSError
            refuse_for_want_of_files(error)
            kind = LossKind.LATE if isinstance(error, TimeoutError) else LossKind.REFUSED
            raise Lost(f"no connection: {_reason(error)}", kind) from None
        return cls(target, stream, clock)

    def close(self) -> None:
        self.stream.close()

    def abort(self) -> None:
        """Wake up whoever reads from it, in whichever thread."""
        with suppress(OSError):
            self.stream.shutdown(socket.SHUT_RDWR)

    def ask(self, probe: Probe, deadline: float, *, stay: bool) -> tuple[Answer, bool]:
        """Send a probe and read its answer; tell whether the connection can be used again.

        `deadline` is a time of the clock; `stay` asks the server to keep the connection open.
        Raises `Lost` where no byte of an answer came.
        """
        self.send(probe, deadline, stay=stay)
        reading = _Reading(self.stream, deadline, self.clock, self.sent)
        answer = reading.answer(probe)
        self.used = True
        self.length = len(reading.raw)
        return answer, stay and reading.persists and not answer.faults

    def send(self, probe: Probe, deadline: float, *, stay: bool) -> None:
        """Send a probe; `stay` asks the server to keep the connection open."""
        self.sent = self.clock()
        # Who refuses a request need not have read it all: what counts is whether an answer came.
        with suppress(OSError):
            self.stream.settimeout(max(deadline - self.clock(), 0.1))
            self.stream.sendall(_request(probe, self.target, stay=stay))

    def unannounced(self, seconds: float = 0.0) -> bytes | None:
        """Return bytes that follow the last answer; None where the server has closed.

        Waits up to some seconds for them.
        """
        try:
            self.stream.settimeout(seconds)  # another thread may have closed it: the run has ended
            return self.stream.recv(65536) or None
        except (BlockingIOError, TimeoutError, ssl.SSLWantReadError):
            return b""
        except OSError:
            return None

    def with_bytes_behind(self, answer: Answer, extra: bytes) -> Answer:
        """Return the last answer of this connection, with the bytes that follow it as a fault."""
        found = replace(fault(extra, 0, BEHIND), at=self.length)
        return replace(answer, faults=(*answer.faults, found))


def speaks_tls(target: Target, seconds: float) -> bool:
    """Tell whether TLS can be spoken to the port of a target, whoever it belongs to."""
    anybody = ssl.create_default_context()
    anybody.check_hostname = False
    anybody.verify_mode = ssl.CERT_NONE  # nothing is sent: only the handshake counts
    deadline = time.monotonic() + seconds
    try:
        secured = replace(target, scheme="https")
        Connection.open(secured, anybody, deadline, time.monotonic).close()
    except Lost:
        return False
    return True


def _plain(target: Target, deadline: float, clock: Clock) -> socket.socket:
    if target.proxy is None:
        return dial(target.host, target.port, deadline, clock)
    if target.scheme == "http":
        return target.proxy.connect(deadline, clock)
    return target.proxy.tunnel(target.host, target.port, deadline, clock)


def _secured(plain: socket.socket, host: str, tls: ssl.SSLContext | None) -> socket.socket:
    try:
        return (tls or ssl.create_default_context()).wrap_socket(plain, server_hostname=host)
    except BaseException:
        plain.close()
        raise


@dataclass(eq=False)
class _Reading:
    """One answer on its way in, every byte kept."""

    stream: socket.socket
    deadline: float
    clock: Clock
    started: float
    raw: bytearray = field(default_factory=bytearray)
    head: h11.Response | None = None
    content: bytearray = field(default_factory=bytearray)
    interim: int = 0
    ended: bool = False
    late: bool = False
    persists: bool = False

    def answer(self, probe: Probe) -> Answer:
        try:
            return self._read_through(probe.method)
        except Lost:
            raise
        except Exception:  # noqa: BLE001 - whatever a reader fails on, the run goes on behind it
            content, seconds = bytes(self.content), self.clock() - self.started
            found = fault(bytes(self.raw), 0, "the answer could not be read")
            return Answer(0, (), content, seconds, (found,), self.late)

    def _read_through(self, method: str) -> Answer:
        parser = _parser(method)
        stopped = self._read(parser)
        if stopped and self.head is None and (whole := mended(bytes(self.raw))):
            parser = _parser(method)
            parser.receive_data(whole)
            stopped = self._read(parser)
        seconds = self.clock() - self.started
        self.persists = parser.their_state is h11.DONE and not self.ended
        raw = bytes(self.raw)
        head, faults = frame(raw, method)
        if stopped and not faults:
            faults = (fault(raw, len(raw), stopped),)
        status = self.head.status_code if self.head else 0
        headers = tuple((field.name, field.value) for field in head.fields) if status else ()
        content, unread = bytes(self.content), ""
        codings = [field.value for field in head.named("content-encoding")]
        if content and not faults:
            try:
                content = decoded(content, codings)
            except Undecodable as error:
                faults = (fault(raw, head.end, f"the content cannot be decoded: {error}"),)
            except UnknownCoding as error:
                unread = str(error)
        return Answer(status, headers, content, seconds, faults, self.late, unread)

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
            self.late = error.kind is LossKind.LATE
            return f"the answer was cut off: {error}"
        return ""

    def _words(self, error: h11.RemoteProtocolError) -> str:
        """Say what stopped h11, without numbers that differ from answer to answer."""
        if error.error_status_hint == 431:  # noqa: PLR2004 - h11's buffer is full
            return f"a head, a trailer or the line of a chunk has more than {MAX_HEAD} bytes"
        if self.ended:
            return "the answer stops before its end"
        return f"the answer is not HTTP/1.1: {str(error).partition(':')[0]}"

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
            raise Lost("no complete answer in time", LossKind.LATE)
        self.stream.settimeout(remaining)
        try:
            chunk = self.stream.recv(65536)
        except TimeoutError:
            raise Lost("no complete answer in time", LossKind.LATE) from None
        except OSError as error:
            raise Lost(f"the connection broke: {_reason(error)}") from None
        self.raw += chunk
        self.ended = not chunk
        if len(self.raw) > MAX_RAW:
            raise _TooMuch(f"more than {MAX_RAW} bytes in all")
        return chunk


def _parser(method: str) -> h11.Connection:
    """Return a parser that waits for the answer to such a request."""
    parser = h11.Connection(h11.CLIENT, max_incomplete_event_size=MAX_HEAD)
    parser.send(h11.Request(method=method, target="/", headers=[("Host", "h")]))
    parser.send(h11.EndOfMessage())
    return parser


def _request(probe: Probe, target: Target, *, stay: bool) -> bytes:
    """Write a request: h11 would refuse what is odd about some, and that is what they are for."""
    form, said = probe.form, probe.wire_headers(target.token)
    headers = _headers(probe, target, said, stay=stay)
    path = target.prefix + probe.wire_path(target.token)
    by_proxy = target.proxy is not None and target.scheme == "http"
    if target.proxy is not None and by_proxy:
        headers += target.proxy.headers
    if form.absolute or by_proxy:
        path = target.origin + path
    lines = [f"{probe.method} {path} HTTP/{form.version}"]
    lines += [f"{name}: {value}" if value else f"{name}:" for name, value in headers]
    body = b"0\r\n\r\n" if ("Transfer-Encoding", "chunked") in said else b""
    return "\r\n".join([*lines, "", ""]).encode("latin-1") + (probe.content or body)


def _headers(
    probe: Probe, target: Target, said: tuple[tuple[str, str], ...], *, stay: bool
) -> list[tuple[str, str]]:
    """List the headers for the server: our own, those of the probe, and those of every request."""
    form = probe.form
    host = next((value for name, value in said if name == "Host"), target.authority)
    ours = {"Host": host, form.named("User-Agent"): form.agent}
    if form.version == "1.1":
        ours[form.named("Connection")] = "keep-alive" if stay else "close"
    names = {name.lower() for name, _ in said} - {"connection", "host"}  # one is a list
    headers = [pair for pair in ours.items() if pair[1] and pair[0].lower() not in names]
    headers += [form.header(*pair) for pair in said if pair[0] != "Host"]
    if probe.method in CARRYING or probe.content:
        headers.append(("Content-Length", str(len(probe.content or b""))))
    return headers + [(header.name, header.wire) for header in target.headers]


def _reason(error: Exception) -> str:
    if isinstance(error, ssl.SSLCertVerificationError):
        return f"TLS: {error.verify_message}"
    if isinstance(error, ssl.SSLError):
        return f"TLS: {error.reason or error}"
    if isinstance(error, TimeoutError):
        return "timed out"
    return getattr(error, "strerror", None) or str(error)
