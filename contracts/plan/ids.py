"""The catalogue of ids that nobody chose, and that routers, decoders and databases trip over."""

from __future__ import annotations

import re
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass
from types import MappingProxyType
from typing import Final

from find_webhook_kit.spec.operation import Parameter
from find_webhook_kit.spec.texts import text_violations

INJECTED: Final = "X-Judge-Injected"
"""A header that no server sends, unless it writes an id into its own headers as it came."""

ODD_IDS: Final[Mapping[str, str]] = MappingProxyType(
    {
        "a UUID": "3f2b8c1e-6f0a-4d7e-9a54-0c1d2e3f4a5b",
        "digits": "90210447713",
        "the word null": "null",
        "the word undefined": "undefined",
        "a slash": "a/b",
        "a backslash": "a\\b",
        "a way up": "../../admin",
        "a quote": "o'brien\"--",
        "a line of SQL": "' OR '1'='1",
        "an operator": '{"$ne":null}',
        "a template": "{{7*7}}${7*7}",
        "a tag": "<script>alert(1)</script>",
        "an asterisk": "*",
        "a percent sign alone": "%",
        "a literal %25": "100%25",
        "query characters": "a?b=c&d#e",
        "matrix parameters": "a;b=c,d",
        "spaces only": "   ",
        "a line break": "a\nb",
        "a header in it": f"a\r\n{INJECTED}: 1",
        "a tab": "a\tb",
        "a NUL": "a\0b",
        "characters beyond ASCII": "кафе-\N{LATIN SMALL LETTER E WITH ACUTE}",
        "an emoji": "crm-\N{WAVING HAND SIGN}",
        "300 characters": "x" * 300,
    }
)


def relatives(known: str) -> dict[str, str]:
    """Return the ids that are like a known one, and another one all the same."""
    alike = {
        "a known id and more": f"{known}x",
        "a zero and a known id": f"0{known}",
        "a known id but for its end": known[:-1],
        "a known id in other case": known.swapcase(),
        "a known id and a space": f"{known} ",
        "a space and a known id": f" {known}",
        "a known id and a line break": f"{known}\n",
        "a known id and a NUL": f"{known}\0",
        "a known id and an ending": f"{known}.json",
        "a known id and a slash": f"{known}/",
        "a known id and an asterisk": f"{known[:-1]}*",
        "a known id, encoded twice": "".join(f"%{byte:02X}" for byte in known.encode()),
    }
    return {name: value for name, value in alike.items() if value not in {"", known}}


NO_SUCH_NUMBER: Final = "2147480011"
"""An id that nobody has, where ids are numbers."""

IN_FORM: Final = (
    NO_SUCH_NUMBER,
    "5f0c1e7a-0f3d-4b7e-9a54-6e1d2c3b4a59",
    "9999-12-31",
    "9999-12-31T23:59:59Z",
)
"""Ids that nobody has, in the forms that contracts ask for."""


@dataclass(frozen=True, slots=True)
class Nobodys:
    """A value of a path parameter that nobody has, and whether the contract allows it there."""

    text: str
    allowed: bool


def nobodys(parameter: Parameter, known: Collection[str], wanted: str) -> Nobodys:
    """Find a value that nobody has: as `wanted`, else in a form that the contract allows.

    Where each allowed value may exist, as of an enumeration, it is one that is not allowed.
    """
    asked = wanted if wanted not in known else f"{wanted}-too"
    for text in (asked, *IN_FORM, *_alike(next(iter(known), ""))):
        if text not in known and _allowed(parameter, text):
            return Nobodys(text, allowed=True)
    return Nobodys(asked, allowed=False)


def _alike(known: str) -> Iterator[str]:
    """Write an id with other characters of the same kinds in their places."""
    for lower, digit in (("z", "7"), ("e", "7")):
        small = re.sub("[a-z]", lower, re.sub("[0-9]", digit, known))
        yield re.sub("[A-Z]", lower.upper(), small)


def _allowed(parameter: Parameter, text: str) -> bool:
    simple = parameter.media_type is None and parameter.style == "simple"
    return simple and not text_violations(parameter.schema, text, "request")
