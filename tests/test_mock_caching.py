"""Validators, caches and compression."""

import gzip

import pytest
from mock_client import AUTHORIZATION, ERROR, Client, path_of


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


@pytest.mark.parametrize(
    "accept", ["gzip", "br, gzip;q=0.5", "*", "x-gzip", "GZIP;q=.5", "gzip;q=1."]
)
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


@pytest.mark.parametrize("method", ["GET", "HEAD"])
@pytest.mark.parametrize("accept", ["identity", "gzip"])
@pytest.mark.parametrize("tags", ['"x", {}', "{}", "*", ""])
def test_answer_that_is_wanted_is_sent(client: Client, tags: str, accept: str, method: str) -> None:
    """If-Match with its ETag, packed or not, or with a star, changes nothing."""
    encoding = ("Accept-Encoding", accept)
    known = client.webhooks("many", encoding)
    header = ("If-Match", tags.format(known.headers["ETag"]))

    answer = client.ask(path_of("many"), AUTHORIZATION, encoding, header, method=method)

    assert (200, known.headers) == (answer.status, answer.headers)


@pytest.mark.parametrize("tags", ['"x"', 'W/"x", "y"', "W/{}", "nonsense", '""'])
@pytest.mark.parametrize("instance", ["demo", "many", "nobody"])
def test_answer_that_is_not_wanted_is_a_412(client: Client, instance: str, tags: str) -> None:
    """Whoever wants another one learns that there is none; a weak tag never matches here."""
    known = client.webhooks(instance).headers["ETag"]
    answers = [client.webhooks(instance, ("If-Match", tags.format(known))) for _ in range(3)]

    assert [412] * 3 == [answer.status for answer in answers]
    assert () == ERROR.violations(answers[0].json)
    assert "refused" == answers[0].headers["Mock-Source"]


def test_what_is_wanted_counts_before_what_is_known(client: Client) -> None:
    """If-Match is looked at first (RFC 9110, section 13.2.2), and never for an error."""
    wanted = ("If-Match", '"x"')

    assert 412 == client.webhooks("demo", wanted, ("If-None-Match", "*")).status
    assert 401 == client.webhooks("unauthorized", wanted).status


def test_step_of_a_sequence_that_was_not_wanted_is_no_answer_to_the_next() -> None:
    """What hangs on more than the request is decided again each time."""
    client = Client()
    second = Client()
    second.webhooks("sequence")
    wanted = ("If-Match", second.webhooks("sequence").headers["ETag"])

    assert [412, 200, 412, 412] == [client.webhooks("sequence", wanted).status for _ in range(4)]


def test_packed_body_has_an_etag_of_its_own(client: Client) -> None:
    """Other bytes are another representation; who has one of them has both."""
    accept = ("Accept-Encoding", "gzip")
    plain, packed = client.webhooks("many"), client.webhooks("many", accept)
    tags = plain.headers["ETag"], packed.headers["ETag"]

    assert tags[0] != tags[1]
    for tag in tags:
        answer = client.webhooks("many", accept, ("If-None-Match", tag))
        assert (304, tags[1]) == (answer.status, answer.headers["ETag"])
