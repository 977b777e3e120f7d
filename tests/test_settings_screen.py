"""A settings screen of another origin works against a mock that keeps writes, in a browser."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

import pytest
from page_screen import Page

from find_webhook_kit.mock_server.http.server import Running, serving
from find_webhook_kit.mock_server.settings import Settings

pytestmark = pytest.mark.browser

EXAMPLES = Path(__file__).with_name("examples")

SEQUENCE = """
const [list, done] = arguments;
const headers = {Authorization: "Bearer demo-token", "Content-Type": "application/json"};
const ask = async (url, method, body) => {
  const answer = await fetch(url, {method, headers, body: body && JSON.stringify(body)});
  return {status: answer.status, body: await answer.json(), etag: answer.headers.get("etag")};
};
(async () => {
  const before = await ask(list, "GET");
  const crm = {name: "crm", url: "https://hooks.example.com/crm", enabled: true};
  const made = await ask(list, "POST", crm);
  const one = `${list}/${made.body.webhookId}`;
  const updated = await ask(one, "PUT", {...crm, url: "https://hooks.example.com/other"});
  const events = await ask(`${one}/events`, "PATCH", {messagesUpsert: true, qrcodeUpdate: false});
  const after = await ask(list, "GET");
  return [before, made, updated, events, after];
})().then(done, error => done(String(error)));
"""


class _Quiet(SimpleHTTPRequestHandler):
    def log_message(self, *_: object) -> None:
        """Keep quiet."""


@pytest.fixture(scope="module")
def origin() -> Iterator[str]:
    """Another origin, which has the screen."""
    handler = partial(_Quiet, directory=str(EXAMPLES))
    with ThreadingHTTPServer(("127.0.0.1", 0), handler) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}"
        server.shutdown()


@pytest.fixture(scope="module")
def writable() -> Iterator[Running]:
    with serving(Settings(port=0, writes=True)) as running:
        yield running


def opened(browser: Any, origin: str, mock: Running, instance: str, shows: str) -> Page:
    mock.state.reset()
    page = Page(browser, origin)
    page.open(f"/settings.html?api={mock.url}&instance={instance}", shows=shows)
    return page


def items(mock: Running, instance: str) -> list[Any]:
    state = mock.state.by_id[instance].state
    return list(getattr(state, "items", ()))


def press(page: Page, selector: str, *, shows: str) -> None:
    page.browser.find_element("css selector", selector).click()
    page.wait(shows, "#said")


def test_public_client_gets_through_its_sequence_from_another_origin(
    browser: Any, origin: str, writable: Running
) -> None:
    """List, create, update, define events: each preflight passes, and each answer is readable."""
    page = opened(browser, origin, writable, "nobody", "0 there.")
    list_ = f"{writable.url}/api/v2/instance/nobody/webhook"
    before, made, updated, events, after = page.browser.execute_async_script(SEQUENCE, list_)

    assert [200, 201, 201, 200, 200] == [
        it["status"] for it in (before, made, updated, events, after)
    ]
    assert ([], made["body"]["webhookId"]) == (before["body"], after["body"][0]["webhookId"])
    assert "https://hooks.example.com/other" == after["body"][0]["url"]
    assert events["body"] == after["body"][0]["WebhookEvents"]
    assert (True, False) == (events["body"]["messagesUpsert"], events["body"]["qrcodeUpdate"])
    assert made["etag"] != updated["etag"]


def test_screen_creates_renames_switches_chooses_and_deletes(
    browser: Any, origin: str, writable: Running
) -> None:
    """What a person does is what the mock keeps, step by step."""
    page = opened(browser, origin, writable, "empty", "0 there.")
    page.browser.find_element("css selector", "#create [name=name]").send_keys("crm")
    page.browser.find_element("css selector", "#create [name=url]").send_keys("https://a.example")
    press(page, "#create button", shows="Created crm.")
    assert ["crm"] == [item["name"] for item in items(writable, "empty")]

    page.browser.find_element("css selector", "li [name=name]").send_keys(" two")
    press(page, ".rename button", shows="Renamed crm.")
    press(page, "[name=enabled]", shows="crm two is on.")
    assert [("crm two", True)] == [(it["name"], it["enabled"]) for it in items(writable, "empty")]

    page.browser.find_element("css selector", "summary").click()
    press(page, "[name=messagesUpsert]", shows="messagesUpsert is off.")
    (kept,) = items(writable, "empty")
    assert (False, True) == (
        kept["WebhookEvents"]["messagesUpsert"],
        kept["WebhookEvents"]["newJwt"],
    )

    press(page, "[name=enabled]", shows="crm two is off.")
    press(page, ".delete", shows="Deleted crm two.")
    assert [] == items(writable, "empty")
    assert [] == page.console


def test_screen_shows_why_a_read_only_mock_keeps_nothing(
    browser: Any, origin: str, mock: Running
) -> None:
    """The preflight passes, and the page of another origin reads the 405 and how to change it."""
    page = opened(browser, origin, mock, "demo", "1 there.")
    press(page, "[name=enabled]", shows="--writes")

    assert page.text("#said").startswith("Not done. 405: ")


def test_screen_shows_that_another_one_was_faster(
    browser: Any, origin: str, writable: Running
) -> None:
    """A webhook that is gone is told, not hidden."""
    page = opened(browser, origin, writable, "demo", "1 there.")
    browser.execute_async_script(
        "const [url, done] = arguments;"
        "const headers = {Authorization: 'Bearer demo-token'};"
        "fetch(url, {method: 'DELETE', headers}).then(() => done())",
        f"{writable.url}/api/v2/instance/demo/webhook/wh-crm",
    )
    press(page, ".rename button", shows="404")

    assert page.text("#said").startswith("Not done. 404: ")


def test_page_of_the_mock_shows_what_was_written(browser: Any, writable: Running) -> None:
    """A list that clients have changed stands on it, and goes with a reset."""
    writable.state.reset()
    page = Page(browser, writable.url)
    page.open("/", shows="bad-request")
    assert "Written by clients" not in page.text("body")
    page.browser.execute_async_script(
        "const [url, done] = arguments;"
        "const headers = {Authorization: 'Bearer demo-token', 'Content-Type': 'application/json'};"
        "const body = JSON.stringify({name: 'crm', url: 'https://a.example'});"
        "fetch(url, {method: 'POST', headers, body}).then(() => done())",
        f"{writable.url}/api/v2/instance/nobody/webhook",
    )
    page.wait("nobody: 1", "#kept")
    writable.state.reset()
    page.wait("None yet.")
    writable.state.reset()

    assert [] == page.console
