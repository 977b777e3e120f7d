"""Judges servers in memory by contracts of others: a server is what it answers to a GET."""

from __future__ import annotations

import json
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl

from liars.honest import Answer, said
from liars.server import Request, Speech
from network import Network

from find_webhook_kit.contracts.config.options import Depth, Options
from find_webhook_kit.contracts.finding import Severity
from find_webhook_kit.contracts.judge import judge
from find_webhook_kit.contracts.verdict import Verdict
from find_webhook_kit.contracts.wire.target import Target, target
from find_webhook_kit.spec import Contract

DOCUMENTS = Path(__file__).parent / "data" / "contracts"
QUICK = Options(max_examples=0, repetitions=5, depth=Depth.QUICK, connections=4)
TOKEN = "k3y-of-the-library"


@dataclass(frozen=True, slots=True)
class Asked:
    """A request as a server reads it."""

    request: Request
    query: Mapping[str, str]
    cookies: Mapping[str, str]
    headers: Mapping[str, str]

    @property
    def path(self) -> str:
        return self.request.path


Handler = Callable[[Asked], Answer]


def asked(request: Request) -> Asked:
    """Read the query, the cookies and the headers of a request."""
    headers = dict(request.headers)
    cookies = (pair.strip().partition("=") for pair in headers.get("cookie", "").split(";"))
    return Asked(
        request,
        dict(parse_qsl(request.query, keep_blank_values=True)),
        {name: value for name, _, value in cookies if name},
        headers,
    )


def speaking(handler: Handler) -> Callable[[Request], Speech]:
    """Make a speaker of a handler of GET; other methods are answered here."""

    def speak(request: Request) -> Speech:
        if request.method == "OPTIONS":
            return said(request, Answer(204, (("Allow", "GET, HEAD, OPTIONS"),)))
        if request.method not in {"GET", "HEAD"}:
            return said(request, Answer(405, (("Allow", "GET, HEAD, OPTIONS"),)))
        return said(request, handler(asked(request)))

    return speak


def found(value: Any, *headers: tuple[str, str], status: int = 200) -> Answer:
    """Answer with JSON."""
    kind = ("Content-Type", "application/json")
    return Answer(status, (kind, *headers), json.dumps(value).encode())


def problem(status: int, *headers: tuple[str, str]) -> Answer:
    """Answer with what is wrong, in all the words that documents of others have for it."""
    title = HTTPStatus(status).phrase
    body = {"title": title, "status": status, "code": status, "message": title, "reason": title}
    kind = ("Content-Type", "application/problem+json")
    return Answer(status, (kind, *headers), json.dumps(body).encode())


def verdict(
    contract: Contract,
    handler: Handler,
    *,
    options: Options = QUICK,
    at: Target | None = None,
    **values: str,
) -> Verdict:
    """Judge a handler by a contract, with these values of parameters."""
    given = {name: (value,) for name, value in values.items()}
    asked_for = at or target(
        "http://127.0.0.1:9", token=TOKEN, instance_ids=(), parameters=given, contract=contract
    )
    return judge(asked_for, options, contract, world=Network(speaking(handler)).world)


def errors(told: Verdict) -> set[str]:
    """Name the clauses with an error."""
    return {item.clause for item in told.findings if item.severity is Severity.ERROR}


def loud(told: Verdict) -> set[str]:
    """Name the clauses with an error or a warning."""
    return {item.clause for item in told.findings if item.severity is not Severity.NOTE}


def messages(told: Verdict, clause: str) -> list[str]:
    """List what is said under a clause."""
    return [item.message for item in told.findings if item.clause == clause]
