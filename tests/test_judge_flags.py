"""Flags mean what they say: values of any look, and none that only looks like a default."""

from __future__ import annotations

import os
from pathlib import Path
from typing import Any

import pytest

from find_webhook_kit.contracts.__main__ import main
from find_webhook_kit.contracts.config.command_line import joined
from find_webhook_kit.contracts.config.configuration import configuration
from find_webhook_kit.contracts.config.flags import DEFAULTS, FLAGS, POLITE_RATE, READERS
from find_webhook_kit.contracts.config.options import PROFILES

NEAR = "http://127.0.0.1:1"
FAR = "https://api.example.com"


@pytest.mark.parametrize(
    ("words", "found"),
    [
        (["--token", "-abc", FAR], ["--token=-abc", FAR]),
        (
            ["--instance-id", "-x", "--instance-id", "--y"],
            ["--instance-id=-x", "--instance-id=--y"],
        ),
        (["--token", "--strict"], ["--token", "--strict"]),
        (["--token"], ["--token"]),
        (["--token=a", "--strict", FAR], ["--token=a", "--strict", FAR]),
        (["--strict", "-x"], ["--strict", "-x"]),
        (["--", "--token", "-x"], ["--", "--token", "-x"]),
        (["--header", "X-K: -1", "--seed", "1"], ["--header=X-K: -1", "--seed=1"]),
    ],
)
def test_value_that_starts_with_a_dash_is_a_value(words: list[str], found: list[str]) -> None:
    """Unless it is the name of a flag: then a value was forgotten."""
    assert found == joined(words)


def test_every_valued_flag_takes_one_that_starts_with_a_dash(
    capsys: pytest.CaptureFixture[str],
) -> None:
    """None of them asks where the value is."""
    for name, flag in FLAGS:
        if flag.get("action") != "store_true":
            with pytest.raises(SystemExit):
                main([name, "-value", "--no-such-flag"])

    assert "expected one argument" not in capsys.readouterr().err


@pytest.mark.parametrize(
    ("words", "reason"),
    [
        (["--report-dir", ""], "argument --report-dir: is empty"),
        (["--ca-file", ""], "argument --ca-file: is empty"),
        (["--target="], "argument --target: is empty"),
        (["--token", "--strict"], "argument --token: expected one argument"),
        (["--tokn", "s3cret"], "unrecognized arguments: --tokn"),
        (["--tokn=s3cret"], "unrecognized arguments: --tokn"),
        ([FAR, "s3cret"], "unrecognized arguments: 1 too many"),
        ([FAR, "--header", "X-Key", "s3cret"], "unrecognized arguments: 1 too many"),
        (["--seed", "9" * 5000], "999…' is not a whole number"),
        (["--max-examples", "9" * 5000], "999…' is not a whole number"),
        (["--timeout", "\x1b[31m\n::error::"], "is not a number above 0"),
        (["--profile", "\x1b[31m\n::error::"], "argument --profile: invalid choice"),
        (["--no\n::error::x"], "unrecognized arguments: --no\\n::error::x"),
        (["--no-such##[x]"], "unrecognized arguments: --no-such#\\u0023[x]"),
    ],
)
def test_wrong_flag_is_told_in_one_line(
    words: list[str], reason: str, capsys: pytest.CaptureFixture[str]
) -> None:
    """What may be a secret is not in it, nor what gives orders."""
    with pytest.raises(SystemExit) as ended:
        main(words)
    (line,) = [it for it in capsys.readouterr().err.splitlines() if "error" in it]

    assert 2 == ended.value.code
    assert reason in line
    assert line.isprintable()
    assert "s3cret" not in line


@pytest.mark.parametrize(
    ("url", "flags", "rate"),
    [
        (NEAR, {}, 0.0),
        (NEAR, {"rate_limit": 50.0}, 50.0),
        (NEAR, {"rate_limit": 0.0}, 0.0),
        (NEAR, {"proxy": "http://proxy:1"}, POLITE_RATE),
        (FAR, {}, POLITE_RATE),
        (FAR, {"rate_limit": 0.0}, 0.0),
        (FAR, {"rate_limit": 5.0}, 5.0),
    ],
)
def test_rate_that_was_given_is_kept(url: str, flags: dict[str, Any], rate: float) -> None:
    """Also one that happens to be the default, and also on this machine."""
    chosen = configuration({"token": "t", "instance_id": ["a"], **flags}, url)
    with chosen.target() as judged:
        assert rate == chosen.options(judged).rate


PLAIN = {**DEFAULTS, **PROFILES["default"]}
NUMBERS = [name for name in READERS if isinstance(PLAIN[name], int | float)]


@pytest.mark.parametrize("name", NUMBERS)
def test_default_may_be_given(name: str) -> None:
    """A pipeline that fills in each flag says what it means by leaving one out."""
    assert PLAIN[name] == READERS[name](str(PLAIN[name]))


def test_hooks_of_others_are_not_run(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    """Schemathesis would load them, and they would bend what is generated."""
    (tmp_path / "hooks.py").write_text("raise SystemExit('hooked')")
    monkeypatch.setenv("SCHEMATHESIS_HOOKS", str(tmp_path / "hooks.py"))

    assert 0 == main(["--max-examples", "1"])
    assert "SCHEMATHESIS_HOOKS" not in os.environ


def test_configuration_reaches_the_curl_line(monkeypatch: pytest.MonkeyPatch) -> None:
    """A client has what the flags and the environment say."""
    monkeypatch.setenv("HTTPS_PROXY", "http://proxy:1")
    monkeypatch.setenv("NO_PROXY", "api.example.com")
    flags = {"token": "t", "instance_id": ["a"], "timeout": 7.0}
    with configuration(flags, FAR).target() as judged:
        assert (7.0, True, None) == (
            judged.client.timeout,
            judged.client.around_proxies,
            judged.proxy,
        )
    with configuration({**flags, "proxy": ""}, "https://other.example").target() as judged:
        assert (True, None) == (judged.client.around_proxies, judged.proxy)
    with configuration(flags, "https://other.example").target() as judged:
        assert judged.proxy is not None
        assert not judged.client.around_proxies
