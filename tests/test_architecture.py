"""The rules about who may import what hold."""

from __future__ import annotations

import ast
import re
from collections import Counter
from collections.abc import Iterator
from functools import cache
from itertools import combinations
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[1]
PARENT = "find_webhook_kit"
OURS = {"spec", "mock_server", "contracts", "tests"}

# Who may import which of our own packages.
OWN = {"spec": set[str](), "mock_server": {"spec"}, "contracts": {"spec"}}

# Modules beyond the rule, each for one reason.
EXCEPTIONS = {"contracts/mock_target.py": {"mock_server"}}  # no URL given: the mock is the target

# Names of classes in two halves: each stands for the same thing of HTTP or JSON Schema.
ALIKE = {"Bound", "Exchange"}

# The rooms of each half, folders and single modules, from the lowest floor upwards: a room imports
# from lower floors alone, so that nothing goes in a circle and every arrow points downwards.
FLOORS = {
    "mock_server": (
        {"settings", "streams", "visits"},
        {"answers"},
        {"exchange", "try_it"},
        {"journal"},
        {"har", "state"},
        {"app"},
        {"http"},
        {"cli", "pytest_plugin"},
        {"__main__"},
    ),
    "contracts": (
        {"exit_code", "finding", "interrupts", "streams", "usage", "whole_file", "wording"},
        {"extra", "wire"},
        {"diagnosis", "mask", "mock_target", "verdict"},
        {"config", "reports"},
        {"confession", "plan", "test_contract"},
        {"clauses"},
        {"assessment"},
        {"diff", "judge", "writes"},
        {"conftest", "selftest"},
        {"__main__"},
    ),
}

# Libraries that stay at one edge: the modules that may import them.
EDGES = {
    "connexion": {"mock_server/app/routing.py"},
    "yaml": {"spec/yaml_document.py"},
    "jsonschema_rs": {
        "spec/branches.py",
        "spec/violations.py",
        "spec/draft4.py",
        "spec/words.py",
        "spec/formats.py",
        "spec/date_time.py",
    },
    "jsonschema": {"spec/sound.py"},
    "openapi_spec_validator": {"spec/sound.py"},
    "schemathesis": {"contracts/plan/generated.py"},
    "hypothesis": {
        "contracts/plan/generated.py",
        "mock_server/answers/generate.py",
        "mock_server/answers/strategies.py",
        "mock_server/answers/texts.py",
    },
    "jinja2": {"contracts/reports/page.py"},
    "h11": {
        "contracts/wire/connection.py",
        "contracts/wire/proxy.py",
        "contracts/plan/generated.py",
    },
    "uvicorn": {f"mock_server/http/{name}.py" for name in ("at_once", "protocol", "server")},
    "pytest": {
        "contracts/conftest.py",
        "contracts/test_contract.py",
        "mock_server/pytest_plugin.py",
    },
}


def modules(package: str) -> Iterator[Path]:
    yield from sorted((ROOT / package).rglob("*.py"))


@cache
def imports(path: Path) -> tuple[str, ...]:
    """List the modules that a module names in its imports, wherever in it."""
    return tuple(_named(path))


def _named(path: Path) -> Iterator[str]:
    for node in _statements(ast.parse(path.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{path}: a relative import"
            yield str(node.module)


def _statements(node: ast.AST) -> Iterator[ast.AST]:
    """Walk through statements alone, which is where imports are: expressions are many more."""
    for child in ast.iter_child_nodes(node):
        if not isinstance(child, ast.expr):
            yield child
            yield from _statements(child)


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


def rooms(package: str) -> Iterator[tuple[str, str]]:
    """Yield each room of a package with every other room that it imports from."""
    for path in modules(package):
        room = path.relative_to(ROOT / package).parts[0].removesuffix(".py")
        for name in imports(path):
            if name.startswith(f"{PARENT}.{package}."):
                yield room, name.split(".")[2]


@pytest.mark.parametrize("package", FLOORS)
def test_every_arrow_points_downwards(package: str) -> None:
    """Each room imports from floors below its own, or from itself."""
    floor = {room: number for number, floor in enumerate(FLOORS[package]) for room in floor}

    assert set() == {(a, b) for a, b in rooms(package) if a != b and floor[a] <= floor[b]}


@pytest.mark.parametrize("package", FLOORS)
def test_every_room_has_its_floor(package: str) -> None:
    """The list above names every folder and module that there is."""
    there = {path.relative_to(ROOT / package).parts[0] for path in modules(package)}

    assert {room for floor in FLOORS[package] for room in floor} == {
        name.removesuffix(".py") for name in there - {"__init__.py"}
    }


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


def classes(package: str) -> Iterator[str]:
    """Yield the name of each public class of a package, as often as it is defined."""
    for path in modules(package):
        text = path.read_text(encoding="utf-8")
        yield from re.findall(r"^class ([A-Za-z]\w*)", text, re.MULTILINE)


@pytest.mark.parametrize("package", OWN)
def test_a_name_stands_for_one_class(package: str) -> None:
    """Who meets a class by its name need not ask which of them is meant."""
    often = Counter(classes(package))

    assert [] == [name for name, number in often.items() if number > 1]


def test_halves_share_the_names_of_one_thing_alone() -> None:
    """A class of one half has the name of a class of another where both stand for the same."""
    halves = [set(classes(package)) for package in OWN]
    shared = {name for one, other in combinations(halves, 2) for name in one & other}

    assert ALIKE == shared
