"""FastAPI: its own bearer scheme as a dependency, its own errors in the contract's shape."""

from __future__ import annotations

from http import HTTPStatus
from typing import Annotated, Any

from fastapi import Depends, FastAPI, HTTPException, Request
from fastapi.responses import JSONResponse
from fastapi.security import HTTPAuthorizationCredentials, HTTPBearer
from starlette.exceptions import HTTPException as StarletteHTTPException
from store import find, is_token, problem

app = FastAPI()
bearer = HTTPBearer(auto_error=False)


def signed_in(given: Annotated[HTTPAuthorizationCredentials | None, Depends(bearer)]) -> None:
    if given is None or not is_token(given.credentials):
        raise HTTPException(401, "A valid token is required.", {"WWW-Authenticate": "Bearer"})


@app.exception_handler(StarletteHTTPException)
async def refused(_: Request, error: StarletteHTTPException) -> JSONResponse:
    phrase = HTTPStatus(error.status_code).phrase
    body = problem(error.status_code, phrase, str(error.detail))
    return JSONResponse(body, error.status_code, error.headers)


@app.get("/api/v2/instance/{instance_id}/webhook", dependencies=[Depends(signed_in)])
async def find_webhook(instance_id: str) -> list[dict[str, Any]]:
    return find(instance_id)
