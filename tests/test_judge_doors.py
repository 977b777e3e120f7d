"""Doors, forged tokens and ordinary requests: what is planned, how it is written, what it costs."""

from __future__ import annotations

import os
import subprocess
from dataclasses import replace
from itertools import pairwise
from pathlib import Path

import pytest
from ours import subject

from find_webhook_kit.contracts.__main__ import main
from find_webhook_kit.contracts.config.configuration import configuration
from find_webhook_kit.contracts.config.options import PROFILES, Depth
from find_webhook_kit.contracts.plan.doors import doors
from find_webhook_kit.contracts.plan.jwt import is_jwt
from find_webhook_kit.contracts.plan.probes import etag, plan
from find_webhook_kit.contracts.plan.tokens import made_up
from find_webhook_kit.contracts.reports import Mask
from find_webhook_kit.contracts.usage import UsageError
from find_webhook_kit.contracts.wire.connection import Connection
from find_webhook_kit.contracts.wire.curl import curl
from find_webhook_kit.contracts.wire.exchange import Answer
from find_webhook_kit.contracts.wire.probe import Form, Group, Probe
from find_webhook_kit.contracts.wire.target import Target, target
from find_webhook_kit.contracts.wire.tenant import Tenant

TOKEN = "eyJhbGciOiJIUzI1NiJ9.eyJzdWIiOiJjcm0ifQ.c2VjcmV0LXNpZ25hdHVyZQ"
OTHER = "the-other-tenants-token"
TARGET = target("http://127.0.0.1:9/pre", token=TOKEN, instance_ids=("crm", "shop", "idle"))
OF_TWO = replace(TARGET, other=Tenant(OTHER, "kiosk"))
SUBJECT = subject(TARGET)
FIND = SUBJECT.known()[0]


def planned(profile: str, judged: Target = TARGET) -> list[Probe]:
    chosen = PROFILES[profile]
    repetitions, depth = chosen["repetitions"], chosen["depth"]
    groups: list[Group] = list(
        plan(subject(judged), repetitions=repetitions, depth=depth, etag='"v1"')
    )
    return [probe for group in groups for probe in group.probes]


class Wire:
    """A stream that keeps what is sent."""

    def __init__(self) -> None:
        self.sent = b""

    def settimeout(self, _: float) -> None:
        """Wait for nothing."""

    def sendall(self, content: bytes) -> None:
        """Keep it."""
        self.sent += content


def written(probe: Probe, judged: Target = TARGET) -> list[str]:
    """Return the lines of a request."""
    wire = Wire()
    Connection(judged, wire, lambda: 0.0).send(probe, 1.0, stay=True)  # type: ignore[arg-type] # a stream in part
    return wire.sent.decode("latin-1").split("\r\n")


def with_form(**form: object) -> Probe:
    return replace(FIND, form=Form(**form))  # type: ignore[arg-type] # by its row


@pytest.mark.parametrize(
    ("probe", "there", "absent"),
    [
        (with_form(), "GET /pre/api/v2/instance/crm/webhook HTTP/1.1", ""),
        (with_form(version="1.0"), "GET /pre/api/v2/instance/crm/webhook HTTP/1.0", "Connection:"),
        (
            with_form(absolute=True),
            "GET http://127.0.0.1:9/pre/api/v2/instance/crm/webhook HTTP/1.1",
            "",
        ),
        (with_form(agent=""), "Host: 127.0.0.1:9", "User-Agent"),
        (with_form(named=str.lower), f"authorization: Bearer {TOKEN}", "User-Agent: "),
        (with_form(before=" ", behind="\t"), f"Authorization:  Bearer {TOKEN}\t", ""),
        (FIND.with_headers(("User-Agent", "x")), "User-Agent: x", "contract-test"),
        (FIND.with_headers(("Host", "localhost")), "Host: localhost", "Host: 127.0.0.1"),
        (FIND.with_headers(("Connection", "Authorization")), "Connection: Authorization", ""),
        (FIND.with_headers(("Transfer-Encoding", "chunked")), "Transfer-Encoding: chunked", ""),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_a_request_is_written_as_its_form_says(probe: Probe, there: str, absent: str) -> None:
    """What no client library would write goes out as it is meant."""
    lines = written(probe)

    assert there in lines
    assert not [line for line in lines if absent and line.startswith(absent)]


def test_a_chunked_body_ends() -> None:
    """A body of no chunks is one line and an empty one, so that the next request is not its."""
    probe = FIND.with_headers(("Transfer-Encoding", "chunked"))

    assert ["", "0", "", ""] == written(probe)[-4:]


def _arguments(lines: list[str], folder: Path) -> list[list[str]]:
    """Let a shell run curl lines, with a curl that writes down what it was given."""
    curl = folder / "curl"
    curl.write_text('#!/bin/sh\nprintf "%s\\0" "$@"; printf "\\1\\0"\n')
    curl.chmod(0o755)
    variables = {"CONTRACT_TOKEN": TOKEN, "CONTRACT_OTHER_TOKEN": OTHER}
    run = subprocess.run(
        ["/bin/sh"],
        input="\n".join(lines).encode(),
        env={"PATH": f"{folder}:{os.environ['PATH']}", **variables},
        capture_output=True,
        check=True,
    )
    return [words.split("\0") for words in run.stdout.decode("latin-1").split("\0\1\0")[:-1]]


def _headers(words: list[str]) -> set[str]:
    """Return the header lines that curl is told to send; `X;` is one without a value."""
    pairs = pairwise(words)
    return {word.rstrip(";:") for flag, word in pairs if flag == "-H"}


def test_curl_lines_send_the_headers_of_the_requests(tmp_path: Path) -> None:
    """Each door, forged token and form is repeated by its line, in any shell."""
    probes = list({curl(probe, OF_TWO): probe for probe in planned("thorough", OF_TWO)}.values())
    told = _arguments([curl(probe, OF_TWO) for probe in probes], tmp_path)
    ours = ("host: 127", "user-agent: contract", "connection: keep-alive", "content-length: 0")
    wrong = []
    for probe, words in zip(probes, told, strict=True):
        lines = (line for line in written(probe, OF_TWO)[1:] if line not in {"", "0"})
        sent = {line.rstrip(":") for line in lines if not line.lower().startswith(ours)}
        if sent - _headers(words) or ("--http1.0" in words) != (probe.form.version == "1.0"):
            wrong.append((probe.name, sent - _headers(words)))

    assert [] == wrong


def test_no_curl_line_holds_a_token() -> None:
    """Neither the token nor a part that is telling, nor that of the other tenant."""
    lines = [curl(probe, OF_TWO) for probe in planned("thorough", OF_TWO)]
    parts = (*TOKEN.split(".")[1:], OTHER)

    assert [] == [line for line in lines for part in parts if part in line]


def test_the_other_token_is_masked() -> None:
    """A report shows the name of its variable where it stands."""
    mask = Mask.of(OF_TWO, show_values=False)

    assert "x $CONTRACT_OTHER_TOKEN y" == mask.text(f"x {OTHER} y")
    assert "$CONTRACT_OTHER_TOKEN" == mask.text("$CONTRACT_OTHER_TOKEN")
    assert OTHER not in repr(OF_TWO.other)


def test_each_depth_asks_what_the_one_before_asks() -> None:
    """A profile leaves nothing out that a quicker one asks."""
    quick, default, thorough = ({probe.name for probe in doors(SUBJECT, depth)} for depth in Depth)

    assert quick < default < thorough


def test_doors_of_a_name_are_one() -> None:
    """A name in a report means one request."""
    names = [probe.name for probe in doors(SUBJECT, Depth.THOROUGH)]

    assert sorted(set(names)) == sorted(names)


@pytest.mark.parametrize(("profile", "most"), [("quick", 150), ("default", 205)])
def test_what_a_profile_asks_is_bounded(profile: str, most: int) -> None:
    """A verdict stays cheap: the rest of the catalogue is for thorough runs."""
    safe = [probe for probe in planned(profile) if probe.method in {"GET", "HEAD", "OPTIONS"}]

    assert len(safe) < most


def test_the_first_bad_credentials_are_of_every_kind() -> None:
    """A limit of 30 leaves the two that must be proven, doors, and other credentials."""
    bad = [probe for probe in planned("default") if probe.credentials.bad][:30]
    purposes = [str(probe.purpose) for probe in bad]

    assert 8 <= purposes.count("Purpose.DOOR")
    assert 8 <= purposes.count("Purpose.SECURITY") - 8


def test_credentials_go_to_every_instance() -> None:
    """A guard that is left out for one instance is met with one credential or another."""
    asked = {probe.instance_id for probe in planned("default") if probe.credentials.bad}

    assert set(TARGET.instance_ids) < asked


def test_repeats_go_to_every_instance_and_some_are_compressed() -> None:
    """A defect of one instance, or of a coding, shows in the reads that are sent anyway."""
    reads = [probe for probe in planned("default") if "once more" in probe.name]

    assert 20 == len(reads)
    assert set(TARGET.instance_ids) == {probe.instance_id for probe in reads}
    assert 4 == sum(("Accept-Encoding", "gzip") in probe.headers for probe in reads)


@pytest.mark.parametrize(
    ("token", "jwt"),
    [
        (TOKEN, True),
        ("demo-token", False),
        ("a.b.c", False),
        ("eyJhIjoxfQ.b.c", False),
        ("", False),
    ],
)
def test_only_a_jwt_is_forged(token: str, *, jwt: bool) -> None:
    """A token without the header of a JWT has no algorithm to change."""
    forged = [one for one in made_up(token, Depth.DEFAULT) if "algorithm none" in one.name]

    assert jwt == is_jwt(token)
    assert jwt == bool(forged)


def test_a_forged_token_has_no_signature() -> None:
    """The payload is that of the token; the header says that nothing is signed."""
    first = next(made_up(TOKEN, Depth.DEFAULT))

    assert ("Bearer eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0.eyJzdWIiOiJjcm0ifQ.",) == first.wire(TOKEN)


@pytest.mark.parametrize(
    ("flags", "reason"),
    [
        ({"other_instance_id": "kiosk"}, "--other-instance-id needs --other-token"),
        ({"other_token": "a b"}, "--other-token holds a space"),
        ({"other_token": "t"}, "--other-token is --token"),
        ({"other_token": "o", "other_instance_id": "crm"}, "must differ from every other"),
        ({"other_token": "o", "other_instance_id": "\udcff"}, "--other-instance-id is not UTF-8"),
    ],
    ids=lambda value: value if isinstance(value, str) else "",
)
def test_another_tenant_that_cannot_be_is_said_to_be_wrong(
    flags: dict[str, str], reason: str
) -> None:
    """The sentence names the flag and what to do."""
    given = {"token": "t", "instance_id": ["crm"], **flags}
    with pytest.raises(UsageError, match=reason):
        configuration(given, "http://127.0.0.1:9").target().__enter__()


def test_another_tenants_token_comes_from_the_environment(monkeypatch: pytest.MonkeyPatch) -> None:
    """A token need not stand in a command line."""
    monkeypatch.setenv("CONTRACT_OTHER_TOKEN", OTHER)
    given = {"token": "t", "instance_id": ["crm"]}
    with configuration(given, "http://127.0.0.1:9").target() as judged:
        assert Tenant(OTHER) == judged.other


def test_another_tenant_needs_a_server(capsys: pytest.CaptureFixture[str]) -> None:
    """Our own mock has no tenants."""
    assert 2 == main(["--other-token", "x"])
    assert "--other-token and --other-instance-id need the URL" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("value", "tag"),
    [('"a"', '"a"'), ('W/"a"', 'W/"a"'), ("a", ""), ('"a"b"', ""), ('"a", "b"', ""), ("", "")],
)
def test_only_a_tag_can_be_sent_back(value: str, tag: str) -> None:
    """What is no entity tag would be no condition either."""
    assert tag == etag(Answer(200, (("etag", value),), b"[]", 0.1))
    assert not etag(None)
