"""A header picks the answer where the id does not."""

import asyncio
import json
import threading
from typing import cast

import pytest
from mock_client import AUTHORIZATION, ERROR, Answer, Client, path_of

from find_webhook_kit.spec import contract


def preferring(client: Client, *prefer: str, instance: str = "demo") -> Answer:
    """Ask with Prefer headers."""
    return client.webhooks(instance, *[("Prefer", value) for value in prefer])


@pytest.mark.parametrize(
    ("prefer", "instance", "status", "source"),
    [
        ("code=401", "demo", 401, 'example; name="unauthorized"; status=401'),
        ("code=400", "demo", 400, 'example; name="badRequest"; status=400'),
        ("code=200", "demo", 200, 'fixture; file="demo.yaml"; items=1'),
        ("code=200", "unauthorized", 200, 'example; name="one"; status=200; items=1'),
        ("example=none", "demo", 200, 'example; name="none"; status=200; items=0'),
        ("example=unauthorized", "demo", 401, 'example; name="unauthorized"; status=401'),
        ("code=200, example=minimal", "x", 200, 'example; name="minimal"; status=200; items=1'),
        ("code=200; example=minimal", "x", 200, 'example; name="minimal"; status=200; items=1'),
        ("CODE = 401", "demo", 401, 'example; name="unauthorized"; status=401'),
        ('x="a,code=401", code=200', "demo", 200, 'fixture; file="demo.yaml"; items=1'),
        ('example="mini\\mal"', "x", 200, 'example; name="minimal"; status=200; items=1'),
        ('example="minimal"', "x", 200, 'example; name="minimal"; status=200; items=1'),
        ("example=minimal, example=zzz", "x", 200, 'example; name="minimal"; status=200; items=1'),
        ("respond-async, wait=5", "demo", 200, 'fixture; file="demo.yaml"; items=1'),
        ("dynamic=false", "demo", 200, 'fixture; file="demo.yaml"; items=1'),
        ("dynamic=true, seed=7, size=3", "x", 200, "generated; seed=7; items=3"),
        ("dynamic, size=1", "x", 200, "generated; seed=0; items=1"),
    ],
)
def test_preference_is_honoured(
    client: Client, prefer: str, instance: str, status: int, source: str
) -> None:
    """The preferred status, example or data is what comes, and the answer says so."""
    answer = preferring(client, prefer, instance=instance)

    assert (status, source) == (answer.status, answer.headers["Mock-Source"])


@pytest.mark.parametrize(
    ("prefer", "applied"),
    [
        ("code=401", "code=401"),
        ("example=none;code=200", "code=200, example=none"),
        ("dynamic, seed=007", "dynamic=true, seed=7"),
        ("delay=1", "delay=1"),
        ("lie=null-body", "lie=null-body"),
        ("return=minimal, code=200", "code=200"),
    ],
)
def test_answer_says_what_was_applied(client: Client, prefer: str, applied: str) -> None:
    """`Preference-Applied` lists what was honoured."""
    assert applied == preferring(client, prefer).headers["Preference-Applied"]


def test_nothing_applied_is_not_mentioned(client: Client) -> None:
    """Without a preference of ours the header is absent."""
    assert "Preference-Applied" not in preferring(client, "respond-async").headers


@pytest.mark.parametrize("prefer", [[], ["code=200"], ["example=none"]])
def test_answer_varies_with_the_preference(client: Client, prefer: list[str]) -> None:
    """A cache must not give an answer to one preference for another."""
    assert "Prefer" in preferring(client, *prefer).headers["Vary"].split(", ")


@pytest.mark.parametrize(
    ("prefer", "message"),
    [
        ("code=418", "There is no code '418'; there is 200, 400, 401."),
        (
            "example=zzz",
            "There is no example 'zzz'; there is one, none, minimal, badRequest, unauthorized.",
        ),
        ("code=200, example=zzz", "There is no example 'zzz'; there is one, none, minimal."),
        ("code=401, example=one", "There is no example 'one'; there is unauthorized."),
        (
            "example",
            "There is no example ''; there is one, none, minimal, badRequest, unauthorized.",
        ),
    ],
)
def test_preference_for_what_is_not_there_is_a_404(
    client: Client, prefer: str, message: str
) -> None:
    """There is no silent fallback: the error lists what exists."""
    answer = preferring(client, prefer)

    assert 404 == answer.status
    assert () == ERROR.violations(answer.json)
    assert message == dict(answer.json)["message"]  # type: ignore[arg-type]


@pytest.mark.parametrize(
    ("prefer", "meant"),
    [
        ("lie=droped", "There is no lie 'droped'; did you mean dropped? There is missing-member, "),
        ("lie=html_login", "There is no lie 'html_login'; did you mean html-login? There is "),
        ("example=minimum", "There is no example 'minimum'; did you mean minimal? There is one, "),
    ],
)
def test_slip_in_a_name_is_told_with_the_nearest_one(
    client: Client, prefer: str, meant: str
) -> None:
    """The one that was meant stands before the fifty that there are."""
    assert meant in str(dict(preferring(client, prefer).json)["message"])  # type: ignore[arg-type]


def test_unknown_lie_lists_the_lies(client: Client) -> None:
    """A lie that does not exist is a 404 that names those that do."""
    answer = preferring(client, "lie=zzz")

    assert 404 == answer.status
    assert b"missing-member" in answer.body


@pytest.mark.parametrize(
    "prefer",
    [
        "code=abc",
        "code=99",
        "code=600",
        "code=",
        "code=2000",
        "code=4 01",
        'code="401',
        "code==401",
        "dynamic=maybe",
        "dynamic, seed=-1",
        "dynamic, seed=x",
        "dynamic, seed=9223372036854775808",
        "dynamic, size=501",
        "delay=60001",
        "delay=1.5",
        "delay=\u0661",
        "size=3",
        "seed=3",
        "dynamic, example=one",
        "dynamic, code=401",
    ],
)
def test_malformed_preference_is_a_400(client: Client, prefer: str) -> None:
    """A value that is not one, or a combination that contradicts itself, is told."""
    answer = preferring(client, prefer)

    assert 400 == answer.status
    assert () == ERROR.violations(answer.json)


def test_error_does_not_echo_a_long_value(client: Client) -> None:
    """What a client sent is quoted, but not all of it."""
    assert len(preferring(client, "code=" + "1" * 9000).body) < 300


def test_credentials_come_before_preferences(client: Client) -> None:
    """Nobody gets an example without a token."""
    assert 401 == client.ask(path_of("demo"), ("Prefer", "code=200")).status


def test_example_belongs_to_the_instance_asked_for(client: Client) -> None:
    """`instanceInstanceId` is the id of the request, in examples too."""
    answer = preferring(client, "example=one", instance="mine")

    assert ["mine"] == [item["instanceInstanceId"] for item in json.loads(answer.body)]


@pytest.mark.parametrize(("query", "status"), [("__code=401", 401), ("__example=zzz", 404)])
def test_query_of_prism_is_understood(client: Client, query: str, status: int) -> None:
    """Prism's twins of the header, for those who cannot set one."""
    assert status == client.ask(f"{path_of('demo')}?{query}", AUTHORIZATION).status


def test_header_counts_more_than_the_query(client: Client) -> None:
    """Where both name a preference, the header wins."""
    answer = client.ask(f"{path_of('demo')}?__code=401", AUTHORIZATION, ("Prefer", "code=400"))

    assert 400 == answer.status


def test_delay_delays(client: Client, monkeypatch: pytest.MonkeyPatch) -> None:
    """An answer comes as late as was asked for."""
    waited: list[float] = []
    slept, here = asyncio.sleep, threading.get_ident()

    async def sleep(seconds: float, result: object = None) -> object:
        if threading.get_ident() != here:  # the server of another test
            return await slept(seconds, result)
        waited.append(seconds)
        return result

    monkeypatch.setattr(asyncio, "sleep", sleep)
    preferring(client, "delay=50")

    assert [0.05] == [seconds for seconds in waited if seconds]


@pytest.mark.parametrize(
    ("status", "name"),
    [
        (status, name)
        for status, response in contract().operations["findWebhook"].responses.items()
        for name in response.content["application/json"].examples
    ],
)
def test_every_example_can_be_asked_for(client: Client, status: int, name: str) -> None:
    """The examples of the contract are the examples of the mock."""
    assert status == preferring(client, f"example={name}").status


@pytest.mark.parametrize("prefer", ["code=401", "example=zzz", "size=x", "lie=null-body"])
def test_answer_that_is_no_200_varies_with_the_preference_too(client: Client, prefer: str) -> None:
    """A cache must not keep a refusal, an error or a lie for those who preferred nothing."""
    answer = preferring(client, prefer)

    assert "Prefer" in answer.headers["Vary"].split(", ")
    assert "no-store" == answer.headers["Cache-Control"]


@pytest.mark.parametrize("prefer", ["code=401, lie=wrong-case", "example=badRequest, lie=nan"])
def test_lie_about_an_error_is_refused(client: Client, prefer: str) -> None:
    """What was applied could not be told truly otherwise."""
    assert 400 == preferring(client, prefer).status


def test_ids_that_nobody_has_share_no_preferred_answer(client: Client) -> None:
    """Each gets an example as its own, however often and in whatever order they are asked for."""
    responses = contract().operations["findWebhook"].responses
    example = next(iter(responses[200].content["application/json"].examples))
    asked = ["one-x", "two-x", "one-x", "two-x"]
    answers = [client.webhooks(name, ("Prefer", f"example={example}")) for name in asked]
    items = [cast("list[dict[str, str]]", answer.json) for answer in answers]

    assert [[name] for name in asked] == [
        sorted({item["instanceInstanceId"] for item in found}) for found in items
    ]
