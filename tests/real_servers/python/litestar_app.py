"""Litestar: a guard."""

from __future__ import annotations

from http import HTTPStatus
from typing import Any

from litestar import Litestar, Request, Response, get
from litestar.connection import ASGIConnection
from litestar.exceptions import HTTPException, NotAuthorizedException
from litestar.handlers.base import BaseRouteHandler
from store import find, is_bearer, problem


def signed_in(connection: ASGIConnection, _: BaseRouteHandler) -> None:
    given = connection.headers.get("Authorization", "")
    if not is_bearer(given):
        raise NotAuthorizedException(
            "A valid token is required.", headers={"WWW-Authenticate": "Bearer"}
        )


def refused(_: Request, error: HTTPException) -> Response:
    phrase = HTTPStatus(error.status_code).phrase
    body = problem(error.status_code, phrase, error.detail)
    return Response(body, status_code=error.status_code, headers=error.headers)


@get("/api/v2/instance/{instance_id:str}/webhook", guards=[signed_in])
async def find_webhook(instance_id: str) -> list[dict[str, Any]]:
    return find(instance_id)


app = Litestar([find_webhook], exception_handlers={HTTPException: refused})
