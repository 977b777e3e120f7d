"""Pages of another origin read the mock, errors included: what only a browser shows.

`make test-browser` runs the browser's tests in a headless Chromium, and fails where there is none.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from mock_server.server import Running

pytestmark = pytest.mark.browser

PAGE = b"<!doctype html><title>screen</title>"

FETCH = """
const [url, options, done] = [arguments[0], arguments[1], arguments[2]];
fetch(url, options)
  .then(async answer => done({
    status: answer.status,
    body: await answer.text(),
    headers: Object.fromEntries(answer.headers),
  }))
  .catch(error => done({failure: String(error)}));
"""


@pytest.fixture
def screen(browser: Any) -> Iterator[Any]:
    """A page of another origin, as a frontend's development server would give it."""
    with ThreadingHTTPServer(("127.0.0.1", 0), _Page) as server:
        server.daemon_threads = True  # a browser keeps spare connections open
        threading.Thread(target=server.serve_forever, daemon=True).start()
        browser.get(f"http://127.0.0.1:{server.server_port}")
        yield browser
        server.shutdown()


class _Page(BaseHTTPRequestHandler):
    def do_GET(self) -> None:
        self.send_response(200)
        self.send_header("Content-Type", "text/html")
        self.end_headers()
        self.wfile.write(PAGE)

    def log_message(self, *_: object) -> None:
        """Keep quiet."""


def fetch(screen: Any, mock: Running, instance: str = "demo", **options: Any) -> dict[str, Any]:
    headers = {"Authorization": "Bearer demo-token"} | options.pop("headers", {})
    url = f"{mock.url}/api/v2/instance/{instance}/webhook"
    answer: dict[str, Any] = screen.execute_async_script(
        FETCH, url, {"headers": headers, **options}
    )
    return answer


def test_another_origin_reads_the_answer_and_why_it_was_given(screen: Any, mock: Running) -> None:
    """The preflight for Authorization passes, and our headers are exposed."""
    answer = fetch(screen, mock)

    assert 200 == answer["status"]
    assert "demo.yaml" in answer["headers"]["mock-source"]


def test_another_origin_reads_a_401(screen: Any, mock: Running) -> None:
    """An error without CORS headers would be a network failure to the page."""
    answer = fetch(screen, mock, headers={"Authorization": "Bearer wrong"})

    assert 401 == answer["status"]
    assert '"statusCode":401' in answer["body"].replace(" ", "")
    assert "Bearer" in answer["headers"]["www-authenticate"]


def test_credentials_mode_include_is_allowed(screen: Any, mock: Running) -> None:
    """A page that sends cookies gets its own origin named, not a star."""
    assert 200 == fetch(screen, mock, credentials="include")["status"]


def test_method_that_the_contract_lacks_is_refused_by_the_preflight(
    screen: Any, mock: Running
) -> None:
    """The browser does not even send it."""
    assert "failure" in fetch(screen, mock, method="DELETE")
