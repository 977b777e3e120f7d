"""The command `contract-test`: reads the flags, judges, reports, and exits with the verdict.

What it needs is imported when it is needed, so that --help answers at once.
"""

from __future__ import annotations

import argparse
import os
import stat
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from find_webhook_kit.contracts import interrupts, streams
from find_webhook_kit.contracts.config.flags import FLAGS, Parser, joined
from find_webhook_kit.contracts.exit_code import Exit
from find_webhook_kit.contracts.extra import require_packages
from find_webhook_kit.contracts.usage import UsageError
from find_webhook_kit.spec import DocumentError

if TYPE_CHECKING:
    from find_webhook_kit.contracts.confession import Told
    from find_webhook_kit.contracts.config.configuration import Configuration
    from find_webhook_kit.contracts.config.options import Options
    from find_webhook_kit.contracts.judge import Listener
    from find_webhook_kit.contracts.verdict import Verdict
    from find_webhook_kit.contracts.wire.sender import Progress
    from find_webhook_kit.contracts.wire.target import Target

DESCRIPTION: Final = """\
Judge a server by a contract: the built-in one, or an OpenAPI document of your own.

further: contract-test diff OLD NEW     which changes of a contract break consumers
         contract-test history DIR...   what is new or gone from report to report
         contract-test cleanup [URL]    put back what a run with --writes has left behind"""
EPILOG: Final = """\
exit codes: 0 conforms, 1 does not conform, 2 wrong usage, 3 not proven,
4 target unreachable, 70 a fault of this program"""
INTERRUPTED: Final = 130


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code, which hangs on nothing that is printed."""
    words = sys.argv[1:] if argv is None else list(argv)
    streams.prepare()
    told: list[Told] = []
    try:
        with nullcontext() if argv is None else interrupts.restored():
            return _command(words, told)
    except (UsageError, DocumentError) as error:
        streams.complain(f"contract-test: error: {error}")
        return int(Exit.USAGE)
    except KeyboardInterrupt:
        return INTERRUPTED
    except Exception:  # noqa: BLE001 - exit code 1 would call the target a liar
        _confess(told)
        return int(Exit.FAULT)
    finally:
        streams.flush()


def _command(words: Sequence[str], told: list[Told]) -> int:
    if words[:1] == ["diff"]:
        return _diff(_diff_parser().parse_args(words[1:]))
    if words[:1] == ["history"]:
        return _history(_history_parser().parse_args(words[1:]))
    if words[:1] == ["cleanup"]:
        return _cleanup(vars(_cleanup_parser().parse_args(joined(words[1:]))), told)
    flags = vars(_parser().parse_args(joined(words)))
    told.append(flags)
    return _run(flags, told)


def _confess(told: Sequence[Told]) -> None:
    """Show our own fault, without the secrets in what the run was told."""
    from find_webhook_kit.contracts.confession import confession  # noqa: PLC0415

    streams.complain(confession(told))


def _run(flags: Mapping[str, Any], told: list[Told]) -> int:
    require_packages()
    from find_webhook_kit.contracts.config.configuration import configuration  # noqa: PLC0415

    folder, har = _report_folder(flags["report_dir"]), _archive(flags["har"])
    chosen = configuration(flags, flags["base_url"])
    told.append(chosen)
    from find_webhook_kit.contracts.writes.consent import check_flags  # noqa: PLC0415

    check_flags(chosen.values)
    update = bool(flags["update_known_drift"])
    if update and chosen.values["known_drift"] is None:
        raise UsageError("--update-known-drift needs the file that --known-drift names")
    if flags["selftest"]:
        from find_webhook_kit.contracts.selftest import selftest  # noqa: PLC0415

        return selftest(chosen, streams.tell)
    known_drift = _absolute(chosen.values["known_drift"], "--known-drift") if update else None
    return _judge(chosen, told, folder=folder, har=har, known_drift=known_drift)


def _judge(
    chosen: Configuration,
    told: list[Told],
    *,
    folder: Path | None,
    har: Path | None,
    known_drift: Path | None,
) -> int:
    from rich.console import Console  # noqa: PLC0415

    from find_webhook_kit.contracts.reports import Mask, publish  # noqa: PLC0415

    interrupts.hold()
    with chosen.target() as judged, _listener() as listener:
        told.append(judged)
        options = chosen.options(judged)
        verdict = _verdict(chosen, judged, options, listener, folder)
    verdict = replace(verdict, environment=chosen.values["environment"])
    mask = Mask.of(verdict.target, show_values=chosen.values["show_values"])
    if known_drift:
        _update(known_drift, verdict)
    console = Console(highlight=False)
    publish(verdict, mask, console=console, folder=folder, environment=os.environ, har=har)
    interrupts.ignore()
    return int(verdict.exit_code)


def _verdict(
    chosen: Configuration,
    judged: Target,
    options: Options,
    listener: Listener,
    folder: Path | None,
) -> Verdict:
    """Judge what is read, and, where there is leave, what is written."""
    from find_webhook_kit.contracts.judge import judge  # noqa: PLC0415

    if not chosen.values["writes"]:
        return judge(judged, options, chosen.contract, listener=listener)
    from find_webhook_kit.contracts.writes import judge_writes  # noqa: PLC0415
    from find_webhook_kit.contracts.writes.consent import consent  # noqa: PLC0415

    given = consent(chosen.values, judged, folder)
    asked = judged.owned or bool(chosen.values["instance_id"])
    reads = judge(judged, options, chosen.contract, listener=listener) if asked else None
    return judge_writes(judged, options, chosen.contract, given, before=reads)


def _update(path: Path, verdict: Verdict) -> None:
    """Write the file of accepted deviations; one that cannot be written changes no verdict."""
    from find_webhook_kit.contracts.config.known_drift import update_known_drift  # noqa: PLC0415

    try:
        update_known_drift(path, verdict)
    except (OSError, UsageError) as error:
        reason = error.strerror if isinstance(error, OSError) else str(error)
        streams.complain(f"contract-test: --known-drift {path}: {reason}")


@contextmanager
def _listener() -> Iterator[Listener]:
    """Tell how far the run is on a terminal, which may go; a pipe hears what must be said."""
    from find_webhook_kit.contracts.judge import Listener  # noqa: PLC0415

    def say(text: str) -> None:
        streams.complain(f"contract-test: {text}")

    if not sys.stderr.isatty():
        yield Listener(say=say)
        return
    from rich.console import Console  # noqa: PLC0415

    status = Console(stderr=True).status("connecting")

    def progress(now: Progress) -> None:
        with suppress(OSError):
            status.update(str(now))

    with suppress(OSError):
        status.start()
    try:
        yield Listener(progress, say)
    finally:
        with suppress(OSError):
            status.stop()


def _diff(arguments: argparse.Namespace) -> int:
    from find_webhook_kit.contracts.diff.command import diff  # noqa: PLC0415

    how = {"strict": arguments.strict, "form": arguments.format}
    return diff(arguments.old, arguments.new, streams.tell, **how)


def _history(arguments: argparse.Namespace) -> int:
    from find_webhook_kit.contracts.reports.history import history  # noqa: PLC0415

    return history(arguments.folders, streams.tell)


def _report_folder(folder: Path | None) -> Path | None:
    """Return where the folder is, made if need be, wherever the process may stand later."""
    if folder is None:
        return None
    return _made(_absolute(folder, "--report-dir"), "--report-dir")


def _archive(path: Path | None) -> Path | None:
    """Return where the archive is to be, in a folder that is there."""
    if path is None:
        return None
    path = _absolute(path, "--har")
    try:
        mode = path.stat().st_mode
    except FileNotFoundError:
        mode = stat.S_IFREG
    except OSError as error:
        raise UsageError(f"--har {path}: {error.strerror}") from None
    if stat.S_ISDIR(mode):
        raise UsageError(f"--har {path}: is a folder: name a file in it, such as exchanges.har")
    if not stat.S_ISREG(mode):
        return path
    _made(path.parent, "--har")
    return path


def _absolute(path: Path, flag: str) -> Path:
    try:
        return path.absolute()
    except FileNotFoundError:
        raise UsageError(f"{flag} {path}: the working folder is gone") from None


def _made(folder: Path, flag: str) -> Path:
    try:
        folder.mkdir(parents=True, exist_ok=True)
    except OSError as error:
        raise UsageError(f"{flag} {folder}: {error.strerror}") from None
    if not os.access(folder, os.W_OK):
        raise UsageError(f"{flag} {folder}: not writable")
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
        help="what stands before the paths of the contract; without it, our own mock is started "
        "and judged",
    )
    for name, flag in FLAGS:
        parser.add_argument(name, **flag)
    return parser


def _diff_parser() -> argparse.ArgumentParser:
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


def _cleanup(flags: Mapping[str, Any], told: list[Told]) -> int:
    require_packages()
    from find_webhook_kit.contracts.writes.cleanup import cleanup  # noqa: PLC0415

    told.append(flags)
    given = {name: value for name, value in flags.items() if name != "base_url"}
    return cleanup(given, flags["base_url"], streams.tell)


def _cleanup_parser() -> argparse.ArgumentParser:
    from find_webhook_kit.contracts.writes.cleanup import FLAGS as TAKEN  # noqa: PLC0415

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
        if name in TAKEN:
            parser.add_argument(name, **{**flag, **told.get(name, {})})
    return parser


def _history_parser() -> argparse.ArgumentParser:
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


if __name__ == "__main__":
    sys.exit(main())
