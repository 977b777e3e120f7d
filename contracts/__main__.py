"""The command `contract-test`: reads the flags, judges, reports, and exits with the verdict."""

from __future__ import annotations

import argparse
import io
import os
import sys
import traceback
from collections.abc import Sequence
from pathlib import Path
from typing import Final

from rich.console import Console

from contracts.flags import COMMAND_ONLY, SHARED, chosen_target, options
from contracts.judge import judge
from contracts.report import Mask, write
from contracts.screen import show
from contracts.target import UsageError
from contracts.verdict import Exit

EPILOG: Final = """exit codes: 0 conforms, 1 does not conform, 2 wrong usage, 3 not proven,
4 target unreachable, 70 a fault of this program"""
INTERRUPTED: Final = 130
FAULT: Final = 70


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code."""
    arguments = _parser().parse_args(argv)
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # a terminal that knows ASCII alone
    try:
        return _run(arguments)
    except UsageError as error:
        print(f"contract-test: error: {error}", file=sys.stderr)
        return int(Exit.USAGE)
    except KeyboardInterrupt:
        return INTERRUPTED
    except Exception:  # noqa: BLE001 - exit code 1 would call the target a liar
        traceback.print_exc()
        return FAULT


def _run(arguments: argparse.Namespace) -> int:
    flags = vars(arguments)
    folder = _report_folder(arguments.report_dir)
    with chosen_target(arguments.base_url, flags) as judged:
        verdict = judge(judged, options(flags, judged))
    mask = Mask(judged.token, show_values=arguments.show_values)
    show(verdict, mask, Console(highlight=False))
    if folder is not None:
        write(folder, verdict, mask)
    return int(verdict.exit_code)


def _report_folder(folder: Path | None) -> Path | None:
    if folder is None:
        return None
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"--report-dir {folder}: {error.strerror}") from None
    if not os.access(folder, os.W_OK):
        raise UsageError(f"--report-dir {folder}: not writable")
    return folder


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        "contract-test",
        description="Judge a server by the contract of CodeChat's Find Webhook.",
        epilog=EPILOG,
        formatter_class=argparse.RawDescriptionHelpFormatter,
        allow_abbrev=False,
    )
    parser.add_argument(
        "base_url",
        nargs="?",
        metavar="BASE_URL",
        help="what stands before /api/v2; without it, our own mock is started and judged",
    )
    for name, flag in (*SHARED, *COMMAND_ONLY):
        parser.add_argument(name, **flag)
    parser.add_argument(
        "--report-dir", type=Path, metavar="DIR", help="write report.json and junit.xml there"
    )
    return parser


if __name__ == "__main__":
    sys.exit(main())
