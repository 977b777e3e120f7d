"""Headers that a gateway in front of the target asks for: sent with every request, never shown."""

from __future__ import annotations

import os
import re
import shlex
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from contracts.usage import UsageError

NAME: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
VARIABLE: Final = re.compile(r"\$(?:(\w+)|\{(\w+)\})")

OURS: Final[Mapping[str, str]] = {
    "authorization": "the token goes into --token",
    "host": "it is the host of BASE_URL",
    "accept": "the judge asks for several media types",
    "user-agent": "it names the judge",
    "connection": "the judge frames its requests itself",
    "content-length": "the judge frames its requests itself",
    "transfer-encoding": "the judge frames its requests itself",
    "expect": "the judge frames its requests itself",
    "upgrade": "the judge frames its requests itself",
}


@dataclass(frozen=True, slots=True)
class GatewayHeader:
    """A header as it goes out, and as it was given."""

    name: str
    wire: str
    given: str

    @property
    def word(self) -> str:
        """The header as a word of a shell.

        One that names a variable keeps it, so that a curl line runs as it is printed; any other
        value is a secret, and not shown.
        """
        if self.wire == self.given:
            return shlex.quote(f"{self.name}: …")
        text = re.sub(r'(["\\`])', r"\\\1", self.given)
        return f'"{self.name}: {text}"'


def gateway_header(text: str) -> GatewayHeader:
    """Read `Name: value`, with $NAME for a variable of the environment; raise `UsageError`."""
    name, colon, value = (part.strip() for part in text.partition(":"))
    if not colon or NAME.fullmatch(name) is None:
        raise UsageError(f"--header {name!r}: write it as 'Name: value'")
    if name.lower() in OURS:
        raise UsageError(f"--header {name}: not possible, {OURS[name.lower()]}")
    wire = VARIABLE.sub(lambda found: _variable(name, found[1] or found[2]), value)
    if re.fullmatch(r"[\x20-\x7e\t]*", wire) is None:
        raise UsageError(f"--header {name}: its value holds what a header cannot")
    return GatewayHeader(name, wire, value)


def _variable(header: str, name: str) -> str:
    if name not in os.environ:
        raise UsageError(f"--header {header}: the environment has no variable {name}")
    return os.environ[name]
