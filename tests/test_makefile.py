"""What make is given reaches the commands byte by byte, and reaches nobody else."""

from __future__ import annotations

import json
import os
import re
import subprocess
import sys
from functools import cache
from pathlib import Path

import pytest

from find_webhook_kit.contracts.__main__ import main

ROOT = Path(__file__).parents[1]
MAKEFILE = (ROOT / "Makefile").read_text(encoding="utf-8")
TARGETS = set(re.findall(r"^([a-z-]+):.*## ", MAKEFILE, re.MULTILINE))
VALUES = ("ARGS", "BASE_URL", "TOKEN", "INSTANCE_ID", "CONTRACT_TOKEN", "N", "S", "SEED")
MARK = "executed"

# What make, a shell, or both of them would take for their own.
HOSTILE = {
    "a function of make": f"$(shell touch {MARK})",
    "a function of make in braces": f"${{shell touch {MARK}}}",
    "make's own error": "$(error no)",
    "a command of the shell": f"`touch {MARK}`;touch {MARK};$(touch {MARK})",
    "variables": "ab$cd$$ef$HOME${HOME}",
    "a dollar at the end": "abc$",
    "quotes": """it's "quoted\"""",
    "a hash": "a#b # c",
    "a percent and a backslash": "%2F\\%\\n",
    "what make splits at": "a,b=c:=d:e;f|g&h>i",
    "beyond ASCII": "s\xfcd-\u2192",
}
hostile = pytest.mark.parametrize("value", HOSTILE.values(), ids=list(HOSTILE))


def make(*arguments: str, **environment: str) -> subprocess.CompletedProcess[str]:
    clean = {name: value for name, value in os.environ.items() if name not in VALUES}
    return subprocess.run(  # noqa: S603 - our own Makefile
        ["make", *arguments],  # noqa: S607 - the make that people have
        cwd=ROOT,
        env={**clean, **environment},
        capture_output=True,
        text=True,
        check=False,
    )


@pytest.fixture(scope="module")
def judge(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A folder with a `contract-test` that only tells what it was given."""
    folder = tmp_path_factory.mktemp("judge")
    command = folder / "contract-test"
    command.write_text(
        f"#!{sys.executable} -SE\nimport json, os, sys\n"
        "print(json.dumps({'words': sys.argv[1:], 'environment': dict(os.environ)}))\n"
    )
    command.chmod(0o755)
    return folder


def told(judge: Path, *values: str, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run `make contract-test` with the command that only tells what it was given."""
    ready = Path(os.environ.get("VENV", ".venv"), "ready")
    options = ["--no-print-directory", "-o", str(ready), "contract-test", f"BIN={judge}"]
    return make(*options, *values, **environment)


def given(judge: Path, *values: str, **environment: str) -> tuple[list[str], dict[str, str]]:
    """Return the words and the environment that the command of `make contract-test` had."""
    run = told(judge, *values, **environment)
    assert 0 == run.returncode, run.stderr
    had = json.loads(run.stdout)
    return had["words"], had["environment"]


@cache
def arrived(judge: Path, value: str, *, exported: bool) -> tuple[list[str], dict[str, str]]:
    """Give make a value in each way at once; return what its command had."""
    if exported:
        return given(judge, BASE_URL=value, CONTRACT_TOKEN=value, INSTANCE_ID=value)
    return given(judge, f"BASE_URL={value}", f"TOKEN={value}", f"INSTANCE_ID={value}")


def test_bare_make_explains_the_targets() -> None:
    """Who types `make` learns what there is."""
    run = make()

    assert 0 == run.returncode
    assert TARGETS <= set(re.findall(r"make ([a-z-]+)", run.stdout))


@hostile
def test_value_on_the_command_line_arrives_as_it_is(judge: Path, value: str) -> None:
    """Neither make nor the shell reads what a value says."""
    words, environment = arrived(judge, value, exported=False)

    assert value == words[0]
    assert value == environment["CONTRACT_TOKEN"]
    assert not (ROOT / MARK).exists()


@hostile
def test_value_in_the_environment_arrives_as_it_is(judge: Path, value: str) -> None:
    """The same for what was exported."""
    words, environment = arrived(judge, value, exported=True)

    assert value == words[0]
    assert value == environment["CONTRACT_TOKEN"]
    assert not (ROOT / MARK).exists()


@hostile
def test_instance_arrives_as_it_is(judge: Path, value: str) -> None:
    """An id is split where it has spaces, and nowhere else."""
    expected = [word for part in value.split() for word in ("--instance-id", part)]

    assert [value, *expected] == arrived(judge, value, exported=False)[0]
    assert [value, *expected] == arrived(judge, value, exported=True)[0]
    assert not (ROOT / MARK).exists()


def test_several_instances_are_several(judge: Path) -> None:
    """One variable holds as many ids as one likes, and no pattern becomes the name of a file."""
    words, _ = given(judge, "INSTANCE_ID=shop  * fresh")

    assert ["--instance-id", "shop", "--instance-id", "*", "--instance-id", "fresh"] == words


def test_flags_keep_their_quotes(judge: Path) -> None:
    """ARGS holds words of a shell, and make leaves its $ alone."""
    flags = "--strict --header 'X-Gateway-Key: $GATEWAY_KEY'"
    expected = ["--strict", "--header", "X-Gateway-Key: $GATEWAY_KEY"]

    assert expected == given(judge, f"ARGS={flags}")[0]
    assert expected == given(judge, ARGS=flags)[0]


def test_any_variable_is_left_alone(judge: Path) -> None:
    """Make exports whatever stands on its command line, and runs nothing in it."""
    _, environment = given(judge, f"ELSE=$(shell touch {MARK})")

    assert f"$(shell touch {MARK})" == environment["ELSE"]
    assert not (ROOT / MARK).exists()


def test_token_given_wins_over_the_exported_one(judge: Path) -> None:
    """TOKEN is for this one run."""
    _, environment = given(judge, "TOKEN=this", CONTRACT_TOKEN="that")

    assert "this" == environment["CONTRACT_TOKEN"]


def test_token_on_the_command_line_is_warned_of(judge: Path) -> None:
    """Others see it in the list of processes; nothing is said of an exported one."""
    seen = told(judge, "BASE_URL=", "TOKEN=s3cret-value")
    unseen = told(judge, "BASE_URL=", CONTRACT_TOKEN="s3cret-value")

    assert "better export CONTRACT_TOKEN" in seen.stderr
    assert "better export" not in unseen.stderr
    assert "s3cret-value" not in seen.stderr


def test_make_below_a_command_gets_no_flags_of_ours(judge: Path) -> None:
    """`make test ARGS=--durations=20` is not for the tests that call make."""
    _, environment = given(judge, "ARGS=--strict", "-k", "--no-print-directory")

    assert [] == [name for name in ("ARGS", "MAKEFLAGS", "MFLAGS") if environment.get(name)]


def test_old_python_gets_one_clear_line(tmp_path: Path) -> None:
    """Not a stack of errors."""
    old = tmp_path / "python-old"
    old.write_text("#!/bin/sh\nexit 1\n")
    old.chmod(0o755)
    run = make("setup", "-B", f"PYTHON={old}")

    assert 2 == run.returncode
    assert "Python 3.11 or newer is needed" in run.stderr.splitlines()[0]


@pytest.mark.parametrize("base_url", ["", "http://127.0.0.1:1/api/v2"])
def test_make_never_takes_an_empty_url_for_the_mock(
    judge: Path, capsys: pytest.CaptureFixture[str], base_url: str
) -> None:
    """An unset variable in a pipeline must not end in a green verdict about our own mock."""
    words, _ = given(judge, f"BASE_URL={base_url}", "TOKEN=t", "INSTANCE_ID=it's")

    assert 2 == main(words)
    assert "contract-test: error: BASE_URL" in capsys.readouterr().err


def test_make_passes_a_failure_on() -> None:
    """A command that refuses what it was given ends make, which says so."""
    run = make("contract-test", "BASE_URL=", CONTRACT_TOKEN="t")

    assert 2 == run.returncode
    assert "contract-test: error: BASE_URL" in run.stderr


def test_make_shows_the_token_to_nobody() -> None:
    """It travels in the environment, not in a command line."""
    run = make("-n", "contract-test", "BASE_URL=http://h", "TOKEN=s3cret-value", "INSTANCE_ID=a")

    assert 0 == run.returncode
    assert "s3cret-value" not in run.stdout + run.stderr


def test_ci_knows_the_pythons_of_the_machine() -> None:
    """Each that the kit runs under is named once, the oldest first."""
    listed = subprocess.run([ROOT / ".ci" / "pythons"], capture_output=True, text=True, check=True)  # noqa: S603
    tell = "import sys; print(*sys.version_info[:2])"
    told = [
        subprocess.run([python, "-c", tell], capture_output=True, text=True, check=True).stdout  # noqa: S603
        for python in listed.stdout.splitlines()
    ]
    versions = [tuple(map(int, version.split())) for version in told]

    assert sorted(set(versions)) == versions
    assert versions[0] >= (3, 11)
