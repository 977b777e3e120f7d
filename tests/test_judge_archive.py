"""The exchanges of a run are an HTTP archive: all, well-formed, small, without secrets."""

from __future__ import annotations

import json
from collections import Counter
from dataclasses import replace
from pathlib import Path
from typing import Any

import jsonschema_rs
import pytest
from liars.honest import KNOWN_IDS, TOKEN, speak
from liars.server import Request, Speech, serving
from verdicts import (
    CONFORMS,
    DIAGNOSED,
    EXCHANGES,
    MASK,
    UNREACHABLE,
    VERDICT,
    exchanged,
)

from find_webhook_kit.contracts.__main__ import main
from find_webhook_kit.contracts.reports import Mask
from find_webhook_kit.contracts.reports import har as har_report
from find_webhook_kit.contracts.reports.har import BODY, as_har
from find_webhook_kit.contracts.verdict import Verdict
from find_webhook_kit.contracts.wire.exchange import Answer

IDS = [flag for known in KNOWN_IDS for flag in ("--instance-id", known)]
FEW = 2**20
"""Bytes of all bodies: an archive is full sooner in these tests."""


@pytest.fixture(autouse=True)
def nothing_around(monkeypatch: pytest.MonkeyPatch) -> None:
    """A pipeline around has no say in these tests."""
    for name in ("CONTRACT_TOKEN", "GITHUB_ACTIONS", "GITHUB_STEP_SUMMARY"):
        monkeypatch.delenv(name, raising=False)


def har(verdict: Verdict = VERDICT, mask: Mask = MASK) -> dict[str, Any]:
    log: dict[str, Any] = json.loads(as_har(verdict, mask))["log"]
    return log


def test_archive_holds_every_exchange() -> None:
    """Method, address, headers, answer and time, as a browser's panel reads them."""
    first, second = har()["entries"]

    assert "2026-11-27T04:17:02.500Z" == first["startedDateTime"]
    assert 250 == first["time"]
    assert (200, "OK", '[{"name": "crm"}]', 17) == (
        first["response"]["status"],
        first["response"]["statusText"],
        first["response"]["content"]["text"],
        first["response"]["content"]["size"],
    )
    assert (0, "the connection broke; the connection broke") == (
        second["response"]["status"],
        second["response"]["_error"],
    )


def test_archive_shows_no_credentials() -> None:
    """The token is its variable, in headers and in the address."""
    request = har()["entries"][0]["request"]

    assert {"name": "Authorization", "value": "Bearer $CONTRACT_TOKEN"} in request["headers"]
    assert request["url"].endswith("?access_token=$CONTRACT_TOKEN")
    assert [{"name": "access_token", "value": "$CONTRACT_TOKEN"}] == request["queryString"]


def test_archive_hides_headers_that_may_be_secrets() -> None:
    """Only those that are known to be harmless are shown."""
    headers = (("set-cookie", "sid=1"), ("x-api-key", "k"), ("server", "nginx"))
    exchange = replace(EXCHANGES[0], answer=Answer(200, headers, b"[]", 0.1))
    shown = har(replace(VERDICT, exchanges=(exchange,)))["entries"][0]["response"]["headers"]

    assert ["***", "***", "nginx"] == [item["value"] for item in shown]


def test_archive_cuts_webhook_urls_in_bodies() -> None:
    """And leaves the body a body, with its own line breaks."""
    body = b'[\n {"url": "https://hooks.example.com/secret"}\n]'
    exchange = replace(EXCHANGES[0], answer=Answer(200, (), body, 0.1))
    verdict = replace(VERDICT, exchanges=(exchange,))
    hidden, shown = (
        har(verdict, Mask(TOKEN, show_values=show))["entries"][0]["response"]["content"]["text"]
        for show in (False, True)
    )

    assert '[\n {"url": "https://hooks.example.com/\u2026"}\n]' == hidden
    assert body.decode() == shown


def test_archive_stays_small(monkeypatch: pytest.MonkeyPatch) -> None:
    """Long bodies are cut, and behind a limit they are left out; each says so."""
    monkeypatch.setattr(har_report, "BODIES", FEW)
    answers = [Answer(200, (), b"%d" % number + b"x" * 100_000, 0.1) for number in range(20)]
    exchanges = tuple(replace(EXCHANGES[0], answer=item) for item in answers)
    contents = [
        it["response"]["content"] for it in har(replace(VERDICT, exchanges=exchanges))["entries"]
    ]

    assert {100_001, 100_002} == {item["size"] for item in contents}
    assert BODY == len(contents[0]["text"])
    assert f"cut behind {BODY} characters" == contents[0]["comment"]
    assert "text" not in contents[-1]
    assert FEW >= sum(len(json.dumps(item.get("text", ""))) for item in contents)


def test_archive_of_letters_that_cost_much_stays_small(monkeypatch: pytest.MonkeyPatch) -> None:
    """An emoji takes twelve bytes of an archive."""
    monkeypatch.setattr(har_report, "BODIES", FEW)
    body = "\N{WAVING HAND SIGN}".encode() * 100_000
    exchanges = (replace(EXCHANGES[0], answer=Answer(200, (), body, 0.1)),) * 10
    text = as_har(replace(VERDICT, exchanges=exchanges), MASK)

    assert len(text) < FEW + 100_000


def test_archive_of_odd_answers_is_an_archive() -> None:
    """Bytes that are no text, heads that could not be read, statuses that nobody knows."""
    odd = (
        Answer(0, (), b"\xff\xfe\x00", 0.1),
        Answer(999, (("content-type", "\xff"),), b"\xd8\x00", 0.1),
        Answer(302, (("location", "//[::1"),), b"", 0.1),
    )
    exchanges = (exchanged("\ud800 \x1b[31m"), *(replace(EXCHANGES[0], answer=it) for it in odd))
    log = har(replace(VERDICT, exchanges=exchanges))

    assert [] == [error.message for error in HAR.iter_errors({"log": log})]


@pytest.mark.parametrize("verdict", [VERDICT, CONFORMS, UNREACHABLE, DIAGNOSED])
def test_archive_keeps_the_format(verdict: Verdict) -> None:
    """HAR 1.2, as its specification lists what must be there."""
    assert [] == [error.message for error in HAR.iter_errors({"log": har(verdict)})]


def _object(**properties: object) -> dict[str, object]:
    return {"type": "object", "required": list(properties), "properties": properties}


TEXT = {"type": "string"}
NUMBER = {"type": "number"}
PAIRS = {"type": "array", "items": _object(name=TEXT, value=TEXT)}
HAR = jsonschema_rs.Draft202012Validator(
    _object(
        log=_object(
            version={"const": "1.2"},
            creator=_object(name=TEXT, version=TEXT),
            entries={
                "type": "array",
                "items": _object(
                    startedDateTime={"type": "string", "format": "date-time"},
                    time={"type": "number", "minimum": 0},
                    request=_object(
                        method=TEXT,
                        url={"type": "string", "format": "uri-reference"},
                        httpVersion=TEXT,
                        cookies=PAIRS,
                        headers=PAIRS,
                        queryString=PAIRS,
                        headersSize=NUMBER,
                        bodySize=NUMBER,
                    ),
                    response=_object(
                        status={"type": "integer"},
                        statusText=TEXT,
                        httpVersion=TEXT,
                        cookies=PAIRS,
                        headers=PAIRS,
                        content=_object(size={"type": "integer"}, mimeType=TEXT),
                        redirectURL=TEXT,
                        headersSize=NUMBER,
                        bodySize=NUMBER,
                    ),
                    cache={"type": "object"},
                    timings=_object(send=NUMBER, wait=NUMBER, receive=NUMBER),
                ),
            },
        )
    ),
    validate_formats=True,
)
"""What the specification of HAR 1.2 asks for."""


def test_archive_of_a_run_holds_what_was_sent(tmp_path: Path) -> None:
    """As many as there were requests, and no token among them."""
    heard: list[Request] = []

    def speaker(request: Request) -> Speech:
        heard.append(request)
        return speak(request)

    path = tmp_path / "new" / "run.har"
    folder = tmp_path / "reports"
    with serving(speaker) as url:
        main([url, *IDS, "--token", TOKEN, "--profile", "quick", "--har", str(path),
              "--report-dir", str(folder)])  # fmt: skip
    entries = json.loads(path.read_text())["log"]["entries"]

    assert len(heard) == len(entries)
    assert Counter(item.method for item in heard) == Counter(
        entry["request"]["method"] for entry in entries
    )
    assert TOKEN[:8] not in path.read_text()
    assert path.read_bytes() == (folder / "exchanges.har").read_bytes()


@pytest.mark.parametrize("place", [".", "file/run.har"])
def test_archive_that_cannot_be_written_is_wrong_usage(
    tmp_path: Path, place: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """It is said before a request is sent, with the flag and the path."""
    (tmp_path / "file").touch()

    assert 2 == main(["--har", str(tmp_path / place)])
    assert "--har" in capsys.readouterr().err
