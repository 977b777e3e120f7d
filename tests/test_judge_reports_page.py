"""The HTML report is one file that asks for nothing, runs nothing and reads well."""

from __future__ import annotations

import re
from base64 import b64encode
from collections.abc import Iterator
from dataclasses import replace
from hashlib import sha256
from html.parser import HTMLParser
from pathlib import Path
from typing import Any

import pytest
from liars.honest import KNOWN_IDS, TOKEN, UNKNOWN_ID, answer, found, said
from liars.server import Request, Speech, serving
from verdicts import CONFORMS, FINDING, HOSTILE, MASK, NOT_PROVEN, UNREACHABLE, everywhere, told

from find_webhook_kit.contracts.config.options import Options
from find_webhook_kit.contracts.judge import judge
from find_webhook_kit.contracts.reports import Mask, report, write
from find_webhook_kit.contracts.reports.page import SHOWN, as_html
from find_webhook_kit.contracts.reports.promise import standard
from find_webhook_kit.contracts.wire.target import target

# What may load or run something, and what may stand in a tag.
ATTRIBUTES = {
    "aria-label",
    "aria-labelledby",
    "charset",
    "checked",
    "class",
    "content",
    "data-name",
    "href",
    "http-equiv",
    "id",
    "lang",
    "name",
    "rel",
    "scope",
    "tabindex",
    "title",
    "type",
}
LOADERS = {"script", "img", "link", "iframe", "object", "embed", "video", "audio", "base", "form"}


class Tags(HTMLParser):
    """Lists the tags of a page with their attributes, and its text."""

    def __init__(self, page: str) -> None:
        super().__init__()
        self.tags: list[tuple[str, dict[str, str | None]]] = []
        self.words = ""
        self.feed(page)

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        self.tags.append((tag, dict(attrs)))

    def handle_data(self, data: str) -> None:
        self.words += data

    def values(self, name: str) -> list[str]:
        return [str(attributes[name]) for _, attributes in self.tags if name in attributes]


@pytest.mark.parametrize(
    "page",
    [told(), told(everywhere(HOSTILE)), *(report(it, MASK) for it in (CONFORMS, NOT_PROVEN))],
)
def test_page_has_nothing_that_loads_or_runs(page: Any) -> None:
    """No element fetches, no attribute runs, whatever a server said."""
    parsed = Tags(as_html(page))

    assert set() == {tag for tag, _ in parsed.tags} & LOADERS
    assert {name for _, attributes in parsed.tags for name in attributes} <= ATTRIBUTES
    assert all(
        href.startswith(("#", "https://www.rfc-editor.org/rfc/")) for href in parsed.values("href")
    )


def test_policy_of_the_page_allows_its_own_style_alone() -> None:
    """The style sheet is named by its digest; everything else is forbidden."""
    page = as_html(told())
    style = page.partition("<style>")[2].partition("</style>")[0]
    digest = b64encode(sha256(style.encode()).digest()).decode()
    policy = next(
        attributes["content"]
        for _, attributes in Tags(page).tags
        if attributes.get("http-equiv") == "Content-Security-Policy"
    )

    assert (
        f"default-src 'none'; style-src 'sha256-{digest}'; base-uri 'none'; form-action 'none'"
    ) == policy


def test_text_of_a_server_is_shown_as_it_came() -> None:
    """Markup is text, and what would steer the reader is written out."""
    words = Tags(as_html(told(everywhere(HOSTILE)))).words

    assert "<script>document.title = 'owned'</script>" in words
    assert "\\u202e\\u001b[31m\\u000d\\u000a" in words
    assert "\N{RIGHT-TO-LEFT OVERRIDE}" not in words


def test_each_clause_has_an_anchor_of_its_own() -> None:
    """A link to a clause, from a finding or from outside, leads to its row."""
    parsed = Tags(as_html(told()))
    ids = parsed.values("id")
    links = {href[1:] for href in parsed.values("href") if href.startswith("#")}

    assert sorted(set(ids)) == sorted(ids)
    assert {line.id for line in told().clauses} <= set(ids)
    assert links <= set(ids)


def test_page_counts_the_findings_that_it_does_not_show() -> None:
    """A thousand articles are no page."""
    many = told(*(replace(FINDING, message=str(number)) for number in range(1_500)))
    page = as_html(many)

    assert SHOWN == page.count("<article>")
    assert f"and {1_500 - SHOWN} more findings" in page


def test_page_of_an_unreachable_target_says_why() -> None:
    """There is nothing else to tell."""
    assert "refused" in Tags(as_html(report(UNREACHABLE, MASK))).words


@pytest.mark.parametrize(
    ("words", "address"),
    [
        ("RFC 9110, section 9.2.1: GET is safe", "rfc9110#section-9.2.1"),
        ("RFC 9112, sections 2.2, 5 and 6", "rfc9112#section-2.2"),
        ("RFC 6585", "rfc6585"),
    ],
)
def test_standard_is_a_link_to_its_section(words: str, address: str) -> None:
    """The first section that a source names."""
    assert f"https://www.rfc-editor.org/rfc/{address}" == standard(words)


# In a browser


@pytest.fixture(scope="module")
def hostile(tmp_path_factory: pytest.TempPathFactory) -> Iterator[tuple[str, list[str]]]:
    """The report about a server that says markup wherever it can, and what it was asked later."""
    heard: list[str] = []

    def speak(request: Request) -> Speech:
        heard.append(request.target)
        host = request.values("host")[0]
        trap = f"<img src=http://{host}/trap onerror=\"document.title='owned'\">{HOSTILE}"
        trap += f"<link rel=stylesheet href=http://{host}/trap>"
        given = answer(request)
        if given.body.startswith(b"[{"):
            given = found([{trap: trap, "url": {trap: trap}, "name": trap, "enabled": trap}])
        return said(request, given)

    folder = tmp_path_factory.mktemp("report")
    with serving(speak) as url:
        judged = target(url, token=TOKEN, instance_ids=KNOWN_IDS, unknown_id=UNKNOWN_ID)
        write(folder, report(judge(judged, Options(max_examples=0)), Mask(TOKEN)))
        heard.clear()
        yield (folder / "report.html").as_uri(), heard


@pytest.mark.browser
def test_hostile_server_runs_no_script_and_hears_nothing(
    browser: Any, hostile: tuple[str, list[str]]
) -> None:
    """Its markup is on the page as text, and no request leaves the file."""
    address, heard = hostile
    browser.get_log("browser")
    browser.get(address)
    shown = browser.execute_script("return document.body.innerText")

    assert browser.title.startswith("does-not-conform: http://127.0.0.1:")
    assert "<img src=http" in shown
    assert 0 == browser.execute_script("return performance.getEntriesByType('resource').length")
    assert [] == heard
    assert [] == browser.get_log("browser")


@pytest.mark.browser
def test_policy_stops_what_escaping_would_have_missed(
    browser: Any, hostile: tuple[str, list[str]]
) -> None:
    """Markup that got into the page runs nothing and fetches nothing."""
    address, heard = hostile
    browser.get(address)
    url = re.sub(r".*(http://\S+).*", r"\1", browser.title)
    browser.execute_async_script(
        "const done = arguments[1];"
        "document.addEventListener('securitypolicyviolation', () => setTimeout(done, 50));"
        "document.body.insertAdjacentHTML('beforeend', arguments[0]);",
        f"<img src={url}/trap onerror=\"document.title='owned'\">",
    )

    assert browser.title.startswith("does-not-conform")
    assert [] == heard


@pytest.fixture
def page(browser: Any, tmp_path: Path) -> Any:
    """The report about the verdict that has something of everything."""
    write(tmp_path, told())
    browser.get((tmp_path / "report.html").as_uri())
    yield browser
    browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})


@pytest.mark.browser
def test_findings_are_filtered_by_keyboard(page: Any) -> None:
    """The space bar on a severity hides its findings, without any script."""
    from selenium.webdriver.common.keys import Keys  # noqa: PLC0415

    box, section = (page.find_element("css selector", it) for it in ("#show-error", ".error"))
    before = section.is_displayed()
    box.send_keys(Keys.SPACE)

    assert (True, False) == (before, section.is_displayed())
    assert page.find_element("css selector", ".warning").is_displayed()


@pytest.mark.browser
@pytest.mark.parametrize("width", [320, 1280])
def test_page_fits_the_screen(browser: Any, hostile: tuple[str, list[str]], width: int) -> None:
    """Nobody scrolls sideways, not even for a server's longest words."""
    metrics = {"width": width, "height": 800, "deviceScaleFactor": 1, "mobile": False}
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    browser.get(hostile[0])
    wide = browser.execute_script("return document.documentElement.scrollWidth")
    browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})

    assert width >= wide


@pytest.mark.browser
@pytest.mark.parametrize("scheme", ["light", "dark"])
def test_page_is_readable_by_day_and_by_night(page: Any, scheme: str) -> None:
    """Every text stands out from what is behind it (WCAG 2.2, 1.4.3: 4.5 to 1)."""
    feature = {"name": "prefers-color-scheme", "value": scheme}
    page.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [feature]})
    dark, weakest = page.execute_script(CONTRAST)

    assert (scheme == "dark") == dark
    assert 4.5 <= weakest


CONTRAST = """
const light = colour => {
  const [r, g, b] = colour.match(/[\\d.]+/g).map(value => value / 255)
    .map(value => value <= 0.04045 ? value / 12.92 : ((value + 0.055) / 1.055) ** 2.4);
  return 0.2126 * r + 0.7152 * g + 0.0722 * b;
};
const behind = element => {
  const colour = getComputedStyle(element).backgroundColor;
  return colour === 'rgba(0, 0, 0, 0)' ? behind(element.parentElement) : colour;
};
const ratios = [...document.querySelectorAll('body *')]
  .filter(element => element.innerText)
  .map(element => {
    const pair = [light(getComputedStyle(element).color), light(behind(element))];
    return (Math.max(...pair) + 0.05) / (Math.min(...pair) + 0.05);
  });
return [light(behind(document.body)) < 0.5, Math.min(...ratios)];
"""
