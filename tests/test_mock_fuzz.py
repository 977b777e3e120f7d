"""Whatever comes in, what goes out is an answer of ours."""

import json

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from mock_client import ERROR, Client

CLIENT = Client()

NAMES = st.sampled_from(
    [
        "Accept",
        "Accept-Encoding",
        "Access-Control-Request-Headers",
        "Access-Control-Request-Method",
        "Authorization",
        "Content-Type",
        "If-None-Match",
        "Origin",
        "Prefer",
        "Transfer-Encoding",
    ]
)
VALUES = st.one_of(
    st.sampled_from(["Bearer demo-token", "*/*;q=", ";;,,", '"', 'code="', "*/json", 'W/"x", *']),
    st.text(st.characters(min_codepoint=32, max_codepoint=255, exclude_characters="\x7f")),
)
PATHS = st.one_of(
    st.binary(max_size=30),
    st.binary(max_size=30).map(lambda part: b"api/v2/instance/" + part + b"/webhook"),
    st.sampled_from([b"", b"docs", b"__mock/journal", b"__mock/journal.har", b"__mock/reset"]),
)


@settings(
    max_examples=300,
    deadline=None,
    database=None,
    derandomize=True,
    suppress_health_check=[HealthCheck.too_slow],
)
@given(
    method=st.sampled_from(["GET", "GET", "GET", "HEAD", "OPTIONS", "POST", "TRACE"]),
    path=PATHS,
    query=st.binary(max_size=30),
    headers=st.lists(st.tuples(NAMES, VALUES), max_size=5),
    token=st.booleans(),
)
def test_no_request_makes_the_mock_fail(
    method: str,
    path: bytes,
    query: bytes,
    headers: list[tuple[str, str]],
    token: bool,  # noqa: FBT001 - drawn
) -> None:
    """Every answer has a status below 500, and every error is the error object."""
    known = [("Authorization", "Bearer demo-token")] if token else []
    answer = CLIENT.ask(b"/" + path + b"?" + query, *known, *headers, method=method)

    assert answer.status < 500
    if answer.status >= 400 and method != "HEAD":
        assert () == ERROR.violations(json.loads(answer.body))
