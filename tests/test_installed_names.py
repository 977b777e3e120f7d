"""What is installed has one name that is ours alone, whatever the folders of the clone are."""

from __future__ import annotations

import subprocess
import sys
import tomllib
from pathlib import Path

import pytest

import find_webhook_kit

ROOT = Path(__file__).parents[1]
PARENT = find_webhook_kit.__name__
FOLDERS = ("spec", "mock_server", "contracts")
PROJECT = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
SETUPTOOLS = PROJECT["tool"]["setuptools"]


def test_every_package_is_installed_below_one_name() -> None:
    """Each folder with modules is listed, so that a wheel needs no link and forgets none."""
    found = {
        ".".join([PARENT, *init.parent.relative_to(ROOT).parts])
        for folder in FOLDERS
        for init in (ROOT / folder).rglob("__init__.py")
    }

    assert [] == [name for name in SETUPTOOLS["packages"] if name.partition(".")[0] != PARENT]
    assert {PARENT, *found} == set(SETUPTOOLS["packages"])


def test_links_say_what_the_build_says() -> None:
    """Editors and mypy follow the links, setuptools its table; both lead to the same folders."""
    table = {
        name.removeprefix(f"{PARENT}."): path for name, path in SETUPTOOLS["package-dir"].items()
    }
    links = {path.name: path for path in (ROOT / PARENT).iterdir() if path.is_symlink()}

    assert dict.fromkeys(FOLDERS) == dict.fromkeys(table)
    assert {name: (ROOT / path) for name, path in table.items()} == {
        name: link.resolve() for name, link in links.items()
    }


def test_entry_points_lead_below_the_same_name() -> None:
    """The commands and the plugin of pytest, too."""
    scripts = PROJECT["project"]["scripts"]
    plugins = PROJECT["project"]["entry-points"]["pytest11"]

    assert {"mock-server", "contract-test"} == set(scripts)
    for target in (*scripts.values(), *plugins.values()):
        assert target.startswith(f"{PARENT}.")


@pytest.mark.parametrize("folder", ["mock_server", "contracts"])
def test_folder_runs_as_a_module_from_the_clone(folder: str) -> None:
    """`python -m mock_server` and `python -m contracts` are the commands."""
    run = subprocess.run(  # noqa: S603 - our own modules
        [sys.executable, "-m", folder, "--help"],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )

    assert run.stdout.startswith("usage: ")


def test_front_for_pytest_loads_no_module_twice() -> None:
    """`pytest contracts` finds two modules by their folder; each of the others has one name."""
    code = (
        "import sys, pytest; pytest.main(['contracts', '--collect-only', '-q']);"
        "print('|', *sorted(name for name in sys.modules if name.partition('.')[0] in "
        f"{FOLDERS}))"
    )
    run = subprocess.run(  # noqa: S603 - our own modules
        [sys.executable, "-c", code], cwd=ROOT, capture_output=True, text=True, check=True
    )
    bare = set(run.stdout.rpartition("|")[2].split())
    found = {"contracts", *(f"contracts.{name}" for name in ("conftest", "test_contract"))}

    assert found == bare
