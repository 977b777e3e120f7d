"""Liars whose JSON is none, or is not labelled as what it is."""

from __future__ import annotations

from collections.abc import Callable

from liars.bend import asked, headed, written
from liars.row import Row, error, warning

TYPE = "Content-Type"


def text(name: str, change: Callable[[str], str]) -> Row:
    """Make a row for a text that is written as UTF-8 and is not JSON."""
    return error(name, written(lambda given: change(given).encode()), "json")


def raw(name: str, write: Callable[[str], bytes]) -> Row:
    """Make a row for bytes that are not JSON."""
    return error(name, written(write), "json")


def _in_name(characters: str) -> Callable[[str], str]:
    return lambda given: given.replace('"name": "', f'"name": "{characters}', 1)


def _in_bytes(characters: bytes) -> Callable[[str], bytes]:
    return lambda given: given.encode().replace(b'"name": "', b'"name": "' + characters, 1)


GRAMMAR = (
    text("a comment", lambda given: f"{given} // webhooks"),
    text("a shield against scripts", lambda given: f")]}}',\n{given}"),
    text("a NUL at the end", lambda given: f"{given}\0"),
    text("a number with a plus", lambda given: given.replace("true", "+1", 1)),
    text("a number with a zero before", lambda given: given.replace("true", "01", 1)),
    text("a hexadecimal number", lambda given: given.replace("true", "0x1", 1)),
    text("True and False", lambda given: given.replace("true", "True")),
    text("undefined", lambda given: given.replace("true", "undefined", 1)),
    text("Infinity", lambda given: given.replace("true", "Infinity", 1)),
    text("minus Infinity", lambda given: given.replace("true", "-Infinity", 1)),
    text("a line break in a text", _in_name("\n")),
    text("a tab in a text", _in_name("\t")),
    text("a NUL in a text", _in_name("\0")),
    text("an escape that JSON lacks", _in_name(r"\x41")),
    text("half of an escape", _in_name(r"\u00")),
    text("the second half of a surrogate pair", _in_name(r"\ude00")),
    text("names without quotes", lambda given: given.replace('"url"', "url")),
    text("no comma", lambda given: given.replace(', "url"', ' "url"')),
    text("a key twice in the events", lambda given: given.replace('"newJwt"', '"chatsSet"')),
    text(
        "the same thing twice",
        lambda given: given.replace('"enabled": true', '"enabled": true, "enabled": true'),
    ),
    raw("too long a spelling in UTF-8", _in_bytes(b"\xc0\xaf")),
    raw("surrogates in UTF-8", _in_bytes(b"\xed\xa0\xbd\xed\xb8\x80")),
    raw("half of a character", _in_bytes(b"\xe2\x82")),
    raw("UTF-32", lambda given: given.encode("utf-32-be")),
)

LABELS = (
    error("another type of JSON", headed((TYPE, "text/json")), "media-type.200"),
    error("a vendor's type", headed((TYPE, "application/vnd.api+json")), "media-type.200"),
    error("two types in one line", headed((TYPE, "application/json, text/html")), "media-type.200"),
    error("a stream of lines", headed((TYPE, "application/x-ndjson")), "media-type.200"),
    error("bytes of any kind", headed((TYPE, "application/octet-stream")), "media-type.200"),
    error(
        "HTML for an empty list", headed((TYPE, "text/html"), when=asked("idle")), "media-type.200"
    ),
    error(
        "text for one instance", headed((TYPE, "text/plain"), when=asked("bare")), "media-type.200"
    ),
    warning(
        "ASCII that is called Latin-1",
        headed((TYPE, "application/json; charset=iso-8859-1")),
        "json.charset",
    ),
    error(
        "ASCII that is called UTF-16",
        headed((TYPE, 'application/json; charset="utf-16"')),
        "json.charset",
    ),
    error(
        "a charset that nobody knows",
        headed((TYPE, "application/json; charset=utf-ate")),
        "json.charset",
    ),
)
