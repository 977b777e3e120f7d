"""Schemathesis in this process: a judge that is not ours, whose import several tests share."""

from __future__ import annotations

import os

from click.testing import CliRunner

EXAMPLES = os.environ.get("SCHEMATHESIS_EXAMPLES", "2")
"""How many cases each operation gets; `make test-schemathesis` asks for many."""


def told(*words: str) -> tuple[int, str]:
    """Run `schemathesis` with these words and a seed; return its exit code and all that it said."""
    # Each worker imports this module, and few of them run these tests.
    from schemathesis.cli import schemathesis  # noqa: PLC0415

    from find_webhook_kit.contracts.plan.generated import by_seed_alone  # noqa: PLC0415

    # What it draws hangs neither on the modules that other tests have loaded nor on a folder.
    with by_seed_alone():
        run = CliRunner().invoke(schemathesis, [*words, "--seed=1", f"--max-examples={EXAMPLES}"])
    return run.exit_code, run.output
