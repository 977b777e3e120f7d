"""Quart: Flask's words, asynchronous."""

from __future__ import annotations

from quart import Quart, Response, jsonify, request
from store import find, is_token, problem
from werkzeug.datastructures import WWWAuthenticate
from werkzeug.exceptions import HTTPException, Unauthorized

app = Quart(__name__)


@app.before_request
async def signed_in() -> None:
    given = request.authorization
    token = (given.token or "") if given is not None and given.type == "bearer" else ""
    if not is_token(token):
        raise Unauthorized(www_authenticate=WWWAuthenticate("bearer"))


@app.errorhandler(HTTPException)
async def refused(error: HTTPException) -> Response:
    answer = jsonify(problem(error.code, error.name, error.description))
    answer.status_code = error.code
    for name, value in error.get_headers():
        if name != "Content-Type":
            answer.headers[name] = value
    return answer


@app.get("/api/v2/instance/<instance_id>/webhook")
async def find_webhook(instance_id: str) -> Response:
    return jsonify(find(instance_id))
