"""Each lie about writes breaks one promise about what is kept, and is marked as a lie."""

from __future__ import annotations

from functools import cache
from typing import Any

import pytest
from httpx import Response
from writable_mock import NEW, WritableMock

from find_webhook_kit.mock_server.answers.write_lies import WRITE_LIES
from find_webhook_kit.mock_server.settings import Settings

ALIKE = {
    ("write-as-200", "merge"),
    ("write-as-200", "delete"),
    ("wrong-instance", "list"),
}
ROWS = [
    (lie.name, part)
    for lie in WRITE_LIES.values()
    for part in lie.parts
    if (lie.name, part) not in ALIKE
]


def write(mock: WritableMock, part: str, prefer: str) -> Response:
    """Do one write, or ask for the list, where there are two webhooks and a deleted one."""
    first = mock.made(enabled=True)["webhookId"]
    mock.made(name="second")
    mock.ask("DELETE", f"/{mock.made(name='third')['webhookId']}")
    method, tail, body = {
        "create": ("POST", "", NEW),
        "update": ("PUT", f"/{first}", {"name": "other"}),
        "merge": ("PATCH", f"/{first}/events", {"newJwt": False}),
        "delete": ("DELETE", f"/{first}", None),
        "list": ("GET", "", None),
    }[part]
    return mock.ask(method, tail, body, Prefer=prefer)


@cache
def honest(part: str) -> list[Any]:
    """List what is seen of a write where nobody lies."""
    mock = WritableMock()
    answer = write(mock, part, "")
    assert "Mock-Lie" not in answer.headers
    return seen(mock, answer)


def webhooks(mock: WritableMock, instance: str) -> Any:
    return WritableMock.of(mock, instance).ask("GET").json()


def seen(mock: WritableMock, answer: Response) -> list[Any]:
    """List all that a client sees of a write."""
    lists = [webhooks(mock, name) for name in ("nobody", "nobody-too")]
    return [answer.status_code, answer.content, *lists]


@pytest.mark.parametrize(("lie", "part"), ROWS)
def test_lie_shows(lie: str, part: str) -> None:
    """It is marked; and an honest mock answers otherwise, or keeps something else."""
    mock = WritableMock()
    told = write(mock, part, f"lie={lie}")

    assert lie == told.headers["Mock-Lie"]
    assert honest(part) != seen(mock, told)


def kept(lie: str, part: str) -> tuple[list[Any], Any]:
    """Return what is listed behind a lie, and what it was answered with."""
    mock = WritableMock()
    answer = write(mock, part, f"lie={lie}")
    return webhooks(mock, "nobody"), answer.json() if answer.content else None


def test_what_is_echoed_and_not_kept_is_not_listed() -> None:
    """The client has an id that nobody else has."""
    listed, made = kept("echo-without-saving", "create")

    assert made["webhookId"] not in [item["webhookId"] for item in listed]


def test_double_create_makes_two_with_ids_of_their_own() -> None:
    """As where a client repeats a request that had arrived."""
    listed, _ = kept("double-create", "create")

    assert 4 == len(listed) == len({item["webhookId"] for item in listed})
    assert 4 == len({item["WebhookEvents"]["webhookEventsId"] for item in listed})


def test_inverted_defaults_leave_alone_what_was_sent() -> None:
    """What nobody said is on, and every event off."""
    _, made = kept("inverted-defaults", "create")
    flags = {value for value in made["WebhookEvents"].values() if isinstance(value, bool)}

    assert (True, {False}) == (made["enabled"], flags)


def test_reused_id_is_that_of_what_was_deleted() -> None:
    """A link to the old one leads to the new one."""
    mock = WritableMock()
    old = mock.made()["webhookId"]
    mock.ask("DELETE", f"/{old}")

    assert old == mock.ask("POST", "", NEW, Prefer="lie=id-reused").json()["webhookId"]


def test_replacing_merge_keeps_the_id_and_the_times_of_the_part() -> None:
    """The answer is still one that the contract allows."""
    listed, events = kept("replacing-merge", "merge")

    assert {"newJwt", "webhookEventsId", "createdAt", "updatedAt"} == set(events)
    assert events == listed[0]["WebhookEvents"]


def test_time_that_stands_is_that_of_before() -> None:
    """The change is kept, and nothing says when it was made."""
    listed, changed = kept("updated-stands", "update")

    assert ("other", listed[0]["createdAt"]) == (listed[0]["name"], changed["updatedAt"])


def test_old_echo_is_about_the_answer_alone() -> None:
    """A read tells what was written."""
    listed, answered = kept("old-echo", "update")

    assert ("crm", "other") == (answered["name"], listed[0]["name"])


def test_refused_write_is_kept() -> None:
    """The answer is the documented error."""
    listed, error = kept("refused-and-kept", "update")

    assert (400, "other") == (error["statusCode"], listed[0]["name"])


def test_stale_list_is_the_one_before_the_last_write() -> None:
    """The webhook is found by its id all the same; an honest list has it."""
    mock = WritableMock()
    made = mock.made()

    assert [] == mock.ask("GET", "", None, Prefer="lie=stale-list").json()
    assert made == mock.ask("GET", f"/{made['webhookId']}").json()
    assert [made] == mock.ask("GET").json()


def test_stale_list_of_what_nobody_wrote_is_no_lie() -> None:
    """Where nothing is older there is nothing to lie about."""
    assert "Mock-Lie" not in WritableMock().ask("GET", "", None, Prefer="lie=stale-list").headers


def test_answer_that_is_dropped_belongs_to_a_write_that_was_kept() -> None:
    """So a client that repeats it has created two."""
    mock = WritableMock()
    for prefer in ("lie=dropped", ""):
        mock.tried("POST", "", NEW, Prefer=prefer)

    assert 2 == len(mock.ask("GET").json())


def test_mock_that_lies_to_all_does_so_about_writes() -> None:
    """`--lie NAME` holds for each operation that can tell it, and for no other."""
    mock = WritableMock(Settings(writes=True, lie="lost-update"))
    made = mock.made()
    answer = mock.ask("PUT", f"/{made['webhookId']}", {"name": "other"})

    assert ("lost-update", "other") == (answer.headers["Mock-Lie"], answer.json()["name"])
    assert [made] == mock.ask("GET").json()


@pytest.mark.parametrize("lie", sorted(WRITE_LIES))
def test_lie_never_reaches_an_instance_that_takes_no_writes(lie: str) -> None:
    """With one writable instance, all others stay as their fixtures have them."""
    mock = WritableMock(Settings(), "scratch")
    names = ("demo", "scratch-too", "many", "empty")
    before = [webhooks(mock, name) for name in names]
    for part in ("create", "update", "merge", "delete"):
        write(mock, part, f"lie={lie}" if part in WRITE_LIES[lie].parts else "")

    assert before == [webhooks(mock, name) for name in names]


def test_lie_that_an_operation_cannot_tell_says_what_it_takes() -> None:
    """A list is not merged; an answer that keeps nothing cannot lie about what is kept."""
    mock = WritableMock()
    listed = mock.ask("GET", "", None, Prefer="lie=lost-update")
    example = mock.ask("POST", "", NEW, Prefer="lie=double-create, example=created")

    assert (404, 400) == (listed.status_code, example.status_code)
    assert "update or merge" in listed.json()["message"]
    assert "keeps nothing" in example.json()["message"]
