"""A request to try on a mock: the first of its document, as curl sends it."""

from __future__ import annotations

import shlex
from collections.abc import Sequence
from contextlib import suppress
from typing import Final
from urllib.parse import quote

from find_webhook_kit.mock_server.answers.documented_headers import written
from find_webhook_kit.mock_server.answers.endpoint import endpoints, path_of, with_fixtures
from find_webhook_kit.mock_server.answers.sample import sample
from find_webhook_kit.mock_server.answers.shape import NoValueError
from find_webhook_kit.spec import Contract, Operation, Parameter, SecurityScheme

IN_A_PATH: Final = "/?%:@!$&'()*+,;="
"""What stands in a path as it is, beside what is unreserved (RFC 3986, section 3.3)."""


def curl(url: str, contract: Contract, token: str | None) -> str:
    """Return the command; without a token, credentials are not asked for."""
    found = endpoints(contract)
    if with_fixtures(found) is not None or not found:
        header = "" if token is None else f'-H "Authorization: Bearer {token}" '
        return f"curl {header}{url}{path_of(contract, 'demo')}"
    operations = [endpoint.operation for endpoint in found.values()]
    operation = next((item for item in operations if item.method == "GET"), operations[0])
    shown = [] if operation.anonymous or token is None else operation.requirements[0]
    query = [*_query(operation), *_keys(shown, token or "")]
    address = url + _path(operation) + ("?" + "&".join(query) if query else "")
    method = [] if operation.method == "GET" else [f"-X {operation.method}"]
    options = [*method, *_headers(operation), *(_option(each, token or "") for each in shown)]
    return " ".join(filter(None, ("curl", *options, shlex.quote(address))))


def _path(operation: Operation) -> str:
    path = operation.path
    for item in operation.parameters:
        if item.location == "path":
            path = path.replace(f"{{{item.name}}}", quote(_value(item), safe=""))
    return quote(path, safe=IN_A_PATH)


def _query(operation: Operation) -> list[str]:
    return [
        f"{quote(item.name)}={quote(text)}"
        for item in operation.parameters
        if item.location == "query" and item.required
        for text in _values(item)
    ]


def _headers(operation: Operation) -> list[str]:
    return [
        f"-H {shlex.quote(f'{item.name}: {_value(item)}')}"
        for item in operation.parameters
        if item.location == "header" and item.required
    ]


def _values(item: Parameter) -> list[str]:
    """List what a query says of a parameter: of an exploded list each item by itself."""
    value = item.example
    if isinstance(value, list) and item.explode and item.style == "form":
        return [written(each) for each in value]
    return [_value(item)]


def _value(item: Parameter) -> str:
    if item.example is not None:
        return written(item.example)
    with suppress(NoValueError):
        return written(sample(item.schema))
    return "1"


def _keys(schemes: Sequence[SecurityScheme], token: str) -> list[str]:
    return [f"{quote(each.key)}={token}" for each in schemes if each.location == "query"]


def _option(scheme: SecurityScheme, token: str) -> str:
    """Show a credential, but for one in the query."""
    if scheme.location == "query":
        return ""
    if scheme.location == "header":
        return f'-H "{scheme.key}: {token}"'
    if scheme.location == "cookie":
        return f'--cookie "{scheme.key}={token}"'
    if scheme.scheme == "basic":
        return f'-u "any:{token}"'
    return f'-H "Authorization: {scheme.scheme.capitalize()} {token}"'
