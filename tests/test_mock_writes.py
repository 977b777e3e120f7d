"""The mock keeps what clients write, where it is asked to, and says so where it does not."""

from __future__ import annotations

from pathlib import Path

import pytest
from writable_mock import NEW
from writable_mock import WritableMock as Mock

from find_webhook_kit.mock_server import cli
from find_webhook_kit.mock_server.settings import Settings
from find_webhook_kit.mock_server.state import State
from find_webhook_kit.spec import contract


def test_public_client_gets_through_its_sequence() -> None:
    """List, create or update, and define events: each tells what was written."""
    mock = Mock()
    assert [] == mock.ask("GET").json()
    one = f"/{mock.made(enabled=True)['webhookId']}"
    renamed = mock.ask("PUT", one, {"name": "other", "enabled": False})
    events = mock.ask("PATCH", f"{one}/events", {"messagesUpsert": False})
    (listed,) = mock.ask("GET").json()

    assert (201, "other", False) == (
        renamed.status_code,
        listed["name"],
        listed["enabled"],
    )
    assert (200, listed["WebhookEvents"]) == (events.status_code, events.json())
    assert listed == mock.ask("GET", one).json()
    assert mock.ask("DELETE", one).is_success
    assert [] == mock.ask("GET").json()


def test_answers_of_writes_keep_the_contract() -> None:
    """The journal finds every answer as documented."""
    mock = Mock()
    one = f"/{mock.made()['webhookId']}"
    mock.ask("GET", one)
    mock.ask("PUT", one, {"name": "other"})
    mock.ask("PATCH", f"{one}/events", {"newJwt": False})
    mock.ask("DELETE", one)
    mock.ask("GET", one)
    journal = mock.state.journal

    assert ["keeps the contract"] * 6 == [str(journal.verdict(each)) for each in journal]


def test_create_applies_the_documented_defaults() -> None:
    """What is not sent is off, and every event is on."""
    made = Mock().made()
    flags = [value for value in made["WebhookEvents"].values() if isinstance(value, bool)]

    assert made["enabled"] is False
    assert [True] * 19 == flags


def test_merge_leaves_the_other_events_alone() -> None:
    """One event of many is sent; the others stay, as do their id and the time of their making."""
    mock = Mock()
    made = mock.made()
    path = f"/{made['webhookId']}/events"
    events = mock.ask("PATCH", path, {"newJwt": False}).json()
    before = made["WebhookEvents"]

    assert {**before, "newJwt": False, "updatedAt": events["updatedAt"]} == events
    assert before["updatedAt"] < events["updatedAt"]


def test_update_moves_the_time_of_the_change_alone() -> None:
    """`updatedAt` moves forward, also behind a time that lies ahead; `createdAt` never moves."""
    mock = Mock(instance="demo")
    (before,) = mock.ask("GET").json()
    after = mock.ask("PUT", f"/{before['webhookId']}", {"name": "x"}).json()

    assert before["createdAt"] == after["createdAt"]
    assert before["updatedAt"] < after["updatedAt"]


@pytest.mark.parametrize(
    ("method", "body", "place"),
    [
        ("POST", {"name": "x"}, "url"),
        ("POST", {**NEW, "url": 7}, "url"),
        ("POST", {**NEW, "enabled": "yes"}, "enabled"),
        ("POST", [], "body"),
        ("POST", b"{", "body"),
        ("PUT", {"url": "x"}, "name"),
        ("PATCH", {"newJwt": None}, "newJwt"),
    ],
)
def test_body_that_breaks_the_contract_changes_nothing(
    method: str, body: object, place: str
) -> None:
    """It is a 400 in the contract's shape, which names the place."""
    mock = Mock(instance="demo")
    before = mock.ask("GET").json()
    tail = {"POST": "", "PUT": "/wh-crm", "PATCH": "/wh-crm/events"}[method]
    answer = mock.ask(method, tail, body)

    assert 400 == answer.status_code == answer.json()["statusCode"]
    assert place in answer.json()["message"]
    assert before == mock.ask("GET").json()


def test_other_media_type_and_a_large_body_are_refused() -> None:
    """A form is a 415, and more than anybody needs a 413."""
    mock = Mock()
    form = "application/x-www-form-urlencoded"

    assert 415 == mock.ask("POST", "", b"name=x", Content_Type=form).status_code
    assert 413 == mock.ask("POST", "", b" " * (8 * 1024 * 1024 + 1)).status_code


@pytest.mark.parametrize(
    ("method", "tail"),
    [("GET", ""), ("PUT", ""), ("DELETE", ""), ("PATCH", "/events")],
)
def test_unknown_webhook_is_what_the_contract_documents(method: str, tail: str) -> None:
    """It is a 404, as the contract assumes."""
    body = {"name": "x"} if method in {"PUT", "PATCH"} else None

    assert 404 == Mock().ask(method, f"/nothing{tail}", body).status_code


def test_ids_are_a_function_of_seed_instance_and_count() -> None:
    """Two runs make the same, another seed or instance makes others, and no id comes twice."""
    first, again = Mock(), Mock()
    others = [Mock(Settings(writes=True, seed=1)), Mock(instance="somebody")]
    made = first.made()
    ids = {made["webhookId"], first.made()["webhookId"], *(m.made()["webhookId"] for m in others)}

    assert made == again.made()
    assert 4 == len(ids)


def test_deleted_id_is_not_given_again() -> None:
    """An id names one webhook for ever."""
    mock = Mock()
    made = mock.made()["webhookId"]
    mock.ask("DELETE", f"/{made}")

    assert made != mock.made()["webhookId"]


def test_reset_forgets_what_was_written() -> None:
    """After a reset an instance is as its fixture has it."""
    mock = Mock(instance="demo")
    before = mock.ask("GET").json()
    mock.made()
    mock.ask("POST", "/__mock/reset")

    assert before == mock.ask("GET").json()


def test_etag_follows_a_write_and_if_match_is_honoured() -> None:
    """Who has an old webhook is not let through, and nothing changes; who has this one is."""
    mock = Mock()
    made = mock.ask("POST", "", NEW)
    one, old = f"/{made.json()['webhookId']}", made.headers["ETag"]
    assert old == mock.ask("GET", one).headers["ETag"]
    new = mock.ask("PUT", one, {"name": "x"}, If_Match=old).headers["ETag"]

    assert new != old
    assert 412 == mock.ask("PUT", one, {"name": "y"}, If_Match=old).status_code
    assert 412 == mock.ask("DELETE", one, If_Match=old).status_code
    assert "x" == mock.ask("GET", one).json()["name"]
    assert 201 == mock.ask("PUT", one, {"name": "y"}, If_Match=new).status_code


def test_read_that_was_asked_often_tells_a_write() -> None:
    """An answer that is given again is not given any more once it is old."""
    mock = Mock()
    for _ in range(4):
        assert [] == mock.ask("GET").json()
    mock.made()

    assert 1 == len(mock.ask("GET").json())


def test_other_instance_sees_nothing_of_a_write() -> None:
    """A list belongs to one instance."""
    mock = Mock()
    mock.made()
    mock.list = mock.list.replace("nobody", "somebody")

    assert [] == mock.ask("GET").json()


def test_assumed_operation_is_marked_in_its_answer() -> None:
    """No page documents a deletion, nor what Define Events answers: both say so."""
    mock = Mock()
    one = f"/{mock.made()['webhookId']}"
    answers = [mock.ask("PATCH", f"{one}/events", {}), mock.ask("DELETE", one)]

    assert ["true", "true"] == [each.headers["Mock-Assumption"] for each in answers]
    assert "Mock-Assumption" not in mock.ask("POST", "", NEW).headers


@pytest.mark.parametrize(
    ("method", "tail"),
    [("POST", ""), ("PUT", "/wh-crm"), ("DELETE", "/wh-crm"), ("PATCH", "/wh-crm/events")],
)
def test_write_to_a_mock_that_keeps_none_is_a_405_that_says_how(method: str, tail: str) -> None:
    """The preflight of another origin passes, and the refusal can be read."""
    mock = Mock(Settings(), "demo")
    origin = "http://app.example.com"
    asked = {"Origin": origin, "Access-Control-Request-Method": method}
    assert 204 == mock.ask("OPTIONS", tail, **asked).status_code
    answer = mock.ask(method, tail, NEW, Origin=origin)

    assert 405 == answer.status_code
    assert method not in answer.headers["Allow"]
    assert "--writes" in answer.json()["message"]
    assert origin == answer.headers["Access-Control-Allow-Origin"]


@pytest.mark.parametrize("instance", ["scratch", "mine"])
def test_instance_that_is_writable_keeps_writes(tmp_path: Path, instance: str) -> None:
    """The built-in one and those whose fixture says so, in a mock that keeps none elsewhere."""
    (tmp_path / "mine.yaml").write_text("writable: true\nwebhooks: []\n", encoding="utf-8")
    mock = Mock(Settings(fixtures=tmp_path), instance)
    mock.made()

    assert 1 == len(mock.ask("GET").json())


def test_error_instance_answers_every_operation_with_its_error() -> None:
    """An instance that is unauthorized is so for those who write."""
    mock = Mock(instance="unauthorized")

    assert 401 == mock.ask("POST", "", NEW).status_code
    assert 401 == mock.ask("GET", "/wh-crm").status_code


@pytest.mark.parametrize("prefer", ["code=400", "dynamic=true", "example=created"])
def test_preferred_answer_writes_nothing(prefer: str) -> None:
    """Who asks for an answer by name gets that, and nothing is kept."""
    mock = Mock()
    mock.ask("POST", "", NEW, Prefer=prefer)

    assert [] == mock.ask("GET").json()


def test_several_processes_and_writes_are_refused_at_the_start(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """Each process would keep its own."""
    with pytest.raises(SystemExit):
        cli.run(["--writes", "--workers", "2"])

    assert "--writes goes with one process" in capsys.readouterr().err


def test_contract_has_a_page_or_an_assumption_for_each_operation() -> None:
    """Each operation says where it comes from, and a deletion that it is made up."""
    listed = contract()
    origins = {item.operation_id: listed.origin(item.source) for item in listed.operations.values()}

    assert {
        "findWebhook": "vendor page 2.1.2",
        "createWebhook": "vendor page 2.1.2 Create Webhook",
        "findOneWebhook": "vendor page 2.1.2 Find One Webhook",
        "updateWebhook": "vendor page 2.1.2 Update Webhook",
        "defineEvents": "vendor page 2.1.2 Define Events",
        "deleteWebhook": "an assumption of this kit",
    } == origins


@pytest.mark.parametrize(
    ("instance", "status"), [("server-error", 500), ("rate-limited", 429), ("unauthorized", 401)]
)
def test_state_of_an_instance_holds_for_each_operation(instance: str, status: int) -> None:
    """What fails for who lists fails for who creates, finds and changes."""
    mock = Mock(instance=instance)
    asked = [("POST", "", NEW), ("GET", "/wh-crm", None), ("DELETE", "/wh-crm", None)]

    assert [status] * 3 == [mock.ask(*each).status_code for each in asked]


@pytest.mark.parametrize(
    ("lie", "kept"),
    [
        ("server-error", 0),
        ("too-many-requests", 0),
        ("html-error", 0),
        ("bare-401", 0),
        ("null-body", 1),
        ("no-content", 1),
    ],
)
def test_lie_that_is_a_refusal_keeps_nothing(lie: str, kept: int) -> None:
    """A lie breaks one promise: that a refused write is kept is another one."""
    mock = Mock()
    mock.ask("POST", "", NEW, Prefer=f"lie={lie}")

    assert kept == len(mock.ask("GET").json())


def test_write_for_what_must_not_be_there_is_refused() -> None:
    """`If-None-Match: *` is a 412 for what is there (RFC 9110, section 13.1.2)."""
    mock = Mock()
    one = f"/{mock.made()['webhookId']}"

    assert 412 == mock.ask("PUT", one, {"name": "x"}, If_None_Match="*").status_code
    assert 201 == mock.ask("PUT", one, {"name": "x"}, If_None_Match='"another"').status_code


@pytest.mark.parametrize(
    ("body", "place"),
    [
        (b'{"name": "\\ud800", "url": "x"}', "half of a surrogate pair at byte"),
        (b'{"name": "a", "name": "b", "url": "x"}', "/name"),
        (b'\xef\xbb\xbf{"name": "a", "url": "x"}', "byte order mark"),
        (b'{"name": "a", "url": "x", "more": NaN}', "/more"),
        (b"[" * 5000 + b"]" * 5000, "nesting deeper"),
        (b"", "required and absent"),
    ],
)
def test_body_that_parsers_disagree_about_is_refused(body: bytes, place: str) -> None:
    """The place and the reason stand in the answer; no text reaches a list that nobody can read."""
    answer = Mock().ask("POST", "", body)

    assert 400 == answer.status_code
    assert place in answer.json()["message"]


def test_what_a_client_says_of_ids_and_times_is_not_kept() -> None:
    """Clients send a webhook back whole, and bodies of other versions."""
    claimed = {"webhookId": "mine", "createdAt": "1999-01-01T00:00:00Z", "headers": {"a": "b"}}
    made = Mock().made(**claimed, events={"messagesUpsert": False})

    assert not {("webhookId", "mine"), ("createdAt", claimed["createdAt"])} & {
        (name, value) for name, value in made.items() if isinstance(value, str)
    }
    assert not {"headers", "events"} & made.keys()


def test_sent_back_whole_a_webhook_is_the_same() -> None:
    """A PUT of what a GET gave changes the time of the change alone."""
    mock = Mock(instance="demo")
    (before,) = mock.ask("GET").json()
    after = mock.ask("PUT", f"/{before['webhookId']}", before).json()

    assert {**before, "updatedAt": after["updatedAt"]} == after


def test_instance_and_webhook_of_any_spelling_keep_writes() -> None:
    """An id is what the path says, decoded once."""
    mock = Mock(instance="caf%C3%A9%2F%F0%9F%90%9F")
    made = mock.made()

    assert "café/🐟" == made["instanceInstanceId"]
    assert made == mock.ask("GET", f"/{made['webhookId']}").json()


def test_of_several_processes_none_keeps_writes() -> None:
    """Not even for an instance that is writable: each process would keep its own."""
    assert [True, False] == [
        State(Settings(workers=workers)).takes_writes("scratch") for workers in (1, 2)
    ]
