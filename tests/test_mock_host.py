"""Answers do not hang on where a client says that it is, or says that it went.

But for our own pages and their Host: `test_mock_origins.py` has that.
"""

import pytest
from mock_client import AUTHORIZATION, Client, path_of

from find_webhook_kit.mock_server.app.admin import pages_of
from find_webhook_kit.spec import contract

CLIENT = Client()
EVIL = "evil.example"

TARGETS = (
    *(
        "/",
        "/docs",
        "/openapi.yaml",
        "/__mock/states",
        "/__mock/health",
        "/nowhere",
        "//x",
        "/docs/",
    ),
    *(path_of("demo"), path_of("demo") + "/", path_of("nobody"), path_of("%FF"), path_of("")),
)
CLAIMS = (
    ("X-Forwarded-Host", EVIL),
    ("X-Forwarded-For", EVIL),
    ("X-Forwarded-Proto", EVIL),
    ("X-Forwarded-Prefix", f"/{EVIL}"),
    ("X-Original-URL", f"/{EVIL}"),
    ("X-Rewrite-URL", f"/{EVIL}"),
    ("X-HTTP-Method-Override", "DELETE"),
    ("Forwarded", f"for={EVIL};host={EVIL};proto=https"),
    ("Via", f"1.1 {EVIL}"),
    ("Referer", f"http://{EVIL}/"),
    ("User-Agent", EVIL),
)


@pytest.mark.parametrize("method", ["GET", "HEAD", "OPTIONS", "POST"])
@pytest.mark.parametrize("target", TARGETS)
def test_answer_is_the_same_whatever_a_client_claims(target: str, method: str) -> None:
    """No address, no redirect and no decision is made from a header that anybody can write."""
    host = ("Host", "localhost" if target in pages_of(contract()) else EVIL)
    plain = CLIENT.ask(target, AUTHORIZATION, ("Host", "localhost"), method=method)
    claimed = CLIENT.ask(target, AUTHORIZATION, host, *CLAIMS, method=method)

    assert plain == claimed
    assert not 300 <= plain.status < 400
