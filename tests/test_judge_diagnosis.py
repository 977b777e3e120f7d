"""One cause of everything is one line in front, and the run ends there."""

from __future__ import annotations

import ssl
from base64 import urlsafe_b64encode
from pathlib import Path

import pytest
from liars.honest import (
    CHALLENGE,
    KNOWN_IDS,
    TOKEN,
    UNKNOWN_ID,
    Answer,
    refusal,
    said,
    speak,
)
from liars.honest import answer as honest_answer
from liars.server import Request, Speaker, Speech, serving

from find_webhook_kit.contracts.config.options import Options
from find_webhook_kit.contracts.judge import judge
from find_webhook_kit.contracts.verdict import Verdict
from find_webhook_kit.contracts.wire.target import target

TLS = Path(__file__).parent / "data" / "tls"
QUICK = Options(max_examples=0, repetitions=5, timeout=2.0, max_time=20.0)
PAGE = ("Content-Type", "text/html")
NO_CERTIFICATE = b"<html>400 No required SSL certificate was sent</html>"
PLAIN = b"<html>400 The plain HTTP request was sent to HTTPS port</html>"


def judged(url: str, token: str = TOKEN, tls: ssl.SSLContext | None = None) -> Verdict:
    asked = target(url, token=token, instance_ids=KNOWN_IDS, unknown_id=UNKNOWN_ID)
    options = QUICK if tls is None else Options(max_examples=0, timeout=2.0, tls=tls)
    return judge(asked, options)


def always(status: int, *headers: tuple[str, str], body: bytes = b"{}") -> Speaker:
    return lambda request: said(request, Answer(status, headers, body))


def server(*, client: bool = False) -> ssl.SSLContext:
    """A server's side of TLS, which may ask for a certificate of the client."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(TLS / "good.pem")
    if client:
        context.verify_mode = ssl.CERT_REQUIRED
        context.load_verify_locations(TLS / "ca.pem")
    return context


@pytest.mark.parametrize(
    ("speaker", "code", "words"),
    [
        pytest.param(
            always(301, ("Location", "https://new.example/api/v2/instance/crm/webhook?t=secret")),
            4,
            "https://new.example/api/v2/instance/crm/webhook: use https://new.example as BASE_URL",
            id="redirect to another origin",
        ),
        pytest.param(
            always(302, ("Location", "/login")), 4, "is a login in front of the API?", id="login"
        ),
        pytest.param(always(308), 4, "a redirect without a Location", id="redirect to nowhere"),
        *(
            pytest.param(
                always(302, ("Location", place)), 4, "a redirect to what is no URL", id=place
            )
            for place in ("http://[::1/x", "//[", "http://]/", "http://[x]/")
        ),
        pytest.param(always(403), 3, "403 for everything", id="banned"),
        pytest.param(always(200, PAGE, body=b"<html>"), 4, "HTML for everything", id="portal"),
        pytest.param(always(502), 4, "502 for everything", id="502"),
        pytest.param(always(503), 4, "503 for everything", id="503"),
        pytest.param(always(504), 4, "504 for everything", id="504"),
        pytest.param(always(407), 4, "the proxy wants", id="407"),
        pytest.param(always(429, ("Retry-After", "99")), 3, "throttles from request 1", id="429"),
        pytest.param(always(400, PAGE, body=PLAIN), 4, "speaks TLS: use https://", id="nginx TLS"),
        pytest.param(
            always(400, PAGE, body=NO_CERTIFICATE), 4, "--cert and --key", id="nginx certificate"
        ),
    ],
)
def test_cause_of_everything_is_told_alone(speaker: Speaker, code: int, words: str) -> None:
    """It names what to do, nothing else is found, and few requests are spent on it."""
    with serving(speaker) as url:
        found = judged(url)

    assert (code, ()) == (found.exit_code, found.findings)
    assert words in found.diagnosis
    assert "secret" not in found.diagnosis
    assert found.requests < 12


def test_refused_token_is_told() -> None:
    """A 401 to every known id, twice to the first, is about the token and not about the server."""
    with serving(speak) as url:
        found = judged(url, "another-token")

    assert (3, ()) == (found.exit_code, found.findings)
    assert "the token was refused from request 1 on: is it expired" in found.diagnosis


def test_token_that_says_that_it_has_expired_is_told_so() -> None:
    """Its own exp is quoted, and never the token."""
    parts = (b'{"alg":"HS256"}', b'{"exp":1000000000}', b"signature")
    token = ".".join(urlsafe_b64encode(part).decode().rstrip("=") for part in parts)
    with serving(speak) as url:
        found = judged(url, token)

    assert "the token expired on 2001-09-09" in found.diagnosis
    assert token not in found.diagnosis


def test_token_that_ends_in_the_middle_is_one_line() -> None:
    """What came behind its end says nothing about the server."""
    numbers: list[int] = []

    def speaker(request: Request) -> Speech:
        numbers.append(request.number)
        ended = len(numbers) > 60
        valid = request.values("authorization") == [f"Bearer {TOKEN}"]
        return said(request, refusal(401, CHALLENGE) if ended and valid else honest_answer(request))

    with serving(speaker) as url:
        found = judged(url)

    assert 3 == found.exit_code
    assert "and is refused since: has it expired?" in found.diagnosis
    assert [] == [item for item in found.findings if item.severity == "error"]


def test_one_instance_that_refuses_the_token_is_no_diagnosis() -> None:
    """What is not the cause of everything is judged."""

    def speaker(request: Request) -> Speech:
        refused = "/crm/" in request.path
        return said(request, refusal(401, CHALLENGE) if refused else honest_answer(request))

    with serving(speaker) as url:
        found = judged(url)

    assert (1, "") == (found.exit_code, found.diagnosis)


@pytest.mark.parametrize(
    ("context", "scheme", "words"),
    [
        pytest.param(server(), "http", "to a port that speaks TLS: use https://", id="plain"),
        pytest.param(server(client=True), "https", "give --cert and --key", id="certificate"),
    ],
)
def test_wrong_side_of_tls_is_told(context: ssl.SSLContext, scheme: str, words: str) -> None:
    """Nothing of the API was reached."""
    with serving(speak, tls=context) as url:
        trusting = ssl.create_default_context(cafile=str(TLS / "ca.pem"))
        found = judged(url.replace("https", scheme), tls=trusting)

    assert (4, ()) == (found.exit_code, found.findings)
    assert words in found.diagnosis


def test_target_that_is_starting_is_waited_for() -> None:
    """A gateway's 502 is not judged while --wait lasts."""

    def speaker(request: Request) -> Speech:
        starting = request.number <= 3
        return said(request, refusal(502)) if starting else speak(request)

    with serving(speaker) as url:
        asked = target(url, token=TOKEN, instance_ids=KNOWN_IDS, unknown_id=UNKNOWN_ID)
        found = judge(asked, Options(max_examples=0, repetitions=5, wait=10.0))

    assert (0, ()) == (found.exit_code, found.findings)


@pytest.mark.parametrize(
    "place",
    [
        "http://user:s3cret@new.example/api/v2/x",
        "http://s3cret@new.example/login",
        "//a:s3cret@b@new.example/login",
        "https://new.example/#access_token=s3cret",
        "https://new.example/?code=s3cret#x",
        "https://new.example/login;jsessionid=s3cret",
    ],
)
def test_redirect_is_told_without_its_secrets(place: str) -> None:
    """Neither a password, nor a query, nor a fragment, nor a session."""
    with serving(always(302, ("Location", place))) as url:
        told = judged(url).diagnosis

    assert "new.example" in told
    assert "s3cret" not in told
