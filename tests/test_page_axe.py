"""axe-core finds nothing to mend on the page; `make test-page` brings it."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest
from page_screen import Page

from find_webhook_kit.mock_server.http.server import Running

pytestmark = pytest.mark.browser

LOOK = """
const done = arguments[0];
axe.run(document).then(found => done(found.violations.map(each =>
  `${each.id}: ${each.nodes.map(node => node.target.join(' ')).join(', ')}`)));
"""


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize("width", [320, 768, 1280])
def test_axe_finds_nothing(browser: Any, mock: Running, width: int, scheme: str) -> None:
    """Neither at first, nor with an answer, nor with the switch on."""
    if "AXE" not in os.environ:
        pytest.skip("AXE names no axe.min.js: `make test-page` fetches one")
    feature = {"name": "prefers-color-scheme", "value": scheme}
    metrics = {"width": width, "height": 900, "deviceScaleFactor": 1, "mobile": width < 500}
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": [feature]})
    browser.execute_cdp_cmd("Emulation.setDeviceMetricsOverride", metrics)
    mock.state.reset()
    page = Page(browser, mock.url)
    page.open("/", shows="bad-request")
    browser.execute_script(Path(os.environ["AXE"]).read_text())
    found = browser.execute_async_script(LOOK)
    mock.state.prefer("lie=null-member")
    page.press("minimal", shows="breaks the contract")
    page.wait("ON: every answer")
    found += browser.execute_async_script(LOOK)
    mock.state.reset()
    browser.execute_cdp_cmd("Emulation.clearDeviceMetricsOverride", {})
    browser.execute_cdp_cmd("Emulation.setEmulatedMedia", {"features": []})

    assert [] == found
