"""The mock in other people's tests."""

from __future__ import annotations

import asyncio
import socket
import textwrap
from time import sleep
from typing import TYPE_CHECKING

import httpx
import pytest
from http_client import ask

from find_webhook_kit.mock_server.app.stack import create_app

if TYPE_CHECKING:
    from find_webhook_kit.mock_server.exchange import Exchange
    from find_webhook_kit.mock_server.pytest_plugin import Mock

pytest_plugins = ["pytester"]
PLAIN = ["-p", "no:cacheprovider", "-p", "no:schemathesis", "-p", "no:anyio"]


def get(mock: Mock, instance: str = "demo") -> object:
    """Ask the mock as a frontend's backend would."""
    return ask(mock.webhooks(instance), *mock.headers.items()).json


def test_fixture_gives_a_running_mock(webhook_mock: Mock) -> None:
    """A test asks for the fixture, and has a server."""
    assert [] == get(webhook_mock, "empty")


@pytest.mark.parametrize("run", [1, 2])
def test_each_test_finds_the_mock_as_new(webhook_mock: Mock, run: int) -> None:
    """What another test did is forgotten."""
    assert 0 == len(webhook_mock.journal), run
    assert [] == get(webhook_mock, "sequence")
    webhook_mock.lie("server-error")


def test_journal_shows_what_was_asked(webhook_mock: Mock) -> None:
    """A test sees the requests of the code that it tests."""
    get(webhook_mock, "a/b")

    assert ["a/b"] == [exchange.instance for exchange in webhook_mock.journal]


def test_journal_has_what_was_answered_a_moment_ago(
    webhook_mock: Mock, monkeypatch: pytest.MonkeyPatch
) -> None:
    """An answer leaves before it is written down, and a test that has it may look at once."""
    journal = webhook_mock.journal
    add = journal.add

    def late(exchange: Exchange) -> None:
        sleep(0.05)
        add(exchange)

    monkeypatch.setattr(journal, "add", late)
    webhook_mock.lie("null-body")
    ask(webhook_mock.webhooks(), *webhook_mock.headers.items(), ("Connection", "close"))

    assert 1 == len(webhook_mock.journal)


def test_journal_has_a_first_and_a_last_exchange(webhook_mock: Mock) -> None:
    """An index leads to an exchange, as in a list; beyond the last one there is none."""
    get(webhook_mock, "demo")
    get(webhook_mock, "empty")

    assert ["demo", "empty"] == [webhook_mock.journal[index].instance for index in (0, -1)]
    with pytest.raises(IndexError):
        webhook_mock.journal[2]


def test_what_pytest_writes_of_an_exchange_has_no_secret(webhook_mock: Mock) -> None:
    """A failed assertion shows what it compared, in a log that anyone may read."""
    get(webhook_mock, "demo")
    (exchange,) = webhook_mock.journal

    assert f"<Exchange {exchange.number}: GET {exchange.path} 200>" == repr(exchange)


def test_mock_prefers_on_request(webhook_mock: Mock) -> None:
    """A test turns the live switch; the reset turns it off."""
    webhook_mock.prefer("example=none")
    preferred = get(webhook_mock)
    webhook_mock.reset()

    assert [] == preferred
    assert get(webhook_mock)


def test_unknown_preference_is_refused(webhook_mock: Mock) -> None:
    """A slip in a preference is told."""
    with pytest.raises(Exception, match="There is no preference 'lies'"):
        webhook_mock.prefer("lies=dropped")


def test_project_says_how_its_mock_starts(pytester: pytest.Pytester) -> None:
    """Own fixtures, a fixed port and preferences stand in the ini file, and hold in each test."""
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    (pytester.path / "states").mkdir()
    (pytester.path / "states" / "mine.yaml").write_text("sequence: [empty, demo]", encoding="utf-8")
    (pytester.path / "pytest.ini").write_text(
        "[pytest]\n"
        "webhook_mock_fixtures = states\n"
        f"webhook_mock_port = {port}\n"
        "webhook_mock_prefer = code=200, delay=1\n",
        encoding="utf-8",
    )
    (pytester.path / "test_it.py").write_text(
        textwrap.dedent(f"""
        import json
        import urllib.request

        import pytest

        @pytest.mark.parametrize("run", [1, 2])
        def test_it(webhook_mock, run):
            request = urllib.request.Request(webhook_mock.webhooks("mine"))
            request.headers.update(webhook_mock.headers)
            with urllib.request.urlopen(request, timeout=5) as answer:
                assert [] == json.load(answer)
                assert "code=200, delay=1" == answer.headers["Mock-Preferences"]
            assert "http://127.0.0.1:{port}" == webhook_mock.url
            webhook_mock.prefer("code=401")
        """),
        encoding="utf-8",
    )
    done = pytester.runpytest_inprocess(*PLAIN)

    done.assert_outcomes(passed=2)


def test_project_says_in_python_how_its_mock_starts(pytester: pytest.Pytester) -> None:
    """A fixture of the project replaces the ini file, with any field of the settings."""
    (pytester.path / "pytest.ini").write_text(
        "[pytest]\nwebhook_mock_prefer = delay=1\n", encoding="utf-8"
    )
    (pytester.path / "conftest.py").write_text(
        textwrap.dedent("""
        import pytest

        @pytest.fixture(scope="session")
        def webhook_mock_settings():
            return {"tokens": ("mine",), "prefer": "code=200"}
        """),
        encoding="utf-8",
    )
    (pytester.path / "test_it.py").write_text(
        textwrap.dedent("""
        import urllib.request

        def test_it(webhook_mock):
            assert "mine" == webhook_mock.token
            request = urllib.request.Request(webhook_mock.webhooks())
            request.headers.update(webhook_mock.headers)
            with urllib.request.urlopen(request, timeout=5) as answer:
                assert "code=200" == answer.headers["Mock-Preferences"]
        """),
        encoding="utf-8",
    )
    done = pytester.runpytest_inprocess(*PLAIN)

    done.assert_outcomes(passed=1)


def test_mock_lies_on_request(webhook_mock: Mock) -> None:
    """From a call on, everything is answered with a lie; and then with the truth."""
    webhook_mock.lie("null-body")
    lie = get(webhook_mock)
    webhook_mock.lie(None)

    assert lie is None
    assert get(webhook_mock)


def test_unknown_lie_is_refused(webhook_mock: Mock) -> None:
    """A slip in a test is told."""
    with pytest.raises(ValueError, match="There is no lie 'nul-body'; did you mean null-body"):
        webhook_mock.lie("nul-body")


def test_app_runs_without_a_socket() -> None:
    """Httpx talks to the mock in this process."""

    async def ask() -> httpx.Response:
        transport = httpx.ASGITransport(app=create_app())
        async with httpx.AsyncClient(transport=transport, base_url="http://mock") as client:
            headers = {"Authorization": "Bearer demo-token"}
            return await client.get("/api/v2/instance/a%2Fb/webhook", headers=headers)

    answer = asyncio.run(ask())

    assert (200, "unknown") == (answer.status_code, answer.headers["Mock-Instance"])


WRITING = """
    import json, urllib.request


    def ask(mock, method, path, body=None):
        headers = {**mock.headers, "Content-Type": "application/json"}
        data = None if body is None else json.dumps(body).encode()
        asked = urllib.request.Request(path, data, headers, method=method)
        with urllib.request.urlopen(asked, timeout=5) as answer:
            return json.load(answer)


    def test_first(webhook_mock):
        url = webhook_mock.webhooks("demo")
        made = ask(webhook_mock, "POST", url, {"name": "crm", "url": "https://a.example"})
        assert made in webhook_mock.written("demo")
        assert b'"crm"' in webhook_mock.journal[-1].request_body


    def test_second(webhook_mock):
        assert [] == webhook_mock.written("demo")
        assert 1 == len(ask(webhook_mock, "GET", webhook_mock.webhooks("demo")))
"""


@pytest.mark.parametrize(
    ("ini", "conftest"),
    [
        ("webhook_mock_writes = true", ""),
        ("", "def webhook_mock_settings(): return {'writes': True}"),
    ],
    ids=["ini file", "conftest"],
)
def test_fixture_keeps_writes_where_a_project_says_so(
    pytester: pytest.Pytester, ini: str, conftest: str
) -> None:
    """A test sees what the code under test has written; the next one finds nothing of it."""
    decorator = "import pytest\n@pytest.fixture(scope='session')\n"
    (pytester.path / "pytest.ini").write_text(f"[pytest]\n{ini}\n", encoding="utf-8")
    (pytester.path / "conftest.py").write_text(
        decorator * bool(conftest) + conftest, encoding="utf-8"
    )
    (pytester.path / "test_it.py").write_text(textwrap.dedent(WRITING), encoding="utf-8")
    done = pytester.runpytest_inprocess(*PLAIN)

    done.assert_outcomes(passed=2)
