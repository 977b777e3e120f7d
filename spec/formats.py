"""The formats that are checked: what each asks for in words, and how a value is held against it."""

from __future__ import annotations

import base64
import binascii
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import cache
from typing import Any, Final

import jsonschema_rs

from find_webhook_kit.spec.date_time import is_date_time

NUMBERS: Final[Mapping[str, tuple[str, float, float]]] = {
    "int32": ("a 32-bit integer", -(2**31), 2**31 - 1),
    "int64": ("a 64-bit integer", -(2**63), 2**63 - 1),
    "float": ("a number of single precision", -3.4028235677973366e38, 3.4028235677973366e38),
}


@dataclass(frozen=True, slots=True)
class TextFormat:
    """A format of texts: what it is called in a sentence, and its check."""

    words: str
    is_valid: Callable[[str], bool]


def _by_library(name: str) -> Callable[[str], bool]:
    @cache
    def validator() -> jsonschema_rs.Draft202012Validator:
        return jsonschema_rs.Draft202012Validator({"format": name}, validate_formats=True)

    return lambda text: validator().is_valid(text)


def is_base64(text: str) -> bool:
    """Tell whether a text is base64 as RFC 4648, section 4, has it; line breaks are let pass."""
    try:
        base64.b64decode("".join(text.split()), validate=True)
    except (binascii.Error, ValueError):
        return False
    return True


TEXTS: Final[Mapping[str, TextFormat]] = {
    "date-time": TextFormat("a date-time", is_date_time),
    "byte": TextFormat("base64 text", is_base64),
    **{
        name: TextFormat(words, _by_library(name))
        for name, words in (
            ("date", "a date"),
            ("time", "a time"),
            ("duration", "a duration"),
            ("email", "an email address"),
            ("idn-email", "an email address"),
            ("hostname", "a host name"),
            ("idn-hostname", "a host name"),
            ("ipv4", "an IPv4 address"),
            ("ipv6", "an IPv6 address"),
            ("uri", "a URI"),
            ("uri-reference", "a URI reference"),
            ("iri", "an IRI"),
            ("iri-reference", "an IRI reference"),
            ("uri-template", "a URI template"),
            ("uuid", "a UUID"),
            ("json-pointer", "a JSON pointer"),
            ("relative-json-pointer", "a relative JSON pointer"),
            ("regex", "a regular expression"),
        )
    },
}

CHECKS: Final[Mapping[str, Any]] = {name: each.is_valid for name, each in TEXTS.items()}


def fits_number(name: str, value: object) -> bool:
    """Tell whether a number is within the range of a format; what is no number is left alone."""
    _, least, most = NUMBERS[name]
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        return True
    return least <= value <= most
