"""Runs what docs/in-your-app.md shows for a frontend: npm in a temporary folder, beside a mock."""

from __future__ import annotations

import os
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path

from find_webhook_kit.mock_server.http.server import serving
from find_webhook_kit.spec import PATH

HERE = Path(__file__).parent

COMMANDS = (
    "npm ci --silent --no-audit --no-fund",
    "npx openapi-typescript openapi.yaml --default-non-nullable=false -o made/webhooks.d.ts",
    "npx orval --config orval.config.cjs",
    "npx openapi-zod-client openapi.yaml -o made/zodios.ts",
    (
        "npx tsc --noEmit --skipLibCheck --strict --module esnext --moduleResolution bundler "
        "--target es2022 made/orval.ts made/webhooks.d.ts"
    ),
    "npx vitest run --testTimeout 60000",
)


def main() -> int:
    """Run each command until one fails; return its exit code."""
    with tempfile.TemporaryDirectory() as name, serving() as mock:
        folder = Path(name) / "frontend"
        shutil.copytree(HERE, folder, ignore=shutil.ignore_patterns("node_modules", "made", "*.py"))
        (folder / "made").mkdir()
        shutil.copy(PATH, folder)
        environment = {**os.environ, "MOCK_URL": mock.url, "CI": "true"}
        for command in COMMANDS:
            sys.stdout.write(f"$ {command}\n")
            sys.stdout.flush()
            done = subprocess.run(  # noqa: S603 - of the list above
                command.split(), cwd=folder, env=environment, check=False
            )
            if done.returncode:
                return done.returncode
    return 0


if __name__ == "__main__":
    sys.exit(main())
