"""The page without a mouse, without eyes, without motion, and with a long list of requests."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

import pytest
from page_screen import Page
from passed import passed

from find_webhook_kit.mock_server.exchange import Exchange
from find_webhook_kit.mock_server.http.server import Running

pytestmark = pytest.mark.browser


@pytest.fixture
def page(browser: Any, mock: Running) -> Iterator[Page]:
    """The page, with a journal that is empty."""
    mock.state.reset()
    yield Page(browser, mock.url)
    mock.state.reset()
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})
    browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


def focused(page: Page) -> str:
    return str(page.ask("document.activeElement.id || document.activeElement.textContent"))


def test_tab_goes_from_the_top_to_the_bottom(page: Page) -> None:
    """The way to the request first, then links, switch, filter, choices."""
    page.open("/", shows="bad-request")
    seen = []
    for _ in range(9):
        page.type("TAB")
        seen.append(focused(page))

    assert ["skip", "API reference", "Contract", "Requests as HAR", "Health"] == seen[:5]
    assert ["switch-prefer", "Turn on", "filter"] == seen[5:8]


def test_request_is_two_keys_away(page: Page) -> None:
    """Its first field, without a Tab through all the choices before it."""
    page.open("/", shows="bad-request")
    page.type("TAB")
    assert 0 < page.browser.find_element("id", "skip").rect["height"]
    page.type("ENTER")

    assert "operation" == page.ask("document.activeElement.name")


def test_focus_can_be_seen_on_every_control(page: Page) -> None:
    """An outline of some width, wherever one gets with the Tab key."""
    page.open("/#minimal", shows="keeps the contract")
    unseen = []
    for _ in range(30):
        page.type("TAB")
        style = page.ask(
            "(style => [style.outlineStyle, parseFloat(style.outlineWidth)])"
            "(getComputedStyle(document.activeElement))"
        )
        if style[0] == "none" or style[1] < 2:
            unseen.append(focused(page))

    assert [] == unseen


def test_escape_closes_the_dialog_and_the_focus_returns(page: Page) -> None:
    """To the button that opened it."""
    page.open("/#minimal", shows="keeps the contract")
    page.browser.execute_script("document.getElementById('make-fixture').focus()")
    page.type("ENTER")
    page.wait("Fixture minimal.json")
    page.type("ESCAPE")

    assert not page.ask("document.getElementById('offer').open")
    assert "make-fixture" == focused(page)


def test_live_regions_have_names(page: Page) -> None:
    """A screen reader tells from where a message comes."""
    page.open("/", shows="bad-request")

    assert [] == page.ask(
        "[...document.querySelectorAll('[role=status], [role=alert]')]"
        ".filter(region => !region.ariaLabel).map(region => region.outerHTML)"
    )


def test_number_of_choices_found_is_said(page: Page) -> None:
    """A filter that is typed says what it leaves."""
    page.open("/", shows="bad-request")
    page.browser.find_element("id", "filter").send_keys("lie=dropped")

    page.wait("1 found", "#found")


def test_page_does_without_motion_where_that_is_wanted(page: Page) -> None:
    """No transition and no animation has a duration."""
    feature = {"name": "prefers-reduced-motion", "value": "reduce"}
    page.browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [feature]})
    for path, text in (("/#minimal", "keeps the contract"), ("/docs", "Execute")):
        page.open(path, shows=text)
        assert [] == page.ask(
            "[...document.querySelectorAll('body *')].filter(element => {"
            "  const style = getComputedStyle(element);"
            "  return style.animationName !== 'none' || parseFloat(style.transitionDuration) > 0;"
            "}).map(element => element.className)"
        )


def test_page_says_what_the_contract_assumes(page: Page) -> None:
    """The meaning of an absent flag stands there before anybody asks, marked as an assumption."""
    page.open("/", shows="About this contract")

    assert "Assumption" in page.text("#about")
    assert "a flag that is absent from an answer was not said" in page.text("#about")


def test_list_of_many_requests_stays_short_and_keeps_what_is_focused(
    page: Page, mock: Running
) -> None:
    """Of five hundred the newest hundred are drawn, and news move neither focus nor rows."""
    for _ in range(500):
        _add(mock)
    page.open("/", shows="bad-request")
    page.wait("/webhook", "#journal")

    assert 100 == page.ask("document.querySelectorAll('#journal li').length")
    page.browser.execute_script("document.querySelectorAll('#journal button')[5].focus()")
    before = page.ask("document.activeElement.textContent")
    _add(mock, "news")
    page.wait("/instance/news/", "#journal")

    assert before == page.ask("document.activeElement.textContent")


def _add(mock: Running, instance: str = "demo") -> None:
    journal, path = mock.state.journal, f"/api/v2/instance/{instance}/webhook".encode()
    headers = ((b"content-type", b"application/json"),)
    journal.add(Exchange(journal.next_number(), 1e9, 0.001, passed(b"[]", headers, path=path)))


@pytest.mark.parametrize("width", [320, 768, 1280])
def test_page_scrolls_only_downwards_with_everything_open(page: Page, width: int) -> None:
    """With an answer of long lines, the switch on and a dialog."""
    metrics = {"width": width, "height": 700, "deviceScaleFactor": 1, "mobile": width == 320}
    page.browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    page.open("/#hostile", shows="<script>document.title")
    page.browser.find_element("id", "switch-prefer").send_keys("delay=1, lie=null-member")
    page.press("Turn on", shows="ON: every answer")
    page.press("Make this a fixture", shows="ixture")

    assert width >= page.ask("document.documentElement.scrollWidth")
    assert [] == page.ask(
        "[...document.querySelectorAll('body *')].filter(each => each.offsetParent"
        " && !each.matches('.unseen, #skip') && each.getBoundingClientRect().right > innerWidth)"
        ".map(each => each.id || each.outerHTML.slice(0, 80))"
    )
