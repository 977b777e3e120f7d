"""The flags that both fronts read. A flag that was not given is None, whatever its default."""

from __future__ import annotations

import argparse
import random
import re
from collections.abc import Callable, Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any, Final

from find_webhook_kit.contracts.config.options import CONNECTIONS, PROFILES
from find_webhook_kit.contracts.wire.target import DEFAULT_UNKNOWN_ID
from find_webhook_kit.contracts.wording import cut

POLITE_RATE: Final = 50.0
POLITE_BAD_CREDENTIALS: Final = 30
MOST_CONNECTIONS: Final = 64
MOST_DIGITS: Final = 18
MOST_SHOWN: Final = 40
MOST_SECONDS: Final = 1_000_000
NUMBER: Final = re.compile(r"(\d+\.?\d*|\.\d+)(e[+-]?\d+)?", re.ASCII | re.IGNORECASE)
"""What Python reads as a number beside that, nobody means (`1_0`, digits of other scripts)."""

Flag = tuple[str, Mapping[str, Any]]


def _count(text: str) -> int:
    if not (text.isascii() and text.isdecimal()) or len(text) > MOST_DIGITS:
        raise argparse.ArgumentTypeError(f"{_short(text)} is not a whole number from 0 up")
    return int(text)


def _connections(text: str) -> int:
    value = _count(text)
    if not 0 < value <= MOST_CONNECTIONS:
        raise argparse.ArgumentTypeError(f"{text!r} is not a number from 1 to {MOST_CONNECTIONS}")
    return value


def _seed(text: str) -> int:
    return random.SystemRandom().randrange(2**32) if text == "random" else _count(text)


def _seconds(text: str) -> float:
    value = float(text) if NUMBER.fullmatch(text) else 0.0
    if not 0 < value < MOST_SECONDS:
        what = f"is not a number above 0 and below {MOST_SECONDS}"
        raise argparse.ArgumentTypeError(f"{_short(text)} {what}")
    return value


def _waiting(text: str) -> float:
    """Read seconds to wait, 0 too: for nothing, as without the flag."""
    return 0.0 if NUMBER.fullmatch(text) and not float(text) else _seconds(text)


def _path(text: str) -> Path:
    if not text:
        raise argparse.ArgumentTypeError("is empty: name a file or folder")
    return Path(text)


def _short(text: str) -> str:
    """Show a value that cannot be read, and no more of it than anybody needs."""
    return repr(cut(text, MOST_SHOWN))


def _rate(text: str) -> float:
    number = text.removesuffix("/s")
    return 0.0 if number == "0" else _seconds(number)


def _name(text: str) -> str:
    if re.fullmatch(r"[A-Za-z0-9][A-Za-z0-9._-]{0,63}", text) is None:
        raise argparse.ArgumentTypeError(
            f"{text!r} is no name of 1 to 64 letters, digits, '.', '-' and '_', such as staging"
        )
    return text


def _valued(name: str, metavar: str, words: str, read: Callable[[str], Any] | None = None) -> Flag:
    return name, {"metavar": metavar, "help": words} | ({"type": read} if read else {})


def _many(name: str, metavar: str, words: str) -> Flag:
    return name, {"action": "append", "metavar": metavar, "help": words}


def _switch(name: str, words: str) -> Flag:
    return name, {"action": "store_true", "default": None, "help": words}


SHARED: Final[tuple[Flag, ...]] = (
    _valued("--contract", "FILE", "an OpenAPI 3.0 document to judge by, in place of ours", _path),
    _valued(
        "--rules",
        "FILE",
        "what OpenAPI cannot say of it; without the flag, rules.yaml beside the document",
        _path,
    ),
    _valued("--token", "T", "a valid token; safer: CONTRACT_TOKEN in the environment"),
    _valued("--user", "NAME", "the user of that password, where the contract asks for Basic"),
    _many(
        "--credential",
        "'SCHEME=$NAME'",
        "the variable with what a security scheme of the contract is shown (repeatable)",
    ),
    _valued("--token-command", "CMD", "a program that prints one; asked again when it expires"),
    _many(
        "--instance-id",
        "ID",
        "an id that exists, of the `tenant` that the rules name, such as our instance; the first "
        "must have something to show (repeatable)",
    ),
    _many(
        "--param",
        "NAME=VALUE",
        "a value of a parameter that the contract has no example for (repeatable)",
    ),
    _many(
        "--operation",
        "ID",
        "judge this operation alone, by its operationId (repeatable)",
    ),
    _valued("--unknown-instance-id", "ID", "an id that does not exist"),
    _valued(
        "--other-token",
        "T",
        "a valid token of another tenant, who owns none of these instances; safer: "
        "CONTRACT_OTHER_TOKEN",
    ),
    _valued("--other-instance-id", "ID", "an instance of that other tenant"),
    _valued("--seed", "N|random", "of the generated requests (default 0)", _seed),
    (
        "--profile",
        {
            "choices": tuple(PROFILES),
            "help": "quick: planned requests only; thorough: ten times the generated ones",
        },
    ),
    _valued("--max-examples", "N", "generated examples (default 50; 0: none)", _count),
    _switch(
        "--unsafe-methods",
        "send POST, PUT, PATCH, DELETE, TRACE: a live API may create something on POST",
    ),
    _valued("--max-response-time", "S", "a slower answer is an error", _seconds),
    _valued("--max-time", "S", "seconds for the run (default 60)", _seconds),
    _valued("--max-requests", "N", "requests for the run (default 0: no limit)", _count),
    _valued(
        "--rate-limit",
        "N/s",
        "requests a second, 0: no limit (default 50; none on this machine)",
        _rate,
    ),
    _valued(
        "--connections",
        "N",
        "connections that are kept and used at the same time (default 12)",
        _connections,
    ),
    _valued(
        "--max-bad-credentials",
        "N",
        "requests with bad credentials, 0: no limit (default 30; none on this machine)",
        _count,
    ),
    _valued("--wait", "S", "seconds to wait for a target that is still starting", _waiting),
    _many("--header", "'K: V'", "for a gateway; $NAME in it is a variable (repeatable)"),
    _valued("--ca-file", "F", "certificate authorities to trust", _path),
    _valued("--cert", "F", "a client certificate, with its key or without", _path),
    _valued("--key", "F", "the key of the client certificate", _path),
    _valued(
        "--proxy", "URL", "a proxy, '' for none; else HTTPS_PROXY, HTTP_PROXY, ALL_PROXY, NO_PROXY"
    ),
    _valued("--known-drift", "F", "deviations that a team has accepted, as TOML", _path),
    _switch("--show-values", "show whole values and URLs: they are secrets"),
)

# pytest and its extensions have taken the first two names, and a front of tests has no use for
# the others.
COMMAND_ONLY: Final[tuple[Flag, ...]] = (
    _switch("--strict", "warnings fail the run too"),
    _valued("--timeout", "S", "seconds for a request (default 5)", _seconds),
    _valued("--target", "FILE", "read what to judge, and how, from a file of TOML", _path),
    _valued(
        "--report-dir",
        "DIR",
        "write report.html, report.json, junit.xml and report.sarif there",
        _path,
    ),
    _valued(
        "--har", "FILE", "write every exchange there, as an HTTP archive without secrets", Path
    ),
    _valued(
        "--environment",
        "NAME",
        "what the target is called in reports, such as staging",
        _name,
    ),
    _switch("--update-known-drift", "write what was found into the file of --known-drift"),
    _switch(
        "--writes",
        "judge what creates, changes and deletes, too: needs --scratch-instance, and leave",
    ),
    _valued("--scratch-instance", "ID", "the instance to write to, which nobody else uses"),
    _valued(
        "--yes-write-to", "HOST", "the leave to write to another machine: its host's name, again"
    ),
    _valued("--settle", "S", "seconds until a read must show what was written", _waiting),
    _switch("--selftest", "would the run as configured catch the lies of our mock?"),
)

FLAGS: Final = (*SHARED, *COMMAND_ONLY)

# A profile says the others.
DEFAULTS: Final[Mapping[str, Any]] = MappingProxyType(
    {
        name: {"append": (), "store_true": False}.get(flag.get("action", ""))
        for flagged, flag in FLAGS
        if (name := flagged.removeprefix("--").replace("-", "_")) not in PROFILES["default"]
    }
    | {
        "seed": 0,
        "profile": "default",
        "unknown_instance_id": DEFAULT_UNKNOWN_ID,
        "max_requests": 0,
        "connections": CONNECTIONS,
        "wait": 0.0,
        "timeout": 5.0,
        "settle": 0.0,
    }
    | dict.fromkeys(("token", "user", "other_token", "other_instance_id", "environment"), "")
    | dict.fromkeys(("scratch_instance", "yes_write_to"), "")
)

READERS: Final[Mapping[str, Callable[[str], Any]]] = MappingProxyType(
    {
        name.removeprefix("--").replace("-", "_"): flag["type"]
        for name, flag in FLAGS
        if "type" in flag
    }
)
