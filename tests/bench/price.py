"""What a verdict costs over a distance, beside plain Schemathesis: `make bench-judge`.

One server, one run: on this machine, and 50, 100 and 200 ms away, plain and over TLS, by 1 to 16
connections, and by Schemathesis with 1 and with 8 workers. A row is a way to judge, a column a
distance; a cell holds seconds, and an exit code that is not 0. The last column is the load of the
machine (of one minute) when the row was done: read seconds with it in mind.
"""

from __future__ import annotations

import argparse
import os
import ssl
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from time import perf_counter
from typing import Final

ROOT: Final = Path(__file__).parents[2]
sys.path[:0] = [str(ROOT), str(ROOT / "tests")]

from liars.honest import KNOWN_IDS, TOKEN, speak  # noqa: E402 - found by the path above
from liars.server import serving  # noqa: E402
from relay import Distance, relayed  # noqa: E402

from find_webhook_kit.spec.contract import PATH  # noqa: E402

TLS: Final = ROOT / "tests" / "data" / "tls"
IDS: Final = [word for known in KNOWN_IDS for word in ("--instance-id", known)]
LONGEST: Final = 60.0
"""Seconds that Schemathesis has; then its cell says so."""


def main() -> None:
    """Judge one server over each distance in each way, and print a table of the seconds."""
    chosen = _arguments()
    lines = [(milliseconds, tls) for tls in chosen.tls for milliseconds in chosen.distances]
    print("| seconds | " + " | ".join(_named(*line) for line in lines) + " | load |")
    print("|---" + "|---:" * (len(lines) + 1) + "|", flush=True)
    for name, command in _commands(chosen).items():
        cells = [_cell(command, milliseconds, tls=tls) for milliseconds, tls in lines]
        print(
            f"| `{name}` | " + " | ".join([*cells, f"{os.getloadavg()[0]:.0f}"]) + " |", flush=True
        )


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser("make bench-judge", description=__doc__)
    parser.add_argument(
        "--distances", type=int, nargs="+", default=[0, 50, 100, 200], help="round trips in ms"
    )
    parser.add_argument("--connections", type=int, nargs="+", default=[1, 4, 8, 12, 16])
    parser.add_argument("--workers", type=int, nargs="*", default=[1, 8], help="of Schemathesis")
    parser.add_argument("--plain", dest="tls", action="store_const", const=[False])
    parser.set_defaults(tls=[False, True])
    return parser.parse_args()


def _commands(chosen: argparse.Namespace) -> dict[str, list[str]]:
    """List what is measured, each by what a person would type."""
    judge = [sys.executable, "-m", "find_webhook_kit.contracts", *IDS]
    found = {}
    for profile in ("quick", "default"):
        for number in chosen.connections:
            flags = ["--profile", profile, "--connections", str(number)]
            found[" ".join(["contract-test", *flags])] = [*judge, *flags]
    plain = [sys.executable, "-m", "schemathesis.cli", "run", "openapi.yaml", "--no-color"]
    for number in chosen.workers:
        found[f"schemathesis run --workers {number}"] = [*plain, "--workers", str(number)]
    return found


def _named(milliseconds: int, tls: bool) -> str:  # noqa: FBT001 - a column
    return f"{milliseconds} ms{', TLS' if tls else ''}"


def _cell(command: list[str], milliseconds: int, *, tls: bool) -> str:
    """Run a command over a distance: seconds, and its exit code where that is not 0."""
    ours = "find_webhook_kit.contracts" in command
    with _away(milliseconds, tls=tls) as url, tempfile.TemporaryDirectory() as folder:
        text = PATH.read_text(encoding="utf-8").replace("example: demo", "example: crm")
        Path(folder, "openapi.yaml").write_text(text, encoding="utf-8")
        if ours:
            where = [url, *(["--ca-file", str(TLS / "ca.pem")] if tls else [])]
        else:
            where = ["--url", url, "-H", f"Authorization: Bearer {TOKEN}"]
            where += ["--tls-verify", str(TLS / "ca.pem")] if tls else []
        began = perf_counter()
        try:
            code = subprocess.run(  # noqa: S603 - our own commands
                [*command, *where],
                cwd=folder,
                env=os.environ | {"CONTRACT_TOKEN": TOKEN, "PYTHONPATH": str(ROOT)},
                check=False,
                stdout=subprocess.DEVNULL,
                stderr=subprocess.DEVNULL,
                timeout=LONGEST,
            ).returncode
        except subprocess.TimeoutExpired:
            return f"over {LONGEST:.0f}"
    return f"{perf_counter() - began:.1f}" + (f" (exit {code})" if code else "")


@contextmanager
def _away(milliseconds: int, *, tls: bool) -> Iterator[str]:
    """Serve the honest server so far away."""
    context = None
    if tls:
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        context.load_cert_chain(TLS / "good.pem")
    with ExitStack() as stack:
        near = not milliseconds
        url = stack.enter_context(serving(speak, tls=context if near else None))
        if not near:
            url = stack.enter_context(relayed(url, Distance(milliseconds / 1000), tls=context))
        yield url


if __name__ == "__main__":
    main()
