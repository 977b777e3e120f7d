"""Decides what counts as credentials of each scheme that a document can name.

Connexion asks for one scheme after the other, as alternatives of one or more.
"""

from __future__ import annotations

import base64
import binascii
import hmac
import re
from collections.abc import Sequence
from typing import Final
from urllib.parse import parse_qsl

from starlette.requests import HTTPConnection

from find_webhook_kit.mock_server.answers.errors import Unauthorized
from find_webhook_kit.mock_server.settings import Settings
from find_webhook_kit.spec import SecurityScheme

TOKEN: Final = re.compile(r"[A-Za-z0-9._~+/-]+=*")
"""A bearer token as RFC 6750, section 2.1 writes it."""


def check(scheme: SecurityScheme, request: HTTPConnection, settings: Settings) -> None:
    """Raise `Unauthorized` unless a request shows credentials that the settings accept."""
    if settings.auth == "off":
        return
    if scheme.type == "apiKey":
        _check_key(scheme, request, settings)
    elif scheme.scheme == "bearer":
        _check_bearer(request.headers.getlist("authorization"), settings)
    else:
        _check_http(scheme.scheme, request.headers.getlist("authorization"), settings)


def _check_bearer(authorization: Sequence[str], settings: Settings) -> None:
    """Raise `Unauthorized` unless exactly one header shows a token that the settings accept."""
    token = _shown(authorization)
    if TOKEN.fullmatch(token) is None:
        raise Unauthorized("what follows `Bearer` is not a token", "invalid_token")
    if not _is_accepted(token, settings):
        raise Unauthorized("the mock does not know this one", "invalid_token")


def _shown(authorization: Sequence[str]) -> str:
    """Return what stands behind the scheme name, whose case does not matter (RFC 9110, 11.1)."""
    if not authorization:
        raise Unauthorized("there is no Authorization header")
    if len(authorization) > 1:
        raise Unauthorized("there is more than one Authorization header")
    scheme, _, token = authorization[0].strip(" \t").partition(" ")
    if scheme.lower() != "bearer":
        raise Unauthorized("the scheme is not Bearer")
    if not token:
        raise Unauthorized("nothing follows `Bearer`")
    return token.lstrip(" ")


def _is_accepted(token: str, settings: Settings) -> bool:
    """Compare a token with the known ones, in a time that tells nothing about them."""
    known = (hmac.compare_digest(token.encode(), each.encode()) for each in settings.tokens)
    return settings.auth != "known" or any(known)


def _check_key(scheme: SecurityScheme, request: HTTPConnection, settings: Settings) -> None:
    shown = _keys(scheme, request)
    if len(shown) != 1 or not shown[0]:
        raise Unauthorized(f"there is no key in the {scheme.location} {scheme.key}")
    if not _is_accepted(shown[0].rpartition(" ")[2], settings):
        raise Unauthorized(f"the mock does not know the key in the {scheme.location} {scheme.key}")


def _keys(scheme: SecurityScheme, request: HTTPConnection) -> Sequence[str]:
    if scheme.location == "header":
        return request.headers.getlist(scheme.key)
    if scheme.location == "cookie":
        found = request.cookies.get(scheme.key)
        return () if found is None else (found,)
    query = parse_qsl(request.scope["query_string"].decode("latin-1"), keep_blank_values=True)
    return [value for name, value in query if name == scheme.key]


def _check_http(name: str, authorization: Sequence[str], settings: Settings) -> None:
    """Read `user:TOKEN` of Basic; of a scheme that is not known here, anything will do."""
    if len(authorization) != 1:
        raise Unauthorized("there is no Authorization header, or more than one")
    scheme, _, shown = authorization[0].strip(" \t").partition(" ")
    if scheme.lower() != name or not shown.strip():
        raise Unauthorized(f"the scheme is not {name.capitalize()}")
    if name != "basic":
        return
    try:
        _, colon, password = base64.b64decode(shown.strip(), validate=True).partition(b":")
    except binascii.Error:
        raise Unauthorized("what follows `Basic` is not base64") from None
    if not colon:
        raise Unauthorized("what follows `Basic` is no name and password")
    if not _is_accepted(password.decode("latin-1"), settings):
        raise Unauthorized("the mock does not know the password, which is a known token")


def refused(error: Exception, schemes: Sequence[SecurityScheme]) -> Unauthorized:
    """Return the refusal of an operation: that of its one scheme, or one that names all of them."""
    found = error if isinstance(error, Unauthorized) else Unauthorized("there are none")
    if {scheme.scheme for scheme in schemes} == {"bearer"}:
        return found
    return Unauthorized(found.reason, schemes=schemes)
