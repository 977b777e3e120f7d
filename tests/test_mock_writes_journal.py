"""The journal has what a request carried, without the secrets in it."""

from __future__ import annotations

import json
from typing import Any

import pytest
from writable_mock import NEW, WritableMock

from find_webhook_kit.spec.secrets import masked_json

SECRET = "s3cr3t-k81f"


def archived(mock: WritableMock) -> list[Any]:
    entries: list[Any] = mock.ask("GET", "/__mock/journal.har").json()["log"]["entries"]
    return entries


def test_archive_has_the_body_of_a_request() -> None:
    """As HAR 1.2 has it, with its media type and its size."""
    mock = WritableMock()
    mock.made()
    (entry,) = archived(mock)
    sent = json.dumps(NEW)

    assert sent == entry["request"]["postData"]["text"]
    assert "application/json" == entry["request"]["postData"]["mimeType"]
    assert len(sent) == entry["request"]["bodySize"]


def test_archive_says_nothing_of_a_body_that_was_not_there() -> None:
    """A GET has none."""
    mock = WritableMock()
    mock.ask("GET")

    assert "postData" not in archived(mock)[0]["request"]


def test_journal_shows_the_body_of_a_request() -> None:
    """So does the exchange that a test gets."""
    mock = WritableMock()
    mock.made()
    (entry,) = mock.ask("GET", "/__mock/journal").json()["entries"]

    assert (json.dumps(NEW), len(json.dumps(NEW))) == (
        entry["request_body"],
        entry["request_bytes"],
    )
    assert json.dumps(NEW).encode() == mock.state.journal[-1].request_body


@pytest.mark.parametrize(
    "body",
    [
        {**NEW, "url": f"https://me:{SECRET}@hooks.example.com/in"},
        {**NEW, "url": f"https://hooks.example.com/in?sig={SECRET}&page=1"},
        {**NEW, "url": f"https://hooks.example.com/in#{SECRET}"},
        {**NEW, "password": SECRET},
        {**NEW, "headers": {"Authorization": f"Bearer {SECRET}"}},
        {**NEW, "more": [f"Bearer {SECRET}"]},
        {**NEW, "apiKey": [SECRET]},
        f'{{"name": "{SECRET}"'.encode(),
    ],
)
def test_secret_of_a_body_is_in_no_journal(body: object) -> None:
    """Neither where it was sent nor where it comes back, in an answer to it or in a list."""
    mock = WritableMock()
    mock.ask("POST", "", body)
    mock.ask("GET")
    written = [mock.ask("GET", f"/__mock/journal{it}").text for it in ("", ".har")]

    assert not [text for text in written if SECRET in text]


def test_headers_of_the_mock_are_shown() -> None:
    """That an answer is an assumption is no secret."""
    mock = WritableMock()
    mock.ask("DELETE", f"/{mock.made()['webhookId']}")

    assert ("mock-assumption", "true") in mock.state.journal[-1].response_headers


def test_form_keeps_its_names() -> None:
    """What is no JSON is read as a query is; what has no parts is not shown."""
    mock = WritableMock()
    form = "application/x-www-form-urlencoded"
    mock.ask("POST", "", b"page=1&token=" + SECRET.encode(), Content_Type=form)
    mock.ask("POST", "", SECRET.encode(), Content_Type="text/plain")
    bodies = [entry["request"]["postData"]["text"] for entry in archived(mock)]

    assert ["page=1&token=***", "***"] == bodies


def test_body_without_secrets_is_shown_byte_for_byte() -> None:
    """Spaces and the order of members stay."""
    mock = WritableMock()
    body = b'{ "url": "https://a.example/b", "name" : "x" }'
    mock.ask("POST", "", body)

    assert body == mock.state.journal[-1].request_body


def test_what_is_true_or_false_is_no_secret() -> None:
    """A flag that is called as a secret is shows how it stands."""
    assert {"newJwt": False, "token": None} == masked_json({"newJwt": False, "token": None})
    assert {"pin": "***"} == masked_json({"pin": 7})


@pytest.mark.parametrize("name", ["apiKey", "api_key", "API-KEY", "clientSecret", "Authorization"])
def test_secret_is_known_by_a_word_of_its_name(name: str) -> None:
    """However the words are put together."""
    assert {name: "***"} == masked_json({name: SECRET})


@pytest.mark.parametrize("name", ["webhookEventsId", "name", "instanceId"])
def test_parts_of_two_words_make_no_secret(name: str) -> None:
    """An id is shown, though `sid` stands in its name."""
    assert {name: "x"} == masked_json({name: "x"})
