"""JSON is read as strictly as the strictest client."""

from __future__ import annotations

import pytest

from find_webhook_kit.spec import UnreadableJson, read_json


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "nothing at byte 0"),
        (b"  ", "nothing but spaces at byte 0"),
        (b"\xef\xbb\xbf[]", "a byte order mark at byte 0"),
        (b'["\xe9"]', "no UTF-8 at byte 2"),
        ("[]".encode("utf-16"), "no UTF-8 at byte 0"),
        (
            b'[{"a": [1, 2], "b": 1, "a": 1}]',
            "the member 'a' for the second time at byte 23 (/0/a)",
        ),
        (b'{"\\u0061": 1, "a": 1}', "the member 'a' for the second time at byte 14 (/a)"),
        ('["\xe9", NaN]'.encode(), "NaN, which is no JSON value at byte 7 (/1)"),
        (b'{"a/b": -Infinity}', "-Infinity, which is no JSON value at byte 8 (/a~1b)"),
        (b"[1,]", "expecting value at byte 3 (/1)"),
        (b"[]x", "extra data at byte 2"),
        (b"\x0c[]", "expecting value at byte 0"),
        (b'["\\\\", "\\ud83d"]', "a text with half of a surrogate pair at byte 7 (/1)"),
        (b"[" * 100_000, "nesting deeper than 500 levels at byte 500"),
        (b"<html>", "expecting value at byte 0"),
        (b"[" + b"9" * 5000 + b"]", "a number of more than 640 digits at byte 1 (/0)"),
    ],
)
def test_what_parsers_disagree_about_is_unreadable(content: bytes, words: str) -> None:
    """Each refusal says why, and where the first offence stands."""
    with pytest.raises(UnreadableJson) as refusal:
        read_json(content)

    assert words == str(refusal.value)


def test_plain_json_is_read() -> None:
    """Escapes, spaces and big numbers are fine."""
    assert [{"a": "\N{GRINNING FACE}", "b": 10**30}] == read_json(
        b' [{"a": "\\ud83d\\ude00",\n "b": 1000000000000000000000000000000}]\n'
    )
