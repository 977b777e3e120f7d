"""An id is whatever stands in the path, decoded once."""

from pathlib import Path
from urllib.parse import quote

import pytest
from mock_client import AUTHORIZATION, Client, path_of

from find_webhook_kit.mock_server.settings import Settings

ODD_IDS = [
    pytest.param("a/b", id="slash"),
    pytest.param("..", id="dots"),
    pytest.param(".", id="dot"),
    pytest.param("a b", id="space"),
    pytest.param("a+b", id="plus"),
    pytest.param("\"'`", id="quotes"),
    pytest.param("a\nb", id="line break"),
    pytest.param("\r\n", id="CRLF"),
    pytest.param("\x00", id="NUL"),
    pytest.param("\x7f", id="DEL"),
    pytest.param("%", id="percent"),
    pytest.param("%41", id="escaped twice"),
    pytest.param("?a=b#c", id="query and fragment"),
    pytest.param("{instanceId}", id="template"),
    pytest.param("<script>", id="markup"),
    pytest.param("null", id="null"),
    pytest.param("🙂", id="emoji"),
    pytest.param("مرحبا", id="right to left"),
    pytest.param("e\u0301", id="combining"),
    pytest.param("\ufffd", id="replacement character"),
    pytest.param("x" * 2000, id="2,000 characters"),
    pytest.param("é" * 2000, id="2,000 characters of two bytes"),
]


@pytest.mark.parametrize("instance", ODD_IDS)
def test_odd_id_is_just_an_id(tmp_path: Path, instance: str) -> None:
    """Every id that is UTF-8 is looked up as it is, and comes back as it was sent."""
    escaped = "".join(f"\\U{ord(character):08x}" for character in instance)
    fixture = tmp_path / "odd.yaml"
    fixture.write_text(
        f'instance: "{escaped}"\n'
        "webhooks:\n"
        "- {name: a, url: b, webhookId: c, createdAt: 2024-01-01T00:00:00Z,"
        " updatedAt: 2024-01-01T00:00:00Z}\n"
    )

    answer = Client(Settings(fixtures=tmp_path)).webhooks(quote(instance, safe=""))

    assert [instance] == [item["instanceInstanceId"] for item in answer.json]  # type: ignore[union-attr,index,call-overload]


@pytest.mark.parametrize(
    "instance",
    [
        pytest.param("%FF", id="no UTF-8 byte"),
        pytest.param("%C3", id="cut short"),
        pytest.param("%E0%80%80", id="overlong"),
        pytest.param("%ED%A0%80", id="half a surrogate pair"),
        pytest.param("%F4%90%80%80", id="beyond Unicode"),
        pytest.param("demo%FF", id="readable start"),
    ],
)
def test_id_that_is_no_text_is_a_documented_400(client: Client, instance: str) -> None:
    """Bytes that are not UTF-8 get the documented error."""
    answer = client.webhooks(instance)

    assert 400 == answer.status
    assert {
        "statusCode": 400,
        "error": "Bad Request",
        "message": "The instance id is not UTF-8 after percent-decoding.",
    } == answer.json


@pytest.mark.parametrize("path", [b"\xff", b"demo\xe9"])
def test_raw_bytes_count_as_their_escapes(client: Client, path: bytes) -> None:
    """Bytes that no URL may hold are read as if they were percent-encoded."""
    answer = client.ask(b"/api/v2/instance/" + path + b"/webhook", AUTHORIZATION)

    assert 400 == answer.status


@pytest.mark.parametrize(
    "target",
    [
        "/api/v2/instance/%64%65%6D%6F/webhook",
        "/%61pi/v2/instance/demo/web%68ook",
        "/api/v2/instance/demo/webhook?x=1",
    ],
)
def test_equivalent_spellings_are_one_path(client: Client, target: str) -> None:
    """An escaped unreserved character names the same thing (RFC 3986, 6.2.2.2)."""
    answer = client.ask(target, AUTHORIZATION)

    assert 'fixture; file="demo.yaml"; items=1' == answer.headers["Mock-Source"]


@pytest.mark.parametrize("instance", ["%", "%Z", "%ZZ", "%%37%33"])
def test_stray_percent_sign_is_itself(client: Client, instance: str) -> None:
    """A percent sign that starts no escape is a character like others, as in a browser."""
    assert 200 == client.webhooks(instance).status


@pytest.mark.parametrize(
    "path",
    [
        "/api/v2/instance/demo/webhook/",
        "/api/v2/instance//webhook",
        "/api/v2/instance/webhook",
        "//api/v2/instance/demo/webhook",
        "/api/v2/instance/a/b/webhook",
        "/api/v2/instance/demo/webhook/more/still",
        "/api/v2/instance/demo%2Fwebhook",
        "/API/v2/instance/demo/webhook",
        "/nothing",
        "/openapi.yaml/",
        "*",
        "",
    ],
)
def test_other_path_is_a_404(client: Client, path: str) -> None:
    """A path that is not one of ours is not found; there is no redirect to a likely one."""
    assert 404 == client.ask(path, AUTHORIZATION).status


def test_id_may_be_spelled_like_a_path(client: Client) -> None:
    """An id with an encoded slash does not reach another path."""
    assert path_of("a%2Fb") != path_of("a/b")
    assert "unknown" == client.webhooks("..%2F..%2Fopenapi.yaml").headers["Mock-Instance"]
