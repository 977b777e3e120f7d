"""How long other clients wait while the mock is busy with something that is none of theirs."""

from __future__ import annotations

import json
import os
from collections.abc import Callable, Iterator, Mapping
from contextlib import ExitStack, contextmanager
from functools import partial
from http.client import HTTPConnection
from itertools import count
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from threading import Event, Thread
from time import sleep
from typing import Final

from cases import Case, Length, known, measured, started
from servers import TOKEN, Server, mock, path_of

FILES: Final = 1000
MANY: Final = 50_000
PAUSE: Final = 0.1
"""Seconds between two saves, or two looks at the journal."""

_OTHERS: Final = Case("", partial(known, "demo"), connections=8)
_FIXTURE: Final = (
    "- {name: a, url: b, webhookId: c, createdAt: 2024-01-01T00:00:00Z,"
    " updatedAt: 2024-01-01T00:00:00Z}\n"
)
_GZIP: Final = {"Accept-Encoding": "gzip"}
_WAYS: Final[Mapping[str, Mapping[str, str]]] = {
    "": {},
    " with gzip": _GZIP,
    " with a lie": {"Prefer": "lie=null-member"},
}
_numbers = count(1)


def waits(rounds: int, length: Length) -> Iterator[tuple[str, float]]:
    """Measure the 99th percentile of others, in milliseconds: the median of all rounds."""
    with TemporaryDirectory() as name, ExitStack() as stack:
        folder = Path(name)
        for number in range(FILES):
            (folder / f"shop-{number}.yaml").write_text(_FIXTURE)
        server = Server("mock", mock("--fixtures", str(folder)), {"demo": ""})
        process = started(server, stack)
        for what, prepare, work in _works(process.port, folder):
            found = []
            for _ in range(rounds):
                prepare()
                with _meanwhile(work):
                    figure = measured(server, _OTHERS, process, length)
                if figure is not None:
                    found.append(figure.p99)
            yield what, median(found)


Work = Callable[[], object]


def _works(port: int, folder: Path) -> Iterator[tuple[str, Work, Work]]:
    """List what goes on, what it needs before, and what is done again and again."""
    giant, shop = folder / "giant.yaml", folder / "shop-7.yaml"
    yield "nothing", _nothing, _nothing
    for name in ("journal", "journal.har"):
        yield (
            f"`/__mock/{name}` with packed answers of `huge`",
            _nothing,
            partial(_read, port, name),
        )
    large = folder / "large.json"
    for what, headers in _WAYS.items():
        ask = partial(_get, port, path_of("large"), **headers)
        yield f"a fixture of {MANY:,} webhooks asked for{what}", partial(_served, large, ask), ask
    large.unlink(missing_ok=True)
    yield f"a fixture saved, one of {FILES:,}", _nothing, partial(_save, shop)
    yield (
        "a fixture of 240,000 broken webhooks saved",
        partial(_write, giant),
        partial(os.utime, giant),
    )


def _nothing() -> None:
    """Do nothing."""


def _get(port: int, path: str, **headers: str) -> bytes:
    connection = HTTPConnection("127.0.0.1", port)
    connection.request("GET", path, headers={"Authorization": TOKEN, **headers})
    content = connection.getresponse().read()
    connection.close()
    return content


def _read(port: int, name: str) -> None:
    for _ in range(25):  # others push them out again
        _get(port, path_of("huge"), **_GZIP)
    _get(port, f"/__mock/{name}", **_GZIP)


def _served(file: Path, ask: Callable[[], bytes]) -> None:
    """Write a fixture with a lot in it, and wait until the mock knows it."""
    if not file.exists():
        times = dict.fromkeys(("createdAt", "updatedAt"), "2024-01-01T00:00:00Z")
        names = (dict.fromkeys(("name", "url", "webhookId"), str(n)) for n in range(MANY))
        file.write_text(json.dumps([name | times for name in names]))
    while len(ask()) < MANY:
        sleep(PAUSE)


def _save(file: Path) -> None:
    new = file.with_suffix(".new")
    new.write_text(f"description: save {next(_numbers)}\nwebhooks: []\n", encoding="utf-8")
    new.replace(file)  # as editors do, so that no half of it is read


def _write(file: Path) -> None:
    file.write_text(f"webhooks: [{'{},' * 240_000}]")


@contextmanager
def _meanwhile(work: Work) -> Iterator[None]:
    end = Event()

    def run() -> None:
        while not end.wait(PAUSE):
            work()

    thread = Thread(target=run)
    thread.start()
    try:
        yield
    finally:
        end.set()
        thread.join()
