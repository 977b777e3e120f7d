"""What of a message is shown to others, and what is not."""

import pytest

from find_webhook_kit.spec.secrets import (
    is_harmless_header,
    masked_header,
    masked_headers,
    masked_query,
    masked_url,
)

SECRET = "s3cr3t-9f2c81"


@pytest.mark.parametrize(
    "name",
    [
        *("X-Gateway-Key", "X-GATEWAY-KEY", "Api-Key", "apikey", "X-Api-Key", "X-Access-Token"),
        *("Private-Token", "X-Vault-Token", "X-Auth-Token", "X-Amz-Security-Token", "Cookie"),
        *("Set-Cookie", "Cookie2", "X-CSRF-Token", "X-Hub-Signature-256", "Stripe-Signature"),
        *("Ocp-Apim-Subscription-Key", "X-Goog-Api-Key", "CF-Access-Client-Secret", "DPoP"),
        *("Authentication-Info", "X-Shopify-Access-Token", "Link", "Refresh", "Baggage", "Xyz"),
    ],
)
def test_header_that_nobody_knows_as_harmless_loses_its_value(name: str) -> None:
    """The list holds what is shown, so a header that somebody invents tomorrow is hidden."""
    assert "***" == masked_header(name, SECRET)
    assert not is_harmless_header(name)


@pytest.mark.parametrize(
    ("name", "value"),
    [
        ("Accept", "application/json"),
        ("HOST", "127.0.0.1:8080"),
        ("User-Agent", "curl/8.5.0"),
        ("Prefer", "dynamic=true, seed=7"),
        ("Access-Control-Request-Headers", "authorization,x-gateway-key"),
        ("Sec-Fetch-Site", "cross-site"),
        ("Mock-Source", 'fixture; file="demo.yaml"; items=1'),
        ("ETag", 'W/"0123456789abcdef0123"'),
        ("WWW-Authenticate", 'Bearer realm="mock", error="invalid_token"'),
        ("X-Request-Id", "0d8f7c1e-6f0e-4d3e-9b1c-0e8a5b3f2d11"),
        ("Location", "/api/v2/instance/demo/webhook?__code=401"),
    ],
)
def test_harmless_header_is_shown(name: str, value: str) -> None:
    """What explains an answer stays as it is."""
    assert value == masked_header(name, value)


@pytest.mark.parametrize(
    ("value", "shown"),
    [
        (f"Bearer {SECRET}", "Bearer ***"),
        (f"bEARER {SECRET}", "bEARER ***"),
        (f"  Bearer   {SECRET} ", "Bearer ***"),
        ("Bearer", "Bearer"),
        (f"Digest username=a, response={SECRET}", "Digest ***"),
        (f"AWS4-HMAC-SHA256 Credential=a, Signature={SECRET}", "AWS4-HMAC-SHA256 ***"),
        (SECRET, "***"),
        (f"{SECRET} x", "***"),
        (f"Bearer:{SECRET}", "***"),
        (f"Bearer,{SECRET} x", "***"),
        (f"Bearer\t{SECRET}", "***"),
        (f"Acme {SECRET}", "***"),
        ("", "***"),
    ],
)
@pytest.mark.parametrize("name", ["Authorization", "Proxy-Authorization"])
def test_credentials_keep_their_scheme_alone(name: str, value: str, shown: str) -> None:
    """And only one that is known: whoever forgets it writes the token in its place."""
    assert shown == masked_header(name, value)


@pytest.mark.parametrize(
    ("name", "value", "shown"),
    [
        ("WWW-Authenticate", f"Negotiate {SECRET}", "Negotiate ***"),
        ("Proxy-Authenticate", f"{SECRET}", "***"),
        ("Referer", f"https://a.example/b?access_token={SECRET}#x", None),
        ("Location", f"https://user:{SECRET}@a.example/b", "https://***@a.example/b"),
        ("X-Original-URL", f"/b?sig={SECRET}", "/b?sig=***"),
    ],
)
def test_challenge_and_address_show_no_secret(name: str, value: str, shown: str | None) -> None:
    """A challenge may hold a token, and so may every part of a URL but its path."""
    assert (shown or "https://a.example/b?access_token=***#***") == masked_header(name, value)


@pytest.mark.parametrize(
    "name",
    [
        *("access_token", "api_key", "apikey", "signature", "sig", "X-Amz-Signature", "key", "k"),
        *("hub.verify_token", "code", "state", "password", "jwt", "access%5Ftoken", "%74oken", "q"),
        *("SAMLResponse", "ticket", "sid", "client_secret", "a[token]", "+token"),
    ],
)
def test_secret_in_a_query_is_hidden(name: str) -> None:
    """Whatever the parameter is called, and however its name is spelled."""
    assert f"/p?a=1&{name}=***&__code=401" == masked_url(f"/p?a=1&{name}={SECRET}&__code=401")


@pytest.mark.parametrize("query", [SECRET, f"{SECRET}=", f"1;token={SECRET}", f"={SECRET}"])
def test_secret_without_a_name_is_hidden(query: str) -> None:
    """A token alone, one that ends in an equals sign, one behind a semicolon."""
    assert SECRET not in masked_query(query)


@pytest.mark.parametrize("name", ["token", "key", "pin", "otp", "code", "pass%77ord", "sig"])
def test_short_value_of_a_telling_name_is_hidden(name: str) -> None:
    """A name that speaks of secrets counts more than how short the value is."""
    assert f"{name}=***" == masked_query(f"{name}=1234")


@pytest.mark.parametrize(
    "target",
    [
        *("/", "/p?", "/p?a=1&a=2&b", "/p?__example=no-webhook-at-all&__seed=123456789", "*"),
        *("/p?page=10000000&sort=createdAt:desc&&x=true", "//[::1]/p", "/p;v=1/q?a=b=c", ""),
    ],
)
def test_what_is_no_secret_is_spelled_as_it_came(target: str) -> None:
    """So a request that was written down can be sent again."""
    assert target == masked_url(target)


def test_session_in_a_path_is_hidden() -> None:
    """Servlets write it there when a client takes no cookies."""
    assert "/a;jsessionid=***/b?x=1" == masked_url(f"/a;jsessionid={SECRET}/b?x=1")


def test_headers_keep_their_order_and_repetitions() -> None:
    """A list of pairs stays the list that came."""
    came = [("Accept", "a"), ("X-Key", SECRET), ("Accept", "b")]

    assert (("Accept", "a"), ("X-Key", "***"), ("Accept", "b")) == masked_headers(came)


@pytest.mark.parametrize(
    "query",
    [
        *(
            f"page=1;token={SECRET}",
            f"__code=401?access_token={SECRET}",
            f"page=1%26key%3D{SECRET}",
        ),
        *(f"page=1%2526key%253D{SECRET}", f"fields=https://user:{SECRET}@a/", f"sort=a#{SECRET}"),
        *(f"format=x%3Btoken%3D{SECRET}", f"lang=en%23{SECRET}", f"__lie=a=={SECRET}"),
        *(f"fields=a%0a{SECRET}", f"sort={SECRET}" + "x" * 80),
    ],
)
def test_harmless_parameter_hides_what_does_not_look_like_its_value(query: str) -> None:
    """A second question mark, a semicolon or an address makes another parameter of it."""
    name = query.partition("=")[0]

    assert f"{name}=***" == masked_query(query)


@pytest.mark.parametrize(
    "query",
    [
        *("fields=name,url", "sort=-createdAt", "sort=name:desc,id:asc", "lang=de-CH", "page=12"),
        *(
            "fields=a%2Cb",
            "__example=no-webhook-at-all",
            "format=json",
            "offset=1e3",
            "locale=en_US",
        ),
        *("sort=+name", "sort=%2Bname", "fields=*", "version=2.1.3-rc~1", "size="),
    ],
)
def test_harmless_parameter_is_shown(query: str) -> None:
    """Words and numbers, and lists of them."""
    assert query == masked_query(query)


@pytest.mark.parametrize(
    ("path", "shown"),
    [
        (f"/webhook%3Faccess_token={SECRET}", "/webhook%3Faccess_token=***"),
        (f"/webhook%3faccess_token%3D{SECRET}", "/webhook%3faccess_token%3D***"),
        (f"/webhook%3Fa%3D1%26token%3D{SECRET}/b", "/webhook%3Fa%3D1%26token%3D***/b"),
        (f"/webhook%26sig={SECRET}", "/webhook%26sig=***"),
        (f"/webhook%3Bjsessionid={SECRET}/x", "/webhook%3Bjsessionid=***/x"),
        (f"/a;v=1;token={SECRET}/webhook", "/a;v=1;token=***/webhook"),
        (f"/token={SECRET}/webhook", "/token=***/webhook"),
        (f"/%74oken={SECRET}", "/%74oken=***"),
        (f"/http://user:{SECRET}@a/b", "/http://***@a/b"),
        (f"https:\\\\user:{SECRET}@a/b", "https:\\\\***@a/b"),
        (f"//user:{SECRET}@a/b", "//***@a/b"),
        ("/a;v=1/b=2/c%3Fd=3", "/a;v=1/b=2/c%3Fd=3"),
        ("/a%3Db/%3F/%26", "/a%3Db/%3F/%26"),
    ],
)
def test_secret_in_a_path_is_hidden(path: str, shown: str) -> None:
    """Some clients encode the question mark with the path; a proxy takes an address as a path."""
    assert shown == masked_url(path)
    assert shown == masked_header("Referer", path)


@pytest.mark.parametrize(
    "name",
    [
        *("Host", "Origin", "X-Forwarded-Host", "X-Forwarded-Prefix"),
        "Access-Control-Allow-Origin",  # says an Origin again
    ],
)
@pytest.mark.parametrize(
    ("value", "shown"),
    [
        ("127.0.0.1:8080", "127.0.0.1:8080"),
        ("[::1]:8080", "[::1]:8080"),
        ("https://a.example", "https://a.example"),
        ("null", "null"),
        (f"user:{SECRET}@a", "***@a"),
        (f"https://user:{SECRET}@a", "https://***@a"),
        (f"https://a/?token={SECRET}", "https://a/?token=***"),
        (f"/p;token={SECRET}", "/p;token=***"),
    ],
)
def test_host_and_origin_show_no_secret(name: str, value: str, shown: str) -> None:
    """They are addresses, and one that was refused may be anything."""
    assert shown == masked_header(name, value)


@pytest.mark.parametrize("name", ["WWW-Authenticate", "Proxy-Authenticate"])
@pytest.mark.parametrize("scheme", ["Bearer", "Basic", "bearer"])
@pytest.mark.parametrize("token", [SECRET, f"{SECRET}==", f"{SECRET}=", f" {SECRET}"])
def test_token_in_place_of_a_challenge_is_hidden(name: str, scheme: str, token: str) -> None:
    """Whoever takes it for the header of a request writes the token there."""
    assert f"{scheme} ***" == masked_header(name, f"{scheme} {token}")


@pytest.mark.parametrize(
    "value",
    [
        *("Bearer", 'Basic realm="a"', "Basic realm=a", 'Bearer realm = "a", scope="b c"'),
        *('Bearer error="invalid_token"', 'bearer realm=""'),
    ],
)
def test_challenge_is_shown(value: str) -> None:
    """It says why a request was refused."""
    assert value == masked_header("WWW-Authenticate", value)


def test_hostile_addresses_are_masked_in_linear_time() -> None:
    """No pattern goes back over what it has read, however long and whatever repeats."""
    for piece in (";a", "//", "%3F", "/token", "@", "%3Ftoken", "\\\\a", ";token=", "a=", "%253D"):
        assert masked_url(piece * 20_000)
        assert masked_query("page=" + piece * 20_000)
