"""Headers that a gateway in front of the target asks for: sent with every request, never shown."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Final

from find_webhook_kit.contracts.usage import UsageError
from find_webhook_kit.contracts.wire.shell import Live, word
from find_webhook_kit.contracts.wire.variables import filled, pieces, values

NAME: Final = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")

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
    wire: str = field(repr=False)
    given: str = field(repr=False)

    @property
    def word(self) -> str:
        """The header as a word of a shell.

        One that names a variable keeps it, so that a curl line runs as it is printed; any other
        value is a secret, and not shown.
        """
        shown = pieces(self.given)
        if not any(isinstance(piece, Live) for piece in shown):
            shown = ["…"]
        return word(f"{self.name}: ", *shown) if self.wire else word(f"{self.name};")

    @property
    def secrets(self) -> tuple[str, ...]:
        """What must not be shown: the values of its variables, or all of it."""
        return values(self.given) or (self.wire,)


def gateway_header(text: str) -> GatewayHeader:
    """Read `Name: value`, with $NAME for a variable of the environment; raise `UsageError`.

    No error repeats what may be a value.
    """
    name, colon, value = (part.strip() for part in text.partition(":"))
    if not colon or NAME.fullmatch(name) is None:
        raise UsageError("--header: write it as 'Name: value', with a name that HTTP allows")
    if name.lower() in OURS:
        raise UsageError(f"--header {name}: not possible, {OURS[name.lower()]}")
    wire = filled(f"--header {name}", value).strip(" \t")
    if re.fullmatch(r"[\x20-\x7e\t]*", wire) is None:
        raise UsageError(f"--header {name}: its value holds what a header cannot")
    return GatewayHeader(name, wire, value)
