"""What becomes of the output decides nothing: the code is the verdict, and the files are whole."""

from __future__ import annotations

import json
import os
import re
import shlex
import signal
import subprocess
import sys
from collections.abc import Iterator
from dataclasses import replace
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from liars.honest import KNOWN_IDS, TOKEN, refusal, said, speak
from liars.server import Request, Speech, serving
from support.sampling import diagonal, one_of_each

ROOT = str(Path(__file__).parents[1])
LEFT_OUT = re.compile("GITHUB|PYTHONUNBUFFERED")
"""What a pipeline sets; and output is written when a process ends, as at a user's."""

FILES = {
    "report.json",
    "report.schema.json",
    "junit.xml",
    "report.sarif",
    "report.html",
    "exchanges.har",
}


@pytest.fixture
def honest() -> Iterator[str]:
    with serving(speak) as url:
        yield url


@pytest.fixture
def broken() -> Iterator[str]:
    with serving(lambda request: said(request, refusal(500))) as url:
        yield url


def line(url: str, *more: object) -> str:
    """Return the command as a line of a shell."""
    words = [
        sys.executable,
        "-m",
        "find_webhook_kit.contracts",
        url,
        "--instance-id",
        KNOWN_IDS[0],
        "--profile",
        "quick",
        *more,
    ]
    return shlex.join(map(str, words))


def shell(script: str, folder: Path) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "PYTHONPATH": ROOT, "CONTRACT_TOKEN": TOKEN}
    return subprocess.run(  # noqa: S603 - our own script
        ["/bin/bash", "-c", script],
        cwd=folder,
        env={name: environment[name] for name in environment if not LEFT_OUT.search(name)},
        capture_output=True,
        text=True,
        check=False,
    )


def whole(folder: Path) -> str:
    """Return the verdict of reports that are all there and can all be read."""
    assert set() == FILES - {file.name for file in folder.iterdir()}
    assert [] == [file for file in folder.iterdir() if file.name.startswith(".")]
    ET.parse(folder / "junit.xml")  # noqa: S314 - our own
    json.loads((folder / "report.sarif").read_text(encoding="utf-8"))
    assert (folder / "report.html").read_text(encoding="utf-8").endswith("</html>")
    report = json.loads((folder / "report.json").read_text(encoding="utf-8"))
    return str(report["verdict"])


ENDS = {
    "a reader of one line": "| head -1; exit ${PIPESTATUS[0]}",
    "a reader of nothing": "| true; exit ${PIPESTATUS[0]}",
    "a full disk": "> /dev/full",
    "a full disk for both": "> /dev/full 2>&1",
    "stdout closed": ">&-",
    "stderr closed": "2>&-",
    "all closed": "<&- >&- 2>&-",
    "stderr full": "2> /dev/full",
}
LOST = ["> /dev/full 2>&1", ">&- 2>&-", "| true; exit ${PIPESTATUS[0]}"]


def kind(end: str) -> tuple[str, ...]:
    return tuple(word for word in ("reader", "full", "closed", "stderr") if word in end)


@pytest.mark.parametrize("end", one_of_each(list(ENDS), kind))
def test_conforming_server_conforms_whoever_reads(honest: str, tmp_path: Path, end: str) -> None:
    """The files are there before a line is printed, and a lost line is no verdict."""
    run = shell(f"{line(honest, '--report-dir', 'reports')} {ENDS[end]}", tmp_path)

    assert (0, "conforms") == (run.returncode, whole(tmp_path / "reports"))
    assert "Traceback" not in run.stderr
    assert "Exception ignored" not in run.stderr


@pytest.mark.parametrize("end", one_of_each(LOST, lambda end: "full" in end))
def test_broken_server_is_broken_whoever_reads(broken: str, tmp_path: Path, end: str) -> None:
    """A verdict of 1 is one of the server, and not of a pipe."""
    run = shell(f"{line(broken, '--report-dir', 'reports')} {end}", tmp_path)

    assert (1, "does-not-conform") == (run.returncode, whole(tmp_path / "reports"))


COMMANDS = [
    ("diff spec/openapi.yaml spec/openapi.yaml", 0),
    ("diff spec/openapi.yaml nowhere.yaml", 2),
    ("diff --help", 0),
    ("history tests/data/none", 2),
    ("history --help", 0),
    ("--help", 0),
    ("http://127.0.0.1:1 --token t --instance-id a --profile quick", 4),
]


@pytest.mark.parametrize(("command", "end"), diagonal(COMMANDS, LOST))
def test_other_commands_keep_their_code_too(command: tuple[str, int], end: str) -> None:
    """Whatever is printed, its end is the reader's business."""
    words, code = command
    run = shell(
        f"{shlex.quote(sys.executable)} -m find_webhook_kit.contracts {words} {end}", Path(ROOT)
    )

    assert code == run.returncode


def test_working_folder_may_go_before_the_run(honest: str, tmp_path: Path) -> None:
    """Where it stood is nobody's business; a relative folder for reports is said to be nowhere."""
    gone = tmp_path / "gone"
    gone.mkdir()
    command = line(honest, "--report-dir", tmp_path / "reports")
    run = shell(f"rmdir {gone}; {command}", gone)
    relative = tmp_path / "relative"
    relative.mkdir()
    lost = shell(f"rmdir {relative}; {line(honest, '--report-dir', 'reports')}", relative)

    assert (0, "conforms") == (run.returncode, whole(tmp_path / "reports"))
    assert 2 == lost.returncode
    assert "--report-dir reports: " in lost.stderr
    assert "working folder" in lost.stderr


def test_working_folder_may_go_during_the_run(tmp_path: Path) -> None:
    """The folder for reports is known from the start, and made again."""
    gone = tmp_path / "gone"
    gone.mkdir()

    def speaker(request: Request) -> Speech:
        if request.number == 30:
            (gone / "reports").rmdir()
            gone.rmdir()
        return speak(request)

    with serving(speaker) as url:
        run = shell(line(url, "--report-dir", "reports"), gone)

    assert (0, "conforms") == (run.returncode, whole(gone / "reports")), run.stderr


def test_report_that_cannot_be_written_changes_no_verdict(honest: str, tmp_path: Path) -> None:
    """What cannot be written is named on the error stream, and every other file is there."""
    folder = tmp_path / "reports"
    (folder / "report.html").mkdir(parents=True)
    run = shell(line(honest, "--report-dir", folder), tmp_path)

    assert 0 == run.returncode
    assert "exit 0 (conforms)" in run.stdout
    assert f"--report-dir {folder}/report.html: Is a directory" in run.stderr
    assert {file.name for file in folder.iterdir() if file.is_file()} == FILES - {"report.html"}


# Signals: the script is our command, and sends itself one at a point that no clock can hit.

SIGNALLED = """
import os, signal, sys
for number in (signal.SIGINT, signal.SIGTERM):
    signal.signal(number, signal.default_int_handler if number == 2 else signal.SIG_DFL)
import {module} as module
inner = module.{name}
def signalled(*arguments, **named):
    os.kill(os.getpid(), signal.{signal})
    found = inner(*arguments, **named)
    os.kill(os.getpid(), signal.{signal})
    return found
module.{name} = signalled
import find_webhook_kit.contracts.__main__
sys.argv[0] = "contract-test"
sys.exit(find_webhook_kit.contracts.__main__.main())
"""

MOMENTS = {
    "while clauses are judged": ("find_webhook_kit.contracts.assessment", "Transcript"),
    "as the reports start": ("find_webhook_kit.contracts.reports", "report"),
    "within a file": ("find_webhook_kit.contracts.reports.folder", "as_json"),
    "behind the files": ("find_webhook_kit.contracts.reports", "show"),
}


@pytest.mark.parametrize(("moment", "sent"), diagonal(list(MOMENTS), ["SIGINT", "SIGTERM"]))
def test_signal_behind_the_last_request_changes_nothing(
    broken: str, tmp_path: Path, moment: str, sent: str
) -> None:
    """The verdict is there, so it is told: by its code and by whole files."""
    module, name = MOMENTS[moment]
    script = SIGNALLED.format(module=module, name=name, signal=sent)
    command = line(broken, "--report-dir", "reports").replace(
        "-m find_webhook_kit.contracts", f"-c {shlex.quote(script)}"
    )
    run = shell(command, tmp_path)

    assert (1, "does-not-conform") == (run.returncode, whole(tmp_path / "reports")), run.stderr
    assert "Traceback" not in run.stderr


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM])
def test_signal_during_the_run_ends_with_the_verdict_so_far(tmp_path: Path, number: int) -> None:
    """Who ends a pipeline finds in its reports how far it came."""
    process: list[subprocess.Popen[bytes]] = []

    def speaker(request: Request) -> Speech:
        if request.number == 20:
            process[0].send_signal(number)
        return replace(speak(request), delay=0.01)

    with serving(speaker) as url:
        words = shlex.split(line(url, "--report-dir", tmp_path))
        environment = {**os.environ, "PYTHONPATH": ROOT, "CONTRACT_TOKEN": TOKEN}
        process.append(
            subprocess.Popen(  # noqa: S603 - our own command
                words,
                env=environment,
                stdout=subprocess.DEVNULL,
                preexec_fn=lambda: signal.signal(signal.SIGINT, signal.default_int_handler),  # noqa: PLW1509
            )
        )
        code = process[0].wait(60)
    report = json.loads((tmp_path / "report.json").read_text(encoding="utf-8"))

    assert (3, "not-proven") == (code, whole(tmp_path))
    assert "interrupted" in report["stopped"]
