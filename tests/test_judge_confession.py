"""A fault of ours is told with a trace, and none of the secrets of the run stands in it."""

from __future__ import annotations

import base64
import shlex
import sys
from pathlib import Path

import pytest
from liars.honest import speak
from liars.server import serving

from find_webhook_kit.contracts.__main__ import main

TOKEN, OTHER, PRINTED = "tok-1f6c9a0e77", "oth-5b2d8e4411", "prt-77aa01cd93"
KEY, PASSWORD, INSIDE = "gwk-90ab12ef55", "pwd-33cc4e5f61", "env-61b7d02c88"
PAIR = base64.b64encode(f"me:{PASSWORD}".encode()).decode()
SECRETS = (TOKEN, OTHER, PRINTED, KEY, PASSWORD, INSIDE, PAIR)
PLACES = {
    "where the flags are read": "contracts.config.configuration.configuration",
    "where the target is made": "contracts.config.configuration.target",
    "in the run": "contracts.judge.judge",
    "in the reports": "contracts.reports.publish",
}


@pytest.fixture(autouse=True)
def variables(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("CONTRACT_TOKEN", TOKEN)
    monkeypatch.setenv("CONTRACT_OTHER_TOKEN", OTHER)
    monkeypatch.setenv("GW_SECRET", INSIDE)


def broken(monkeypatch: pytest.MonkeyPatch, place: str) -> None:
    """Let a function fail with all secrets on its lips."""

    def fails(*_: object, **__: object) -> None:
        raise RuntimeError(f"went wrong with {' '.join(SECRETS)} and {TOKEN[2:]}, {KEY.upper()}")

    monkeypatch.setattr(f"find_webhook_kit.{place}", fails)


@pytest.mark.parametrize("place", PLACES.values(), ids=PLACES)
@pytest.mark.parametrize("tied", [False, True], ids=["--flag value", "--flag=value"])
def test_trace_shows_no_secret_of_the_command_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], place: str, *, tied: bool
) -> None:
    """Not the tokens, a gateway's key, a variable in a header, or a password of a proxy."""
    monkeypatch.setenv("CONTRACT_TOKEN", "another-one")
    monkeypatch.setenv("CONTRACT_OTHER_TOKEN", "one-more-of-it")
    broken(monkeypatch, place)
    pairs = (
        *(("--token", TOKEN), ("--other-token", OTHER), ("--header", f"X-Gw: {KEY}")),
        *(("--header", "X-In: a $GW_SECRET"), ("--proxy", f"http://me:{PASSWORD}@127.0.0.1:1")),
    )
    flags = [word for pair in pairs for word in (["=".join(pair)] if tied else pair)]
    code = main(["http://api.example", "--instance-id", "a", "--max-examples", "0", *flags])
    error = capsys.readouterr().err

    assert 70 == code
    assert "RuntimeError: went wrong with" in error
    assert [] == [it for it in SECRETS if it != PRINTED and it.lower()[2:11] in error.lower()]


@pytest.mark.parametrize("place", PLACES.values(), ids=PLACES)
def test_trace_shows_no_secret_of_the_environment(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], place: str
) -> None:
    """Nor of a target file's variables, nor of the proxy that the environment names."""
    monkeypatch.setenv("HTTP_PROXY", f"http://me:{PASSWORD}@127.0.0.1:1")
    broken(monkeypatch, place)
    main(["http://api.example", "--instance-id", "a", "--header", f"X-Gw: {KEY}"])
    error = capsys.readouterr().err

    assert "went wrong with $CONTRACT_TOKEN" in error
    assert [] == [it for it in (TOKEN, OTHER, KEY, PASSWORD, PAIR) if it[2:11] in error]


def test_trace_shows_no_secret_of_a_target_file(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    """It names a variable of its own for the token, and headers with variables in them."""
    monkeypatch.setenv("SHOP_TOKEN", TOKEN)
    monkeypatch.delenv("CONTRACT_TOKEN")
    broken(monkeypatch, PLACES["in the run"])
    file = tmp_path / "target.toml"
    file.write_text(
        'url = "http://api.example"\ntoken_variable = "SHOP_TOKEN"\n[[instances]]\nid = "a"\n'
        f'[headers]\nX-Gw = "$GW_SECRET"\nX-Key = "{KEY}"\n'
    )
    code = main(["--target", str(file)])
    error = capsys.readouterr().err

    assert 70 == code
    assert "$SHOP_TOKEN" in error
    assert [] == [it for it in (TOKEN, KEY, INSIDE) if it[2:11] in error]


@pytest.mark.parametrize("place", ["contracts.judge.judge", "contracts.reports.publish"])
def test_trace_shows_no_token_that_a_command_has_printed(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    place: str,
) -> None:
    """Neither the one that is valid nor one before it."""
    monkeypatch.delenv("CONTRACT_TOKEN")
    broken(monkeypatch, place)
    command = shlex.join([sys.executable, "-c", f"print('{PRINTED}')"])
    with serving(speak) as url:
        code = main([url, "--instance-id", "a", "--token-command", command, "--max-examples", "0"])
    error = capsys.readouterr().err

    assert 70 == code
    assert PRINTED[2:11] not in error
