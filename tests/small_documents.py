"""Writes small documents of other shapes, and judges a server in memory by them."""

from __future__ import annotations

import json
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

from changed_contract import written
from liars.honest import (
    ALLOW,
    CHALLENGE,
    JSON,
    TOKEN,
    Answer,
    authorised,
    refusal,
    said,
)
from liars.server import Request, Speaker, Speech
from network import Network

from find_webhook_kit.contracts.config.options import Depth, Options
from find_webhook_kit.contracts.judge import judge
from find_webhook_kit.contracts.verdict import Verdict
from find_webhook_kit.contracts.wire.target import Target, target
from find_webhook_kit.spec import Contract

TARGET = target("http://127.0.0.1:9", token=TOKEN, instance_ids=("crm", "shop", "idle"))
QUICK = Options(max_examples=0, repetitions=5, depth=Depth.QUICK, connections=4)
ITEM = {"type": "object", "required": ["name"], "properties": {"name": {"type": "string"}}}
BODY = {"name": "x"}
SECURED: Any = [{"bearer": []}]
REFUSED: Any = {
    "description": "d",
    "content": {"application/json": {"schema": {"type": "object", "required": ["code"]}}},
}


def operation(status: str = "200", schema: Any = ITEM, **more: Any) -> Any:
    """Return an operation with one success; `name` is its id."""
    content = {"content": {"application/json": {"schema": schema}}} if schema else {}
    return {
        "operationId": more.pop("name", "op"),
        "responses": {status: {"description": "d", **content}},
        **more,
    }


def document(**paths: Any) -> Callable[[Any, Any], None]:
    """Return the change that leaves only these paths, each with a GET."""

    def change(value: Any, _: Any) -> None:
        value["paths"] = {f"/{path}": {"get": item} for path, item in paths.items()}

    return change


def path_parameter(name: str, kind: str = "string", **more: Any) -> Any:
    """Return a parameter of the path."""
    return {"name": name, "in": "path", "required": True, "schema": {"type": kind}, **more}


def verdict_by(
    contract: Contract, speaker: Speaker, options: Options = QUICK, asked: Target = TARGET
) -> Verdict:
    """Judge a server in memory by a contract."""
    return judge(asked, options, contract, world=Network(speaker).world)


def serving(*known: str, body: Any = None, status: int = 200, secured: bool = False) -> Speaker:
    """Answer these targets with one body, others with 400."""

    def speak(request: Request) -> Speech:
        if request.method not in {"GET", "HEAD", "OPTIONS"}:
            return said(request, refusal(405, ALLOW))
        if secured and not authorised(request):
            return said(request, refusal(401, CHALLENGE))
        if request.target.partition("&")[0] not in known and request.path not in known:
            return said(request, refusal(400))
        content = b"" if body is None else json.dumps(body).encode()
        return said(request, Answer(status, (JSON,) if content else (), content))

    return speak


def verdict_of(
    folder: Path, change: Callable[[Any, Any], None], speaker: Speaker, **values: str
) -> Verdict:
    parameters = {name: (value,) for name, value in values.items()}
    return verdict_by(
        written(folder, change), speaker, asked=replace(TARGET, parameters=parameters)
    )
