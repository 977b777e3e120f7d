"""The flags that both fronts read, and what they come to: options and a target."""

from __future__ import annotations

import argparse
import os
import random
import ssl
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from contracts.judge import Options
from contracts.target import DEFAULT_UNKNOWN_ID, Target, UsageError, target

POLITE_RATE: Final = 50.0


def _count(text: str) -> int:
    if not (text.isascii() and text.isdecimal()):
        raise argparse.ArgumentTypeError(f"{text!r} is not a whole number from 0 up")
    return int(text)


def _seed(text: str) -> int:
    return random.SystemRandom().randrange(2**32) if text == "random" else _count(text)


def _seconds(text: str) -> float:
    try:
        value = float(text)
    except ValueError:
        value = 0.0
    if not 0 < value < 1e6:  # noqa: PLR2004 - excludes nan and inf as well
        raise argparse.ArgumentTypeError(f"{text!r} is not a number above 0")
    return value


def _rate(text: str) -> float:
    number = text.removesuffix("/s")
    return 0.0 if number == "0" else _seconds(number)


Flag = tuple[str, Mapping[str, Any]]

SHARED: Final[tuple[Flag, ...]] = (
    ("--token", {"default": "", "metavar": "T", "help": "a valid token; safer: CONTRACT_TOKEN"}),
    (
        "--instance-id",
        {
            "action": "append",
            "default": [],
            "metavar": "ID",
            "help": "an instance that exists; the first must have a webhook (repeatable)",
        },
    ),
    (
        "--unknown-instance-id",
        {
            "default": DEFAULT_UNKNOWN_ID,
            "metavar": "ID",
            "help": "an instance that does not exist",
        },
    ),
    (
        "--seed",
        {
            "type": _seed,
            "default": 0,
            "metavar": "N|random",
            "help": "of the generated requests (default 0)",
        },
    ),
    (
        "--max-examples",
        {
            "type": _count,
            "default": 50,
            "metavar": "N",
            "help": "generated examples; 0: planned requests only (default 50)",
        },
    ),
    (
        "--unsafe-methods",
        {
            "action": "store_true",
            "help": "send POST, PUT, PATCH, DELETE, TRACE: a live API creates a webhook on POST",
        },
    ),
    (
        "--max-response-time",
        {"type": _seconds, "metavar": "S", "help": "a slower answer is an error"},
    ),
    (
        "--max-time",
        {
            "type": _seconds,
            "default": 60.0,
            "metavar": "S",
            "help": "seconds for the run (default 60)",
        },
    ),
    (
        "--max-requests",
        {
            "type": _count,
            "default": 0,
            "metavar": "N",
            "help": "requests for the run, 0: no limit (default 0)",
        },
    ),
    (
        "--rate-limit",
        {
            "type": _rate,
            "default": POLITE_RATE,
            "metavar": "N/s",
            "help": "requests a second, 0: no limit (default 50; none on this machine)",
        },
    ),
    (
        "--ca-file",
        {"type": Path, "metavar": "F", "help": "certificate authorities to trust"},
    ),
    (
        "--show-values",
        {"action": "store_true", "help": "show whole values and webhook URLs: they are secrets"},
    ),
)

# pytest and its extensions have taken these two names.
COMMAND_ONLY: Final[tuple[Flag, ...]] = (
    ("--strict", {"action": "store_true", "help": "warnings fail the run too"}),
    (
        "--timeout",
        {
            "type": _seconds,
            "default": 5.0,
            "metavar": "S",
            "help": "seconds for a request (default 5)",
        },
    ),
)

DEFAULTS: Final = MappingProxyType(
    {
        name.removeprefix("--").replace("-", "_"): flag.get("default", flag.get("action") and False)
        for name, flag in (*SHARED, *COMMAND_ONLY)
    }
)


def options(flags: Mapping[str, Any], judged: Target) -> Options:
    """Return the options that the flags ask for, for a target that may be our own mock."""
    rate = flags["rate_limit"]
    return Options(
        seed=flags["seed"],
        max_examples=flags["max_examples"],
        strict=flags["strict"],
        unsafe_methods=flags["unsafe_methods"] or judged.owned,
        timeout=flags["timeout"],
        max_response_time=flags["max_response_time"],
        max_time=flags["max_time"],
        max_requests=flags["max_requests"],
        rate=0.0 if judged.loopback and rate == POLITE_RATE else rate,
        tls=_tls(flags["ca_file"]),
    )


@contextmanager
def chosen_target(base_url: str | None, flags: Mapping[str, Any]) -> Iterator[Target]:
    """Yield the target that the flags name, or the mock, started for as long as the block lasts."""
    if base_url is not None:
        yield target(
            base_url,
            token=flags["token"] or os.environ.get("CONTRACT_TOKEN", ""),
            instance_ids=tuple(flags["instance_id"]),
            unknown_id=flags["unknown_instance_id"],
        )
        return
    if flags["token"] or flags["instance_id"]:
        raise UsageError("--token and --instance-id need the URL of a server to judge")
    # Only who has no server pays for importing one.
    from contracts.mock_target import mock_target  # noqa: PLC0415

    with mock_target() as judged:
        yield judged


def _tls(ca_file: Path | None) -> ssl.SSLContext | None:
    if ca_file is None:
        return None
    try:
        return ssl.create_default_context(cafile=ca_file)
    except OSError as error:
        raise UsageError(f"--ca-file {ca_file}: {error.strerror or error}") from None
