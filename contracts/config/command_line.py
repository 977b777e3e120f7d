"""The command lines: of `contract-test` itself, and of its further commands."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any, Final, NoReturn

from find_webhook_kit.contracts.config.flags import FLAGS
from find_webhook_kit.contracts.usage import UsageError

DESCRIPTION: Final = """\
Judge a server by a contract: the built-in one, or an OpenAPI document of your own.

further: contract-test diff OLD NEW     which changes of a contract break consumers
         contract-test history DIR...   what is new or gone from report to report
         contract-test cleanup [URL]    put back what a run with --writes has left behind"""
EPILOG: Final = """\
exit codes: 0 conforms, 1 does not conform, 2 wrong usage, 3 not proven,
4 target unreachable, 70 a fault of this program"""
OF_CLEANUP: Final = frozenset({
    "--token", "--token-command", "--header", "--ca-file", "--cert", "--key", "--proxy",
    "--contract", "--rules", "--param", "--timeout", "--rate-limit", "--report-dir", "--settle",
    "--show-values",
})  # fmt: skip
"""What `cleanup` takes of the flags of a run."""


class Parser(argparse.ArgumentParser):
    """Reads a command line; what it refuses is told without what may be a secret in it."""

    def error(self, message: str) -> NoReturn:
        """Print the usage and a reason that gives no orders to a terminal, and exit with 2."""
        self.print_usage(sys.stderr)
        self.exit(2, f"{self.prog}: error: {UsageError(message)}\n")

    def parse_args(self, args: Any = None, namespace: Any = None) -> Any:
        """Read all words; one that nobody asked for is named where it is a flag, else counted."""
        found, others = self.parse_known_args(args, namespace)
        names = [word.partition("=")[0] for word in others if word.startswith("--")]
        if others:
            self.error(f"unrecognized arguments: {' '.join(names) or f'{len(others)} too many'}")
        return found


def parser() -> argparse.ArgumentParser:
    """Return what reads the flags of a run."""
    parser = Parser(
        "contract-test",
        description=DESCRIPTION,
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument(
        "base_url",
        nargs="?",
        metavar="BASE_URL",
        help="what stands before the paths of the contract; without it, our own mock is started "
        "and judged",
    )
    for name, flag in FLAGS:
        parser.add_argument(name, **flag)
    return parser


def diff_parser() -> argparse.ArgumentParser:
    """Return what reads the two documents that are compared."""
    parser = Parser(
        "contract-test diff",
        description="Tell which changes of an OpenAPI document, 3.0 or 3.1, break its users.",
        epilog="exit codes: 0 nothing breaks, 1 something does, 2 wrong usage",
        allow_abbrev=False,
    )
    help_old = "an OpenAPI document: a path, or a revision of git and a path, as in HEAD~1:api.yaml"
    parser.add_argument("old", metavar="OLD", help=help_old)
    parser.add_argument("new", metavar="NEW", help="what became of it")
    parser.add_argument("--strict", action="store_true", help="warnings count too")
    formats = ("text", "json", "markdown", "sarif")
    parser.add_argument("--format", choices=formats, default="text", help="default: text")
    return parser


def history_parser() -> argparse.ArgumentParser:
    """Return what reads the folders of reports."""
    parser = Parser(
        "contract-test history",
        description="Tell which findings are new, gone or still there, from report to report.",
        epilog="exit codes: 0 told, 2 wrong usage",
        allow_abbrev=False,
    )
    parser.add_argument(
        "folders",
        nargs="+",
        type=Path,
        metavar="DIR",
        help="a folder of --report-dir, or one with such folders in it",
    )
    return parser


def cleanup_parser() -> argparse.ArgumentParser:
    """Return what reads where there is something to put back."""
    parser = Parser(
        "contract-test cleanup",
        description="Put back what a run with --writes has left behind, as its journal tells.",
        epilog="exit codes: 0 nothing is left, 1 something is, 2 wrong usage, 4 unreachable",
        allow_abbrev=False,
    )
    parser.add_argument(
        "base_url", nargs="?", metavar="BASE_URL", help="default: that of the journals"
    )
    told: dict[str, dict[str, Any]] = {
        "--report-dir": {"help": "where the journal stands, if the run had this flag"}
    }
    for name, flag in FLAGS:
        if name in OF_CLEANUP:
            parser.add_argument(name, **{**flag, **told.get(name, {})})
    return parser


def joined(words: Sequence[str]) -> list[str]:
    """Tie each value to its flag, so that one that starts with `-` is a value too."""
    valued = {name for name, flag in FLAGS if flag.get("action") != "store_true"}
    names = {name for name, _ in FLAGS}
    found: list[str] = []
    rest = iter(words)
    for word in rest:
        if word == "--":
            return [*found, word, *rest]
        following = next(rest, None) if word in valued else None
        if following is None:
            found.append(word)
        elif following in names:
            found += [word, following]  # the value was forgotten
        else:
            found.append(f"{word}={following}")
    return found
