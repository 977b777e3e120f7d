"""The instance id picks the answer."""

from pathlib import Path
from typing import cast

import pytest
from mock_client import ERROR, Client, folder
from truth import offences

from find_webhook_kit.mock_server.answers.endpoint import endpoints
from find_webhook_kit.mock_server.answers.fixture_store import FixtureStore
from find_webhook_kit.mock_server.answers.fixtures import Listed
from find_webhook_kit.mock_server.settings import Settings
from find_webhook_kit.spec import Json, contract

ENDPOINT = endpoints(contract())["findWebhook"]
WEBHOOKS = ENDPOINT.operation.responses[200].content["application/json"].schema
BUILT_IN = FixtureStore(None, contract()).by_id
HONEST = [name for name, one in BUILT_IN.items() if "lie" not in dict(one.prefer.values)]
"""The built-in instances that break no contract."""


def items(body: Json) -> list[dict[str, Json]]:
    """Take a body for the list of webhooks that it is."""
    return cast("list[dict[str, Json]]", body)


@pytest.mark.parametrize(
    ("instance", "count"), [("demo", 1), ("empty", 0), ("many", 50), ("minimal", 1)]
)
def test_instance_has_its_webhooks(client: Client, instance: str, count: int) -> None:
    """Each documented instance answers with the number of webhooks it is named after."""
    answer = client.webhooks(instance)

    assert 200 == answer.status
    assert count == len(items(answer.json))


@pytest.mark.parametrize("instance", sorted(HONEST))
def test_answer_keeps_the_contract(client: Client, instance: str) -> None:
    """What a built-in instance answers is what the contract documents for its status."""
    answer = client.webhooks(instance)
    media_type = ENDPOINT.operation.responses[answer.status].content["application/json"]

    assert () == media_type.schema.violations(answer.json)
    assert [] == list(offences(instance, answer.json)) or answer.status != 200


def test_demo_has_every_member(client: Client) -> None:
    """The first instance that a person sees shows all that the contract documents."""
    (webhook,) = items(client.webhooks("demo").json)
    documented = {member.path[1:] for member in WEBHOOKS.members()}
    events = cast("dict[str, Json]", webhook["WebhookEvents"])

    assert documented == {(name,) for name in webhook} | {
        ("WebhookEvents", name) for name in events
    }


def test_minimal_has_required_members_alone(client: Client) -> None:
    """Optional members that a fixture leaves out stay out of the answer."""
    (webhook,) = items(client.webhooks("minimal").json)

    assert WEBHOOKS.items is not None
    assert set(WEBHOOKS.items.required) == set(webhook)


def test_disabled_is_disabled(client: Client) -> None:
    """The disabled instance says so."""
    (webhook,) = items(client.webhooks("disabled").json)

    assert webhook["enabled"] is False


@pytest.mark.parametrize("instance", [name for name in HONEST if name not in {"empty", "scratch"}])
def test_webhooks_belong_to_the_instance_asked_for(client: Client, instance: str) -> None:
    """`instanceInstanceId` is the id of the request, in every item."""
    if isinstance(BUILT_IN[instance].state, Listed):
        owners = {item["instanceInstanceId"] for item in items(client.webhooks(instance).json)}

        assert {instance} == owners


def test_unknown_instance_has_no_webhook(client: Client) -> None:
    """An instance that the mock does not know is an instance without a webhook, and marked."""
    answer = client.webhooks("nobody")

    assert (200, []) == (answer.status, answer.json)
    assert "unknown" == answer.headers["Mock-Instance"]


@pytest.mark.parametrize(
    ("instance", "source"),
    [
        ("demo", 'fixture; file="demo.yaml"; items=1'),
        ("nobody", "unknown-instance; items=0"),
        ("unauthorized", 'fixture; file="unauthorized.yaml"; example="unauthorized"'),
        ("sequence", 'fixture; file="sequence.yaml"; step=1; of=3; shows="empty.yaml"; items=0'),
    ],
)
def test_answer_says_why(instance: str, source: str) -> None:
    """`Mock-Source` names what the answer was made of."""
    assert source == Client().webhooks(instance).headers["Mock-Source"]


def test_source_is_a_header_whatever_the_file_is_called(tmp_path: Path) -> None:
    """A file name beyond ASCII is percent-encoded in the header."""
    (tmp_path / 'héllo "x"\n.yaml').write_text("instance: here\nwebhooks: []\n")
    client = Client(Settings(fixtures=tmp_path))

    source = client.webhooks("here").headers["Mock-Source"]

    assert 'fixture; file="h%C3%A9llo%20%22x%22%0A.yaml"; items=0' == source


@pytest.mark.parametrize(("instance", "status"), [("unauthorized", 401), ("bad-request", 400)])
def test_instance_answers_with_an_error_of_the_contract(
    client: Client, instance: str, status: int
) -> None:
    """Two instances answer with the documented errors, whatever the token."""
    answer = client.webhooks(instance)

    assert status == answer.status
    assert () == ERROR.violations(answer.json)


def test_unauthorized_instance_sends_a_challenge(client: Client) -> None:
    """A 401 that a fixture asks for carries the header that every 401 carries."""
    assert client.webhooks("unauthorized").headers["WWW-Authenticate"].startswith("Bearer ")


def test_sequence_walks_and_stays_at_its_end() -> None:
    """The sequence shows none, one, a disabled one, and goes on showing the last."""
    client = Client()
    seen = [items(client.webhooks("sequence").json) for _ in range(4)]

    assert [[], [True], [False], [False]] == [[item["enabled"] for item in body] for body in seen]


def test_sequence_walks_for_each_token_alone() -> None:
    """What one client has seen does not move another."""
    client = Client(Settings(tokens=("one", "two")))
    sizes = [
        len(items(client.ask("/api/v2/instance/sequence/webhook", header).json))
        for header in [
            ("Authorization", "Bearer one"),
            ("Authorization", "Bearer one"),
            ("Authorization", "Bearer two"),
        ]
    ]

    assert [0, 1, 0] == sizes


def test_head_does_not_walk() -> None:
    """Looking at the headers of a sequence does not take a step."""
    client = Client()
    for _ in range(2):
        client.ask(
            "/api/v2/instance/sequence/webhook",
            ("Authorization", "Bearer demo-token"),
            method="HEAD",
        )

    assert [] == client.webhooks("sequence").json


def test_own_folder_adds_an_instance(tmp_path: Path) -> None:
    """A fixture of one's own stands beside the built-in ones."""
    settings = Settings(fixtures=folder(tmp_path, mine_yaml="webhooks: []\n"))
    client = Client(settings)

    assert "Mock-Instance" not in client.webhooks("mine").headers
    assert "Mock-Instance" not in client.webhooks("demo").headers


def test_own_folder_replaces_an_instance(tmp_path: Path) -> None:
    """A fixture of one's own takes the place of the built-in one of the same id."""
    settings = Settings(fixtures=folder(tmp_path, demo_json="[]"))

    assert [] == Client(settings).webhooks("demo").json
