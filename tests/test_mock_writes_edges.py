"""Writes at the edges: of time, of what is sent, and of what else is asked for beside them."""

from __future__ import annotations

import gzip
from types import SimpleNamespace
from typing import Any

import pytest
from writable_mock import NEW
from writable_mock import WritableMock as Mock

from find_webhook_kit.mock_server.answers import collection, response
from find_webhook_kit.mock_server.answers.delivery import HungUpError
from find_webhook_kit.mock_server.answers.size import encoded
from find_webhook_kit.mock_server.app import handler

UPDATED = {"wh-16": "2099-12-31T23:59:59.001Z", "wh-18": "9999-12-31T23:59:59.999Z"}


@pytest.mark.parametrize("webhook", UPDATED)
def test_write_behind_a_time_that_lies_ahead_is_later_while_there_is_a_later(webhook: str) -> None:
    """A webhook from the end of time can be written, too; there its time stays."""
    mock = Mock(instance="dates")
    answer = mock.ask("PUT", f"/{webhook}", {"name": "x"})

    assert (201, UPDATED[webhook]) == (answer.status_code, answer.json()["updatedAt"])
    assert 200 == mock.ask("PATCH", f"/{webhook}/events", {"newJwt": False}).status_code


@pytest.mark.parametrize(("instance", "webhook"), [("demo", "wh-crm"), ("minimal", "wh-minimal")])
def test_merge_has_one_time(instance: str, webhook: str) -> None:
    """The webhook and its events were written at once, also where it had none before."""
    mock = Mock(instance=instance)
    events = mock.ask("PATCH", f"/{webhook}/events", {"newJwt": False}).json()

    assert events["updatedAt"] == mock.ask("GET", f"/{webhook}").json()["updatedAt"]
    assert events["createdAt"] <= events["updatedAt"]


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "x-unknown"])
def test_packed_body_is_refused_for_what_it_is(coding: str) -> None:
    """Not as bad JSON, but as a coding that the mock does not take (RFC 9110, 15.5.16)."""
    answer = Mock().ask("POST", "", gzip.compress(b"{}"), Content_Encoding=coding)

    assert (415, "identity") == (answer.status_code, answer.headers["Accept-Encoding"])
    assert coding in answer.json()["message"]


def test_body_that_says_that_it_is_not_packed_is_taken() -> None:
    """`identity` is no coding."""
    assert 201 == Mock().ask("POST", "", NEW, Content_Encoding="Identity").status_code


@pytest.mark.parametrize("weak", ["", "W/"])
def test_refusal_names_the_header_that_asks_for_it(weak: str) -> None:
    """`If-None-Match` is compared weakly, and told by its name."""
    mock = Mock()
    made = mock.ask("POST", "", NEW)
    tag = weak + made.headers["ETag"]
    answer = mock.ask("PUT", f"/{made.json()['webhookId']}", {"name": "x"}, If_None_Match=tag)

    assert 412 == answer.status_code
    assert "If-None-Match" in answer.json()["message"]


@pytest.mark.parametrize(
    ("instance", "status"), [("server-error", 500), ("rate-limited", 429), ("flaky", 503)]
)
@pytest.mark.parametrize("method", ["GET", "DELETE", "PUT"])
def test_state_of_an_api_that_fails_is_that_of_what_is_not_there(
    instance: str, status: int, method: str
) -> None:
    """An API that fails does not know whether it has a webhook."""
    body = {"name": "x"} if method == "PUT" else None

    assert status == Mock(instance=instance).ask(method, "/nothing", body).status_code


def test_connection_that_ends_does_so_for_what_is_not_there() -> None:
    """Whoever asks for no answer gets none."""
    with pytest.raises(HungUpError):
        Mock().ask("DELETE", "/nothing", Prefer="lie=dropped")


def test_flaky_api_has_its_good_moments() -> None:
    """There the webhook that nobody has is not found."""
    mock = Mock(instance="nobody")
    statuses = {
        mock.ask("GET", "/nothing", Prefer=f"lie=flaky, seed={seed}").status_code
        for seed in range(12)
    }

    assert {404, 503} == statuses


def test_what_is_not_there_is_as_late_as_what_is(monkeypatch: pytest.MonkeyPatch) -> None:
    """A delay holds for a refusal of the list, too."""
    waited: list[float] = []

    async def sleep(seconds: float) -> None:
        waited.append(seconds)

    monkeypatch.setattr(response, "asyncio", SimpleNamespace(sleep=sleep))

    assert 404 == Mock(instance="slow").ask("GET", "/nothing").status_code
    assert [3.0] == waited


def test_late_answer_to_a_write_has_its_etag() -> None:
    """What was written is what it is, however late it is told."""
    mock = Mock()
    made = mock.ask("POST", "", NEW, Prefer="delay=1")

    assert made.headers["ETag"] == mock.ask("GET", f"/{made.json()['webhookId']}").headers["ETag"]
    assert "ETag" not in mock.ask("POST", "", NEW, Prefer="example=created").headers


def test_write_looks_at_nothing_but_what_it_changes(monkeypatch: pytest.MonkeyPatch) -> None:
    """Without a condition nobody encodes all that there is, however much that is."""
    sizes: list[int] = []

    def counted(body: Any) -> bytes:
        sizes.append(len(body))
        return encoded(body)

    monkeypatch.setattr(handler, "encoded", counted)
    mock = Mock(instance="huge")
    mock.ask("POST", "", NEW)
    mock.ask("PUT", "/wh-1", {"name": "x"})

    assert [] == sizes


def test_write_to_what_is_not_there_takes_no_room(monkeypatch: pytest.MonkeyPatch) -> None:
    """What is refused is not kept, so it does not count."""
    monkeypatch.setattr(collection, "MAX_SIZE", 200)
    mock = Mock()
    for _ in range(9):
        assert 404 == mock.ask("PUT", "/nothing", {"name": "x" * 50}).status_code

    assert 201 == mock.ask("POST", "", NEW).status_code
