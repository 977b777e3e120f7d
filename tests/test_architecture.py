"""The rules about who may import what hold."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PARENT = "find_webhook_kit"
OURS = {"spec", "mock_server", "contracts", "tests"}

# Who may import which of our own packages.
OWN = {"spec": set[str](), "mock_server": {"spec"}, "contracts": {"spec"}}

# Modules beyond the rule, each for one reason.
EXCEPTIONS = {"contracts/mock_target.py": {"mock_server"}}  # no URL given: the mock is the target

# Libraries that stay at one edge: the modules that may import them.
EDGES = {
    "connexion": {"mock_server/app/routing.py"},
    "yaml": {"spec/document.py"},
    "jsonschema_rs": {"spec/schema.py", "spec/date_time.py"},
    "schemathesis": {"contracts/plan/generated.py"},
    "hypothesis": {"contracts/plan/generated.py", "mock_server/answers/generate.py"},
    "jinja2": {"contracts/reports/page.py"},
    "h11": {
        "contracts/wire/connection.py",
        "contracts/wire/proxy.py",
        "contracts/plan/generated.py",
    },
    "uvicorn": {"mock_server/http/server.py", "mock_server/http/protocol.py"},
    "pytest": {
        "contracts/conftest.py",
        "contracts/test_contract.py",
        "mock_server/pytest_plugin.py",
    },
}


def modules(package: str) -> Iterator[Path]:
    yield from sorted((ROOT / package).rglob("*.py"))


def imports(path: Path) -> Iterator[str]:
    """Yield the modules that a module names in its imports, wherever in it."""
    for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: a relative import"
            yield str(node.module)


def imported(path: Path) -> set[str]:
    """Return the packages that a module imports: our own by their folder, others by their name."""
    return {name.removeprefix(f"{PARENT}.").partition(".")[0] for name in imports(path)}


@pytest.mark.parametrize("package", OWN)
def test_packages_import_the_contract_and_never_each_other(package: str) -> None:
    """Arrows point to `spec`; one named module starts the mock for the judge."""
    strayed = {}
    for path in modules(package):
        name = path.relative_to(ROOT).as_posix()
        allowed = {package} | OWN[package] | EXCEPTIONS.get(name, set())
        if over := imported(path) & OURS - allowed:
            strayed[name] = over

    assert {} == strayed


def test_modules_are_imported_by_the_name_they_are_installed_under() -> None:
    """By another one a module would be loaded twice, or be somebody else's."""
    bare = {
        f"{path.relative_to(ROOT)}: {name}"
        for folder in OURS
        for path in modules(folder)
        for name in imports(path)
        if name.partition(".")[0] in OWN
    }

    assert set() == bare


@pytest.mark.parametrize("library", EDGES)
def test_libraries_stay_at_their_edge(library: str) -> None:
    """Each of these libraries is known to the modules named here, and to no other."""
    users = {
        path.relative_to(ROOT).as_posix()
        for package in OWN
        for path in modules(package)
        if library in imported(path)
    }

    assert set() == users - EDGES[library]


def test_only_the_reader_opens_the_contract() -> None:
    """No other module names the file of the contract as a path."""
    users = {
        path.relative_to(ROOT).as_posix()
        for package in OWN
        for path in modules(package)
        if 'with_name("openapi.yaml")' in path.read_text(encoding="utf-8")
    }

    assert {"spec/contract.py"} == users


def test_liars_share_no_code_with_the_mock() -> None:
    """A lie must be independent of what it imitates, and of what catches it."""
    for path in modules("tests/liars"):
        assert not imported(path) & {"mock_server", "contracts"}, path
