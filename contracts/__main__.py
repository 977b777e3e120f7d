"""The command `contract-test`: reads the flags, judges, reports, and exits with the verdict.

What it needs is imported when it is needed, so that --help answers at once.
"""

from __future__ import annotations

import os
import sys
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager, nullcontext, suppress
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from find_webhook_kit.contracts import interrupts, streams
from find_webhook_kit.contracts.config.command_line import (
    cleanup_parser,
    diff_parser,
    history_parser,
    joined,
    parser,
)
from find_webhook_kit.contracts.config.outputs import absolute, archive, report_folder
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
        from find_webhook_kit.contracts.diff.command import diff  # noqa: PLC0415

        given = diff_parser().parse_args(words[1:])
        return diff(given.old, given.new, streams.tell, strict=given.strict, form=given.format)
    if words[:1] == ["history"]:
        from find_webhook_kit.contracts.reports.history import history  # noqa: PLC0415

        return history(history_parser().parse_args(words[1:]).folders, streams.tell)
    if words[:1] == ["cleanup"]:
        return _cleanup(vars(cleanup_parser().parse_args(joined(words[1:]))), told)
    flags = vars(parser().parse_args(joined(words)))
    told.append(flags)
    return _run(flags, told)


def _confess(told: Sequence[Told]) -> None:
    """Show our own fault, without the secrets in what the run was told."""
    from find_webhook_kit.contracts.confession import confession  # noqa: PLC0415

    streams.complain(confession(told))


def _run(flags: Mapping[str, Any], told: list[Told]) -> int:
    require_packages()
    from find_webhook_kit.contracts.config.configuration import configuration  # noqa: PLC0415

    folder, har = report_folder(flags["report_dir"]), archive(flags["har"])
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
    known_drift = absolute(chosen.values["known_drift"], "--known-drift") if update else None
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
    """Judge what is read, and, where there is consent, what is written."""
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


def _cleanup(flags: Mapping[str, Any], told: list[Told]) -> int:
    require_packages()
    from find_webhook_kit.contracts.writes.cleanup import cleanup  # noqa: PLC0415

    told.append(flags)
    return cleanup(flags, flags["base_url"], streams.tell)


if __name__ == "__main__":
    sys.exit(main())
