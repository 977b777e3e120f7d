"""Changes the code in small ways, one at a time, and runs the tests of its area on each.

What no test notices is printed. The working tree is left as it is: each change is made in a copy.
"""

from __future__ import annotations

import argparse
import ast
import os
import random
import re
import shutil
import subprocess
import sys
import tempfile
from collections import Counter
from collections.abc import Callable, Iterator
from functools import cache, partial
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
SOURCES = ("spec", "mock_server", "contracts")
LIMIT = 300
"""Seconds for a test module: a change that makes one hang is noticed, too."""

MANY = 12
"""Test modules that import a module, from which on it is what all of them need, and no subject."""

AREAS: dict[str, tuple[str, ...]] = {
    "spec": ("branches", "spec", "contract", "references", "document", "rules", "diff_s", "diff_n"),
    "mock_server/answers": (
        "mock_answers",
        "mock_lies",
        "mock_pre",
        "mock_made_up",
        "mock_plain",
        "mock_http",
        "foreign_b",
    ),
    "mock_server": ("mock",),
    "contracts/clauses": (
        "judge_small",
        "judge_values",
        "judge_doors",
        "judge_headers",
        "judge_findings",
    ),
    "contracts": ("judge",),
}
"""What the test modules of an area begin with, the quick ones first."""

NEVER = {"test_makefile.py", "test_browser.py", "test_packaging.py", "test_installed_names.py"}
"""Tests of how the project is installed and called, which need more than its files."""

STATES = {True: "caught", False: "SURVIVED", None: "not judged"}

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


def mutants() -> Iterator[tuple[Path, ast.AST, ast.AST]]:
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


def written(source: bytes, node: ast.AST, other: ast.AST) -> bytes:
    """Put one node in another's place; columns are counted in bytes."""
    assert isinstance(node, (ast.expr, ast.stmt))
    lines = source.splitlines(keepends=True)
    assert node.end_lineno is not None
    assert node.end_col_offset is not None
    start = sum(map(len, lines[: node.lineno - 1])) + node.col_offset
    end = sum(map(len, lines[: node.end_lineno - 1])) + node.end_col_offset
    text = ast.unparse(other)
    text = text if isinstance(node, ast.stmt) else f"({text})"
    return source[:start] + text.encode() + source[end:]


def tests_of(path: Path) -> list[str]:
    """List the test modules that import a module of ours, and then those of its area."""
    word = re.compile(rf"find_webhook_kit[\w.]*(\.| import .*\b){re.escape(path.stem)}\b")
    area = next(AREAS[name] for name in AREAS if path.relative_to(ROOT).as_posix().startswith(name))
    files = {file.name: file for file in sorted((ROOT / "tests").glob("test_*.py"))}
    naming = [name for name in files if word.search(files[name].read_text(encoding="utf-8"))]
    naming = [] if len(naming) > MANY else naming
    others = [name for part in area for name in files if name.startswith(f"test_{part}")]
    chosen = dict.fromkeys([*naming, *others])
    return [f"tests/{name}" for name in chosen if name not in NEVER]


def passes(copy: Path, test: str) -> bool:
    """Tell whether a test module passes in a copy; one that takes too long does not."""
    # What was compiled is kept: a run takes longer than the second that tells two files apart.
    environment = {**os.environ, "PYTHONPATH": str(copy), "PYTHONDONTWRITEBYTECODE": ""}
    command = [sys.executable, "-m", "pytest", "-x", "-q", test]
    try:
        run = subprocess.run(  # noqa: S603 - our own tests
            command, cwd=copy, env=environment, capture_output=True, timeout=LIMIT, check=False
        )
    except subprocess.TimeoutExpired:
        return False
    return run.returncode in {pytest.ExitCode.OK, pytest.ExitCode.NO_TESTS_COLLECTED}


def noticed(copy: Path, path: Path, mutated: bytes, judges: Callable[[str], bool]) -> bool | None:
    """Tell whether the tests of its area fail for a change; None where none could tell.

    `judges` says whether a test module passes unchanged, so that a failure means something. It is
    asked only behind a failure: most changes fail the first module or the second.
    """
    place = copy / path.relative_to(ROOT)
    before = place.read_bytes()
    able = 0
    for test in tests_of(path):
        place.write_bytes(mutated)
        try:
            failed = not passes(copy, test)
        finally:
            place.write_bytes(before)
        if failed and judges(test):
            return True
        able += not failed
    return False if able else None


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
        leave = shutil.ignore_patterns(".venv", ".git", "build", "__pycache__", ".*_cache")
        shutil.copytree(ROOT, copy, symlinks=True, ignore=leave)
        judges = cache(partial(passes, copy))
        for path, node, other in chosen:
            found = noticed(copy, path, written(path.read_bytes(), node, other), judges)
            counts[found] += 1
            where = f"{path.relative_to(ROOT)}:{getattr(node, 'lineno', 0)}"
            state = STATES[found]
            print(f"{state} {where}: {ast.unparse(node)} -> {ast.unparse(other)}", flush=True)
    print(f"{counts[True]} of {counts[True] + counts[False]} caught, {counts[None]} not judged")
    return 0


if __name__ == "__main__":
    sys.exit(main())
