"""Validators, caches and compression."""

import gzip

import pytest
from mock_client import AUTHORIZATION, Client, path_of


@pytest.fixture(scope="module")
def client() -> Client:
    """Give a mock as it comes."""
    return Client()


def test_etag_belongs_to_the_body(client: Client) -> None:
    """The same body has the same ETag, another body another one."""
    tags = [client.webhooks(name).headers["ETag"] for name in ("demo", "demo", "many")]

    assert tags[0] == tags[1] != tags[2]


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("tags", ['"x", {}', "{}", "*"])
def test_known_body_is_not_sent_again(client: Client, method: str, tags: str) -> None:
    """A client that shows the ETag gets a 304 without a body, with the headers of the 200."""
    known = client.webhooks()
    header = ("If-None-Match", tags.format(known.headers["ETag"]))
    answer = client.ask(path_of("demo"), AUTHORIZATION, header, method=method)

    assert (304, b"") == (answer.status, answer.body)
    for name in ("ETag", "Cache-Control", "Vary", "Mock-Source"):
        assert known.headers[name] == answer.headers[name]
    assert "Content-Type" not in answer.headers


@pytest.mark.parametrize("tags", ['"x"', "", "nonsense"])
def test_unknown_etag_gets_the_body(client: Client, tags: str) -> None:
    """A client that shows another ETag gets the answer."""
    assert 200 == client.webhooks("demo", ("If-None-Match", tags)).status


@pytest.mark.parametrize(
    ("prefer", "control"),
    [("code=200", "private, no-cache"), ("code=401", "no-store"), ("lie=wrapped", "no-store")],
)
def test_caches_ask_before_they_answer(client: Client, prefer: str, control: str) -> None:
    """An answer may be kept but must be validated; errors and lies are not kept."""
    assert control == client.webhooks("demo", ("Prefer", prefer)).headers["Cache-Control"]


@pytest.mark.parametrize("accept", ["gzip", "br, gzip;q=0.5", "*"])
def test_large_body_is_compressed_where_asked_for(client: Client, accept: str) -> None:
    """Gzip is for those who take it, and the body stays the same."""
    plain, packed = client.webhooks("many"), client.webhooks("many", ("Accept-Encoding", accept))

    assert "gzip" == packed.headers["Content-Encoding"]
    assert plain.body == gzip.decompress(packed.body)
    assert str(len(packed.body)) == packed.headers["Content-Length"]
    assert "Accept-Encoding" in plain.headers["Vary"]


@pytest.mark.parametrize(
    ("instance", "accept"), [("many", "identity"), ("many", "gzip;q=0, *"), ("demo", "gzip")]
)
def test_others_get_the_body_as_it_is(client: Client, instance: str, accept: str) -> None:
    """Whoever does not ask gets no gzip, and a small body is not worth it."""
    headers = client.webhooks(instance, ("Accept-Encoding", accept)).headers

    assert "Content-Encoding" not in headers
