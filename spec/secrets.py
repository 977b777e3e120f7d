"""What of a message may be shown to others: in a journal, an HTTP archive, a page or a report.

Nobody can list every header that carries a secret (`X-Gateway-Key`, `Private-Token`, whatever a
gateway asks for), so this is the list of those that carry none. A header that does not stand in it
keeps its name and loses its value; addresses keep their path and lose what their query gives away.

Both halves of the kit write exchanges down, and both ask this module:

    masked_header("X-Gateway-Key", "k-81f3")          ***
    masked_header("Authorization", "Bearer abc")      Bearer ***
    masked_header("Referer", "https://a/b?sig=9f2c")  https://a/b?sig=***
    masked_url("/orders?__code=401&token=abc")        /orders?__code=401&token=***
    masked_json({"pin": 7, "to": "https://a/b?sig=9"}) {"pin": "***", "to": "https://a/b?sig=***"}

It knows no secret by its value; the judge's own mask hides the values that it was given.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable
from typing import Final
from urllib.parse import unquote_plus

from find_webhook_kit.spec.json_places import Json

MASK: Final = "***"
"""What stands in place of a value."""

SHORT: Final = 5
"""Characters of a query's value that are too few for a secret, unless its name says otherwise."""


def _words(text: str) -> frozenset[str]:
    return frozenset(text.split())


_HARMLESS: Final = _words(
    """
    accept accept-charset accept-encoding accept-language accept-patch accept-post accept-ranges
    age allow alt-svc cache-control connection content-disposition content-encoding content-language
    content-length content-range content-security-policy content-type date dnt etag expect expires
    if-match if-modified-since if-none-match if-range if-unmodified-since keep-alive
    last-modified max-forwards pragma prefer preference-applied priority proxy-connection
    range retry-after save-data server server-timing strict-transport-security te
    timing-allow-origin trailer transfer-encoding upgrade upgrade-insecure-requests user-agent vary
    via warning
    cf-ray ratelimit ratelimit-limit ratelimit-policy ratelimit-remaining ratelimit-reset
    request-id traceparent x-content-type-options x-correlation-id x-forwarded-for
    x-forwarded-port x-forwarded-proto x-frame-options
    x-http-method-override x-powered-by x-ratelimit-limit x-ratelimit-remaining x-ratelimit-reset
    x-request-id x-requested-with
    mock-assumption mock-fixtures mock-instance mock-lie mock-preferences mock-source
    """
)
_HARMLESS_FAMILIES: Final = ("access-control-", "sec-ch-", "sec-fetch-")

_ADDRESSES: Final = _words(
    "content-location location referer x-forwarded-uri x-original-url x-rewrite-url"
)
"""Headers with a URL as their value."""

_HOSTS: Final = _words(
    "access-control-allow-origin host origin x-forwarded-host x-forwarded-prefix"
)
"""Headers with the beginning of a URL as their value, which may lack the scheme."""

_CREDENTIALS: Final = frozenset({"authorization", "proxy-authorization"})
_CHALLENGES: Final = frozenset({"www-authenticate", "proxy-authenticate"})

_SCHEMES: Final = _words(
    """
    apikey aws4-hmac-sha256 basic bearer concealed digest dpop gnap hoba mutual negotiate ntlm
    oauth privatetoken scram-sha-1 scram-sha-256 token vapid
    """
)
"""Schemes that are shown: IANA's registry, and what is in wide use beside it.

Any other first word may be the secret itself, by somebody who left the scheme out.
"""
_PLAIN_CHALLENGES: Final = frozenset({"basic", "bearer"})
"""Schemes whose challenge holds no token (that of Negotiate does)."""

_CHALLENGE: Final = re.compile(r"[\w-]+\s*=\s*[^\s=]")
"""What a challenge begins with; a token that somebody wrote in its place has no such parameter."""

_HARMLESS_PARAMETERS: Final = _words(
    """
    __code __delay __dynamic __example __lie __seed __size
    fields format lang language limit locale offset order page page_size per_page pretty
    size sort version
    """
)
_TELLING: Final = re.compile(
    "auth|code|credential|cvc|cvv|hash|hmac|jwt|key|nonce|otp|pass|pin|pwd|saml|secret|sess|sid|sig"
    "|ticket|token",
)
"""Parts of names whose value is a secret however short it is."""

_PLAIN: Final = re.compile(r"[\w .,:*+~-]{0,80}")
"""Values of a harmless parameter: words, numbers and lists of them, and nothing that has parts."""

_USER: Final = re.compile(r"([/\\]{2})[^/\\?#]*@")
_USER_OF_HOST: Final = re.compile(r"^[^/\\?#]*@")
_BETWEEN: Final = re.compile(r"([;&?/#]|%(?:25)*(?:3B|26|3F|23))", re.IGNORECASE)
"""What stands between the parts of a path; some clients encode a question mark with the path."""

_EQUALS: Final = re.compile(r"=|%(?:25)*3D", re.IGNORECASE)
_PARTS: Final = re.compile(r"([^?#]*)(?:\?([^#]*))?(#.*)?", re.DOTALL)


def is_harmless_header(name: str) -> bool:
    """Say whether a header, whose name may be in any case, is shown as it is."""
    name = name.lower()
    return name in _HARMLESS or name.startswith(_HARMLESS_FAMILIES)


def masked_header(name: str, value: str) -> str:
    """Return the value of a header as far as it may be shown."""
    name = name.lower()
    if name in _HOSTS:
        return masked_url(_USER_OF_HOST.sub(f"{MASK}@", value))
    if is_harmless_header(name):
        return value
    if name in _ADDRESSES:
        return masked_url(value)
    if name in _CREDENTIALS:
        return _scheme_of(value)
    if name in _CHALLENGES:
        return value if _is_plain_challenge(value) else _scheme_of(value)
    return MASK


def masked_headers(headers: Iterable[tuple[str, str]]) -> tuple[tuple[str, str], ...]:
    """Return headers, in their order, with each value as far as it may be shown."""
    return tuple((name, masked_header(name, value)) for name, value in headers)


def _is_plain_challenge(value: str) -> bool:
    scheme, _, rest = value.partition(" ")
    named = not rest or _CHALLENGE.match(rest.lstrip()) is not None
    return named and scheme.lower() in _PLAIN_CHALLENGES


def _scheme_of(value: str) -> str:
    """Keep the scheme of credentials, where it is one, and say whether something follows it."""
    scheme, _, rest = value.strip().partition(" ")
    if scheme.lower() not in _SCHEMES:
        return MASK
    return f"{scheme} {MASK}" if rest else scheme


def masked_url(url: str) -> str:
    """Return a URL or a request target without user, fragment, and secrets in its query."""
    path, query, fragment = _PARTS.fullmatch(url).groups()  # type: ignore[union-attr]  # it matches everything
    shown = masked_path(path)
    if query is not None:
        shown += f"?{masked_query(query)}"
    return f"{shown}#{MASK}" if fragment else shown


def masked_path(path: str) -> str:
    """Return a path, or a part of one, without users and without values of telling names.

    What stands between names and values may be percent-encoded, once or more often.
    """
    return "".join(map(_part, _BETWEEN.split(_USER.sub(rf"\1{MASK}@", path))))


def _part(written: str) -> str:
    """Hide the value of `token=...` in a path, and leave what says nothing of secrets."""
    equals = _EQUALS.search(written)
    if equals is None or equals.end() == len(written):
        return written
    telling = _TELLING.search(_name(written[: equals.start()]))
    return f"{written[: equals.end()]}{MASK}" if telling else written


def masked_query(query: str) -> str:
    """Return a query, given without its question mark, in its own spelling and order.

    A parameter keeps its value if its name is known to be harmless and the value has no parts, or
    if the value is short and the name says nothing of secrets. What stands there without a name may
    be a secret as a whole.
    """
    return "&".join(map(_parameter, query.split("&")))


def _parameter(written: str) -> str:
    name, _, value = written.partition("=")
    if _name(name) in _HARMLESS_PARAMETERS and _PLAIN.fullmatch(unquote_plus(value)):
        return written
    if len(value or name) <= SHORT and not _TELLING.search(_name(name)):
        return written
    return f"{name}={MASK}" if value else MASK


def _name(written: str) -> str:
    return unquote_plus(written).lower()


_IS_URL: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://|//")
_IS_SCHEME: Final = re.compile(r"(?:basic|bearer)\s+\S", re.IGNORECASE)
_MOST_LEVELS: Final = 100
_WORDS: Final = re.compile(r"(?<=[a-z0-9])(?=[A-Z])|[\W_]+")
"""Where a word of a name ends: `apiKey`, `api_key`; no part of `eventsId` is `sid`."""


def masked_json(value: Json) -> Json:
    """Return what somebody has sent as far as it may be shown: no secrets by name or in URLs.

    What is true, false or null is shown: it is too few values for a secret.
    """
    return _masked(value, _is_telling, 0)


def masked_urls(value: Json) -> Json:
    """Return a body, whose members have documented names, without what its URLs give away."""
    return _masked(value, lambda _: False, 0)


def _masked(value: Json, telling: Callable[[str], bool], level: int) -> Json:
    if level > _MOST_LEVELS:
        return MASK
    if isinstance(value, str):
        return _masked_text(value)
    if isinstance(value, list):
        return [_masked(item, telling, level + 1) for item in value]
    if isinstance(value, dict):
        return {
            name: MASK
            if telling(name) and not (item is None or isinstance(item, bool))
            else _masked(item, telling, level + 1)
            for name, item in value.items()
        }
    return value


def _is_telling(name: str) -> bool:
    """Say whether one of the words of a name says that its value is a secret."""
    return any(_TELLING.search(word.lower()) for word in _WORDS.split(name))


def _masked_text(text: str) -> str:
    if _IS_URL.match(text):
        return masked_url(text)
    return masked_header("authorization", text) if _IS_SCHEME.match(text) else text
