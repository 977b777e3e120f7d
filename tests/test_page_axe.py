"""axe-core finds nothing to mend on the pages; `make test-page` brings it."""

from __future__ import annotations

import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from page_screen import Page

from find_webhook_kit.mock_server.http.server import Running, serving
from find_webhook_kit.mock_server.settings import Settings

pytestmark = pytest.mark.browser

PETSTORE = Path(__file__).parent / "data" / "contracts" / "petstore.yaml"
LOOK = """
const done = arguments[0];
axe.run(document).then(found => done(found.violations.map(each =>
  `${each.id}: ${each.nodes.map(node => node.target.join(' ')).join(', ')}`)));
"""


@pytest.fixture(
    params=[(width, scheme) for width in (320, 768, 1280) for scheme in ("light", "dark")],
    ids=lambda param: f"{param[0]}-{param[1]}",
)
def screen(browser: Any, request: pytest.FixtureRequest) -> Iterator[Any]:
    """A browser of some width, in one of both schemes."""
    if "AXE" not in os.environ:
        pytest.skip("AXE names no axe.min.js: `make test-page` fetches one")
    width, scheme = request.param
    feature = {"name": "prefers-color-scheme", "value": scheme}
    metrics = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 500}
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [feature]})
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    yield browser
    browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})


@pytest.fixture(scope="module")
def pets() -> Iterator[Running]:
    """A mock of a contract with several operations, bodies and servers elsewhere."""
    with serving(Settings(port=0, contract=PETSTORE)) as running:
        yield running


def found(page: Page) -> list[str]:
    """What axe says of the page as it is."""
    if not page.ask("'axe' in window"):
        page.browser.execute_script(Path(os.environ["AXE"]).read_text())
    return list(page.browser.execute_async_script(LOOK))


def test_axe_finds_nothing(screen: Any, mock: Running) -> None:
    """Neither at first, nor with an answer, nor with the switch on."""
    mock.state.reset()
    page = Page(screen, mock.url)
    page.open("/", shows="bad-request")
    first = found(page)
    mock.state.prefer("lie=null-member")
    page.press("minimal", shows="breaks the contract")
    page.wait("ON: every answer")
    then = found(page)
    page.press("Make this a fixture", shows="Fixture minimal.json")
    offered = found(page)
    mock.state.reset()

    assert ([], [], []) == (first, then, offered)


def test_axe_finds_nothing_in_the_reference(screen: Any, mock: Running) -> None:
    """Neither at first, nor with an answer, nor in the dialog of credentials."""
    page = Page(screen, mock.url)
    page.open("/docs", shows="Retrieve the webhook linked to an instance.")
    first = found(page)
    screen.execute_script("document.querySelector('.execute').click()")
    page.wait("Authorization: Bearer demo-token")
    then = found(page)
    screen.execute_script("document.querySelector('.btn.authorize').click()")
    page.wait("Available authorizations")

    assert ([], [], []) == (first, then, found(page))


@pytest.mark.parametrize("path", ["/", "/docs"])
def test_axe_finds_nothing_with_several_operations(screen: Any, pets: Running, path: str) -> None:
    """Of a contract that is not ours, with bodies to send."""
    page = Page(screen, pets.url)
    page.open(path, shows="PUT")

    assert [] == found(page)
