"""One word for one thing: what the field has a name for has no other one in the code."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

ROOT = Path(__file__).parents[1]
GUIDE = ROOT / "docs" / "how-it-works.md"
SUFFIXES = {".py", ".md", ".html", ".js"}

EVERYWHERE = {
    r"anew": "again",
    r"blanks?(?! line)": "space",
    r"letters?(?!,? (and )?digits)": "character",
    r"flaws?": "issue",
    r"lasting": "cacheable",
    r"whims?": "unexplained",
    r"MAX_FLAWS|MAX_LETTERS|BLANKS": "MAX_ISSUES, MAX_BYTES, WHITESPACE",
    r"Flaw|Catalogue|Fate|Topic|Trust|Foreign|Ruling": "the names in the glossary",
}
"""Retired words, and what stands for them."""

IN_THE_MOCK = {
    r"fate": "delivery",
    r"catalogue": "fixtures by id",
    r"library": "fixture store",
    r"shelf|shelves": "folder",
    r"strangers?": "unknown id",
    r"reply\.wait": "reply.delay",
}

MEANT = re.compile(
    r"""about:blank|["']flaws["']|\.flaws\.|states\?\.flaws
    |(small|capital|Latin|Cyrillic|Greek|LETTER)\ letters?|has\ letters|1\ to\ 64\ letters
    |standard\ library|client\ library|library\ in\ C|trust-host|the\ letter\ c\b""",
    re.VERBOSE | re.IGNORECASE,
)
"""Where such a word is the right one: keys on the wire, alphabets, other people's libraries."""


def files(*folders: str) -> Iterator[Path]:
    """List our own texts."""
    for folder in folders:
        for path in sorted((ROOT / folder).rglob("*")):
            parts = path.relative_to(ROOT).parts
            if path.suffix in SUFFIXES and not {"data", "__pycache__"} & {*parts}:
                yield path


def found(words: dict[str, str], *folders: str) -> list[str]:
    """List the places where one of the words stands."""
    expression = re.compile(rf"\b({'|'.join(words)})\b")
    return [
        f"{path.relative_to(ROOT)}:{number}: {match[0]}"
        for path in files(*folders)
        if path != Path(__file__)
        for number, line in enumerate(path.read_text(encoding="utf-8").splitlines(), 1)
        if expression.search(line) and (match := expression.search(MEANT.sub("", line)))
    ]


def test_retired_words_are_gone() -> None:
    """What a word was replaced for does not come back."""
    assert [] == found(EVERYWHERE, "mock_server", "contracts", "spec", "tests", "docs")


def test_retired_words_of_the_mock_are_gone() -> None:
    """These mean something else where the judge or a document is spoken of."""
    assert [] == found(IN_THE_MOCK, "mock_server")


def test_glossary_has_fifteen_words() -> None:
    """A word of our own is explained, and there are few."""
    _, _, glossary = GUIDE.read_text(encoding="utf-8").partition("## Glossary")
    rows = re.findall(r"^\| (\w+) \| (.+) \|$", glossary, re.MULTILINE)

    assert 15 == len([word for word, _ in rows if word != "word"])
