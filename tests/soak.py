"""Keeps the mock busy with all kinds of traffic at once while its fixtures change: `make soak`.

Good, bad, lying, generated and reloaded answers at full speed for a minute, with fixtures that are
saved well, saved badly and taken away. Each answer is held against what its kind must be.
Afterwards the memory is as it was, the journal is consistent, and the judge finds that the mock
conforms.
"""

from __future__ import annotations

import argparse
import json
import os
import random
import re
import subprocess
import sys
import tempfile
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator, Mapping
from contextlib import closing, contextmanager, suppress
from dataclasses import dataclass, field
from http.client import HTTPException
from pathlib import Path
from typing import Any, Final

from fuzz_bytes import bent
from http_client import Connection, connect
from mock_client import Answer
from support.processes import mock_process
from wire import exchange

from find_webhook_kit.mock_server.answers.lies import LIES
from find_webhook_kit.spec import contract

GROWTH: Final = 24
"""MiB that the mock may grow by after the first quarter of the time."""

HEADERS: Final = {"Authorization": "Bearer demo-token"}
PAUSE: Final = 0.3
"""Seconds between requests that cost the mock a hundred times as much as others."""

FLOOD: Final = 200
"""Requests that are sent at once."""

MANY: Final = 10_000_000
"""Requests after which each kind has had enough."""

SLOW: Final = {"slow-body", "jitter"}
BY_CHANCE: Final = {"flaky"}
KINDS_OF_LIE: Final = tuple(name for name in LIES if name not in SLOW)
SCHEMA: Final = (
    contract().operations["findWebhook"].responses[200].content["application/json"].schema
)

STATES: Final = {
    "demo": 200,
    "empty": 200,
    "many": 200,
    "huge": 200,
    "minimal": 200,
    "hostile": 200,
    "nobody": 200,
    "%F0%9F%98%80": 200,
    "unauthorized": 401,
    "bad-request": 400,
    "%FF": 400,
    "": 404,
}


@dataclass(slots=True)
class Site:
    """The mock under load, and what all who load it know."""

    port: int
    folder: Path
    end: float = 0.0
    version: int = 0
    first: dict[str, tuple[int, bytes]] = field(default_factory=dict)
    verdicts: dict[str, str] = field(default_factory=dict)
    counts: Counter[str] = field(default_factory=Counter)
    complaints: list[str] = field(default_factory=list)

    def get(self, path: str, **more: str) -> Answer:
        """Send one request over a connection of its own."""
        with closing(Connection(self.port)) as connection:
            return ask(connection, path, **more)


def ask(connection: Connection, path: str, **more: str) -> Answer:
    """Send one request over a connection that is kept."""
    return connection.ask(path, *{**HEADERS, **more}.items())


def webhooks(instance: str) -> str:
    return f"/api/v2/instance/{instance}/webhook"


Traffic = Callable[[Site, Connection, random.Random], None]


def good(site: Site, connection: Connection, chance: random.Random) -> None:
    """A known state has the same bytes each time."""
    instance = chance.choice(list(STATES))
    answer = ask(connection, webhooks(instance))

    assert site.first[instance] == (answer.status, answer.body), instance


def refused(_: Site, connection: Connection, chance: random.Random) -> None:
    """What is wrong with a request decides its error."""
    wrong = {
        401: {"Authorization": "Bearer wrong"},
        406: {"Accept": "text/html"},
        404: {"Prefer": "code=500"},
        400: {"Prefer": "seed=x"},
        431: {"X": "x" * 65536},
    }
    status = chance.choice(list(wrong))
    answer = ask(connection, webhooks("demo"), **wrong[status])

    assert (status, status) == (answer.status, json.loads(answer.body)["statusCode"])


def bad(site: Site, _: Connection, chance: random.Random) -> None:
    """Bytes that make no sense get an error, or the answer to what makes sense in them."""
    data = bent(0, chance.randrange(10**9))
    issues = [
        issue
        for answer in exchange(site.port, [data], method=None, finish=True)
        for issue in answer.issues()
    ]

    assert [] == issues, data


def lying(_: Site, connection: Connection, chance: random.Random) -> None:
    """A lie is told as one, where anything is told."""
    lie = chance.choice(KINDS_OF_LIE)
    try:
        answer = ask(connection, webhooks("demo"), Prefer=f"lie={lie}")
    except (OSError, HTTPException):
        assert lie in {"dropped", "cut-body"}, lie
        connection.close()
        return

    assert lie == answer.headers["mock-lie"]


def generated(_: Site, connection: Connection, chance: random.Random) -> None:
    """Generated data keeps the contract."""
    prefer = f"dynamic=true, seed={chance.randrange(1000)}, size={chance.randrange(4)}"
    answer = ask(connection, webhooks("demo"), Prefer=prefer)

    assert 200 == answer.status
    assert () == SCHEMA.violations(json.loads(answer.body))
    time.sleep(PAUSE)


def reloaded(site: Site, connection: Connection, _: random.Random) -> None:
    """A fixture that changes is one of its versions, whole, or not there."""
    newest = site.version
    answer = ask(connection, webhooks("mine"))
    items = json.loads(answer.body)
    versions = {int(item["name"]) for item in items}

    assert 200 == answer.status
    assert len(versions) < 2
    assert all(len(items) == _size(version) for version in versions)
    assert all(version <= max(newest, site.version) for version in versions)
    assert versions or answer.headers.get("mock-instance") == "unknown"


def watched(site: Site, connection: Connection, _: random.Random) -> None:
    """The journal is in order, and its verdicts are right, at any time."""
    _check_journal(site, _journal(connection))
    health = ask(connection, "/__mock/health")

    assert 200 == health.status
    time.sleep(PAUSE)


def flood(site: Site, _: Connection, chance: random.Random) -> None:
    """Many requests at once are all answered, known states and ids never seen alike."""
    head = b"GET %b HTTP/1.1\r\nHost: mock\r\nAuthorization: Bearer demo-token\r\n"
    paths = [
        webhooks(chance.choice(("demo", "many", f"id-{chance.random()}"))) for _ in range(FLOOD)
    ]
    heads = [head % path.encode() for path in paths]
    received = bytearray()
    with connect(site.port) as connection:
        connection.sendall(b"\r\n".join(heads) + b"Connection: close\r\n\r\n")
        while piece := connection.recv(1024 * 1024):
            received += piece
    site.counts["flooded"] += FLOOD

    assert FLOOD == received.count(b"HTTP/1.1 200 OK\r\n")


TRAFFIC: Final[tuple[Traffic, ...]] = (
    *(good, flood, refused, bad, lying, generated, reloaded, watched),
)


def _journal(connection: Connection) -> list[dict[str, Any]]:
    entries: list[dict[str, Any]] = json.loads(ask(connection, "/__mock/journal").body)["entries"]
    return entries


def _check_journal(site: Site, entries: list[dict[str, Any]]) -> None:
    numbers = [entry["number"] for entry in entries]

    assert numbers == sorted(set(numbers))
    assert [] == [entry for entry in entries if entry["verdict"] != _right(site, entry)]


def _right(site: Site, entry: Mapping[str, Any]) -> str:
    """Say what the verdict on an entry must be: what is no lie keeps the contract."""
    if entry["lie"] in BY_CHANCE:
        return str(entry["verdict"])
    if entry["lie"] is not None:
        return site.verdicts[entry["lie"]]
    documented = entry["instance"] is not None and entry["status"] in {200, 400, 401}
    return "keeps the contract" if documented else "not in the contract"


def _size(version: int) -> int:
    return version % 5 + 1


def _written(version: int) -> str:
    date = '"2024-01-01T00:00:00Z"'
    times = f"createdAt: {date}, updatedAt: {date}"
    item = f"  - {{name: '{version}', url: u, webhookId: 'w{{n}}', {times}}}"
    return f"repeat: {_size(version)}\nwebhooks:\n{item}\n"


def _replace(path: Path, text: str) -> None:
    """Save as good editors do."""
    new = path.with_name("new.tmp")
    new.write_text(text)
    new.replace(path)


def _overwrite(path: Path, text: str) -> None:
    """Save as bad editors do: for a moment the file is empty, then it is half there."""
    with path.open("w") as file:
        file.write(text[: len(text) // 2])
        file.flush()
        time.sleep(0.001)
        file.write(text[len(text) // 2 :])


def _remove(path: Path, _: str) -> None:
    path.unlink(missing_ok=True)


def _link(path: Path, _: str) -> None:
    path.unlink(missing_ok=True)
    path.symlink_to("/etc/passwd")


def _break(path: Path, text: str) -> None:
    _overwrite(path, text + "webhooks: [x]\n")


SAVES: Final = (_replace, _replace, _overwrite, _overwrite, _remove, _link, _break)


def _save(site: Site, chance: random.Random) -> None:
    """Save the fixture in one way or another."""
    path = site.folder / "mine.yaml"
    if path.is_symlink():
        path.unlink()
    site.version += 1
    chance.choice(SAVES)(path, _written(site.version))
    time.sleep(chance.choice((0.001, 0.05, 0.3)))


def _run(site: Site, kind: Traffic, seed: str) -> None:
    """Repeat one kind of traffic until the time is over or something is wrong."""
    chance = random.Random(seed)  # noqa: S311 - it must repeat
    connection = Connection(site.port)
    while time.monotonic() < site.end and not site.complaints and site.counts[kind.__name__] < MANY:
        try:
            kind(site, connection, chance)
        except Exception as error:  # noqa: BLE001 - whatever it is, it is told
            site.complaints.append(f"{kind.__name__}: {type(error).__name__}: {error}")
        site.counts[kind.__name__] += 1
    connection.close()


def _edit(site: Site, seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311 - it must repeat
    while time.monotonic() < site.end and not site.complaints:
        _save(site, chance)
        site.counts["saves"] += 1


def _prepare(site: Site) -> None:
    """Note what each state and each lie is, before anything else is asked."""
    for instance in STATES:
        answer = site.get(webhooks(instance))
        site.first[instance] = answer.status, answer.body
    assert {name: status for name, (status, _) in site.first.items()} == STATES
    for lie in LIES:
        if lie not in SLOW:
            with suppress(OSError, HTTPException):
                site.get(webhooks("demo"), Prefer=f"lie={lie}")
    connection = Connection(site.port)
    for entry in _journal(connection):
        if entry["lie"]:
            site.verdicts[entry["lie"]] = entry["verdict"]
    connection.close()


def _load(site: Site, seconds: float, seed: int) -> None:
    """Let all kinds of traffic run at once for a time."""
    site.end = time.monotonic() + seconds
    threads = [
        threading.Thread(target=_run, args=(site, kind, f"{seed}/{index}"))
        for index, kind in enumerate(TRAFFIC)
    ]
    threads.append(threading.Thread(target=_edit, args=(site, seed)))
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()


def _check_afterwards(site: Site) -> None:
    """Save a good fixture, and look at the mock as one who comes fresh."""
    path = site.folder / "mine.yaml"
    path.unlink(missing_ok=True)
    site.version += 1
    _replace(path, _written(site.version))
    deadline = time.monotonic() + 30
    while _served(site) != ({str(site.version)}, "good"):
        assert time.monotonic() < deadline, f"version {site.version} is not served: {_served(site)}"
        time.sleep(0.1)
    connection = Connection(site.port)
    for index in range(150):
        ask(connection, webhooks(f"after-{index}"))
    entries = _journal(connection)[-150:]
    _check_journal(site, entries)
    first = entries[0]["number"]
    assert list(range(first, first + 150)) == [entry["number"] for entry in entries]
    assert [f"after-{index}" for index in range(150)] == [entry["instance"] for entry in entries]
    connection.close()


def _served(site: Site) -> tuple[set[str], str]:
    """Return which version is served, and whether the mock calls it good."""
    items = json.loads(site.get(webhooks("mine")).body)
    health = json.loads(site.get("/__mock/health").body)
    return {item["name"] for item in items}, health["fixtures"]


def _judge(site: Site) -> str:
    """Run the judge as a person does, and return its last line."""
    command = Path(sys.executable).with_name("contract-test")
    judged = subprocess.run(  # noqa: S603
        [command, f"http://127.0.0.1:{site.port}", "--instance-id", "demo"],
        env={**os.environ, "CONTRACT_TOKEN": "demo-token"},
        capture_output=True,
        text=True,
        check=False,
        timeout=300,
    )
    assert 0 == judged.returncode, judged.stdout + judged.stderr
    return judged.stdout.strip().splitlines()[-1]


@contextmanager
def _mock(folder: Path, said: Path) -> Iterator[tuple[subprocess.Popen[str], Site]]:
    fixtures = folder / "fixtures"
    fixtures.mkdir()
    (fixtures / "mine.yaml").write_text(_written(0))
    with (
        said.open("w") as error,
        mock_process(f"--fixtures={fixtures}", stderr=error) as (process, port),
    ):
        yield process, Site(port, fixtures)


def _memory(process: subprocess.Popen[str]) -> float:
    """Return the resident memory of a process in MiB."""
    status = Path(f"/proc/{process.pid}/status").read_text(encoding="ascii")
    return int(re.search(r"VmRSS:\s+(\d+)", status)[1]) / 1024  # type: ignore[index]  # Linux has it


def soak(seconds: float, seed: int) -> None:
    """Load a mock for a time, and raise `AssertionError` for the first thing that is wrong."""
    with tempfile.TemporaryDirectory() as temporary:
        folder = Path(temporary)
        said = folder / "said"
        with _mock(folder, said) as (process, site):
            _prepare(site)
            _load(site, seconds / 4, seed)
            warm = _memory(process)
            _load(site, seconds * 3 / 4, seed + 1)
            assert [] == site.complaints
            _check_afterwards(site)
            grown = _memory(process) - warm
            assert grown <= GROWTH, f"{warm:.0f} MiB grew by {grown:.1f}, more than {GROWTH}"
            verdict = _judge(site)
            process.terminate()
            assert 0 == process.wait(timeout=30)
        words = said.read_text(encoding="utf-8")
        assert "Traceback" not in words, words
    total = sum(site.counts.values()) - site.counts["saves"] - site.counts["flood"]
    print(f"{total} requests in {seconds:.0f} s: {dict(sorted(site.counts.items()))}")
    print(f"memory: {warm:.0f} MiB after a quarter of the time, {grown:+.1f} MiB at its end")
    print(verdict)


def main() -> int:
    """Read the flags and soak."""
    parser = argparse.ArgumentParser(description="Soak the mock.")
    parser.add_argument("--seconds", type=float, default=60, help="of traffic (%(default)s)")
    parser.add_argument("--seed", type=int, default=0, help="the same traffic again (%(default)s)")
    asked = parser.parse_args()
    sys.setswitchinterval(0.0005)  # the clients take turns quickly, so that the mock is never idle
    soak(asked.seconds, asked.seed)
    return 0


if __name__ == "__main__":
    sys.exit(main())
