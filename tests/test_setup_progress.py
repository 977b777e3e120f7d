"""Who waits for the first `make` sees what happens, and why it ended where it failed."""

from __future__ import annotations

import sys
from pathlib import Path

import pytest
from support.install import Setup, install

TALKS = "import sys, time; print('Collecting rich\\nWARNING: x', flush=True); time.sleep(0.2)"
FAILS = "import sys; [print(f'line {n}') for n in range(40)]; sys.exit('no such package'); "


def step(folder: Path, code: str, every: float = 5) -> int:
    return Setup(folder / "setup.log", every=every).step("pip", [sys.executable, "-c", code])


def test_step_tells_what_it_does(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    """One line before it starts, with the seconds so far, on stderr."""
    code = step(tmp_path, "print('quiet')")
    told = capsys.readouterr()

    assert (0, "") == (code, told.out)
    assert "setup,   0 s: pip\n" == told.err


def test_silence_is_broken_with_what_pip_said_last(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """A step that takes long says so again and again."""
    step(tmp_path, TALKS, every=0.02)

    assert "s: Collecting rich\n" in capsys.readouterr().err


def test_failure_shows_the_last_lines_and_the_code(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """And where everything stands that pip said."""
    code = step(tmp_path, FAILS)
    told = capsys.readouterr().err

    assert 1 == code
    assert "    no such package\n" in told
    assert "line 39" in told
    assert "line 3\n" not in told
    assert "failed, exit code 1: pip\n" in told
    assert f"all that was said: {tmp_path / 'setup.log'}\n" in told
    assert "line 3\n" in (tmp_path / "setup.log").read_text()


def test_failure_of_one_step_is_not_told_as_another(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Only what the failed step said is shown."""
    setup = Setup(tmp_path / "setup.log")
    setup.step("an environment", [sys.executable, "-c", "print('all well')"])
    setup.step("pip", [sys.executable, "-c", FAILS])

    assert "all well" not in capsys.readouterr().err


def test_environment_that_cannot_be_made_ends_the_setup(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    """Nothing is installed into it, and the code is not 0."""
    (tmp_path / "file").write_text("in the way")
    code = install(tmp_path / "file", Setup(tmp_path / "setup.log"))
    told = capsys.readouterr().err

    assert code
    assert "failed, exit code" in told
    assert "pip installs" not in told


def test_makefile_sets_up_with_it() -> None:
    """Every target that needs the environment makes it this way."""
    makefile = (Path(__file__).parents[1] / "Makefile").read_text(encoding="utf-8")

    assert "tests/support/install.py $(VENV)" in makefile
