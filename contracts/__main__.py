"""The command `contract-test`: reads the flags, judges, reports, and exits with the verdict.

What it needs is imported when it is needed, so that --help answers at once.
"""

from __future__ import annotations

import argparse
import io
import os
import sys
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from contracts.flags import FLAGS, Parser, joined
from contracts.usage import UsageError

if TYPE_CHECKING:
    from contracts.configuration import Configuration

DESCRIPTION: Final = """\
Judge a server by the contract of CodeChat's Find Webhook.

further: contract-test diff OLD NEW   which changes of a contract break consumers"""
EPILOG: Final = """\
exit codes: 0 conforms, 1 does not conform, 2 wrong usage, 3 not proven,
4 target unreachable, 70 a fault of this program"""
USAGE: Final = 2
FAULT: Final = 70
INTERRUPTED: Final = 130


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code."""
    words = sys.argv[1:] if argv is None else list(argv)
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(errors="backslashreplace")  # a terminal that knows ASCII alone
    try:
        if words[:1] == ["diff"]:
            return _diff(_diff_parser().parse_args(words[1:]))
        return _run(vars(_parser().parse_args(joined(words))))
    except UsageError as error:
        print(f"contract-test: error: {error}", file=sys.stderr)
        return USAGE
    except KeyboardInterrupt:
        return INTERRUPTED
    except Exception:  # noqa: BLE001 - exit code 1 would call the target a liar
        _confess()
        return FAULT


def _confess() -> None:
    """Show our own fault, without what may stand in it."""
    import traceback  # noqa: PLC0415

    from contracts.reports.mask import Mask  # noqa: PLC0415

    token = os.environ.get("CONTRACT_TOKEN", "")
    print(Mask(token).text(traceback.format_exc()), file=sys.stderr)


def _run(flags: Mapping[str, Any]) -> int:
    from contracts.configuration import configuration  # noqa: PLC0415

    folder = _report_folder(flags["report_dir"])
    chosen = configuration(flags, flags["base_url"])
    if flags["update_known_drift"] and chosen.values["known_drift"] is None:
        raise UsageError("--update-known-drift needs the file that --known-drift names")
    if flags["selftest"]:
        from contracts.selftest import selftest  # noqa: PLC0415

        return selftest(chosen, print)
    return _judge(chosen, folder, update=bool(flags["update_known_drift"]))


def _judge(chosen: Configuration, folder: Path | None, *, update: bool) -> int:
    from rich.console import Console  # noqa: PLC0415

    from contracts.judge import judge  # noqa: PLC0415
    from contracts.reports import Mask, publish  # noqa: PLC0415

    with chosen.target() as judged, _progress() as progress:
        verdict = judge(judged, chosen.options(judged), progress=progress)
    mask = Mask.of(verdict.target, show_values=chosen.values["show_values"])
    if update:
        from contracts.known_drift import update_known_drift  # noqa: PLC0415

        update_known_drift(chosen.values["known_drift"], verdict)
    console = Console(highlight=False)
    publish(verdict, mask, console=console, folder=folder, environment=os.environ)
    return int(verdict.exit_code)


@contextmanager
def _progress() -> Iterator[Callable[[int], None]]:
    """Count the requests on a terminal; a pipe stays quiet."""
    if not sys.stderr.isatty():
        yield lambda _: None
        return
    from rich.console import Console  # noqa: PLC0415

    with Console(stderr=True).status("0 requests") as status:
        yield lambda sent: status.update(f"{sent} requests")


def _diff(arguments: argparse.Namespace) -> int:
    from contracts.diff import diff  # noqa: PLC0415

    return diff(arguments.old, arguments.new, print, strict=arguments.strict)


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
        help="what stands before /api/v2; without it, our own mock is started and judged",
    )
    for name, flag in FLAGS:
        parser.add_argument(name, **flag)
    return parser


def _diff_parser() -> argparse.ArgumentParser:
    parser = Parser(
        "contract-test diff",
        description="Tell which changes of a contract break its consumers.",
        epilog="exit codes: 0 nothing breaks, 1 something does, 2 wrong usage",
        allow_abbrev=False,
    )
    parser.add_argument("old", type=Path, metavar="OLD", help="an OpenAPI document")
    parser.add_argument("new", type=Path, metavar="NEW", help="what became of it")
    parser.add_argument("--strict", action="store_true", help="warnings count too")
    return parser


if __name__ == "__main__":
    sys.exit(main())
