"""What the mock remembers of requests."""

import fcntl
import json
import os
import sys
import threading
from dataclasses import fields
from typing import Any

import pytest
from mock_client import AUTHORIZATION, Client, path_of
from probes import GOOD, kept
from wire import exchange

from find_webhook_kit.mock_server import har, journal
from find_webhook_kit.mock_server.answers.lies import LIES
from find_webhook_kit.mock_server.answers.preferences import Preferences
from find_webhook_kit.mock_server.app.log import LINES, Log
from find_webhook_kit.mock_server.app.stack import create_app
from find_webhook_kit.mock_server.http.server import serving
from find_webhook_kit.mock_server.settings import Settings
from find_webhook_kit.mock_server.state import State
from find_webhook_kit.spec import Json, read_json


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


def test_unpacked_bytes_count(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """What is shown is what is counted: a packed body is short, and its text is not."""
    body = client.webhooks("many").body
    client.ask("/__mock/reset", method="POST")
    monkeypatch.setattr(journal, "BODIES", 3 * len(body))
    for _ in range(10):
        client.webhooks("many", ("Accept-Encoding", "gzip"))

    assert 3 == len(entries(client))


def test_same_answer_is_judged_once(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """However often it was given, and however often one reads the journal."""
    judged: list[bytes] = []

    def reading(content: bytes) -> Json:
        judged.append(content)
        return read_json(content)

    monkeypatch.setattr(journal, "read_json", reading)
    for name in ["demo", "many", "demo", "demo", "many"]:
        client.webhooks(name)
        client.webhooks(name, ("Accept-Encoding", "gzip"))
    for page in ["/__mock/journal", "/__mock/journal.har", "/__mock/journal"]:
        client.ask(page)

    assert 3 == len(judged)  # the small one is never packed


@pytest.mark.parametrize("other", [("Prefer", "lie=wrong-owner"), ("Prefer", "lie=json-as-text")])
def test_verdict_is_that_of_the_answer(client: Client, other: tuple[str, str]) -> None:
    """An answer that differs in its id, its status, its type or its body is judged by itself."""
    client.webhooks("demo")
    client.webhooks("demo", other)
    client.webhooks("empty")
    client.ask(path_of("empty"))
    client.ask(path_of("demo"), AUTHORIZATION, method="HEAD")
    verdicts = [entry["verdict"] for entry in entries(client)]

    good, bad = "keeps the contract", "breaks the contract"
    assert [good, bad, good, good, good] == verdicts


@pytest.mark.parametrize(
    ("query", "numbers"),
    [
        ("", [1, 2, 3, 4, 5]),
        ("?limit=2", [4, 5]),
        ("?limit=0", []),
        ("?limit=99999", [1, 2, 3, 4, 5]),
        ("?after=3", [4, 5]),
        ("?after=5", []),
        ("?after=1&limit=2", [4, 5]),
    ],
)
def test_journal_is_told_in_parts(client: Client, query: str, numbers: list[int]) -> None:
    """A page asks for what it shows, and for what it has not seen yet."""
    for _ in range(5):
        client.webhooks("demo")
    told = json.loads(client.ask(f"/__mock/journal{query}").body)
    archive = json.loads(client.ask(f"/__mock/journal.har{query}").body)

    assert numbers == [entry["number"] for entry in told["entries"]]
    assert (1, 5, 5) == (told["first"], told["last"], told["total"])
    assert len(numbers) == len(archive["log"]["entries"])


@pytest.mark.parametrize(
    ("query", "said"),
    [
        ("limit=x", "The parameter 'limit' is 'x': use a whole number, in digits."),
        ("limit=-1", "The parameter 'limit' is '-1': use a whole number, in digits."),
        ("after=", "The parameter 'after' is '': use a whole number, in digits."),
        ("after=" + "9" * 3000, "use a whole number, in digits."),
        ("after=%C2%B2", "use a whole number, in digits."),
        ("size=3", "The parameter 'size' is not known here: use limit, after, before."),
    ],
)
def test_part_that_is_none_is_refused(client: Client, query: str, said: str) -> None:
    """The error says what the parameter takes."""
    answer = client.ask(f"/__mock/journal?{query}")

    assert 400 == answer.status
    assert said in json.loads(answer.body)["message"]


def test_journal_that_did_not_change_is_written_once() -> None:
    """A thousand clients that are slow to read it share one copy; a request makes another."""
    state = State(Settings())
    client = Client(app=create_app(state=state))
    client.webhooks("demo")
    first = state.journal.written(journal.ALL, har.archived)

    assert first is state.journal.written(journal.ALL, har.archived)
    client.webhooks("demo")
    assert first is not state.journal.written(journal.ALL, har.archived)


def test_journal_is_written_off_the_event_loop(
    client: Client, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Whoever reads it keeps nobody else waiting."""
    client.webhooks("demo")
    threads: list[str] = []

    def reading(content: bytes) -> Json:
        threads.append(threading.current_thread().name)
        return read_json(content)

    monkeypatch.setattr(journal, "read_json", reading)
    client.ask("/__mock/journal")

    assert [name for name in threads if name != threading.main_thread().name]


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


def test_log_that_nobody_reads_stops_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    """A pipe that is full takes no more; lines are dropped, and their number is told later."""
    reading, writing = os.pipe()
    with os.fdopen(writing, "w") as stdout, os.fdopen(reading) as pipe:
        monkeypatch.setattr(sys, "stdout", stdout)
        log = Log(lambda count: f"dropped {count}")
        said = 4 * LINES
        for number in range(said):
            log.say(f"{number:99}")  # far more than a pipe holds
        received, dropped = list[str](), 0
        while len(received) + dropped < said:  # on a slow machine it is told more than once
            line = pipe.readline().strip()
            if line.startswith("dropped "):
                dropped += int(line.removeprefix("dropped "))
            else:
                received.append(line)
        log.close()

    assert "0" == received[0]
    assert dropped > 0


def test_last_lines_leave_before_the_end(monkeypatch: pytest.MonkeyPatch) -> None:
    """What was said before the mock ends is written."""
    reading, writing = os.pipe()
    with os.fdopen(writing, "w") as stdout:
        monkeypatch.setattr(sys, "stdout", stdout)
        log = Log(str)
        for number in range(100):
            log.say(str(number))
        log.close()
    with os.fdopen(reading) as pipe:
        lines = pipe.read().split()

    assert [str(number) for number in range(100)] == lines


def test_log_without_a_reader_is_silence(monkeypatch: pytest.MonkeyPatch) -> None:
    """Who read the log may have gone, or there may be no standard output at all."""
    reading, writing = os.pipe()
    os.close(reading)
    with os.fdopen(writing, "w") as stdout:
        for stream in (stdout, None):
            monkeypatch.setattr(sys, "stdout", stream)
            log = Log(str)
            log.say("x")
            log.say("y")
            log.close()


def test_mock_whose_log_nobody_reads_answers(monkeypatch: pytest.MonkeyPatch) -> None:
    """Ten times as many requests are answered as the pipe holds lines."""
    reading, writing = os.pipe()
    fcntl.fcntl(writing, fcntl.F_SETPIPE_SZ, 4096)  # the least that a system gives
    with os.fdopen(writing, "w") as stdout, serving(Settings(port=0, log="json")) as mock:
        monkeypatch.setattr(sys, "stdout", stdout)
        port, answered = int(mock.url.rpartition(":")[2]), 0
        for _ in range(4):
            answers = exchange(port, [kept() * 99 + GOOD])
            answered += sum(answer.status == 200 for answer in answers)
        os.close(reading)  # so that its thread ends

    assert 400 == answered


def test_instance_is_masked_as_its_path_is(client: Client) -> None:
    """An id that holds a token shows it nowhere."""
    client.webhooks("demo;v=1;token=t0psecret")
    for page in ["/__mock/journal", "/__mock/journal.har"]:
        assert b"t0psecret" not in client.ask(page).body

    assert "demo;v=1;token=***" == entries(client)[0]["instance"]


@pytest.mark.parametrize(
    "target",
    [
        *("?__code=401;access_token=t0psecret", "?__code=401?access_token=t0psecret"),
        *("?__code=401%26key%3Dt0psecret", "?__example=https://user:t0psecret@a/"),
    ],
)
def test_refusal_repeats_no_secret(client: Client, target: str) -> None:
    """What it quotes stands in the archive, and in whatever a client makes of errors."""
    answer = client.ask(path_of("demo") + target, AUTHORIZATION)

    assert b"t0psecret" not in answer.body
    assert b"t0psecret" not in client.ask("/__mock/journal.har").body
