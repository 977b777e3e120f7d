"""Requests can be repeated in a shell, and JSON is read as strictly as the strictest client."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from contracts.exchange import Probe
from contracts.probes import opening, plan
from contracts.target import target
from spec import UnreadableJson, contract, read_json

TOKEN = "tok$en`'\"\\x"
TARGET = target("http://127.0.0.1:9/pre", token=TOKEN, instance_ids=("o'bri en$(x)", "b"))
FIND = contract().operations["findWebhook"]
PLAN = (
    opening(TARGET, FIND),
    *(probe for group in plan(TARGET, FIND, at_once=8) for probe in group.probes),
)


def arguments(line: str, tmp_path: Path) -> list[str]:
    """Let a shell run a curl line, with a curl that writes down what it was given."""
    curl = tmp_path / "curl"
    curl.write_text('#!/bin/sh\nfor word; do printf "%s\\0" "$word"; done\n')
    curl.chmod(0o755)
    environment = {"PATH": f"{tmp_path}:{os.environ['PATH']}", "CONTRACT_TOKEN": TOKEN}
    run = subprocess.run(  # noqa: S603 - our own line
        ["/bin/sh", "-c", line], env=environment, capture_output=True, check=True
    )
    return run.stdout.decode().split("\0")[:-1]


@pytest.mark.parametrize("probe", PLAN, ids=lambda probe: probe.name)
def test_curl_line_repeats_the_request(probe: Probe, tmp_path: Path) -> None:
    """Method, headers and URL arrive as they went out, the token filled in by the shell."""
    words = arguments(probe.curl("http://127.0.0.1:9/pre"), tmp_path)
    headers = [words[index + 1] for index, word in enumerate(words) if word == "-H"]
    method = words[words.index("-X") + 1] if "-X" in words else "HEAD" if "-I" in words else "GET"
    shown = [f"Authorization: {value}" for value in probe.credentials.wire(TOKEN)]
    shown = ["Authorization;" if value == "Authorization: " else value for value in shown]

    assert probe.method == method
    assert [*shown, *(f"{name}: {value}" for name, value in probe.wire_headers(TOKEN))] == headers
    # The token in a query is percent-encoded on the wire; a shell puts it there as it is.
    assert "http://127.0.0.1:9/pre" + probe.path.replace("$CONTRACT_TOKEN", TOKEN) == words[-1]


def test_no_curl_line_holds_the_token() -> None:
    """Not even the cut or the lengthened token is written out."""
    assert not [probe.name for probe in PLAN if TOKEN[:-1] in probe.curl("http://127.0.0.1:9")]


@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b"", "nothing at byte 0"),
        (b"  ", "nothing but blanks at byte 0"),
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
        (b"[1,]", "expecting value at byte 3"),
        (b"[]x", "extra data at byte 2"),
        (b"\x0c[]", "expecting value at byte 0"),
        (b'["\\\\", "\\ud83d"]', "a text with half of a surrogate pair at byte 7 (/1)"),
        (b"[" * 100_000, "nesting too deep to be read at byte 0"),
        (b"<html>", "expecting value at byte 0"),
        (b"[" + b"9" * 5000 + b"]", "a number of more than 4000 digits at byte 1 (/0)"),
    ],
)
def test_what_parsers_disagree_about_is_unreadable(content: bytes, words: str) -> None:
    """Each refusal says why, and where the first offence stands."""
    with pytest.raises(UnreadableJson) as refusal:
        read_json(content)

    assert words == str(refusal.value)


def test_plain_json_is_read() -> None:
    """Escapes, blanks and big numbers are fine."""
    assert [{"a": "\N{GRINNING FACE}", "b": 10**30}] == read_json(
        b' [{"a": "\\ud83d\\ude00",\n "b": 1000000000000000000000000000000}]\n'
    )
