"""One cause for everything, told first: what the first answers show before anything is judged."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from http import HTTPStatus
from typing import Final
from urllib.parse import urljoin, urlsplit

from find_webhook_kit.contracts.wire.exchange import Answer, Exchange
from find_webhook_kit.contracts.wire.target import Target
from find_webhook_kit.spec.secrets import masked_url

EXPECTS_TLS: Final = "http:// to a port that speaks TLS: use {tls} as BASE_URL"
WANTS_CERTIFICATE: Final = "the server asks for a client certificate: give --cert and --key"

# What OpenSSL calls a server that speaks no TLS, and one that asks for a certificate of the client.
NO_TLS: Final = re.compile(
    r"WRONG_VERSION_NUMBER|RECORD_LAYER_FAILURE|HTTP_REQUEST|UNKNOWN_PROTOCOL"
)
NO_CERTIFICATE: Final = re.compile(
    r"CERTIFICATE_REQUIRED|HANDSHAKE_FAILURE|No required SSL certificate|client certificate",
    re.IGNORECASE,
)
TLS_EXPECTED: Final = re.compile(
    rb"plain HTTP request was sent to HTTPS port|HTTP request to an HTTPS server"
    rb"|speaking plain HTTP to an SSL-enabled",
    re.IGNORECASE,
)
ALERT: Final = "\x15\x03"
"""How a TLS server begins what it says to plain HTTP."""


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """What stands in the way, and what to do. `reached` tells whether the API itself was met."""

    text: str
    reached: bool


def of_silence(reason: str, target: Target, *, speaks_tls: bool) -> str:
    """Add to the reason why nothing was answered what it shows, and what to do.

    `speaks_tls` tells that TLS can be spoken to a port that was spoken to in plain HTTP.
    """
    if speaks_tls:
        return EXPECTS_TLS.format(tls=target.url.replace("http:", "https:", 1))
    plain = target.url.replace("https://", "http://", 1)
    if target.scheme == "https" and NO_TLS.search(reason):
        return f"https:// to a port that speaks plain HTTP: use {plain} as BASE_URL ({reason})"
    if target.scheme == "https" and NO_CERTIFICATE.search(reason):
        return f"{WANTS_CERTIFICATE} ({reason})"
    if "TLS: unable to get" in reason or "self-signed" in reason:
        return f"{reason}: name its authority with --ca-file"
    return reason


def is_in_order(first: Exchange, success: int) -> bool:
    """Tell whether the first answer is the API's, and to somebody who may ask."""
    answer = first.answer
    return answer is not None and answer.status == success and not _is_page(answer)


def diagnose(seen: Sequence[Exchange], target: Target, *, hint: str) -> Diagnosis | None:
    """Return the one cause that all first answers show; None where they show no such thing.

    `seen` are requests for known instances with the valid token, and one without credentials.
    `hint` is what the token says of itself, where it cannot be valid now.
    """
    answers = [exchange.answer for exchange in seen if exchange.answer is not None]
    valid = [
        exchange.answer
        for exchange in seen
        if exchange.answer is not None and not exchange.probe.credentials.bad
    ]
    if not valid or len(answers) < len(seen):
        return None
    for cause in CAUSES:
        shown = answers if cause.everybody else valid
        if all(map(cause.fits, shown)):
            words = cause.words(valid[-1], target)
            told = f"{words.partition(':')[0]}: {hint}" if hint and not cause.everybody else words
            return Diagnosis(told, cause.reached)
    return None


@dataclass(frozen=True, slots=True)
class Cause:
    """A cause that each answer has to fit: `everybody`'s, or those to the valid token alone."""

    fits: Callable[[Answer], bool]
    words: Callable[[Answer, Target], str]
    everybody: bool = True
    reached: bool = False


def _says(text: str) -> Callable[[Answer, Target], str]:
    """Return words in which `{status}` and `{tls}` stand for the status and for https:// URL."""

    def words(answer: Answer, target: Target) -> str:
        return text.format(status=answer.status, tls=target.url.replace("http:", "https:", 1))

    return words


def _has(*statuses: int) -> Callable[[Answer], bool]:
    return lambda answer: answer.status in statuses


def _redirected(answer: Answer, target: Target) -> str:
    """Say where to, without what may be secret in it."""
    location = re.split("[?#]", answer.header("location") or "", maxsplit=1)[0]
    try:
        parts = urlsplit(urljoin(f"{target.url}{target.start}/", location))
    except ValueError:
        return f"everything is answered with {answer.status}, a redirect to what is no URL"
    if not location or not parts.netloc:
        return f"everything is answered with {answer.status}, a redirect without a Location"
    host = parts.netloc.rpartition("@")[2]
    there = masked_url(parts._replace(netloc=host).geturl())
    base, found, _ = there.partition(target.start or "\0")
    if found and base.rstrip("/") != target.url:
        return f"everything redirects to {there}: use {base.rstrip('/')} as BASE_URL"
    return f"everything redirects to {there}: is BASE_URL right, is a login in front of the API?"


def _throttled(answer: Answer, _: Target) -> str:
    wait = answer.header("retry-after")
    when = f" (Retry-After: {wait[:40]})" if wait else ""
    return f"the server throttles from request 1 on{when}: come again later, or lower --rate-limit"


def _expects_tls(answer: Answer) -> bool:
    cut = any(fault.got.startswith(ALERT) for fault in answer.faults)
    return cut or bool(TLS_EXPECTED.search(answer.content))


def _wants_certificate(answer: Answer) -> bool:
    text = answer.content[:4096].decode("utf-8", "replace")
    return answer.status == HTTPStatus.BAD_REQUEST and bool(NO_CERTIFICATE.search(text))


def _is_page(answer: Answer) -> bool:
    page = answer.media_type in {"text/html", "application/xhtml+xml"}
    return page and answer.status < HTTPStatus.BAD_REQUEST


CAUSES: Final = (
    Cause(_expects_tls, _says(EXPECTS_TLS)),
    Cause(_wants_certificate, _says(WANTS_CERTIFICATE)),
    Cause(_has(301, 302, 303, 307, 308), _redirected),
    Cause(
        _has(HTTPStatus.PROXY_AUTHENTICATION_REQUIRED),
        _says("407 for everything: the proxy wants a user and a password in --proxy"),
    ),
    Cause(
        _has(502, 503, 504),
        _says(
            "{status} for everything: a gateway answers, the API behind it does not; --wait S "
            "waits for one that is starting"
        ),
    ),
    Cause(
        _is_page,
        _says(
            "HTML for everything (status {status}): a login page or a captive portal answers in "
            "place of the API; is BASE_URL right, is a VPN or a proxy needed?"
        ),
    ),
    Cause(
        _has(HTTPStatus.FORBIDDEN),
        _says(
            "403 for everything, with the token and without: is this address or this client "
            "banned, is a header for a gateway missing (--header)?"
        ),
        reached=True,
    ),
    Cause(
        _has(HTTPStatus.UNAUTHORIZED),
        _says("the token was refused from request 1 on: is it expired, is it for this API?"),
        everybody=False,
        reached=True,
    ),
    Cause(lambda answer: answer.throttles, _throttled, everybody=False, reached=True),
)
"""The causes in the order in which they are looked for."""
