"""Exchanges of the mock that never took place, for the tests of who keeps and shows them."""

from __future__ import annotations

from find_webhook_kit.mock_server.answers.response import SOURCE
from find_webhook_kit.mock_server.exchange import Pairs, Passed
from find_webhook_kit.spec import contract


def passed(
    body: bytes = b"[]",
    headers: Pairs = (),
    *,
    path: bytes = b"/api/v2/instance/demo/webhook",
) -> Passed:
    """Return a GET and the 200 that it got."""
    return Passed(
        contract=contract(),
        tenant="instanceId",
        method="GET",
        path=path,
        query=b"",
        request_headers=(),
        request_body=b"",
        status=200,
        response_headers=headers,
        body=body,
        marks={SOURCE: "made"},
    )
