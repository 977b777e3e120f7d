"""What a verdict costs beside plain Schemathesis on the same server: `make bench-judge`."""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
from pathlib import Path
from statistics import median
from time import perf_counter
from typing import Final

ROOT: Final = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from liars.honest import KNOWN_IDS, TOKEN, speak  # noqa: E402 - found by the path above
from liars.server import Request, Speech, serving  # noqa: E402

from spec.contract import PATH  # noqa: E402

ROUNDS: Final = 3
PLAIN: Final = "schemathesis run"
IDS: Final = [word for known in KNOWN_IDS for word in ("--instance-id", known)]
JUDGE: Final = [sys.executable, "-m", "contracts"]
COMMANDS: Final = {
    PLAIN: [sys.executable, "-m", "schemathesis.cli", "run", "openapi.yaml", "--no-color"],
    **{
        f"contract-test --profile {profile}": [*JUDGE, "--profile", profile, *IDS]
        for profile in ("quick", "default", "thorough")
    },
}


def main() -> None:
    """Run each command in turn, a few rounds, and print a row for it."""
    measured: dict[str, list[tuple[float, int, int]]] = {name: [] for name in COMMANDS}
    for _ in range(ROUNDS):
        for name, command in COMMANDS.items():
            measured[name].append(run(name, command))
    plain = median(seconds for seconds, _, _ in measured[PLAIN])
    print("| command | seconds | against plain | requests | different ones |")
    print("|---|---:|---:|---:|---:|")
    for name, rounds in measured.items():
        seconds = median(took for took, _, _ in rounds)
        _, sent, different = rounds[0]
        print(f"| `{name}` | {seconds:.1f} | {seconds / plain:.2f} | {sent} | {different} |")


def run(name: str, command: list[str]) -> tuple[float, int, int]:
    """Run a command against an honest server: seconds, requests, and different requests."""
    heard: list[tuple[object, ...]] = []

    def speaker(request: Request) -> Speech:
        told = [pair for pair in request.headers if pair[0] not in VARYING]
        heard.append((request.method, request.target, *told))
        return speak(request)

    with tempfile.TemporaryDirectory() as folder, serving(speaker) as url:
        text = PATH.read_text(encoding="utf-8").replace("example: demo", "example: crm")
        Path(folder, "openapi.yaml").write_text(text, encoding="utf-8")
        where = ["--url", url, "-H", f"Authorization: Bearer {TOKEN}"] if name == PLAIN else [url]
        began = perf_counter()
        subprocess.run(  # noqa: S603 - our own commands
            [*command, *where],
            cwd=folder,
            env=os.environ | {"CONTRACT_TOKEN": TOKEN, "PYTHONPATH": str(ROOT)},
            check=False,
            stdout=subprocess.DEVNULL,
        )
        return perf_counter() - began, len(heard), len(set(heard))


VARYING: Final = {"host", "x-schemathesis-testcaseid"}


if __name__ == "__main__":
    main()
