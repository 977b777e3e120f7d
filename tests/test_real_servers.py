"""The table of real servers is whole; `make real-servers` itself starts and judges them."""

from __future__ import annotations

import json
import socket
import sys
from contextlib import closing
from pathlib import Path
from urllib.parse import urlsplit

import pytest
from real_servers import running
from real_servers.__main__ import INSTANCES, Result
from real_servers.running import NotStarted, serving
from real_servers.servers import APPS, GATEWAYS, SERVERS, SOURCES, Server

from find_webhook_kit.contracts.exit_code import Exit
from find_webhook_kit.spec import contract

LISTENS = f"{sys.executable} -m http.server --bind 127.0.0.1 $PORT"


@pytest.fixture(autouse=True)
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setattr(running, "HOME", tmp_path)
    return tmp_path


def test_every_file_is_started_by_a_row() -> None:
    """No app and no configuration lies about unused, and none that a row names is missing."""
    commands = " ".join(server.command for server in APPS)
    folders = {server.folder for server in APPS}
    apps = {path for folder in folders for path in (SOURCES / folder).iterdir() if path.is_file()}
    configurations = {path.name for path in (SOURCES / "gateways").iterdir()}

    assert {"store"} == {app.stem for app in apps if app.stem not in commands}
    assert configurations == {server.file for server in GATEWAYS}


def test_names_are_used_once() -> None:
    """A name is the folder of a server's reports, so two servers never share one."""
    assert len(SERVERS) == len({server.name for server in SERVERS})


def test_what_they_serve_conforms() -> None:
    """The webhooks of the real servers are valid, and the judge asks for each instance."""
    webhooks = json.loads((SOURCES / "webhooks.json").read_text(encoding="utf-8"))
    schema = contract().operations["findWebhook"].responses[200].content["application/json"].schema

    assert set(INSTANCES) == set(webhooks)
    assert [] == [offence for items in webhooks.values() for offence in schema.violations(items)]


def test_server_listens_as_long_as_it_is_asked_for() -> None:
    """A server accepts connections inside the block, and none after it."""
    with serving(Server("listens", LISTENS)) as url:
        where = ("127.0.0.1", urlsplit(url).port or 0)
        socket.create_connection(where, timeout=5).close()

    with pytest.raises(ConnectionRefusedError), closing(socket.create_connection(where, 5)):
        pass


def test_server_that_ends_at_once_is_told(home: Path) -> None:
    """The error names the file with what the server printed."""
    with (
        pytest.raises(NotStarted, match=r"broken did not start: see .*broken/output"),
        serving(Server("broken", f"{sys.executable} -c 'print(\"no port is free\")'")),
    ):
        pass

    assert "no port is free\n" == (home / "run" / "broken" / "output").read_text(encoding="utf-8")


@pytest.mark.parametrize(
    ("right", "slips", "code"),
    [
        (True, False, Exit.CONFORMS),
        (False, False, Exit.DOES_NOT_CONFORM),
        (False, False, Exit.NOT_PROVEN),
        (False, False, None),
        (True, True, Exit.DOES_NOT_CONFORM),
        (False, True, Exit.CONFORMS),
        (False, True, None),
    ],
)
def test_verdict_is_right_where_it_is_true(*, right: bool, slips: bool, code: Exit | None) -> None:
    """An honest server must conform, one that slips must not; no verdict is never right."""
    result = Result(Server("one", "", slips=slips), code, (), 0, 0)

    assert right == result.right
