"""Pages of another origin read the mock, errors included: what only a browser shows.

`make test-browser` runs the browser's tests in a headless Chromium, and fails where there is none.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import pytest

from find_webhook_kit.mock_server.http.server import Running, serving
from find_webhook_kit.mock_server.settings import Settings

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


SUBMIT = """
const form = document.createElement('form');
[form.method, form.action, form.target] = ['post', arguments[0], 'there'];
const frame = document.createElement('iframe');
frame.name = 'there';
document.body.append(frame, form);
frame.onload = () => arguments[1](true);  // a 204 would load nothing
form.submit();
"""

EMBED = """
const [kind, url, done] = arguments;
const made = document.createElement(kind);
made.onload = () => done(kind === 'iframe' ? made.contentDocument === null : 'loaded');
made.onerror = () => done('refused');
made.src = url;
document.body.append(made);
"""


@pytest.mark.parametrize("path", ["journal", "journal.har", "states", "health"])
@pytest.mark.parametrize("mode", ["cors", "no-cors"])
def test_another_origin_does_not_read_what_the_mock_remembers(
    screen: Any, mock: Running, path: str, mode: str
) -> None:
    """Not even another port of this machine: it is none of that page's business."""
    fetch(screen, mock)
    answer = screen.execute_async_script(FETCH, f"{mock.url}/__mock/{path}", {"mode": mode})

    assert "failure" in answer or (0, "") == (answer["status"], answer["body"])


@pytest.mark.parametrize(
    "options", [{}, {"mode": "no-cors"}, {"headers": {"X-Requested-With": "x"}}]
)
def test_another_origin_does_not_reset_the_mock(
    screen: Any, mock: Running, options: dict[str, Any]
) -> None:
    """By no kind of script."""
    fetch(screen, mock)
    before = len(mock.state.journal)
    screen.execute_async_script(FETCH, f"{mock.url}/__mock/reset", {"method": "POST", **options})

    assert before == len(mock.state.journal) > 0


def test_form_of_another_origin_does_not_reset_the_mock(screen: Any, mock: Running) -> None:
    """Nor by a form, which needs no leave to be sent."""
    fetch(screen, mock)
    screen.execute_async_script(SUBMIT, f"{mock.url}/__mock/reset")

    assert len(mock.state.journal) > 0


@pytest.mark.parametrize(
    ("kind", "path"), [("script", "/__mock/page.js"), ("img", "/__mock/journal"), ("script", "/")]
)
def test_another_origin_embeds_nothing_of_ours(
    screen: Any, mock: Running, kind: str, path: str
) -> None:
    """Neither as a script nor as a picture."""
    assert "refused" == screen.execute_async_script(EMBED, kind, mock.url + path)


def test_another_origin_does_not_frame_the_page(screen: Any, mock: Running) -> None:
    """So nobody clicks on it without seeing it."""
    screen.get_log("browser")
    screen.execute_async_script(EMBED, "iframe", mock.url + "/")
    words = [entry["message"] for entry in screen.get_log("browser")]

    assert [True] == ["frame-ancestors" in word or "403" in word for word in words[:1]]


def test_page_of_a_trusted_host_resets_the_mock(screen: Any) -> None:
    """A frontend's own page may, once somebody has named its host."""
    with serving(Settings(port=0, trusted_hosts=("127.0.0.1",))) as mock:
        fetch(screen, mock)
        seen = len(mock.state.journal)
        options = {"method": "POST", "headers": {"X-Requested-With": "fetch"}}
        answer = screen.execute_async_script(FETCH, f"{mock.url}/__mock/reset", options)

        assert (204, 0) == (answer["status"], len(mock.state.journal))
        assert seen > 0
