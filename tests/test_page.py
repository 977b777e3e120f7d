"""The mock's page in a real browser: it shows what can be tried, safely and to everybody."""

from __future__ import annotations

import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any, ClassVar
from urllib.error import HTTPError
from urllib.request import Request, urlopen

import pytest
from page_screen import Page

from find_webhook_kit.mock_server.answers.lies import LIES
from find_webhook_kit.mock_server.http.server import Running, serving
from find_webhook_kit.mock_server.settings import Settings

pytestmark = pytest.mark.browser


@pytest.fixture
def page(browser: Any, mock: Running) -> Iterator[Page]:
    """The page, with a journal that is empty."""
    mock.state.reset()
    yield Page(browser, mock.url)
    browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})


def test_page_lists_every_state_and_lie(page: Page) -> None:
    """What can be tried stands there, loaded from here alone, without a word in the console."""
    page.open("/", shows="bad-request")
    labels = set(page.ask("[...document.querySelectorAll('button')].map(b => b.textContent)"))

    assert {"demo", "empty", "many", "hostile", "sequence", "example=one"} <= labels
    assert {f"lie={name}" for name in LIES} <= labels
    assert {page.url} == page.origins
    assert [] == page.console


def test_state_is_one_press_away(page: Page) -> None:
    """Status, headers and body appear, and the request stands in the list with its verdict."""
    page.open("/", shows="bad-request")
    page.press("minimal", shows="200 OK")
    page.wait("keeps the contract", "#journal")

    assert '"webhookId"' in page.text("#answer-body")
    assert "minimal.yaml" in page.text("#answer-headers")


def test_error_state_is_one_press_away(page: Page) -> None:
    """A press on an instance that is refused shows the refusal."""
    page.open("/", shows="bad-request")
    page.press("unauthorized", shows="401 Unauthorized")


def test_lie_is_marked_where_it_is_shown(page: Page) -> None:
    """Nobody takes it for the contract, and a reset forgets it."""
    page.open("/", shows="lie=null-member")
    page.press("lie=null-member", shows="breaks the contract")

    assert "mock-lie: null-member" in page.text("#answer-headers")
    page.press("Reset sequences and list", shows="None yet.")


def test_markup_of_a_hostile_fixture_does_not_run(page: Page) -> None:
    """Texts stay texts: no element is made of them, no script runs, the title stays."""
    page.open("/#hostile", shows="<script>document.title")

    assert "Mock of CodeChat WhatsApp API, Find Webhook" == page.browser.title
    assert 0 == page.ask("document.querySelectorAll('#answer img, #answer svg').length")
    assert [] == page.console


def test_markup_in_a_path_does_not_run_in_the_list(page: Page) -> None:
    """The list shows what was asked, whatever was asked."""
    hostile = "<img src=x onerror=document.title='pwned'>"
    page.open("/", shows="None yet.")
    page.browser.execute_script("fetch('/' + encodeURIComponent(arguments[0]))", hostile)
    page.wait("onerror", "#journal")

    assert "pwned" != page.browser.title
    assert 0 == page.ask("document.querySelectorAll('#journal img').length")


def test_page_works_by_keyboard_alone(page: Page) -> None:
    """Tab reaches a state, the focus can be seen, and Enter asks for it."""
    page.open("/", shows="bad-request")
    for _ in range(40):
        page.type("TAB")
        if page.ask("document.activeElement.textContent") == "empty":
            break

    assert "none" != page.ask("getComputedStyle(document.activeElement).outlineStyle")
    page.type("ENTER")
    page.wait("[]", "#answer-body")


def test_every_control_has_a_name_and_every_section_a_heading(page: Page) -> None:
    """A screen reader has something to say."""
    page.open("/", shows="bad-request")

    assert [] == page.ask(NAMELESS)
    assert [] == page.ask(
        "[...document.querySelectorAll('section')].filter(s => !s.querySelector('h2'))"
    )
    assert "en" == page.ask("document.documentElement.lang")


NAMELESS = """
[...document.querySelectorAll('button, input, a')].filter(control => !(
  control.textContent.trim() || control.ariaLabel || control.labels?.[0]?.textContent.trim()
)).map(control => control.outerHTML)
"""


def test_page_needs_no_sideways_scrolling_at_320_pixels(page: Page) -> None:
    """The narrowest phone shows it all, answers with long lines included."""
    metrics = {"width": 320, "height": 640, "deviceScaleFactor": 1, "mobile": True}
    page.browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    page.open("/#hostile", shows="<script>document.title")

    assert 320 >= page.ask("document.documentElement.scrollWidth")


def test_page_follows_the_light_and_the_dark_scheme(page: Page) -> None:
    """The background changes, and texts stay readable on both (WCAG 2.2, 1.4.3: 4.5 to 1)."""
    seen = {}
    for scheme in ("light", "dark"):
        feature = {"name": "prefers-color-scheme", "value": scheme}
        page.browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [feature]})
        page.open("/", shows="bad-request")
        seen[scheme] = page.browser.execute_script(CONTRAST)

    assert seen["light"]["background"] != seen["dark"]["background"]
    assert 4.5 <= min(seen["light"]["contrast"], seen["dark"]["contrast"])


CONTRAST = """
const canvas = document.createElement('canvas').getContext('2d', {willReadFrequently: true});
const rgb = colour => {
  canvas.clearRect(0, 0, 1, 1);
  canvas.fillStyle = colour;
  canvas.fillRect(0, 0, 1, 1);
  return [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3);
};
const linear = value => value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4;
const light = colour => {
  const [r, g, b] = rgb(colour).map(value => linear(value / 255));
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};
const behind = element => {
  for (; element; element = element.parentElement) {
    const colour = getComputedStyle(element).backgroundColor;
    if (colour !== 'rgba(0, 0, 0, 0)') return colour;
  }
  return matchMedia('(prefers-color-scheme: dark)').matches ? '#121212' : '#fff';
};
const ratios = ['button', 'p', 'h1', 'a'].map(name => {
  const element = document.querySelector(name);
  const pair = [light(getComputedStyle(element).color), light(behind(element))];
  return (Math.max(...pair) + 0.05) / (Math.min(...pair) + 0.05);
});
return {background: behind(document.body), contrast: Math.min(...ratios)};
"""


def test_page_shows_a_broken_save_and_its_recovery(browser: Any, tmp_path: Path) -> None:
    """The mistake stands there with its file, and goes when the file is good again."""
    fixture = tmp_path / "mine.yaml"
    good = "description: Mine\nwebhooks: []\n"
    fixture.write_text(good)
    with serving(Settings(port=0, fixtures=tmp_path)) as running:
        page = Page(browser, running.url)
        page.open("/", shows="mine")
        fixture.write_text("description: Mine\nwebhooks: [{name: 1}]\n")
        page.wait("mine.yaml", "#alerts")
        fixture.write_text(good)
        page.until(lambda: page.text("#alerts") == "")


def test_page_lists_the_operations_of_a_contract_of_several(browser: Any) -> None:
    """Each is a choice with its method and path."""
    contract = Path(__file__).parent / "data" / "contracts" / "petstore.yaml"
    with serving(Settings(port=0, contract=contract)) as running:
        page = Page(browser, running.url)
        page.open("/", shows="Pet shop")

        assert "POST /pets" in page.text("[name=operation]")
        assert "GET /pets/{petId}" in page.text("[name=operation]")


def test_api_reference_comes_from_this_machine_alone(page: Page) -> None:
    """It shows the operation, and no other origin is contacted."""
    page.open("/docs", shows="Retrieve the webhook linked to an instance.")

    assert {page.url} == page.origins
    assert [] == page.console


@pytest.mark.parametrize("fragment", ["%", "%FF", "100%", "%E0%A4%A", "$&", "a/b?c#d"])
def test_page_opens_whatever_stands_behind_its_hash(page: Page, fragment: str) -> None:
    """A percent sign that escapes nothing is one, and an instance that nobody knows."""
    page.open(f"/#{fragment}", shows="200 OK")
    page.wait("keeps the contract", "#journal")

    assert fragment == page.ask("document.querySelector('[name=instance]').value")
    assert [] == page.console


def test_mock_that_has_died_is_shown_and_so_is_its_return(browser: Any) -> None:
    """What stands on the page may be old, until the mock is there again, which may be another."""
    with serving() as running:
        port = int(running.url.rpartition(":")[2])
        page = Page(browser, running.url)
        page.open("/", shows="bad-request")
        page.press("demo", shows="200 OK")
    page.wait("The mock does not answer", "#alerts")
    page.press("empty", shows="No answer")
    page.press("Reset sequences and list", shows="No reset")
    with serving(Settings(port=port, lie="null-member")) as running:
        page.wait("Every answer is a lie", "#alerts")
        page.wait("None yet.")

        assert "does not answer" not in page.text("#alerts")


class _Proxy(BaseHTTPRequestHandler):
    """Serves a mock below a path, as nginx does: with a Host of its own choice."""

    mock = ""
    seen: ClassVar[list[str]] = []

    def do_GET(self) -> None:
        path = self.path.removeprefix("/deep/mock")
        self.seen.append(self.path)
        if path == self.path:
            self.send_error(404)
            return
        headers = {name: value for name, value in self.headers.items() if name != "Host"}
        sent = self.rfile.read(int(headers.get("Content-Length", "0"))) or None
        asked = Request(self.mock + path, sent, headers, method=self.command)  # noqa: S310
        try:
            answer = urlopen(asked, timeout=10)  # noqa: S310
        except HTTPError as error:
            answer = error
        with answer:
            body = answer.read()
            self.send_response(answer.status)
            for name in ("Content-Type", "Content-Security-Policy", "Content-Encoding"):
                if answer.headers[name]:
                    self.send_header(name, answer.headers[name])
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

    def do_POST(self) -> None:
        self.do_GET()

    def do_PUT(self) -> None:
        self.do_GET()

    def log_message(self, *_: object) -> None:
        """Keep quiet."""


@contextmanager
def _proxy(mock: str) -> Iterator[str]:
    """Serve a mock below a path."""
    _Proxy.mock, _Proxy.seen[:] = mock, []
    with ThreadingHTTPServer(("127.0.0.1", 0), _Proxy) as server:
        server.daemon_threads = True
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://127.0.0.1:{server.server_port}/deep/mock"
        server.shutdown()


@pytest.fixture
def below(page: Page) -> Iterator[Page]:
    """The page below a path of a proxy."""
    with _proxy(page.url) as url:
        yield Page(page.browser, url)


def test_page_works_below_a_path(below: Page) -> None:
    """Every address is relative: those of files, of answers, and of the reset."""
    below.open("/", shows="bad-request")
    below.press("demo", shows="200 OK")
    below.wait("keeps the contract", "#journal")
    below.press("Reset sequences and list", shows="None yet.")

    assert [] == below.console
    assert [] == [path for path in _Proxy.seen if not path.startswith("/deep/mock/")]
    links = below.ask("[...document.querySelectorAll('a')].map(a => new URL(a.href).pathname)")
    assert "/deep/mock/docs" in links


def test_body_and_switch_work_below_a_path(browser: Any) -> None:
    """What is sent reaches the mock, by an address below the page's own."""
    contract = Path(__file__).parent / "data" / "contracts" / "petstore.yaml"
    with serving(Settings(port=0, contract=contract)) as running:
        with _proxy(running.url) as url:
            page = Page(browser, url)
            page.open("/#operation=addPet", shows="Send POST")
            page.press("Send POST", shows="201 Created")
            page.wait("keeps the contract", "#facts")
            page.browser.find_element("id", "switch-prefer").send_keys("delay=1")
            page.press("Turn on", shows="ON: every answer")
            page.press("Turn off", shows="All requests prefer")

        assert "POST" == next(iter(running.state.journal)).method
        assert [] == [path for path in _Proxy.seen if not path.startswith("/deep/mock/")]


def test_api_reference_works_below_a_path(below: Page) -> None:
    """Also where it tries the operation out, with the token that the mock knows."""
    below.open("/docs", shows="Retrieve the webhook linked to an instance.")
    below.until(lambda: below.browser.find_elements("css selector", ".execute"))
    below.browser.execute_script("document.querySelector('.execute').click()")
    below.wait("Authorization: Bearer demo-token")
    below.until(lambda: any("/api/" in path for path in _Proxy.seen))

    assert any(path.startswith("/deep/mock/api/v2/instance/") for path in _Proxy.seen)
    assert [] == [path for path in _Proxy.seen if not path.startswith("/deep/mock/")]
