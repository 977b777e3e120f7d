"""aiohttp: a middleware, and its own server."""

from __future__ import annotations

import os

from aiohttp import web
from aiohttp.typedefs import Handler
from store import find, is_bearer, problem

routes = web.RouteTableDef()


@web.middleware
async def signed_in(request: web.Request, handler: Handler) -> web.StreamResponse:
    given = request.headers.get("Authorization", "")
    if not is_bearer(given):
        body = problem(401, "Unauthorized", "A valid token is required.")
        return web.json_response(body, status=401, headers={"WWW-Authenticate": "Bearer"})
    return await handler(request)


@routes.get("/api/v2/instance/{instance_id}/webhook")
async def find_webhook(request: web.Request) -> web.Response:
    return web.json_response(find(request.match_info["instance_id"]))


app = web.Application(middlewares=[signed_in])
app.add_routes(routes)
web.run_app(app, host="127.0.0.1", port=int(os.environ["PORT"]), print=None)
