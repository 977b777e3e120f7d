"""The command `contract-test`: reads the flags, judges, reports, and exits with the verdict."""

from __future__ import annotations

import argparse
import os
import random
import ssl
import sys
import traceback
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import Final

from rich.console import Console

from contracts.judge import Options, judge
from contracts.report import Mask, write
from contracts.screen import show
from contracts.target import DEFAULT_UNKNOWN_ID, Target, UsageError, target
from contracts.verdict import Exit

EPILOG: Final = """exit codes: 0 conforms, 1 does not conform, 2 wrong usage, 3 not proven,
4 target unreachable, 70 a fault of this program"""
BASE_URL: Final = "what stands before /api/v2; without it, our own mock is started and judged"
UNKNOWN: Final = "an instance that does not exist"
RATE: Final = "requests a second; 0: no limit (default 50, on this machine none)"
INSTANCE_ID: Final = "an instance that exists; the first must have a webhook (repeatable)"
MAX_EXAMPLES: Final = "generated examples; 0: planned requests only (default 50)"
UNSAFE: Final = "send POST, PUT, PATCH, DELETE, TRACE: a live API creates a webhook on POST"
INTERRUPTED: Final = 130
FAULT: Final = 70
POLITE_RATE: Final = 50.0


def main(argv: Sequence[str] | None = None) -> int:
    """Run the command and return its exit code."""
    parser = _parser()
    arguments = parser.parse_args(argv)
    try:
        return _run(arguments)
    except UsageError as error:
        print(f"contract-test: error: {error}", file=sys.stderr)  # noqa: T201 - a command speaks
        return int(Exit.USAGE)
    except KeyboardInterrupt:
        return INTERRUPTED
    except Exception:  # noqa: BLE001 - exit code 1 would call the target a liar
        traceback.print_exc()
        return FAULT


def _run(arguments: argparse.Namespace) -> int:
    folder = _report_folder(arguments.report_dir)
    options = _options(arguments)
    with _target(arguments) as judged:
        if judged.owned:
            options = replace(options, unsafe_methods=True, rate=0.0)
        mask = Mask(judged.token, show_values=arguments.show_values)
        verdict = judge(judged, options)
    show(verdict, mask, Console(highlight=False))
    if folder is not None:
        write(folder, verdict, mask)
    return int(verdict.exit_code)


@contextmanager
def _target(arguments: argparse.Namespace) -> Iterator[Target]:
    if arguments.base_url is None:
        if arguments.token or arguments.instance_id:
            raise UsageError("--token and --instance-id need a BASE_URL")
        # Only who has no server pays for importing one.
        from contracts.mock_target import mock_target  # noqa: PLC0415

        with mock_target() as judged:
            yield judged
        return
    yield target(
        arguments.base_url,
        token=arguments.token or os.environ.get("CONTRACT_TOKEN", ""),
        instance_ids=tuple(arguments.instance_id),
        unknown_id=arguments.unknown_instance_id,
    )


def _options(arguments: argparse.Namespace) -> Options:
    return Options(
        seed=arguments.seed,
        max_examples=arguments.max_examples,
        strict=arguments.strict,
        unsafe_methods=arguments.unsafe_methods,
        timeout=arguments.timeout,
        max_response_time=arguments.max_response_time,
        max_time=arguments.max_time,
        rate=arguments.rate_limit,
        tls=_tls(arguments.ca_file),
    )


def _tls(ca_file: Path | None) -> ssl.SSLContext | None:
    if ca_file is None:
        return None
    try:
        return ssl.create_default_context(cafile=ca_file)
    except OSError as error:
        raise UsageError(f"--ca-file {ca_file}: {error.strerror or error}") from None


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
    add = parser.add_argument
    add(
        "base_url",
        nargs="?",
        metavar="BASE_URL",
        help="what stands before /api/v2 (default: our mock)",
    )
    add("--token", default="", help="a valid token; safer: CONTRACT_TOKEN in the environment")
    add("--instance-id", action="append", default=[], metavar="ID", help=INSTANCE_ID)
    add(
        "--unknown-instance-id",
        default=DEFAULT_UNKNOWN_ID,
        metavar="ID",
        help="one that does not exist",
    )
    add(
        "--seed",
        type=_seed,
        default=0,
        metavar="N|random",
        help="of the generated requests (default 0)",
    )
    add("--max-examples", type=_count, default=50, metavar="N", help=MAX_EXAMPLES)
    add("--strict", action="store_true", help="warnings fail the run too")
    add("--unsafe-methods", action="store_true", help=UNSAFE)
    add(
        "--timeout",
        type=_seconds,
        default=5.0,
        metavar="S",
        help="seconds for a request (default 5)",
    )
    add("--max-response-time", type=_seconds, metavar="S", help="a slower answer is an error")
    add(
        "--max-time",
        type=_seconds,
        default=60.0,
        metavar="S",
        help="seconds for the run (default 60)",
    )
    add(
        "--rate-limit",
        type=_rate,
        default=POLITE_RATE,
        metavar="N/s",
        help="0/s: none (default 50/s)",
    )
    add("--ca-file", type=Path, metavar="F", help="certificate authorities to trust")
    add("--report-dir", type=Path, metavar="DIR", help="write report.json and junit.xml there")
    add("--show-values", action="store_true", help="show whole values and webhook URLs: secrets!")
    return parser


def _seed(text: str) -> int:
    if text == "random":
        return random.SystemRandom().randrange(2**32)
    return _count(text)


def _count(text: str) -> int:
    if not text.isdecimal():
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 0 up")
    return int(text)


def _seconds(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0 < value < 1e6:  # noqa: PLR2004 - excludes nan and inf as well
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of seconds above 0")
    return value


def _rate(text: str) -> float:
    number = text.removesuffix("/s")
    return 0.0 if number == "0" else _seconds(number)


if __name__ == "__main__":
    sys.exit(main())
