"""Each block of the page for frontends is run: it is a file or a command, and never neither."""

from __future__ import annotations

import json
import re
from pathlib import Path

from support.blocks import blocks, files, scripts

FRONTEND = Path(__file__).parent / "frontend"
PACKAGES = json.loads((FRONTEND / "package.json").read_text(encoding="utf-8"))
INSTALLED = {**PACKAGES["dependencies"], **PACKAGES["devDependencies"]}
IMPORT = re.compile(r"""from "((?:@[\w-]+/)?[\w-]+)""")


def test_each_block_is_a_file_or_a_command() -> None:
    """Nothing that a reader copies stays out of `make test-frontend`."""
    assert [] == [block for block in blocks() if (block.language == "sh") == bool(block.file)]


def test_no_file_stands_twice() -> None:
    """Neither on the page, nor on the page and in the project that it completes."""
    named = [block.file for block in blocks() if block.file]

    assert sorted(set(named)) == sorted(named)
    assert [] == [name for name in files() if (FRONTEND / name).exists()]


def test_what_the_page_imports_is_installed_in_one_version() -> None:
    """A package of the page is one of package.json, which names no range."""
    imported = {name for text in files().values() for name in IMPORT.findall(text)}

    assert {"node"} >= imported - set(INSTALLED)
    assert [] == [it for it in INSTALLED.values() if not re.search(r"^(npm:\w+@)?[\d.]+$", it)]


def test_lock_file_names_no_registry() -> None:
    """It holds what was installed, and not from where."""
    assert '"resolved"' not in (FRONTEND / "package-lock.json").read_text(encoding="utf-8")


def test_page_starts_what_it_shows() -> None:
    """The commands are there to be run, in the order of the page."""
    assert ["pytest", "npx tsc --noEmit"] == [scripts()[0], scripts()[-1]]
