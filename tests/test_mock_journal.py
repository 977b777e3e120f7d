"""What the mock remembers of requests."""

import json
from dataclasses import fields
from typing import Any

import pytest
from mock_client import AUTHORIZATION, Client, path_of

from mock_server import journal
from mock_server.lies import LIES
from mock_server.preferences import Preferences
from mock_server.settings import Settings


@pytest.fixture
def client() -> Client:
    """Give a mock that has seen nothing."""
    return Client()


def entries(client: Client) -> list[dict[str, Any]]:
    """Return what the journal holds."""
    listed: list[dict[str, Any]] = json.loads(client.ask("/__mock/journal").body)["entries"]
    return listed


def test_request_is_remembered(client: Client) -> None:
    """The journal says what was asked, what came, and why."""
    client.webhooks("demo")
    (entry,) = entries(client)

    assert ("GET", path_of("demo"), "demo", 200) == (
        entry["method"],
        entry["path"],
        entry["instance"],
        entry["status"],
    )
    assert 'fixture; file="demo.yaml"; items=1' == entry["source"]
    assert "application/json" == entry["response_headers"]["content-type"]


@pytest.mark.parametrize(
    ("target", "headers", "verdict"),
    [
        pytest.param(path_of("demo"), [AUTHORIZATION], "keeps the contract", id="200"),
        pytest.param(
            path_of("many"),
            [AUTHORIZATION, ("Accept-Encoding", "gzip")],
            "keeps the contract",
            id="gzip",
        ),
        pytest.param(path_of("demo"), [], "keeps the contract", id="401"),
        pytest.param("/nothing", [], "not in the contract", id="404"),
        pytest.param(
            path_of("demo"),
            [AUTHORIZATION, ("Prefer", "lie=null-member")],
            "breaks the contract",
            id="lie",
        ),
        pytest.param(
            path_of("demo"),
            [AUTHORIZATION, ("Prefer", "lie=wrong-owner")],
            "breaks the contract",
            id="meaning",
        ),
        pytest.param(
            path_of("demo"),
            [AUTHORIZATION, ("Prefer", "lie=not-json")],
            "breaks the contract",
            id="no JSON",
        ),
        pytest.param(
            path_of("demo"),
            [AUTHORIZATION, ("Prefer", "lie=json-as-text")],
            "breaks the contract",
            id="type",
        ),
    ],
)
def test_answer_is_held_against_the_contract(
    client: Client, target: str, headers: list[tuple[str, str]], verdict: str
) -> None:
    """Each entry says whether the contract allows the answer."""
    client.ask(target, *headers)

    assert verdict == entries(client)[0]["verdict"]


# What breaks no schema, and what hangs up or takes its time before one could tell.
KEEPING = {"extra-member", "renamed-member", "jitter", "slow-body", "flaky", "dropped", "cut-body"}


@pytest.mark.parametrize("name", sorted(set(LIES) - KEEPING))
def test_no_lie_passes_for_the_contract(client: Client, name: str) -> None:
    """The journal never says of a break that it keeps the contract."""
    client.webhooks("demo", ("Prefer", f"lie={name}"))

    assert "keeps the contract" != entries(client)[0]["verdict"]


def test_break_is_named(client: Client) -> None:
    """An entry about a break says where and what."""
    client.webhooks("demo", ("Prefer", "lie=null-member"))
    (entry,) = entries(client)

    assert ("null-member", ["/0/name is not string"]) == (entry["lie"], entry["problems"])


@pytest.mark.parametrize(
    ("header", "kept"),
    [
        (("Authorization", "Bearer s3cr3t"), "Bearer ***"),
        (("Authorization", "s3cr3t"), "***"),
        (("Authorization", "s3cr3t x"), "***"),
        (("Proxy-Authorization", "Basic s3cr3t"), "Basic ***"),
        (("Cookie", "a=s3cr3t; b=s3cr3t"), "***"),
        (("X-Gateway-Key", "s3cr3t"), "***"),
        (("Private-Token", "s3cr3t"), "***"),
        (
            ("Referer", "https://a.example/b?access_token=s3cr3t"),
            "https://a.example/b?access_token=***",
        ),
    ],
)
@pytest.mark.parametrize("page", ["/__mock/journal", "/__mock/journal.har"])
def test_secrets_are_masked(client: Client, page: str, header: tuple[str, str], kept: str) -> None:
    """Credentials get neither into the journal nor into the archive, wherever they stood."""
    client.ask(path_of("demo") + "?token=s3cr3t&sig=s3cr3t&s3cr3t", header)
    body = client.ask(page).body

    assert b"s3cr3t" not in body
    assert json.dumps(kept).encode() in body
    assert b"token=***&sig=***&***" in body


def test_preferences_of_the_query_are_kept(client: Client) -> None:
    """A request that is sent again from the archive gets the same answer, whatever it prefers."""
    query = "&".join(
        f"__{field.name}={value}" for field, value in zip(fields(Preferences), VALUES, strict=True)
    )
    client.ask(f"{path_of('demo')}?{query}", AUTHORIZATION, ("Host", "127.0.0.1:8080"))
    archive = json.loads(client.ask("/__mock/journal.har").body)["log"]["entries"][0]["request"]

    assert query == entries(client)[0]["query"]
    assert f"http://127.0.0.1:8080{path_of('demo')}?{query}" == archive["url"]
    assert {"name": "__code", "value": "401"} in archive["queryString"]


VALUES = ("401", "one", "true", "12345678", "100", "1", "null-member")


def test_own_pages_are_not_remembered(client: Client) -> None:
    """Looking at the journal does not fill it."""
    for target in ["/", "/docs", "/openapi.yaml", "/__mock/health", "/__mock/journal"]:
        client.ask(target)

    assert [] == entries(client)


def test_journal_is_bounded(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """The oldest requests go, by number and by size."""
    monkeypatch.setattr(journal, "BODIES", 2000)
    for _ in range(10):
        client.webhooks("demo")

    assert [9, 10] == [entry["number"] for entry in entries(client)]


def test_har_holds_the_bodies(client: Client) -> None:
    """The archive opens in the tools that read HAR 1.2."""
    client.webhooks("many", ("Accept-Encoding", "gzip"))
    client.ask(path_of("demo"))
    log = json.loads(client.ask("/__mock/journal.har").body)["log"]

    assert "1.2" == log["version"]
    assert [200, 401] == [entry["response"]["status"] for entry in log["entries"]]
    content, packed = log["entries"][0]["response"]["content"], log["entries"][0]["response"]
    assert 50 == len(json.loads(content["text"]))
    assert len(content["text"]) == content["size"] > packed["bodySize"]


def test_reset_forgets(client: Client) -> None:
    """A reset empties the journal and starts sequences again."""
    client.webhooks("sequence")
    answer = client.ask("/__mock/reset", method="POST")

    assert 204 == answer.status
    assert [] == entries(client)
    assert [] == client.webhooks("sequence").json


def test_reset_is_not_a_get(client: Client) -> None:
    """Following a link resets nothing."""
    answer = client.ask("/__mock/reset")

    assert (405, "OPTIONS, POST") == (answer.status, answer.headers["Allow"])


@pytest.mark.parametrize(("log", "start"), [("text", ""), ("json", "{")])
def test_log_has_a_line_for_each_request(
    capsys: pytest.CaptureFixture[str], log: str, start: str
) -> None:
    """One line a request, with the status, and without secrets."""
    client = Client(Settings(log=log))  # type: ignore[arg-type]
    client.ask(path_of("demo") + "?s3cr3t", ("Authorization", "Bearer s3cr3t"))
    (line,) = capsys.readouterr().out.splitlines()

    assert line.startswith(start)
    assert "401" in line
    assert "s3cr3t" not in line


def test_log_is_off_where_nobody_reads_it(capsys: pytest.CaptureFixture[str]) -> None:
    """In tests the mock says nothing."""
    Client().webhooks("demo")

    assert "" == capsys.readouterr().out
