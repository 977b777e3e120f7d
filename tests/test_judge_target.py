"""A target is a URL that can be judged, or a sentence that says what to change."""

from __future__ import annotations

import pytest

from find_webhook_kit.contracts.usage import UsageError
from find_webhook_kit.contracts.wire.target import target


@pytest.mark.parametrize(
    ("given", "url", "authority"),
    [
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080", "127.0.0.1:8080"),
        ("http://127.0.0.1:80/", "http://127.0.0.1", "127.0.0.1"),
        ("https://api.example.com/chat/", "https://api.example.com/chat", "api.example.com"),
        ("http://[::1]:9", "http://[::1]:9", "[::1]:9"),
        ("http://127.1:9", "http://127.0.0.1:9", "127.0.0.1:9"),
        ("http://127.0.0.1.:9", "http://127.0.0.1:9", "127.0.0.1:9"),
        ("https://API.example.com./x", "https://api.example.com/x", "api.example.com"),
        ("http://my_host:9", "http://my_host:9", "my_host:9"),
    ],
)
def test_base_url_is_an_origin_and_an_optional_prefix(given: str, url: str, authority: str) -> None:
    """Default ports and a trailing slash say nothing; a prefix is kept."""
    found = target(given, token="t", instance_ids=("a",))

    assert (url, authority) == (found.url, found.authority)


@pytest.mark.parametrize(
    ("given", "reason"),
    [
        ("", "must look like http://"),
        ("localhost:8080", "must look like http://"),
        ("ftp://host", "must look like http://"),
        ("http://host:99999", "is not a URL"),
        ("http://me:secret@host", "the token goes into --token"),
        ("http://host?x=1", "use http://host"),
        ("http://host/pre/api/v2/instance/demo/webhook", "use http://host/pre"),
        ("http://host/api/v2", "use http://host"),
        ("http://host/a b", "percent-encoding"),
        ("http://host:0", "no server has the port 0"),
        ("http://ho$(id)st", "no name of a host"),
        ("http://ho st", "no name of a host"),
        ("http://a..b", "no name of a host"),
        ("http://[::1", "is not a URL"),
        ("http://h\N{LATIN SMALL LETTER O WITH DIAERESIS}st", "IDNA"),
    ],
)
def test_url_that_cannot_be_judged_says_how_to_correct_it(given: str, reason: str) -> None:
    """Each refusal names BASE_URL and the way out."""
    with pytest.raises(UsageError, match="BASE_URL") as caught:
        target(given, token="t", instance_ids=("a",))

    assert reason in str(caught.value)


@pytest.mark.parametrize(
    ("token", "ids", "unknown", "reason"),
    [
        ("", ("a",), "b", "CONTRACT_TOKEN"),
        ("two words", ("a",), "b", "--token holds a space"),
        ("t\n", ("a",), "b", "--token holds a space"),
        ("t", (), "b", "--instance-id"),
        ("t", ("\udcff",), "b", "--instance-id is not UTF-8"),
        ("t", ("",), "b", "--instance-id"),
        ("t", ("a",), "a", "--unknown-instance-id"),
    ],
)
def test_missing_credentials_and_ids_name_their_flag(
    token: str, ids: tuple[str, ...], unknown: str, reason: str
) -> None:
    """A live server cannot be judged without a token and a known instance."""
    with pytest.raises(UsageError, match=reason):
        target("http://host", token=token, instance_ids=ids, unknown_id=unknown)


@pytest.mark.parametrize(
    "given",
    [
        "https://me:s3cret@host",
        "https://me:s3cret@host:port",
        "https://me:s3cret@host:99999",
        "https://me:s3/cret@host:99999",
        "https://me:s3#cret@host:99999",
        "https://me:s3://cret@host:99999",
        "https://:s3cret@host",
        "me:s3cret@host",
        "https//me:s3cret@host",
        "ftp://me:s3cret@host",
        "https://me:s3cret@host/a b",
        "https://me:s3cret@h\N{LATIN SMALL LETTER O WITH DIAERESIS}st",
        "https://me:s3cret@[::1",
        "https://host:port?token=s3cret",
        "https://host:port#s3cret",
    ],
)
def test_password_of_a_mistyped_url_is_not_repeated(given: str) -> None:
    """Nor what stands in a query."""
    with pytest.raises(UsageError) as caught:
        target(given, token="t", instance_ids=("a",))

    assert "BASE_URL" in str(caught.value)
    assert "cret" not in str(caught.value)


@pytest.mark.parametrize(
    ("url", "loopback"),
    [
        ("http://localhost.", True),
        ("http://app.localhost", True),
        ("http://127.1", True),
        ("http://localhost.example.com", False),
        ("http://notlocalhost", False),
    ],
)
def test_this_machine_has_many_names(url: str, loopback: bool) -> None:  # noqa: FBT001
    """Whichever is used, nobody needs sparing there."""
    assert loopback is target(url, token="t", instance_ids=("a",)).loopback


def test_dot_at_the_end_is_for_the_resolver_alone() -> None:
    """Certificates and virtual hosts know no dot (RFC 6066, section 3)."""
    found = target("https://api.example.com.", token="t", instance_ids=("a",))

    assert ("api.example.com.", "api.example.com") == (found.host, found.name)
