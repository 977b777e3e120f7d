"""The mock's page in a real browser; `make test-browser` runs this."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from test_browser import browser, mock  # noqa: F401 - fixtures

from mock_server.server import Running

pytestmark = pytest.mark.browser

OVERFLOW = "return document.documentElement.scrollWidth - document.documentElement.clientWidth"
ORIGINS = "return performance.getEntries().map(entry => entry.name).filter(n => /^http/.test(n))"


@pytest.fixture
def page(browser: Any, mock: Running) -> Iterator[Page]:  # noqa: F811
    """The page, with a journal that is empty."""
    mock.memory.reset()
    yield Page(browser, mock.url)
    browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


class Page:
    """The page as a person uses it."""

    def __init__(self, browser: Any, url: str) -> None:  # noqa: F811
        self.browser = browser
        self.url = url

    def open(self, path: str, *, shows: str) -> None:
        """Open a path and wait until a text is there."""
        self.browser.get("about:blank")  # a fragment alone would not load again
        self.browser.get(self.url + path)
        self.wait(shows)

    def click(self, text: str, *, shows: str) -> None:
        """Press the button of a text and wait until another text is there."""
        button = self.browser.find_element("xpath", f"//button[text()='{text}']")
        button.click()
        self.wait(shows)

    def wait(self, text: str) -> None:
        """Wait until a text is on the page."""
        from selenium.webdriver.support.ui import WebDriverWait  # noqa: PLC0415

        WebDriverWait(self.browser, 10).until(lambda _: text in self.text())

    def text(self) -> str:
        """What a person can read."""
        return str(self.browser.find_element("tag name", "body").text)


def test_markup_of_a_fixture_does_not_run(page: Page) -> None:
    """The hostile instance is shown as text, and changes nothing of the page."""
    page.open("/#hostile", shows="<script>document.title")

    assert "Mock of Find Webhook" == page.browser.title
    assert [] == page.browser.find_elements("css selector", "#answer img, #answer script")


def test_state_is_one_click_away(page: Page) -> None:
    """A click on an instance shows its answer."""
    page.open("/", shows="bad-request")
    page.click("unauthorized", shows="401 Unauthorized")


def test_journal_shows_a_lie_as_one(page: Page) -> None:
    """The last requests stand on the page with the contract's verdict."""
    page.open("/", shows="lie=null-member")
    page.click("lie=null-member", shows="breaks the contract")
    page.click("Reset sequences and list", shows="None yet.")


@pytest.mark.parametrize("path", ["/#hostile", "/docs"])
def test_page_fits_a_narrow_screen(page: Page, path: str) -> None:
    """At 320 px nothing makes the page scroll sideways."""
    metrics = {"width": 320, "height": 640, "deviceScaleFactor": 1, "mobile": True}
    page.browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    page.open(path, shows="webhook")

    assert 0 == page.browser.execute_script(OVERFLOW)


@pytest.mark.parametrize("path", ["/#demo", "/docs"])
def test_page_contacts_nobody_else(page: Page, path: str) -> None:
    """Everything that the page loads comes from the mock."""
    page.open(path, shows="webhook")

    assert [] == [name for name in page.browser.execute_script(ORIGINS) if page.url not in name]


def test_page_can_be_used_by_keyboard(page: Page) -> None:
    """From the first field, Enter asks."""
    page.open("/", shows="bad-request")
    field = page.browser.find_element("name", "instance")
    field.clear()
    field.send_keys("minimal\n")
    page.wait("wh-minimal")
