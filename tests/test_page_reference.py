"""The API reference at `/docs` in a real browser: ready to try, in both schemes, on a phone."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from page_screen import Page

from find_webhook_kit.mock_server.http.server import Running, serving
from find_webhook_kit.mock_server.settings import Settings

pytestmark = pytest.mark.browser

PETSTORE = Path(__file__).parent / "data" / "contracts" / "petstore.yaml"


@pytest.fixture
def page(browser: Any, mock: Running) -> Iterator[Page]:
    """The reference of the built-in contract."""
    yield Page(browser, mock.url)
    browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})


def execute(page: Page) -> None:
    page.browser.execute_script("document.querySelector('.execute').click()")


def test_token_is_filled_in(page: Page) -> None:
    """One press asks the mock, and it answers with the instance of the example."""
    page.open("/docs", shows="Retrieve the webhook linked to an instance.")
    execute(page)
    page.wait('"webhookId": "wh-crm"', ".live-responses-table")

    assert "Authorization: Bearer demo-token" in page.text(".curl")
    assert [] == page.console


def test_reference_tries_the_mock_and_no_server_of_the_contract(browser: Any) -> None:
    """A contract names servers that are elsewhere; what is tried, this mock answers."""
    with serving(Settings(port=0, contract=PETSTORE)) as running:
        page = Page(browser, running.url)
        page.open("/docs", shows="Pet shop")
        execute(page)
        page.wait('"Rex"', ".live-responses-table")

        assert "pets.example.com" not in page.text("#reference")
        assert [] == page.console


def test_reference_has_a_dark_scheme(page: Page) -> None:
    """Page, boxes and fields have other colours, and what is typed can be read."""
    seen = []
    for scheme in ("light", "dark"):
        feature = {"name": "prefers-color-scheme", "value": scheme}
        page.browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [feature]})
        page.open("/docs", shows="Retrieve the webhook linked to an instance.")
        page.wait("Execute")
        seen.append(page.ask(COLOURS))

    light, dark = seen
    assert not [pair for pair in zip(light, dark, strict=True) if pair[0] == pair[1]]
    assert [] == [each for each in (*light, *dark) if each[0] == each[1]]


COLOURS = """
['body', '.opblock', '.parameters input', 'pre.example', '.btn.execute'].map(selector => {
  const style = getComputedStyle(document.querySelector(selector));
  return [style.color, style.backgroundColor];
})
"""


def test_reference_needs_no_sideways_scrolling_at_320_pixels(page: Page) -> None:
    """With an answer, too."""
    metrics = {"width": 320, "height": 640, "deviceScaleFactor": 1, "mobile": True}
    page.browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    page.open("/docs", shows="Retrieve the webhook linked to an instance.")
    execute(page)
    page.wait('"webhookId": "wh-crm"', ".live-responses-table")

    assert 320 >= page.ask("document.documentElement.scrollWidth")


def test_reference_says_what_stands_on_screen(page: Page) -> None:
    """Fields and regions have names, and there is one first heading."""
    page.open("/docs", shows="Retrieve the webhook linked to an instance.")
    page.wait("Execute")

    assert ["Servers", "Media type", "Examples"] == page.ask(
        "[...new Set([...document.querySelectorAll('select')].map(field => field.ariaLabel))]"
    )
    assert 1 == page.ask("document.querySelectorAll('h1, [role=heading][aria-level=\"1\"]').length")
