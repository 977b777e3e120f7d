"""Changes the code in small ways, one at a time, and runs the tests that run its line on each.

What no test notices is printed. The working tree is left as it is: each change is made in a copy.
"""

from __future__ import annotations

import argparse
import ast
import os
import random
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from functools import cache, partial
from pathlib import Path

import pytest
from coverage import CoverageData

ROOT = Path(__file__).parents[2]
SOURCES = ("spec", "mock_server", "contracts")
LIMIT, LIMIT_OF_FIRST = 1800, 300
"""Seconds for the tests of a change: one that makes a test hang is noticed, too."""

FIRST = 30
"""Test functions that try a change before all the others that run its line."""

MEASURING = """
[run]
source = spec, mock_server, contracts
dynamic_context = test_function
parallel = true
patch = subprocess
"""
"""What coverage is told: which test function ran a line, in the processes of the suite."""

STATES = {True: "caught", False: "SURVIVED", None: "not judged"}  # where its tests fail anyway

COMPARED: dict[type[ast.cmpop], type[ast.cmpop]] = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
}


def changed(node: ast.AST) -> ast.AST | None:  # noqa: PLR0911 - a table of patterns
    """Return what takes a node's place, where one of our changes fits it."""
    match node:
        case ast.Compare(left, [op], comparators):
            return ast.Compare(left, [COMPARED[type(op)]()], comparators)
        case ast.BoolOp(op, values):
            return ast.BoolOp(ast.And() if isinstance(op, ast.Or) else ast.Or(), values)
        case ast.UnaryOp(ast.Not(), operand):
            return operand
        case ast.Constant(bool() as value):
            return ast.Constant(not value)
        case ast.Constant(int() as value):
            return ast.Constant(value + 1)
        case ast.Expr(ast.Call()) | ast.AugAssign():
            return ast.Pass()
    return None


def mutants() -> Iterator[tuple[Path, ast.expr | ast.stmt, ast.AST]]:
    """List every change that can be made."""
    for folder in SOURCES:
        for path in sorted((ROOT / folder).rglob("*.py")):
            for node in _nodes(ast.parse(path.read_bytes())):
                if isinstance(node, (ast.expr, ast.stmt)) and (other := changed(node)):
                    yield path, node, other


def _nodes(tree: ast.AST) -> Iterator[ast.AST]:
    """List what is in a tree, but for decorators: `slots=True` changes nothing that one sees."""
    for name, field in ast.iter_fields(tree):
        for node in field if isinstance(field, list) else [field]:
            if isinstance(node, ast.AST) and name != "decorator_list":
                yield node
                yield from _nodes(node)


def written(source: bytes, node: ast.expr | ast.stmt, other: ast.AST) -> bytes:
    """Put one node in another's place; columns are counted in bytes."""
    lines = source.splitlines(keepends=True)
    assert node.end_lineno is not None
    assert node.end_col_offset is not None
    start = sum(map(len, lines[: node.lineno - 1])) + node.col_offset
    end = sum(map(len, lines[: node.end_lineno - 1])) + node.end_col_offset
    text = ast.unparse(other)
    text = text if isinstance(node, ast.stmt) else f"({text})"
    return source[:start] + text.encode() + source[end:]


def measured(copy: Path) -> CoverageData:
    """Run the whole suite in a copy, and return which test function ran which line.

    A test may fail there, as a copy has no `.venv`.
    """
    settings = copy / "coverage.ini"
    settings.write_text(MEASURING, encoding="utf-8")
    coverage = [sys.executable, "-m", "coverage"]
    told = f"--rcfile={settings}"
    subprocess.run(  # noqa: S603 - our own tests
        [*coverage, "run", told, "-m", "pytest", "-q", "-n", "auto", "--dist", "worksteal"],
        cwd=copy,
        env=environment(copy),
        check=False,
    )
    subprocess.run([*coverage, "combine", "-q", told], cwd=copy, check=True)  # noqa: S603 - as above
    data = CoverageData(str(copy / ".coverage"))
    data.read()
    return data


class Tests:
    """Chooses the tests of a change: those that run its line, and little else, come first."""

    def __init__(self, data: CoverageData, copy: Path) -> None:
        lines = {Path(file): data.contexts_by_lineno(file) for file in data.measured_files()}
        self.lines = {file.relative_to(copy.resolve()): lines[file] for file in lines}
        self.breadth = Counter(
            name
            for file in lines.values()
            for names in file.values()
            for name in names
            if (ROOT / "tests" / f"{name.partition('.')[0]}.py").exists()
        )

    def of(self, path: Path, node: ast.expr | ast.stmt) -> list[str]:
        """List them by their ids; where a line runs at import alone, those of its file."""
        file = self.lines.get(path.relative_to(ROOT), {})
        lines = range(node.lineno, (node.end_lineno or node.lineno) + 1)
        names = {name for line in lines for name in file.get(line, ())} & self.breadth.keys()
        names = names or {name for some in file.values() for name in some} & self.breadth.keys()
        ordered = sorted(names, key=lambda name: (self.breadth[name], name))
        return ["tests/{}.py::{}".format(*name.split(".", 1)) for name in ordered]


def environment(copy: Path) -> dict[str, str]:
    """Let a copy's own code be imported; what was compiled is kept.

    A run takes longer than the second that tells two files apart.
    """
    return {**os.environ, "PYTHONPATH": str(copy), "PYTHONDONTWRITEBYTECODE": ""}


def passes(copy: Path, tests: tuple[str, ...]) -> bool:
    """Tell whether tests pass in a copy; what takes too long does not."""
    many = len(tests) > FIRST
    on_all_cores = ["-n", "auto", "--dist", "worksteal"] if many else []
    command = [sys.executable, "-m", "pytest", "-x", "-q", *on_all_cores, *tests]
    try:
        run = subprocess.run(  # noqa: S603 - our own tests
            command,
            cwd=copy,
            env=environment(copy),
            capture_output=True,
            timeout=LIMIT if many else LIMIT_OF_FIRST,
            check=False,
        )
    except subprocess.TimeoutExpired:
        return False
    return run.returncode == pytest.ExitCode.OK


def noticed(
    copy: Path,
    path: Path,
    mutated: bytes,
    tests: tuple[str, ...],
    judges: Callable[[tuple[str, ...]], bool],
) -> bool | None:
    """Tell whether tests fail for a change; None where they fail without it, too."""
    place = copy / path.relative_to(ROOT)
    before = place.read_bytes()
    for part in filter(None, (tests[:FIRST], tests[FIRST:])):
        place.write_bytes(mutated)
        try:
            failed = not passes(copy, part)
        finally:
            place.write_bytes(before)
        if failed:
            return True if judges(part) else None
    return False


def main() -> int:
    """Print each mutant that survives, and the score."""
    parser = argparse.ArgumentParser()
    parser.add_argument("--count", type=int, default=60)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--only", action="append", help="a part of a path")
    given = parser.parse_args()
    parts = given.only or [""]
    every = [
        mutant
        for mutant in mutants()
        if any(part in str(mutant[0].relative_to(ROOT)) for part in parts)
    ]
    chosen = random.Random(given.seed).sample(every, min(given.count, len(every)))  # noqa: S311
    counts: Counter[bool | None] = Counter()
    with tempfile.TemporaryDirectory() as folder:
        copy = Path(folder, "copy")
        leave = shutil.ignore_patterns(".venv", "build", "__pycache__", ".*_cache")
        shutil.copytree(ROOT, copy, symlinks=True, ignore=leave)
        tests = Tests(measured(copy), copy)
        judges = cache(partial(passes, copy))
        for path, node, other in chosen:
            mutated = written(path.read_bytes(), node, other)
            found = noticed(copy, path, mutated, tuple(tests.of(path, node)), judges)
            counts[found] += 1
            where = f"{path.relative_to(ROOT)}:{node.lineno}"
            state = STATES[found]
            print(f"{state} {where}: {ast.unparse(node)} -> {ast.unparse(other)}", flush=True)
    print(f"{counts[True]} of {counts[True] + counts[False]} caught, {counts[None]} not judged")
    return 0


if __name__ == "__main__":
    sys.exit(main())
