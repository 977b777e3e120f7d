"""The kit beside projects of others, installed from its wheel into an environment of its own."""

from __future__ import annotations

import subprocess
import sys
import tomllib
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
VERSION = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["version"]
pytestmark = pytest.mark.packaging

# What a project of somebody else, or another package, has under a name of our folders.
THEIRS = {
    "a module mock_server": "mock_server.py",
    "a package mock_server": "mock_server/__init__.py",
    "a package spec": "spec/__init__.py",
    "a package contracts": "contracts/__init__.py",
    "a module conftest beside it": "plugin.py",
}
COMMANDS = {
    "pytest": ("bin/pytest",),
    "python -m pytest": ("bin/python", "-m", "pytest"),
    "in two processes": ("bin/python", "-m", "pytest", "-n", "2"),
    "with importlib": ("bin/pytest", "--import-mode=importlib"),
    "with PYTHONPATH": ("bin/pytest",),
}
WITH_FIXTURE = """\
from urllib.request import Request, urlopen


def test_mock(webhook_mock):
    request = Request(webhook_mock.webhooks("demo"), headers=webhook_mock.headers)
    assert b"crm" in urlopen(request, timeout=5).read()
    webhook_mock.lie("null-body")
    assert b"null" == urlopen(request, timeout=5).read()
    assert 2 == len(webhook_mock.journal)
"""


def run(*command: str | Path, cwd: Path, **environment: str) -> subprocess.CompletedProcess[str]:
    """Run a command with nothing of this test run around it."""
    plain = {"PATH": "/usr/bin:/bin", "LANG": "C.UTF-8", "HOME": str(cwd)}
    return subprocess.run(  # noqa: S603 - commands of the environment that these tests make
        command, cwd=cwd, env=plain | environment, capture_output=True, text=True, check=False
    )


def pip(*arguments: str | Path, python: Path = Path(sys.executable)) -> None:
    """Install with the settings of this machine."""
    command = [sys.executable, "-m", "pip", f"--python={python}", "--quiet", *arguments]
    subprocess.run(command, cwd=ROOT, check=True, capture_output=True)  # noqa: S603


@pytest.fixture(scope="session")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The wheel, built from what git would hand out: a copy of the tree without its links."""
    folder = tmp_path_factory.mktemp("wheel")
    source = folder / "source"
    for name in ("find_webhook_kit", "spec", "mock_server", "contracts"):
        for file in sorted((ROOT / name).rglob("*")):
            if file.is_file() and "__pycache__" not in file.parts:
                copy = source / file.relative_to(ROOT)
                copy.parent.mkdir(parents=True, exist_ok=True)
                copy.write_bytes(file.read_bytes())
    for name in ("pyproject.toml", "setup.cfg", "README.md", "LICENSE"):
        (source / name).write_bytes((ROOT / name).read_bytes())
    pip("wheel", "--no-deps", "--wheel-dir", folder, source)
    return next(folder.glob("*.whl"))


def environment(folder: Path, *requirements: str) -> Path:
    """Make an environment and install into it, in the versions that CI has seen green."""
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)  # noqa: S603
    pip("install", "-c", ROOT / "constraints.txt", *requirements, python=folder / "bin/python")
    return folder


@pytest.fixture(scope="session")
def mock_alone(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment with the mock alone, pytest and xdist."""
    folder = tmp_path_factory.mktemp("mock") / "venv"
    return environment(folder, f"{wheel}[mock]", "pytest", "pytest-xdist")


@pytest.fixture(scope="session")
def both(wheel: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """An environment with both halves of the kit."""
    return environment(tmp_path_factory.mktemp("both") / "venv", f"{wheel}[judge]")


@pytest.fixture
def project(tmp_path: Path) -> Path:
    """A project of somebody else, with a test that uses our fixture."""
    (tmp_path / "test_screen.py").write_text(WITH_FIXTURE)
    return tmp_path


def put_theirs(folder: Path, name: str) -> str:
    """Write a module of theirs and a test of it; return the module's name."""
    file = folder / THEIRS[name]
    module = THEIRS[name].partition("/")[0].removesuffix(".py")
    file.parent.mkdir(exist_ok=True)
    file.write_text("OWNER = 'them'\n")
    own = f"import {module}\n\n\ndef test_own():\n    assert 'them' == {module}.OWNER\n"
    (folder / "test_own.py").write_text(own)
    return module


def test_wheel_holds_one_name_of_ours(wheel: Path) -> None:
    """No other package can have a file under it, and none of ours lies elsewhere."""
    with zipfile.ZipFile(wheel) as archive:
        top = {name.partition("/")[0] for name in archive.namelist()}

    assert {"find_webhook_kit", f"find_webhook_contract_kit-{VERSION}.dist-info"} == top


def test_wheel_does_not_hang_on_the_links(wheel: Path) -> None:
    """It holds each module and each file of data once, from whichever kind of archive."""
    with zipfile.ZipFile(wheel) as archive:
        names = archive.namelist()
    files = {
        f"find_webhook_kit/{file.relative_to(ROOT).as_posix()}"
        for folder in ("spec", "mock_server", "contracts")
        for file in (ROOT / folder).rglob("*")
        if file.is_file() and "__pycache__" not in file.parts
    }

    assert len(names) == len(set(names))
    assert files == {name for name in names if name.count("/") > 1}


@pytest.mark.parametrize("command", COMMANDS)
@pytest.mark.parametrize("name", THEIRS)
def test_project_with_a_name_of_ours_has_its_own(
    name: str, command: str, mock_alone: Path, project: Path
) -> None:
    """Its tests start, get their own module, and our fixture as well."""
    module = put_theirs(project, name)
    (project / "conftest.py").write_text(
        f"import sys\n\nsys.path.insert(0, {str(project)!r})\n\nimport {module}\n"
    )
    path = {"PYTHONPATH": "."} if command == "with PYTHONPATH" else {}

    words = COMMANDS[command]
    found = run(mock_alone / words[0], *words[1:], "-q", cwd=project, **path)

    assert (0, "2 passed") == (found.returncode, _closing(found)), found.stdout + found.stderr


@pytest.mark.parametrize("name", THEIRS)
def test_project_without_our_fixture_does_not_notice_us(
    name: str, mock_alone: Path, tmp_path: Path
) -> None:
    """No conftest, no fixture, and the own module is found."""
    put_theirs(tmp_path, name)

    for words in (("bin/python", "-m", "pytest"), ("bin/pytest",)):
        found = run(mock_alone / words[0], *words[1:], "-q", cwd=tmp_path)
        assert (0, "1 passed") == (found.returncode, _closing(found)), found.stdout + found.stderr


@pytest.mark.parametrize(
    "arguments",
    [
        ("-W", "error"),
        ("--strict-markers", "--strict-config"),
        ("-p", "no:cacheprovider", "-p", "no:threadexception"),
        ("--assert=plain",),
        ("-x", "--setup-show"),
        ("-s",),
    ],
    ids=" ".join,
)
def test_fixture_holds_under_settings_of_the_project(
    arguments: tuple[str, ...], mock_alone: Path, project: Path
) -> None:
    """Warnings as errors among them: what our libraries warn of is no error of the project's."""
    found = run(mock_alone / "bin/python", "-m", "pytest", "-q", *arguments, cwd=project)

    assert (0, "1 passed") == (found.returncode, _closing(found)), found.stdout + found.stderr


def test_packages_of_others_keep_their_files(wheel: Path, tmp_path: Path) -> None:
    """PyContracts and mock-server have packages `contracts` and `mock_server` in the same place."""
    folder = tmp_path / "venv"
    subprocess.run([sys.executable, "-m", "venv", "--without-pip", folder], check=True)  # noqa: S603
    place = next(folder.glob("lib/python3.*/site-packages"))
    theirs = [place / name / "__init__.py" for name in ("contracts", "mock_server", "spec")]
    for file in theirs:
        file.parent.mkdir()
        file.write_text("OWNER = 'them'\n")
    pip("install", "--no-deps", wheel, python=folder / "bin/python")

    assert ["OWNER = 'them'\n"] * 3 == [file.read_text() for file in theirs]
    assert [] == [other for file in theirs for other in file.parent.iterdir() if other != file]


def test_mock_alone_serves_and_the_judge_says_what_it_lacks(
    mock_alone: Path, tmp_path: Path
) -> None:
    """Both commands are there; the one that cannot run says what to install."""
    missing = run(mock_alone / "bin/contract-test", cwd=tmp_path)
    started = run(mock_alone / "bin/mock-server", "--help", cwd=tmp_path)
    packages = {path.name for path in mock_alone.glob("lib/python3.*/site-packages/*")}

    assert 2 == missing.returncode
    assert "pip install 'find-webhook-contract-kit[judge]'" in missing.stderr
    assert 0 == started.returncode
    assert set() == packages & {"schemathesis", "rich"}


@pytest.mark.parametrize(
    "command",
    [
        ("bin/contract-test", "--profile", "quick"),
        ("bin/contract-test", "--max-examples", "2"),
        ("bin/python", "-m", "find_webhook_kit.contracts", "--profile", "quick"),
    ],
    ids=" ".join,
)
def test_both_halves_run_from_the_wheel(
    command: tuple[str, ...], both: Path, tmp_path: Path
) -> None:
    """The judge starts the mock and finds that it conforms, beside any module of the folder."""
    for name in ("spec", "mock_server", "contracts"):
        (tmp_path / f"{name}.py").write_text("raise SystemExit('not ours')\n")
    found = run(both / command[0], *command[1:], cwd=tmp_path)

    assert 0 == found.returncode, found.stdout + found.stderr
    assert "exit 0 (conforms)" in found.stdout


def _closing(found: subprocess.CompletedProcess[str]) -> str:
    """Return the counts of pytest's last line."""
    last = (found.stdout.splitlines() or [""])[-1]
    return last.strip("= ").partition(" in ")[0]
