"""Judge every real server by the default flags, and print what came of it."""

from __future__ import annotations

import argparse
import json
import signal
import subprocess
import sys
import time
from dataclasses import dataclass

from find_webhook_kit.contracts.exit_code import Exit
from real_servers.install import install
from real_servers.running import TOKEN, NotStarted, serving
from real_servers.servers import HOME, SERVERS, Server

INSTANCES = ("acme", "shop-7", "fresh")
HEAD = """\
| server | exit code | errors | warnings | notes | requests | seconds |
|---|---:|---:|---:|---:|---:|---:|"""


@dataclass(frozen=True, slots=True)
class Result:
    """What the judge said about a server."""

    server: Server
    exit_code: int | None  # None: it did not start
    severities: tuple[str, ...]
    requests: int
    seconds: float

    @property
    def right(self) -> bool:
        """Tell whether the judge said what is true of the server."""
        return self.exit_code == (Exit.DOES_NOT_CONFORM if self.server.slips else Exit.CONFORMS)

    def row(self) -> str:
        """Write a row of the table."""
        counts = [self.severities.count(severity) for severity in ("error", "warning", "note")]
        code = "not started" if self.exit_code is None else str(self.exit_code)
        if not self.right:
            code += " (wrong)"
        cells = (self.server.name, code, *counts, self.requests, f"{self.seconds:.1f}")
        return "| " + " | ".join(map(str, cells)) + " |"


def main() -> int:
    """Install, judge, print the table; return 1 unless each is as the table has it."""
    arguments = _arguments()
    chosen = [
        server for server in SERVERS if server.name.startswith(tuple(arguments.names or [""]))
    ]
    if arguments.list or not chosen:
        print("\n".join(server.name for server in SERVERS))
        return 0 if chosen else 2
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(143))  # servers are ended on the way out
    install()
    if arguments.serve:
        return _serve(chosen[0])
    results = []
    print(HEAD)
    for server in chosen:
        results.append(_judged(server))
        print(results[-1].row(), flush=True)
    return int(not all(result.right for result in results))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser("make real-servers", description=__doc__)
    parser.add_argument("names", nargs="*", help="the servers whose name begins so (default: all)")
    parser.add_argument("--list", action="store_true", help="tell the names")
    parser.add_argument("--serve", action="store_true", help="run the first of them until Ctrl-C")
    return parser.parse_args()


def _judged(server: Server) -> Result:
    reports = HOME / "reports" / server.name
    start = time.monotonic()
    try:
        with serving(server) as url:
            instances = [f"--instance-id={name}" for name in INSTANCES]
            command = [
                sys.executable,
                "-m",
                "find_webhook_kit.contracts",
                url,
                "--report-dir",
                str(reports),
            ]
            run = subprocess.run(  # noqa: S603 - our own command
                [*command, *instances],
                env={"CONTRACT_TOKEN": TOKEN},
                capture_output=True,
                check=False,
                timeout=300,
            )
    except NotStarted as error:
        print(error, file=sys.stderr)
        return Result(server, None, (), 0, time.monotonic() - start)
    seconds = time.monotonic() - start
    reports.mkdir(parents=True, exist_ok=True)
    (reports / "screen.txt").write_bytes(run.stdout + run.stderr)
    report = json.loads((reports / "report.json").read_text(encoding="utf-8"))
    severities = tuple(finding["severity"] for finding in report["findings"])
    return Result(server, run.returncode, severities, report["requests"], seconds)


def _serve(server: Server) -> int:
    with serving(server) as url:
        print(f"{server.name}: {url}, the token is {TOKEN}; Ctrl-C ends it", flush=True)
        try:
            while True:
                time.sleep(3600)
        except KeyboardInterrupt:
            return 0


if __name__ == "__main__":
    sys.exit(main())
