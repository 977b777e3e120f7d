"""Sanic: a middleware, and its own server."""

from __future__ import annotations

import os
import sys

from sanic import HTTPResponse, Request, Sanic, json
from sanic.exceptions import SanicException
from store import find, is_bearer, is_token, problem

app = Sanic("webhooks")


@app.on_request
async def signed_in(request: Request) -> HTTPResponse | None:
    # `request.token`, the short way, takes the token under any scheme and under none.
    given = request.headers.get("Authorization", "")
    short = "--token" in sys.argv and is_token(request.token or "")
    if short or is_bearer(given):
        return None
    body = problem(401, "Unauthorized", "A valid token is required.")
    return json(body, 401, {"WWW-Authenticate": "Bearer"})


@app.exception(SanicException)
async def refused(_: Request, error: SanicException) -> HTTPResponse:
    body = problem(error.status_code, str(error), str(error))
    return json(body, error.status_code, error.headers)


@app.get("/api/v2/instance/<instance_id>/webhook")
async def find_webhook(_: Request, instance_id: str) -> HTTPResponse:
    return json(find(instance_id))


if __name__ == "__main__":
    app.run("127.0.0.1", int(os.environ["PORT"]), single_process=True, motd=False, access_log=False)
