"""The catalogue of ids that nobody chose, and that routers, decoders and databases trip over."""

from __future__ import annotations

from collections.abc import Mapping
from types import MappingProxyType
from typing import Final

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
