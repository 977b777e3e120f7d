"""Generates requests that no parser has looked at, and judges what the mock makes of them.

An ASGI server other than uvicorn may pass on what uvicorn would refuse; only what no server can
read off a wire is left out: control characters in a header, and names that are none.
"""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final

from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st
from mock_client import ERROR
from starlette.types import Message

from find_webhook_kit.mock_server.app.stack import create_app

PATH: Final = b"/api/v2/instance/demo/webhook"
BATCH: Final = 1000

METHODS = st.sampled_from(
    ["GET"] * 6 + ["HEAD", "OPTIONS", "POST", "PUT", "TRACE", "get", "X-Y", "*"]
)
PATHS = st.one_of(
    st.just(PATH),
    st.binary(max_size=40).map(lambda part: b"/" + part),
    st.binary(max_size=40).map(lambda part: b"/api/v2/instance/" + part + b"/webhook"),
    st.text("%0123456789ABCDEFabcdef/.;", max_size=20).map(
        lambda part: b"/api/v2/instance/" + part.encode() + b"/webhook"
    ),
    st.sampled_from(
        [b"", b"*", b"/", b"/docs", b"/openapi.yaml", b"http://a/b", b"//a", b"/docs/"]
    ),
    st.sampled_from(["states", "health", "journal", "journal.har", "reset"]).map(
        lambda page: b"/__mock/" + page.encode()
    ),
)
QUERIES = st.one_of(
    st.just(b""),
    st.binary(max_size=40),
    st.tuples(
        st.sampled_from(["__code", "__example", "__dynamic", "__seed", "__size", "__", "code"]),
        st.sampled_from(
            ["", "200", "401", "500", "999", "one", "true", "false", "-1", "\u0661", "%"]
        ),
    ).map(lambda pair: "=".join(pair).encode()),
)
NAMES = st.sampled_from(
    [
        "accept",
        "accept-charset",
        "accept-encoding",
        "accept-language",
        "access-control-request-headers",
        "access-control-request-method",
        "access-control-request-private-network",
        "authorization",
        "cache-control",
        "connection",
        "content-encoding",
        "content-length",
        "content-type",
        "cookie",
        "expect",
        "forwarded",
        "host",
        "if-match",
        "if-modified-since",
        "if-none-match",
        "origin",
        "prefer",
        "range",
        "referer",
        "te",
        "transfer-encoding",
        "upgrade",
        "user-agent",
        "x-forwarded-for",
        "x-forwarded-host",
        "x",
    ]
).map(str.encode)
VALUES = st.one_of(
    st.sampled_from(
        [
            *(b"Bearer demo-token", b"Bearer", b"bearer  demo-token", b"Basic YTpi", b"*/*", b"*"),
            *(b"application/json", b"text/html;q=0.1, */*;q=", b";;,,", b'"', b'\\"', b"*/json"),
            *(
                b'W/"x", *',
                b"gzip;q=1.0000001",
                b"identity;q=0",
                b"code=401",
                b"example=one",
                b'code="',
            ),
            *(
                b"dynamic=true, size=1",
                b"dynamic=true, seed=-1",
                b"code=200, example=none",
                b"seed=1",
            ),
            *(b"chunked", b"-1", b"multipart/form-data", b"multipart/form-data; boundary=\xff"),
            *(
                b"application/x-www-form-urlencoded; charset=x",
                b"GET",
                b"null",
                b"http://a, http://b",
            ),
        ]
    ),
    st.binary(max_size=40).map(lambda value: re.sub(rb"[\x00-\x08\x0a-\x1f\x7f]", b"?", value)),
)
HEADERS = st.lists(st.tuples(NAMES, VALUES), max_size=6)
BODIES = st.lists(st.binary(max_size=20), max_size=3)

GOOD: Final[Mapping[str, Any]] = {
    "method": "GET",
    "path": PATH,
    "query": b"",
    "headers": [(b"host", b"mock"), (b"authorization", b"Bearer demo-token")],
    "body": [],
}

_NO_VALUE: Final = re.compile(rb"[\x00-\x08\x0a-\x1f\x7f]")


@dataclass(frozen=True, slots=True)
class Said:
    """What came back: one start, and the parts of a body."""

    status: int
    headers: tuple[tuple[bytes, bytes], ...]
    body: bytes


class Fuzzed:
    """A mock that is asked one scope after another, and must be the same after each."""

    def __init__(self, runner: asyncio.Runner) -> None:
        self._app = create_app()
        self._run = runner.run
        self._before = self.ask(**GOOD)

    def ask(
        self,
        method: str,
        path: bytes,
        query: bytes,
        headers: list[tuple[bytes, bytes]],
        body: list[bytes],
    ) -> Said:
        """Send a request as an ASGI server would, and collect its answer."""
        return self._run(self._ask(method, path, query, headers, body))

    async def _ask(
        self,
        method: str,
        path: bytes,
        query: bytes,
        headers: list[tuple[bytes, bytes]],
        body: list[bytes],
    ) -> Said:
        scope = {
            "type": "http",
            "asgi": {"version": "3.0"},
            "http_version": "1.1",
            "method": method,
            "scheme": "http",
            "path": path.decode("utf-8", "replace"),
            "raw_path": path,
            "query_string": query,
            "root_path": "",
            "headers": headers,
            "server": ("127.0.0.1", 80),
            "client": ("127.0.0.1", 50000),
        }
        parts = iter(body)
        sent: list[Message] = []

        async def receive() -> Message:
            part = next(parts, None)
            if part is None:
                return {"type": "http.request", "body": b"", "more_body": False}
            return {"type": "http.request", "body": part, "more_body": True}

        async def send(message: Message) -> None:
            sent.append(message)

        await self._app(scope, receive, send)
        start, *rest = sent
        content = b"".join(message.get("body", b"") for message in rest)
        return Said(start["status"], tuple(start["headers"]), content)

    def check(self, **case: Any) -> None:
        """Hold one answer to what every answer must be, and the next good one to the first."""
        said = self.ask(**case)

        assert 100 <= said.status < 500
        assert not any(_NO_VALUE.search(value) for _, value in said.headers)
        if said.status >= 400 and case["method"] != "HEAD":
            assert () == ERROR.violations(json.loads(said.body))
            assert said.status == json.loads(said.body)["statusCode"]
        assert self._before == self.ask(**GOOD)


def fuzz(count: int, number: int) -> None:
    """Ask a mock as many generated requests; a number stands for the same ones each time."""
    with asyncio.Runner() as runner:
        mock = Fuzzed(runner)
        for batch in range(0, count, BATCH):

            @seed(number + batch)
            @settings(
                max_examples=min(BATCH, count - batch),
                phases=[Phase.generate, Phase.shrink],
                deadline=None,
                database=None,
                suppress_health_check=list(HealthCheck),
            )
            @given(method=METHODS, path=PATHS, query=QUERIES, headers=HEADERS, body=BODIES)
            def one_batch(**case: Any) -> None:
                mock.check(**case)

            one_batch()
