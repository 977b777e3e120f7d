"""The command says what it did and exits with the code that says the same."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from functools import cache
from pathlib import Path
from xml.etree import ElementTree as ET

import pytest
from liars.honest import KNOWN_IDS, TOKEN, speak
from liars.server import Request, Speech, serving

from find_webhook_kit.contracts.__main__ import main

ROOT = str(Path(__file__).parents[1])
Requests = list[tuple[str, str, list[tuple[str, str]]]]
IDS = [flag for known in KNOWN_IDS for flag in ("--instance-id", known)]
FEW = [*IDS, "--token", TOKEN, "--profile", "quick", "--max-examples", "5"]


@pytest.fixture(autouse=True)
def nothing_around(monkeypatch: pytest.MonkeyPatch) -> None:
    """A token of the developer's own shell, or a pipeline around, has no say in these tests."""
    for name in ("CONTRACT_TOKEN", "GITHUB_ACTIONS", "GITHUB_STEP_SUMMARY"):
        monkeypatch.delenv(name, raising=False)


def test_without_a_url_the_mock_is_started_and_judged(capsys: pytest.CaptureFixture[str]) -> None:
    """The mock keeps the contract, undeclared methods included, and every clause has evidence."""
    code = main(["--strict"])
    out = capsys.readouterr().out

    assert (0, "exit 0 (conforms)") == (code, out.splitlines()[-1].partition(":")[0])
    assert "8 not applicable: id.count, security.tenant, run.time" in out
    assert "1 not proven: http.range" in out


def test_token_is_read_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """No process list and no shell history shows it there."""
    monkeypatch.setenv("CONTRACT_TOKEN", TOKEN)
    with serving(speak) as url:
        assert 0 == main([url, *IDS, "--max-examples", "0"])


def test_reports_are_written_for_a_wrong_token(tmp_path: Path) -> None:
    """Exit code 3 comes with both reports, and neither holds the token."""
    folder = tmp_path / "reports"
    with serving(speak) as url:
        code = main(
            [url, *IDS, "--token", "wrong-token", "--profile", "quick", "--report-dir", str(folder)]
        )
    report = json.loads((folder / "report.json").read_text())

    assert (3, 3, "not-proven") == (code, report["exit_code"], report["verdict"])
    assert ET.parse(folder / "junit.xml").getroot().tag == "testsuites"  # noqa: S314 - our own
    assert "wrong-token" not in (folder / "report.json").read_text()


def test_report_is_written_for_an_unreachable_target(tmp_path: Path) -> None:
    """Exit code 4 comes with its reports too."""
    code = main(
        ["http://127.0.0.1:1", "--token", "t", "--instance-id", "a", "--report-dir", str(tmp_path)]
    )

    assert (4, "unreachable") == (
        code,
        json.loads((tmp_path / "report.json").read_text())["verdict"],
    )


@pytest.mark.parametrize(
    ("arguments", "reason"),
    [
        (["http://h"], "no token"),
        (["http://h", "--token", "t"], "no instance id"),
        (["http://h/api/v2", "--token", "t", "--instance-id", "a"], "use http://h"),
        (["", "--token", "t", "--instance-id", "a"], "must look like"),
        (["--token", "t"], "need the URL"),
        (["--report-dir", "/dev/null/x"], "--report-dir"),
        (["--ca-file", "/nowhere"], "--ca-file"),
        (["--seed", "x"], "argument --seed"),
        (["--max-examples", "-1"], "argument --max-examples"),
        (["--timeout", "0"], "argument --timeout"),
        (["--max-time", "nan"], "argument --max-time"),
        (["--max-response-time", "soon"], "argument --max-response-time"),
        (["--rate-limit", "fast"], "argument --rate-limit"),
        (["--nonsense"], "unrecognized arguments"),
    ],
)
def test_wrong_usage_is_exit_2_and_names_the_flag(
    arguments: list[str], reason: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """One line on the error stream, and no trace."""
    try:
        code: object = main(arguments)
    except SystemExit as error:  # argparse's own way out
        code = error.code
    last = capsys.readouterr().err.splitlines()[-1]

    assert 2 == code
    assert "error:" in last
    assert reason in last


def test_two_runs_with_one_seed_send_the_same_requests() -> None:
    """Planned and generated requests depend on the seed, never on the answers."""
    run = heard("--seed", "7")

    assert run == sent("--seed", "7")
    assert len(run) > 60


def test_another_seed_sends_other_requests() -> None:
    """The seed is not decoration."""
    assert heard("--seed", "7") != heard("--seed", "2")


@cache
def heard(*arguments: str) -> Requests:
    """Return what a run of these flags sends, of which several tests look at the same."""
    return sent(*arguments)


def sent(*arguments: str) -> Requests:
    requests: list[Request] = []

    def speaker(request: Request) -> Speech:
        requests.append(request)
        return speak(request)

    with serving(speaker) as url:
        main([url, *FEW, *arguments])
    return sorted(_without_host(item) for item in requests)


@pytest.fixture(scope="module")
def another(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Requests, str]:
    """Run in another process and folder; return the folder, what was sent, and complaints."""
    folder = tmp_path_factory.mktemp("another")
    (folder / "schemathesis.toml").write_text("nonsense = 1\n")
    around = {"PYTHONHASHSEED": "1", "PYTHONWARNINGS": "error", "CI": "true"}
    requests: list[Request] = []

    def speaker(request: Request) -> Speech:
        requests.append(request)
        return speak(request)

    with serving(speaker) as url:
        run = subprocess.run(  # noqa: S603 - our own command
            [sys.executable, "-m", "find_webhook_kit.contracts", url, *FEW, "--seed", "7"],
            cwd=folder,
            env={**os.environ, "PYTHONPATH": ROOT, **around},
            capture_output=True,
            text=True,
            check=True,
        )
    return folder, sorted(map(_without_host, requests)), run.stderr


def test_requests_are_the_same_in_another_process_and_folder(
    another: tuple[Path, Requests, str],
) -> None:
    """Two judges on two machines agree, byte for byte."""
    assert heard("--seed", "7") == another[1]


def test_run_leaves_no_files_and_minds_no_foreign_configuration(
    another: tuple[Path, Requests, str],
) -> None:
    """No cache is written where it runs, and a schemathesis.toml found there changes nothing."""
    folder, _, complaints = another

    assert "" == complaints
    assert ["schemathesis.toml"] == [file.name for file in folder.iterdir()]


def _without_host(item: Request) -> tuple[str, str, list[tuple[str, str]]]:
    """Return a request as it would be at any port."""
    pairs = [(name, re.sub(r"127\.0\.0\.1:\d+", "here", value)) for name, value in item.headers]
    target = re.sub(r"127\.0\.0\.1:\d+", "here", item.target)
    return item.method, target, [pair for pair in pairs if pair[0] != "host"]


def test_help_answers_without_what_only_a_run_needs() -> None:
    """Nobody waits for Schemathesis to read what a flag does."""
    heavy = ("connexion", "h11", "hypothesis", "jinja2", "rich", "schemathesis", "uvicorn")
    script = f"""
import contextlib, io, sys
from find_webhook_kit.contracts.__main__ import main
with contextlib.suppress(SystemExit), contextlib.redirect_stdout(io.StringIO()):
    main(["--help"])
print([name for name in {heavy} if name in sys.modules])
"""
    run = subprocess.run(  # noqa: S603 - our own script
        [sys.executable, "-c", script], cwd=ROOT, capture_output=True, text=True, check=True
    )

    assert "[]\n" == run.stdout


def test_fault_of_ours_shows_no_token(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    """Exit code 70 comes with a trace, and whatever stands in it is masked."""
    monkeypatch.setenv("CONTRACT_TOKEN", "tok-12345")

    def broken(*_: object, **__: object) -> None:
        raise RuntimeError("went wrong with tok-12345")

    monkeypatch.setattr("find_webhook_kit.contracts.config.configuration.configuration", broken)

    assert 70 == main(["http://h", "--instance-id", "a"])
    assert "went wrong with $CONTRACT_TOKEN" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "code", "closing"),
    [
        (["--token", TOKEN, *IDS], 0, "passed, "),
        (["--token", "wrong-token", *IDS, "-k", "status.200"], 1, "not proven"),
    ],
)
def test_pytest_front_keeps_pytest_codes(arguments: list[str], code: int, closing: str) -> None:
    """One test a clause; an unproven clause that is required fails."""
    with serving(speak) as url:
        run = pytest_front("--target", url, "--unsafe-methods", *arguments)

    assert code == run.returncode
    assert closing in run.stdout
    assert "wrong-token" not in run.stdout


def test_pytest_front_reports_a_silent_target_as_one_error() -> None:
    """Seventy clauses do not fail for one refused connection."""
    run = pytest_front("--target", "http://127.0.0.1:1", "--token", "t", "--instance-id", "a")

    assert 1 == run.returncode
    assert ", 1 error in" in run.stdout
    assert "Connection refused" in run.stdout


def pytest_front(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(  # noqa: S603 - our own command
        [sys.executable, "-m", "pytest", "contracts", "-q", "--profile", "quick", *arguments],
        cwd=Path(__file__).parents[1],
        capture_output=True,
        text=True,
        check=False,
    )
