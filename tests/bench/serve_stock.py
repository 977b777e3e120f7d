"""Serves the contract as Connexion's documentation shows: `serve_stock.py PORT FILE`."""

import copy
import json
import sys
import warnings
from pathlib import Path
from typing import Any

import uvicorn

from find_webhook_kit.spec import contract

with warnings.catch_warnings(action="ignore"):
    from connexion import AsyncApp

PORT, FILE = sys.argv[1:]
BODIES = {
    path.split("/")[-2]: json.loads(answer["body"])
    for path, answer in json.loads(Path(FILE).read_text(encoding="utf-8")).items()
    if path != "*"
}


async def find_webhook(instance_id: str) -> Any:
    return BODIES.get(instance_id, [])


def bearer(token: str) -> dict[str, str] | None:
    return {"sub": "demo"} if token == "demo-token" else None


document: Any = copy.deepcopy(contract().document)
document["components"]["securitySchemes"]["bearer"]["x-bearerInfoFunc"] = "__main__.bearer"
app = AsyncApp(__name__, resolver=lambda _: find_webhook, pythonic_params=True)
app.add_api(document)

uvicorn.run(
    app,
    port=int(PORT),
    http="httptools",
    loop="uvloop",
    access_log=False,
    log_level="error",
    server_header=False,
    backlog=4096,
)
