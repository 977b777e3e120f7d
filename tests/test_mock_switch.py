"""The live switch: what every request prefers that says nothing else."""

from __future__ import annotations

import asyncio
import json
from typing import Any

import httpx
import pytest
from mock_client import AUTHORIZATION, ERROR, path_of
from starlette.types import ASGIApp

from find_webhook_kit.mock_server.answers.delivery import HungUpError
from find_webhook_kit.mock_server.answers.standing import PreferencesError
from find_webhook_kit.mock_server.app.stack import create_app
from find_webhook_kit.mock_server.cli import run
from find_webhook_kit.mock_server.settings import Settings
from find_webhook_kit.mock_server.state import State

SWITCH = "/__mock/preferences"
TOKEN = dict([AUTHORIZATION])


def ask(app: ASGIApp, method: str, path: str, **options: Any) -> httpx.Response:
    """Send one request to the mock in this process."""

    async def sent() -> httpx.Response:
        transport = httpx.ASGITransport(app)
        async with httpx.AsyncClient(transport=transport, base_url="http://127.0.0.1") as client:
            return await client.request(method, path, **options)

    return asyncio.run(sent())


def turn(app: ASGIApp, prefer: str) -> httpx.Response:
    """Turn the switch."""
    return ask(app, "PUT", SWITCH, json={"prefer": prefer})


def webhooks(
    app: ASGIApp, prefer: str = "", instance: str = "demo", **options: Any
) -> httpx.Response:
    """Ask for the webhooks of an instance."""
    headers = {**TOKEN, **({"Prefer": prefer} if prefer else {}), **options.pop("headers", {})}
    return ask(app, options.pop("method", "GET"), path_of(instance), headers=headers, **options)


@pytest.fixture(scope="module")
def one() -> ASGIApp:
    """Make a mock for all the tests."""
    return create_app()


@pytest.fixture
def app(one: ASGIApp) -> ASGIApp:
    """Give a mock as it comes."""
    ask(one, "POST", "/__mock/reset")
    return one


def test_switch_is_off_at_first(app: ASGIApp) -> None:
    """A mock prefers nothing by itself, and no answer speaks of it."""
    assert {"prefer": ""} == ask(app, "GET", SWITCH).json()
    assert "Mock-Preferences" not in webhooks(app).headers


def test_switch_says_what_it_was_set_to(app: ASGIApp) -> None:
    """What was set comes back, then and later, in the order in which it was written."""
    text = "lie=server-error, delay=0"

    assert (200, {"prefer": text}) == (turn(app, text).status_code, ask(app, "GET", SWITCH).json())


@pytest.mark.parametrize(
    ("prefer", "status"),
    [
        ("lie=server-error", 500),
        ("code=401", 401),
        ("lie=unavailable", 503),
        ("example=none", 200),
        ("dynamic=true, size=2", 200),
    ],
)
@pytest.mark.parametrize("instance", ["demo", "empty", "nobody"])
def test_every_request_prefers_it(app: ASGIApp, prefer: str, status: int, instance: str) -> None:
    """A client that sends no Prefer gets what the switch says, whatever it asks for."""
    turn(app, prefer)
    answer = webhooks(app, instance=instance)

    assert (status, prefer) == (answer.status_code, answer.headers["Mock-Preferences"])


@pytest.mark.parametrize(
    ("switch", "own", "status", "applied"),
    [
        ("code=401", "code=400", 400, "code=400"),
        ("lie=server-error", "lie=unavailable", 503, "lie=unavailable"),
        ("lie=server-error", "code=401", 401, "code=401"),
        ("code=401", "lie=forbidden", 403, "lie=forbidden"),
        ("code=401", "example=one", 200, "example=one"),
        ("dynamic=true, size=3", "example=none", 200, "example=none"),
        ("dynamic=true, size=3", "seed=4", 200, "dynamic=true, seed=4, size=3"),
        ("lie=server-error", "seed=4", 500, "seed=4, lie=server-error"),
        ("size=3, dynamic=true", "delay=0", 200, "dynamic=true, size=3, delay=0"),
    ],
)
def test_own_preference_wins(
    app: ASGIApp, switch: str, own: str, status: int, applied: str
) -> None:
    """A client's preference counts; of the switch holds what goes together with it."""
    turn(app, switch)
    answer = webhooks(app, own)

    assert (status, applied) == (answer.status_code, answer.headers.get("Preference-Applied"))


@pytest.mark.parametrize(
    ("path", "options", "status"),
    [
        (path_of("demo"), {"headers": {}}, 401),
        (path_of("demo"), {"headers": TOKEN, "method": "POST"}, 405),
        (path_of("demo"), {"headers": TOKEN, "method": "HEAD"}, 200),
        (path_of("demo"), {"headers": {**TOKEN, "Accept": "text/csv"}}, 406),
        (path_of("demo"), {"headers": {**TOKEN, "Prefer": "code=1"}}, 400),
        ("/api/v2/nothing", {"headers": TOKEN}, 404),
    ],
)
def test_every_answer_is_marked(
    app: ASGIApp, path: str, options: dict[str, Any], status: int
) -> None:
    """Refusals say that the switch is on, too."""
    turn(app, "delay=0")
    answer = ask(app, options.pop("method", "GET"), path, **options)

    assert (status, "delay=0") == (answer.status_code, answer.headers["Mock-Preferences"])


def test_preflight_is_marked(app: ASGIApp) -> None:
    """What a browser asks ahead says so as well."""
    turn(app, "code=401")
    headers = {"Origin": "http://a.test", "Access-Control-Request-Method": "GET"}
    answer = ask(app, "OPTIONS", path_of("demo"), headers=headers)

    assert (204, "code=401") == (answer.status_code, answer.headers["Mock-Preferences"])


def test_page_of_another_origin_reads_the_mark(app: ASGIApp) -> None:
    """CORS exposes the header."""
    turn(app, "code=401")
    answer = webhooks(app, headers={"Origin": "http://localhost:5173"})

    assert "Mock-Preferences" in answer.headers["Access-Control-Expose-Headers"]


def test_own_pages_are_not_touched(app: ASGIApp) -> None:
    """The page, health and the journal work while the API is down."""
    turn(app, "lie=server-error")
    answer = ask(app, "GET", "/__mock/health")

    assert (200, False) == (answer.status_code, "Mock-Preferences" in answer.headers)


@pytest.mark.parametrize("instance", ["demo", "nobody"])
def test_no_answer_from_before_a_switch(app: ASGIApp, instance: str) -> None:
    """However often something was asked, the next answer after the switch is another one."""
    statuses = []
    for prefer in ("", "code=401", "code=400", "", "lie=server-error", ""):
        turn(app, prefer)
        found = {webhooks(app, instance=instance).status_code for _ in range(4)}
        marks = {webhooks(app, instance=instance).headers.get("Mock-Preferences", "")}
        statuses.append((*found, *marks))

    assert [(200, ""), (401, "code=401"), (400, "code=400"), (200, "")] == statuses[:4]
    assert [(500, "lie=server-error"), (200, "")] == statuses[4:]


def test_reset_turns_it_off(app: ASGIApp) -> None:
    """A reset leaves nothing of what requests have made of the mock."""
    turn(app, "code=401")
    ask(app, "POST", "/__mock/reset")

    assert {"prefer": ""} == ask(app, "GET", SWITCH).json()
    assert 200 == webhooks(app).status_code


def test_empty_text_turns_it_off(app: ASGIApp) -> None:
    """No preference is one of the things it can be set to."""
    turn(app, "code=401")

    assert {"prefer": ""} == turn(app, " ").json()
    assert 200 == webhooks(app).status_code


@pytest.mark.parametrize(
    ("body", "named"),
    [
        ({"prefer": "code=599"}, "code '599'"),
        ({"prefer": "code=abc"}, "code takes"),
        ({"prefer": "lie=nothing"}, "lie 'nothing'"),
        ({"prefer": "example=zwei"}, "example 'zwei'"),
        ({"prefer": "delay=99999999"}, "delay takes"),
        ({"prefer": "wait=5"}, "preference 'wait'"),
        ({"prefer": "lies=dropped"}, "preference 'lies'"),
        ({"prefer": "lie=dropped, code=401"}, "a lie bends"),
        ({"prefer": "size=3"}, "size goes with"),
        ({"prefer": 7}, "a text `prefer`"),
        ({"prefers": "code=401"}, "a text `prefer`"),
        ({}, "a text `prefer`"),
        ([], "a text `prefer`"),
        ({"prefer": "code=401", "more": 1}, "a text `prefer`"),
        ("[", "not JSON"),
        ("", "not JSON"),
        ("x" * 9000, "longer than"),
    ],
)
def test_bad_preference_is_named(app: ASGIApp, body: Any, named: str) -> None:
    """What no request could prefer is a 400 in the contract's shape, and changes nothing."""
    turn(app, "delay=0")
    content = body if isinstance(body, str) else json.dumps(body)
    answer = ask(app, "PUT", SWITCH, content=content)

    assert 400 == answer.status_code
    assert () == ERROR.violations(answer.json())
    assert named in answer.json()["message"]
    assert {"prefer": "delay=0"} == ask(app, "GET", SWITCH).json()


def test_journal_says_what_was_preferred_for_an_answer_that_never_came(app: ASGIApp) -> None:
    """A connection that ends has no header to say so, the reply that was meant had."""
    turn(app, "lie=dropped")
    with pytest.raises(HungUpError):
        webhooks(app)
    (entry,) = ask(app, "GET", "/__mock/journal").json()["entries"]

    assert (0, "dropped", "lie=dropped") == (entry["status"], entry["lie"], entry["preferences"])
    assert {} == entry["response_headers"]


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Host": "evil.test"}, 403),
        ({"Origin": "http://evil.test"}, 403),
        ({"Origin": "http://127.0.0.1"}, 403),
        ({"Origin": "http://127.0.0.1", "X-Requested-With": "page"}, 200),
        ({"Sec-Fetch-Site": "cross-site", "X-Requested-With": "page"}, 403),
        ({}, 200),
    ],
)
def test_switch_is_guarded_as_the_reset_is(
    app: ASGIApp, headers: dict[str, str], status: int
) -> None:
    """No page of another origin turns it, and no form."""
    answer = ask(app, "PUT", SWITCH, json={"prefer": "code=401"}, headers=headers)

    assert status == answer.status_code


def test_other_methods_are_refused(app: ASGIApp) -> None:
    """GET and PUT are what the switch takes."""
    answer = ask(app, "POST", SWITCH)

    assert (405, "GET, HEAD, OPTIONS, PUT") == (answer.status_code, answer.headers["Allow"])


def entries(app: ASGIApp, path: str = "/__mock/journal") -> Any:
    """Read the journal."""
    found = ask(app, "GET", path).json()
    return found["entries"] if "entries" in found else found["log"]["entries"]


def test_journal_says_so(app: ASGIApp) -> None:
    """An entry has what the switch said, and what was preferred in the end."""
    webhooks(app)
    turn(app, "lie=server-error, delay=0")
    webhooks(app)
    webhooks(app, "code=401")

    assert [
        (None, None),
        ("delay=0, lie=server-error", "lie=server-error, delay=0"),
        ("code=401, delay=0", "lie=server-error, delay=0"),
    ] == [(entry["prefer"], entry["preferences"]) for entry in entries(app)]


def test_replayed_answer_says_so_in_the_journal(app: ASGIApp) -> None:
    """An answer that comes from the cache has the same entry as the first one."""
    turn(app, "code=401")
    for _ in range(4):
        webhooks(app)

    assert {("code=401", "code=401")} == {
        (entry["prefer"], entry["preferences"]) for entry in entries(app)
    }


def test_archive_says_so(app: ASGIApp) -> None:
    """The HAR has it in the comment of an entry, and the header in its answer."""
    turn(app, "code=401")
    webhooks(app)
    (entry,) = entries(app, "/__mock/journal.har")

    assert "every request prefers: code=401" in entry["comment"]
    assert {"name": "mock-preferences", "value": "code=401"} in entry["response"]["headers"]


def test_states_say_so(app: ASGIApp) -> None:
    """The page learns of it with the rest."""
    turn(app, "code=401")

    assert "code=401" == ask(app, "GET", "/__mock/states").json()["prefer"]


def test_settings_turn_it_at_the_start() -> None:
    """A mock may start with it."""
    app = create_app(Settings(prefer="code=401"))

    assert 401 == webhooks(app).status_code
    assert {"prefer": "code=401"} == ask(app, "GET", SWITCH).json()


def test_bad_settings_are_refused() -> None:
    """A mock does not start with what no request could prefer."""
    with pytest.raises(PreferencesError, match="no code '599'"):
        State(Settings(prefer="code=599"))


@pytest.mark.parametrize("text", ["code=599", "lie=", "nothing", "delay=fast"])
def test_command_refuses_a_bad_preference(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    """The command says which flag, which preference and why, with exit code 2."""
    assert 2 == run(["--port", "0", "--prefer", text])
    assert capsys.readouterr().err.startswith("mock-server: --prefer: The")


def test_several_processes_refuse_to_turn_it() -> None:
    """One process of several would answer otherwise than the rest; the start sets all of them."""
    app = create_app(Settings(workers=2, prefer="code=401"))
    answer = turn(app, "code=400")

    assert 409 == answer.status_code
    assert "--prefer" in answer.json()["message"]
    assert 401 == webhooks(app).status_code


@pytest.mark.parametrize(
    ("code", "lie"),
    [("500", "lie=server-error"), ("503", "lie=unavailable"), ("429", "lie=too-many-requests")],
)
def test_undocumented_code_names_the_lie(app: ASGIApp, code: str, lie: str) -> None:
    """A status that the contract lacks is a 404 whose text says which lie has it."""
    answer = webhooks(app, f"code={code}")

    assert 404 == answer.status_code
    assert lie in answer.json()["message"]


def test_code_that_no_lie_has_names_none(app: ASGIApp) -> None:
    """Where nothing answers with a status, nothing is offered."""
    assert "lie" not in webhooks(app, "code=418").json()["message"]


def test_page_is_told_what_absence_means(app: ASGIApp) -> None:
    """The description of the contract says what an absent flag stands for in an answer."""
    assert "neither true nor false" in ask(app, "GET", "/__mock/states").json()["description"]
