"""Who may open too few files is told so, and the target is not blamed for it."""

from __future__ import annotations

import errno
import os
import socket
import subprocess
import sys
from typing import Any

import pytest

from find_webhook_kit.contracts.config.options import Options
from find_webhook_kit.contracts.judge import judge
from find_webhook_kit.contracts.usage import UsageError
from find_webhook_kit.contracts.wire import connection as module
from find_webhook_kit.contracts.wire.connection import Connection
from find_webhook_kit.contracts.wire.target import target

ASKED = target("http://127.0.0.1:9", token="t" * 20, instance_ids=("crm",))


@pytest.mark.parametrize("code", [errno.EMFILE, errno.ENFILE])
def test_want_of_files_is_no_fault_of_the_target(
    monkeypatch: pytest.MonkeyPatch, code: int
) -> None:
    """Whenever it comes, it is wrong usage, with what to do."""

    def full(*_: Any) -> socket.socket:
        raise OSError(code, os.strerror(code))

    monkeypatch.setattr(module, "dial", full)

    with pytest.raises(UsageError, match=r"may not open another file: raise the limit \(ulimit -n"):
        judge(ASKED, Options(max_examples=0))


def test_connection_that_another_thread_has_closed_has_ended() -> None:
    """It is no fault of this program: the run had ended."""
    here, there = socket.socketpair()
    connection = Connection(ASKED, here, lambda: 0.0, used=True)
    connection.close()
    there.close()

    assert connection.unannounced() is None


@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such limit")
def test_too_few_files_are_wrong_usage() -> None:
    """A run that could not be one is not begun: against a URL, our own mock, and its lies."""
    code = (
        "import os, resource, sys\n"
        "from find_webhook_kit.contracts import __main__\n"
        "from find_webhook_kit.contracts.config import configuration\n"
        "url = ['http://127.0.0.1:9', '--token', 'abc', '--instance-id', 'a']\n"
        "for words in url, [], ['--selftest'], [*url, '--connections', '3']:\n"
        "    if not (child := os.fork()):\n"
        "        resource.setrlimit(resource.RLIMIT_NOFILE, (26, 26))\n"
        "        code = __main__.main(words)\n"
        "        sys.stderr.flush()\n"
        "        os._exit(code)\n"
        "    print(os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]), flush=True)\n"
    )
    done = subprocess.run(  # noqa: S603 - our own
        [sys.executable, "-c", code], capture_output=True, text=True, check=False, timeout=60
    )

    assert "2\n" * 4 == done.stdout
    assert done.stderr == "".join(
        f"contract-test: error: this process may open 26 files, and needs {needed}: "
        "raise the limit (ulimit -n), or give a lower --connections\n"
        for needed in (36, 60, 60, 27)
    )
