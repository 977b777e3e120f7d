"""Pairs of documents from public reports about other diff tools, each judged as its thread says."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any, Final

import pytest

from find_webhook_kit.contracts.diff import changes
from find_webhook_kit.spec import DocumentError, read

PAIRS: Final = Path(__file__).with_name("data") / "diff_pairs.json"
ROWS: Final[list[dict[str, Any]]] = json.loads(PAIRS.read_text(encoding="utf-8"))
LEVELS: Final = ["none", "note", "warning", "error"]


def judged(folder: Path, old: object, new: object) -> str:
    """Return the heaviest severity, `none`, or `exit2` for what cannot be read."""
    paths = [folder / "old.json", folder / "new.json"]
    for path, value in zip(paths, (old, new), strict=True):
        path.write_text(json.dumps(value), encoding="utf-8")
    try:
        found = changes(*map(read, paths))
    except DocumentError:
        return "exit2"
    return found[0].severity.value if found else "none"


def fulfilled(expected: str, got: str) -> bool:
    """Tell whether a severity is one of `a|b`, or within `<=a` or `>=a`."""
    for each in expected.split("|"):
        if each[:2] not in {"<=", ">="}:
            if each == got:
                return True
        elif got in LEVELS:
            room = LEVELS.index(got) - LEVELS.index(each[2:])
            if room == 0 or (room > 0) == (each[:2] == ">="):
                return True
    return False


@pytest.mark.parametrize("row", ROWS, ids=lambda row: str(row["name"]))
def test_pair_is_judged_as_its_thread_says(tmp_path: Path, row: dict[str, Any]) -> None:
    """A break is told as one, and what breaks nobody is no alarm."""
    got = judged(tmp_path, row["old"], row["new"])

    assert fulfilled(row["expect"], got), f"{row['expect']} expected, {got} told: {row['why']}"
