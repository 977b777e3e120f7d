"""The page that a person opens first, and what it is made of."""

import json
import re
from pathlib import Path
from urllib.parse import urljoin

import pytest
from mock_client import AUTHORIZATION, Client

from find_webhook_kit.mock_server.answers.endpoint import endpoints
from find_webhook_kit.mock_server.answers.fixture_store import FixtureStore
from find_webhook_kit.mock_server.answers.lies import ALL_LIES
from find_webhook_kit.mock_server.app.admin import FOLDER, pages_of
from find_webhook_kit.mock_server.settings import Settings
from find_webhook_kit.spec import contract

OWN = frozenset(pages_of(contract()))

ENDPOINT = endpoints(contract())["findWebhook"]


@pytest.mark.parametrize("target", ["/", "/docs"])
def test_page_runs_nothing_but_our_files(client: Client, target: str) -> None:
    """What a fixture says can never run: no inline script, no other origin."""
    answer = client.ask(target)
    page = answer.body.decode()

    assert "text/html; charset=utf-8" == answer.headers["Content-Type"]
    assert answer.headers["Content-Security-Policy"].startswith(
        "default-src 'none'; script-src 'self'"
    )
    assert [] == re.findall(r"<script(?![^>]*src=)|<style|style=|onclick=|https?://", page)


@pytest.mark.parametrize("target", ["/", "/docs"])
def test_page_refers_to_what_is_there(client: Client, target: str) -> None:
    """Every link, script and style of a page is served, and none is named from the root."""
    page = client.ask(target).body.decode()
    references = set(re.findall(r'(?:href|src)="(?!data:)([^"]*)"', page))
    paths = {urljoin(target, reference) for reference in references}

    assert not [reference for reference in references if reference.startswith("/")]
    assert paths <= OWN
    assert {200} == {client.ask(path).status for path in paths}


def test_scripts_write_no_markup() -> None:
    """The scripts put texts into the page as texts."""
    for path in FOLDER.glob("*.js"):
        assert not re.search(
            r"innerHTML|outerHTML|insertAdjacentHTML|document\.write", path.read_text()
        )


def test_page_learns_all_states(client: Client) -> None:
    """The page lists every instance, example and lie."""
    states = json.loads(client.ask("/__mock/states").body)
    examples = [
        name
        for response in ENDPOINT.operation.responses.values()
        for media_type in response.content.values()
        for name in media_type.examples
    ]

    assert set(FixtureStore(None, contract()).by_id) == {item["id"] for item in states["instances"]}
    assert examples == [item["name"] for item in states["examples"]]
    assert list(ALL_LIES) == [item["name"] for item in states["lies"]]


def test_every_lie_stands_in_a_group(client: Client) -> None:
    """Where a person looks for it is said by the lie itself."""
    lies = json.loads(client.ask("/__mock/states").body)["lies"]
    groups = {lie["name"]: lie["group"] for lie in lies}

    assert {"data", "shape", "body", "status", "network", "writes"} == set(groups.values())
    assert ("network", "status", "shape", "data", "body") == tuple(
        groups[name]
        for name in ("dropped", "forbidden", "null-member", "epoch-date", "truncated-json")
    )


def test_page_learns_what_an_operation_needs(client: Client) -> None:
    """Each operation names its parameters, with a value to start from, and its examples."""
    (operation,) = json.loads(client.ask("/__mock/states").body)["operations"][:1]

    assert [("instanceId", "path")] == [
        (item["name"], item["in"]) for item in operation["parameters"]
    ]
    assert all(isinstance(item["value"], str) and item["value"] for item in operation["parameters"])
    assert operation["fixtures"]
    assert operation["examples"] == [answer["name"] for answer in operation["answers"]]


@pytest.mark.parametrize("writes", [False, True])
def test_lies_about_writes_are_offered_where_writes_are_kept(*, writes: bool) -> None:
    """Elsewhere they could not be told."""
    states = json.loads(Client(Settings(writes=writes)).ask("/__mock/states").body)
    about_writes = {lie["name"] for lie in states["lies"] if lie["group"] == "writes"}
    offered = {name for operation in states["operations"] for name in operation["lies"]}

    assert about_writes
    assert (about_writes if writes else set()) == about_writes & offered


def test_each_operation_of_a_resource_has_the_states_of_an_instance() -> None:
    """An id that is refused is refused by all of them, and one that fails fails for all."""
    client = Client(Settings(writes=True))
    states = json.loads(client.ask("/__mock/states").body)
    paths = [
        (operation["method"], operation["path"].replace("{webhookId}", "wh-crm"))
        for operation in states["operations"]
        if operation["states"] and operation["method"] in {"GET", "DELETE"}
    ]
    seen = {
        instance: {
            client.ask(path.replace("{instanceId}", instance), AUTHORIZATION, method=method).status
            for method, path in paths
        }
        for instance in ("unauthorized", "server-error", "rate-limited")
    }

    assert all(operation["states"] for operation in states["operations"])
    assert 3 == len(paths)
    assert {"unauthorized": {401}, "server-error": {500}, "rate-limited": {429}} == seen


def test_one_request_can_be_read_alone() -> None:
    """The page asks for the exchange between two numbers, with its bodies."""
    client = Client()
    for instance in ("demo", "empty", "many"):
        client.ask(f"/api/v2/instance/{instance}/webhook")
    entries = json.loads(client.ask("/__mock/journal").body)["entries"]
    number = entries[1]["number"]
    target = f"/__mock/journal.har?after={number - 1}&before={number + 1}"
    found = json.loads(client.ask(target).body)["log"]["entries"]

    assert 1 == len(found)
    assert found[0]["request"]["url"].endswith("/instance/empty/webhook")


@pytest.mark.parametrize(
    ("settings", "token"),
    [
        (Settings(), "demo-token"),
        (Settings(tokens=("s3cr3t",)), None),
        (Settings(tokens=("s3cr3t",), auth="any"), "demo-token"),
    ],
)
def test_page_shows_no_token_that_someone_chose(settings: Settings, token: str | None) -> None:
    """The default token is public, another one may be a secret."""
    body = Client(settings).ask("/__mock/states").body

    assert token == json.loads(body)["token"]
    assert b"s3cr3t" not in body


@pytest.mark.parametrize("target", sorted({"/", "/docs", "/openapi.yaml"} | set(OWN)))
def test_files_are_read_once(client: Client, monkeypatch: pytest.MonkeyPatch, target: str) -> None:
    """However many clients are slow to take a file, there is one copy of it."""
    client.ask(target)
    monkeypatch.setattr(Path, "read_bytes", lambda path: pytest.fail(f"{path} was read again"))

    assert client.ask(target).status in {200, 405}
