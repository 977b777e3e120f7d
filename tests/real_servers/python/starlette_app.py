"""Starlette: its authentication middleware with a backend, and `requires` on the endpoint."""

from __future__ import annotations

from starlette.applications import Starlette
from starlette.authentication import (
    AuthCredentials,
    AuthenticationBackend,
    AuthenticationError,
    SimpleUser,
)
from starlette.middleware import Middleware
from starlette.middleware.authentication import AuthenticationMiddleware
from starlette.requests import HTTPConnection, Request
from starlette.responses import JSONResponse
from starlette.routing import Route
from store import find, is_token, problem


class BearerBackend(AuthenticationBackend):
    """Knows one token."""

    async def authenticate(self, conn: HTTPConnection) -> tuple[AuthCredentials, SimpleUser]:
        scheme, _, token = conn.headers.get("Authorization", "").partition(" ")
        if scheme.lower() != "bearer" or not is_token(token):
            raise AuthenticationError("A valid token is required.")
        return AuthCredentials(["authenticated"]), SimpleUser("api")


def unauthorized(_: HTTPConnection, error: Exception) -> JSONResponse:
    body = problem(401, "Unauthorized", str(error))
    return JSONResponse(body, 401, {"WWW-Authenticate": "Bearer"})


async def find_webhook(request: Request) -> JSONResponse:
    return JSONResponse(find(request.path_params["instance_id"]))


app = Starlette(
    routes=[Route("/api/v2/instance/{instance_id}/webhook", find_webhook)],
    middleware=[
        Middleware(AuthenticationMiddleware, backend=BearerBackend(), on_error=unauthorized)
    ],
)
