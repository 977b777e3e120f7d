"""Bottle: a decorator, and the server of the standard library that it runs on by itself."""

from __future__ import annotations

import functools
import json
import os
from collections.abc import Callable
from typing import Any

from bottle import HTTPError, HTTPResponse, default_app, request, response, route, run
from store import find, is_bearer, problem


def token_required(view: Callable[..., Any]) -> Callable[..., Any]:
    @functools.wraps(view)
    def guarded(*args: str, **kwargs: str) -> Any:
        given = request.get_header("Authorization", "")
        if not is_bearer(given):
            body = problem(401, "Unauthorized", "A valid token is required.")
            return HTTPResponse(body, 401, {"WWW-Authenticate": "Bearer"})
        return view(*args, **kwargs)

    return guarded


@route("/api/v2/instance/<instance_id>/webhook")
@token_required
def find_webhook(instance_id: str) -> str:
    response.content_type = "application/json"
    return json.dumps(find(instance_id))  # of itself Bottle makes JSON of objects only


def refused(error: HTTPError) -> str:
    response.content_type = "application/json"
    return json.dumps(problem(error.status_code, error.status_line, error.body))


default_app().default_error_handler = refused
run(host="127.0.0.1", port=int(os.environ["PORT"]), quiet=True)
