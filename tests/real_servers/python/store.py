"""The webhooks of a handful of instances, and the one token that may read them."""

from __future__ import annotations

import json
import os
import secrets
import time
from pathlib import Path
from typing import Any

TOKEN = os.environ["API_TOKEN"]
WEBHOOKS: dict[str, list[dict[str, Any]]] = json.loads(
    Path(os.environ["WEBHOOKS"]).read_text(encoding="utf-8")
)


def find(instance_id: str) -> list[dict[str, Any]]:
    """Return the webhooks of an instance, none for one that is unknown."""
    time.sleep(float(os.environ.get("DELAY", "0")))
    return WEBHOOKS.get(instance_id, [])


def is_token(given: str) -> bool:
    """Tell whether it is the token, of whatever bytes a header was made."""
    return secrets.compare_digest(given.encode("utf-8", "surrogateescape"), TOKEN.encode())


def is_bearer(header: str) -> bool:
    """Compare an Authorization header as many do: with one spelling of the scheme."""
    scheme, _, token = header.partition(" ")
    return scheme == "Bearer" and is_token(token)


def problem(status: int, error: str, message: str) -> dict[str, Any]:
    """Return the body of an error as the contract has it."""
    return {"statusCode": status, "error": error, "message": message}
