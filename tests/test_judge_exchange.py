"""Requests can be repeated in a shell, and JSON is read as strictly as the strictest client."""

from __future__ import annotations

import os
import subprocess
from pathlib import Path

import pytest

from contracts.exchange import Probe
from contracts.probes import probes
from contracts.target import target
from spec import UnreadableJson, contract, read_json

TOKEN = "tok$en`'\"\\x"
PLAN = tuple(
    probes(
        target("http://127.0.0.1:9/pre", token=TOKEN, instance_ids=("o'bri en$(x)", "b")),
        contract().operations["findWebhook"],
    )
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
    assert [*shown, *(f"{name}: {value}" for name, value in probe.headers)] == headers
    # The token in a query is percent-encoded on the wire; a shell puts it there as it is.
    assert "http://127.0.0.1:9/pre" + probe.path.replace("$CONTRACT_TOKEN", TOKEN) == words[-1]


def test_no_curl_line_holds_the_token() -> None:
    """Not even the cut or the lengthened token is written out."""
    assert not [probe.name for probe in PLAN if TOKEN[:-1] in probe.curl("http://127.0.0.1:9")]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        (b"", "it is empty"),
        (b"  ", "it is empty"),
        (b"\xef\xbb\xbf[]", "byte order mark"),
        (b'["\xe9"]', "byte 2 is not UTF-8"),
        ("[]".encode("utf-16"), "not UTF-8"),
        (b'{"a": 1, "a": 1}', "'a' stands twice"),
        (b"[NaN]", "NaN is no JSON value"),
        (b"[1,]", "at character"),
        (b"[]x", "Extra data"),
        (b'["\\ud83d"]', "half of a surrogate pair"),
        (b"[" * 100_000, "recursion"),
        (b"<html>", "at character 0"),
        (b"[" + b"9" * 5000 + b"]", "integer string"),
    ],
)
def test_what_parsers_disagree_about_is_unreadable(content: bytes, reason: str) -> None:
    """Each refusal says why."""
    with pytest.raises(UnreadableJson, match=reason):
        read_json(content)


def test_plain_json_is_read() -> None:
    """Escapes, blanks and big numbers are fine."""
    assert [{"a": "\N{GRINNING FACE}", "b": 10**30}] == read_json(
        b' [{"a": "\\ud83d\\ude00",\n "b": 1000000000000000000000000000000}]\n'
    )
