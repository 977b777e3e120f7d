"""Keys and Basic are shown where the document asks for them, and judged as a Bearer token is."""

from __future__ import annotations

import json
from base64 import b64encode
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from foreign import errors
from liars.honest import (
    TOKEN,
    refusal,
    said,
)
from liars.server import Request, Speaker, Speech
from small_documents import BODY, document, operation, serving, verdict_of

from find_webhook_kit.contracts.reports import Mask, report
from find_webhook_kit.contracts.reports.har import as_har
from find_webhook_kit.contracts.reports.json_report import as_json

MASK = Mask(TOKEN)
KEYS: Any = {
    "header": {"type": "apiKey", "in": "header", "name": "X-Key"},
    "query": {"type": "apiKey", "in": "query", "name": "key"},
    "cookie": {"type": "apiKey", "in": "cookie", "name": "SESSION"},
    "basic": {"type": "http", "scheme": "basic"},
    "digest": {"type": "http", "scheme": "digest"},
    "second": {"type": "apiKey", "in": "header", "name": "X-Second"},
}


def keyed(*names: str) -> Callable[[Any, Any], None]:
    """Ask for keys, all of them together."""

    def change(value: Any, _: Any) -> None:
        document(things=operation(security=[{name: [] for name in names}]))(value, None)
        value["components"]["securitySchemes"] |= KEYS

    return change


def held(request: Request) -> set[str]:
    """Return where a request shows the token, or the token as a password."""
    headers = {name.lower(): text for name, text in request.headers}
    pair = b64encode(f":{TOKEN}".encode()).decode()
    places = {
        "header": headers.get("x-key") == TOKEN,
        "query": f"key={TOKEN}" in request.target.partition("?")[2].split("&"),
        "cookie": headers.get("cookie") == f"SESSION={TOKEN}",
        "basic": headers.get("authorization") == f"Basic {pair}",
    }
    return {name for name, shown in places.items() if shown}


def guarded(name: str, *, closed: bool = True) -> Speaker:
    """Let in who shows the token in one place, or anybody."""
    challenge = "Basic" if name == "basic" else "Key"

    def speak(request: Request) -> Speech:
        if closed and name not in held(request) and request.method != "OPTIONS":
            return said(request, refusal(401, ("WWW-Authenticate", challenge)))
        return serving("/things", body=BODY)(request)

    return speak


@pytest.mark.parametrize("name", ["header", "query", "cookie", "basic"])
def test_token_is_shown_as_the_document_asks_for_it(tmp_path: Path, name: str) -> None:
    """As a key or as Basic, it is judged as a Bearer token is; an open door is found."""
    honest, lying = (
        verdict_of(tmp_path, keyed(name), guarded(name, closed=closed)) for closed in (True, False)
    )

    assert (set(), 0) == (errors(honest), honest.exit_code)
    assert {"security.missing", "security.junk"} <= errors(lying)


def test_key_in_a_query_stands_in_no_report(tmp_path: Path) -> None:
    """Its variable stands in curl lines and archives, as that of a Bearer token does."""
    verdict = verdict_of(tmp_path, keyed("query"), guarded("query", closed=False))
    told = json.dumps([as_json(report(verdict, MASK)), as_har(verdict, MASK)], default=str)

    assert "key=$CONTRACT_TOKEN" in told
    assert TOKEN not in told


def test_credentials_that_cannot_be_shown_are_named(tmp_path: Path) -> None:
    """What asks for Digest, or for two keys of which one is not given, is not judged."""
    digest = verdict_of(tmp_path, keyed("digest"), serving("/things", body=BODY))
    two = verdict_of(tmp_path, keyed("header", "second"), serving("/things", body=BODY))

    assert (3, 3) == (digest.exit_code, two.exit_code)
    assert "it asks for digest" in digest.unproven[0].hint
    assert "give --credential 'second=$NAME'" in two.unproven[0].hint
