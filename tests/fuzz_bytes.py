"""Bends the bytes of good and bad requests, and judges what the mock makes of them."""

from __future__ import annotations

import random
from collections.abc import Callable
from typing import Final

from probes import GOOD, HALF_SENT, PROBES
from wire import exchange

LONGEST: Final = 64 * 1024

# Without what takes time because it was asked to.
CORPUS: Final = [
    probe.sent
    for probe in (*PROBES.values(), *HALF_SENT.values())
    if len(probe.sent) < LONGEST and b"delay" not in probe.sent and len(probe.statuses) < 100
]
TOKENS: Final = (
    *(
        b"\r\n",
        b"\r",
        b"\n",
        b"\r\n\r\n",
        b" ",
        b"\t",
        b"\x00",
        b":",
        b": ",
        b";",
        b",",
        b"=",
        b'"',
    ),
    *(
        b"%",
        b"%00",
        b"%2F",
        b"%FF",
        b"/",
        b"//",
        b"?",
        b"#",
        b"*",
        b"\x7f",
        b"\x80",
        b"\xff",
        b"\xc3\xa9",
    ),
    *(b"HTTP/1.1", b"HTTP/1.0", b"HTTP/2.0", b"GET ", b"HEAD ", b"OPTIONS ", b"POST ", b"CONNECT "),
    *(b"Host: mock\r\n", b"Connection: close\r\n", b"Connection: upgrade\r\n", b"Upgrade: h2c\r\n"),
    *(b"Content-Length: 0\r\n", b"Content-Length: 5\r\n", b"Transfer-Encoding: chunked\r\n"),
    *(
        b"Expect: 100-continue\r\n",
        b"0\r\n\r\n",
        b"5\r\nabcde\r\n",
        b"FFFFFFFF\r\n",
        b"-1",
        b"1" * 30,
    ),
    *(
        b"Authorization: Bearer demo-token\r\n",
        b"Accept: */*\r\n",
        b"Prefer: code=401\r\n",
        b"x" * 300,
    ),
)

Bend = Callable[[random.Random, bytes], bytes]


def _changed(chance: random.Random, data: bytes) -> bytes:
    start, _ = _slice(chance, data, 1)
    return data[:start] + bytes([chance.randrange(256)]) + data[start + 1 :]


def _inserted(chance: random.Random, data: bytes) -> bytes:
    start, _ = _slice(chance, data)
    return data[:start] + chance.choice(TOKENS) + data[start:]


def _replaced(chance: random.Random, data: bytes) -> bytes:
    start, end = _slice(chance, data)
    return data[:start] + chance.choice(TOKENS) + data[end:]


def _removed(chance: random.Random, data: bytes) -> bytes:
    start, end = _slice(chance, data)
    return data[:start] + data[end:]


def _repeated(chance: random.Random, data: bytes) -> bytes:
    start, end = _slice(chance, data)
    return data[:start] + data[start:end] * chance.choice((2, 3, 100)) + data[end:]


def _moved(chance: random.Random, data: bytes) -> bytes:
    start, end = _slice(chance, data)
    rest = data[:start] + data[end:]
    place, _ = _slice(chance, rest)
    return rest[:place] + data[start:end] + rest[place:]


def _cut(chance: random.Random, data: bytes) -> bytes:
    return data[: _slice(chance, data)[0]]


def _spliced(chance: random.Random, data: bytes) -> bytes:
    other = chance.choice(CORPUS)
    return data[: _slice(chance, data)[0]] + other[_slice(chance, other)[0] :]


def _followed(chance: random.Random, data: bytes) -> bytes:
    return data.replace(b"Connection: close\r\n", b"") + chance.choice(CORPUS)


def _slice(chance: random.Random, data: bytes, longest: int = 40) -> tuple[int, int]:
    start = chance.randint(0, len(data))
    return start, start + chance.randint(1, longest)


BENDS: Final[tuple[Bend, ...]] = (
    *(_changed, _inserted, _replaced, _removed, _repeated, _moved, _cut, _spliced, _followed),
)


def bent(number: int, index: int) -> bytes:
    """Return the bytes of an index, the same each time."""
    chance = random.Random(f"{number}/{index}")  # noqa: S311 - it must repeat
    data = chance.choice(CORPUS)
    for _ in range(chance.randint(1, 6)):
        data = chance.choice(BENDS)(chance, data)
    return data[:LONGEST]


class Fuzzed:
    """A mock on a port that gets one input after another, and must be the same after each."""

    def __init__(self, port: int) -> None:
        self._port = port
        self._before = exchange(port, [GOOD])

    def check(self, data: bytes, cut: int) -> None:
        """Hold what comes back to what every answer must be, and the next good one to the first.

        The same bytes in two packets get the same answers.
        """
        said = exchange(self._port, [data], method=None, finish=True)

        assert [] == [issue for answer in said for issue in answer.issues()]
        assert said or not data.strip(b"\r\n"), "no answer"
        again = exchange(self._port, [data[:cut], data[cut:]], method=None, finish=True)
        # Whether an answer says that it is the last one hangs on whether the mock knew it yet.
        assert [(it.status, it.body) for it in said] == [(it.status, it.body) for it in again]
        assert self._before == exchange(self._port, [GOOD])


def fuzz(port: int, count: int, number: int) -> None:
    """Send as many bent inputs to a mock; a number stands for the same ones each time."""
    mock = Fuzzed(port)
    for index in range(count):
        data = bent(number, index)
        try:
            mock.check(data, index % (len(data) + 1))
        except Exception as error:
            error.add_note(f"input {index} of seed {number}: {data!r}")
            raise
