"""The webhooks of a handful of instances, and the one token that may read them."""

from __future__ import annotations

import json
import os
from pathlib import Path
from typing import Any

TOKEN = os.environ["API_TOKEN"]
WEBHOOKS: dict[str, list[dict[str, Any]]] = json.loads(
    Path(os.environ["WEBHOOKS"]).read_text(encoding="utf-8")
)


def find(instance_id: str) -> list[dict[str, Any]]:
    """Return the webhooks of an instance, none for one that is unknown."""
    return WEBHOOKS.get(instance_id, [])


def problem(status: int, error: str, message: str) -> dict[str, Any]:
    """Return the body of an error as the contract has it."""
    return {"statusCode": status, "error": error, "message": message}
