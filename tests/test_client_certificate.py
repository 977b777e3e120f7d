"""A server that asks for a certificate gets the one that was named, from judge and curl line."""

from __future__ import annotations

import shutil
import ssl
import subprocess
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import pytest
from liars.honest import TOKEN, speak
from liars.server import serving

from find_webhook_kit.contracts.__main__ import main
from find_webhook_kit.contracts.usage import UsageError
from find_webhook_kit.contracts.wire.client import Client
from find_webhook_kit.contracts.wire.curl import curl
from find_webhook_kit.contracts.wire.probe import Probe
from find_webhook_kit.contracts.wire.target import target

TLS = Path(__file__).parent / "data" / "tls"
CA, GOOD = TLS / "ca.pem", TLS / "good.pem"
ASKED = ("--token", TOKEN, "--instance-id", "crm", "--ca-file", str(CA))
QUICK = (*ASKED, "--profile", "quick", "--max-examples", "0")


def demanding() -> ssl.SSLContext:
    """A server's side of TLS that asks for a certificate, and takes none but the authority's."""
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(GOOD)
    context.load_verify_locations(CA)
    context.verify_mode = ssl.CERT_REQUIRED
    return context


def split(folder: Path) -> tuple[Path, Path]:
    """Put a certificate and its key into two files."""
    text = GOOD.read_text(encoding="ascii")
    start, end = text.index("-----BEGIN CERT"), text.index("-----END CERT") + len("-----END CERT")
    end = text.index("\n", end) + 1
    cert, key = folder / "a:cert.pem", folder / "key.pem"
    cert.write_text(text[start:end], encoding="ascii")
    key.write_text(text[:start] + text[end:], encoding="ascii")
    return cert, key


def test_certificate_in_one_file_or_two_is_shown(tmp_path: Path) -> None:
    """And without one, nothing of the API is reached."""
    cert, key = split(tmp_path)
    with serving(speak, tls=demanding()) as url:
        codes = [
            main([url, *QUICK, *flags])
            for flags in ([], ["--cert", str(GOOD)], ["--cert", str(cert), "--key", str(key)])
        ]

    assert [4, 0, 0] == codes


@pytest.mark.skipif(shutil.which("curl") is None, reason="curl is not installed")
def test_curl_line_shows_the_certificate_too(tmp_path: Path) -> None:
    """It names the files that the judge was given."""
    cert, key = split(tmp_path)
    with serving(speak, tls=demanding()) as url:
        judged = replace(
            target(url, token=TOKEN, instance_ids=("crm",)),
            client=Client(ca_file=CA, cert=cert, key=key),
        )
        line = curl(Probe("p", "/api/v2/instance/crm/webhook", "crm"), judged)
        done = subprocess.run(  # noqa: S603 - our own line
            ["/bin/sh", "-c", line],
            env={"CONTRACT_TOKEN": TOKEN, "PATH": "/usr/local/bin:/usr/bin:/bin"},
            capture_output=True,
            check=True,
        )

    assert done.stdout.startswith(b"HTTP/1.1 200 ")


def empty(path: Path) -> None:
    path.write_text("", encoding="ascii")


def certificate_alone(path: Path) -> None:
    shutil.copy(CA, path)


def locked(path: Path) -> None:
    path.write_text(
        split(path.parent)[0].read_text() + (TLS / "locked.pem").read_text(), encoding="ascii"
    )


@pytest.mark.parametrize(
    ("make", "reason"),
    [
        (empty, "no certificate and key in PEM"),
        (certificate_alone, "no certificate and key in PEM"),
        (locked, "the key has a password: give one without"),
    ],
)
def test_certificate_that_cannot_be_shown_says_why(
    tmp_path: Path, make: Callable[[Path], None], reason: str
) -> None:
    """Nobody is asked for a password in the middle of a pipeline."""
    path = tmp_path / "cert.pem"
    make(path)
    with pytest.raises(UsageError, match=r"--cert .*cert\.pem: ") as refusal:
        Client(cert=path).tls()

    assert reason in str(refusal.value)


@pytest.mark.parametrize(
    ("client", "reason"),
    [
        (Client(key=GOOD), "--key needs the certificate that --cert names"),
        (Client(cert=GOOD, key=TLS / "other.pem"), "they do not belong together"),
        (Client(cert=GOOD, key=TLS / "nowhere.pem"), "--key .*nowhere.pem: cannot be read"),
        (Client(ca_file=TLS / "locked.pem"), "--ca-file .*: holds no certificate in PEM"),
        (Client(ca_file=Path("/dev/null")), "--ca-file /dev/null: is a pipe or a device"),
    ],
)
def test_files_that_do_not_fit_are_named(client: Client, reason: str) -> None:
    """With their flags."""
    with pytest.raises(UsageError, match=reason):
        client.tls()
