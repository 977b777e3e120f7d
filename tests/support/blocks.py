"""The blocks of a page of the documentation, as files and as commands."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Final, NamedTuple

PAGE: Final = Path(__file__).parents[2] / "docs" / "in-your-app.md"

_BLOCK: Final = re.compile(r"^```(\w*)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
_NAMED: Final = re.compile(r"(?:#|//) ([\w./-]+\.\w+)\n")


class Block(NamedTuple):
    """A fenced block: the language that it names, and its text."""

    language: str
    text: str

    @property
    def file(self) -> str | None:
        """The file that its first line names."""
        named = _NAMED.match(self.text)
        return named[1] if named else None


def blocks(page: Path = PAGE) -> Iterator[Block]:
    """Give the blocks of a page, from above."""
    for language, text in _BLOCK.findall(page.read_text(encoding="utf-8")):
        yield Block(language, text)


def files(page: Path = PAGE) -> dict[str, str]:
    """Return the files of a page, by name."""
    return {block.file: block.text for block in blocks(page) if block.file}


def scripts(page: Path = PAGE) -> list[str]:
    """Return what a page has its reader type, block by block."""
    return [block.text.strip() for block in blocks(page) if block.language == "sh"]
