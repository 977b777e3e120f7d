"""The body of a request is held against the document, and a refusal names the place."""

from __future__ import annotations

from pathlib import Path

import pytest
from mock_client import Answer, Client

from find_webhook_kit.mock_server.settings import Settings

PETS = Path(__file__).with_name("data") / "contracts" / "petstore.yaml"
JSON = "application/json"


def posted(path: str, body: bytes, media_type: str | None, method: str = "POST") -> Answer:
    """Send a body to the pet shop."""
    headers = [] if media_type is None else [("Content-Type", media_type)]
    length = ("Content-Length", str(len(body)))
    return Client(Settings(contract=PETS)).ask(path, *headers, length, method=method, body=body)


@pytest.mark.parametrize(
    ("body", "media_type", "status"),
    [
        (b'{"name": "Tom"}', JSON, 201),
        (b'{"name": "Tom"}', "Application/JSON; charset=utf-8", 201),
        (b'{"name": "Tom", "more": null}', JSON, 201),
        (b'{"name": ""}', JSON, 422),
        (b'{"name": "Tom", "id": 3}', JSON, 422),
        (b'{"name": "Tom", "status": "gone"}', JSON, 422),
        (b"{}", JSON, 422),
        (b"null", JSON, 422),
        (b'{"name": "Tom"', JSON, 422),
        (b'{"name": NaN}', JSON, 422),
        (b"[" * 100_000, JSON, 422),
        (b"\xff", JSON, 422),
        (b"", JSON, 422),
        (b"", None, 422),
        (b"name=Tom", "application/x-www-form-urlencoded", 415),
        (b'{"name": "Tom"}', None, 415),
    ],
)
def test_body_is_what_the_schema_says(body: bytes, media_type: str | None, status: int) -> None:
    """What is readOnly has no place in it; another media type is a 415."""
    assert status == posted("/pets", body, media_type).status


def test_refusal_has_the_documented_shape_and_names_the_place() -> None:
    """The text stands in the property that is for it."""
    answer = posted("/pets", b'{"name": "Tom", "tags": ["a", 7]}', JSON)

    assert {
        "code": 422,
        "message": "The request does not fit the contract: body at /tags/1 is not string.",
    } == answer.json
    assert JSON == answer.headers["Content-Type"]


def test_body_that_may_be_absent_may_be_absent() -> None:
    """A Content-Type alone is no body."""
    assert 204 == posted("/pets/1/note", b"", JSON, "PUT").status
    assert 400 == posted("/pets/1/note", b'{"other": 1}', JSON, "PUT").status


def test_body_beyond_the_limit_is_refused(monkeypatch: pytest.MonkeyPatch) -> None:
    """Nobody fills the memory of the mock."""
    monkeypatch.setattr("find_webhook_kit.mock_server.app.validation.MAX_BODY", 10)

    assert 413 == posted("/pets", b'{"name": "Tom"}', JSON).status


def test_written_body_is_checked_anew_each_time() -> None:
    """An answer that hangs on a body is not kept for another body."""
    client = Client(Settings(contract=PETS))
    bodies = [b'{"name": "Tom"}'] * 3 + [b'{"nome": "Tom"}']
    answers = [client.ask("/pets", ("Content-Type", JSON), method="POST", body=it) for it in bodies]

    assert [201, 201, 201, 422] == [answer.status for answer in answers]
