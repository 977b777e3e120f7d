"""The page in a real browser: links to a choice, the list of requests, the switch, the filter."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from page_screen import Page

from find_webhook_kit.mock_server.http.server import Running, serving
from find_webhook_kit.mock_server.settings import Settings

pytestmark = pytest.mark.browser


@pytest.fixture
def page(browser: Any, mock: Running) -> Iterator[Page]:
    """The page, with a journal that is empty and a switch that is off."""
    mock.state.reset()
    yield Page(browser, mock.url)
    mock.state.reset()
    browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})


def size(page: Page, width: int, height: int) -> None:
    metrics = {"width": width, "height": height, "deviceScaleFactor": 1, "mobile": width < 500}
    page.browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)


@pytest.mark.parametrize(
    ("fragment", "instance", "prefer"),
    [
        ("example=one", "demo", "example=one"),
        ("lie=null-member", "demo", "lie=null-member"),
        ("minimal&lie=null-member", "minimal", "lie=null-member"),
        ("dynamic=true&seed=7", "demo", "dynamic=true, seed=7"),
        ("prefer=delay%3D1%2C%20code%3D200", "demo", "delay=1, code=200"),
        ("a=b", "a=b", ""),
        ("a%26lie%3Dx", "a&lie=x", ""),
    ],
)
def test_address_names_a_choice(page: Page, fragment: str, instance: str, prefer: str) -> None:
    """A link opens an instance, a preference, or both."""
    page.open(f"/#{fragment}", shows="200 OK")

    assert [instance, prefer] == page.ask(
        "['instance', 'prefer'].map(name => document.querySelector(`[name=${name}]`).value)"
    )


def test_address_follows_and_back_goes_back(page: Page) -> None:
    """Each press is a link to itself, and one can return to the press before."""
    page.open("/", shows="bad-request")
    page.press("minimal", shows="200 OK")
    page.press("lie=null-member", shows="breaks the contract")
    addresses = [page.ask("location.hash")]
    page.browser.back()
    page.until(lambda: page.ask("document.querySelector('[name=prefer]').value") == "")

    assert ["#minimal&lie=null-member", "#minimal"] == [*addresses, page.ask("location.hash")]
    page.wait("keeps the contract", "#facts")


def test_link_of_a_strange_instance_opens_it_again(page: Page) -> None:
    """What stands in an address comes back as it was."""
    page.open("/", shows="bad-request")
    strange = "a&lie=dropped %"
    page.browser.execute_script(
        "const field = document.querySelector('[name=instance]');"
        "field.value = arguments[0]; field.form.requestSubmit();",
        strange,
    )
    page.wait("200 OK", "#answer")
    page.open("/" + page.ask("location.hash"), shows="200 OK")

    assert strange == page.ask("document.querySelector('[name=instance]').value")


def test_answer_stays_in_view_at_1280_pixels(page: Page) -> None:
    """Long lists scroll in panes of their own, and the page does not."""
    size(page, 1280, 900)
    page.open("/", shows="bad-request")
    page.press("lie=dropped", shows="No answer")

    assert 900 >= page.ask("document.documentElement.scrollHeight")
    assert 900 >= page.ask(
        "document.getElementById('answer-status').getBoundingClientRect().bottom"
    )


def test_states_stand_in_the_order_of_need_and_lies_in_groups(page: Page) -> None:
    """What people look for first comes first, and a lie is found by where it lies."""
    page.open("/", shows="bad-request")
    buttons = "[...document.querySelectorAll('#groups details:first-child button')]"
    titles = "[...document.querySelectorAll('#groups summary')].map(each => each.firstChild.data)"

    assert ["demo", "empty", "many", "unauthorized", "bad-request", "server-error", "slow"] == (
        page.ask(f"{buttons}.slice(0, 7).map(button => button.textContent)")
    )
    lies = ("in the data", "in the shape", "in the body", "in the status", "of the network")
    assert ["States", "By header", *(f"Lies {where}" for where in lies)] == page.ask(titles)


@pytest.mark.parametrize(("width", "beside"), [(320, False), (768, True), (1280, True)])
def test_answer_stands_beside_the_choices_or_below_them(
    page: Page, width: int, *, beside: bool
) -> None:
    """A phone has no room for two, and says that the answer is there."""
    size(page, width, 900)
    page.open("/#minimal", shows="200 OK")
    choices, answer = (
        page.ask("document.querySelector(arguments[0]).getBoundingClientRect().toJSON()", selector)
        for selector in ("#choices", "#answer-status")
    )

    assert beside == (answer["left"] >= choices["right"])
    assert beside == (answer["top"] < choices["bottom"])
    assert beside != page.browser.find_element("id", "to-answer").is_displayed()


def test_link_shows_its_choice_in_the_list(page: Page) -> None:
    """However far down it stands; the page itself stays where it is."""
    size(page, 1280, 900)
    page.open("/#lie=dropped", shows="No answer")
    list_, chosen = (
        page.ask("document.querySelector(arguments[0]).getBoundingClientRect().toJSON()", selector)
        for selector in ("#groups", "#groups [aria-current]")
    )

    assert list_["top"] <= chosen["top"] <= chosen["bottom"] <= list_["bottom"]
    assert 0 == page.ask("scrollY")


@pytest.mark.parametrize("width", [320, 1280])
def test_failed_request_does_not_move_the_page(page: Page, width: int) -> None:
    """Who tries one lie after the other keeps the place."""
    size(page, width, 640)
    page.open("/", shows="bad-request")
    page.browser.execute_script("window.scrollTo(0, 90)")
    before = page.ask("scrollY")
    page.browser.execute_script("document.querySelector('[data-choice=\"lie=dropped\"]').click()")
    page.wait("No answer", "#answer-status")

    assert before == page.ask("scrollY")


def test_answer_without_headers_shows_no_empty_box(page: Page) -> None:
    """Where there is no answer, there is nothing in a frame."""
    page.open("/#lie=dropped", shows="No answer")

    assert [] == page.ask(
        "[...document.querySelectorAll('pre, dd, ul')]"
        ".filter(box => box.offsetParent && !box.textContent.trim()).map(box => box.id)"
    )


def test_filter_leaves_what_has_the_words(page: Page) -> None:
    """Names, descriptions and groups are looked through."""
    page.open("/", shows="bad-request")
    page.browser.find_element("id", "filter").send_keys("network drop")
    seen = "[...document.querySelectorAll('#groups button')].filter(b => b.offsetParent)"

    assert ["lie=dropped"] == page.ask(f"{seen}.map(b => b.textContent)")
    page.browser.find_element("id", "filter").send_keys(" zzz")
    page.wait("No choice has these words.")


def test_press_on_a_request_shows_all_of_it(page: Page) -> None:
    """Request, answer, reason and verdict of what somebody else asked for."""
    page.open("/", shows="None yet.")
    page.browser.execute_script(
        "fetch('api/v2/instance/twins/webhook', {headers: {"
        "Authorization: 'Bearer demo-token', Prefer: 'lie=null-member', 'X-Mine': 'yes'}})"
    )
    page.wait("lie: null-member", "#journal")
    assert "Prefer: lie=null-member" in page.text("#journal")
    page.browser.find_element("css selector", "#journal button").click()
    page.wait('"name": null', "#answer-body")

    assert "twins.yaml" in page.text("#facts")
    assert "/0/name" in page.text("#facts")
    assert "x-mine: ***" in page.ask("document.getElementById('asked-headers').textContent")


def test_request_in_the_list_says_all_of_it(page: Page) -> None:
    """Method, path, status, duration, time, verdict, Prefer and lie."""
    page.open("/#lie=null-member", shows="breaks the contract")
    page.wait("breaks the contract", "#journal")
    words = page.ask(
        "[...document.querySelectorAll('#journal li:first-child span')].map(s => s.textContent)"
    )

    assert ["GET /api/v2/instance/demo/webhook", "200"] == words[:2]
    assert words[2].endswith(" ms")
    assert ["breaks the contract", "Prefer: lie=null-member", "lie: null-member"] == words[4:]


@pytest.mark.parametrize(("label", "word"), [("curl", "curl -i"), ("fetch", "await fetch(")])
def test_request_in_the_list_can_be_sent_again(page: Page, label: str, word: str) -> None:
    """With what it preferred, and a token of one's own in the place of the masked one."""
    page.open("/", shows="None yet.")
    page.browser.execute_script(
        "Object.defineProperty(navigator, 'clipboard', {value: undefined, configurable: true});"
        "fetch('api/v2/instance/twins/webhook', {headers: {"
        "Authorization: 'Bearer demo-token', Prefer: 'lie=null-member'}})"
    )
    page.wait("lie: null-member", "#journal")
    page.browser.find_element("css selector", "#journal button").click()
    page.wait("twins", "#answer-status")
    page.press(f"{label} of this request", shows="Copy this")
    text = page.text("#offer-text")

    assert text.startswith(("curl", "const response"))
    assert word in text
    assert "/api/v2/instance/twins/webhook" in text
    assert "lie=null-member" in text
    assert "Bearer demo-token" in text


def test_answer_becomes_a_fixture(page: Page, tmp_path: Path) -> None:
    """What the page offers is a file that the mock serves."""
    page.open("/#twins", shows="200 OK")
    page.wait("keeps the contract", "#facts")
    page.press("Make this a fixture", shows="Fixture twins.json")
    text = page.text("#offer-text")
    (tmp_path / "twins.json").write_text(text)
    with serving(Settings(port=0, fixtures=tmp_path)) as running:
        assert () == tuple(running.state.fixture_store.issues)
        assert "twins" in running.state.fixture_store.by_id

    assert 2 == len(json.loads(text)["webhooks"])
    assert "twins.json" == page.ask("document.getElementById('offer-file').download")


@pytest.mark.parametrize(
    ("fragment", "key"), [("unauthorized", "answer"), ("lie=null-member", "prefer")]
)
def test_failure_becomes_a_fixture(page: Page, fragment: str, key: str) -> None:
    """An error by the name of its example, a lie by its preference."""
    page.open(f"/#{fragment}", shows="Make this a fixture")
    page.wait("contract", "#facts")
    page.press("Make this a fixture", shows="Fixture ")

    assert key in json.loads(page.text("#offer-text"))


def test_switch_is_loud_while_it_is_on(page: Page, mock: Running) -> None:
    """It turns on and off, and says so on top."""
    page.open("/", shows="bad-request")
    page.browser.find_element("id", "switch-prefer").send_keys("lie=null-member")
    page.press("Turn on", shows="ON: every answer of this mock prefers lie=null-member.")
    assert "lie=null-member" == mock.state.standing.text
    page.press("demo", shows="breaks the contract")
    page.press("Turn off", shows="All requests prefer")
    page.until(lambda: "ON:" not in page.text("#switch"))

    assert "" == mock.state.standing.text


@pytest.mark.parametrize("width", [320, 1280])
def test_switch_that_is_on_stays_in_sight(page: Page, mock: Running, width: int) -> None:
    """On top of everything, in a colour of its own, in the title too, and in each row."""
    size(page, width, 700)
    mock.state.prefer("lie=null-member")
    page.open("/#demo", shows="ON: every answer")
    page.wait("switch: lie=null-member", "#journal")
    page.browser.execute_script("window.scrollTo(0, document.body.scrollHeight)")
    box = page.ask("document.getElementById('switch').getBoundingClientRect().toJSON()")
    colours = page.ask(
        "['#switch', '#choices'].map(id => getComputedStyle(document.querySelector(id)))"
        ".map(style => style.backgroundColor)"
    )

    assert 0 <= box["top"] < 700
    assert colours[0] != colours[1]
    assert page.browser.title.startswith("● ")


def test_switch_says_what_it_refuses(page: Page) -> None:
    """A preference that nobody can have stays off, with the reason."""
    page.open("/", shows="bad-request")
    page.browser.find_element("id", "switch-prefer").send_keys("lie=nothing")
    page.press("Turn on", shows="Not changed. 400")
