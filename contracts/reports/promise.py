"""Where a promise stands: the line of the contract and whose it is, or the section of an RFC."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from typing import Final

from find_webhook_kit.spec import Contract

SECTION: Final = re.compile(r"RFC (\d+)(?:, sections? ([\d.]*\d))?")
SECURITY: Final = "/security"
OF_THE_CONTRACT: Final = re.compile(r"(?:vendor page|an assumption)[^:]*[:,](.*)")


@dataclass(frozen=True, slots=True)
class Promise:
    """A promise's source in words, and its line in the contract, where it stands there.

    `near` is the line that a tool is pointed to which needs one: the operation's, at worst.
    """

    words: str
    line: int | None
    near: int
    document: str

    @property
    def text(self) -> str:
        """Say where it stands, as an editor reads it."""
        return f"{self.document}:{self.line} ({self.words})" if self.line else self.words


def document(contract: Contract) -> str:
    """Name the contract's file as it stands in a clone: in its folder, which `api.yaml` has not."""
    folder = contract.path.parent.name
    return f"{folder}/{contract.path.name}" if folder else contract.path.name


@cache
def promise(source: str, contract: Contract) -> Promise:
    """Find a clause's source in the contract: it is a place of it, names one, or is outside it."""
    if source.endswith(SECURITY) and not contract.line(source) and contract.line(SECURITY):
        source = SECURITY  # an operation without credentials of its own has those of the document
    line = contract.line(source)
    words = contract.origin(source) if line else source
    line = line or contract.line(_named(source, contract))
    first = next((item.source for item in contract.operations.values()), "")
    return Promise(words, line, line or contract.line(first) or 1, document(contract))


def _named(source: str, contract: Contract) -> str:
    """Return the place that a source names, a member or a response; none is no place."""
    told = OF_THE_CONTRACT.match(source)
    names = re.findall(r"\w+", told[1]) if told else []
    places = _places(contract)
    return next((places[name] for name in names if name in places), "none")


@cache
def _places(contract: Contract) -> dict[str, str]:
    """Map the names that the contract knows to where they stand; the first place counts."""
    return dict(reversed(list(_listed(contract))))


def _listed(contract: Contract) -> Iterator[tuple[str, str]]:
    for operation in contract.operations.values():
        for status, response in operation.responses.items():
            yield str(status), response.source
            yield response.description, response.source
            for media_type in response.content.values():
                for member in media_type.schema.members():
                    yield member.name, member.schema.source


def standard(words: str) -> str:
    """Return the address of the first RFC that a source names, or nothing."""
    found = SECTION.search(words)
    if found is None:
        return ""
    section = f"#section-{found[2]}" if found[2] else ""
    return f"https://www.rfc-editor.org/rfc/rfc{found[1]}{section}"
