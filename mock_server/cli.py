"""The command `mock-server`."""

from __future__ import annotations

import argparse
import re
import sys
from collections.abc import Callable, Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Final, TypeVar

from find_webhook_kit.mock_server import streams
from find_webhook_kit.mock_server.answers.fixtures import FixtureError
from find_webhook_kit.mock_server.answers.keeping import NotKeptError
from find_webhook_kit.mock_server.answers.lies import ALL_LIES
from find_webhook_kit.mock_server.answers.standing import PreferencesError
from find_webhook_kit.mock_server.app.origins import Authority
from find_webhook_kit.mock_server.app.security import TOKEN
from find_webhook_kit.mock_server.app.states import shown_token
from find_webhook_kit.mock_server.http.idle_connections import TooFewFilesError
from find_webhook_kit.mock_server.http.server import AddressError, serve
from find_webhook_kit.mock_server.http.workers import NoForkError, NoWorkerError
from find_webhook_kit.mock_server.settings import AUTHS, CLOCKS, DEMO_TOKEN, LOGS, Settings
from find_webhook_kit.mock_server.state import contract_of
from find_webhook_kit.mock_server.try_it import curl
from find_webhook_kit.spec import Contract, DocumentError
from find_webhook_kit.spec.json_places import shown

T = TypeVar("T")

MAX_PORT: Final = 65535
MAX_WORKERS: Final = 64
MAX_DIGITS: Final = 100

TURN: Final = 0.0002
"""Seconds for which a thread that reads files may keep the one that answers waiting."""


_NO_START: Final = (
    AddressError,
    DocumentError,
    FixtureError,
    NoForkError,
    NoWorkerError,
    NotKeptError,
    TooFewFilesError,
)
_NOT_GIVEN: Final = {"tokens": None, "trusted_hosts": None, "log": None}
"""Defaults that come later: argparse adds to a list, and the log hangs on the terminal."""

_FLAG: Final = re.compile(r"--[a-z][a-z-]*(?==|\Z)")


def run(argv: Sequence[str] | None = None) -> int:
    """Serve the mock until Ctrl-C; return 2 when it cannot start."""
    sys.setswitchinterval(TURN)
    try:
        contract = contract_of(_files(argv))  # the help names it
        settings = _settings(argv, contract)
        serve(settings, contract, lambda url: streams.tell(_welcome(url, settings, contract)))
    except PreferencesError as error:
        streams.complain(f"mock-server: --prefer: {error}")
        return 2
    except _NO_START as error:
        streams.complain(f"mock-server: {error}")
        return 2
    return 0


def _files(argv: Sequence[str] | None) -> Settings:
    """Read which contract is meant; what else is wrong is told when all flags are read."""
    parser = argparse.ArgumentParser(prog="mock-server", allow_abbrev=False, add_help=False)
    _add_files(parser)
    choices, _ = parser.parse_known_args(argv)
    return Settings(contract=choices.contract, rules=choices.rules)


def _settings(argv: Sequence[str] | None, contract: Contract) -> Settings:
    parser = _parser(contract)
    choices, unknown = parser.parse_known_args(argv)
    if unknown:
        parser.error(f"unrecognized arguments: {_named(unknown)}")
    if choices.writes and choices.workers > 1:
        parser.error(
            "--writes goes with one process: each of --workers would keep writes of its own, "
            "and one request in two would not see them"
        )
    several = {
        "tokens": tuple(choices.tokens or [DEMO_TOKEN]),
        "trusted_hosts": tuple(choices.trusted_hosts or ()),
        "log": choices.log or ("text" if sys.stdout.isatty() else "off"),
    }
    return Settings(**{**vars(choices), **several})


def _named(unknown: Sequence[str]) -> str:
    """Name the flags among arguments that nobody knows; what else they hold may be a secret."""
    flags = [flag[0] for text in unknown if (flag := _FLAG.match(text))]
    rest = len(unknown) - len(flags)
    return ", ".join([*flags, *([f"{rest} more"] if rest else [])])


def _add_files(parser: argparse.ArgumentParser) -> None:
    parser.add_argument(
        "--contract",
        type=_given(Path, "a file must be named"),
        metavar="FILE",
        help="an OpenAPI 3.0 document to serve instead of the built-in one",
    )
    parser.add_argument(
        "--rules",
        type=_given(Path, "a file must be named"),
        metavar="FILE",
        help="what OpenAPI cannot say of it; without the flag, rules.yaml beside the document",
    )


def _parser(contract: Contract) -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="mock-server",
        description=f"Serve a mock of {contract.title} {contract.version}.".replace("%", "%%"),
        allow_abbrev=False,
    )
    add = parser.add_argument
    add(
        "--host",
        type=_given(str, "an address must be named; 0.0.0.0 is every one"),
        help="address to listen on (%(default)s)",
    )
    add(
        "--port",
        type=_number(0, MAX_PORT, f"a port (0 to {MAX_PORT})"),
        help="port; 0 picks a free one (%(default)s)",
    )
    _add_files(parser)
    add(
        "--fixtures",
        type=_given(Path, "a folder must be named; . is the one you are in"),
        metavar="DIR",
        help="folder of YAML or JSON files, one an instance; they add to the built-in ones, "
        "and replace those of the same id",
    )
    add(
        "--auth",
        choices=AUTHS,
        help="accept the known tokens, any well-formed one, or no credentials at all (%(default)s)",
    )
    add(
        "--token",
        type=_token,
        action="append",
        dest="tokens",
        metavar="T",
        help=f"a known token, repeatable; replaces {DEMO_TOKEN}",
    )
    add(
        "--lie",
        choices=ALL_LIES,
        metavar="NAME",
        help="answer everything with one break of the contract",
    )
    add(
        "--prefer",
        metavar="TEXT",
        help="what every request prefers that says nothing else, as in 'lie=dropped, delay=2000'; "
        "PUT /__mock/preferences changes it",
    )
    add(
        "--writes",
        action="store_true",
        help="let every instance keep what clients create, change and delete, in memory",
    )
    add(
        "--clock",
        choices=CLOCKS,
        help="the times of what is written: those of this machine, or the same in every run "
        "(%(default)s)",
    )
    add(
        "--seed",
        type=_number(0, None, "a whole number"),
        metavar="N",
        help="a number that the ids of what is written hang on (%(default)s)",
    )
    add("--log", choices=LOGS, help="a line for each request (text on a terminal, else off)")
    add(
        "--workers",
        type=_number(1, MAX_WORKERS, f"a number from 1 to {MAX_WORKERS}"),
        metavar="N",
        help="processes, each with a journal and sequences of its own (%(default)s)",
    )
    add(
        "--trust-host",
        type=_trusted,
        action="append",
        dest="trusted_hosts",
        metavar="HOST[:PORT]",
        help="a host that may show the mock's own pages and journal, or whose pages may read them; "
        "repeatable, beside loopback ones",
    )
    parser.set_defaults(**{**asdict(Settings()), **_NOT_GIVEN})
    return parser


def _given(make: Callable[[str], T], told: str) -> Callable[[str], T]:
    """Refuse an empty text: a variable of a shell was not set, or means what nobody would mean."""

    def read(text: str) -> T:
        if not text.strip():
            raise argparse.ArgumentTypeError(told)
        return make(text)

    return read


def _number(least: int, most: int | None, told: str) -> Callable[[str], int]:
    def read(text: str) -> int:
        if not _is_number(text) or int(text) < least or (most is not None and int(text) > most):
            raise argparse.ArgumentTypeError(f"{shown(text)} is not {told}")
        return int(text)

    return read


def _is_number(text: str) -> bool:
    """Say whether a text is a whole number, short enough for every Python to read."""
    return text.isascii() and text.isdigit() and len(text) < MAX_DIGITS


def _trusted(text: str) -> str:
    if Authority.of(text) is None:
        raise argparse.ArgumentTypeError(
            f"{shown(text)} is not a host with or without a port, "
            "such as mock.test or localhost:5173"
        )
    return text


def _token(text: str) -> str:
    if TOKEN.fullmatch(text) is None:
        # The value may be a secret, so it is not shown.
        raise argparse.ArgumentTypeError(
            "a token has letters, digits and -._~+/ alone, = at its end"
        )
    return text


def _welcome(url: str, settings: Settings, contract: Contract) -> str:
    """Say where the mock is, with a request to try; a token that someone chose is not shown."""
    token = None if settings.auth == "off" else shown_token(settings) or "$TOKEN"
    return (
        f"Mock of {contract.title} {contract.version} on {url}\n"
        f"Try it: {curl(url, contract, token)}\n"
        "Ctrl-C stops it."
    )
