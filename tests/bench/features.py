"""What the mock's features cost: CPU per request with one in use, against one without."""

from __future__ import annotations

import sys
from collections.abc import Callable, Iterator
from contextlib import AbstractContextManager, ExitStack, contextmanager, nullcontext
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from pathlib import Path
from statistics import median
from tempfile import TemporaryDirectory
from threading import Event, Thread
from typing import Final

from cases import Case, Length, known, measured, started
from servers import BODIES, Server, mock, on_port, request

SAVED: Final = 0.1
"""Seconds between two saves of a fixture."""

_PLAIN: Final = Case("", partial(known, "demo"))

_FORGETFUL: Final = (
    "from find_webhook_kit.mock_server import __main__; "
    "from find_webhook_kit.mock_server.app import recorder; "
    "recorder.Recorder._record = recorder.Recorder._remember = lambda *_: None; __main__.main()"
)


@dataclass(frozen=True, slots=True)
class _Feature:
    """A mock with a feature, what is asked of it, what goes on meanwhile; and one without."""

    name: str
    case: Case = _PLAIN
    with_it: Callable[[int], list[str]] = field(default_factory=mock)
    without: Callable[[int], list[str]] = field(default_factory=mock)
    meanwhile: Callable[[], AbstractContextManager[None]] = nullcontext


def costs(rounds: int, length: Length) -> Iterator[tuple[str, float]]:
    """Measure each feature: its name, and the median of the ratios of all rounds."""
    with TemporaryDirectory() as folder:
        for feature in _features(Path(folder)):
            yield feature.name, _ratio(feature, rounds, length)


def _features(folder: Path) -> Iterator[_Feature]:
    """List them; the folder is for fixtures that are saved."""
    yield _Feature(
        "the journal, against a mock that keeps none",
        without=on_port([sys.executable, "-c", _FORGETFUL, "--port"]),
    )
    saved = folder / "saved.yaml"
    saved.write_text("webhooks: []\n", encoding="utf-8")
    yield _Feature(
        f"a fixture saved every {SAVED} s",
        with_it=mock("--fixtures", str(folder)),
        without=mock("--fixtures", str(folder)),
        meanwhile=partial(_saving, saved),
    )
    yield _Feature(
        "a line of the log for each request (`--log json`)",
        with_it=mock("--log", "json"),
    )
    yield _Feature("a lie (`Prefer: lie=null-member`)", Case("", _lie))
    yield _Feature("a sequence", Case("", partial(known, "sequence")))


def _lie(_: Server) -> Callable[[], bytes]:
    written = request("demo", "Prefer: lie=null-member")
    return lambda: written


def _ratio(feature: _Feature, rounds: int, length: Length) -> float:
    bodies = {**dict.fromkeys(BODIES, ""), "sequence": ""}
    one, other = (Server("mock", way, bodies) for way in (feature.with_it, feature.without))
    ratios = []
    with ExitStack() as stack:
        mine, theirs = started(one, stack), started(other, stack)
        for _ in range(rounds):
            reference = measured(other, _PLAIN, theirs, length)
            with feature.meanwhile():
                figure = measured(one, feature.case, mine, length)
            if reference is None or figure is None:
                raise ValueError(feature.name)  # our own mocks can be asked everything
            ratios.append(figure.cpu / reference.cpu)
    return median(ratios)


@contextmanager
def _saving(file: Path) -> Iterator[None]:
    """Save a fixture again and again, each time with another description."""
    end = Event()

    def save() -> None:
        for number in count():
            new = file.with_suffix(".new")
            new.write_text(f"description: save {number}\nwebhooks: []\n", encoding="utf-8")
            new.replace(file)  # as editors do, so that no half of it is read
            if end.wait(SAVED):
                return

    thread = Thread(target=save)
    thread.start()
    try:
        yield
    finally:
        end.set()
        thread.join()
