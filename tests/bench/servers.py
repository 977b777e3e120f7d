"""The servers that are measured: ours, the least that is possible, and other people's mocks."""

from __future__ import annotations

import copy
import json
import shutil
import sys
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass, field
from http.client import HTTPConnection
from pathlib import Path
from typing import Any, Final

from process import free_port, running

from find_webhook_kit.mock_server.settings import DEMO_TOKEN
from find_webhook_kit.spec import contract

HERE: Final = Path(__file__).parent
BUILD: Final = HERE.parents[1] / "build"
OUT: Final = BUILD / "bench"
PEERS: Final = BUILD / "peers" / "node_modules"
TOKEN: Final = f"Bearer {DEMO_TOKEN}"
BODIES: Final = {"demo": 1, "many": 50, "huge": 500}
"""The instances that are asked for, and how many webhooks each has."""


@dataclass(frozen=True, slots=True)
class Server:
    """A server: how it is started on a port, and what it can be asked.

    `bodies` are the instances that it knows, each with the header that asks for it, if one does.
    """

    name: str
    command: Callable[[int], list[str]]
    bodies: Mapping[str, str] = field(default_factory=lambda: dict.fromkeys(BODIES, ""))


def path_of(instance: str) -> str:
    return f"/api/v2/instance/{instance}/webhook"


def request(instance: str, header: str = "") -> bytes:
    """Write the request of a client with a token."""
    lines = [
        f"GET {path_of(instance)} HTTP/1.1",
        "Host: 127.0.0.1",
        f"Authorization: {TOKEN}",
        "Accept: application/json",
        *([header] if header else []),
    ]
    return "".join(f"{line}\r\n" for line in [*lines, ""]).encode()


def mock(*flags: str) -> Callable[[int], list[str]]:
    return on_port([sys.executable, "-m", "find_webhook_kit.mock_server", *flags, "--port"])


def servers() -> Iterator[Server]:
    """List the servers that can run here; the first one is what the others are measured against."""
    OUT.mkdir(parents=True, exist_ok=True)
    answers = OUT / "answers.json"
    bodies = _answers()
    answers.write_text(json.dumps(bodies))
    yield Server("bare ASGI app", _script("serve_bare.py", answers))
    yield Server("**this mock**", mock())
    yield Server("Connexion, stock", _script("serve_stock.py", answers))
    yield from _peers({name: json.loads(bodies[path_of(name)]["body"]) for name in BODIES})


def _script(name: str, file: Path) -> Callable[[int], list[str]]:
    return lambda port: [sys.executable, str(HERE / name), str(port), str(file)]


def _answers() -> dict[str, Any]:
    """Ask the mock for the answers that the others give; `*` is the one to an unknown id."""
    port = free_port()
    with running(mock()(port), port, request("demo")):
        answers = {path_of(name): _answer(port, name) for name in BODIES}
        return {**answers, "*": _answer(port, "nobody")}


def _answer(port: int, instance: str) -> dict[str, Any]:
    connection = HTTPConnection("127.0.0.1", port)
    headers = {"Authorization": TOKEN, "Accept": "application/json"}
    connection.request("GET", path_of(instance), headers=headers)
    response = connection.getresponse()
    body = response.read().decode()
    connection.close()
    kept = [(name.lower(), value) for name, value in response.getheaders() if name != "date"]
    return {"headers": kept, "body": body}


def _peers(bodies: Mapping[str, Any]) -> Iterator[Server]:
    """List those that `make bench-peers` has installed."""
    document = OUT / "contract.json"
    document.write_text(json.dumps(with_examples(bodies)))
    node, java = shutil.which("node"), shutil.which("java")
    prism = PEERS / "@stoplight" / "prism-cli" / "dist" / "index.js"
    if node and prism.exists():
        asked = {name: "" if name == "demo" else f"Prefer: example={name}" for name in bodies}
        command = [node, str(prism), "mock", str(document), "-v", "silent", "-p"]
        yield Server("Prism", on_port(command), asked)
    mockoon = PEERS / "@mockoon" / "cli" / "bin" / "run.js"
    if node and mockoon.exists():
        flags = ["--disable-log-to-file", "--disable-admin-api", "-l", "127.0.0.1", "-p"]
        command = [node, str(mockoon), "start", "-d", str(document), *flags]
        yield Server("Mockoon", on_port(command), {"demo": ""})
    jars = sorted((PEERS / "wiremock" / "build").glob("wiremock-standalone-*.jar"))
    if java and jars:
        folder = OUT / "wiremock"
        _write_mappings(folder / "mappings", bodies)
        flags = ["--bind-address", "127.0.0.1", "--disable-banner", "--no-request-journal"]
        command = [java, "-jar", str(jars[-1]), *flags, "--root-dir", str(folder), "--port"]
        yield Server("WireMock", on_port(command))


def on_port(command: list[str]) -> Callable[[int], list[str]]:
    """Let a port be the last word of a command."""
    return lambda port: [*command, str(port)]


def with_examples(bodies: Mapping[str, Any]) -> dict[str, Any]:
    """Return the contract with the bodies as its examples, the smallest one first."""
    document: dict[str, Any] = copy.deepcopy(dict(contract().document))
    path = document["paths"][contract().operations["findWebhook"].path]
    (media_type,) = path["get"]["responses"]["200"]["content"].values()
    media_type["examples"] = {name: {"value": body} for name, body in bodies.items()}
    return document


def _write_mappings(folder: Path, bodies: Mapping[str, Any]) -> None:
    """Write what WireMock is to answer: each body by its id, and nothing for every other id."""
    folder.mkdir(parents=True, exist_ok=True)
    for name, body in {**bodies, "[^/]+": []}.items():
        known = name in bodies
        mapping = {
            "priority": 1 if known else 2,
            "request": {
                "method": "GET",
                "urlPath" if known else "urlPathPattern": path_of(name),
                "headers": {"Authorization": {"matches": "Bearer .+"}},
            },
            "response": {
                "status": 200,
                "headers": {"Content-Type": "application/json"},
                "body": json.dumps(body, separators=(",", ":")),
            },
        }
        file = folder / f"{name if known else 'other'}.json"
        file.write_text(json.dumps(mapping))
