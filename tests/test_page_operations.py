"""The page of a contract of others: each operation with its own choices, and a body to send."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator
from http import HTTPStatus
from pathlib import Path
from typing import Any
from urllib.parse import quote

import pytest
from page_screen import Page

from find_webhook_kit.mock_server.http.server import Running, serving
from find_webhook_kit.mock_server.settings import Settings

pytestmark = pytest.mark.browser

PETSTORE = Path(__file__).parent / "data" / "contracts" / "petstore.yaml"


@pytest.fixture(scope="module")
def pets() -> Iterator[Running]:
    """A mock of the pet shop."""
    with serving(Settings(port=0, contract=PETSTORE)) as running:
        yield running


@pytest.fixture
def page(browser: Any, pets: Running) -> Page:
    """Its page, with a journal that is empty."""
    pets.state.reset()
    return Page(browser, pets.url)


def body(page: Page) -> str:
    return str(page.ask("document.querySelector('[name=body]').value"))


def type_body(page: Page, text: str) -> None:
    page.browser.execute_script("document.querySelector('[name=body]').value = arguments[0]", text)


def snippet(page: Page, label: str) -> str:
    """Press a button that copies, in a browser that lets nobody copy."""
    page.browser.execute_script(
        "Object.defineProperty(navigator, 'clipboard', {value: undefined, configurable: true})"
    )
    page.press(label, shows="Copy this")
    return page.text("#offer-text")


def test_each_operation_has_its_own_choices(page: Page) -> None:
    """Examples, statuses without one, and the lies that suit it."""
    page.open("/", shows="GET /pets")
    listed = "[...document.querySelectorAll('#groups button')].map(b => b.textContent)"
    first = set(page.ask(listed))
    page.browser.find_element("css selector", "option[value=getPet]").click()
    second = set(page.ask(listed))

    assert {"example=two", "example=none", "code=400", "lie=object-for-array"} <= first
    assert {"code=400", "code=404"} <= second
    assert not {"example=two", "lie=object-for-array"} & second


def test_status_without_an_example_is_one_press_away(page: Page) -> None:
    """What the contract documents can be seen, whoever wrote it."""
    page.open("/#operation=getPet", shows="200 OK")
    page.press("code=404", shows="404 Not Found")
    page.wait("keeps the contract", "#facts")

    assert "#operation=getPet&code=404" == page.ask("location.hash")


def test_what_sends_a_long_body_stays_in_sight(page: Page) -> None:
    """The form scrolls by itself, and its button not out of it."""
    page.open("/#operation=addPet", shows="Send POST")
    script = "document.querySelector(arguments[0]).getBoundingClientRect().bottom"
    page.browser.execute_script("document.querySelector('[name=body]').rows = 40")

    assert page.ask(script, "#try") <= page.ask(script, "#asking")


def test_body_starts_from_the_example_of_the_contract(page: Page) -> None:
    """It is JSON, with its media type beside it, and the mock takes it."""
    page.open("/#operation=addPet", shows="Send POST")

    assert {"name": "Tom", "status": "available"} == json.loads(body(page))
    assert "Body application/json" == page.text("#body-label")
    page.press("Send POST", shows="201 Created")
    page.wait("keeps the contract", "#facts")
    assert '"name": "Tom"' in page.ask("document.getElementById('asked-body').textContent")


def test_body_starts_from_a_sample_where_there_is_no_example(page: Page) -> None:
    """What is `readOnly` is not in it, so the mock takes it, too."""
    page.open("/#operation=changePet", shows="Send PUT")

    assert "id" not in json.loads(body(page))
    page.press("Send PUT", shows="200 OK")


def test_body_that_the_contract_forbids_is_refused(page: Page) -> None:
    """What is typed is what is sent."""
    page.open("/#operation=addPet", shows="Send POST")
    type_body(page, '{"name": ""}')
    page.press("Send POST", shows="422")


def test_operation_that_reads_has_no_body(page: Page) -> None:
    """Neither a field, nor a word about writing."""
    page.open("/#operation=getPet", shows="200 OK")

    assert not page.browser.find_element("name", "body").is_displayed()
    assert not page.browser.find_element("id", "writes").is_displayed()
    assert "Try" == page.text("#try")


def test_link_fills_a_writing_request_in_and_does_not_send_it(page: Page, pets: Running) -> None:
    """The page says that it writes, and waits for a press."""
    page.open("/#operation=addPet&code=422", shows="POST writes.")
    page.wait("None yet.")

    assert "code=422" == page.ask("document.querySelector('[name=prefer]').value")
    assert 0 == len(pets.state.journal)
    page.press("Send POST", shows="422")


def test_link_carries_a_body(page: Page) -> None:
    """The address follows what was sent, and opens it again as it was."""
    text = '{"name": "A & B # % = é"}'
    page.open("/#operation=addPet", shows="Send POST")
    type_body(page, text)
    page.press("Send POST", shows="201 Created")
    address = page.ask("location.hash")
    page.open("/" + address, shows="Send POST")

    assert f"#operation=addPet&body={quote(text)}" == address
    assert text == body(page)


def test_curl_carries_the_body(page: Page, pets: Running) -> None:
    """A shell that runs it sends what the page would, quotes included."""
    page.open("/#operation=addPet", shows="Send POST")
    type_body(page, """{"name": "O'Neil"}""")
    command = snippet(page, "Copy curl")
    done = subprocess.run(["sh", "-c", command], capture_output=True, text=True, check=True)  # noqa: S603, S607

    assert "201 Created" in done.stdout
    assert """O'\\''Neil"}' """ in command
    assert 1 == len(pets.state.journal)


def test_fetch_carries_the_body(page: Page) -> None:
    """A console that runs it sends what the page would."""
    page.open("/#operation=addPet", shows="Send POST")
    type_body(page, """{"name": "O'Neil"}""")
    program = snippet(page, "Copy fetch")
    status = page.browser.execute_async_script(
        f"const done = arguments[0]; (async () => {{ {program} done(response.status); }})()"
    )

    assert HTTPStatus.CREATED == status
    assert "O'Neil" in program


def test_answer_of_an_operation_becomes_a_fixture(page: Page, tmp_path: Path) -> None:
    """A file in a folder of its name, which a mock serves for the same parameters."""
    page.open("/#operation=getPet&path.petId=7", shows="200 OK")
    page.wait("keeps the contract", "#facts")
    page.press("Make this a fixture", shows="the folder getPet of the one that --fixtures names")
    (tmp_path / "getPet").mkdir()
    (tmp_path / "getPet" / "recorded.json").write_text(page.text("#offer-text"))
    with serving(Settings(port=0, contract=PETSTORE, fixtures=tmp_path)) as running:
        assert () == tuple(running.state.fixture_store.issues)
        other = Page(page.browser, running.url)
        other.open("/#operation=getPet&path.petId=7", shows="getPet/recorded.json")


def test_writing_request_of_somebody_else_says_what_is_not_kept(page: Page) -> None:
    """A curl without the body that was sent is not offered as if it were whole."""
    page.open("/", shows="None yet.")
    page.browser.execute_script(
        "fetch('pets', {method: 'POST', body: '{\"name\": \"Rex\"}',"
        " headers: {'Content-Type': 'application/json', Authorization: 'Bearer demo-token'}})"
    )
    page.wait("POST /pets", "#journal")
    page.browser.find_element("css selector", "#journal button").click()
    page.wait("201: POST /pets", "#answer-status")

    kept = '"name": "Rex"' in page.ask("document.getElementById('asked-body').textContent")
    assert kept or "15 bytes were sent" in page.text("#facts")


def test_mock_that_keeps_writes_shows_what_was_written(browser: Any) -> None:
    """What a press creates stands in the list, and goes with the next press."""
    with serving(Settings(port=0, writes=True)) as running:
        page = Page(browser, running.url)
        page.open("/#operation=createWebhook&empty", shows="Send POST")
        type_body(page, '{"name": "mine", "url": "https://example.com/mine", "enabled": true}')
        page.press("Send POST", shows="201 Created")
        page.wait("keeps the contract", "#facts")
        made = json.loads(page.ask("document.getElementById('answer-body').textContent"))
        page.open("/#empty", shows='"name": "mine"')
        page.open(
            f"/#operation=deleteWebhook&empty&path.webhookId={made['webhookId']}", shows="Send"
        )
        page.press("Send DELETE", shows="200 OK")
        page.open("/#empty", shows="200 OK")

        assert "[]" == page.text("#answer-body")
