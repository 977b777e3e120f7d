"""A token that says of itself that it has expired is not sent."""

from __future__ import annotations

import json
from base64 import urlsafe_b64encode

import pytest

from find_webhook_kit.contracts.plan.jwt import expired

NOW = 1_800_000_000.0  # 2027-01-15, 08:00 UTC
EXPIRED = "the token expired on 2027-01-15 at 06:00 UTC (its own exp): get a new one"
EARLY = "the token is valid from 2027-01-15 at 10:00 UTC on (its own nbf): is the clock right?"


def part(value: object) -> str:
    return urlsafe_b64encode(json.dumps(value).encode()).decode().rstrip("=")


def jwt(claims: object, header: object = {"alg": "HS256", "typ": "JWT"}) -> str:
    return f"{part(header)}.{part(claims)}.c2lnbmF0dXJl"


@pytest.mark.parametrize(
    ("claims", "reason"),
    [
        ({"exp": NOW - 7200}, EXPIRED),
        ({"exp": int(NOW - 7200), "nbf": 0}, EXPIRED),
        ({"exp": 0}, "the token expired on 1970-01-01 at 00:00 UTC (its own exp): get a new one"),
        ({"exp": NOW - 61}, "expired"),
        ({"exp": NOW - 59}, ""),
        ({"exp": NOW + 60}, ""),
        ({"nbf": NOW + 7200}, EARLY),
        ({"nbf": NOW + 7200, "exp": NOW + 9000}, EARLY),
        ({"nbf": NOW + 59}, ""),
        ({"iat": NOW + 7200}, ""),
        ({}, ""),
    ],
)
def test_claims_of_a_token_are_read(claims: object, reason: str) -> None:
    """With a minute between two clocks (RFC 7519, sections 4.1.4 and 4.1.5)."""
    found = expired(jwt(claims), NOW)

    assert found == reason or (reason and reason in found)


@pytest.mark.parametrize(
    "token",
    [
        "",
        "opaque-token",
        "a.b.c",
        "..",
        "a.b",
        f"{jwt({'exp': 1})}.more",
        f"{part({'alg': 'x'})}.{part({'exp': 1})}.a.b.c",
        jwt([1]),
        jwt("text"),
        jwt(None),
        jwt({"exp": 1}, header={"typ": "JWT"}),
        jwt({"exp": 1}, header=[]),
        jwt({"exp": True}),
        jwt({"exp": "1"}),
        jwt({"exp": None}),
        jwt({"exp": -1}),
        jwt({"exp": float("nan")}),
        jwt({"nbf": float("inf")}),
        jwt({"nbf": 1e300}),
        jwt({"nbf": int(NOW) * 1000}),
        f"{part({'alg': 'x'})}.{urlsafe_b64encode(b'[' * 100_000).decode()}.c",
        f"{part({'alg': 'x'})}.{urlsafe_b64encode(b'9' * 5_000).decode()}.c",
        f"{part({'alg': 'x'})}.{urlsafe_b64encode(bytes(range(256))).decode()}.c",
        f"{part({'alg': 'x'})}.\N{SNOWMAN}.c",
    ],
)
def test_strange_token_is_for_the_server_to_judge(token: str) -> None:
    """It may be valid where it was made."""
    assert "" == expired(token, NOW)


def test_sentence_holds_nothing_of_the_token() -> None:
    """Neither a part nor a claim that names somebody."""
    token = jwt({"exp": 1, "sub": "somebody"})
    told = expired(token, NOW)

    assert told
    assert not [it for it in (*token.split("."), "somebody") if it in told]
