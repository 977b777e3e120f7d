"""Who sees what the mock says about itself: its own pages, and nobody else's."""

from __future__ import annotations

import json

import pytest
from mock_client import AUTHORIZATION, ERROR, Answer, Client, path_of

from find_webhook_kit.mock_server.app.admin import methods_of
from find_webhook_kit.mock_server.settings import Settings
from find_webhook_kit.spec import contract

READ = sorted(path for path, methods in methods_of(contract()).items() if "GET" in methods)
RESET = "/__mock/reset"
HOST = ("Host", "127.0.0.1:8080")
OWN_ORIGIN = ("Origin", "http://127.0.0.1:8080")
SCRIPT = ("X-Requested-With", "fetch")
EVIL = ("Origin", "https://evil.example")
SITES = {
    "none": ("Sec-Fetch-Site", "none"),
    "own": ("Sec-Fetch-Site", "same-origin"),
    "port": ("Sec-Fetch-Site", "same-site"),
    "evil": ("Sec-Fetch-Site", "cross-site"),
}
LINK = (SITES["evil"], ("Sec-Fetch-Mode", "navigate"), ("Sec-Fetch-Dest", "document"))
FRAME = (SITES["evil"], ("Sec-Fetch-Mode", "navigate"), ("Sec-Fetch-Dest", "iframe"))


@pytest.fixture(scope="module")
def client() -> Client:
    """Give a mock as it comes, that has seen one request."""
    client = Client()
    client.webhooks("demo")
    return client


def open_to(answer: Answer) -> str | None:
    return answer.headers.get("access-control-allow-origin")


@pytest.mark.parametrize("target", READ)
def test_page_of_another_origin_reads_nothing_of_ours(client: Client, target: str) -> None:
    """It is refused, in the contract's shape, with what to do, and no CORS header lets it read."""
    answer = client.ask(target, HOST, EVIL)

    assert (403, None) == (answer.status, open_to(answer))
    assert () == ERROR.violations(answer.json)
    assert b"--trust-host" in answer.body


@pytest.mark.parametrize(
    "target", ["/%5F_mock/journal", "/__mock/journal?x=1", "/%5f%5Fmock/states"]
)
def test_other_spelling_opens_nothing(client: Client, target: str) -> None:
    """A path is the same however it is written."""
    answer = client.ask(target, HOST, EVIL)

    assert (403, None) == (answer.status, open_to(answer))


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("target", [RESET, "/__mock/journal"])
def test_preflight_for_ours_is_answered_without_leave(
    client: Client, target: str, method: str
) -> None:
    """So the browser does not even send the request; nor does it to a private network."""
    answer = client.ask(
        target,
        HOST,
        EVIL,
        ("Access-Control-Request-Method", method),
        ("Access-Control-Request-Private-Network", "true"),
        method="OPTIONS",
    )

    assert not [name for name in answer.headers if name.startswith("access-control-")]


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param([EVIL], id="an origin"),
        pytest.param([("Origin", "null")], id="a sandbox"),
        pytest.param([("Origin", "")], id="an empty origin"),
        pytest.param([("Origin", "http://127.0.0.1:5173")], id="another port"),
        pytest.param([("Origin", "http://localhost:8080")], id="another name of this machine"),
        pytest.param([("Origin", "http://127.0.0.1:8080.evil.example")], id="a name like ours"),
        pytest.param([("Origin", "http://127.0.0.1:8080@evil.example")], id="a user like us"),
        pytest.param([SITES["evil"]], id="an image"),
        pytest.param([SITES["port"]], id="an image on another port"),
        pytest.param([SITES["port"], ("Origin", "http://127.0.0.1:5173")], id="same site"),
        pytest.param([SITES["evil"], OWN_ORIGIN], id="a browser that says so"),
        pytest.param(FRAME, id="a frame"),
    ],
)
@pytest.mark.parametrize("method", ["GET", "HEAD"])
def test_foreign_page_is_refused_however_it_asks(
    client: Client, method: str, headers: list[tuple[str, str]]
) -> None:
    """By script, as an image, in a frame."""
    assert 403 == client.ask("/__mock/journal", HOST, *headers, method=method).status


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param([], id="curl"),
        pytest.param([OWN_ORIGIN], id="own origin"),
        pytest.param([SITES["own"]], id="own page"),
        pytest.param([SITES["own"], ("Origin", "http://proxy:9000")], id="own page by a proxy"),
        pytest.param([SITES["none"]], id="typed in"),
        pytest.param(LINK, id="a link followed"),
        pytest.param([("Referer", "https://evil.example/")], id="an old browser's link"),
    ],
)
def test_own_page_and_whoever_needs_no_page_is_served(
    client: Client, headers: list[tuple[str, str]]
) -> None:
    """The page itself, a person who types or follows a link, and every program."""
    answer = client.ask("/__mock/journal", HOST, *headers)

    assert (200, None) == (answer.status, open_to(answer))


@pytest.mark.parametrize(
    "host",
    [
        *("localhost", "localhost:8080", "LOCALHOST:1", "localhost.", "app.localhost:8080"),
        *(
            "127.0.0.1",
            "127.0.0.1:8080",
            "127.8.9.10:1",
            "[::1]",
            "[::1]:8080",
            "[::ffff:127.0.0.1]",
        ),
    ],
)
def test_loopback_hosts_are_at_home(client: Client, host: str) -> None:
    """In every spelling, on every port."""
    assert 200 == client.ask("/__mock/journal", ("Host", host)).status


@pytest.mark.parametrize("target", READ)
def test_host_that_was_made_to_lead_here_is_refused(client: Client, target: str) -> None:
    """DNS rebinding: the page's own name leads to this machine, so that origins are the same."""
    rebound = ("Host", "evil.example:8080"), ("Origin", "http://evil.example:8080"), SITES["own"]
    answer = client.ask(target, *rebound)

    assert (403, None) == (answer.status, open_to(answer))
    assert () == ERROR.violations(answer.json)
    assert b"'evil.example:8080'" in answer.body
    assert b"--trust-host" in answer.body


@pytest.mark.parametrize(
    "host",
    [
        *("evil.example", "localhost.evil.example", "127.0.0.1.nip.io", "mock", "10.0.0.7", ""),
        *("evil.example:8080", "localhost@evil.example", "[fe80::1]", "127.0.0.1:x"),
        *("localhost,evil.example", "notlocalhost", "2130706433", "::1"),
    ],
)
@pytest.mark.parametrize(("method", "target"), [("GET", "/__mock/journal"), ("POST", RESET)])
def test_other_hosts_are_not_at_home(client: Client, host: str, method: str, target: str) -> None:
    """Neither to be read nor to be changed."""
    assert 403 == client.ask(target, ("Host", host), method=method).status


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        pytest.param([], 204, id="curl"),
        pytest.param([("Content-Type", "application/x-www-form-urlencoded")], 204, id="curl -d"),
        pytest.param([SITES["own"], OWN_ORIGIN, SCRIPT], 204, id="own page"),
        pytest.param([OWN_ORIGIN, SCRIPT], 204, id="own page, older browser"),
        pytest.param([SITES["own"], OWN_ORIGIN], 403, id="own form"),
        pytest.param([OWN_ORIGIN], 403, id="own form, older browser"),
        pytest.param([("Referer", "https://evil.example/")], 403, id="form, oldest browser"),
        pytest.param([EVIL], 403, id="form of another origin"),
        pytest.param([EVIL, SCRIPT], 403, id="script of another origin"),
        pytest.param([("Origin", "null"), SITES["evil"]], 403, id="form in a sandbox"),
        pytest.param(LINK, 403, id="form that leads here"),
    ],
)
def test_form_changes_no_state(client: Client, headers: list[tuple[str, str]], status: int) -> None:
    """A browser has to send what only a script can; a program on this machine need not."""
    client.webhooks("demo")
    answer = client.ask(RESET, HOST, *headers, method="POST")

    assert status == answer.status
    assert (status == 204) == ([] == json.loads(client.ask("/__mock/journal").body)["entries"])


@pytest.mark.parametrize(
    "target", [path_of("demo"), path_of("%FF"), "/nothing", path_of("demo") + "/"]
)
def test_path_of_the_contract_is_open_to_every_origin(client: Client, target: str) -> None:
    """And on every host, as a frontend needs it."""
    answer = client.ask(target, ("Host", "evil.example"), EVIL, SITES["evil"], AUTHORIZATION)

    assert 403 != answer.status
    assert EVIL[1] == open_to(answer)


@pytest.mark.parametrize(
    ("trusted", "host", "status"),
    [
        ("mock.internal", "mock.internal:8080", 200),
        ("mock.internal", "MOCK.internal", 200),
        ("mock.internal:8080", "mock.internal:8080", 200),
        ("mock.internal:8080", "mock.internal:9090", 403),
        ("mock.internal", "a.mock.internal", 403),
        ("10.0.0.7", "10.0.0.7:8080", 200),
        ("[fe80::1]", "[FE80::1]:8080", 200),
    ],
)
def test_trusted_host_is_at_home(trusted: str, host: str, status: int) -> None:
    """A port that is named counts, too."""
    client = Client(Settings(trusted_hosts=("other.example", trusted)))

    assert status == client.ask("/__mock/journal", ("Host", host)).status


def test_page_of_a_trusted_host_reads_and_resets() -> None:
    """A frontend's own page may show the journal, once its host was named."""
    client = Client(Settings(trusted_hosts=("localhost:5173",)))
    origin = ("Origin", "http://localhost:5173"), SITES["evil"]
    read = client.ask("/__mock/journal", HOST, *origin)
    reset = client.ask(RESET, HOST, *origin, SCRIPT, method="POST")

    assert (200, 204) == (read.status, reset.status)
    assert ["http://localhost:5173"] * 2 == [open_to(read), open_to(reset)]


def test_address_that_the_connection_came_to_is_at_home(client: Client) -> None:
    """A supervisor asks a machine by its address, and no DNS can lie about one."""
    client.server = ("10.0.0.7", 8080)

    assert 200 == client.ask("/__mock/health", ("Host", "10.0.0.7:30080")).status
    client.server = ("127.0.0.1", 80)


def test_host_that_was_chosen_is_at_home() -> None:
    """A name after `--host` is one's own."""
    client = Client(Settings(host="mock.internal"))

    assert 200 == client.ask("/__mock/health", ("Host", "mock.internal:8080")).status


@pytest.mark.parametrize("target", READ)
def test_nobody_frames_or_embeds_our_pages(client: Client, target: str) -> None:
    """Of any kind, by the policies of today and of old."""
    headers = client.ask(target, HOST).headers

    assert "frame-ancestors 'none'" in headers["Content-Security-Policy"]
    assert ("DENY", "same-origin", "nosniff") == (
        headers["X-Frame-Options"],
        headers["Cross-Origin-Resource-Policy"],
        headers["X-Content-Type-Options"],
    )


def test_refusal_is_no_answer_for_the_next_address(client: Client) -> None:
    """What hangs on the connection is decided again each time."""
    refused = [client.ask("/", ("Host", "evil.example")).status for _ in range(4)]

    assert [403] * 4 == refused
