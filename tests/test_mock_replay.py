"""A replayed answer is the answer, byte for byte, and leaves the same traces."""

from __future__ import annotations

from pathlib import Path
from typing import NamedTuple

import pytest
from mock_client import AUTHORIZATION, Answer, Client, folder, path_of
from starlette.types import Message, Receive, Scope, Send

from find_webhook_kit.mock_server.answers import fixture_store
from find_webhook_kit.mock_server.answers.errors import MalformedRequest
from find_webhook_kit.mock_server.app import cache as replay
from find_webhook_kit.mock_server.app import handler as find_webhook
from find_webhook_kit.mock_server.app import validation
from find_webhook_kit.mock_server.app.guard import REFUSAL
from find_webhook_kit.mock_server.app.recorder import Recorder
from find_webhook_kit.mock_server.app.stack import plain_app
from find_webhook_kit.mock_server.settings import Settings
from find_webhook_kit.mock_server.state import State

DEMO = path_of("demo")
ETAG = 'W/"' + "0" * 20 + '"'
ORIGIN = ("Origin", "https://a.example")


class Row(NamedTuple):
    """A request, and whether its answer is one to replay."""

    name: str
    target: str
    headers: tuple[tuple[str, str], ...] = (AUTHORIZATION,)
    method: str = "GET"
    replayed: bool = True


def known(name: str, *headers: tuple[str, str], replayed: bool = True) -> Row:
    return Row(name, DEMO, (AUTHORIZATION, *headers), replayed=replayed)


def instance(name: str, *, replayed: bool = True) -> Row:
    return Row(f"id {name}", path_of(name), replayed=replayed)


def credentials(*values: str) -> Row:
    return Row(f"credentials {values}", DEMO, tuple(("Authorization", value) for value in values))


def preferring(value: str, *, replayed: bool = True) -> Row:
    return known(f"Prefer: {value}", ("Prefer", value), replayed=replayed)


ROWS = (
    # every state, and ids that no state has
    *map(
        instance,
        [
            *("demo", "empty", "many", "huge", "minimal", "no-deprecated", "disabled", "all-off"),
            *("twins", "dates", "hostile", "unauthorized", "bad-request", "nobody", "DEMO"),
            *("demo%20", "%64emo", "a%2Fb", "%0A", "%00", "%25", "%zz", "%F0%9F%98%80", "%FF"),
            *("%C3%28", "%22%3E", "-"),
        ],
    ),
    instance("sequence", replayed=False),
    instance("x" * 2000),
    # credentials
    Row("no credentials", DEMO, ()),
    *(credentials(value) for value in ("", "Bearer", "Bearer ", "Bearer junk", "Basic ZGVtbw==")),
    *(credentials(value) for value in ("bearer demo-token", "Bearer  demo-token", "Bearer a b")),
    credentials("Bearer demo-token", "Bearer demo-token"),
    credentials("Bearer demo-token", "Bearer junk"),
    # representation
    *(
        known(f"Accept: {value}", ("Accept", value))
        for value in (
            "",
            "*/*",
            "application/*",
            "application/json",
            "application/json;q=0",
            "application/json;charset=utf-8",
            "text/html",
            "text/html, application/xhtml+xml, */*;q=0.8",
            "no media type",
        )
    ),
    known("two Accept headers", ("Accept", "text/html"), ("Accept", "application/json")),
    *(
        Row(f"gzip {name}", path_of(name), (AUTHORIZATION, ("Accept-Encoding", "gzip, br")))
        for name in ("demo", "many", "huge")
    ),
    known("gzip refused", ("Accept-Encoding", "gzip;q=0")),
    known("If-None-Match, another", ("If-None-Match", ETAG)),
    known("If-None-Match, any", ("If-None-Match", "*")),
    known("If-None-Match, odd", ("If-None-Match", '"')),
    known("If-Modified-Since", ("If-Modified-Since", "Wed, 01 Jan 2025 00:00:00 GMT")),
    known("Range", ("Range", "bytes=0-9")),
    known("a body's headers", ("Content-Type", "application/json"), ("Content-Length", "2")),
    known("a cookie", ("Cookie", "a=b")),
    known("another host", ("Host", "evil.example")),
    # preferences
    preferring("code=200"),
    preferring("code=401"),
    preferring("code=418"),
    preferring("code=nonsense"),
    preferring("example=minimal"),
    preferring("example=nothing"),
    preferring("code=400, example=minimal"),
    preferring("respond-async"),
    preferring("dynamic=false"),
    preferring("dynamic=true, code=401"),
    preferring("dynamic=true, seed=3", replayed=False),
    preferring("delay=1", replayed=False),
    preferring("delay=0"),
    preferring("lie=null-member", replayed=False),
    preferring("lie=flaky, seed=1", replayed=False),
    preferring("lie=nothing"),
    known("two Prefer headers", ("Prefer", "code=401"), ("Prefer", "code=400")),
    Row(
        "a sequence and a code",
        path_of("sequence"),
        (AUTHORIZATION, ("Prefer", "code=401")),
        replayed=False,
    ),
    # queries
    *(
        Row(f"?{query}", f"{DEMO}?{query}")
        for query in ("a=b", "__code=401", "__example=none", "__code=418", "a&a=%00&=", "%")
    ),
    Row("a long query", f"{DEMO}?{'a' * 5000}"),
    Row("a query and a preference", f"{DEMO}?__code=401", (AUTHORIZATION, ("Prefer", "code=400"))),
    # methods
    *(Row(method, DEMO, method=method) for method in ("HEAD", "OPTIONS", "PUT", "DELETE")),
    *(Row(method, DEMO, method=method) for method in ("PATCH", "TRACE", "BREW", "get")),
    Row("HEAD without credentials", DEMO, (), method="HEAD"),
    Row("HEAD of nobody", path_of("nobody"), method="HEAD"),
    # other origins
    known("an origin", ORIGIN),
    known("a null origin", ("Origin", "null")),
    Row("an origin without credentials", DEMO, (ORIGIN,)),
    *(
        Row(
            f"preflight of {method}",
            DEMO,
            (ORIGIN, ("Access-Control-Request-Method", method)),
            method="OPTIONS",
            replayed=False,
        )
        for method in ("GET", "DELETE")
    ),
    # paths
    *(
        Row(f"path {path}", path)
        for path in ("/nothing", f"{DEMO}/", "//", "/api", f"/x{DEMO}", "/api/v2/instance//webhook")
    ),
    # our own pages
    *(
        Row(f"own {path}", path, replayed=False)
        for path in ("/", "/docs", "/openapi.yaml", "/__mock/states", "/__mock/health")
    ),
    Row("own page, wrong method", "/__mock/reset"),
    Row("own page, HEAD", "/openapi.yaml", method="HEAD", replayed=False),
)


class Counting:
    """The plain way, which counts how often it was taken."""

    def __init__(self, state: State) -> None:
        self.app = plain_app(state)
        self.count = 0

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        self.count += 1
        await self.app(scope, receive, send)


def mock(settings: Settings | None = None) -> tuple[Client, Counting, State]:
    """Give a client of a mock, the plain way behind it, and what it knows."""
    state = State(settings or Settings())
    plain = Counting(state)
    return Client(app=Recorder(plain, state)), plain, state


def sent(client: Client, row: Row) -> tuple[object, ...]:
    """Return all of an answer that a client can see."""
    answer = client.ask(row.target, *row.headers, method=row.method)
    return answer.status, answer.headers.raw, answer.body


def test_table_is_long_enough_and_without_twins() -> None:
    """Each row asks for something else."""
    requests = {(row.target, row.headers, row.method) for row in ROWS}

    assert len(requests) == len({row.name for row in ROWS}) == len(ROWS) > 100


@pytest.fixture(scope="module")
def reference() -> Client:
    """Give the plain way through Connexion."""
    return Client(app=plain_app(State(Settings())))


@pytest.fixture(scope="module")
def fast() -> tuple[Client, Counting, State]:
    """Give a mock that all rows ask."""
    return mock()


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.name[:60])
def test_replayed_answer_is_the_plain_one(
    row: Row, reference: Client, fast: tuple[Client, Counting, State]
) -> None:
    """The fast way and the plain way through Connexion give the same bytes, however often."""
    client, plain, _ = fast
    before = plain.count
    plain_answers = [sent(reference, row) for _ in range(4)]
    fast_answers = [sent(client, row) for _ in range(4)]

    assert plain_answers == fast_answers
    # None, where another row asked for an unknown id in the same way.
    assert plain.count - before in ({0, 2} if row.replayed else {4})


def test_order_of_requests_changes_nothing() -> None:
    """One after the other, three times over, all rows get what the plain way gives them."""
    reference = Client(app=plain_app(State(Settings())))
    client, _, _ = mock()
    for _ in range(3):
        for row in ROWS:
            assert sent(reference, row) == sent(client, row), row.name


@pytest.mark.parametrize(
    "row", [row for row in ROWS if row.replayed], ids=lambda row: row.name[:60]
)
def test_what_is_replayed_keeps_the_contract(
    row: Row, fast: tuple[Client, Counting, State]
) -> None:
    """No answer that is given again breaks what the contract says about its status."""
    client, _, state = fast
    sent(client, row)

    assert () == state.journal.verdict(state.journal[-1]).problems


def asked_often(client: Client, *headers: tuple[str, str]) -> Answer:
    """Ask until the answer is replayed."""
    for _ in range(3):
        client.webhooks("demo", *headers)
    return client.webhooks("demo", *headers)


def test_replayed_request_counts_as_a_visit() -> None:
    """Chance takes the same way, whether the requests before were replayed or not."""
    flaky = ("Prefer", "lie=flaky")
    reference, (client, _, _) = Client(app=plain_app(State(Settings()))), mock()
    asked_often(reference)
    asked_often(client)
    expected = [reference.webhooks("demo", flaky).status for _ in range(12)]

    assert expected == [client.webhooks("demo", flaky).status for _ in range(12)]
    assert {200, 503} == set(expected)


def test_lie_for_everyone_ends_the_replay() -> None:
    """The next answer is the lie, and after it the truth again."""
    client, _, state = mock()
    truth = asked_often(client)
    state.lie = "null-member"
    lie = client.webhooks("demo")
    state.reset()

    assert "null-member" == lie.headers["Mock-Lie"]
    assert truth.body == client.webhooks("demo").body != lie.body


def test_saved_fixture_ends_the_replay(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A good save is the next answer; a broken one only marks it."""
    monkeypatch.setattr(fixture_store, "INTERVAL", 0)
    client, _, _ = mock(Settings(fixtures=folder(tmp_path, demo_yaml="webhooks: []")))
    empty = asked_often(client)
    folder(tmp_path, demo_yaml="webhooks: [broken]")
    stale = asked_often(client)
    folder(tmp_path, demo_yaml="answer: unauthorized")

    assert ([], None) == (empty.json, empty.headers.get("Mock-Fixtures"))
    assert ([], "stale") == (stale.json, stale.headers.get("Mock-Fixtures"))
    assert 401 == client.webhooks("demo").status


def test_journal_tells_no_difference() -> None:
    """A replayed exchange has all that the first one has, but for its number and its time."""
    client, plain, state = mock()
    asked_often(client, ("Cookie", "a=s3cr3t"), ("Host", "mock.example"))
    exchanges = [
        (
            *(exchange.method, exchange.host, exchange.path, exchange.instance, exchange.status),
            *(exchange.request_headers, exchange.response_headers, exchange.body),
            *(exchange.source, exchange.lie),
        )
        for exchange in state.journal
    ]

    assert (4, 2) == (len(exchanges), plain.count)
    assert 1 == len(set(exchanges))
    assert [1, 2, 3, 4] == [exchange.number for exchange in state.journal]


def test_log_has_a_line_for_each_replay(capsys: pytest.CaptureFixture[str]) -> None:
    """Nobody who reads the log misses a request."""
    client, _, _ = mock(Settings(log="text"))
    asked_often(client)

    assert 4 == len(capsys.readouterr().out.splitlines())


def test_crash_is_not_replayed(monkeypatch: pytest.MonkeyPatch) -> None:
    """A mistake of the mock lasts no longer than its cause."""

    def crash(*_: object) -> None:
        raise ZeroDivisionError

    client, _, _ = mock()
    with monkeypatch.context() as patched:
        patched.setattr(find_webhook, "answer", crash)
        crashed = asked_often(client)

    assert (500, 200) == (crashed.status, client.webhooks("demo").status)


def test_body_that_was_too_large_says_nothing_of_the_next(monkeypatch: pytest.MonkeyPatch) -> None:
    """A body is no part of what an answer is kept under, not even one that was read in part."""
    monkeypatch.setattr(validation, "MAX_BODY", 200)
    client = Client(Settings(writes=True))

    def write(body: bytes) -> int:
        json = ("Content-Type", "application/json")
        return client.ask(DEMO, AUTHORIZATION, json, method="POST", body=body).status

    assert [413, 413, 413] == [write(b" " * 300) for _ in range(3)]
    assert 413 != write(b"{}")


def test_refusal_of_the_protocol_is_not_replayed() -> None:
    """What stands in for a request that never arrived says nothing about others."""
    client, _, _ = mock()
    inner = client.app

    async def malformed(scope: Scope, receive: Receive, send: Send) -> None:
        await inner({**scope, "extensions": {REFUSAL: MalformedRequest()}}, receive, send)

    refused = [Client(app=malformed).ask("/") for _ in range(3)]

    assert [400, 400, 400] == [answer.status for answer in refused]
    assert 200 == client.ask("/").status


def test_refusal_of_the_protocol_is_its_own() -> None:
    """It is not taken for the request whose place it takes, even if that has an answer."""
    client, _, _ = mock()
    inner = client.app

    async def malformed(scope: Scope, receive: Receive, send: Send) -> None:
        await inner({**scope, "extensions": {REFUSAL: MalformedRequest()}}, receive, send)

    kept = [client.ask("/nothing") for _ in range(3)]

    assert [404, 404, 404] == [answer.status for answer in kept]
    assert 400 == Client(app=malformed).ask("/nothing").status


def test_whoever_wraps_the_mock_may_change_its_answers() -> None:
    """What others do with the headers of an answer does not come back."""
    client, _, _ = mock()
    inner = client.app

    async def changed(scope: Scope, receive: Receive, send: Send) -> None:
        async def change(message: Message) -> None:
            if message["type"] == "http.response.start":
                message["headers"].append((b"mine", b"1"))
            await send(message)

        await inner(scope, receive, change)

    answers = [Client(app=changed).webhooks("demo") for _ in range(4)]

    assert [["1"]] * 4 == [answer.headers.getlist("mine") for answer in answers]


def test_table_is_bounded(monkeypatch: pytest.MonkeyPatch) -> None:
    """The oldest answers go, by number and by size."""
    monkeypatch.setattr(replay, "KEPT", 3)
    client, plain, _ = mock()
    for name in ("a", "b", "c", "d"):
        client.webhooks(name)
        client.webhooks(name)
    before = plain.count
    for name in ("d", "c", "b", "a"):
        client.webhooks(name)

    assert 1 == plain.count - before


def test_large_answers_are_not_kept(monkeypatch: pytest.MonkeyPatch) -> None:
    """An answer that fills the table alone is given the plain way each time."""
    monkeypatch.setattr(replay, "SIZE", 100)
    client, plain, _ = mock()
    asked_often(client)

    assert 4 == plain.count


def test_ids_that_are_asked_for_once_push_nothing_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """Whoever counts up through ids does not slow down the others."""
    monkeypatch.setattr(replay, "KEPT", 20)
    client, plain, _ = mock()
    asked_often(client)
    for number in range(2 * replay.KEPT):
        client.webhooks(f"new-{number}")
    before = plain.count
    client.webhooks("demo")

    assert before == plain.count
