"""Fixtures that several test modules share: a mock on a socket, and a real browser."""

from __future__ import annotations

import os
import shutil
from collections.abc import Iterator
from typing import Any

import pytest
from mock_client import Client

from find_webhook_kit.mock_server.http.server import Running, serving

FLAGS = (
    "--headless=new",
    "--no-sandbox",  # CI runs as root
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--window-size=1280,900",
)


MOST_WORKERS = 16
"""Each reads all of the tests first, so that more of them cost more than they save."""


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers() -> int:
    """Take two workers for each core with `-n auto`: much of a test's time is waiting."""
    return min(2 * (os.cpu_count() or 1), MOST_WORKERS)


@pytest.fixture(scope="session")
def browser(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Any]:
    """A headless Chromium with a profile of its own."""
    # `make test` does without a browser, and starts faster without its driver.
    from selenium import webdriver  # noqa: PLC0415
    from selenium.webdriver.chrome.service import Service  # noqa: PLC0415

    paths = {name: shutil.which(name) for name in ("chromium", "chromedriver")}
    missing = [name for name, path in paths.items() if path is None]
    if missing:
        pytest.fail(f"{' and '.join(missing)} not found: install Chromium and its driver")
    options = webdriver.ChromeOptions()
    options.set_capability("goog:loggingPrefs", {"browser": "ALL"})
    options.binary_location = str(paths["chromium"])
    profile = tmp_path_factory.mktemp("profile")
    for flag in (*FLAGS, f"--user-data-dir={profile}"):
        options.add_argument(flag)
    driver = webdriver.Chrome(options=options, service=Service(str(paths["chromedriver"])))
    driver.set_script_timeout(20)
    yield driver
    driver.quit()


@pytest.fixture(scope="session")
def mock() -> Iterator[Running]:
    """A mock on a free port."""
    with serving() as running:
        yield running


@pytest.fixture(scope="module")
def client() -> Client:
    """A client, in this process, of a mock as it comes."""
    return Client()
