"""Whatever file is named, reading it ends, with exit code 2 and the reason where it is wrong."""

from __future__ import annotations

import os
from collections.abc import Callable
from pathlib import Path

import pytest

from find_webhook_kit.contracts.__main__ import main


def fifo(path: Path) -> None:
    os.mkfifo(path)


def bytes_of(content: bytes) -> Callable[[Path], object]:
    return lambda path: path.write_bytes(content)


WRONG = {
    "not there": (lambda _: None, "cannot be read: No such file or directory"),
    "a folder": (Path.mkdir, "is a folder, not a file"),
    "a pipe": (fifo, "is a pipe or a device, not a file"),
    "a device": (lambda path: path.symlink_to("/dev/zero"), "is a pipe or a device"),
    "a link to itself": (lambda path: path.symlink_to(path), "cannot be read: Too many levels"),
    "a path through a file": (bytes_of(b""), "cannot be read: Not a directory"),
}
WRONG_TOML = {
    "a byte order mark": (bytes_of(b"\xef\xbb\xbfurl = 'http://h'"), "a byte order mark"),
    "UTF-16": (bytes_of("url = 'x'".encode("utf-16")), "is not UTF-8"),
    "Latin-1": (bytes_of(b"url = '\xe9'"), "is not UTF-8"),
    "deep arrays": (bytes_of(b"a = " + b"[" * 100_000), "is nested too deep"),
    "deep tables": (bytes_of(b"a = " + b"{a=" * 100_000), "is nested too deep"),
    "many digits": (bytes_of(b"a = " + b"9" * 5000), "too many digits"),
    "too large": (bytes_of(b"#" * 2**21), "is larger than 1048576 bytes"),
    "no TOML": (bytes_of(b"{}"), "is not TOML"),
}


@pytest.mark.parametrize("flag", ["--target", "--known-drift"])
@pytest.mark.parametrize(("make", "reason"), (WRONG | WRONG_TOML).values(), ids=WRONG | WRONG_TOML)
def test_file_of_toml_that_is_none_is_named(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    flag: str,
    make: Callable[[Path], object],
    reason: str,
) -> None:
    """One line with the file and the reason."""
    path = tmp_path / "f"
    make(path)
    named = path / "x" if "Not a directory" in reason else path
    code = main(["http://127.0.0.1:1", "--token", "t", "--instance-id", "a", flag, str(named)])
    (line,) = capsys.readouterr().err.splitlines()

    assert 2 == code
    assert f"{named}: {reason}"[:10] in line
    assert reason in line


@pytest.mark.parametrize("flag", ["--ca-file", "--cert"])
@pytest.mark.parametrize(("make", "reason"), WRONG.values(), ids=WRONG)
def test_certificate_that_is_none_is_named(
    tmp_path: Path,
    capsys: pytest.CaptureFixture[str],
    flag: str,
    make: Callable[[Path], object],
    reason: str,
) -> None:
    """So is what is read by a library that would wait for ever."""
    path = tmp_path / "f"
    make(path)
    named = path / "x" if "Not a directory" in reason else path

    assert 2 == main(["http://127.0.0.1:1", "--token", "t", "--instance-id", "a", flag, str(named)])
    assert f"{flag} {named}: {reason}" in capsys.readouterr().err


@pytest.mark.parametrize(
    "name", ["a\x1b[31mb", "a\n::error::x", "a\u202eb", "##[error]x", "\r##vso[x]", "a\udcffb"]
)
def test_name_of_a_file_gives_no_orders(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], name: str
) -> None:
    """Not to a terminal, and not to a pipeline."""
    path = tmp_path / name
    for flag in ("--target", "--known-drift", "--ca-file", "--cert"):
        main(["http://127.0.0.1:1", "--token", "t", "--instance-id", "a", flag, str(path)])
        (line,) = capsys.readouterr().err.splitlines()

        assert line.isprintable()
        assert "##" not in line
        assert "No such file" in line


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ('"a\\u001b[31m" = 1', "a\\x1b[31m: is not known"),
        ('"\\n::error::x" = 1', "\\n::error::x: is not known"),
        ('"##[error]" = 1', "#\\u0023[error]: is not known"),
        (f'"{"x" * 1000}" = 1', "…: is not known"),
        ('ca_file = "a\\u0000b"', "no file has such a name"),
        ('token_variable = "X$(touch f)"', "token_variable: must be the name of a variable"),
        ('token_variable = "1X"', "token_variable: must be the name of a variable"),
        ('token_variable = ""', "token_variable: must be there"),
        ("[limits]\nmax_requests = 0x" + "f" * 5000, "limits.max_requests: must not be above"),
        ("[limits]\nmax_requests = " + "9" * 4000, "limits.max_requests: must not be above"),
        ("[limits]\ntimeout = inf", "limits.timeout: 'inf' is not a number above 0"),
        ("[limits]\ntimeout = nan", "limits.timeout: 'nan' is not a number above 0"),
        ('[[instances]]\nid = "a"\nwebhooks = 1' + "0" * 4000, "instances[0].webhooks: must be"),
        ('[headers]\n"X Key: y" = "secret"', "headers.X Key: y: is not a name that HTTP allows"),
        ('[headers]\n"X-Key" = "a\\nsecret"', "headers.X-Key: --header X-Key: its value holds"),
        ('[headers]\nX-Key = "$NO_SUCH secret"', "headers.X-Key: --header X-Key: the environment"),
        ('[headers]\nAuthorization = "Bearer secret"', "headers.Authorization: --header Auth"),
    ],
)
def test_key_of_a_target_file_gives_no_orders(
    tmp_path: Path, capsys: pytest.CaptureFixture[str], text: str, reason: str
) -> None:
    """Nor does a value show that may be a secret."""
    path = tmp_path / "target.toml"
    path.write_text(f'url = "http://127.0.0.1:1"\n{text}', encoding="utf-8")
    code = main(["--target", str(path), "--token", "t", "--instance-id", "a"])
    (line,) = capsys.readouterr().err.splitlines()

    assert 2 == code
    assert reason in line
    assert line.isprintable()
    assert "secret" not in line
