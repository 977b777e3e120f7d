"""The mock's page as a person uses it, in a real browser."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any


class Page:
    """The page as a person uses it."""

    def __init__(self, browser: Any, url: str) -> None:
        self.browser = browser
        self.url = url

    def open(self, path: str, *, shows: str) -> None:
        """Open a path, with a console of its own, and wait until a text is there."""
        self.browser.get("about:blank")  # a fragment alone would not load again
        self.browser.get_log("browser")
        self.browser.get(self.url + path)
        self.wait(shows)

    def press(self, label: str, *, shows: str) -> None:
        """Press the button of this label, and wait until a text is there."""
        self.browser.find_element("xpath", f"//button[text()='{label}']").click()
        self.wait(shows)

    def wait(self, text: str, selector: str = "body") -> None:
        """Wait until a text can be read."""
        self.until(lambda: text in self.text(selector))

    def until(self, holds: Callable[[], object]) -> None:
        """Wait until something holds."""
        # `make test` does without a browser, and starts faster without its driver.
        from selenium.webdriver.support.wait import WebDriverWait  # noqa: PLC0415

        WebDriverWait(self.browser, 10, poll_frequency=0.05).until(lambda _: holds())

    def type(self, key: str) -> None:
        """Press a key, by its name in WebDriver, wherever the focus is."""
        from selenium.webdriver.common.action_chains import ActionChains  # noqa: PLC0415
        from selenium.webdriver.common.keys import Keys  # noqa: PLC0415

        ActionChains(self.browser).send_keys(getattr(Keys, key)).perform()

    def text(self, selector: str) -> str:
        """What a person can read there."""
        return str(self.browser.find_element("css selector", selector).text)

    def ask(self, script: str, *arguments: object) -> Any:
        """Return what an expression of JavaScript comes to."""
        return self.browser.execute_script(f"return ({script})", *arguments)

    @property
    def console(self) -> list[str]:
        """What the browser complained about since the page was opened."""
        return [entry["message"] for entry in self.browser.get_log("browser")]

    @property
    def origins(self) -> set[str]:
        """Where everything that was loaded came from."""
        names = "performance.getEntriesByType('resource').map(entry => new URL(entry.name).origin)"
        return set(self.ask(names))
