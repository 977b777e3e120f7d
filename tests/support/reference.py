"""Writes `docs/reference.md` from the code: flags, exit codes, headers, states and lies.

python tests/support/reference.py    # a test compares the page with this
"""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterable, Iterator
from pathlib import Path

from find_webhook_kit.contracts.config.command_line import (
    cleanup_parser,
    diff_parser,
    history_parser,
    parser,
)
from find_webhook_kit.contracts.exit_code import Exit
from find_webhook_kit.mock_server import cli as mock
from find_webhook_kit.mock_server.app.cors import EXPOSED
from find_webhook_kit.spec import contract

PAGE = Path(__file__).parents[2] / "docs" / "reference.md"

HEADERS = {
    "Mock-Source": "why this answer: a fixture, an example, generated data, a refusal",
    "Mock-Instance": "`unknown`: no fixture has this id",
    "Mock-Lie": "the break of the contract that the answer is",
    "Mock-Fixtures": "`stale`: a fixture was saved with a mistake; the last good data is served",
    "Mock-Preferences": "the live switch is on, and says this",
    "Mock-Assumption": "no page of the vendor's documents this operation",
}


def page() -> str:
    """Return the page as Markdown."""
    return "\n".join(
        [
            "# Reference",
            "",
            "Made from the code by `python tests/support/reference.py`; a test holds it to it.",
            "",
            *_command("mock-server", mock._parser(contract())),  # noqa: SLF001 - as the command has it
            *_command("contract-test", parser()),
            *_command("contract-test diff", diff_parser()),
            *_command("contract-test history", history_parser()),
            *_command("contract-test cleanup", cleanup_parser()),
            *_table(
                "Exit codes of contract-test",
                ("code", "verdict"),
                ((f"`{code:d}`", _cell(code.words)) for code in Exit),
            ),
            *_table(
                "Headers of the mock",
                ("header", "says"),
                ((f"`{name}`", HEADERS[name]) for name in _ours()),
            ),
            "What `Prefer` takes, the states and the lies stand in [the mock](mock.md),",
            "the files of a report in [the judge](judge.md#reports).",
            "",
        ]
    )


def _ours() -> list[str]:
    return [name for name in EXPOSED if name.startswith("Mock-")]


def _command(name: str, parser: argparse.ArgumentParser) -> Iterator[str]:
    actions = [item for item in parser._actions if item.dest != "help"]  # noqa: SLF001
    helped = parser._get_formatter()  # noqa: SLF001 - fills in the defaults
    rows = ((_named(item), _cell(helped._expand_help(item))) for item in actions)  # noqa: SLF001
    return _table(name, ("flag", "what it says"), rows)


def _named(action: argparse.Action) -> str:
    value = action.metavar or action.dest.upper()
    if action.choices is not None and action.metavar is None:
        value = "{" + ",".join(map(str, action.choices)) + "}"
    if not action.option_strings:
        return f"`{value}`"
    flag = action.option_strings[-1]
    return f"`{flag}`" if action.nargs == 0 else f"`{flag} {value}`".replace("|", "\\|")


def _table(title: str, head: tuple[str, str], rows: Iterable[tuple[str, str]]) -> Iterator[str]:
    yield from (f"## {title}", "", f"| {head[0]} | {head[1]} |", "|---|---|")
    yield from (f"| {left} | {right} |" for left, right in rows)
    yield ""


def _cell(text: str) -> str:
    return re.sub(r"\s+", " ", text).replace("|", "\\|")


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
