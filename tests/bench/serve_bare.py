"""Serves given answers from an ASGI app that does nothing else: `serve_bare.py PORT FILE`.

The least that a server on uvicorn can cost: one look-up by path, and the same bytes.
"""

import json
import sys
from pathlib import Path

import uvicorn
from starlette.types import Receive, Scope, Send

PORT, FILE = sys.argv[1:]
ANSWERS = {
    path: (
        [(name.encode(), value.encode()) for name, value in answer["headers"]],
        answer["body"].encode(),
    )
    for path, answer in json.loads(Path(FILE).read_text(encoding="utf-8")).items()
}
OTHER = ANSWERS["*"]


async def app(scope: Scope, _: Receive, send: Send) -> None:
    headers, body = ANSWERS.get(scope["path"], OTHER)
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    await send({"type": "http.response.body", "body": body})


uvicorn.run(
    app,
    port=int(PORT),
    http="httptools",
    loop="uvloop",
    lifespan="off",
    access_log=False,
    log_level="error",
    server_header=False,
    backlog=4096,
)
