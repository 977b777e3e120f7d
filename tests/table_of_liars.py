"""The table of lie against judge, ours beside plain Schemathesis on the same servers: `make liars`.

Our plan does not depend on the seed, so a liar that it catches is judged once; the others, and
every honest server, are judged with generated requests over many seeds.
"""

from __future__ import annotations

import argparse
import multiprocessing
import os
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from dataclasses import dataclass, replace
from pathlib import Path

from liars import FAMILIES, HONEST, UNKNOWN_ID, Row, serving

from find_webhook_kit.contracts.config.options import Depth, Options
from find_webhook_kit.contracts.exit_code import Exit
from find_webhook_kit.contracts.judge import judge
from find_webhook_kit.contracts.verdict import Verdict
from find_webhook_kit.contracts.wire.target import target
from find_webhook_kit.contracts.wire.tenant import Tenant
from find_webhook_kit.spec import PATH

ROWS = (*(row for rows in FAMILIES.values() for row in rows), *HONEST)
TABLE = Path("build") / "liars.md"


@dataclass(frozen=True, slots=True)
class Result:
    """What became of a server: how many requests it took, and which judges let it pass."""

    number: int
    requests: int
    passed: tuple[int, ...]  # the seeds under which it passed a strict run
    quiet: bool  # it also passed a run that is not strict
    schemathesis: bool | None  # it passed plain Schemathesis; None: not asked


def main() -> int:
    """Judge every server and print the table; return 1 if a liar passes or an honest one fails."""
    arguments = _arguments()
    with multiprocessing.Pool(os.cpu_count()) as pool:
        work = ((number, arguments.seeds, arguments.plain) for number in range(len(ROWS)))
        results = []
        for result in pool.imap_unordered(_tried, work):
            results.append(result)
            if len(results) % 20 == 0:
                print(f"{len(results)} of {len(ROWS)} servers", file=sys.stderr, flush=True)
    lines = list(_table({result.number: result for result in results}, arguments.seeds))
    TABLE.parent.mkdir(exist_ok=True)
    TABLE.write_text("\n".join(lines) + "\n", encoding="utf-8")
    print("\n".join(lines))
    wrong = [result for result in results if _wrong(result, arguments.seeds)]
    return int(bool(wrong))


def _arguments() -> argparse.Namespace:
    parser = argparse.ArgumentParser("make liars", description=__doc__)
    parser.add_argument("--seeds", type=int, default=20, help="how many seeds (default 20)")
    parser.add_argument(
        "--ours-alone", dest="plain", action="store_false", help="do without Schemathesis"
    )
    return parser.parse_args()


def _tried(work: tuple[int, int, bool]) -> Result:
    number, seeds, plain = work
    row = ROWS[number]
    planned = _judged(row, 0, examples=0, strict=True)
    passed: tuple[int, ...] = ()
    requests, quiet = planned.requests, False
    if planned.exit_code is Exit.CONFORMS:
        verdicts = {seed: _judged(row, seed, examples=50, strict=True) for seed in range(seeds)}
        passed = tuple(seed for seed, one in verdicts.items() if one.exit_code is Exit.CONFORMS)
        requests = max(verdict.requests for verdict in verdicts.values())
    else:
        quiet = _judged(row, 0, examples=0, strict=False).exit_code is Exit.CONFORMS
    return Result(number, requests, passed, quiet, _schemathesis(row) if plain else None)


def _judged(row: Row, seed: int, *, examples: int, strict: bool) -> Verdict:
    options = Options(
        seed=seed,
        max_examples=examples,
        strict=strict,
        unsafe_methods=row.unsafe_methods,
        timeout=row.timeout,
        max_response_time=row.max_response_time,
        depth=Depth(row.depth),
    )
    with serving(row.speaker, manner=row.manner) as url:
        asked = target(url, token=row.token, instance_ids=row.instance_ids, unknown_id=UNKNOWN_ID)
        other = Tenant(*row.other) if row.other else None
        return judge(replace(asked, counts=row.webhooks, other=other), options)


def _schemathesis(row: Row) -> bool:
    """Run Schemathesis as anybody would: our contract, a known id as its example, the token."""
    text = PATH.read_text(encoding="utf-8")
    text = text.replace("example: demo", f"example: {row.instance_ids[0]}")
    command = [sys.executable, "-m", "schemathesis.cli", "run", "openapi.yaml", "--no-color"]
    command += ["-H", f"Authorization: Bearer {row.token}"]
    with tempfile.TemporaryDirectory() as folder, serving(row.speaker, manner=row.manner) as url:
        Path(folder, "openapi.yaml").write_text(text, encoding="utf-8")
        run = subprocess.run(  # noqa: S603 - our own command
            [*command, "--url", url], cwd=folder, capture_output=True, check=False, timeout=300
        )
    return run.returncode == 0


def _wrong(result: Result, seeds: int) -> bool:
    honest = result.number >= len(ROWS) - len(HONEST)
    return len(result.passed) < seeds if honest else bool(result.passed)


def _table(results: dict[int, Result], seeds: int) -> Iterator[str]:
    yield f"| family | servers | caught, over {seeds} seeds | caught by plain Schemathesis |"
    yield "|---|---:|---:|---:|"
    number = 0
    for name, rows in FAMILIES.items():
        found = [results[number + index] for index in range(len(rows))]
        number += len(rows)
        yield _line(name, found, [not result.passed for result in found], caught=True)
    liars = [results[index] for index in range(number)]
    yield _line("**all liars**", liars, [not result.passed for result in liars], caught=True)
    honest = [results[index] for index in range(number, len(ROWS))]
    passed = [len(result.passed) == seeds for result in honest]
    yield _line("**honest servers, passed**", honest, passed, caught=False)
    yield ""
    yield f"The price of a verdict: {_range(results)} requests."
    yield from _named("Liars that pass", [item for item in liars if item.passed])
    yield from _named(
        "Honest servers that fail", [item for item in honest if len(item.passed) < seeds]
    )
    yield from _named(
        "Liars that pass without --strict, as warnings", [item for item in liars if item.quiet]
    )


def _line(name: str, found: list[Result], ours: list[bool], *, caught: bool) -> str:
    plain = [result.schemathesis is not caught for result in found]
    known = found[0].schemathesis is not None
    return f"| {name} | {len(found)} | {sum(ours)} | {sum(plain) if known else '-'} |"


def _range(results: dict[int, Result]) -> str:
    counts = [result.requests for result in results.values() if result.passed]
    return f"{min(counts)} to {max(counts)}" if counts else "no"


def _named(words: str, found: list[Result]) -> Iterator[str]:
    names = ", ".join(ROWS[item.number].name for item in found)
    yield f"{words}: {names or 'none'}."


if __name__ == "__main__":
    sys.exit(main())
