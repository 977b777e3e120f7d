"""Flask: Flask-HTTPAuth's bearer guard as a decorator."""

from __future__ import annotations

from flask import Flask, Response, jsonify
from flask_httpauth import HTTPTokenAuth
from store import find, is_token, problem
from werkzeug.exceptions import HTTPException

app = Flask(__name__)
auth = HTTPTokenAuth(scheme="Bearer")


@auth.verify_token
def verify_token(token: str) -> bool:
    return is_token(token)


@auth.error_handler
def unauthorized(status: int) -> tuple[Response, int]:
    return jsonify(problem(status, "Unauthorized", "A valid token is required.")), status


@app.errorhandler(HTTPException)
def refused(error: HTTPException) -> tuple[Response, int]:
    return jsonify(problem(error.code, error.name, error.description)), error.code


@app.get("/api/v2/instance/<instance_id>/webhook")
@auth.login_required
def find_webhook(instance_id: str) -> Response:
    return jsonify(find(instance_id))
