"""Bends the answers of an honest server: status lines, headers, JSON, and bytes anywhere."""

from __future__ import annotations

import gzip
import json
import random
from collections.abc import Callable, Sequence
from typing import Any, Final

from fuzz_bytes import BENDS
from fuzz_texts import DIGITS, KEYS, NAMES, PLACES, STATUS_LINES, TEXTS, VALUES

LONGEST: Final = 64 * 1024

Chance = random.Random
Bend = Callable[[Chance, bytes], bytes]


def _parted(raw: bytes) -> tuple[list[bytes], bytes]:
    head, _, body = raw.partition(b"\r\n\r\n")
    return head.split(b"\r\n"), body


def _joined(lines: list[bytes], body: bytes) -> bytes:
    return b"\r\n".join([*lines, b"", body])


def with_body(raw: bytes, body: bytes) -> bytes:
    """Put another body into an answer, with its length."""
    lines, _ = _parted(raw)
    kept = [line for line in lines if not line.lower().startswith(b"content-length:")]
    return _joined([*kept, b"Content-Length: %d" % len(body)], body)


def _status(chance: Chance, raw: bytes) -> bytes:
    lines, body = _parted(raw)
    return _joined([chance.choice(STATUS_LINES), *lines[1:]], body)


def _header(chance: Chance, raw: bytes) -> bytes:
    """Add a header, in place of the one of its name or beside it."""
    lines, body = _parted(raw)
    name = chance.choice(NAMES).encode("latin-1")
    line = name + chance.choice((b": ", b":", b" : ", b"")) + _value(chance)
    beside = chance.random() < 0.3
    kept = [it for it in lines if beside or not it.lower().startswith(name.lower() + b":")]
    return _joined([*(kept or lines[:1]), *[line] * chance.choice((1, 1, 1, 2, 50))], body)


def _changed_header(chance: Chance, raw: bytes) -> bytes:
    """Give a header that is there another value."""
    lines, body = _parted(raw)
    if len(lines) < 2:  # nothing but a status line
        return raw
    place = chance.randrange(1, len(lines))
    name = lines[place].partition(b":")[0]
    return _joined([*lines[:place], name + b": " + _value(chance), *lines[place + 1 :]], body)


def _value(chance: Chance) -> bytes:
    value = chance.choice(VALUES).encode("latin-1")
    if chance.random() < 0.3:
        value = chance.choice((value + b", ", value + b"; ", b"")) + chance.choice(VALUES).encode(
            "latin-1"
        )
    return value


def _text(chance: Chance, raw: bytes) -> bytes:
    return with_body(raw, chance.choice(TEXTS))


def _json(chance: Chance, raw: bytes) -> bytes:
    """Change what a body says: a value, a name, how many."""
    try:
        value = json.loads(_parted(raw)[1])
    except (ValueError, RecursionError):
        value = [{"url": 1}]
    for _ in range(chance.randint(1, 3)):
        value = _changed(chance, value)
    try:
        text = json.dumps(value, ensure_ascii=chance.random() < 0.5)
    except (ValueError, RecursionError):  # the number has more digits than may be written now
        text = "[" + "9" * 3000 + "]"
    return with_body(raw, text.encode("utf-8", "surrogatepass"))


def _changed(chance: Chance, value: Any) -> Any:
    """Return a value with another one somewhere in it."""
    if isinstance(value, list) and value and chance.random() < 0.8:
        place = chance.randrange(len(value))
        return [*value[:place], _changed(chance, value[place]), *value[place + 1 :]]
    if isinstance(value, dict) and value and chance.random() < 0.9:
        name = chance.choice(list(value))
        if chance.random() < 0.2:
            return {chance.choice(KEYS) if key == name else key: it for key, it in value.items()}
        if chance.random() < 0.2:
            return {**value, chance.choice(KEYS): chance.choice(PLACES)}
        if chance.random() < 0.2:
            return {key: it for key, it in value.items() if key != name}
        return {**value, name: _changed(chance, value[name])}
    return chance.choice(PLACES)


def _packed(_: Chance, raw: bytes) -> bytes:
    lines, body = _parted(raw)
    return with_body(_joined([*lines, b"Content-Encoding: gzip"], body), gzip.compress(body))


def _chunked(chance: Chance, raw: bytes) -> bytes:
    lines, body = _parted(raw)
    kept = [line for line in lines if not line.lower().startswith(b"content-length:")]
    size = chance.choice(
        (b"%x" % len(body), DIGITS.encode(), b"-1", b"", b"0x5", b"f" * 20, b"0", b"\xb2")
    )
    rest = chance.choice((b"0\r\n\r\n", b"0\r\nContent-Type: x\r\n\r\n", b"", b"0;" + b"x" * 9000))
    return _joined([*kept, b"Transfer-Encoding: chunked"], size + b"\r\n" + body + b"\r\n" + rest)


def _bytes(chance: Chance, raw: bytes) -> bytes:
    return chance.choice(BENDS)(chance, raw)


def _random(chance: Chance, _: bytes) -> bytes:
    return chance.randbytes(chance.randint(0, 400))


def _preceded(chance: Chance, raw: bytes) -> bytes:
    return b"HTTP/1.1 103 Early\r\nLink: %s\r\n\r\n" % _value(chance) + raw


HEADS: Final[tuple[Bend, ...]] = (_status, *[_header] * 3, *[_changed_header] * 2, _preceded)
BODIES: Final[tuple[Bend, ...]] = (_text, *[_json] * 5, _packed)
BYTES: Final[tuple[Bend, ...]] = (*[_bytes] * 3, _chunked, _random)
WAYS: Final = (HEADS, BODIES, BYTES, HEADS + BODIES + BYTES)
"""What may be bent in the answers of one server."""


def bent(chance: Chance, raw: bytes, ways: Sequence[Bend]) -> bytes:
    """Return an answer, bent in one to four of some ways."""
    for _ in range(chance.choice((1, 1, 2, 2, 3, 4))):
        raw = chance.choice(ways)(chance, raw)
    return raw[:LONGEST] if len(raw) > 2 * LONGEST else raw
